"""The ledger in one SQLite file (`Ledger` of the interface).

The journal is SQLite's oldest (DELETE), not WAL: WAL needs memory shared by all who open the file, which a network
folder does not give, and leaves part of the ledger in side files that people forget to copy. `synchronous = EXTRA`:
a commit that returned survives a power cut, so no folder is published that the ledger could forget.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from io import FileIO
from pathlib import Path

from converter.findings import Refusal, sentence
from converter.findings.french import decimal
from converter.ledger import safety_copies as copies
from converter.ledger.database import Database
from converter.ledger.files import FILE_MODE, FOLDER_MODE, writable
from converter.ledger.folder_check import refuse_lost, refuse_older
from converter.ledger.rows import DamagedRowError
from converter.ledger.sql_ledger import End, SqlLedger, holds_anything
from converter.ledger.tables import STEPS, create_file, in_memory, is_sound, migrate, version_of

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUT_OF_REACH = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CHANGE_COUNTER = 24  # where it stands in the file's header


class SqliteLedger(SqlLedger):
    """The ledger at `path`, whose runs leave their files in `out`; nothing is created before the first `writing`."""

    def __init__(self, path: Path, out: Path, wait: float, author: str = "") -> None:
        super().__init__(str(path), out, author)
        self._path = path
        self._wait = wait
        self._db: sqlite3.Connection | None = None
        self._counter: FileIO | None = None
        self._changes_at_lock = b""
        version_of(path)

    def create(self) -> bool:
        """Create or migrate it; whether it was there. Refusal where files or safety copies belong to another one."""
        if there := self._exists():
            with self._reading():
                return there
        self._refuse_new()
        with self._locked():
            return there

    def settle(self, out: Path) -> list[str]:  # noqa: ARG002 — a file shows at once how a commit ended
        return []

    def recover(self, out: Path) -> list[str]:
        if self._exists():
            with self._locked():
                copies.remove_unfinished(self._path)
        return super().recover(out)

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

    def _refuse_new(self) -> None:
        refuse_lost(self._path)
        super()._refuse_new()

    def _refuse_older(self, db: Database) -> None:
        refuse_older(db, self._path)

    def _refuse_damaged(self, db: Database) -> None:  # noqa: ARG002 — it is our own connection
        if not is_sound(self._connection()):
            raise DamagedRowError

    def _commit(self, db: Database, staged: Sequence[Path]) -> None:  # noqa: ARG002 — a commit gives its answer
        self._refuse_written_meanwhile()
        db.execute("COMMIT")

    def _end(self, db: Database, error: BaseException) -> End:
        if self._connection().in_transaction:
            db.execute("ROLLBACK")
            return End.UNDONE
        # an interruption came after the commit: the batch is recorded, and kept
        return End.UNKNOWN if isinstance(error, sqlite3.Error) else End.RECORDED

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
                raise Refusal("registre-occupe", chemin=chemin, attente=decimal(self._wait)) from error
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
