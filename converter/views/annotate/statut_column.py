"""The column « Statut » of the sheet « Demandes »: what has become of each row's request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from converter.reading.cells import column_letters
from converter.views.annotate.cell_texts import CellTexts
from converter.views.annotate.sheet_rows import RowEdit
from converter.views.annotate.worksheet_part import WorksheetPart
from converter.views.annotate.xml_text import AnnotationImpossible, corner, sheet_reference, text

TITLE = "Statut"
_OTHER_TITLE = "Statut (convertisseur)"  # where the user has a « Statut » of their own
_LAST_COLUMN = 16_384
_WIDTH = 42.0  # characters


@dataclass(frozen=True, slots=True)
class StatutSheet:
    """A sheet of orders: the row of its headers, and what has become of the requests on its rows."""

    name: str
    header_row: int
    statuts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class StatutPlace:
    """Where the column's header stands; `ours`: it is there already, from an earlier run."""

    row: int
    column: int
    ours: bool

    def formula(self, sheet: str) -> str:
        return f"{sheet_reference(sheet)}!${column_letters(self.column)}${self.row}"


def place(
    sheet: WorksheetPart,
    name: str,
    header_row: int,
    remembered: str,
    former_lists: Iterable[str],
    marked: Iterable[int],
) -> StatutPlace:
    """Where an earlier run put the column (a hidden name says so, else its header's link), else a free column."""
    where, _, cell = remembered.rpartition("!")
    if where in (name, sheet_reference(name)) and "#" not in cell:
        return StatutPlace(header_row, corner(cell)[1], ours=True)
    for linked, target in sheet.links():
        if target.lstrip("#").startswith(tuple(f"{one}!" for one in former_lists)) and ":" not in linked:
            row, column = corner(linked)
            if row == header_row:
                return StatutPlace(header_row, column, ours=True)
    column = sheet.free_column_after(max(sheet.last_filled_column(header_row), *marked, 0))
    if column > _LAST_COLUMN:
        raise AnnotationImpossible("la feuille n'a plus de colonne libre pour « Statut »")
    return StatutPlace(header_row, column, ours=False)


@dataclass(frozen=True, slots=True)
class StatutColumn:
    """The column to write: its header's format, and those of its cells without and with a link."""

    place: StatutPlace
    header_format: int
    plain_format: int
    link_format: int

    def edit(
        self,
        sheet: WorksheetPart,
        strings: CellTexts,
        edits: dict[int, RowEdit],
        statuts: Mapping[int, str],
        linked: Sequence[int],
    ) -> None:
        """Add to `edits` the column's cells; a cell of an earlier run that has nothing to say any more goes."""
        column, header = self.place.column, self.place.row
        if self.place.ours:
            for row in sheet.rows_with_cell(column):
                if row > header:
                    edits.setdefault(row, RowEdit()).statut = b""
        titles = strings.of_row(sheet.inside(header))
        titles.pop(column, None)
        taken = TITLE.casefold() in {title.strip().casefold() for title in titles.values()}
        title = _OTHER_TITLE if taken else TITLE
        edits.setdefault(header, RowEdit()).statut = _cell(self.header_format, title)
        links = frozenset(linked)
        for row, statut in statuts.items():
            style = self.link_format if row in links else self.plain_format
            edits.setdefault(row, RowEdit()).statut = _cell(style, statut)
        sheet.widen(column, _WIDTH)


def _cell(style: int, said: str) -> bytes:
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{text(said)}</t></is></c>'.encode()
