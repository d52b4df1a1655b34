"""What leaves of workbooks when they are converted, and what stays: one sum, for the tiles and for the form."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from converter.findings.french import advance
from converter.views.outcome import Fate, Outcome


@dataclass(frozen=True, slots=True)
class Departure:
    """The requests that would leave, with their amount and advance in euros; those held back; those sent already."""

    leaving: int
    amount: Decimal
    advance: Decimal
    held_back: int
    already: int


def departure(outcomes: Iterable[Outcome]) -> Departure:
    """What would leave of judged workbooks, all together."""
    fates = [fate for one in outcomes for fate in one.fates]
    amounts = [one.montantSegurHT or Decimal() for one in fates if one.fate is Fate.VALID]
    return Departure(
        leaving=len(amounts),
        amount=sum(amounts, Decimal()),
        advance=sum(map(advance, amounts), Decimal()),
        held_back=sum(one.fate is Fate.HELD_BACK for one in fates),
        already=sum(one.fate is Fate.ALREADY for one in fates),
    )
