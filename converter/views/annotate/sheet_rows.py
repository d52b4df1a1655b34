"""The rows of a sheet: a few cells coloured, put or dropped, every other byte as it was."""

import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from converter.findings import Severity
from converter.reading.cells import column_index, column_letters
from converter.views.annotate.xml_text import AnnotationImpossible, attribute, with_attribute

_ROW = re.compile(rb'<row r="(\d+)"([^>]*)>')
_LAST_CELL = re.compile(rb'<c r="([A-Z]+)\d+"(?:[^>]*/>|[^>]*><v>[^<]*</v></c>)')
_ADDRESS = re.compile(rb'<c r="([A-Z]+)')
_STYLE = re.compile(rb'\ss="(\d+)"')
_SPANS = re.compile(rb'\sspans="(\d+):(\d+)"')

Place = tuple[int, int]  # a cell's row and column
_SLASH = ord("/")
_SPREAD = re.compile(rb'<f\b[^>]*?\sref="([A-Z]+)\d+:(?!\1\d)')


@dataclass(frozen=True, slots=True)
class StatutCell:
    """A cell of « Statut » to come. `content`: its XML after its address and format; b"": the text there goes."""

    content: bytes
    style: int = 0


Colours = Mapping[int, Mapping[int, Severity]]  # of the cells to colour, by row and column


class Looks(Protocol):
    """What is asked of the workbook's cell formats."""

    def marked(self, style: int, severity: Severity) -> int:
        """The coloured twin of a format."""

    def shows_when_empty(self, style: int) -> bool:
        """Whether an empty cell of that format shows something."""


class RowEditor:
    """Edits the inside of `<sheetData>`. `columns`: each column's format; `ours`: the formats of « Statut »."""

    def __init__(
        self, looks: Looks, columns: Callable[[int], int], statut_column: int, ours: Collection[int] = ()
    ) -> None:
        self.replaced_formula = False
        self._looks = looks
        self._ours = frozenset((0, *ours))
        self._columns = columns
        self.statut_column = statut_column
        self._statut_letters = column_letters(statut_column).encode() if statut_column else b""

    def edit(self, rows: bytes, colours: Colours, statuts: Mapping[int, StatutCell]) -> bytes:
        """The rows, some cells coloured, and these cells of « Statut » (by row) in place; a missing row is made."""
        free = b'<c r="' + self._statut_letters not in rows

        def edited(number: int, attributes: bytes, inside: bytes) -> bytes:
            coloured, statut = colours.get(number), statuts.get(number)
            if coloured is None and statut and statut.content and free and self._ends_before_statut(inside):
                cell = (self._statut_letters, number, statut.style, statut.content)
                inside = b'%s<c r="%s%d" s="%d"%s' % (inside, *cell)
                return row_of(number, spanning(attributes, self.statut_column), inside)
            for column, severity in sorted((coloured or {}).items()):
                inside = self._mark(attributes, inside, number, column, severity)
            if statut and self.statut_column:
                start, end = place(inside, number, self.statut_column)
                inside = inside[:start] + self._statut_cell(inside[start:end], number, statut) + inside[end:]
            last = max(self.statut_column if statut else 0, *coloured or (), 0)
            return row_of(number, spanning(attributes, last), inside)

        return rewritten(rows, {*colours, *statuts}, edited)

    def _ends_before_statut(self, inside: bytes) -> bool:
        """Whether the last cell of a row, of the usual kind, stands before « Statut »."""
        last = _LAST_CELL.fullmatch(inside, max(inside.rfind(b'<c r="'), 0))
        return last is not None and column_index(last[1].decode()) < self.statut_column

    def _statut_cell(self, former: bytes, row: int, statut: StatutCell) -> bytes:
        """The cell of « Statut » in place of the one that stood there, whose look stays if it was the user's."""
        if b"<f" in former:
            self.replaced_formula = True
            _refuse_wide_formula(former)
        found = _STYLE.search(former, 0, former.find(b">") + 1)
        style = int(found[1]) if found else 0
        address = b'<c r="%s%d"' % (self._statut_letters, row)
        if not statut.content:
            return b"" if style in self._ours else b'%s s="%d"/>' % (address, style)
        kept = style not in self._ours and self._looks.shows_when_empty(style)
        return b'%s s="%d"%s' % (address, style if kept else statut.style, statut.content)

    def _mark(self, attributes: bytes, inside: bytes, row: int, column: int, severity: Severity) -> bytes:
        start, end = place(inside, row, column)
        if start == end:
            style = self._looks.marked(inherited_format(attributes, column, self._columns), severity)
            cell = b'<c r="%s%d" s="%d"/>' % (column_letters(column).encode(), row, style)
            return inside[:start] + cell + inside[end:]
        tag_end = inside.index(b">", start) + 1
        tag = inside[start:tag_end]
        found = _STYLE.search(tag)
        style = self._looks.marked(int(found[1]) if found else 0, severity)
        return inside[:start] + with_attribute(tag, "s", str(style)) + inside[tag_end:]


def each_row(rows: bytes) -> Iterator[tuple[re.Match[bytes], int, int]]:
    """Each row: its tag ([1] its number, [2] what follows it), where its cells end, and where it ends."""
    after = 0
    while found := _ROW.search(rows, after):
        end = after = found.end()
        if rows[end - 2] != _SLASH:
            end = rows.index(b"</row>", end)
            after = end + len(b"</row>")
        yield found, end, after


