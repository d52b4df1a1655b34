"""What the ledger's statements need of a database, whichever it is.

One set of statements serves SQLite and PostgreSQL: question marks, or names after a colon, stand for values; lists of
values are given as one JSON text to `json_each`, which PostgreSQL gets from our schema (`postgres_tables`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement gives."""

    def fetchone(self) -> Any:
        """The next row; None after the last one."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """A connection inside a transaction."""

    def execute(self, statement: str, values: Any = (), /) -> Rows:
        """Run a statement."""

    def executemany(self, statement: str, rows: Iterable[Any], /) -> object:
        """Run a statement once for each row of values."""
