"""« Paramètres »: what a workbook says of its supplier, name by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
class SupplierSheet:
    """What « Paramètres » says. `cells`: only the values that are filled in; `mapping`: the name of the mapping through
    which the workbook is read, "" for none."""

    cells: Mapping[str, SupplierCell] = field(default_factory=dict)
    mapping: str = ""
    findings: tuple[Finding, ...] = ()


def read_supplier(package: Package, book: CalamineWorkbook) -> SupplierSheet:
    """The supplier's values: names in the first column, values in the second. The sheet may be absent (options)."""
    part = next((one for one in package.sheets if fold(one.name) == fold(SUPPLIER_SHEET)), None)
    if part is None:
        return SupplierSheet()
    path = package.path
    facts = package.survey(part)
    grid = read_grid(book, part)
    restore_broken(grid, facts)
    names = {name: one.tag for one in PARAMETRES for name in one.names} | {MAPPING_PARAMETER: MAPPING_PARAMETER}
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
    mapping = found.pop(MAPPING_PARAMETER, None)
    return SupplierSheet(found, as_shown(mapping.value).strip() if mapping else "", tuple(findings))
