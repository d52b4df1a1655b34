"""The page for those who never open a terminal, and the HTTP interface: they parse, call `converter.runs`, and show.

No rule, no SQL and no list of the format is here. The commands import none of it, `converter web` apart.
"""
