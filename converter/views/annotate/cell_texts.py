"""The texts of a row, wherever the workbook keeps them: in the cells or in its table of shared strings."""

import itertools
from functools import cached_property

from converter.reading.cells import column_index
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.workbook_part import WorkbookPart
from converter.views.annotate.xml_text import attribute, element, plain, unescaped

_START = 65_536  # bytes: titles are nearly always among the first strings
_CELL = element("c")
_ITEM = element("si")
_TEXT = element("t")
_PHONETIC = element("rPh")
_VALUE = element("v")


class CellTexts:
    """Reads texts; the shared strings are opened only if a cell needs them."""

    def __init__(self, package: EditedPackage, book: WorkbookPart) -> None:
        self._package = package
        self._part = book.part_of("sharedStrings")

    def of_row(self, inside: bytes) -> dict[int, str]:
        """The texts of a row's inside, by column."""
        texts: dict[int, str] = {}
        shared: dict[int, int] = {}
        for found in _CELL.finditer(inside):
            cell, held = found[0], found[1] or b""
            column = column_index((attribute(cell, "r") or "").rstrip("0123456789"))
            value = _VALUE.search(held)
            if attribute(cell, "t") == "s" and value and value[1]:
                shared[column] = int(value[1])
            else:
                texts[column] = _texts(held) or unescaped(value[1] or b"" if value else b"")
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
                found[number] = _texts(item[1] or b"")
        return found

    @cached_property
    def _table(self) -> bytes:
        return self._package.xml(self._part) if self._part else b""


def _texts(xml: bytes) -> str:
    """The runs of a text, without how they are said (Japanese)."""
    return unescaped(b"".join(one[1] or b"" for one in _TEXT.finditer(_PHONETIC.sub(b"", xml))))
