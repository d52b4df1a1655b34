"""What the ledger remembers: its entries, files, events, and the states of a request.

Requests are known by (numeroAns, refCommande), or by numeroEditeur where the order bears no reference.
`numeroEditeur` is unique over the whole ledger: one ledger is one publisher's history (guide § 3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from converter.findings.french import advance
from converter.format.references import Reading, reading_of
from converter.format.requests import RequestKey
from converter.ledger.snapshot import Snapshot

FICTIF = "FICTIF-"
"""What a numeroASP begins with when `check --write-return` made it up: no answer of the portal's."""
WHOLE_FILE_REJECTED = "REJET"
"""Our own codeTraitement for a request whose whole file the portal rejected: the portal gives none."""


class State(StrEnum):
    """What has become of a request; the words are those that users read."""

    EMITTED = "émise"
    ACCEPTED = "acceptée"
    REFUSED = "refusée"
    AWARDED = "attribuée"
    REJECTED = "rejetée"
    PAID = "payée"
    VOIDED = "annulée"
    ABANDONED = "abandonnée"


FREE = frozenset({State.REFUSED, State.REJECTED, State.VOIDED, State.ABANDONED})
"""The states of a request that claims nothing: what it claimed may leave again, and totals leave it out."""
SENT_BACK = frozenset({State.REFUSED, State.REJECTED})
"""The states of a request that may be sent again once it was changed, under a new numeroEditeur."""
DECIDED = frozenset({State.AWARDED, State.REJECTED, State.PAID, State.ABANDONED})
"""The states that people report; no file of the portal gives them."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One request as the ledger holds it.

    `snapshot`: what was sent, to see whether the request changed since;
    `beneficiaires`: the RPPS or FINESSGeo of the request; `file`: the JSON file's name; `day`: its upload day;
    `numeric_reference`: whether the cell of refCommande was a number; `decided`, `reason`: day and words of the latest
    decision; `paid`: the advance received, in euros.
    """

    key: RequestKey
    numeroEditeur: str
    state: State
    file: str
    numLigne: int
    day: date
    SIRET: str
    montantSegurHT: Decimal
    beneficiaires: tuple[str, ...]
    snapshot: Snapshot
    numeroASP: str = ""
    codeTraitement: str = ""
    libelleTraitement: str = ""
    numeric_reference: bool = False
    decided: date | None = None
    paid: Decimal | None = None
    reason: str = ""

    @property
    def is_out(self) -> bool:
        """Whether it was sent, and nothing has freed what it claims since."""
        return self.state not in FREE

    @property
    def is_anonymous(self) -> bool:
        """Whether it was adopted from a file alone, which gives neither its reference nor its workbook."""
        return not self.key.refCommande and not self.snapshot.workbook

    @property
    def reading(self) -> Reading:
        """Its reference, in the form in which references are compared."""
        return reading_of(self.key.refCommande, is_number=self.numeric_reference)

    @property
    def order_form(self) -> str:
        """The SHA-256 of its order form; "" where the order form was not read."""
        return self.snapshot.fingerprints.get("BON_COMMANDE", "")

    @property
    def awaits_answer(self) -> bool:
        """Whether the portal has not answered yet: no answer, or an acceptance made up for a rehearsal."""
        return self.state is not State.VOIDED and (not self.codeTraitement or self.numeroASP.startswith(FICTIF))

    @property
    def answered(self) -> State:
        """Its state after the portal's second control, whatever was decided since."""
        if self.state not in DECIDED:
            return self.state
        if not self.codeTraitement:
            return State.EMITTED
        return State.ACCEPTED if self.numeroASP else State.REFUSED


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """One request as lists show it: a `LedgerEntry` without its snapshot, a tenth of its size."""

    numeroEditeur: str
    key: RequestKey
    state: State
    file: str
    numLigne: int
    day: date
    montantSegurHT: Decimal
    numeroASP: str
    codeTraitement: str
    libelleTraitement: str
    decided: date | None
    paid: Decimal | None
    reason: str

    @property
    def advance(self) -> Decimal:
        """The 30 % that the ASP is to pay in advance, to the cent."""
        return advance(self.montantSegurHT)

    @property
    def difference(self) -> Decimal | None:
        """The payment minus the expected advance (negative: something is missing); None before any payment."""
        return None if self.paid is None else self.paid - self.advance

    @property
    def refusal(self) -> str:
        """The portal's words for a refusal, or the reason of a rejection; "" for a request in any other state."""
        if self.state is State.REFUSED:
            return f"{self.codeTraitement} {self.libelleTraitement}".strip()
        return self.reason if self.state is State.REJECTED else ""

    @property
    def awaits_answer(self) -> bool:
        """Whether the portal has not answered yet, as for a `LedgerEntry`."""
        return self.state is State.EMITTED or (self.state is State.ACCEPTED and self.numeroASP.startswith(FICTIF))


@dataclass(frozen=True, slots=True)
class StateTotal:
    """The requests of one state, or (`state` None) of all that are claimed. Amounts in euros; the advance is rounded
    request by request, as the ASP pays it."""

    state: State | None
    requests: int
    montantSegurHT: Decimal
    advance: Decimal


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A JSON file that the ledger knows: `folder` is where its lot was put, None where that is not known; `deposited`:
    the day on which a person uploaded it to the portal, None as long as nobody said so."""

    name: str
    numeroAns: str
    day: date
    folder: Path | None
    voided: bool
    deposited: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a request's history: `when` is an ISO 8601 time with its zone, `cause` a French sentence, `author`
    who ran the command (« login@machine »), "" where that is not known."""

    numeroEditeur: str
    state: State
    when: str
    file: str
    cause: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """One run's folder, staged at `staging` (whole and flushed) and to be renamed to `final`; `key`: that of the run,
    under which the batch is recorded once, "" without one."""

    staging: Path
    final: Path
    key: str = ""


@dataclass(frozen=True, slots=True)
class KeyedBatch:
    """The batch recorded under a key; `folder`: where it is, None until it is in place."""

    folder: Path | None


@dataclass(frozen=True, slots=True)
class AdoptedFile:
    """A file that left before this ledger: `folder` is where it is kept inside `--out`, None where it is elsewhere.

    `entries`: its requests, each in the state that the file gives; `voided`: whether the file was never uploaded.
    """

    name: str
    numeroAns: str
    day: date
    folder: Path | None
    voided: bool
    entries: Sequence[LedgerEntry]
