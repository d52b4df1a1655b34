"""The tables of a sheet (« Mettre sous forme de tableau »): where they stand, and « Statut » taken into one.

A table has its own filter: a column beside it would stay outside. ECMA-376, § 18.5.1.
"""

from dataclasses import dataclass

from converter.reading.cells import column_letters
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.xml_text import attribute, element, opening, quoted, span, with_attribute

_COLUMN = opening("tableColumn")


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One table: its part, and its first row, first column, last row, last column.

    `has_headings`: its first row holds the names of its columns; `has_totals`: its last row holds totals; `plain`: its
    cells come from the sheet alone, not from a query or an XML file.
    """

    part: str
    top: int
    left: int
    bottom: int
    right: int
    has_headings: bool
    has_totals: bool
    plain: bool

    def names_columns(self, row: int, column: int) -> bool:
        """Whether the table's part says what this cell holds: a heading, or a line of totals."""
        named = (self.has_headings and row == self.top) or (self.has_totals and row == self.bottom)
        return named and self.left <= column <= self.right


def tables_of(package: EditedPackage, sheet_part: str) -> list[SheetTable]:
    """The tables of the sheet held by that part."""
    parts = [one.target for one in package.relationships(sheet_part) if one.kind == "table"]
    return [_table(package, part) for part in parts if package.has(part)]


def _table(package: EditedPackage, part: str) -> SheetTable:
    found = opening("table").search(package.xml(part))
    tag = found[0] if found else b"<table>"
    headings = attribute(tag, "headerRowCount") in (None, "1")
    totals = attribute(tag, "totalsRowCount") not in (None, "0")
    plain = attribute(tag, "tableType") in (None, "worksheet")
    return SheetTable(part, *span(attribute(tag, "ref") or "A1"), headings, totals, plain)


def pivots_of(package: EditedPackage, sheet_part: str) -> list[tuple[int, int, int, int]]:
    """First row, first column, last row, last column of each pivot table of the sheet."""
    parts = [one.target for one in package.relationships(sheet_part) if one.kind == "pivotTable"]
    places = [opening("location").search(package.xml(part)) for part in parts if package.has(part)]
    return [span(attribute(found[0], "ref") or "A1") for found in places if found]


def take_in(package: EditedPackage, tables: list[SheetTable], row: int, column: int, title: str) -> None:
    """Make a column of the table that ends just before it, and whose headings stand on that row, if there is one."""
    for table in tables:
        if table.has_headings and table.plain and (table.top, table.right + 1) == (row, column):
            package.write(table.part, _widened(package.xml(table.part), title))


def _widened(xml: bytes, title: str) -> bytes:
    """The table's part with one more column."""
    columns = [found[0] for found in _COLUMN.finditer(xml)]
    number = 1 + max((int(attribute(one, "id") or 0) for one in columns), default=0)
    new = f'<tableColumn id="{number}" name="{quoted(title)}"/>'.encode()
    known = element("tableColumns").search(xml)
    inside = (known[1] or b"") if known else b""
    whole = b'<tableColumns count="%d">%s%s</tableColumns>' % (len(columns) + 1, inside, new)
    xml = element("tableColumns").sub(lambda _: whole, xml, count=1)
    for name in ("table", "autoFilter"):
        xml = opening(name).sub(lambda found: _one_wider(found[0]), xml, count=1)
    return xml


def _one_wider(tag: bytes) -> bytes:
    top, left, bottom, right = span(attribute(tag, "ref") or "A1")
    return with_attribute(tag, "ref", f"{column_letters(left)}{top}:{column_letters(right + 1)}{bottom}")
