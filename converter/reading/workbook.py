"""Opens the user's workbook and finds what it holds: the supplier's values, and the rows of each sheet of orders.

Nothing is interpreted here: cells keep the type that Excel gave them (`cleaning` needs it to distinguish a lost zero
from a missing digit), each with its true row and column (docs/interface.md, « The workbook that sales teams fill »).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.french import thousands
from converter.findings.text import fold
from converter.format.template_version import TEMPLATE_VERSION, VERSION_NAME
from converter.format.user_files import REQUESTS_SHEET
from converter.reading.cells import LONGEST_TEXT
from converter.reading.grids import Grid, other_grid, read_grid, restore_broken
from converter.reading.mapped_sheet import mapped_layout, mapped_sheets
from converter.reading.mapping import SourceMapping
from converter.reading.mapping_file import mapping_beside
from converter.reading.order_sheets import OrderSheets, is_filled_template, order_sheets
from converter.reading.package import Package, open_package
from converter.reading.pointers import empty_zeros
from converter.reading.sheet_survey import MAX_ROWS, SheetFacts
from converter.reading.sheet_table import own_layout, sheet_table
from converter.reading.supplier_sheet import SupplierCell, SupplierPlace, SupplierSheet, read_supplier
from converter.reading.table import Table
from converter.reading.workbook_part import SheetPart


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook as read. `supplier_cells`: only the values that are filled in; `tables`: one a sheet of orders;
    `mapping`: what its columns were read through, None where its headings are ours; `supplier_places`: where each value
    of « Paramètres » is or would be, empty where there is no such sheet."""

    path: Path
    supplier_cells: Mapping[str, SupplierCell]
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    mapping: SourceMapping | None = None
    supplier_places: Mapping[str, SupplierPlace] = field(default_factory=dict)

    def supplier_cell(self, tag: str) -> Cell:
        """The cell of « Paramètres » for a value of the supplier, filled in or not; the whole workbook without one."""
        given, place = self.supplier_cells.get(tag), self.supplier_places.get(tag)
        if given and given.cell.sheet:
            return given.cell
        return place.cell if place and place.named else Cell(str(self.path))


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The sheets to read, as the reader gives them; `own`: how they were chosen, None under a mapping."""

    grids: Mapping[str, Grid]
    facts: Mapping[str, SheetFacts]
    parts: Sequence[SheetPart]
    own: OrderSheets | None


def read_workbook(
    path: Path, *, documents: bool, handed_over: bytes | None = None, mapping: SourceMapping | None = None
) -> Workbook:
    """The workbook at `path`; `documents`: whether the columns of file names are needed.

    `handed_over`: its bytes, where `path` is but a name. `mapping`: how to read a workbook whose headings are not ours,
    in place of the one that its « Paramètres » names.

    Raises Refusal when it cannot be read, or holds no usable sheet, header or row.
    """
    package = open_package(path, handed_over)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(package.content)) as book:
            supplier = read_supplier(package, book)
            mapping = _mapping_of(package, supplier, mapping, in_folder=handed_over is None)
            sheets = _sheets(package, book, mapping)
    except CalamineError as error:
        raise Refusal("classeur-illisible", classeur=path.name) from error
    tables: list[Table] = []
    findings = [*_version(path, package), *(sheets.own.findings if sheets.own else ()), *supplier.findings]
    for part in sheets.parts:
        if part.name not in sheets.grids:
            continue
        table, remarks = _table(package, part, sheets, mapping, documents=documents)
        if table.rows:
            _refuse_endless_text(table)
            tables.append(table)
            findings += [*remarks, *(_read_as_well(table, sheets.own) if sheets.own else ())]
    if not tables:
        raise no_rows(path, mapping)
    cells = supplier.cells if mapping is None else {**_supplier_of(mapping, path), **supplier.cells}
    return Workbook(path, cells, tuple(tables), tuple(findings), mapping, supplier.places)


def no_rows(path: Path, mapping: SourceMapping | None) -> Refusal:
    """What to say of a workbook without any row to read."""
    if mapping is None:
        return Refusal("aucune-ligne", classeur=path.name)
    return Refusal("aucune-ligne", case="correspondance", classeur=path.name, fichier=mapping.name)


def _mapping_of(
    package: Package, supplier: SupplierSheet, given: SourceMapping | None, *, in_folder: bool
) -> SourceMapping | None:
    """The given mapping, unless the workbook is ours; else the one that it names, `in_folder`: in its own folder."""
    if given is not None:
        return None if is_filled_template(package) else given
    return mapping_beside(package.path, supplier.mapping, in_folder=in_folder) if supplier.mapping else None


def _sheets(package: Package, book: CalamineWorkbook, mapping: SourceMapping | None) -> _Sheets:
    own = order_sheets(package) if mapping is None else None
    parts = own.parts if own else mapped_sheets(package, mapping) if mapping else ()
    facts = {part.name: package.survey(part) for part in parts}
    grids = _grids(package.path, book, parts)
    for name, grid in grids.items():
        empty_zeros(grid, facts[name].pointers, lambda other: other_grid(package, book, other))
    return _Sheets(grids, facts, parts, own)


def _table(
    package: Package, part: SheetPart, sheets: _Sheets, mapping: SourceMapping | None, *, documents: bool
) -> tuple[Table, list[Finding]]:
    grid, facts = sheets.grids[part.name], sheets.facts[part.name]
    broken = restore_broken(grid, facts)
    if mapping is not None:
        layout = mapped_layout(package, part, grid, facts, mapping, documents=documents)
        return sheet_table(package, part, grid, facts, broken, layout)
    own, findings = own_layout(package.path, part, grid, documents=documents)
    table, remarks = sheet_table(package, part, grid, facts, broken, own)
    return table, findings + remarks


def _supplier_of(mapping: SourceMapping, path: Path) -> dict[str, SupplierCell]:
    """The supplier's values that a mapping gives; findings about them are on the whole workbook."""
    return {tag: SupplierCell(given.value, Cell(str(path))) for tag, given in mapping.supplier.items()}


