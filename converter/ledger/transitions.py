"""Which step may follow which in the life of a request (guide § 1.2), and what stands in the way of a decision.

émise → acceptée or refusée (second control) → attribuée or rejetée (examination) → payée (advance); abandonnée, once
the client gave up, at any time after emission.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from converter.findings.french import NBSP, euros
from converter.ledger.model import LedgerEntry, State

_NEXT: Mapping[State, frozenset[State]] = {
    State.EMITTED: frozenset({State.ABANDONED}),
    State.ACCEPTED: frozenset({State.AWARDED, State.REJECTED, State.ABANDONED}),
    State.REFUSED: frozenset({State.ABANDONED}),
    State.AWARDED: frozenset({State.PAID, State.ABANDONED}),
    State.REJECTED: frozenset({State.ABANDONED}),
    State.PAID: frozenset({State.ABANDONED}),
    State.VOIDED: frozenset({State.ABANDONED}),
    State.ABANDONED: frozenset(),
}
_STEPS_BEFORE: Mapping[State, tuple[State, ...]] = {
    State.AWARDED: (State.EMITTED, State.ACCEPTED),
    State.REJECTED: (State.EMITTED, State.ACCEPTED),
    State.PAID: (State.EMITTED, State.ACCEPTED, State.AWARDED),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person reports of a request: its new state, or None to take back a decision noted by mistake.

    `jour`: its day, None for today; `paid`: the advance received, in euros, with PAID alone; `reason`: in words.
    """

    state: State | None
    day: date | None = None
    paid: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a decision cannot be noted: a code of the catalogue and what its sentences name.

    `about_day`: it lies in the day of the decision, not in the decision itself.
    """

    code: str
    details: Mapping[str, str]
    about_day: bool = False


def is_noted(entry: LedgerEntry, decision: Decision) -> bool:
    """Whether the ledger holds this very decision; values that the decision leaves empty are not compared."""
    if decision.state is None:
        return entry.state is entry.answered
    return (
        entry.state is decision.state
        and decision.day in (None, entry.decided)
        and decision.paid in (None, entry.paid)
        and decision.reason in ("", entry.reason)
    )


def obstacle(entry: LedgerEntry, decision: Decision, today: date, *, rectify: bool) -> Obstacle | None:
    """Why a decision cannot be noted; None if it can. `rectify`: it corrects an earlier mistake."""
    wanted = decision.state
    if entry.state is State.VOIDED and wanted is not State.ABANDONED:
        return Obstacle("decision-annulee", {"demande": entry.numeroEditeur, "fichier": entry.file})
    if decision.day and decision.day > today:
        return Obstacle("decision-date-future", {"jour": _day(decision.day)}, about_day=True)
    if rectify:
        return None
    if wanted is None:
        return Obstacle("decision-sans-rectifier", {"demande": entry.numeroEditeur, "etat": state_text(entry)})
    if entry.state is wanted:
        return Obstacle("decision-autre", {"demande": entry.numeroEditeur, "etat": state_text(entry)})
    if wanted not in _NEXT[entry.state]:
        return _wrong_step(entry, wanted)
    earliest = max(entry.day, entry.decided or entry.day)
    if decision.day and decision.day < earliest:
        details = {"demande": entry.numeroEditeur, "decision": _day(decision.day), "etat": state_text(entry)}
        return Obstacle("decision-date-trop-tot", details, about_day=True)
    return None


def state_text(entry: LedgerEntry) -> str:
    """The state of a request with what is known of it: « payée, 322,50 €, le 04/02/2023 »."""
    words = [entry.state.value]
    if entry.state is State.PAID and entry.paid is not None:
        words.append(euros(entry.paid))
    if entry.state is not entry.answered and entry.decided:
        words.append(f"le {_day(entry.decided)}")
    elif entry.state is State.EMITTED:
        words.append(f"à déposer le {_day(entry.day)}")
    return ", ".join(words)


def cause(entry: LedgerEntry, decision: Decision, day: date) -> str:
    """The sentence of the history."""
    if decision.state is None:
        return f"Décision notée par erreur, retirée{NBSP}: {state_text(entry)}"
    words = {
        State.AWARDED: "Attribuée par l'ASP",
        State.REJECTED: "Rejetée par l'ASP après instruction",
        State.PAID: f"Avance versée{NBSP}: {euros(decision.paid or Decimal())}",
        State.ABANDONED: "Abandonnée par le client",
    }[decision.state]
    sentence = f"{words}, le {_day(day)}"
    if decision.reason:
        sentence += f"{NBSP}: {decision.reason}"
    mended = entry.state is decision.state or decision.state not in _NEXT[entry.state]
    return f"{sentence} (rectification, auparavant {state_text(entry)})" if mended else sentence


def _wrong_step(entry: LedgerEntry, wanted: State) -> Obstacle:
    missing = _STEPS_BEFORE.get(wanted, ())
    details = {"demande": entry.numeroEditeur, "etat": state_text(entry), "voulu": wanted.value}
    if entry.state in missing:
        skipped = missing[missing.index(entry.state) + 1 :]
        return Obstacle("decision-etape-sautee", details | {"etapes": " puis ".join(one.value for one in skipped)})
    return Obstacle("decision-en-arriere", details)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
