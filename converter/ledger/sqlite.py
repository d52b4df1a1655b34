"""The ledger in one SQLite file (`Ledger` of the interface).

The journal is SQLite's oldest (DELETE), not WAL: WAL needs memory shared by all who open the file, which a network
folder does not give, and leaves part of the ledger in side files that people forget to copy. `synchronous = EXTRA`:
a commit that returned survives a power cut, so no folder is published that the ledger could forget.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from io import FileIO
from pathlib import Path

from converter.findings import Refusal, sentence
from converter.ledger import lists
from converter.ledger import recovery as batches
from converter.ledger import safety_copies as copies
from converter.ledger.files import FILE_MODE, FOLDER_MODE, writable
from converter.ledger.folder_check import missing_files, refuse_misfit, refuse_new
from converter.ledger.interface import LedgerReader, LedgerWriter
from converter.ledger.model import Event, LedgerEntry, LedgerFile, ListedRequest, StagedBatch, State, StateTotal
from converter.ledger.queries import Queries
from converter.ledger.rows import DamagedRowError, read, state_of
from converter.ledger.staging import discard
from converter.ledger.tables import STEPS, create_file, in_memory, is_sound, migrate, version_of
from converter.ledger.transaction import Transaction

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUT_OF_REACH = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CHANGE_COUNTER = 24  # where it stands in the file's header
_MOST_NAMED = 5  # files named in one sentence


class SqliteLedger:
    """The ledger at `path`, whose runs leave their files in `out`; nothing is created before the first `writing`."""

    def __init__(self, path: Path, out: Path, wait: float, author: str = "") -> None:
        self._path = path
        self._out = out
        self._wait = wait
        self._author = author
        self._db: sqlite3.Connection | None = None
        self._counter: FileIO | None = None
        self._changes_at_lock = b""
        version_of(path)

    @property
    def identifier(self) -> str:
        with self._reading() as db:
            return batches.identifier(db) if self._exists() else ""

    @contextmanager
    def reading(self) -> Iterator[LedgerReader]:
        with self._reading() as db:
            yield Queries(db)

    @contextmanager
    def writing(self, *, mending: bool = False) -> Iterator[LedgerWriter]:
        if not mending and not self._exists():
            refuse_new(self._path, self._out)
        with self._locked() as db:
            if not is_sound(db):
                raise DamagedRowError
            if not mending:
                self._refuse_misfit(db)
            transaction = Transaction(db, self._author)
            try:
                yield transaction
                self._refuse_written_meanwhile()
                db.execute("COMMIT")
            except BaseException as error:
                if (
                    db.in_transaction
                ):  # otherwise an interruption came after the commit: the batch is recorded, and kept
                    db.execute("ROLLBACK")
                    for staged in transaction.staged:
                        discard(staged)
                elif not isinstance(error, sqlite3.Error):
                    transaction.tell_recorded()
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
            return list(lists.files(db))

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
            return [Path(folder) for (folder,) in db.execute("SELECT sortie FROM lots WHERE dossier = ''")]

    def recover(self, out: Path) -> list[str]:
        if not self._exists():
            return []
        with self._locked() as db, writable(out):
            copies.remove_unfinished(self._path)
            sentences = batches.finish(db, out) + batches.set_aside_voided(db, out)
            db.execute("COMMIT")
        return sentences

    def missing_files(self) -> list[str]:
        if not self._exists():
            return []
        with self._reading() as db:
            gone = missing_files(db, self._out)
        if not gone:
            return []
        names = ", ".join(gone[:_MOST_NAMED]) + (", …" if len(gone) > _MOST_NAMED else "")
        return [sentence("fichier-disparu", fichiers=names)]

    def safety_copy(self) -> list[str]:
        try:
            with self._locked() as db:
                if self._copy_is_due(db):
                    copies.make(self._path)
        except Refusal as refusal:
            return [sentence("copie-impossible", chemin=str(self._path), raison=str(refusal))]
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            return [sentence("copie-impossible", chemin=str(self._path), raison=reason)]
        return []

    def publish(self, batch: StagedBatch) -> Path:
        with self._locked() as db, writable(batch.final.parent):
            query = "SELECT dossier FROM lots WHERE attente = ?"
            (recorded,) = db.execute(query, (batch.staging.name,)).fetchone()
            if recorded:  # another run took this one for dead
                return Path(recorded)
            if not batch.staging.exists():
                raise Refusal("lot-deplace", dossier=str(batch.final.parent))
            final = batches.put_in_place(db, batch)
            db.execute("COMMIT")
        return final

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
        if self._counter is not None:
            self._counter.close()  # only now: closing a file lets go of the locks that this process has on it
            self._counter = None

    def _exists(self) -> bool:
        """False too for an empty file: one that SQLite has not written yet."""
        return self._path.exists() and self._path.stat().st_size > 0

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            version_of(self._path)
            self._counter = self._path.open("rb", buffering=0)
            self._db = sqlite3.connect(self._path, timeout=self._wait, isolation_level=None)
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._db.execute("PRAGMA cache_spill = OFF")  # nothing is written before the commit
            if _version(self._db) < len(STEPS):
                self._bring_up_to_date(self._db)
            self._db.execute("PRAGMA foreign_keys = ON")
        return self._db

    def _bring_up_to_date(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")  # two may be here at once: the second finds nothing left to do
        try:
            if 0 < _version(db) < len(STEPS):
                copies.make(self._path)
            migrate(db)
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")

    def _copy_is_due(self, db: sqlite3.Connection) -> bool:
        last = copies.newest(self._path)
        if last is None:
            return holds_anything(db)
        here = copies.state_of(db, last)
        try:
            return copies.read(last) != here
        except sqlite3.Error:  # not one of ours, or damaged
            return True

    def _refuse_misfit(self, db: sqlite3.Connection) -> None:
        if not holds_anything(db):
            refuse_new(self._path, self._out)
        refuse_misfit(db, self._path, self._out)

    def _is_damaged(self) -> bool:
        """Whether the ledger itself explains what went wrong with it."""
        try:
            with closing(sqlite3.connect(self._path)) as db:
                return not is_sound(db)
        except sqlite3.Error:
            return True

    def _refuse_written_meanwhile(self) -> None:
        """Refusal where the file is not as it was when this run locked it: the locks of its disk do not lock."""
        if self._changes() != self._changes_at_lock:
            raise Refusal("registre-sans-verrou", chemin=str(self._path))

    def _changes(self) -> bytes:
        """How often the file was changed, as its header says (SQLite file format, § 1.3.4)."""
        if self._counter is None:
            return b""
        self._counter.seek(_CHANGE_COUNTER)
        return self._counter.read(4)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._as_refusals():
            if not self._exists():
                with closing(in_memory()) as db:
                    yield db
                return
            db = self._connection()
            nested = db.in_transaction  # a question asked while writing is answered from inside
            if not nested:
                db.execute("BEGIN")
            try:
                yield db
            finally:
                if not nested and db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        """The exclusive transaction, which the body commits; undone if it does not."""
        with self._as_refusals():
            if not self._exists():
                with writable(self._path.parent):
                    self._path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
                    create_file(self._path, FILE_MODE)
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            self._changes_at_lock = self._changes()
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def _as_refusals(self) -> Iterator[None]:
        """Turn errors of SQLite into Refusals; an error that only a bug explains is raised as it is."""
        try:
            yield
        except DamagedRowError as error:
            raise self._damaged() from error
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
            chemin = str(self._path)
            if code in _BUSY:
                raise Refusal("registre-occupe", chemin=chemin, attente=f"{self._wait:g}".replace(".", ",")) from error
            if code == sqlite3.SQLITE_FULL:
                raise Refusal("disque-plein", dossier=str(self._path.parent)) from error
            if code in _OUT_OF_REACH:
                raise Refusal("registre-inaccessible", chemin=chemin) from error
            if code in _DAMAGED or self._is_damaged():
                raise self._damaged() from error
            raise

    def _damaged(self) -> Refusal:
        copy = copies.newest(self._path) or copies.folder_of(self._path)
        return Refusal("registre-abime", chemin=str(self._path), copie=str(copy))


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def holds_anything(db: sqlite3.Connection) -> bool:
    """Whether any file was ever recorded."""
    return db.execute("SELECT 1 FROM fichiers LIMIT 1").fetchone() is not None
