"""The decisions that people wrote into the workbook of `status --xlsx`, each checked cell by cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from converter.checking.cleaning import cleaner
from converter.checking.values.tidying import Cleaned, tidy
from converter.findings import Cell, Finding, finding
from converter.findings.text import fold
from converter.format.fields import BY_TAG
from converter.format.user_files import REQUESTS_SHEET
from converter.ledger.model import State
from converter.ledger.transitions import Decision
from converter.portal.followup_columns import TO_FILL, WORDS, FollowUp
from converter.reading.cells import Raw, as_shown
from converter.reading.plain_sheet import PlainSheet, read_plain_sheet

_NUMBER, _DAY, _AMOUNT = BY_TAG["numeroEditeur"], BY_TAG["dateCommande"], BY_TAG["montantSegurHT"]
_MEANT = {fold(word): state for word, state in WORDS.items()} | {
    fold(word.removesuffix("e")): state for word, state in WORDS.items() if state
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision to note about one request, known by its numeroEditeur, its numeroASP, or both.

    `row`: where it stands in the follow-up workbook, None when it comes from the command line; `cells`: its columns
    there.
    """

    numeroEditeur: str
    numeroASP: str
    decision: Decision
    row: int | None = None
    cells: Mapping[FollowUp, Cell] = field(default_factory=dict)

    def cell(self, column: FollowUp) -> Cell:
        return self.cells.get(column, Cell(""))


@dataclass(frozen=True, slots=True)
class FollowUpSheet:
    """The decisions that the workbook asks for, and the errors in its cells; a row with an error asks for nothing."""

    sheet: PlainSheet
    asked: tuple[Asked, ...]
    findings: tuple[Finding, ...]


def read_followup(path: Path) -> FollowUpSheet:
    """The rows of which a column to fill is filled; Refusal when it is no follow-up workbook."""
    needed = [FollowUp.NUMBER.value, *(column.value for column in TO_FILL)]
    sheet = read_plain_sheet(path, REQUESTS_SHEET, [column.value for column in FollowUp], needed)
    asked: list[Asked] = []
    findings: list[Finding] = []
    for row, cells in sheet.rows:
        broken = any(at == row for at, _ in sheet.broken)
        if broken or any(column.value in cells for column in TO_FILL):
            one = _Row(sheet, row, cells)
            wanted = one.asked()
            findings += one.findings
            if wanted:
                asked.append(wanted)
    return FollowUpSheet(sheet, tuple(asked), tuple(findings))


class _Row:
    """One row, read cell by cell; its errors are collected in `findings`."""

    def __init__(self, sheet: PlainSheet, row: int, cells: Mapping[str, Raw]) -> None:
        self._sheet, self._row, self._cells = sheet, row, cells
        self.findings: list[Finding] = [
            finding(code, sheet.cell(at, header), "", as_shown(cells.get(header, "")))
            for (at, header), code in sheet.broken.items()
            if at == row
        ]

    def asked(self) -> Asked | None:
        """What the row asks for; None when a cell of it is wrong."""
        number = self._clean(FollowUp.NUMBER, cleaner(_NUMBER))
        asp = self._text(FollowUp.ASP_NUMBER)
        if not number and not asp:
            self._report("suivi-demande-absente", FollowUp.NUMBER)
        word = self._text(FollowUp.DECISION)
        if not word:
            self._report("suivi-decision-absente", FollowUp.DECISION)
        elif fold(word) not in _MEANT:
            self._report("suivi-decision-inconnue", FollowUp.DECISION, mots=", ".join(WORDS))
        state = _MEANT.get(fold(word))
        decision = Decision(state, self._day(), self._paid(state), self._text(FollowUp.REASON))
        if self.findings:
            return None
        cells = {column: self._sheet.cell(self._row, column.value) for column in FollowUp}
        return Asked(number, asp, decision, self._row, cells)

    def _day(self) -> date | None:
        text = self._clean(FollowUp.DECISION_DAY, cleaner(_DAY, date1904=self._sheet.date1904))
        try:
            return datetime.strptime(text, "%d/%m/%Y").date() if text else None  # noqa: DTZ007 — a day
        except ValueError:
            self._report("suivi-date-illisible", FollowUp.DECISION_DAY)
            return None

    def _paid(self, state: State | None) -> Decimal | None:
        text = self._clean(FollowUp.PAID, cleaner(_AMOUNT))
        if text and state is not State.PAID:
            self._report("suivi-montant-de-trop", FollowUp.PAID)
            return None
        if not text:
            if state is State.PAID:
                self._report("suivi-montant-absent", FollowUp.PAID)
            return None
        if not text.replace(".", "", 1).isdecimal() or not Decimal(text):
            self._report("suivi-montant-illisible", FollowUp.PAID)
            return None
        return Decimal(text)

    def _text(self, column: FollowUp) -> str:
        return tidy(as_shown(self._cells.get(column.value, "")))[0]

    def _clean(self, column: FollowUp, clean: Callable[[Raw], Cleaned]) -> str:
        return clean(self._cells.get(column.value, ""))[0]

    def _report(self, code: str, column: FollowUp, **details: str) -> None:
        value = as_shown(self._cells.get(column.value, ""))
        self.findings.append(finding(code, self._sheet.cell(self._row, column.value), "", value, None, **details))
