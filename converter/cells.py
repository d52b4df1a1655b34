"""A cell's value as Excel gave it, and as its user sees it."""

import datetime

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
