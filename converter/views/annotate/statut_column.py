"""The column « Statut » of a sheet of orders: the fate of each row's request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from converter.reading import cells
from converter.reading.cells import LAST_COLUMN, column_letters
from converter.views.annotate.sheet_rows import StatutCell
from converter.views.annotate.sheet_tables import SheetTable
from converter.views.annotate.worksheet_part import WorksheetPart
from converter.views.annotate.xml_text import AnnotationImpossible, corner, inline_text, sheet_reference

TITLE = "Statut"
_OTHER_TITLE = "Statut (convertisseur)"  # where the user has a « Statut » of their own
WIDTH = 42.0  # characters


@dataclass(frozen=True, slots=True)
class StatutSheet:
    """A sheet of orders: the row of its headers, and the text of « Statut » for each row.

    `titles`: the headings of its columns from A, where they do not all stand on that row.
    """

    name: str
    header_row: int
    statuts: Mapping[int, str]
    titles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class StatutPlace:
    """The cell of the column's header; `ours`: whether an earlier run wrote it."""

    row: int
    column: int
    ours: bool

    def formula(self, sheet: str) -> str:
        return f"{sheet_reference(sheet)}!${column_letters(self.column)}${self.row}"


def known_place(
    sheet: WorksheetPart, header_row: int, remembered: str, former_lists: Iterable[str]
) -> StatutPlace | None:
    """Where an earlier run put the column: `remembered`, a formula kept in a name, else its header's link."""
    cell = cells.corner(remembered.rpartition("!")[2])
    if cell is not None:
        return StatutPlace(header_row, cell[1], ours=True)
    for linked, target in sheet.links():
        if target.lstrip("#").startswith(tuple(f"{one}!" for one in former_lists)) and ":" not in linked:
            row, column = corner(linked)
            if row == header_row:
                return StatutPlace(header_row, column, ours=True)
    return None


def free_place(
    sheet: WorksheetPart, header_row: int, marked: Iterable[int], statuts: Iterable[int], tables: Iterable[SheetTable]
) -> StatutPlace:
    """A free column after the last heading and the `marked` columns, that shows on the rows of `statuts`."""
    rows = range(header_row, max(statuts, default=header_row) + 1)
    taken = [(table.left, table.right) for table in tables]
    column = sheet.free_column_after(max(sheet.last_filled_column(header_row), *marked, 0), rows, taken)
    if column > LAST_COLUMN:
        raise AnnotationImpossible("la feuille n'a plus de colonne libre pour « Statut »")
    return StatutPlace(header_row, column, ours=False)


@dataclass(frozen=True, slots=True)
class StatutColumn:
    """The column to write: its header's format, and those of its cells without and with a link."""

    place: StatutPlace
    header_format: int
    plain_format: int
    link_format: int

    @property
    def formats(self) -> tuple[int, int]:
        """The formats of its cells: a cell that bears another one has got it from the user."""
        return self.plain_format, self.link_format

    def cells(
        self, sheet: WorksheetPart, title: str, statuts: Mapping[int, str], linked: Sequence[int]
    ) -> dict[int, StatutCell]:
        """The column's cells, by row; the text of an earlier run is removed from the other rows."""
        column, header = self.place.column, self.place.row
        former = sheet.rows_with_value(column) if self.place.ours else ()
        cells = dict.fromkeys((row for row in former if row > header), StatutCell(b""))
        cells[header] = _cell(title, self.header_format)
        links = frozenset(linked)
        for row, said in statuts.items():
            cells[row] = _cell(said, self.link_format if row in links else self.plain_format)
        return cells


@lru_cache(1024)
def _cell(said: str, style: int) -> StatutCell:
    return StatutCell(inline_text(said).encode(), style)


def title_among(titles: Iterable[str]) -> str:
    """The column's heading beside these."""
    return _OTHER_TITLE if TITLE.casefold() in {one.strip().casefold() for one in titles} else TITLE
