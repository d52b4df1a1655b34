"""Opens the user's workbook and finds what it holds: the supplier's values, and the rows of « Demandes ».

Nothing is interpreted here: cells keep the type that Excel gave them (`normalise` needs it to know a lost zero from
a missing digit), each with its true row and column (docs/interface.md, « The workbook that sales teams fill »).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.text import fold, nearest
from converter.format.fields import FIELDS, PARAMETRES, Field, Required
from converter.format.template_version import TEMPLATE_VERSION, VERSION_NAME
from converter.format.user_files import REQUESTS_SHEET, SUPPLIER_SHEET
from converter.reading.cells import Raw, as_shown, column_index, column_letters, corner
from converter.reading.package import Package, SheetPart, open_package
from converter.reading.sheet_survey import SheetFacts

_HEADER_WITHIN = 10
_FEWEST_COLUMNS = 3
_FORMULA = "formule"  # stands for the result that is not there


@dataclass(frozen=True, slots=True)
class Table:
    """The filled rows of « Demandes »: `rows` are Excel's numbers, `cells[tag]` holds one value for each of them.

    `columns`: tag → letters. `broken`: the (row, tag) whose value Excel could not give, already told.
    """

    workbook: Path
    sheet: str
    header_row: int
    columns: Mapping[str, str]
    rows: Sequence[int]
    cells: Mapping[str, Sequence[Raw]]
    broken: frozenset[tuple[int, str]]
    date1904: bool

    def cell(self, row: int | None, tag: str = "") -> Cell:
        return Cell(str(self.workbook), self.sheet, row, self.columns.get(tag, ""))

    def shown(self, row: int, tag: str) -> str:
        """What the user wrote there, as Excel shows it; "" where there is no such column."""
        return as_shown(self.cells[tag][bisect_left(self.rows, row)]) if tag in self.cells else ""


@dataclass(frozen=True, slots=True)
class SupplierCell:
    """One value of « Paramètres », where it stands."""

    value: Raw
    cell: Cell


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook as read. `parametres` holds only the values that are filled in."""

    path: Path
    supplier_cells: Mapping[str, SupplierCell]
    table: Table
    findings: tuple[Finding, ...]


def read_workbook(path: Path, *, documents: bool) -> Workbook:
    """The workbook at `path`; `documents`: whether the columns of file names are needed.

    Raises Refusal when it cannot be read, or holds no usable sheet, header or row.
    """
    package = open_package(path)
    requests = _sheet(package, REQUESTS_SHEET)
    facts = package.survey(requests)
    try:
        # by content: the reader cannot open a name that is not UTF-8
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            grid = _grid(book, requests)
            supplier_cells, remarks = _parametres(path, package, book)
    except CalamineError as error:
        raise Refusal("classeur-illisible", classeur=path.name) from error
    table, told = _table(path, requests.name, grid, facts, date1904=package.date1904)
    _refuse_missing_columns(
        table, [one for one in told if one.code == "colonne-mal-orthographiee"], documents=documents
    )
    if not table.rows:
        raise Refusal("aucune-ligne", classeur=path.name)
    return Workbook(path, supplier_cells, table, (*_version(path, package), *remarks, *told))


def _sheet(package: Package, wanted: str) -> SheetPart:
    for part in package.sheets:
        if fold(part.name) == fold(wanted):
            return part
    raise Refusal(
        "feuille-absente",
        classeur=package.path.name,
        feuille=wanted,
        presentes=", ".join(f"«\u00a0{part.name}\u00a0»" for part in package.sheets[:8]) or "aucune",
    )


def _grid(book: CalamineWorkbook, part: SheetPart) -> list[list[Raw]]:
    """Every row from row 1, so that position + 1 is Excel's row number."""
    grid: list[list[Raw]] = book.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
    return grid


def _table(
    path: Path, sheet: str, grid: list[list[Raw]], facts: SheetFacts, *, date1904: bool
) -> tuple[Table, list[Finding]]:
    broken = _restore_broken(grid, facts)
    header = _header_position(path, grid)
    places, told = _places(path, sheet, header + 1, grid[header])
    spread = _spread_references(grid, facts, places, header + 2)
    rows = [
        position + 1
        for position in range(header + 1, len(grid))
        if any(grid[position][place] != "" for place in places.values())
    ]
    by_place = list(zip(*(grid[row - 1] for row in rows), strict=True)) or [()] * len(grid[header])
    cells = {tag: by_place[place] for tag, place in places.items()}
    columns = {tag: column_letters(place + 1) for tag, place in places.items()}
    tags = {letter: tag for tag, letter in columns.items()}
    lost = {(row, tags[letter]): code for (row, letter), code in broken.items() if row > header + 1 and letter in tags}
    table = Table(path, sheet, header + 1, columns, rows, cells, frozenset(lost), date1904)
    told += [
        finding(code, table.cell(row, tag), tag, "" if (text := table.shown(row, tag)) == _FORMULA else text)
        for (row, tag), code in lost.items()
    ]
    told += [
        finding("reference-fusionnee", table.cell(row, tag), tag, str(grid[row - 1][places[tag]]))
        for row, tag in spread
    ]
    return table, told