def rewritten(rows: bytes, numbers: Iterable[int], rewrite: Callable[[int, bytes, bytes], bytes]) -> bytes:
    """The rows, those of these numbers as `rewrite` makes them from number, attributes and cells, in one pass.

    A row that is not there is made from nothing, in its place; without a cell it does not come.
    """

    def new(number: int) -> bytes:
        row = rewrite(number, b"", b"")
        return row if b"<c " in row else b""

    awaited = sorted(numbers, reverse=True)
    done = io.BytesIO()  # pieces waiting to be joined would hold the sheet twice
    copied = 0
    for found, end, after in each_row(rows):
        if not awaited:
            break
        number = int(found[1])
        if number < awaited[-1]:
            continue
        done.write(rows[copied : found.start()])
        copied = found.start()
        while awaited and awaited[-1] < number:
            done.write(new(awaited.pop()))
        if awaited and awaited[-1] == number:
            awaited.pop()
            done.write(rewrite(number, found[2].rstrip(b"/"), rows[found.end() : end]))
            copied = after
    done.write(rows[copied:])
    done.writelines(map(new, reversed(awaited)))
    return done.getvalue()


def row_of(number: int, attributes: bytes, inside: bytes) -> bytes:
    """A row, from its number, its other attributes and its cells."""
    return b'<row r="%d"%s>%s</row>' % (number, attributes, inside)


def inherited_format(attributes: bytes, column: int, columns: Callable[[int], int]) -> int:
    """The format of a cell that is not there: its row's, else its column's."""
    row = b"<row%s>" % attributes
    if attribute(row, "customFormat") in ("1", "true"):
        return int(attribute(row, "s") or 0)
    return columns(column)


@lru_cache(1024)
def spanning(attributes: bytes, column: int) -> bytes:
    """A row's attributes, with its span of columns (a hint for readers) reaching this one."""
    found = _SPANS.search(attributes)
    if found is None:
        return attributes
    return attributes.replace(found[0], b' spans="%s:%d"' % (found[1], max(int(found[2]), column)), 1)


def cell_format(rows: bytes, row: int, column: int) -> int:
    """The number of a cell's format, 0 if the cell is not there."""
    tag = rows[slice(*_tag_at(rows, row, column))]
    found = _STYLE.search(tag)
    return int(found[1]) if found else 0


def _tag_at(rows: bytes, row: int, column: int) -> tuple[int, int]:
    start = rows.find(b'<c r="%s%d"' % (column_letters(column).encode(), row))
    return (0, 0) if start < 0 else (start, rows.index(b">", start) + 1)


def inside(rows: bytes, row: int) -> bytes:
    """The cells of a row, as they are written; nothing if it is not there."""
    return next((rows[found.end() : end] for found, end, _ in each_row(rows) if int(found[1]) == row), b"")


def filled_columns(rows: bytes, row: int) -> list[int]:
    """The columns with a value in this row."""
    cells = inside(rows, row)
    return [column_index(one[1].decode()) for one in _ADDRESS.finditer(cells) if _has_value(cells, one.start())]


def is_free(rows: bytes, column: int) -> bool:
    """Whether no cell of this column has a value."""
    needle = b'<c r="%s' % column_letters(column).encode()
    at = rows.find(needle)
    while at >= 0:
        if rows[at + len(needle) : at + len(needle) + 1].isdigit() and _has_value(rows, at):
            return False
        at = rows.find(needle, at + 1)
    return True


def rows_with_value(rows: bytes, column: int) -> list[int]:
    """The numbers of the rows that have a value in this column."""
    needle = re.compile(rb'<c r="%s(\d+)"' % column_letters(column).encode())
    return [int(found[1]) for found in needle.finditer(rows) if _has_value(rows, found.start())]


def replace_formats(rows: bytes, formats: Mapping[int, int]) -> bytes:
    """Rows and cells of these formats get others."""
    pattern = re.compile(b' s="(' + b"|".join(b"%d" % number for number in formats) + b')"')
    done: list[bytes] = []
    copied = 0
    for found in pattern.finditer(rows):
        tag = rows.rfind(b"<", 0, found.start())
        in_row = rows.startswith(b"<row ", tag)
        if not (in_row or rows.startswith(b"<c ", tag)) or rows.find(b">", tag, found.start()) >= 0:
            continue  # the same characters in a text
        number = formats[int(found[1])]
        done += [rows[copied : found.start()], b' s="%d"' % number if number or in_row else b""]
        copied = found.end()
    return b"".join((*done, rows[copied:]))


def _refuse_wide_formula(cell: bytes) -> None:
    """A formula that other columns share cannot be taken out of this one alone."""
    if _SPREAD.search(cell):
        raise AnnotationImpossible("une formule tapée dans « Statut » sert aussi à d'autres colonnes")


def place(inside: bytes, row: int, column: int) -> tuple[int, int]:
    """Where a cell stands in its row; start and end are the same where it is missing and should come."""
    start = inside.find(b'<c r="%s%d"' % (column_letters(column).encode(), row))
    if start >= 0:
        return start, _cell_end(inside, start)
    last = inside.rfind(b'<c r="')
    if last < 0:
        return 0, 0
    found = _ADDRESS.match(inside, last)
    if found and column_index(found[1].decode()) < column:
        end = _cell_end(inside, last)
        return end, end
    after = (m.start() for m in _ADDRESS.finditer(inside) if column_index(m[1].decode()) > column)
    at = next(after, len(inside))
    return at, at


def _cell_end(xml: bytes, start: int) -> int:
    tag_end = xml.index(b">", start) + 1
    return tag_end if xml[tag_end - 2 : tag_end] == b"/>" else xml.index(b"</c>", tag_end) + len(b"</c>")


def _has_value(xml: bytes, start: int) -> bool:
    end = _cell_end(xml, start)
    return any(tag in xml[start:end] for tag in (b"<v>", b"<v ", b"<f", b"<is"))
