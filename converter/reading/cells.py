"""A cell's value as Excel gave it and as its user sees it; its column's letters and rank."""

import datetime
import re
from functools import cache

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet (Excel)
LONGEST_TEXT = 32_767  # UTF-16 units of a cell (Excel)
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")
Raw = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta


def as_shown(raw: Raw) -> str:
    """A raw cell as the user sees it in Excel."""
    if isinstance(raw, bool):
        return "VRAI" if raw else "FAUX"
    if isinstance(raw, float):
        return format(raw, ".15g")
    return shown_day(raw) if isinstance(raw, datetime.date) else str(raw)


def shown_day(day: datetime.date) -> str:
    """JJ/MM/AAAA."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def corner(reference: str) -> tuple[int, int] | None:
    """Row and column of a cell's address, dollars allowed: « $AF$12 » → (12, 32); None if it is none."""
    found = _ADDRESS.fullmatch(reference)
    return (int(found[2]), column_index(found[1].upper())) if found else None


def with_line_feeds(text: str) -> str:
    """A text with the line ends of a cell, whatever those of whoever typed it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@cache
def column_index(letters: str) -> int:
    """1 for A, 27 for AA."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index


@cache
def column_letters(index: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while index > 0:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
