"""The command line: words, exit statuses, what a terminal shows."""

from converter.cli.entry_point import main

__all__ = ["main"]