def _read_as_well(table: Table, sheets: OrderSheets) -> Iterator[Finding]:
    """A finding when a sheet with another name than « Demandes » is read."""
    if fold(table.sheet) == fold(REQUESTS_SHEET):
        return
    case = "" if sheets.by_name or len(sheets.parts) > 1 else "seule"
    yield finding("feuille-lue", Cell(str(table.workbook), table.sheet), case=case, feuille=table.sheet)


def _grids(path: Path, book: CalamineWorkbook, parts: Sequence[SheetPart]) -> dict[str, Grid]:
    """The cells of each sheet of orders; a blank one beside others is left out. Refusal beyond the rows of a sheet."""
    grids: dict[str, Grid] = {}
    rows = 0
    for part in parts:
        grid = read_grid(book, part)
        rows += len(grid)
        if rows > MAX_ROWS:
            where = {"fichier": path.name, "feuille": part.name, "cellule": f"A{len(grid)}"}
            raise Refusal("feuille-etendue", lignes=thousands(MAX_ROWS), **where)
        if len(parts) == 1 or any(value != "" for line in grid for value in line):
            grids[part.name] = grid
    return grids


def _refuse_endless_text(table: Table) -> None:
    """Refuse a cell with more text than Excel lets in: nobody typed it, and what follows may take time over it."""
    for tag, column in table.cells.items():
        for text in set(column):
            if isinstance(text, str) and len(text) > LONGEST_TEXT:
                cell = table.cell(table.rows[list(column).index(text)], tag)
                limit = thousands(LONGEST_TEXT)
                raise Refusal("cellule-trop-longue", fichier=table.workbook.name, cellule=str(cell), limite=limit)


def _version(path: Path, package: Package) -> list[Finding]:
    """A finding when the workbook was made from another version of our template; it is not refused."""
    stamped = package.defined_names.get(VERSION_NAME, "").strip('"')
    if stamped in ("", TEMPLATE_VERSION):
        return []
    return [finding("modele-autre-version", Cell(str(path)), "", stamped, attendue=TEMPLATE_VERSION)]
