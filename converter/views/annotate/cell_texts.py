"""The texts of a row, wherever the workbook keeps them: in the cells or in its table of shared strings."""

import itertools
import re
from functools import cached_property

from converter.reading.cells import column_index
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.workbook_part import WorkbookPart
from converter.views.annotate.xml_text import attribute, plain, unescaped

_START = 65_536  # bytes: titles are nearly always among the first strings
_CELL = re.compile(rb"<c\b[^>]*>.*?</c>", re.DOTALL)
_ITEM = re.compile(rb"<si\b[^>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
_TEXT = re.compile(rb"<t\b[^>]*?(?<!/)>(.*?)</t>", re.DOTALL)
_VALUE = re.compile(rb"<v\b[^>]*>(.*?)</v>", re.DOTALL)


class CellTexts:
    """Reads texts; the shared strings are opened only if a cell needs them."""

    def __init__(self, package: EditedPackage, book: WorkbookPart) -> None:
        self._package = package
        self._part = book.part_of("sharedStrings")

    def of_row(self, inside: bytes) -> dict[int, str]:
        """The texts of a row's inside, by column."""
        texts: dict[int, str] = {}
        shared: dict[int, int] = {}
        for cell in _CELL.findall(inside):
            tag = cell[: cell.index(b">") + 1]
            column = column_index((attribute(tag, "r") or "").rstrip("0123456789"))
            value = _VALUE.search(cell)
            if attribute(tag, "t") == "s" and value:
                shared[column] = int(value[1])
            else:
                texts[column] = unescaped(b"".join(_TEXT.findall(cell)) or (value[1] if value else b""))
        known = self._shared(set(shared.values()))
        return texts | {column: known.get(number, "") for column, number in shared.items()}

    def _shared(self, numbers: set[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        if not numbers or self._part is None:
            return found
        last = max(numbers)
        start = plain(self._package.start(self._part, _START))
        table = start if start.count(b"</si>") > last else self._table
        for number, item in enumerate(itertools.islice(_ITEM.finditer(table), last + 1)):
            if number in numbers:
                found[number] = unescaped(b"".join(_TEXT.findall(item[1] or b"")))
        return found

    @cached_property
    def _table(self) -> bytes:
        return self._package.xml(self._part) if self._part else b""
