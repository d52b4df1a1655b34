"""A sheet's part around its rows: columns, selected tab, filter, links, place of the comments' drawing."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

from converter.reading.cell_addresses import addressed
from converter.reading.cells import LAST_COLUMN, column_letters
from converter.views.annotate import sheet_rows
from converter.views.annotate.sheet_rows import Colours, Place, RowEditor, StatutCell
from converter.views.annotate.xml_text import (
    STRICT,
    TRANSITIONAL,
    AnnotationImpossible,
    attribute,
    children,
    element,
    insert_ordered,
    opening,
    quoted,
    span,
    with_attribute,
    without_attribute,
)

# CT_Worksheet: Excel repairs a sheet whose elements stand in another order.
_ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
)
_DATA = opening("sheetData")
_COL = element("col")
_HYPERLINK = element("hyperlink")
_MERGE = opening("mergeCell")
_VIEW = opening("sheetView")
_USUAL_WIDTH = 8.43  # characters


class WorksheetPart:
    """One worksheet's XML, in three pieces: before, in and after `<sheetData>`."""

    def __init__(self, xml: bytes) -> None:
        data = _DATA.search(xml)
        root = opening("worksheet").search(xml)
        if data is None or root is None or attribute(root[0], "xmlns") not in (TRANSITIONAL.main, STRICT.main):
            raise AnnotationImpossible("une feuille suit une variante inconnue du format")
        self._data_tag = data[0]
        end = data.end() if data[1] else xml.rindex(b"</sheetData>")
        close = xml.rindex(b"</worksheet>")
        self._before = xml[: root.end()]
        self._head = xml[len(self._before) : data.start()]
        self.rows = addressed(xml[data.end() : end])
        self._tail = xml[end if data[1] else end + len(b"</sheetData>") : close]
        self._after = xml[close:]

    def render(self) -> bytes:
        tag, close = self._data_tag, b"</sheetData>"
        if tag.endswith(b"/>"):
            tag, close = (b"<sheetData>", close) if self.rows else (tag, b"")
        return b"".join((self._before, self._head, tag, self.rows, close, self._tail, self._after))

    # rows

    def replace_formats(self, formats: Mapping[int, int]) -> None:
        """Give other formats to the cells, rows and columns that have one of these."""
        if not formats:
            return
        self.rows = sheet_rows.replace_formats(self.rows, formats)
        for tag in self._cols():
            style = int(attribute(tag, "style") or 0)
            if style in formats:
                self._head = self._head.replace(tag, with_attribute(tag, "style", str(formats[style])), 1)

    def edit_rows(self, editor: RowEditor, colours: Colours, statuts: Mapping[int, StatutCell]) -> bool:
        """Colour cells and fill the column « Statut »; whether a formula has gone."""
        self.rows = editor.edit(self.rows, colours, statuts)
        filled = [row for row, cell in statuts.items() if cell.content]
        columns = [column for coloured in colours.values() for column in coloured]
        self.extend_dimension(max([*colours, *filled], default=1), max([*columns, editor.statut_column], default=1))
        return editor.replaced_formula

    def inside(self, row: int) -> bytes:
        """The cells of a row, as they are written; nothing if it is not there."""
        return sheet_rows.inside(self.rows, row)

    def rows_with_value(self, column: int) -> list[int]:
        return sheet_rows.rows_with_value(self.rows, column)

    def cell_format(self, row: int, column: int) -> int:
        return sheet_rows.cell_format(self.rows, row, column)

    def last_filled_column(self, row: int) -> int:
        """The last column with a value in this row, 0 if there is none."""
        return max(sheet_rows.filled_columns(self.rows, row), default=0)

    def free_column_after(self, column: int, rows_used: range, taken: Iterable[tuple[int, int]]) -> int:
        """The first column after this one that shows, and in which nothing stands; `taken`: spans not to enter."""
        covered = [*taken, *self._hidden(), *self._merged_in(rows_used)]
        column += 1
        while column <= LAST_COLUMN and (
            any(first <= column <= last for first, last in covered) or not sheet_rows.is_free(self.rows, column)
        ):
            column += 1
        return column

    def _hidden(self) -> list[tuple[int, int]]:
        """The hidden columns, but for those that go on to the end of the sheet: one of them can be shown."""
        spans = [_columns(tag) for tag in self._cols() if _is_hidden(tag)]
        return [(first, last) for first, last in spans if last < LAST_COLUMN]

    def _merged_in(self, rows_used: range) -> list[tuple[int, int]]:
        """The columns of the merged ranges that reach one of these rows."""
        return [
            (left, right)
            for top, left, bottom, right in self._merged()
            if top <= rows_used[-1] and bottom >= rows_used[0]
        ]

    def _merged(self) -> list[tuple[int, int, int, int]]:
        found = _MERGE.finditer(self._child("mergeCells"))
        return [span(attribute(one[0], "ref") or "A1") for one in found]

    def _cols(self) -> list[bytes]:
        return [found[0] for found in _COL.finditer(self._head)]

    def anchors(self, places: Iterable[Place]) -> dict[Place, Place]:
        """For each of these places inside a merged range, the cell that shows in its stead."""
        rows_of: dict[int, list[int]] = {}
        for row, column in sorted(places):
            rows_of.setdefault(column, []).append(row)
        shown: dict[Place, Place] = {}
        for top, left, bottom, right in self._merged():
            for column in (one for one in rows_of if left <= one <= right):
                rows = rows_of[column]
                covered = slice(bisect_left(rows, top), bisect_right(rows, bottom))
                shown |= dict.fromkeys(((row, column) for row in rows[covered]), (top, left))
                del rows[covered]  # ranges over one another, which Excel does not make, are followed once
        return shown

    # before the rows

    def unselect(self) -> None:
        """No longer among the selected tabs: two selected sheets would be edited together."""
        self._head = unselected(self._head)

    def widths(self) -> dict[int, float]:
        """The width in characters of each column that has its own, up to the 200th."""
        widths: dict[int, float] = {}
        for tag in self._cols():
            width = 0.0 if _is_hidden(tag) else float(attribute(tag, "width") or _USUAL_WIDTH)
            first, last = _columns(tag)
            widths |= dict.fromkeys(range(first, min(last, 200) + 1), width)
        return widths

    def widen(self, column: int, width: float) -> None:
        """Show a column with this width, unless it has its own; the others of its group keep theirs."""
        shown = b"<col/>"
        kept: list[tuple[int, bytes]] = []
        for col in self._cols():
            first, last = _columns(col)
            if (first, last) == (column, column) and not _is_hidden(col):
                return
            if first <= column <= last:
                shown = without_attribute(col, "hidden")
            for start, end in ((first, min(last, column - 1)), (max(first, column + 1), last)):
                if start <= end:
                    kept.append((start, _spanning(col, start, end)))
        shown = with_attribute(_spanning(shown, column, column), "width", f"{width:.2f}")
        kept.append((column, with_attribute(shown, "customWidth", "1")))
        self._set_head("cols", b"<cols>" + b"".join(col for _, col in sorted(kept)) + b"</cols>")

    def column_format(self, column: int) -> int:
        for tag in self._cols():
            first, last = _columns(tag)
            if first <= column <= last:
                return int(attribute(tag, "style") or 0)
        return 0

    def extend_dimension(self, row: int, column: int) -> None:
        found = opening("dimension").search(self._head)
        if found is None:
            return
        top, left, bottom, right = span(attribute(found[0], "ref") or "A1")
        if row > bottom or column > right:
            bottom, right = max(row, bottom), max(column, right)
            reference = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            self._head = self._head.replace(found[0], with_attribute(found[0], "ref", reference), 1)

    def _set_head(self, name: str, element: bytes) -> None:
        for other, start, end in children(self._head):
            if other == name:
                self._head = self._head[:start] + element + self._head[end:]
                return
        self._head = insert_ordered(self._head, element, name, _ORDER)

    # after the rows

    def extend_filter(self, header_row: int, column: int, last_row: int) -> str:
        """Let the filter on that header, if there is one, reach this column and row; its new range, or ""."""
        found = opening("autoFilter").match(self._child("autoFilter"))
        if found is None:
            return ""
        top, left, bottom, right = span(attribute(found[0], "ref") or "A1")
        if top != header_row or (right >= column and bottom >= last_row):
            return ""
        first, last, bottom = column_letters(left), column_letters(max(right, column)), max(bottom, last_row)
        self._tail = self._tail.replace(found[0], with_attribute(found[0], "ref", f"{first}{top}:{last}{bottom}"), 1)
        return f"${first}${top}:${last}${bottom}"

    def add_filter(self, header_row: int, column: int, last_row: int) -> str:
        """A filter from the first header to this column, if there is none (a table has its own); its range, or ""."""
        if self._child("autoFilter") or self._child("tableParts"):
            return ""
        first = column_letters(min([*sheet_rows.filled_columns(self.rows, header_row), column]))
        last = column_letters(column)
        self._set_tail("autoFilter", f'<autoFilter ref="{first}{header_row}:{last}{last_row}"/>'.encode())
        return f"${first}${header_row}:${last}${last_row}"

    def links(self) -> list[tuple[str, str]]:
        """Cell and place of each link inside the workbook."""
        found = (match[0] for match in _HYPERLINK.finditer(self._child("hyperlinks")))
        return [(attribute(link, "ref") or "", attribute(link, "location") or "") for link in found]

    def drop_links(self, column: int, to: Iterable[str]) -> None:
        """Remove the links of one column that lead to one of these sheets (as links spell them)."""
        prefixes = tuple(f"{sheet}!" for sheet in to)
        cell = re.compile(rf"{column_letters(column)}\d+")

        def kept(found: re.Match[bytes]) -> bytes:
            place = (attribute(found[0], "location") or "").lstrip("#")
            ours = place.startswith(prefixes) and cell.fullmatch(attribute(found[0], "ref") or "")
            return b"" if ours else found[0]

        links = self._child("hyperlinks")
        changed = _HYPERLINK.sub(kept, links)
        self._set_tail("hyperlinks", changed if _HYPERLINK.search(changed) else b"")

    def add_links(self, links: Sequence[tuple[str, str]]) -> None:
        """Add links from cells (`AF2`) to places of the workbook (`'Anomalies'!A5`)."""
        if not links:
            return
        added = "".join(f'<hyperlink ref="{cell}" location="{quoted(place)}"/>' for cell, place in links).encode()
        known = b"".join(found[0] for found in _HYPERLINK.finditer(self._child("hyperlinks")))
        self._set_tail("hyperlinks", b"<hyperlinks>" + known + added + b"</hyperlinks>")

    def attach_drawing(self, identifier: str, relationships: str) -> None:
        """Name the drawing that holds the comments' boxes; `relationships`: the namespace of its id."""
        self._set_tail("legacyDrawing", f'<legacyDrawing xmlns:r="{relationships}" r:id="{identifier}"/>'.encode())

    def detach_drawing(self) -> None:
        """No comments any more."""
        self._set_tail("legacyDrawing", b"")

    @property
    def drawing_id(self) -> str | None:
        """The id of the drawing that holds the comments' boxes (headers and footers have another)."""
        found = re.search(rb":id\s*=\s*[\"'](.*?)[\"']", self._child("legacyDrawing"))
        return None if found is None else found[1].decode()

    def _child(self, name: str) -> bytes:
        if b"<" + name.encode() not in self._tail:
            return b""
        return next((self._tail[start:end] for other, start, end in children(self._tail) if other == name), b"")

    def _set_tail(self, name: str, element: bytes) -> None:
        """Replace, add or (with an empty element) remove an element of the first level."""
        if b"<" + name.encode() in self._tail:
            for other, start, end in children(self._tail):
                if other == name:
                    self._tail = self._tail[:start] + element + self._tail[end:]
                    return
        if element:
            self._tail = insert_ordered(self._tail, element, name, _ORDER)


def bears_format(xml: bytes, formats: Collection[int]) -> bool:
    """Whether one of these formats may stand somewhere in a sheet's XML; it may be a text that looks like one."""
    numbers = b"|".join(b"%d" % number for number in formats)
    return re.search(rb"\bs(?:tyle)?\s*=\s*[\"'](?:%s)[\"']" % numbers, xml) is not None


def unselected(xml: bytes) -> bytes:
    """A sheet's XML, of any kind, whose tab is no longer among the selected ones."""
    return _VIEW.sub(lambda found: without_attribute(found[0], "tabSelected"), xml)


def _is_hidden(col: bytes) -> bool:
    return attribute(col, "hidden") in ("1", "true") or float(attribute(col, "width") or 1) == 0


def _spanning(col: bytes, first: int, last: int) -> bytes:
    return with_attribute(with_attribute(col, "min", str(first)), "max", str(last))


def _columns(col: bytes) -> tuple[int, int]:
    """The first and last column that a `<col>` describes."""
    return int(attribute(col, "min") or 1), int(attribute(col, "max") or 1)
