"""What a person typed in the page or a program sent, as changes of cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from converter.findings.french import NBSP, thousands
from converter.findings.text import fold
from converter.format.fields import BY_TAG, PARAMETRES
from converter.format.user_files import REQUESTS_SHEET, SUPPLIER_SHEET
from converter.reading.cells import with_line_feeds
from converter.views.corrected_copy import CellChange, corrected
from converter.web.asked import number_of
from converter.web.cell_fields import label_of
from converter.web.desk import Desk, StoredWorkbook
from converter.web.judged_sheet import JudgedSheet
from converter.web.judging import Judge, Judged
from converter.web.problems import Problem
from converter.web.sheet_view import sheet_key
from converter.web.users import User
from converter.web.workbook_page import sheet_named, supplier_text

_CELL, _SUPPLIER = "c", "p"
"""What the name of a field begins with: « c.ROW.TAG » for a cell of the sheet, « p.TAG » for one of « Paramètres »."""


def keep(
    desk: Desk, judge: Judge, user: User, stored: StoredWorkbook, revision: int | None, changes: Sequence[CellChange]
) -> Judged:
    """Keep these changes of a workbook as one step, and judge it again; nothing is kept where there are none.

    Refusal where a cell cannot be changed, Problem 409 where the workbook is no longer at `revision`.
    """
    if not changes:
        return judge.judge(stored)
    corrected(stored.source.read_bytes(), (*stored.changes, *changes))
    return judge.judge(desk.change(user, stored.id, revision, changes))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A workbook after a change, and what is to say of it; `stale`: nothing was changed, since the workbook was no
    longer as its sender had seen it."""

    judged: Judged
    said: str
    stale: bool = False

    @property
    def status(self) -> int:
        """The status of its answer."""
        return 409 if self.stale else 200


def attempted(desk: Desk, judge: Judge, user: User, identifier: str, work: Callable[[], tuple[Judged, str]]) -> Attempt:
    """The workbook after `work`; as it stands now where it was changed meanwhile."""
    try:
        return Attempt(*work())
    except Problem as problem:
        if problem.status != 409:
            raise
        return Attempt(judge.judge(desk.get(user, identifier)), problem.detail, stale=True)


def typed_changes(judged: Judged, sheet: str, fields: Mapping[str, object]) -> list[CellChange]:
    """The cells of a form whose text is not the one that stands there. `sheet`: the key of the sheet shown."""
    changes: list[CellChange] = []
    for name, text in fields.items():
        kind, _, place = name.partition(".")
        if not isinstance(text, str) or kind not in (_CELL, _SUPPLIER) or not place:
            continue
        row, _, tag = place.rpartition(".")
        if kind == _SUPPLIER:
            changes += _of_supplier(judged, tag, text)
        elif (number := number_of(row)) is not None and (shown := sheet_named(judged, sheet)) is not None:
            changes += _of_sheet(shown, number, tag, text)
    return changes


def asked_changes(judged: Judged, sheet: str, row: int, tag: str, value: str) -> list[CellChange]:
    """What a program asks for: a cell by its sheet's name ("" for the first one), its row and its tag.

    Problem 422 where there is no such cell, or where it joins several.
    """
    if fold(sheet) == fold(SUPPLIER_SHEET) and tag in {one.tag for one in PARAMETRES}:
        if not (judged.workbook and judged.workbook.supplier_places):
            raise _no_cell(sheet, row, tag)
        return _of_supplier(judged, tag, value)
    shown = sheet_named(judged, sheet_key(sheet) if sheet else "")
    if shown is None or tag not in BY_TAG or tag not in shown.table.columns or row not in shown.table.rows:
        raise _no_cell(sheet, row, tag)
    if shown.table.is_joined(tag):
        raise Problem(422, "page-cellule-reunie", balise=tag, libelle=BY_TAG[tag].label)
    return _of_sheet(shown, row, tag, value)


def document_changes(judged: Judged, sheet: str, row: int, tag: str, name: str) -> list[CellChange]:
    """The change that makes a cell name the document dropped on it; none where it is named already."""
    shown = sheet_named(judged, sheet)
    return [] if shown is None else _of_sheet(shown, row, tag, name)


def text_of(judged: Judged, sheet: str, row: int, tag: str) -> str:
    """What stands in a cell of a sheet of orders; "" where there is no such cell."""
    shown = sheet_named(judged, sheet)
    return shown.table.shown(row, tag) if shown is not None and row in shown.table.rows else ""


def announcement(judged: Judged, changes: Sequence[CellChange]) -> str:
    """What is said once changes are judged: « Numéro RPPS, ligne 3 : c'est juste. 4 lignes restent à corriger. »"""
    only = changes[0] if len(changes) == 1 else None
    sentences = [_said_of(one, only) for one in judged.sheets if only is not None and one.table.sheet == only.sheet]
    if judged.refusal:
        return " ".join([*sentences, str(judged.refusal)])
    left = sum(len(one.to_correct) for one in judged.sheets)
    lines = "Une ligne reste" if left == 1 else f"{thousands(left)} lignes restent"
    return " ".join([*sentences, f"{lines} à corriger." if left else "Plus rien à corriger."])


def _said_of(sheet: JudgedSheet, change: CellChange) -> str:
    tag = sheet.table.tag_at(change.column)
    where = f"{label_of(tag)}, ligne {change.row}"
    wrong = [one for one in sheet.findings.get(change.row, ()) if one.tag == tag and one.severity != "correction"]
    return f"{where}{NBSP}: {wrong[0].message}" if wrong else f"{where}{NBSP}: c'est juste."


def _of_sheet(sheet: JudgedSheet, row: int, tag: str, text: str) -> list[CellChange]:
    table = sheet.table
    if (
        tag not in table.columns
        or table.is_joined(tag)
        or row not in table.rows
        or with_line_feeds(table.shown(row, tag)) == with_line_feeds(text)
    ):
        return []
    return [CellChange(table.sheet, row, table.columns[tag], with_line_feeds(text))]


def _of_supplier(judged: Judged, tag: str, text: str) -> list[CellChange]:
    """The change of a value of « Paramètres »; its name too where it does not stand there yet."""
    workbook = judged.workbook
    place = workbook.supplier_places.get(tag) if workbook else None
    if workbook is None or place is None or with_line_feeds(supplier_text(workbook, tag)) == with_line_feeds(text):
        return []
    cell = place.cell
    name = [] if place.named else [CellChange(cell.sheet, cell.row or 1, "A", tag)]
    return [*name, CellChange(cell.sheet, cell.row or 1, cell.column, with_line_feeds(text))]


def _no_cell(sheet: str, row: int, tag: str) -> Problem:
    return Problem(422, "page-cellule-absente", feuille=sheet or REQUESTS_SHEET, ligne=str(row), balise=tag)
