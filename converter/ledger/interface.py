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
    KeyedBatch,
    LedgerEntry,
    LedgerFile,
    ListedRequest,
    StagedBatch,
    State,
    StateTotal,
)
from converter.ledger.pages import FileCount, Found, Pending, Search, Waiting


class LedgerReader(Protocol):
    """The questions of one transaction: all are answered from the same state of the ledger."""

    def find(self, keys: Collection[RequestKey]) -> dict[RequestKey, LedgerEntry]:
        """The entry of each known key (the latest one, when the request was refused and sent again)."""

    def holders(self, numbers: Collection[str]) -> dict[str, LedgerEntry]:
        """The entry of each of these numeroEditeur, whatever its state."""

    def claims(self, beneficiaires: Collection[str]) -> dict[str, tuple[LedgerEntry, ...]]:
        """The requests that are out for each of these doctors (RPPS) or sites (FINESSGeo), latest first."""

    def alike(self, readings: Collection[Reading]) -> dict[Reading, tuple[LedgerEntry, ...]]:
        """The requests that are out whose reference reads like each of these."""

    def order_forms(self, fingerprints: Collection[str]) -> dict[str, tuple[LedgerEntry, ...]]:
        """The requests that are out with each of these order forms, by its SHA-256."""

    def bearers(self, numerosASP: Collection[str]) -> dict[str, LedgerEntry]:
        """The request that bears each of these numeroASP."""

    def file_holds(self, file: str) -> list[LedgerEntry]:
        """The requests of the latest JSON file of that name."""

    def free_numbers(self, count: int, reserved: Collection[str], leaving: Collection[str] = ()) -> list[str]:
        """The next `count` numeroEditeur after the highest one known or `leaving` in this run; none that is `reserved`.

        Past 99999, the lowest free ones; Refusal when there are not enough.
        """

    def next_file_number(self, numeroAns: str, day: date) -> int:
        """NNN of the next file of that day, from 1; Refusal when past 999."""

    def keyed_batch(self, key: str) -> KeyedBatch | None:
        """The batch recorded under this key; None where there is none."""

    def search(self, asked: Search) -> Found:
        """One page of the requests asked for, and the totals of all of them."""

    def every_found(self, asked: Search) -> list[ListedRequest]:
        """All the requests asked for, in their order, whatever the page."""

    def waiting(self) -> list[Waiting]:
        """The requests that wait for the portal or the ASP, by state and by the day from which they wait."""

    def file_counts(self, folders: Collection[str] | None = None, *, inside: bool = True) -> list[FileCount]:
        """Each JSON file with the states and the amount of its requests, the latest first.

        `folders`: only the files of the batches in folders of these names; those of no such batch if not `inside`.
        """

    def folders_of(self, file: str) -> list[Path]:
        """The folders of the batches that hold a JSON file of that name, the latest first."""

    def pending(self, before: date, most: int | None = None) -> Pending:
        """All that waits for somebody; a request accepted on the day `before` or later needs no decision yet.

        `most`: how many requests of each need are read, those that wait longest; None for all of them.
        """

    def awaiting_answer(self) -> list[ListedRequest]:
        """The requests that the portal has not answered, file by file."""


class LedgerWriter(LedgerReader, Protocol):
    """The changes of one exclusive transaction; an exception undoes them all."""

    def emit(self, entries: Iterable[LedgerEntry], batch: StagedBatch | None) -> None:
        """Record requests as emitted (new, sent again after a void, or after a refusal under a new number)."""

    def accept(self, numeroEditeur: str, numeroASP: str, code: str, libelle: str, file: str) -> None:
        """Record that the portal accepted a request (the portal's own values; `file`: the name of the return file)."""

    def refuse(self, numeroEditeur: str, code: str, libelle: str, file: str) -> None:
        """Record that the portal refused a request."""

    def decide(
        self, numeroEditeur: str, state: State, day: date | None, paid: Decimal | None, reason: str, cause: str
    ) -> None:
        """Record a decision that a person reports (award, rejection, payment, abandon), or that one was a mistake.

        `day`, `paid`, `reason`: what is now known of the decision; `cause`: the French sentence of the history.
        """

    def adopt(self, adopted: AdoptedFile) -> None:
        """Record a file that left before this ledger, with the requests of it that the ledger does not know."""

    def identify(self, entry: LedgerEntry) -> None:
        """Give an adopted request the reference and the file names of `entry`, which come from a workbook."""

    def deposit(self, file: str, day: date | None) -> Sequence[LedgerEntry]:
        """Record the day on which a person uploaded a file to the portal; None: that was noted by mistake.

        Refusal if the file is unknown or voided. Returns its requests; none if the ledger knew that day already.
        """

    def void(self, file: str) -> Sequence[LedgerEntry]:
        """Void a JSON file that was never uploaded; Refusal if it is unknown, uploaded or answered.

        Returns its requests.
        """


class Ledger(Protocol):
    """The ledger."""

    @property
    def identifier(self) -> str:
        """The eight characters that name its staging folders; "" while the ledger does not exist yet."""

    def reading(self) -> AbstractContextManager[LedgerReader]:
        """One transaction that only reads (`validate`, `status`); an absent ledger counts as empty, none is created."""

    def writing(self, *, mending: bool = False) -> AbstractContextManager[LedgerWriter]:
        """One exclusive transaction; waits its turn, Refusal after too long.

        Refusal too where the ledger is damaged, or does not fit its folder: it holds files that the ledger does not
        know, or safety copies of another ledger or of a later state. `mending`: the folder is not compared, since the
        caller enters what is missing.
        """

    def entries(self, states: Collection[State] = ()) -> list[LedgerEntry]:
        """Every request, ordered by numeroEditeur, or those in these states."""

    def listed(self, states: Collection[State] = (), last: int | None = None) -> list[ListedRequest]:
        """Every request without its snapshot, by numeroEditeur, or those in these states; or the `last` of them."""

    def totals(self, states: Collection[State] = ()) -> list[StateTotal]:
        """The number and the amount of the requests in each state that has any, in the order of `State`."""

    def files(self) -> list[LedgerFile]:
        """Every JSON file, in the order in which they were made."""

    def file_holds(self, file: str) -> list[LedgerEntry]:
        """The requests of a JSON file."""

    def history(self, numeroEditeur: str) -> list[Event]:
        """A request's history, oldest first."""

    def unfinished(self) -> list[Path]:
        """The folders where a run stopped after recording its batch and before moving it into place."""

    def create(self) -> bool:
        """Create it, or bring it to the version of this program; whether it was there.

        Refusal where it cannot be, or where files of its folder belong to another ledger.
        """

    def settle(self, out: Path) -> list[str]:
        """`recover`, where a run could not learn whether its batch was recorded; a French sentence for each."""

    def recover(self, out: Path) -> list[str]:
        """Finish or undo the batches that a killed run left in `out`; one French sentence for each."""

    def publish(self, batch: StagedBatch) -> Path:
        """Rename a recorded batch into place (under another number if its own was taken) and record the path."""

    def missing_files(self) -> list[str]:
        """A French sentence where files whose requests wait for an answer are no longer on disk."""

    def safety_copy(self) -> list[str]:
        """Make a safety copy, if something changed since the last one; a French sentence where that is impossible.

        To be called at the end of each command that writes, once its batch is in place.
        """

    def close(self) -> None: ...
