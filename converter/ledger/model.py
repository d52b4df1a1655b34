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

from converter.format.requests import RequestKey

FICTIF = "FICTIF-"
"""What a numeroASP begins with when `check --write-return` made it up: no answer of the portal's."""


class State(StrEnum):
    """What has become of a request; the words are those that users read."""

    EMITTED = "émise"
    ACCEPTED = "acceptée"
    REFUSED = "refusée"
    VOIDED = "annulée"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One request as the ledger holds it.

    `contenu`: every value that went out, flat and canonical, to tell « unchanged » from « changed since »;
    `beneficiaires`: the RPPS or FINESSGeo of the request; `fichier`: the JSON file's name; `jour`: its upload day.
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

    @property
    def awaits_answer(self) -> bool:
        """Whether the portal's own answer is still to come: there is none, or an acceptance made up for a rehearsal."""
        return self.state is State.EMITTED or (self.state is State.ACCEPTED and self.numeroASP.startswith(FICTIF))


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a request's history: `quand` is an ISO 8601 time with its zone, `cause` a French sentence."""

    numeroEditeur: str
    state: State
    when: str
    file: str
    cause: str


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """One run's folder, staged at `staging` (whole and flushed) and to be renamed to `final`."""

    staging: Path
    final: Path


class LedgerReader(Protocol):
    """What may be asked inside one transaction: one same state of the ledger from the first answer to the last."""

    def find(self, keys: Collection[RequestKey]) -> dict[RequestKey, LedgerEntry]:
        """The current inscription of each known key (its latest one, when it was refused and sent again)."""

    def holders(self, numbers: Collection[str]) -> dict[str, LedgerEntry]:
        """Who holds each of these numeroEditeur, whatever its state."""

    def claims(self, beneficiaires: Collection[str]) -> dict[str, LedgerEntry]:
        """The emitted or accepted request in which each of these doctors (RPPS) or sites (FINESSGeo) stands."""

    def free_numbers(self, count: int, reserved: Collection[str]) -> list[str]:
        """The `count` lowest numeroEditeur that nobody holds, `reserved` excluded; Refusal when past 99999."""

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

    def void(self, file: str) -> Sequence[LedgerEntry]:
        """Take back a JSON file never uploaded; Refusal if unknown or already answered. Returns what it held."""


class Ledger(Protocol):
    """The ledger."""

    @property
    def identifier(self) -> str:
        """Eight characters of its own, by which its staging folders are known; "" while it does not exist yet."""

    def reading(self) -> AbstractContextManager[LedgerReader]:
        """One transaction that only reads (`validate`, `status`): creates nothing; an absent ledger is an empty one."""

    def writing(self) -> AbstractContextManager[LedgerWriter]:
        """One exclusive transaction; waits its turn, Refusal after too long. A safety copy is made first."""

    def entries(self, states: Collection[State] = ()) -> list[LedgerEntry]:
        """Every request, ordered by numeroEditeur, or those in these states."""

    def file_holds(self, file: str) -> list[LedgerEntry]:
        """The requests of a JSON file."""

    def history(self, numeroEditeur: str) -> list[Event]:
        """A request's history, oldest first."""

    def recover(self, out: Path) -> list[str]:
        """Finish or undo what a killed run left in `out`; one French sentence for each thing done."""

    def publish(self, batch: StagedBatch) -> Path:
        """Rename a recorded lot into place (another number of the day if taken meanwhile) and remember it; its path."""

    def close(self) -> None: ...
