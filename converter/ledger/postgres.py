"""The ledger in a schema of PostgreSQL, for several people and machines (`Ledger` of the interface).

Who writes locks the one row of `registre` first, so that numbers are given one transaction after the other; readers
see the state of their first question and wait for nobody. All that a transaction needs is set inside it, and no
statement is prepared for later: a pool that lends its connections for one transaction (pgbouncer) is enough.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from converter.findings import Refusal
from converter.findings.french import decimal
from converter.ledger import deeds, postgres_tables, waiting
from converter.ledger.database import Database, Rows
from converter.ledger.model import StagedBatch
from converter.ledger.postgres_address import Address, this_machine
from converter.ledger.postgres_failures import as_refusal
from converter.ledger.rows import DamagedRowError
from converter.ledger.sql_ledger import End, SqlLedger
from converter.ledger.tables import STEPS

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
_CONNECT_TIMEOUT = 10  # seconds
_IDLE = "15min"  # how long a machine that vanished may keep the ledger locked, where the network says nothing
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds, between two attempts to reach a server that is silent


class PostgresLedger(SqlLedger):
    """The ledger at `address`, whose runs leave their files in `out`; it must have been created (`create`)."""

    def __init__(self, address: Address, out: Path, wait: float, author: str = "") -> None:
        super().__init__(address.name, out, author, this_machine())
        self._address = address
        self._wait = wait
        self._db: Connection | None = None
        self._end_of_commit = End.UNDONE

    def create(self) -> bool:
        """Create or migrate the tables; whether they were there. To be run with a role that may create them."""
        with self._as_refusals():
            db = self._connect()
            with closing(db):
                self._begin(db, "")
                db.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"converter {self._address.schema}",))
                version = self._version(db)
                if version is None:
                    postgres_tables.create(db, self._address.schema)
                elif version < len(STEPS):
                    postgres_tables.migrate(db, version)
                else:
                    postgres_tables.refuse_other_version(version, self._name)
                db.execute("COMMIT")
        return version is not None

    def settle(self, out: Path) -> list[str]:
        left = any(out.glob(".lot-*.part")) or self.unfinished()
        return self.recover(out) if left else []

    def safety_copy(self) -> list[str]:
        """None: a server has its own (`docs/registre-partage.md`)."""
        return []

    def publish(self, batch: StagedBatch) -> Path:
        moved: list[Path] = []
        try:
            return self._publish(batch, moved)
        except Refusal:
            if not moved:
                raise
            return moved[-1]  # it is in its place; the next run records where, as after a kill

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _exists(self) -> bool:
        return True

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        with self._as_refusals():
            db = self._connection()
            nested = db.info.transaction_status is not TransactionStatus.IDLE
            if not nested:
                self._begin(db, "ISOLATION LEVEL REPEATABLE READ READ ONLY")
                self._refuse_other_tables(db)
            try:
                yield _Statements(db)
            finally:
                if not nested:
                    _roll_back(db)

    @contextmanager
    def _locked(self) -> Iterator[Database]:
        with self._as_refusals():
            db = self._connection()
            self._begin(db, "")
            try:
                self._refuse_other_tables(db)
                self._wait_for_turn(db)
                self._end_of_commit = End.UNDONE
                yield _Statements(db)
            finally:
                _roll_back(db)

    def _wait_for_turn(self, db: Connection) -> None:
        if not db.execute("SELECT 1 FROM registre FOR UPDATE SKIP LOCKED").fetchone():
            waiting.report("attente-registre", registre=self._name, attente=decimal(self._wait))
            db.execute("SELECT 1 FROM registre FOR UPDATE")

    def _refuse_damaged(self, db: Database) -> None:
        if len(db.execute("SELECT identifiant FROM registre").fetchall()) != 1:
            raise DamagedRowError

    def _after_copy(self, db: Database) -> None:
        for table in ("lots", "fichiers", "demandes", "evenements"):
            last = f"(SELECT coalesce(max(id), 1) FROM {table}), (SELECT count(*) > 0 FROM {table})"  # noqa: S608
            db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")

    def _commit(self, db: Database, staged: Sequence[Path]) -> None:
        (transaction,) = db.execute("SELECT CAST(pg_current_xact_id() AS TEXT)").fetchone()
        try:
            db.execute("COMMIT")
        except (psycopg.Error, KeyboardInterrupt) as error:
            self._end_of_commit = End.UNKNOWN
            self._end_of_commit = self._ask_again(transaction, staged)
            if self._end_of_commit is End.UNKNOWN:
                deeds.done("fait-peut-etre", registre=self._name)
                raise Refusal("registre-issue-inconnue", chemin=self._name) from error
            if self._end_of_commit is End.UNDONE or isinstance(error, KeyboardInterrupt):
                raise
        else:
            self._end_of_commit = End.RECORDED

    def _end(self, db: Database, error: BaseException) -> End:  # noqa: ARG002 — the commit itself knows how it ended
        if self._end_of_commit is End.UNDONE and self._db is not None:
            _roll_back(self._db)
        return self._end_of_commit

    def _ask_again(self, transaction: str, staged: Sequence[Path]) -> End:
        """Whether a transaction was recorded, the answer to its commit being lost.

        The lock of the ledger is taken again first: whoever holds it knows that the transaction has ended. Its batches
        say for sure; without any, the server remembers the transaction itself.
        """
        self.close()
        waiting.report("attente-reponse", registre=self._name, attente=decimal(self._wait))
        deadline, pause = time.monotonic() + self._wait, _FIRST_PAUSE
        while True:
            with suppress(psycopg.Error), closing(self._connect()) as db:
                self._begin(db, "")
                db.execute("SELECT 1 FROM registre FOR UPDATE")
                if staged:
                    names = [one.name for one in staged]
                    found = db.execute("SELECT count(*) FROM lots WHERE attente = ANY(%s)", (names,)).fetchone()
                    return End.RECORDED if found == (len(names),) else End.UNDONE
                status = db.execute("SELECT pg_xact_status(CAST(%s AS xid8))", (transaction,)).fetchone()
                return {("committed",): End.RECORDED, ("aborted",): End.UNDONE}.get(status or (), End.UNKNOWN)
            if time.monotonic() + pause > deadline:
                return End.UNKNOWN
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _connection(self) -> Connection:
        if self._db is None or self._db.closed:
            self._db = self._connect()
        return self._db

    def _connect(self) -> Connection:
        return psycopg.connect(
            self._address.conninfo,
            autocommit=True,  # we begin and commit ourselves
            prepare_threshold=None,
            connect_timeout=_CONNECT_TIMEOUT,
            fallback_application_name="converter",
            client_encoding="utf8",
        )

    def _begin(self, db: Connection, how: str) -> None:
        """Begin a transaction with our schema and bounded waits; none of it outlives the transaction."""
        db.execute(
            f"BEGIN {how}; SET LOCAL search_path TO {self._address.schema}; "
            f"SET LOCAL lock_timeout = {max(1, int(self._wait * 1000))}; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE}'; "
            "SET LOCAL tcp_keepalives_idle = 30; SET LOCAL tcp_keepalives_interval = 10; "
            "SET LOCAL tcp_keepalives_count = 3"
        )

    def _refuse_other_tables(self, db: Connection) -> None:
        query = f"SELECT version FROM {postgres_tables.VERSION_TABLE}"  # noqa: S608 — our own constant
        found = db.execute(query).fetchone()
        postgres_tables.refuse_other_version(found[0] if found else 0, self._name)

    def _version(self, db: Connection) -> int | None:
        """The version of the tables; None where there are none."""
        table = f"{self._address.schema}.{postgres_tables.VERSION_TABLE}"
        if db.execute("SELECT to_regclass(%s)", (table,)).fetchone() == (None,):
            return None
        found = db.execute(f"SELECT version FROM {postgres_tables.VERSION_TABLE}").fetchone()  # noqa: S608
        return int(found[0]) if found else 0

    @contextmanager
    def _as_refusals(self) -> Iterator[None]:
        """Turn errors of PostgreSQL into Refusals; an error that only a bug explains is raised as it is."""
        try:
            yield
        except DamagedRowError as error:
            raise Refusal("registre-abime-serveur", chemin=self._name) from error
        except psycopg.Error as error:
            refusal = as_refusal(error, self._address, self._wait)
            if refusal is None:
                raise
            raise refusal from error


class _Statements:
    """A connection that takes the ledger's statements as they are (`Database`)."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def execute(self, statement: str, values: Any = (), /) -> Rows:
        return self._db.execute(_in_postgres(statement), values or None)

    def executemany(self, statement: str, rows: Iterable[Any], /) -> None:
        rows = list(rows)
        if rows:
            with self._db.cursor() as cursor:
                cursor.executemany(_in_postgres(statement), rows)


@lru_cache(512)
def _in_postgres(statement: str) -> str:
    """A statement with the marks of psycopg in place of ours."""
    return re.sub(r":([A-Za-z_]\w*)", r"%(\1)s", statement).replace("?", "%s")


def _roll_back(db: Connection) -> None:
    """Undo the transaction, if one is under way; a server that is gone undoes it by itself."""
    with suppress(psycopg.Error):
        if not db.closed and db.info.transaction_status is not TransactionStatus.IDLE:
            db.execute("ROLLBACK")
