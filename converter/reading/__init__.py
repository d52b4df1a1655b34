"""A file that may be hostile → a table of raw cells with their addresses."""
