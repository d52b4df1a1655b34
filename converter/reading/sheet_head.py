"""The first rows of a sheet, read from the start of its XML alone: enough to know what the sheet is for."""

import io
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET  # nosec B405

from converter.reading.cells import corner
from converter.reading.package import Package
from converter.reading.shared_strings import SharedStrings
from converter.reading.workbook_part import SheetPart

_START = 262_144  # bytes: ten rows of fifty long cells
_Value = str | int  # a text, or the number of a shared string


def first_rows(package: Package, sheets: Sequence[SheetPart], count: int) -> Iterator[list[list[str]]]:
    """For each sheet, the texts of its rows 1 to `count`, as far as they stand at the start of its part."""
    strings: SharedStrings | None = None  # read once a cell needs one
    for start in package.starts((sheet.part for sheet in sheets), _START):
        found: list[list[_Value]] = [[] for _ in range(count)]
        for row, column, value in _cells(start, count):
            line = found[row - 1]
            line.extend([""] * (column - len(line)))
            line[column - 1] = value
        if strings is None and any(isinstance(one, int) for line in found for one in line):
            strings = SharedStrings(package.shared_strings())
        yield [[strings[one] if strings and isinstance(one, int) else str(one) for one in line] for line in found]


def _cells(start: bytes, count: int) -> Iterator[tuple[int, int, _Value]]:
    """Row, column and value of each filled cell of the first rows; what cannot be parsed ends them."""
    row = column = 0
    try:
        # entities need a document type, which a vetted part does not have
        for event, element in ET.iterparse(io.BytesIO(start), ("start", "end")):  # noqa: S314  # nosec B314
            name = element.tag.rpartition("}")[2]
            if event == "start" and name == "row":
                row, column = int(element.get("r") or row + 1), 0
                if row > count:
                    return
            elif event == "end" and name == "c":
                at = corner(element.get("r", ""))
                row, column = at or (row, column + 1)
                if 0 < row <= count and (value := _value(element)) != "":
                    yield row, column, value
    except (ET.ParseError, ValueError):
        return


def _value(cell: ET.Element) -> _Value:
    texts: Sequence[str] = [one.text or "" for one in cell.iterfind("{*}is//{*}t")]
    value = "".join(texts) or cell.findtext("{*}v", "")
    return int(value) if cell.get("t") == "s" else value