def _spread_references(
    grid: list[list[Raw]], facts: SheetFacts, places: Mapping[str, int], first_row: int
) -> list[tuple[int, str]]:
    """Give a merged reference to each filled row that it covers, as it shows; the (row, tag) so filled.

    Only what groups rows: a request left with its first row alone would claim for one doctor of several.
    """
    tags = {place: tag for tag, place in places.items() if tag in ("refCommande", "numeroEditeur")}
    spread = []
    for merged in facts.merged:
        first, _, last = merged.partition(":")
        top, column = corner(first) or (0, 0)
        bottom, _ = corner(last or first) or (0, 0)
        left = column - 1
        if left not in tags or top < first_row:
            continue
        for row in range(top + 1, min(bottom, len(grid)) + 1):
            if any(grid[row - 1][place] != "" for place in places.values()):
                grid[row - 1][left] = grid[top - 1][left]
                spread.append((row, tags[left]))
    return spread


def _restore_broken(grid: list[list[Raw]], facts: SheetFacts) -> dict[tuple[int, str], str]:
    """Put back what the reader leaves empty: error values, and formulas that Excel has not computed."""
    texts = {place: (text, "valeur-erreur") for place, text in facts.errors.items()}
    texts |= dict.fromkeys(facts.uncached, (_FORMULA, "formule-sans-resultat"))
    if not texts:
        return {}
    height = max(row for row, _ in texts)
    width = max([len(grid[0]) if grid else 0, *(column_index(letter) for _, letter in texts)])
    grid.extend([] for _ in range(height - len(grid)))
    for line in grid:
        line.extend([""] * (width - len(line)))
    for (row, letter), (text, _) in texts.items():
        grid[row - 1][column_index(letter) - 1] = text
    return {place: code for place, (_, code) in texts.items()}


def _header_position(path: Path, grid: list[list[Raw]]) -> int:
    """The row, among the first ten, in which most columns are known."""
    known = {fold(name) for one in FIELDS for name in one.names}
    scores = [len({fold(str(value)) for value in row} & known) for row in grid[:_HEADER_WITHIN]]
    if not scores or max(scores) < _FEWEST_COLUMNS:
        raise Refusal("entete-introuvable", classeur=path.name, feuille=REQUESTS_SHEET)
    return scores.index(max(scores))


def _places(path: Path, sheet: str, row: int, header: list[Raw]) -> tuple[dict[str, int], list[Finding]]:
    """Where each known column stands; a column twice is refused, a near miss told."""
    by_name = {fold(name): one for one in FIELDS for name in one.names}
    places: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    for place, value in enumerate(header):
        field = by_name.get(fold(str(value)))
        if field is None:
            unknown.append((place, str(value)))
        elif field.tag in places:
            raise Refusal(
                "colonne-en-double",
                classeur=path.name,
                balise=field.tag,
                colonnes=f"{column_letters(places[field.tag] + 1)} et {column_letters(place + 1)}",
            )
        else:
            places[field.tag] = place
    return places, _near_misses(path, sheet, row, unknown, places)


def _near_misses(
    path: Path, sheet: str, row: int, unknown: list[tuple[int, str]], places: Mapping[str, int]
) -> list[Finding]:
    missing = {name: one for one in FIELDS if one.tag not in places for name in one.names}
    told = []
    for place, text in unknown:
        if near := nearest(text, missing) if text else None:
            cell = Cell(str(path), sheet, row, column_letters(place + 1))
            told.append(finding("colonne-mal-orthographiee", cell, missing[near].tag, text, proche=near))
    return told


def _refuse_missing_columns(table: Table, misspelt: list[Finding], *, documents: bool) -> None:
    """A column that every request needs must be there; all the missing ones are told at once."""
    missing = [one for one in FIELDS if one.tag not in table.columns and _column_needed(one, documents=documents)]
    if not {"refCommande", "numeroEditeur"} & table.columns.keys():
        missing.insert(0, FIELDS[0])
    if missing:
        raise Refusal(
            "colonne-absente",
            classeur=table.workbook.name,
            colonnes=", ".join(f"«\u00a0{one.tag}\u00a0» ({one.label})" for one in missing),
            proches="".join(f" {one.message} {one.remedy}" for one in misspelt),
        )


def _column_needed(field: Field, *, documents: bool) -> bool:
    return field.required is Required.ALWAYS or (documents and field.required is Required.IF_DOCUMENTS)


def _parametres(path: Path, package: Package, book: CalamineWorkbook) -> tuple[dict[str, SupplierCell], list[Finding]]:
    """The supplier's values: names in the first column, values in the second. The sheet may be absent (options)."""
    part = next((one for one in package.sheets if fold(one.name) == fold(SUPPLIER_SHEET)), None)
    if part is None:
        return {}, []
    facts = package.survey(part)
    grid = _grid(book, part)
    _restore_broken(grid, facts)
    names = {name: one.tag for one in PARAMETRES for name in one.names}
    tags = {fold(name): tag for name, tag in names.items()}
    found: dict[str, SupplierCell] = {}
    told = []
    for row, line in enumerate(grid, start=1):
        name, value = str(line[0]), line[1] if len(line) > 1 else ""
        if value == "":
            continue
        if tag := tags.get(fold(name)):
            if tag in found and found[tag].value != value:
                raise Refusal("parametre-en-double", classeur=path.name, balise=tag)
            found.setdefault(tag, SupplierCell(value, Cell(str(path), part.name, row, "B")))
        elif near := nearest(name, names):
            told.append(
                finding("parametre-mal-orthographie", Cell(str(path), part.name, row, "A"), "", name, proche=near)
            )
    return found, told


def _version(path: Path, package: Package) -> list[Finding]:
    """A workbook made from our template bears its version; one of another version is told, never refused."""
    stamped = package.defined_names.get(VERSION_NAME, "").strip('"')
    if stamped in ("", TEMPLATE_VERSION):
        return []
    return [finding("modele-autre-version", Cell(str(path)), "", stamped, attendue=TEMPLATE_VERSION)]
