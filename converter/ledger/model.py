"""What the ledger remembers, and the narrow interface behind which any database may stand.

Requests are known by (numeroAns, refCommande), or by numeroEditeur where the order bears no reference.
`numeroEditeur` is unique over the whole ledger: one ledger is one publisher's history (guide § 3.2).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from converter.findings.french import advance
from converter.format.references import Reading, reading_of
from converter.format.requests import RequestKey

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
"""The states that people report: no file of the portal's tells them."""
FINGERPRINT = "sha256."
"""What the key of a document's SHA-256 begins with in a snapshot; its typeFichier follows."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One request as the ledger holds it.

    `contenu`: every value that went out, flat and canonical, to tell « unchanged » from « changed since »;
    `beneficiaires`: the RPPS or FINESSGeo of the request; `fichier`: the JSON file's name; `jour`: its upload day;
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
    snapshot: Mapping[str, str]
    numeroASP: str = ""
    codeTraitement: str = ""
    libelleTraitement: str = ""
    numeric_reference: bool = False
    decided: date | None = None
    paid: Decimal | None = None
    reason: str = ""

    @property
    def is_out(self) -> bool:
        """Whether it claims something: it left, and nothing has freed it since."""
        return self.state not in FREE

    @property
    def is_anonymous(self) -> bool:
        """Whether it was adopted from a file alone, which tells neither its reference nor its workbook."""
        return not self.key.refCommande and "workbook" not in self.snapshot

    @property
    def reading(self) -> Reading:
        """How its reference reads."""
        return reading_of(self.key.refCommande, is_number=self.numeric_reference)

    @property
    def order_day(self) -> str:
        """Its dateCommande, JJ/MM/AAAA."""
        return self.snapshot.get("dateCommande", "")

    @property
    def order_form(self) -> str:
        """The SHA-256 of its order form; "" where that was not looked at."""
        return self.snapshot.get(f"{FINGERPRINT}BON_COMMANDE", "")

    @property
    def awaits_answer(self) -> bool:
        """Whether the portal's own answer is still to come: there is none, or an acceptance made up for a rehearsal."""
        return self.state is not State.VOIDED and (not self.codeTraitement or self.numeroASP.startswith(FICTIF))

    @property
    def answered(self) -> State:
        """What the portal's second control made of it, whatever was decided since."""
        if self.state not in DECIDED:
            return self.state
        if not self.codeTraitement:
            return State.EMITTED
        return State.ACCEPTED if self.numeroASP else State.REFUSED


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """One request as lists show it: a `LedgerEntry` without what it sent, a tenth of its weight."""

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
        """What was paid beyond the advance expected (negative: what is missing), where something was."""
        return None if self.paid is None else self.paid - self.advance

    @property
    def refusal(self) -> str:
        """Why it was refused, in the portal's words, or rejected at the examination; "" unless it was."""
        if self.state is State.REFUSED:
            return f"{self.codeTraitement} {self.libelleTraitement}".strip()
        return self.reason if self.state is State.REJECTED else ""

    @property
    def awaits_answer(self) -> bool:
        """As for a `LedgerEntry`."""
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
    """A JSON file that the ledger knows: `folder` is where its lot was put, None where that is not known."""

    name: str
    numeroAns: str
    day: date
    folder: Path | None
    voided: bool


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
    """One run's folder, staged at `staging` (whole and flushed) and to be renamed to `final`."""

    staging: Path
    final: Path


@dataclass(frozen=True, slots=True)
class AdoptedFile:
    """A file that left before this ledger: `folder` is where it is kept inside `--out`, None where it is elsewhere.

    `entries`: its requests in the states that files tell; where `voided`, the file was never uploaded.
    """

    name: str
    numeroAns: str
    day: date
    folder: Path | None
    voided: bool
    entries: Sequence[LedgerEntry]


