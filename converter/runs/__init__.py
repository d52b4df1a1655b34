"""One function for each job, shared by the library and the command line; each calls the rooms below in order."""
