"""The rows of a sheet: a few cells coloured, put or dropped, every other byte as it was."""

import io
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from converter.findings import Severity
from converter.reading.cells import column_index, column_letters
from converter.views.annotate.xml_text import AnnotationImpossible, attribute, with_attribute

ROW = re.compile(rb'<row\b(?: r="(\d+)")?[^>]*>')  # its number first, as nearly every writer puts it
_ROW_NUMBER = re.compile(rb'\sr="(\d+)"')
_LAST_CELL = re.compile(rb'<c r="([A-Z]+)\d+"(?:[^>]*/>|[^>]*><v>[^<]*</v></c>)')
_CELL = re.compile(rb"<c(?=[\s/>])[^>]*?(/?)>")
_ADDRESS = re.compile(rb'<c r="([A-Z]+)')
STYLE = re.compile(rb'\ss="(\d+)"')
_SPANS = re.compile(rb'\sspans="(\d+):(\d+)"')

Place = tuple[int, int]  # a cell's row and column
_SPREAD = re.compile(rb'<f\b[^>]*?\sref="([A-Z]+)\d+:(?!\1\d)')


@dataclass(slots=True)
class RowEdit:
    """What changes in one row: cells to colour, by column; and the cell of the column « Statut ».

    `statut`: the cell's XML after its address and format; b"": its text goes; None: it stays as it is.
    """

    marks: dict[int, Severity] = field(default_factory=dict)
    statut: bytes | None = None
    statut_format: int = 0


class Looks(Protocol):
    """What is asked of the workbook's cell formats."""

    def marked(self, style: int, severity: Severity) -> int:
        """The coloured twin of a format."""

    def shows_when_empty(self, style: int) -> bool:
        """Whether an empty cell of that format shows something."""


class RowEditor:
    """Edits the inside of `<sheetData>`. `columns`: each column's format; `ours`: the formats of « Statut »."""

    def __init__(
        self, looks: Looks, columns: Callable[[int], int], statut_column: int | None, ours: Collection[int] = ()
    ) -> None:
        self.replaced_formula = False
        self._looks = looks
        self._ours = frozenset((0, *ours))
        self._columns = columns
        self._statut = statut_column or 0
        self._statut_letters = column_letters(statut_column).encode() if statut_column else b""

    def edit(self, rows: bytes, edits: Mapping[int, RowEdit]) -> bytes:
        """The rows with these edits, in one pass; a row that is not there is made, unless nothing stands in it."""
        awaited = sorted(edits, reverse=True)
        done = io.BytesIO()  # pieces waiting to be joined would hold the sheet twice
        copied = 0
        extends = self._statut > 0 and b'<c r="' + self._statut_letters not in rows
        for found in ROW.finditer(rows):
            if not awaited:
                break
            number = row_number(found)
            if number < awaited[-1]:
                continue
            if extends and number == awaited[-1] and (extended := self._extended(rows, found, edits[number])):
                tag, end, statut = extended
                done.writelines((rows[copied : found.start()], tag, rows[found.end() : end], statut))
                copied = end
                awaited.pop()
                continue
            done.write(rows[copied : found.start()])
            copied = found.start()
            while awaited and awaited[-1] < number:
                done.write(self._new_row(awaited[-1], edits[awaited.pop()]))
            if awaited and awaited[-1] == number:
                awaited.pop()
                inside, copied = inside_row(rows, found)
                done.write(self._edited(found[0].replace(b"/>", b">"), inside, number, edits[number]))
        done.write(rows[copied:])
        done.writelines(self._new_row(number, edits[number]) for number in reversed(awaited))
        return done.getvalue()

    def _extended(self, rows: bytes, found: re.Match[bytes], edit: RowEdit) -> tuple[bytes, int, bytes] | None:
        """The usual row: its tag, where its cells end, and « Statut » to come behind them; None for any other."""
        if edit.marks or not edit.statut or found[1] is None or found[0].endswith(b"/>"):
            return None
        end = rows.find(b"</row>", found.end())
        cell = _LAST_CELL.fullmatch(rows, rows.rfind(b'<c r="', found.end(), end), end)
        if cell is None or column_index(cell[1].decode()) >= self._statut:
            return None
        tag = spanning(found[0], self._statut)
        return tag, end, b'<c r="%s%s" s="%d"%s' % (self._statut_letters, found[1], edit.statut_format, edit.statut)

    def _new_row(self, number: int, edit: RowEdit) -> bytes:
        row = self._edited(b'<row r="%d">' % number, b"", number, edit)
        return b"" if row.endswith(b"></row>") and b"<c " not in row else row

    def _edited(self, opening: bytes, inside: bytes, row: int, edit: RowEdit) -> bytes:
        last = 0
        for column, severity in sorted(edit.marks.items()):
            inside = self._mark(opening, inside, row, column, severity)
            last = column
        if edit.statut is not None and self._statut:
            start, end = place(inside, row, self._statut)
            cell = self._statut_cell(inside[start:end], row, edit)
            inside = b"%s%s%s" % (inside[:start], cell, inside[end:])
            last = max(last, self._statut)
        return b"%s%s</row>" % (spanning(opening, last), inside)

    def _statut_cell(self, former: bytes, row: int, edit: RowEdit) -> bytes:
        """The cell of « Statut » in place of the one that stood there, whose look stays if it was the user's."""
        if b"<f" in former:
            self.replaced_formula = True
            _refuse_wide_formula(former)
        found = STYLE.search(former, 0, former.find(b">") + 1)
        style = int(found[1]) if found else 0
        address = b'<c r="%s%d"' % (self._statut_letters, row)
        if not edit.statut:
            return b"" if style in self._ours else b'%s s="%d"/>' % (address, style)
        kept = style not in self._ours and self._looks.shows_when_empty(style)
        return b'%s s="%d"%s' % (address, style if kept else edit.statut_format, edit.statut)

    def _mark(self, opening: bytes, inside: bytes, row: int, column: int, severity: Severity) -> bytes:
        start, end = place(inside, row, column)
        if start == end:
            style = self._looks.marked(inherited_format(opening, column, self._columns), severity)
            cell = b'<c r="%s%d" s="%d"/>' % (column_letters(column).encode(), row, style)
            return inside[:start] + cell + inside[end:]
        tag_end = inside.index(b">", start) + 1
        tag = inside[start:tag_end]
        found = STYLE.search(tag)
        style = self._looks.marked(int(found[1]) if found else 0, severity)
        return inside[:start] + with_attribute(tag, "s", str(style)) + inside[tag_end:]


