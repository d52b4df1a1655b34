"""A sheet's part around its rows: columns, selected tab, filter, links, place of the comments' drawing."""

import re
from collections.abc import Iterable, Mapping, Sequence

from converter.reading.cells import column_letters
from converter.views.annotate import sheet_rows
from converter.views.annotate.sheet_rows import Marker, RowEdit, RowEditor
from converter.views.annotate.xml_text import (
    MAIN,
    RELATIONSHIPS,
    AnnotationImpossible,
    attribute,
    children,
    insert_ordered,
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
_DATA = re.compile(rb"<sheetData\b[^>]*?(/?)>")
_COL = re.compile(rb"<col\b[^>]*?(?:/>|></col>)")
_HYPERLINK = re.compile(rb"<hyperlink\b[^>]*?(?:/>|></hyperlink>)")
_MERGE = re.compile(rb"<mergeCell\b[^>]*?>")
_LARGEST_MERGE = 10_000  # cells; beyond, a mark inside it stays where it is
_USUAL_WIDTH = 8.43  # characters


class WorksheetPart:
    """One worksheet's XML, in three pieces: before, in and after `<sheetData>`."""

    def __init__(self, xml: bytes) -> None:
        data = _DATA.search(xml)
        if data is None or MAIN not in xml[: data.start()]:
            raise AnnotationImpossible("une feuille suit une variante peu courante du format (« Open XML strict »)")
        root = re.search(rb"<worksheet\b[^>]*>", xml)
        end = data.end() if data[1] else xml.rindex(b"</sheetData>")
        close = xml.rindex(b"</worksheet>")
        self._before = xml[: root.end()] if root else b""
        self._head = xml[len(self._before) : data.start()]
        self._rows = sheet_rows.addressed(xml[data.end() : end])
        self._tail = xml[end if data[1] else end + len(b"</sheetData>") : close]
        self._after = xml[close:]

    def render(self) -> bytes:
        pieces = (self._before, self._head, b"<sheetData>", self._rows, b"</sheetData>", self._tail, self._after)
        return b"".join(pieces)

    # rows

    def replace_formats(self, formats: Mapping[int, int]) -> None:
        """Give other formats to the cells, rows and columns that have one of these."""
        if not formats:
            return
        self._rows = sheet_rows.replace_formats(self._rows, formats)
        for tag in _COL.findall(self._head):
            style = int(attribute(tag, "style") or 0)
            if style in formats:
                self._head = self._head.replace(tag, with_attribute(tag, "style", str(formats[style])), 1)

    def edit_rows(self, edits: Mapping[int, RowEdit], marked: Marker, statut_column: int | None) -> None:
        """Colour cells and fill the column « Statut »."""
        self._rows = RowEditor(marked, self._column_format, statut_column).edit(self._rows, edits)
        rows_used = [row for row, edit in edits.items() if edit.marks or edit.statut]
        columns = [column for edit in edits.values() for column in edit.marks]
        self._extend_dimension(max(rows_used, default=1), max([*columns, statut_column or 1], default=1))

    def inside(self, row: int) -> bytes:
        """The cells of a row, as they are written; nothing if it is not there."""
        return sheet_rows.inside(self._rows, row)

    def rows_with_cell(self, column: int) -> list[int]:
        return sheet_rows.rows_with_cell(self._rows, column)

    def cell_format(self, row: int, column: int) -> int:
        return sheet_rows.cell_format(self._rows, row, column)

    def last_filled_column(self, row: int) -> int:
        """The last column with a value in this row, 0 if there is none."""
        return max(sheet_rows.filled_columns(self._rows, row), default=0)

    def free_column_after(self, column: int) -> int:
        """The first column after this one in which nothing stands."""
        column += 1
        while not sheet_rows.is_free(self._rows, column):
            column += 1
        return column

    def anchors(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For each hidden cell of a merged range, the cell that shows in its place, as (row, column)."""
        shown: dict[tuple[int, int], tuple[int, int]] = {}
        for found in _MERGE.finditer(self._child("mergeCells")):
            top, left, bottom, right = span(attribute(found[0], "ref") or "A1")
            if (bottom - top + 1) * (right - left + 1) <= _LARGEST_MERGE:
                inside = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
                shown |= dict.fromkeys(inside, (top, left))
        return shown

    # before the rows

    def unselect(self) -> None:
        """No longer among the selected tabs: two selected sheets would be edited together."""
        for found in re.findall(rb"<sheetView\b[^>]*>", self._head):
            self._head = self._head.replace(found, without_attribute(found, "tabSelected"), 1)

    def widths(self) -> dict[int, float]:
        """The width in characters of each column that has its own, up to the 200th."""
        widths: dict[int, float] = {}
        for tag in _COL.findall(self._head):
            hidden = attribute(tag, "hidden") in ("1", "true")
            width = 0.0 if hidden else float(attribute(tag, "width") or _USUAL_WIDTH)
            first, last = _columns(tag)
            widths |= dict.fromkeys(range(first, min(last, 200) + 1), width)
        return widths

    def widen(self, column: int, width: float) -> None:
        """Show a column with this width; the others of its group keep theirs."""
        new = b'<col min="%d" max="%d" width="%.2f" customWidth="1"/>' % (column, column, width)
        kept: list[tuple[int, bytes]] = [(column, new)]
        for col in _COL.findall(self._head):
            first, last = _columns(col)
            if (first, last) == (column, column):
                return
            for start, end in ((first, min(last, column - 1)), (max(first, column + 1), last)):
                if start <= end:
                    kept.append((start, with_attribute(with_attribute(col, "min", str(start)), "max", str(end))))
        self._set_head("cols", b"<cols>" + b"".join(col for _, col in sorted(kept)) + b"</cols>")

    def _column_format(self, column: int) -> int:
        for tag in _COL.findall(self._head):
            first, last = _columns(tag)
            if first <= column <= last:
                return int(attribute(tag, "style") or 0)
        return 0

    def _extend_dimension(self, row: int, column: int) -> None:
        found = re.search(rb"<dimension\b[^>]*?>", self._head)
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
        found = re.match(rb"<autoFilter\b[^>]*>", self._child("autoFilter"))
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
        first = column_letters(min([*sheet_rows.filled_columns(self._rows, header_row), column]))
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
        element = self._child("hyperlinks").removesuffix(b"</hyperlinks>") or b"<hyperlinks>"
        self._set_tail("hyperlinks", element + added + b"</hyperlinks>")

    def attach_drawing(self, identifier: str) -> None:
        """Name the drawing that holds the comments' boxes."""
        element = f'<legacyDrawing xmlns:r="{RELATIONSHIPS}" r:id="{identifier}"/>'.encode()
        self._set_tail("legacyDrawing", element)

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


def _columns(col: bytes) -> tuple[int, int]:
    """The first and last column that a `<col>` describes."""
    return int(attribute(col, "min") or 1), int(attribute(col, "max") or 1)
