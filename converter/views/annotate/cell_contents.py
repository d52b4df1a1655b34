"""What a few cells of a sheet's rows hold, and other contents put in its place; every other byte as it was."""

from collections.abc import Callable, Mapping

from converter.reading.cells import column_letters
from converter.views.annotate.sheet_rows import Place, each_row, inherited_format, place, rewritten, row_of, spanning
from converter.views.annotate.xml_text import attribute


def cells_at(rows: bytes, places: Mapping[Place, object]) -> dict[Place, bytes]:
    """These cells as they are written; one that is not there is left out."""
    columns = _by_row(places)
    found: dict[Place, bytes] = {}
    for tag, end, _ in each_row(rows):
        number = int(tag[1])
        for column in columns.get(number, ()):
            inside = rows[tag.end() : end]
            start, stop = place(inside, number, column)
            if start < stop:
                found[number, column] = inside[start:stop]
    return found


def with_contents(rows: bytes, contents: Mapping[Place, bytes], columns: Callable[[int], int]) -> bytes:
    """The rows, these cells holding other contents; each keeps its format, or takes that of its row or column.

    `contents`: what follows the address and the format of a cell, b"" to empty it (a cell that is not there does not
    come for that); `columns`: the format of each column.
    """
    by_row = _by_row(contents)

    def filled(number: int, attributes: bytes, inside: bytes) -> bytes:
        for column in by_row[number]:
            inside = _with_content(attributes, inside, (number, column), contents[number, column], columns)
        last = max((column for column in by_row[number] if contents[number, column]), default=0)
        return row_of(number, spanning(attributes, last), inside)

    return rewritten(rows, by_row, filled)


def _by_row(places: Mapping[Place, object]) -> dict[int, list[int]]:
    columns: dict[int, list[int]] = {}
    for row, column in places:
        columns.setdefault(row, []).append(column)
    return columns


def _with_content(attributes: bytes, inside: bytes, at: Place, content: bytes, columns: Callable[[int], int]) -> bytes:
    """A row's inside with that cell holding `content`; its metadata (a picture, a formula that spreads) goes."""
    row, column = at
    start, end = place(inside, row, column)
    if start < end:
        style = int(attribute(inside[start:end], "s") or 0)
    elif content:
        style = inherited_format(attributes, column, columns)
    else:
        return inside
    bearing = b' s="%d"' % style if style else b""
    cell = b'<c r="%s%d"%s%s' % (column_letters(column).encode(), row, bearing, content or b"/>")
    return inside[:start] + cell + inside[end:]
