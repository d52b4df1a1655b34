"""What a cell holds once a text has been typed into it: that text, or a number or a day where it held one.

In a cell that held a number, Excel keeps a number: sums and sorts still count it. The converter reads both alike.
"""

import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree as ET  # nosec B405

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime

from converter.views.annotate.xml_text import attribute, element, inline_text

# Fifteen digits: Excel keeps no more. A zero before others, or three decimals (thousands, perhaps), make a text of it.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,12}|[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3}){1,3})(?:[.,]\d{1,2})?")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FIRST_YEAR = 1905  # before, the two ways of counting days cannot be distinguished
_VALUE = element("v")


class TypedValues:
    """`styles`: the part of cell formats, asked for once a cell needs it; `from_1904`: how the workbook counts days."""

    def __init__(self, styles: Callable[[], bytes], *, from_1904: bool) -> None:
        self._styles = styles
        self._epoch = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)  # day 0
        self._codes: list[str] | None = None

    def content(self, former: bytes, typed: str) -> bytes:
        """What follows the cell's address and format: `typed` in place of what the cell `former` held."""
        if not typed:
            return b""
        number = self._number(former, typed.strip())
        return inline_text(typed).encode() if number is None else b"><v>%s</v></c>" % number.encode()

    def _number(self, former: bytes, typed: str) -> str | None:
        """The number that Excel would keep, None for a text."""
        day, is_number = _day(typed), _NUMBER.fullmatch(typed)
        held = _VALUE.search(former)
        if not (day or is_number) or attribute(former, "t") not in (None, "n", "d") or not (held and held[1]):
            return None
        code = self._code(int(attribute(former, "s") or 0))
        kind = is_datetime(code)
        if day:
            return str((day - self._epoch).days) if kind in ("date", "datetime") else None
        usual = kind is None and not any(sign in code for sign in "%@")
        return re.sub(r"[ \u00a0\u202f]", "", typed).replace(",", ".") if usual else None

    def _code(self, style: int) -> str:
        """The number format of a cell format, in Excel's signs (« dd/mm/yyyy »)."""
        if self._codes is None:
            self._codes = _number_formats(self._styles())
        return self._codes[style] if style < len(self._codes) else "General"


def _number_formats(styles: bytes) -> list[str]:
    """The number format of each cell format of the workbook."""
    root = ET.fromstring(styles)  # noqa: S314  # nosec B314 — the workbook was found safe before
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iterfind("{*}numFmts/{*}numFmt")}
    numbers = [one.get("numFmtId", "0") for one in root.iterfind("{*}cellXfs/{*}xf")]
    return [own.get(one) or BUILTIN_FORMATS.get(int(one), "General") for one in numbers]


def _day(typed: str) -> date | None:
    """A plain day of the calendar, JJ/MM/AAAA or AAAA-MM-JJ."""
    if found := _DAY.fullmatch(typed):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DAY.fullmatch(typed):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day) if year >= _FIRST_YEAR else None
    except ValueError:
        return None
