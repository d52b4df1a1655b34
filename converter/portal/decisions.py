"""Decisions after the portal's controls (awards, payments…), as people report them, into the ledger (guide § 1.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from converter.findings import Finding, Severity, finding
from converter.findings.french import advance, euros
from converter.ledger.interface import Ledger, LedgerWriter
from converter.ledger.model import LedgerEntry, State
from converter.ledger.transitions import Decision, cause, is_noted, obstacle, state_text
from converter.portal.followup_columns import FollowUp
from converter.portal.followup_sheet import Asked


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """`noted`: the requests as the ledger now holds them; `already`: those it held so before.

    `statuts`: the text of the column « Statut » for rows of the follow-up workbook.
    """

    noted: tuple[LedgerEntry, ...] = ()
    already: tuple[LedgerEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
    statuts: Mapping[int, str] = field(default_factory=dict)

    @property
    def held_back(self) -> bool:
        """Whether a decision that was asked for was not recorded."""
        return any(one.severity is Severity.ERROR for one in self.findings)


def take_decisions(ledger: Ledger, asked: Sequence[Asked], today: date, *, rectify: bool) -> DecisionOutcome:
    """Record the decisions in one transaction; one that cannot be recorded is reported on its cell."""
    intake = _Intake(today, rectify)
    if asked:
        with ledger.writing() as writer:
            intake.take(asked, writer)
    return DecisionOutcome(tuple(intake.noted), tuple(intake.already), tuple(intake.findings), intake.statuts)


@dataclass
class _Intake:
    """Records decisions one by one, and collects the outcome."""

    today: date
    rectify: bool
    noted: list[LedgerEntry] = field(default_factory=list)
    already: list[LedgerEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    statuts: dict[int, str] = field(default_factory=dict)

    def take(self, asked: Sequence[Asked], writer: LedgerWriter) -> None:
        by_number = writer.holders({one.numeroEditeur for one in asked if one.numeroEditeur})
        by_asp = writer.bearers({one.numeroASP for one in asked if one.numeroASP})
        met: dict[str, Asked] = {}
        for one in asked:
            entry = self._entry(one, by_number, by_asp)
            if entry is None:
                continue
            if (first := met.setdefault(entry.numeroEditeur, one)) is not one:
                ligne = str(first.row) if first.row else "de la même commande"
                self._report(one, "decision-en-double", FollowUp.DECISION, demande=entry.numeroEditeur, ligne=ligne)
            else:
                self._note(one, entry, writer)

    def _entry(
        self, one: Asked, by_number: Mapping[str, LedgerEntry], by_asp: Mapping[str, LedgerEntry]
    ) -> LedgerEntry | None:
        """The request that is meant; None, with a finding, where there is none or where its two numbers disagree."""
        numbered, known = by_number.get(one.numeroEditeur), by_asp.get(one.numeroASP)
        if one.row is None:  # one word of the command line stands for either number
            if numbered and known and numbered.numeroEditeur != known.numeroEditeur:
                self._report(one, "decision-deux-demandes", FollowUp.NUMBER, autre=known.numeroEditeur)
                return None
            numbered = numbered or known
        if numbered is None and not one.numeroEditeur:
            numbered = known
        if numbered is None:
            column = FollowUp.NUMBER if one.numeroEditeur else FollowUp.ASP_NUMBER
            self._report(one, "decision-demande-inconnue", column)
            return None
        if one.row is not None and one.numeroASP and one.numeroASP != numbered.numeroASP:
            details = {"demande": numbered.numeroEditeur, "connu": numbered.numeroASP or "aucun"}
            self._report(one, "decision-autre-numero-asp", FollowUp.ASP_NUMBER, **details)
            return None
        return numbered

    def _note(self, one: Asked, entry: LedgerEntry, writer: LedgerWriter) -> None:
        if is_noted(entry, one.decision):
            self._done(one, entry, self.already)
        elif problem := obstacle(entry, one.decision, self.today, rectify=self.rectify):
            column = FollowUp.DECISION_DAY if problem.about_day else FollowUp.DECISION
            self._report(one, problem.code, column, **problem.details)
        else:
            self._done(one, _written(entry, one.decision, self.today, writer), self.noted)

    def _done(self, one: Asked, entry: LedgerEntry, where: list[LedgerEntry]) -> None:
        where.append(entry)
        if one.row is not None:
            self.statuts[one.row] = f"Notée\u00a0: {state_text(entry)}"
        expected = advance(entry.montantSegurHT)
        if one.decision.paid is not None and entry.paid is not None and entry.paid != expected:
            self._report(
                one,
                "avance-ecart",
                FollowUp.PAID,
                demande=entry.numeroEditeur,
                verse=euros(entry.paid),
                attendu=euros(expected),
                ecart=euros(abs(entry.paid - expected)),
                sens="de moins" if entry.paid < expected else "de plus",
            )

    def _report(self, one: Asked, code: str, column: FollowUp, **details: str) -> None:
        value = one.numeroASP if column is FollowUp.ASP_NUMBER else one.numeroEditeur
        self.findings.append(finding(code, one.cell(column), "", value, None, **details))


def _written(entry: LedgerEntry, decision: Decision, today: date, writer: LedgerWriter) -> LedgerEntry:
    """Record a decision; the entry as it is afterwards. An abandoned request keeps the amount received."""
    if decision.state is None:
        after = replace(entry, state=entry.answered, decided=None, paid=None, reason="")
    else:
        day = decision.day or (entry.decided if entry.state is decision.state else None) or today
        kept = entry.paid if decision.state in (State.PAID, State.ABANDONED) else None
        paid = kept if decision.paid is None else decision.paid
        same = entry.state is decision.state
        reason = decision.reason or (entry.reason if same else "")
        after = replace(entry, state=decision.state, decided=day, paid=paid, reason=reason)
    sentence = cause(entry, decision, after.decided or today)
    writer.decide(entry.numeroEditeur, after.state, after.decided, after.paid, after.reason, sentence)
    return after


def to_json(outcome: DecisionOutcome) -> dict[str, Any]:
    """The requests in the document of `decision --json`."""
    return {
        "decided": [_request(one) for one in outcome.noted],
        "already_known": [_request(one) for one in outcome.already],
    }


def _request(one: LedgerEntry) -> dict[str, Any]:
    return {
        "numeroEditeur": one.numeroEditeur,
        "refCommande": one.key.refCommande or None,
        "numeroASP": one.numeroASP or None,
        "state": one.state.value,
        "day": one.decided.isoformat() if one.decided else None,
        "paid": None if one.paid is None else float(one.paid),
        "reason": one.reason or None,
    }
