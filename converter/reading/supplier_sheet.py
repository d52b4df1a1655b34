"""« Paramètres »: what a workbook says of its supplier, name by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineWorkbook

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.text import fold, nearest
from converter.format.fields import PARAMETRES
from converter.format.user_files import MAPPING_PARAMETER, SUPPLIER_SHEET
from converter.reading.cells import Raw, as_shown
from converter.reading.grids import read_grid, restore_broken
from converter.reading.package import Package


@dataclass(frozen=True, slots=True)
class SupplierCell:
    """One value of « Paramètres », and its cell."""

    value: Raw
    cell: Cell


@dataclass(frozen=True, slots=True)
class SupplierPlace:
    """The cell for a value of « Paramètres », filled in or not; `named`: whether its name stands beside it."""

    cell: Cell
    named: bool


@dataclass(frozen=True, slots=True)
class SupplierSheet:
    """What « Paramètres » says; all is empty where there is no such sheet (options may give the values).

    `cells`: only the values that are filled in; `places`: where each value is or would be; `mapping`: the name of the
    mapping through which the workbook is read, "" for none.
    """

    cells: Mapping[str, SupplierCell] = field(default_factory=dict)
    places: Mapping[str, SupplierPlace] = field(default_factory=dict)
    mapping: str = ""
    findings: tuple[Finding, ...] = ()


def read_supplier(package: Package, book: CalamineWorkbook) -> SupplierSheet:
    """The supplier's values: names in the first column, values in the second. The sheet may be absent (options)."""
    part = next((one for one in package.sheets if fold(one.name) == fold(SUPPLIER_SHEET)), None)
    if part is None:
        return SupplierSheet()
    grid = read_grid(book, part)
    restore_broken(grid, package.survey(part))
    return _sheet(package.path, part.name, grid)


def _sheet(path: Path, name: str, grid: Sequence[Sequence[Raw]]) -> SupplierSheet:
    names = {known: one.tag for one in PARAMETRES for known in one.names} | {MAPPING_PARAMETER: MAPPING_PARAMETER}
    tags = {fold(known): tag for known, tag in names.items()}
    cells: dict[str, SupplierCell] = {}
    places: dict[str, SupplierPlace] = {}
    findings = []
    for row, line in enumerate(grid, start=1):
        written, value = str(line[0]), line[1] if len(line) > 1 else ""
        if tag := tags.get(fold(written)):
            cell = Cell(str(path), name, row, "B")
            if value != "":
                if tag in cells and cells[tag].value != value:
                    raise Refusal("parametre-en-double", classeur=path.name, balise=tag)
                cells.setdefault(tag, SupplierCell(value, cell))
            places.setdefault(tag, SupplierPlace(cell, named=True))
        elif value != "" and (near := nearest(written, names)):
            cell = Cell(str(path), name, row, "A")
            findings.append(finding("parametre-mal-orthographie", cell, "", written, proche=near))
    mapping = cells.pop(MAPPING_PARAMETER, None)
    places.pop(MAPPING_PARAMETER, None)
    places |= {tag: SupplierPlace(one.cell, named=True) for tag, one in cells.items()}
    unnamed = [one.tag for one in PARAMETRES if one.tag not in places]
    for row, tag in enumerate(unnamed, start=len(grid) + 1):
        places[tag] = SupplierPlace(Cell(str(path), name, row, "B"), named=False)
    return SupplierSheet(cells, places, as_shown(mapping.value).strip() if mapping else "", tuple(findings))
