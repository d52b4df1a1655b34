"""What a few cells of a sheet's rows hold, and other contents put in its place; every other byte as it was."""

import io
from collections.abc import Callable, Iterator, Mapping

from converter.reading.cells import column_letters
from converter.views.annotate.sheet_rows import ROW, Place, inherited_format, inside_row, place, row_number, spanning
from converter.views.annotate.xml_text import attribute


def cells_at(rows: bytes, places: Mapping[Place, object]) -> dict[Place, bytes]:
    """These cells as they are written; one that is not there is left out."""
    columns = _by_row(places)
    found: dict[Place, bytes] = {}
    for opening in ROW.finditer(rows):
        number = row_number(opening)
        if number in columns:
            inside, _ = inside_row(rows, opening)
            for column in columns[number]:
                start, end = place(inside, number, column)
                if start < end:
                    found[number, column] = inside[start:end]
    return found


def with_contents(rows: bytes, contents: Mapping[Place, bytes], columns: Callable[[int], int]) -> bytes:
    """The rows, these cells holding other contents; each keeps its format, or takes that of its row or column.

    `contents`: what follows the address and the format of a cell, b"" to empty it (a cell that is not there does not
    come for that); `columns`: the format of each column.
    """
    by_row = _by_row(contents)
    awaited = sorted(by_row, reverse=True)
    done = io.BytesIO()
    copied = 0

    def rewritten(number: int, opening: bytes, inside: bytes) -> bytes:
        for column in by_row[number]:
            inside = _with_content(opening, inside, (number, column), contents[number, column], columns)
        filled = [column for column in by_row[number] if contents[number, column]]
        return b"%s%s</row>" % (spanning(opening, max(filled, default=0)), inside)

    def missing(before: int | None) -> Iterator[bytes]:
        while awaited and (before is None or awaited[-1] < before):
            number = awaited.pop()
            if any(contents[number, column] for column in by_row[number]):
                yield rewritten(number, b'<row r="%d">' % number, b"")

    for found in ROW.finditer(rows):
        if not awaited:
            break
        number = row_number(found)
        if number < awaited[-1]:
            continue
        done.write(rows[copied : found.start()])
        copied = found.start()
        done.writelines(missing(number))
        if awaited and awaited[-1] == number:
            awaited.pop()
            inside, copied = inside_row(rows, found)
            done.write(rewritten(number, found[0].replace(b"/>", b">"), inside))
    done.write(rows[copied:])
    done.writelines(missing(None))
    return done.getvalue()


def _by_row(places: Mapping[Place, object]) -> dict[int, list[int]]:
    columns: dict[int, list[int]] = {}
    for row, column in places:
        columns.setdefault(row, []).append(column)
    return columns


def _with_content(opening: bytes, inside: bytes, at: Place, content: bytes, columns: Callable[[int], int]) -> bytes:
    """A row's inside with that cell holding `content`; its metadata (a picture, a formula that spreads) goes."""
    row, column = at
    start, end = place(inside, row, column)
    if start < end:
        style = int(attribute(inside[start:end], "s") or 0)
    elif content:
        style = inherited_format(opening, column, columns)
    else:
        return inside
    bearing = b' s="%d"' % style if style else b""
    cell = b'<c r="%s%d"%s%s' % (column_letters(column).encode(), row, bearing, content or b"/>")
    return inside[:start] + cell + inside[end:]