def inherited_format(opening: bytes, column: int, columns: Callable[[int], int]) -> int:
    """The format of a cell that is not there: its row's, else its column's."""
    if attribute(opening, "customFormat") in ("1", "true"):
        return int(attribute(opening, "s") or 0)
    return columns(column)


def spanning(opening: bytes, column: int) -> bytes:
    """The row's tag, with its span of columns (a hint for readers) reaching this one."""
    found = _SPANS.search(opening)
    return opening if found is None else opening.replace(found[0], _reaching(found[0], column), 1)


@lru_cache(1024)
def _reaching(spans: bytes, column: int) -> bytes:
    first, _, last = spans[len(b' spans="') : -1].partition(b":")
    return b' spans="%s:%d"' % (first, max(int(last), column))


def cell_format(rows: bytes, row: int, column: int) -> int:
    """The number of a cell's format, 0 if the cell is not there."""
    tag = rows[slice(*_tag_at(rows, row, column))]
    found = STYLE.search(tag)
    return int(found[1]) if found else 0


def _tag_at(rows: bytes, row: int, column: int) -> tuple[int, int]:
    start = rows.find(b'<c r="%s%d"' % (column_letters(column).encode(), row))
    return (0, 0) if start < 0 else (start, rows.index(b">", start) + 1)


def inside(rows: bytes, row: int) -> bytes:
    """The cells of a row, as they are written; nothing if it is not there."""
    for found in ROW.finditer(rows):
        if row_number(found) == row:
            return inside_row(rows, found)[0]
    return b""


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


def addressed(rows: bytes) -> bytes:
    """The rows, with each row's number and each cell's address written out first, as nearly every writer does."""
    addressed_cells = rows.count(b'<c r="')
    all_cells = rows.count(b"<c")  # quick, and right unless there are elements such as <color>
    if all_cells != addressed_cells:
        all_cells = rows.count(b"<c ") + rows.count(b"<c>") + rows.count(b"<c/>")
    if all_cells == addressed_cells and all(found[1] or _ROW_NUMBER.search(found[0]) for found in ROW.finditer(rows)):
        return rows
    done: list[bytes] = []
    number = 0
    for found in ROW.finditer(rows):
        number = int(attribute(found[0], "r") or number + 1)
        inside, _ = inside_row(rows, found)
        opening = with_attribute(found[0].replace(b"/>", b">"), "r", str(number))
        done += [opening, _addressed_cells(inside, number), b"</row>"]
    return b"".join(done)


def _addressed_cells(inside: bytes, row: int) -> bytes:
    column = 0

    def rewritten(found: re.Match[bytes]) -> bytes:
        nonlocal column
        address = attribute(found[0], "r")
        column = column_index(address.rstrip("0123456789")) if address else column + 1
        rest = re.sub(rb"\sr\s*=\s*([\"']).*?\1", b"", found[0]).removeprefix(b"<c").lstrip()
        rest = re.sub(rb"\b(\w+)\s*=\s*'([^'\"]*)'", rb'\1="\2"', rest)
        separator = b"" if rest.startswith((b">", b"/>")) else b" "
        return b'<c r="%s%d"%s%s' % (column_letters(column).encode(), row, separator, rest)

    return _CELL.sub(rewritten, inside)


def _refuse_wide_formula(cell: bytes) -> None:
    """A formula that other columns share cannot be taken out of this one alone."""
    if _SPREAD.search(cell):
        raise AnnotationImpossible("une formule tapée dans « Statut » sert aussi à d'autres colonnes")


def row_number(opening: re.Match[bytes]) -> int:
    found = opening if opening[1] else _ROW_NUMBER.search(opening[0])
    return int(found[1]) if found else 0


def inside_row(rows: bytes, opening: re.Match[bytes]) -> tuple[bytes, int]:
    """What a row holds, and where the next one begins."""
    if opening[0].endswith(b"/>"):
        return b"", opening.end()
    close = rows.index(b"</row>", opening.end())
    return rows[opening.end() : close], close + len(b"</row>")


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
