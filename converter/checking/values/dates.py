"""Days as people write them, the day always before the month: `JJ/MM/AAAA` when one day is meant, and only one.

>>> read_day("lundi 4 nov. 2024"), read_day("1er novembre 2022"), read_day("2022/11/04"), read_day("04/11/22")
('04/11/2024', '01/11/2022', '04/11/2022', '04/11/2022')
>>> read_day("vendredi 4 novembre 2024"), read_day("22/11/04"), read_day("4 novembre"), read_day("novembre 2022")
(None, None, None, None)
"""

import datetime
import re

from converter.checking.values.emptiness import stands_for_nothing
from converter.checking.values.tidying import Cleaned, changed, tidy
from converter.findings.text import bare
from converter.reading.cells import Raw, as_shown, shown_day

DAY = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
_SERIALS = range(36526, 73051)  # 2000 to 2099: a smaller number is not a date that an order may bear
_SEPARATOR = r"\s?[/.\-–—_·,\\ ]\s?"
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    ("janvier", "january"), ("fevrier", "february"), ("mars", "march"), ("avril", "april"), ("mai", "may"),
    ("juin", "june"), ("juillet", "july"), ("aout", "august"), ("septembre", "september"), ("octobre", "october"),
    ("novembre", "november"), ("decembre", "december"),
)  # fmt: skip
_BEFORE = re.compile(r"(?:le )?(?:([a-z]{3,8})\.?,? )?(?:le )?(?=[0-9])")
_TIME = re.compile(
    r"(?:,? (?:a )?|t)([0-2]?[0-9]) ?[:h] ?([0-5][0-9])?(?:[:.][0-5][0-9](?:[.,][0-9]+)?)?(.*)", re.DOTALL
)
_ZONE = re.compile(r" ?(?:(z|utc|gmt)|([+-])([0-9]{2}):?([0-9]{2}))")
_NUMERIC = re.compile(rf"([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{4}}|[0-9]{{2}})")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})")
_IN_WORDS = re.compile(r"([0-9]{1,2}) ?(?:er)?[ \-./]{0,3}([a-z]{3,9})[ \-./]{0,3}([0-9]{4}|[0-9]{2})")
_CENTURY, _PROGRAMME = 2000, 2021
_PARIS = (datetime.timedelta(hours=1), datetime.timedelta(hours=2))  # in winter, in summer


def clean(raw: Raw, *, date1904: bool) -> Cleaned:
    """The day of a cell; what names none, or more than one, is handed on as it is."""
    if isinstance(raw, datetime.datetime):
        return shown_day(raw), () if raw.time() == datetime.time() else ("date",)
    if isinstance(raw, datetime.date):
        return shown_day(raw), ()
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _serial(raw, date1904=date1904)
    if raw in (datetime.time(), datetime.timedelta()):  # 0 with the format of a date: a formula on an empty cell
        return "", ()
    text, codes = tidy(as_shown(raw))
    if stands_for_nothing(text):
        return "", ()
    if text.isascii() and text.isdigit():
        day, more = _serial(int(text), date1904=date1904) if len(text) <= 5 else (text, ())
    else:
        day, more = changed(text, read_day(text) or text, "date")
    return day, codes + more


def to_date(value: str) -> datetime.date | None:
    """The day that « JJ/MM/AAAA » names; None when it names none."""
    if not DAY.fullmatch(value):
        return None
    try:
        return datetime.date(int(value[6:]), int(value[3:5]), int(value[:2]))
    except ValueError:
        return None


def read_day(text: str) -> str | None:
    """« JJ/MM/AAAA » for the one day that `text` means, which the calendar may not have; None for any other text."""
    plain = " ".join(bare(text).split()).rstrip(".;, ")
    before = _BEFORE.match(plain)
    if before is None:
        return None
    written, hours = plain[before.end() :], None
    if time := _TIME.search(written):
        written, hours = written[: time.start()], time
    day = _day_of(written)
    if day is None or not _right_weekday(before[1], to_date(day)) or (hours and not _same_day_here(hours)):
        return None
    return day


def _day_of(written: str) -> str | None:
    if found := _NUMERIC.fullmatch(written):
        day, month, year = int(found[1]), int(found[2]), _year(found[3])
        return None if len(found[3]) == 2 and _year_may_come_first(day, month, year) else _shown(day, month, year)
    if found := _YEAR_FIRST.fullmatch(written):
        year, month, day = map(int, found.groups())
        return _shown(day, month, year)
    if found := _IN_WORDS.fullmatch(written):
        months = [rank for rank, names in enumerate(_MONTHS, start=1) if any(one.startswith(found[2]) for one in names)]
        return _shown(int(found[1]), months[0], _year(found[3])) if len(months) == 1 else None
    return None


def _shown(day: int, month: int, year: int) -> str:
    return f"{day:02}/{month:02}/{year:04}"


def _year(digits: str) -> int:
    """Two digits are a year of this century."""
    return int(digits) + (_CENTURY if len(digits) == 2 else 0)


def _year_may_come_first(day: int, month: int, year: int) -> bool:
    """Whether « 22/11/04 » may mean 2022: 2004 is before the programme, and the other reading is within it."""
    other = to_date(_shown(year - _CENTURY, month, day + _CENTURY))
    return year < _PROGRAMME and other is not None and other.year >= _PROGRAMME


def _right_weekday(word: str | None, day: datetime.date | None) -> bool:
    """Whether `word`, if any, is the weekday of this day: « vendredi 4 novembre 2024 » is a Monday."""
    if not word:
        return True
    return day is not None and _WEEKDAYS[day.weekday()].startswith(word)


def _same_day_here(time: re.Match[str]) -> bool:
    """Whether a time that bears its zone falls on the same day in France: 23:00Z is the next one there."""
    if not time[3]:
        return True
    zone = _ZONE.fullmatch(time[3])
    if zone is None:
        return False
    offset = datetime.timedelta(hours=int(zone[3] or 0), minutes=int(zone[4] or 0)) * (-1 if zone[2] == "-" else 1)
    universal = datetime.timedelta(hours=int(time[1]), minutes=int(time[2] or 0)) - offset
    return all((universal + shift).days == 0 for shift in _PARIS)


def _serial(number: float, *, date1904: bool) -> Cleaned:
    """Excel's serial number of a day; in a workbook that counts from 1904 it has two readings, and stays as it is.

    0 is what a formula that points at an empty cell gives."""
    if number == 0:
        return "", ()
    if date1904 or int(number) not in _SERIALS:
        return format(number, ".15g"), ()
    return shown_day(datetime.date(1899, 12, 30) + datetime.timedelta(days=int(number))), ("date",)
