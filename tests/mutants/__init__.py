"""Mutation testing: what could be changed in a module without a single test seeing it."""
