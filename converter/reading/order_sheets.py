"""Which sheets of a workbook hold orders: « Demandes », and every other one whose headings are ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.text import fold
from converter.format.field_kinds import Required
from converter.format.fields import BY_TAG, FIELDS
from converter.format.template_version import VERSION_NAME
from converter.format.user_files import REQUESTS_SHEET, SUPPLIER_SHEET
from converter.reading.headings import headings_of
from converter.reading.package import Package
from converter.reading.sheet_head import first_rows
from converter.reading.workbook_part import SheetPart

HEADER_WITHIN = 10
_LOOKED_AT = 30  # rows, blank ones included, among which the headings and a first order stand
_FEWEST_COLUMNS = 3
_SHEETS_NAMED = 8
_REFERENCES = frozenset({"refCommande", "numeroEditeur"})
_NUMBERS = frozenset({"RPPS", "FINESSGeo"})
_OF_AN_ORDER = frozenset({"montantSegurHT", "dateCommande"})


@dataclass(frozen=True, slots=True)
class OrderSheets:
    """The sheets to read, « Demandes » first, and the findings about the others; `by_name`: whether « Demandes »
    is one of them."""

    parts: tuple[SheetPart, ...]
    by_name: bool
    findings: tuple[Finding, ...]


def order_sheets(package: Package) -> OrderSheets:
    """The sheets of orders of a workbook; Refusal when it has none."""
    named = [part for part in package.sheets if fold(part.name) == fold(REQUESTS_SHEET)][:1]
    looked_at = [part for part in package.sheets if part not in named and fold(part.name) != fold(SUPPLIER_SHEET)]
    heads = zip(looked_at, first_rows(package, looked_at, _LOOKED_AT), strict=True)
    known = {part.name: _known_columns(rows) for part, rows in heads}
    whole = [part for part in looked_at if not part.hidden and not missing_columns(known[part.name], documents=False)]
    partial = [part for part in looked_at if part not in whole and may_hold_orders(known[part.name])]
    if not named and not whole:
        if not partial:
            raise _no_sheet(package)
        whole = sorted(partial, key=lambda part: part.hidden)[:1]  # its missing columns are reported on its headings
    left = [part for part in partial if part not in whole]
    findings = tuple(_not_read(package, part, known[part.name]) for part in left)
    return OrderSheets((*named, *whole), bool(named), findings)


def sheets_in_sight(package: Package) -> list[SheetPart]:
    """The sheets that a person sees, « Paramètres » apart: those among which their order book is."""
    return [part for part in package.sheets if not part.hidden and fold(part.name) != fold(SUPPLIER_SHEET)]


def missing_columns(tags: frozenset[str], *, documents: bool) -> list[str]:
    """The columns that every request needs and that are not among these; `documents`: that of file names too."""
    always = {Required.ALWAYS, Required.IF_DOCUMENTS} if documents else {Required.ALWAYS}
    missing = [one.tag for one in FIELDS if one.required in always and one.tag not in tags]
    return missing if _REFERENCES & tags else ["refCommande", *missing]


def may_hold_orders(tags: frozenset[str]) -> bool:
    """Whether a sheet with these columns may well hold orders, though some are missing."""
    return all(tags & needed for needed in (_REFERENCES, _NUMBERS, _OF_AN_ORDER))


def header_position(rows: Sequence[Sequence[str]]) -> int | None:
    """The row, among the first ten, in which most columns are known (from 0); None where none knows enough."""
    scores = [len(headings_of(row).places) for row in rows[:HEADER_WITHIN]]
    return scores.index(max(scores)) if scores and max(scores) >= _FEWEST_COLUMNS else None


def labels(tags: Sequence[str]) -> str:
    """« Numéro RPPS », « Commande pour »."""
    return ", ".join(f"«\u00a0{BY_TAG[tag].label}\u00a0»" for tag in tags)


def _known_columns(rows: Sequence[Sequence[str]]) -> frozenset[str]:
    """The columns of a sheet that are ours, where something stands below its headings."""
    header = header_position(rows)
    if header is None or not any(any(text.strip() for text in row) for row in rows[header + 1 :]):
        return frozenset()
    return frozenset(headings_of(rows[header]).places)


def _not_read(package: Package, part: SheetPart, tags: frozenset[str]) -> Finding:
    cell = Cell(str(package.path), part.name)
    if part.hidden:
        return finding("feuille-non-lue", cell, case="masquee", feuille=part.name)
    missing = labels(missing_columns(tags, documents=False))
    return finding("feuille-non-lue", cell, feuille=part.name, colonnes=missing)


def _no_sheet(package: Package) -> Refusal:
    return Refusal(
        "feuille-absente",
        classeur=package.path.name,
        feuille=REQUESTS_SHEET,
        presentes=present_sheets(package),
    )


def present_sheets(package: Package) -> str:
    """« Feuil1 », « Feuil2 »: the first sheets of a workbook."""
    return ", ".join(f"«\u00a0{part.name}\u00a0»" for part in package.sheets[:_SHEETS_NAMED]) or "aucune"


def is_filled_template(package: Package) -> bool:
    """Whether a workbook is ours, made from our template, with every column that orders need."""
    if VERSION_NAME not in package.defined_names:
        return False
    parts = [part for part in package.sheets if fold(part.name) == fold(REQUESTS_SHEET)][:1]
    return any(
        not missing_columns(_known_columns(rows), documents=False) for rows in first_rows(package, parts, _LOOKED_AT)
    )
