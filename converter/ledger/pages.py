"""What is asked of the ledger's lists, and what they give: values alone, which the interface names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from converter.ledger.model import LedgerFile, ListedRequest, State, StateTotal

PAGE = 100
"""Requests of one page."""


class Sort(StrEnum):
    """What requests are sorted by; the words are those of addresses."""

    NUMBER = "numero"
    REFERENCE = "reference"
    STATE = "etat"
    AMOUNT = "montant"
    DAY = "depot"
    ASP_NUMBER = "asp"


@dataclass(frozen=True, slots=True)
class Search:
    """Requests that hold each word of `words` (in a reference, a name, an RPPS, a FINESS, a number of ours or of the
    ASP's, or the name of a file), in one of `states` (none: in any), sorted; `page` counts from 1."""

    words: str = ""
    states: tuple[State, ...] = ()
    sort: Sort = Sort.NUMBER
    descending: bool = True
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the requests that were asked for, and the totals by state of all of them."""

    requests: tuple[ListedRequest, ...]
    totals: tuple[StateTotal, ...]

    @property
    def count(self) -> int:
        """How many there are on all pages."""
        return sum(one.requests for one in self.totals)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests of one state that wait for the portal or the ASP since one day; their amount in euros."""

    state: State
    since: date
    requests: int
    montantSegurHT: Decimal


class Need(StrEnum):
    """What a request waits for: to be corrected by us; a decision, a payment or an explanation of the ASP."""

    CORRECTION = "correction"
    DECISION = "décision"
    PAYMENT = "paiement"
    EXPLANATION = "écart"


@dataclass(frozen=True, slots=True)
class UnansweredFile:
    """A JSON file of which `waiting` requests have no answer of the portal, `montantSegurHT` in all, of the `requests`
    that are neither voided nor given up."""

    file: LedgerFile
    requests: int
    waiting: int
    montantSegurHT: Decimal


@dataclass(frozen=True, slots=True)
class InNeed:
    """The requests that wait for the same thing: how many there are, and the first of them, those that wait longest."""

    count: int
    first: tuple[ListedRequest, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """All that waits for somebody. `requests`: nothing for a need that no request has."""

    files: tuple[UnansweredFile, ...]
    requests: Mapping[Need, InNeed]


@dataclass(frozen=True, slots=True)
class FileCount:
    """A JSON file: what it holds, where it is (`folder` None: not known), what became of it.

    `states`: the number of its requests in each state; `deposited`: the day of its upload, as a person noted it.
    """

    name: str
    numeroAns: str
    day: date
    folder: Path | None
    voided: bool
    deposited: date | None
    states: Mapping[State, int]
    montantSegurHT: Decimal
    advance: Decimal

    @property
    def requests(self) -> int:
        """How many requests it holds."""
        return sum(self.states.values())

    @property
    def is_unanswered(self) -> bool:
        """Whether the portal has answered none of its requests, as far as the ledger knows."""
        return not self.voided and set(self.states) <= {State.EMITTED, State.ABANDONED}
