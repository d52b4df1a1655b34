"""Opens the user's workbook and finds what it holds: the supplier's values, and the rows of each sheet of orders.

Nothing is interpreted here: cells keep the type that Excel gave them (`cleaning` needs it to distinguish a lost zero
from a missing digit), each with its true row and column (docs/interface.md, « The workbook that sales teams fill »).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.french import thousands
from converter.findings.text import fold, nearest
from converter.format.fields import PARAMETRES
from converter.format.template_version import TEMPLATE_VERSION, VERSION_NAME
from converter.format.user_files import REQUESTS_SHEET, SUPPLIER_SHEET
from converter.reading.cells import Raw, column_index, column_letters, corner
from converter.reading.heading_findings import Heads
from converter.reading.headings import headings_of
from converter.reading.order_sheets import HEADER_WITHIN, OrderSheets, header_position, order_sheets
from converter.reading.package import Package, open_package
from converter.reading.pointers import empty_zeros
from converter.reading.sheet_survey import MAX_ROWS, SheetFacts
from converter.reading.table import FORMULA, Table
from converter.reading.workbook_part import SheetPart

_STRUCK_IN = ("refCommande", "numeroEditeur", "nomMedecin", "RPPS", "FINESSGeo")
"""The columns in which struck-through text means that the row is cancelled."""
LONGEST_TEXT = 32_767  # characters of a cell (Excel)


@dataclass(frozen=True, slots=True)
class SupplierCell:
    """One value of « Paramètres », and its cell."""

    value: Raw
    cell: Cell


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook as read. `supplier_cells`: only the values that are filled in; `tables`: one a sheet of orders."""

    path: Path
    supplier_cells: Mapping[str, SupplierCell]
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]


def read_workbook(path: Path, *, documents: bool, handed_over: bytes | None = None) -> Workbook:
    """The workbook at `path`; `documents`: whether the columns of file names are needed.

    `handed_over`: its bytes, where `path` is but a name.

    Raises Refusal when it cannot be read, or holds no usable sheet, header or row.
    """
    package = open_package(path, handed_over)
    sheets = order_sheets(package)
    facts = {part.name: package.survey(part) for part in sheets.parts}
    try:
        with CalamineWorkbook.from_filelike(BytesIO(package.content)) as book:
            grids = _grids(path, book, sheets.parts)
            for name, grid in grids.items():
                empty_zeros(grid, facts[name].pointers, lambda other: _other_grid(package, book, other))
            supplier_cells, remarks = _parametres(path, package, book)
    except CalamineError as error:
        raise Refusal("classeur-illisible", classeur=path.name) from error
    tables: list[Table] = []
    findings = [*_version(path, package), *sheets.findings, *remarks]
    for part in sheets.parts:
        if part.name not in grids:
            continue
        table, remarks = _table(package, part, grids.pop(part.name), facts[part.name], documents=documents)
        if table.rows:
            _refuse_endless_text(table)
            tables.append(table)
            findings += [*remarks, *_read_as_well(table, sheets)]
    if not tables:
        raise Refusal("aucune-ligne", classeur=path.name)
    return Workbook(path, supplier_cells, tuple(tables), tuple(findings))


def _read_as_well(table: Table, sheets: OrderSheets) -> Iterator[Finding]:
    """A finding when a sheet with another name than « Demandes » is read."""
    if fold(table.sheet) == fold(REQUESTS_SHEET):
        return
    case = "" if sheets.by_name or len(sheets.parts) > 1 else "seule"
    yield finding("feuille-lue", Cell(str(table.workbook), table.sheet), case=case, feuille=table.sheet)


def _grids(path: Path, book: CalamineWorkbook, parts: Sequence[SheetPart]) -> dict[str, list[list[Raw]]]:
    """The cells of each sheet of orders; a blank one beside others is left out. Refusal beyond the rows of a sheet."""
    grids: dict[str, list[list[Raw]]] = {}
    rows = 0
    for part in parts:
        grid = _grid(book, part)
        rows += len(grid)
        if rows > MAX_ROWS:
            where = {"fichier": path.name, "feuille": part.name, "cellule": f"A{len(grid)}"}
            raise Refusal("feuille-etendue", lignes=thousands(MAX_ROWS), **where)
        if len(parts) == 1 or any(value != "" for line in grid for value in line):
            grids[part.name] = grid
    return grids


def _other_grid(package: Package, book: CalamineWorkbook, name: str) -> list[list[Raw]] | None:
    """The cells of another sheet of the workbook; None where there is none of that name, or it cannot be read."""
    part = next((one for one in package.sheets if one.name == name), None)
    if part is None:
        return None
    try:
        package.survey(part)
    except Refusal:
        return None
    return _grid(book, part)


def _grid(book: CalamineWorkbook, part: SheetPart) -> list[list[Raw]]:
    """Every row from row 1, so that position + 1 is Excel's row number."""
    grid: list[list[Raw]] = book.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
    return grid


