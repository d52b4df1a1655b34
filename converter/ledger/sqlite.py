"""The ledger in one SQLite file (`Registre` of the model).

The journal is SQLite's oldest (DELETE), not WAL: WAL needs memory shared by all who open the file, which a network
folder does not give, and leaves part of the ledger in side files that people forget to copy. `synchronous = EXTRA`:
a commit that returned survives a power cut, so no folder is published that the ledger could forget.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from converter.findings import Refusal
from converter.ledger import recovery as batches
from converter.ledger import safety_copies as copies
from converter.ledger.files import FILE_MODE, FOLDER_MODE, writable
from converter.ledger.model import Event, LedgerEntry, LedgerReader, LedgerWriter, StagedBatch, State
from converter.ledger.staging import discard, json_files
from converter.ledger.tables import STEPS, create_file, in_memory, migrate, version_of
from converter.ledger.transaction import Transaction, read

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUT_OF_REACH = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteLedger:
    """The ledger at `path`, whose runs leave their files in `out`; nothing is created before the first `writing`."""

    def __init__(self, path: Path, out: Path, wait: float) -> None:
        self._path = path
        self._out = out
        self._wait = wait
        self._db: sqlite3.Connection | None = None
        version_of(path)

    @property
    def identifier(self) -> str:
        with self._reading() as db:
            return batches.identifier(db) if self._exists() else ""

    @contextmanager
    def reading(self) -> Iterator[LedgerReader]:
        with self._reading() as db:
            yield Transaction(db, _never_change)

    @contextmanager
    def writing(self) -> Iterator[LedgerWriter]:
        self._refuse_fresh(is_fresh=lambda: not self._exists())
        with self._locked() as db:
            self._refuse_fresh(is_fresh=lambda: not _holds_anything(db))
            transaction = Transaction(db, lambda: self._copy(db))
            try:
                yield transaction
                db.execute("COMMIT")
            except BaseException as error:
                if db.in_transaction:  # or an interruption came just after the commit: the lot is recorded, and kept
                    db.execute("ROLLBACK")
                    for staged in transaction.staged:
                        discard(staged)
                elif not isinstance(error, sqlite3.Error):
                    transaction.tell_recorded()
                raise
            transaction.tell_recorded()

    def entries(self, states: Collection[State] = ()) -> list[LedgerEntry]:
        with self._reading() as db:
            found = list(read(db, "SELECT * FROM inscriptions ORDER BY numeroEditeur"))
        return [one for one in found if one.state in states] if states else found

    def file_holds(self, file: str) -> list[LedgerEntry]:
        query = """
            SELECT * FROM inscriptions WHERE fichier_id = (SELECT max(id) FROM fichiers WHERE nom = ?)
            ORDER BY numLigne"""
        with self._reading() as db:
            return list(read(db, query, file))

    def history(self, numeroEditeur: str) -> list[Event]:
        query = "SELECT etat, quand, fichier, cause FROM evenements WHERE numeroEditeur = ? ORDER BY id"
        with self._reading() as db:
            rows = db.execute(query, (numeroEditeur,)).fetchall()
        return [Event(numeroEditeur, State(state), when, file, cause) for state, when, file, cause in rows]

    def recover(self, out: Path) -> list[str]:
        if not self._exists():
            return []
        with self._locked() as db, writable(out):
            copies.remove_unfinished(self._path)
            told = batches.finish(db, out) + batches.set_aside_voided(db, out)
            db.execute("COMMIT")
        return told

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

    def _exists(self) -> bool:
        """False too for an empty file: one that SQLite has not written yet."""
        return self._path.exists() and self._path.stat().st_size > 0

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            version_of(self._path)
            self._db = sqlite3.connect(self._path, timeout=self._wait, isolation_level=None)
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._db.execute("PRAGMA foreign_keys = ON")
            if _version(self._db) < len(STEPS):
                self._bring_up_to_date(self._db)
        return self._db

    def _bring_up_to_date(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")  # two may be here at once: the second finds nothing left to do
        try:
            if 0 < _version(db) < len(STEPS):
                copies.copy(self._path)
            migrate(db)
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")

    def _copy(self, db: sqlite3.Connection) -> None:
        if _holds_anything(db):
            copies.copy(self._path)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._told():
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
        with self._told():
            if not self._exists():
                with writable(self._path.parent):
                    self._path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
                    create_file(self._path, FILE_MODE)
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what SQLite cannot do in one sentence of ours; what only a bug explains is left as it is."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
            chemin = str(self._path)
            if code in _BUSY:
                raise Refusal("registre-occupe", chemin=chemin, attente=f"{self._wait:g}".replace(".", ",")) from error
            if code == sqlite3.SQLITE_FULL:
                raise Refusal("disque-plein", dossier=str(self._path.parent)) from error
            if code in _DAMAGED:
                raise Refusal("registre-abime", chemin=chemin) from error
            if code in _OUT_OF_REACH:
                raise Refusal("registre-inaccessible", chemin=chemin) from error
            raise

    def _refuse_fresh(self, is_fresh: Callable[[], bool]) -> None:
        on_disk = json_files(self._out)  # looked at first: what another run adds meanwhile is in the ledger already
        if on_disk and is_fresh():
            raise Refusal("registre-neuf", chemin=str(self._path), dossier=str(self._out), fichier=min(on_disk))


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _holds_anything(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM fichiers LIMIT 1").fetchone() is not None


def _never_change() -> None:
    raise AssertionError("a reading transaction never writes")
