"""The texts of a row, wherever the workbook keeps them: in the cells or in its table of shared strings."""

import html
from functools import cached_property

from converter.reading.cells import column_index
from converter.reading.shared_strings import SharedStrings, text_of
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.workbook_part import WorkbookPart
from converter.views.annotate.xml_text import attribute, element

_START = 65_536  # bytes: titles are nearly always among the first strings
_CELL = element("c")
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
                texts[column] = text_of(held) or html.unescape((value[1] or b"").decode() if value else "")
        known = self._shared(set(shared.values()))
        return texts | {column: known.get(number, "") for column, number in shared.items()}

    def _shared(self, numbers: set[int]) -> dict[int, str]:
        if not numbers or self._part is None:
            return {}
        table = SharedStrings(self._package.start(self._part, _START))
        if len(table) <= max(numbers):
            table = self._whole
        return {number: table[number] for number in numbers}

    @cached_property
    def _whole(self) -> SharedStrings:
        return SharedStrings(self._package.raw(self._part) if self._part else b"")