def _table(
    package: Package, part: SheetPart, grid: list[list[Raw]], facts: SheetFacts, *, documents: bool
) -> tuple[Table, list[Finding]]:
    """The rows of a sheet of orders; Refusal when its headings cannot be used."""
    path = package.path
    broken = _restore_broken(grid, facts)
    header = _header_position(path, part, grid)
    texts = [str(value) for value in grid[header]]
    headings = headings_of(texts)
    places = headings.places
    used = frozenset(place for place in headings.unread if any(line[place] != "" for line in grid[header + 1 :]))
    heads = Heads(path, part.name, header + 1, texts, headings, used)
    findings = heads.findings()
    heads.refuse_unusable(findings, documents=documents)
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
    table = Table(
        path,
        part.name,
        header + 1,
        columns,
        rows,
        cells,
        frozenset(lost),
        package.date1904,
        hidden=frozenset(rows if part.hidden else facts.hidden.intersection(rows)),
        struck=frozenset(
            (row, tag)
            for row, letter in facts.struck
            if (tag := tags.get(letter)) in _STRUCK_IN and header + 1 < row <= len(grid) and grid[row - 1][places[tag]]
        ),
        notes=_notes(grid, rows, places),
    )
    findings += [
        finding(code, table.cell(row, tag), tag, "" if (text := table.shown(row, tag)) == FORMULA else text)
        for (row, tag), code in lost.items()
    ]
    findings += [
        finding("reference-fusionnee", table.cell(row, tag), tag, str(grid[row - 1][places[tag]]))
        for row, tag in spread
    ]
    return table, findings


def _spread_references(
    grid: list[list[Raw]], facts: SheetFacts, places: Mapping[str, int], first_row: int
) -> list[tuple[int, str]]:
    """Give a merged reference to each filled row that it covers, as it shows; the (row, tag) so filled.

    Only what groups rows: a request left with its first row alone would claim for one doctor of several.
    """
    tags = {place: tag for tag, place in places.items() if tag in ("refCommande", "numeroEditeur")}
    spread = []
    reached = dict.fromkeys(tags, 0)  # ranges over one another, which Excel does not make, are followed once
    for top, left, bottom in sorted(map(_rows_of, facts.merged)):
        if left not in tags or top < first_row:
            continue
        rows = range(max(top, reached[left]) + 1, min(bottom, len(grid)) + 1)
        reached[left] = max(bottom, reached[left])
        for row in rows:
            if any(grid[row - 1][place] != "" for place in places.values()):
                grid[row - 1][left] = grid[top - 1][left]
                spread.append((row, tags[left]))
    return spread


def _rows_of(merged: str) -> tuple[int, int, int]:
    """The first row of a merged range, the position of its first column, its last row."""
    first, _, last = merged.partition(":")
    top, column = corner(first) or (0, 0)
    bottom, _ = corner(last or first) or (0, 0)
    return top, column - 1, bottom


def _restore_broken(grid: list[list[Raw]], facts: SheetFacts) -> dict[tuple[int, str], str]:
    """Put back what the reader leaves empty: error values, and formulas that Excel has not computed."""
    texts = {place: (text, "valeur-erreur") for place, text in facts.errors.items()}
    texts |= dict.fromkeys(facts.uncached, (FORMULA, "formule-sans-resultat"))
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


def _header_position(path: Path, part: SheetPart, grid: list[list[Raw]]) -> int:
    position = header_position([[str(value) for value in line] for line in grid[:HEADER_WITHIN]])
    if position is None:
        raise Refusal("entete-introuvable", classeur=path.name, feuille=part.name)
    return position


def _notes(grid: list[list[Raw]], rows: Sequence[int], places: Mapping[str, int]) -> dict[int, Mapping[str, str]]:
    """The texts outside our columns on rows without a reference: they may show that these rows are no order."""
    nameless: Sequence[int] = rows
    for tag in ("refCommande", "numeroEditeur"):
        if tag in places:
            nameless = [row for row in nameless if grid[row - 1][places[tag]] == ""]
    others = [place for place in range(len(grid[0])) if place not in set(places.values())]
    return {
        row: {column_letters(place + 1): str(grid[row - 1][place]) for place in others if grid[row - 1][place] != ""}
        for row in nameless
    }


def _refuse_endless_text(table: Table) -> None:
    """Refuse a cell with more text than Excel lets in: nobody typed it, and what follows may take time over it."""
    for tag, column in table.cells.items():
        for text in set(column):
            if isinstance(text, str) and len(text) > LONGEST_TEXT:
                cell = table.cell(table.rows[list(column).index(text)], tag)
                limit = thousands(LONGEST_TEXT)
                raise Refusal("cellule-trop-longue", fichier=table.workbook.name, cellule=str(cell), limite=limit)


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
    findings = []
    for row, line in enumerate(grid, start=1):
        name, value = str(line[0]), line[1] if len(line) > 1 else ""
        if value == "":
            continue
        if tag := tags.get(fold(name)):
            if tag in found and found[tag].value != value:
                raise Refusal("parametre-en-double", classeur=path.name, balise=tag)
            found.setdefault(tag, SupplierCell(value, Cell(str(path), part.name, row, "B")))
        elif near := nearest(name, names):
            findings.append(
                finding("parametre-mal-orthographie", Cell(str(path), part.name, row, "A"), "", name, proche=near)
            )
    return found, findings


def _version(path: Path, package: Package) -> list[Finding]:
    """A finding when the workbook was made from another version of our template; it is not refused."""
    stamped = package.defined_names.get(VERSION_NAME, "").strip('"')
    if stamped in ("", TEMPLATE_VERSION):
        return []
    return [finding("modele-autre-version", Cell(str(path)), "", stamped, attendue=TEMPLATE_VERSION)]
