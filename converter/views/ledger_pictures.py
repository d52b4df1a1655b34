"""The two pictures of the ledger: amounts by state, and what waits for the portal or the ASP, by age."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from converter.findings.french import NBSP, counted, euros
from converter.ledger.model import State, StateTotal
from converter.ledger.pages import Waiting

WIDTH = 420
"""The width of a picture, in its own units; its height is that of its bars."""
BAR_HEIGHT = 46
_AGES = (
    (7, f"Depuis 7{NBSP}jours au plus"),
    (30, f"De 8 à 30{NBSP}jours"),
    (60, f"De 31 à 60{NBSP}jours"),
    (None, f"Plus de 60{NBSP}jours"),
)
_TONES = {
    State.REFUSED: "erreur",
    State.REJECTED: "erreur",
    State.ACCEPTED: "correction",
    State.AWARDED: "correction",
    State.PAID: "bien",
    State.VOIDED: "soft",
    State.ABANDONED: "soft",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, its figures, and its place; `tone`: the class of its colour."""

    label: str
    figure: str
    y: int
    length: int
    tone: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars of one scale, and the same in one sentence for those who do not see them."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return BAR_HEIGHT * len(self.bars)

    @property
    def sentence(self) -> str:
        figures = " ; ".join(f"{one.label}{NBSP}: {one.figure}" for one in self.bars)
        return f"{self.title}. {figures}."


def amounts_by_state(totals: Iterable[StateTotal]) -> Picture:
    """One bar for each state that has requests."""
    rows = [
        (one.state.value.capitalize(), one.requests, one.montantSegurHT, _TONES.get(one.state, "bar"))
        for one in totals
        if one.state
    ]
    return _picture("Montants HT par état", rows)


def waiting_by_age(waiting: Sequence[Waiting], today: date) -> Picture:
    """One bar for each age, of what waits for an answer, a decision or a payment."""
    rows = []
    youngest = -1
    for oldest, label in _AGES:
        ours = [
            one
            for one in waiting
            if (today - one.since).days > youngest and (oldest is None or (today - one.since).days <= oldest)
        ]
        if youngest < 0:  # files of a day to come wait since no day
            ours += [one for one in waiting if one.since > today]
        amount = sum((one.montantSegurHT for one in ours), Decimal())
        rows.append((label, sum(one.requests for one in ours), amount, "avertissement" if oldest is None else "bar"))
        youngest = oldest or youngest
    return _picture("Ce qui attend le portail ou l'ASP, par ancienneté", rows)


def _picture(title: str, rows: Sequence[tuple[str, int, Decimal, str]]) -> Picture:
    longest = max((amount for _, _, amount, _ in rows), default=Decimal()) or Decimal(1)
    bars = tuple(
        Bar(
            label,
            f"{counted(count, 'demande')}, {euros(amount)}",
            BAR_HEIGHT * rank,
            max(round(WIDTH * amount / longest), 2 if amount else 0),
            tone,
        )
        for rank, (label, count, amount, tone) in enumerate(rows)
    )
    return Picture(title, bars)
