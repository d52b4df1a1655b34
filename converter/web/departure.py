"""What leaves of workbooks when they are converted, and what stays: one sum, for the tiles and for the form."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from converter.checking.cell_rules import AFTER_UPLOAD
from converter.findings.french import advance
from converter.ledger.reconciliation import UNCHANGED
from converter.views.outcome import Fate, Outcome


@dataclass(frozen=True, slots=True)
class Departure:
    """The requests that would leave, with their amount and advance in euros; those held back; those sent already.

    `unchanged`: those that were refused and come again as they were, which leave only where that is asked for;
    `too_late`: orders signed after the upload day, which may leave on a later one."""

    leaving: int
    amount: Decimal
    advance: Decimal
    held_back: int
    already: int
    unchanged: int
    too_late: int

    @property
    def possible(self) -> bool:
        """Whether something leaves, or would on a later day, or if it is asked for."""
        return bool(self.leaving or self.unchanged or self.too_late)


def departure(outcomes: Iterable[Outcome]) -> Departure:
    """What would leave of judged workbooks, all together."""
    judged = list(outcomes)
    fates = [fate for one in judged for fate in one.fates]
    codes = Counter(one.code for outcome in judged for one in outcome.findings)
    amounts = [one.montantSegurHT or Decimal() for one in fates if one.fate is Fate.VALID]
    return Departure(
        leaving=len(amounts),
        amount=sum(amounts, Decimal()),
        advance=sum(map(advance, amounts), Decimal()),
        held_back=sum(one.fate is Fate.HELD_BACK for one in fates),
        already=sum(one.fate is Fate.ALREADY for one in fates),
        unchanged=sum(codes[one] for one in UNCHANGED),
        too_late=codes[AFTER_UPLOAD],
    )
