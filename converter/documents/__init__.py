"""The documents of the requests: looked up, looked into, put into zips."""
