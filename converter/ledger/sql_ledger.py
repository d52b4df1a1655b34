"""What the ledger does whichever database holds it: the part of `Ledger` that is statements and folders."""

import abc
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import Enum, auto
from pathlib import Path

from converter.findings import Refusal, sentence
from converter.ledger import lists
from converter.ledger import recovery as batches
from converter.ledger.copying import copy_rows, refuse_filled
from converter.ledger.database import Database
from converter.ledger.files import writable
from converter.ledger.folder_check import missing_files, refuse_misfit, refuse_new
from converter.ledger.interface import LedgerReader, LedgerWriter
from converter.ledger.model import Event, LedgerEntry, LedgerFile, ListedRequest, StagedBatch, State, StateTotal
from converter.ledger.queries import Queries
from converter.ledger.rows import read, state_of
from converter.ledger.staging import discard, leave, move_into_place
from converter.ledger.transaction import Transaction

_MOST_NAMED = 5  # files named in one sentence


class End(Enum):
    """How a transaction ended: nothing of it stays, all of it stays, or that is not known yet."""

    UNDONE = auto()
    RECORDED = auto()
    UNKNOWN = auto()


class SqlLedger(abc.ABC):
    """A ledger whose runs leave their files in `out`; each database has its own way to open, lock and commit.

    `name`: how sentences name it; `machine`: to which its new batches belong, "" for a ledger in a file, whose
    folders are those of whoever opens it.
    """

    def __init__(self, name: str, out: Path, author: str, machine: str = "") -> None:
        self._name = name
        self._out = out
        self._author = author
        self._machine = machine

    @property
    def identifier(self) -> str:
        with self._reading() as db:
            return batches.identifier(db) if self._exists() else ""

    @contextmanager
    def reading(self) -> Iterator[LedgerReader]:
        with self._reading() as db:
            yield Queries(db, self._machine)

    @contextmanager
    def writing(self, *, mending: bool = False) -> Iterator[LedgerWriter]:
        if not mending and not self._exists():
            self._refuse_new()
        with self._locked() as db:
            self._refuse_damaged(db)
            if not mending:
                self._refuse_misfit(db)
            transaction = Transaction(db, self._author, self._machine)
            try:
                yield transaction
                self._commit(db, transaction.staged)
            except BaseException as error:
                end = self._end(db, error)
                if end is End.RECORDED:
                    transaction.tell_recorded()
                for staged in transaction.staged:
                    (discard if end is End.UNDONE else leave)(staged)
                raise
            transaction.tell_recorded()

    def entries(self, states: Collection[State] = ()) -> list[LedgerEntry]:
        with self._reading() as db:
            found = list(read(db, "ORDER BY numeroEditeur"))
        return [one for one in found if one.state in states] if states else found

    def listed(self, states: Collection[State] = (), last: int | None = None) -> list[ListedRequest]:
        with self._reading() as db:
            return lists.listed(db, states, last)

    def totals(self, states: Collection[State] = ()) -> list[StateTotal]:
        with self._reading() as db:
            return lists.totals(db, states)

    def files(self) -> list[LedgerFile]:
        with self._reading() as db:
            return list(lists.files(db, self._machine))

    def file_holds(self, file: str) -> list[LedgerEntry]:
        with self._reading() as db:
            return Queries(db).file_holds(file)

    def history(self, numeroEditeur: str) -> list[Event]:
        query = "SELECT etat, quand, fichier, cause, auteur FROM evenements WHERE numeroEditeur = ? ORDER BY id"
        with self._reading() as db:
            rows = db.execute(query, (numeroEditeur,)).fetchall()
        return [Event(numeroEditeur, state_of(state), *rest) for state, *rest in rows]

    def unfinished(self) -> list[Path]:
        with self._reading() as db:
            return [folder for folder, _ in batches.pending(db, self._machine)]

    def recover(self, out: Path) -> list[str]:
        if not self._exists():
            return []
        with self._locked() as db, writable(out):
            sentences = batches.finish(db, self._machine, out) + batches.set_aside_voided(db, self._machine, out)
            self._commit(db, ())
        return sentences

    def take_copy_of(self, source: "SqlLedger") -> dict[str, int]:
        """Copy a whole ledger into this one, which must be empty; the number of rows, by table.

        Nothing is recorded unless both read the same. Batches of this machine stay its own.
        """
        if not source._exists():
            raise Refusal("registre-absent", chemin=source._name)
        with source._reading() as there, self._locked() as here:
            source._refuse_damaged(there)
            refuse_filled(here, self._name)
            copied = copy_rows(there, here, {source._machine: self._machine})
            self._after_copy(here)
            self._commit(here, ())
        return copied

    def missing_files(self) -> list[str]:
        if not self._exists():
            return []
        with self._reading() as db:
            gone = missing_files(db, self._machine, self._out)
        if not gone:
            return []
        names = ", ".join(gone[:_MOST_NAMED]) + (", …" if len(gone) > _MOST_NAMED else "")
        return [sentence("fichier-disparu", fichiers=names)]

    def publish(self, batch: StagedBatch) -> Path:
        return self._publish(batch, [])

    def _publish(self, batch: StagedBatch, moved: list[Path]) -> Path:
        """`publish`; the folder is added to `moved` as soon as it is in place, whatever happens next.

        A batch that could not be moved is left as a killed run leaves it, even if this process goes on.
        """
        try:
            with self._locked() as db, writable(batch.final.parent):
                query = "SELECT dossier FROM lots WHERE attente = ?"
                (recorded,) = db.execute(query, (batch.staging.name,)).fetchone()
                if recorded:  # another run took this one for dead
                    return Path(recorded)
                if not batch.staging.exists():
                    raise Refusal("lot-deplace", dossier=str(batch.final.parent))
                moved.append(move_into_place(batch))
                batches.remember(db, batch.staging.name, moved[-1])
                self._commit(db, ())
            return moved[-1]
        finally:
            leave(batch.staging)

    def _refuse_new(self) -> None:
        """Refusal of an empty ledger beside files that it cannot have made."""
        refuse_new(self._name, self._out)

    def _refuse_misfit(self, db: Database) -> None:
        """Refusal of a ledger that does not fit its folder."""
        if not holds_anything(db):
            self._refuse_new()
        self._refuse_older(db)
        refuse_misfit(db, self._name, self._out)

    def _refuse_older(self, db: Database) -> None:  # noqa: B027 — a server has its own copies
        """Refusal of a ledger older than its safety copies."""

    def _after_copy(self, db: Database) -> None:  # noqa: B027 — a file has nothing to do
        """Let the next rows follow those copied."""

    @abc.abstractmethod
    def create(self) -> bool: ...

    @abc.abstractmethod
    def settle(self, out: Path) -> list[str]: ...

    @abc.abstractmethod
    def safety_copy(self) -> list[str]: ...

    @abc.abstractmethod
    def close(self) -> None: ...

    @abc.abstractmethod
    def _exists(self) -> bool:
        """Whether it was ever written."""

    @abc.abstractmethod
    def _reading(self) -> AbstractContextManager[Database]:
        """One transaction that only reads, or the one under way; the body meets errors of the database as Refusals."""

    @abc.abstractmethod
    def _locked(self) -> AbstractContextManager[Database]:
        """The exclusive transaction, which the body commits; undone if it does not."""

    @abc.abstractmethod
    def _refuse_damaged(self, db: Database) -> None:
        """Refusal of a ledger that is not as our statements left it."""

    @abc.abstractmethod
    def _commit(self, db: Database, staged: Sequence[Path]) -> None:
        """Commit; returns once everything is recorded for good. `staged`: the batches recorded with it."""

    @abc.abstractmethod
    def _end(self, db: Database, error: BaseException) -> End:
        """How the transaction ended that `error` stopped; it is undone where that can still be."""


def holds_anything(db: Database) -> bool:
    """Whether any file was ever recorded."""
    return db.execute("SELECT 1 FROM fichiers LIMIT 1").fetchone() is not None
