"""A whole ledger copied into another one, history included, and compared with it row by row before it is recorded."""

from collections.abc import Mapping
from typing import Any

from converter.findings import Refusal
from converter.ledger.database import Database
from converter.ledger.rows import read
from converter.ledger.tables import tables

_MACHINES = ("lots", "machine")  # the one column that names a machine


def copy_rows(source: Database, target: Database, machines: Mapping[str, str]) -> dict[str, int]:
    """The rows copied, by table; `machines`: what a machine of the source is called in the target.

    Both are read again afterwards. AssertionError if they differ, DamagedRowError if a request is not what was written.
    """
    copied: dict[str, int] = {}
    target.execute("DELETE FROM registre")  # it had an identifier of its own
    for table, columns in tables():
        rows = _rows(source, table, columns, machines)
        marks = ", ".join("?" * len(columns))
        target.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608
        copied[table] = len(rows)
    for table, columns in tables():
        if _rows(source, table, columns, machines) != _rows(target, table, columns, {}):
            raise AssertionError(f"table {table} differs once copied")
    if sum(1 for _ in read(target, "ORDER BY id")) != copied["demandes"]:
        raise AssertionError("requests are missing once copied")
    return copied


def refuse_filled(target: Database, name: str) -> None:
    """Refusal of a target that holds anything."""
    for table in ("fichiers", "demandes", "lots"):
        if target.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():  # noqa: S608 — our own names
            raise Refusal("registre-copie-pleine", chemin=name)


def _rows(db: Database, table: str, columns: tuple[str, ...], machines: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """The rows of a table, in the order of their columns."""
    order = ", ".join(str(rank) for rank in range(1, len(columns) + 1))
    rows = db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}").fetchall()  # noqa: S608
    found = [tuple(row) for row in rows]
    if machines and table == _MACHINES[0]:
        place = columns.index(_MACHINES[1])
        found = [(*row[:place], machines.get(row[place], row[place]), *row[place + 1 :]) for row in found]
    return found
