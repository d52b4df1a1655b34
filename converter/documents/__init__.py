"""The documents of the requests: find them, check them, put them into zips."""