class LedgerReader(Protocol):
    """What may be asked inside one transaction: one same state of the ledger from the first answer to the last."""

    def find(self, keys: Collection[RequestKey]) -> dict[RequestKey, LedgerEntry]:
        """The current inscription of each known key (its latest one, when it was refused and sent again)."""

    def holders(self, numbers: Collection[str]) -> dict[str, LedgerEntry]:
        """Who holds each of these numeroEditeur, whatever its state."""

    def claims(self, beneficiaires: Collection[str]) -> dict[str, tuple[LedgerEntry, ...]]:
        """The requests that are out in which each of these doctors (RPPS) or sites (FINESSGeo) stands, latest first."""

    def alike(self, readings: Collection[Reading]) -> dict[Reading, tuple[LedgerEntry, ...]]:
        """The requests that are out whose reference reads like each of these."""

    def order_forms(self, fingerprints: Collection[str]) -> dict[str, tuple[LedgerEntry, ...]]:
        """The requests that are out with each of these order forms, by its SHA-256."""

    def bearers(self, numerosASP: Collection[str]) -> dict[str, LedgerEntry]:
        """The request that bears each of these numeroASP."""

    def file_holds(self, file: str) -> list[LedgerEntry]:
        """The requests of a JSON file, the latest one of that name."""

    def free_numbers(self, count: int, reserved: Collection[str], leaving: Collection[str] = ()) -> list[str]:
        """The `count` numeroEditeur after the highest ever known, or `leaving` in this run; `reserved` excluded.

        Past 99999, the lowest free ones; Refusal when there are not enough.
        """

    def next_file_number(self, numeroAns: str, day: date) -> int:
        """NNN of the next file of that day, from 1; Refusal when past 999."""


class LedgerWriter(LedgerReader, Protocol):
    """What may also be written inside one exclusive transaction; leaving it by an exception undoes it all."""

    def emit(self, entries: Iterable[LedgerEntry], batch: StagedBatch | None) -> None:
        """Record requests as emitted (new, sent again after a void, or after a refusal under a new number)."""

    def accept(self, numeroEditeur: str, numeroASP: str, code: str, libelle: str, file: str) -> None:
        """The portal accepted it (its four values as the portal wrote them; `fichier`: the file handed back)."""

    def refuse(self, numeroEditeur: str, code: str, libelle: str, file: str) -> None:
        """The portal refused it."""

    def decide(
        self, numeroEditeur: str, state: State, day: date | None, paid: Decimal | None, reason: str, cause: str
    ) -> None:
        """Record what a person reports of a request (award, rejection, payment, abandon), or that it was a mistake.

        `day`, `paid`, `reason`: what is now known of the decision; `cause`: the French sentence of the history.
        """

    def adopt(self, adopted: AdoptedFile) -> None:
        """Record a file that left before this ledger, with the requests of it that the ledger does not know."""

    def identify(self, entry: LedgerEntry) -> None:
        """Give a request that was adopted the reference and the file names that a workbook tells: those of `entry`."""

    def void(self, file: str) -> Sequence[LedgerEntry]:
        """Take back a JSON file never uploaded; Refusal if unknown or already answered. Returns what it held."""


class Ledger(Protocol):
    """The ledger."""

    @property
    def identifier(self) -> str:
        """Eight characters of its own, by which its staging folders are known; "" while it does not exist yet."""

    def reading(self) -> AbstractContextManager[LedgerReader]:
        """One transaction that only reads (`validate`, `status`): creates nothing; an absent ledger is an empty one."""

    def writing(self, *, mending: bool = False) -> AbstractContextManager[LedgerWriter]:
        """One exclusive transaction; waits its turn, Refusal after too long.

        Refusal too where the ledger is damaged, or does not fit its folder: files that it does not know, safety copies
        of another ledger or of a later state. `mending`: the caller enters what is missing, whatever the folder holds.
        """

    def entries(self, states: Collection[State] = ()) -> list[LedgerEntry]:
        """Every request, ordered by numeroEditeur, or those in these states."""

    def listed(self, states: Collection[State] = (), last: int | None = None) -> list[ListedRequest]:
        """Every request without what it sent, by numeroEditeur, or those in these states; or the `last` of them."""

    def totals(self, states: Collection[State] = ()) -> list[StateTotal]:
        """How many requests are in each state that is met, and for how much, in the order of `State`."""

    def files(self) -> list[LedgerFile]:
        """Every JSON file, in the order in which they were made."""

    def file_holds(self, file: str) -> list[LedgerEntry]:
        """The requests of a JSON file."""

    def history(self, numeroEditeur: str) -> list[Event]:
        """A request's history, oldest first."""

    def unfinished(self) -> list[Path]:
        """The folders in which a run was stopped after its batch was recorded, before it was put in place."""

    def recover(self, out: Path) -> list[str]:
        """Finish or undo what a killed run left in `out`; one French sentence for each thing done."""

    def publish(self, batch: StagedBatch) -> Path:
        """Rename a recorded lot into place (another number of the day if taken meanwhile) and remember it; its path."""

    def missing_files(self) -> list[str]:
        """A French sentence where files whose requests wait for an answer are no longer on disk."""

    def safety_copy(self) -> list[str]:
        """Make a safety copy, if something changed since the last one; a French sentence where that is impossible.

        To be called at the end of each command that writes, once its batch is in place.
        """

    def close(self) -> None: ...
