"""The format, declared once: fields, operators, identifiers, requests, file names."""
