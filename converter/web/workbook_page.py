"""What the page of a workbook shows of its judgement: figures, kinds of findings, the supplier, the sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converter.findings import Cell, Finding, Severity
from converter.findings.french import NBSP, counted, euros, thousands
from converter.format.fields import PARAMETRES
from converter.format.operators import operators
from converter.reading.cells import as_shown
from converter.reading.workbook import Workbook
from converter.views.finding_groups import Group
from converter.views.outcome import Fate, Outcome
from converter.web.cell_fields import CellField, field_for, label_of
from converter.web.departure import departure
from converter.web.judged_sheet import JudgedSheet, kind_of
from converter.web.judging import Judged
from converter.web.sheet_view import View, sheet_key
from converter.web.sheet_window import Window, window

_ABOUT_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the big figures; `tone`: "bien", "erreur" or ""."""

    label: str
    figure: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of findings; `query`: what shows its rows, "" where it has none; `chosen`: whether it is shown;
    `of_supplier`: whether it stands on « Paramètres »."""

    key: str
    severity: str
    title: str
    label: str
    count: str
    query: str
    chosen: bool
    of_supplier: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet of orders of the workbook; `wrong`: how many of its rows are to correct."""

    key: str
    name: str
    wrong: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class SupplierField:
    """A value of « Paramètres », with what is to say of it. `wrong`: whether it is why the workbook is refused."""

    tag: str
    field: CellField
    findings: Sequence[Finding]
    wrong: bool

    @property
    def tone(self) -> str:
        """The severity that its frame shows; "" where all is right."""
        return Severity.ERROR.value if self.wrong else self.findings[0].severity.value if self.findings else ""


@dataclass(frozen=True, slots=True)
class WorkbookPage:
    """All that the page shows. `left`: how many rows are still to correct in all sheets; `window`: None where there is
    no sheet to show; `refusal`: why the workbook cannot be used, "" where it can."""

    judged: Judged
    view: View
    tiles: Sequence[Tile]
    kinds: Sequence[Kind]
    corrections: Sequence[Kind]
    about: Sequence[Finding]
    about_more: int
    supplier: Sequence[SupplierField]
    tabs: Sequence[Tab]
    window: Window | None
    left: int
    ready: int
    refusal: str

    @property
    def operators(self) -> Sequence[tuple[str, str]]:
        """(code, « code – libellé ») of every operator of secure messaging."""
        return [(one.code, one.shown) for one in operators()]


def workbook_page(judged: Judged, view: View) -> WorkbookPage:
    """What to show of a judged workbook."""
    sheet = _chosen(judged, view)
    kinds = [_kind(group, judged, view) for group in judged.groups]
    about = list(_about(judged))
    return WorkbookPage(
        judged=judged,
        view=view,
        tiles=tiles(judged.outcome),
        kinds=[one for one in kinds if one.severity != Severity.CORRECTION],
        corrections=[one for one in kinds if one.severity == Severity.CORRECTION],
        about=about[:_ABOUT_SHOWN],
        about_more=max(0, len(about) - _ABOUT_SHOWN),
        supplier=list(_supplier(judged)),
        tabs=[
            Tab(sheet_key(one.table.sheet), one.table.sheet, len(one.to_correct), one is sheet) for one in judged.sheets
        ],
        window=window(sheet, view) if sheet else None,
        left=sum(len(one.to_correct) for one in judged.sheets),
        ready=judged.outcome.count(Fate.VALID),
        refusal=str(judged.refusal) if judged.refusal else "",
    )


def tiles(outcome: Outcome) -> list[Tile]:
    """Requests ready, held back, already sent where there are any; the amount and the advance of those ready."""
    found = departure([outcome])
    return [
        Tile("Demandes prêtes", thousands(found.leaving), "bien" if found.leaving else ""),
        Tile("Retenues", thousands(found.held_back), "erreur" if found.held_back else ""),
        *([Tile("Déjà émises", thousands(found.already))] if found.already else []),
        Tile("Montant HT", euros(found.amount)),
        Tile(f"Avance de 30{NBSP}%", euros(found.advance)),
    ]


def state_of(judged: Judged) -> str:
    """The state of a workbook in a few words: « 12 prêtes, 3 retenues »."""
    if judged.workbook is None:
        return "Illisible"
    if judged.refusal:
        return "À compléter"
    found = departure([judged.outcome])
    counts = [
        counted(found.leaving, "prête"),
        *([counted(found.held_back, "retenue")] if found.held_back else []),
        *([counted(found.already, "déjà émise", "déjà émises")] if found.already else []),
    ]
    return ", ".join(counts)


def sheet_named(judged: Judged, key: str) -> JudgedSheet | None:
    """The sheet of orders with this key; the first one for ""."""
    return next((one for one in judged.sheets if key in ("", sheet_key(one.table.sheet))), None)


def supplier_text(workbook: Workbook, tag: str) -> str:
    """What stands in « Paramètres » for this value."""
    cell = workbook.supplier_cells.get(tag)
    return as_shown(cell.value) if cell else ""


def _chosen(judged: Judged, view: View) -> JudgedSheet | None:
    return sheet_named(judged, view.sheet) or sheet_named(judged, "")


def _kind(group: Group, judged: Judged, view: View) -> Kind:
    key = kind_of(group.first)
    sheet = _sheet_of(group, judged)
    query = View(sheet=sheet, to_correct=view.to_correct, kind=key).query if sheet else ""
    count = thousands(group.count)
    of_supplier = _is_of_supplier(group.first, judged)
    return Kind(
        key, group.severity.value, group.title, label_of(group.tag), count, query, key == view.kind, of_supplier
    )


def _sheet_of(group: Group, judged: Judged) -> str:
    """The key of the first sheet that has such a finding on one of its rows; "" for none."""
    for one in judged.sheets:
        if any(place.sheet == one.table.sheet and place.rows[-1:] > (one.table.header_row,) for place in group.places):
            return sheet_key(one.table.sheet)
    return ""


def _about(judged: Judged) -> Iterator[Finding]:
    """The findings that stand on no row shown: about the workbook, a whole sheet, its headings."""
    shown = {one.table.sheet: set(one.table.rows) for one in judged.sheets}
    for one in judged.outcome.findings:
        if one.row not in shown.get(one.sheet, ()) and not _is_of_supplier(one, judged):
            yield one


def _is_of_supplier(one: Finding, judged: Judged) -> bool:
    """Whether it is about a value of « Paramètres », if the workbook has that sheet: on its cell, or on no cell."""
    place = judged.workbook.supplier_places.get(one.tag) if judged.workbook else None
    return place is not None and one.cell in (place.cell, Cell(one.workbook))


def _supplier(judged: Judged) -> Iterator[SupplierField]:
    """The values of « Paramètres », in the order of the template; none where there is no such sheet."""
    workbook = judged.workbook
    if workbook is None:
        return
    for tag in (one.tag for one in PARAMETRES):
        place = workbook.supplier_places.get(tag)
        if place:
            findings = [one for one in judged.outcome.findings if one.tag == tag and _is_of_supplier(one, judged)]
            wrong = judged.refusal is not None and judged.refusal.tag == tag
            yield SupplierField(tag, field_for(tag, supplier_text(workbook, tag), place.cell.sheet), findings, wrong)
