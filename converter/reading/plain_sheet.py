"""One sheet of a workbook as a plain grid of raw cells, for those that are not order books (the follow-up workbook)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from converter.findings import Cell, Refusal
from converter.findings.text import fold
from converter.reading.cells import Raw, column_letters
from converter.reading.package import Package, open_package
from converter.reading.workbook_part import SheetPart

_HEADER_WITHIN = 10
_SHEETS_NAMED = 8


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """The rows under the header: Excel's row number → the raw cell of each known column.

    `broken`: the cells whose value Excel could not give, with the code that says so.
    """

    workbook: Path
    name: str
    header_row: int
    columns: Mapping[str, str]
    rows: Sequence[tuple[int, Mapping[str, Raw]]]
    broken: Mapping[tuple[int, str], str]
    date1904: bool

    def cell(self, row: int, header: str) -> Cell:
        return Cell(str(self.workbook), self.name, row, self.columns.get(header, ""))


def read_plain_sheet(path: Path, sheet: str, headers: Sequence[str], needed: Sequence[str]) -> PlainSheet:
    """The sheet of that name; columns are known by their header, whatever the case, accents and spacing.

    Refusal when the workbook cannot be read, has no such sheet, or lacks a column that is needed.
    """
    package = open_package(path)
    part = _part(package, sheet)
    facts = package.survey(part)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(package.content)) as book:
            grid: list[list[Raw]] = book.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Refusal("classeur-illisible", classeur=path.name) from error
    header = _header(path, part.name, grid, headers, needed)
    places = _places(grid[header], headers)
    columns = {name: column_letters(place + 1) for name, place in places.items()}
    names = {letters: name for name, letters in columns.items()}
    lost = dict.fromkeys(facts.errors, "valeur-erreur") | dict.fromkeys(facts.uncached, "formule-sans-resultat")
    broken = {(row, names[letters]): code for (row, letters), code in lost.items() if letters in names}
    rows = [
        (row, {name: line[place] for name, place in places.items() if line[place] != ""})
        for row, line in enumerate(grid[header + 1 :], start=header + 2)
    ]
    broken_rows = {row for row, _ in broken}
    filled = [(row, cells) for row, cells in rows if cells or row in broken_rows]
    return PlainSheet(path, part.name, header + 1, columns, filled, broken, package.date1904)


def _part(package: Package, sheet: str) -> SheetPart:
    for part in package.sheets:
        if fold(part.name) == fold(sheet):
            return part
    present = ", ".join(f"«\u00a0{part.name}\u00a0»" for part in package.sheets[:_SHEETS_NAMED]) or "aucune"
    raise Refusal("feuille-absente", classeur=package.path.name, feuille=sheet, presentes=present)


def _header(
    path: Path, sheet: str, grid: Sequence[Sequence[Raw]], headers: Sequence[str], needed: Sequence[str]
) -> int:
    """The row, among the first ten, in which most headers stand; Refusal when one that is needed is not among them."""
    scores = [len(_places(line, headers)) for line in grid[:_HEADER_WITHIN]]
    best = scores.index(max(scores)) if scores else 0
    found = _places(grid[best], headers) if scores else {}
    if missing := [name for name in needed if name not in found]:
        names = ", ".join(f"«\u00a0{name}\u00a0»" for name in missing)
        raise Refusal("suivi-colonne-absente", classeur=path.name, feuille=sheet, colonnes=names)
    return best


def _places(line: Sequence[Raw], headers: Sequence[str]) -> dict[str, int]:
    known = {fold(name): name for name in headers}
    places: dict[str, int] = {}
    for place, value in enumerate(line):
        if name := known.get(fold(str(value))):
            places.setdefault(name, place)
    return places
