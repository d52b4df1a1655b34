"""What files handed back said, as the document of `return --json`; the HTTP interface declares the same types."""

from typing_extensions import TypedDict

from converter.ledger.model import LedgerEntry, State
from converter.portal.returns import NoticeDocument, ReturnOutcome


class AnswerDocument(TypedDict):
    """Une demande et la réponse du portail."""

    numeroEditeur: str
    refCommande: str
    numeroASP: str
    codeTraitement: str
    libelleTraitement: str


class ReturnDocument(TypedDict):
    """Le document de `return --json`."""

    accepted: list[AnswerDocument]
    refused: list[AnswerDocument]
    already_known: list[AnswerDocument]
    notices: list[NoticeDocument]


def to_json(outcome: ReturnOutcome) -> ReturnDocument:
    """The document of `return --json`."""
    return {
        "accepted": [_request(one) for one in outcome.taken if one.state is State.ACCEPTED],
        "refused": [_request(one) for one in outcome.refused],
        "already_known": [_request(one) for one in outcome.already],
        "notices": [one.as_json() for one in outcome.notices],
    }


def _request(one: LedgerEntry) -> AnswerDocument:
    return {
        "numeroEditeur": one.numeroEditeur,
        "refCommande": one.key.refCommande,
        "numeroASP": one.numeroASP,
        "codeTraitement": one.codeTraitement,
        "libelleTraitement": one.libelleTraitement,
    }
