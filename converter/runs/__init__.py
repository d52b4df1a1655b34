"""One call a job, for the library, the command line and the page alike: each a road through the rooms below."""
