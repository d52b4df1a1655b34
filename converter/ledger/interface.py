"""The narrow interface of the ledger: any database that has these methods may stand behind it."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from converter.format.references import Reading
from converter.format.requests import RequestKey
from converter.ledger.model import (
    AdoptedFile,
    Event,
    LedgerEntry,
    LedgerFile,
    ListedRequest,
    StagedBatch,
    State,
    StateTotal,
)


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
