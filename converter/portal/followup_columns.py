"""The columns of the workbook that `status --xlsx` writes and `decision` takes in once people have filled it."""

from collections.abc import Mapping
from enum import StrEnum

from converter.ledger.model import State


class FollowUp(StrEnum):
    """A column, by its header; in the order of the sheet."""

    NUMBER = "Demande"
    SOFTWARE = "Logiciel"
    REFERENCE = "Référence"
    STATE = "État"
    AMOUNT = "Montant HT"
    ADVANCE = "Avance 30 %"
    FILE = "Fichier"
    LINE = "Ligne"
    DAY = "Dépôt"
    ASP_NUMBER = "Numéro ASP"
    REFUSAL = "Refus"
    DECIDED = "Décidée le"
    RECEIVED = "Avance versée"
    DIFFERENCE = "Écart"
    NOTED_REASON = "Motif noté"
    DECISION = "Décision"
    DECISION_DAY = "Date"
    PAID = "Montant payé"
    REASON = "Motif"


TO_FILL = (FollowUp.DECISION, FollowUp.DECISION_DAY, FollowUp.PAID, FollowUp.REASON)
"""The columns that people fill; always written empty, so that any value in them was typed."""
WORDS: Mapping[str, State | None] = {
    **{state.value: state for state in (State.AWARDED, State.REJECTED, State.PAID, State.ABANDONED)},
    "sans décision": None,
}
"""What may be written as a decision; the last one removes a decision recorded by mistake."""
