"""The ledger: every number given, every state of every request, and how it got there."""

import os
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from converter.findings import Refusal
from converter.ledger.postgres_address import is_postgres, parse, shown

if TYPE_CHECKING:
    from converter.ledger.sql_ledger import SqlLedger

DEFAULT_NAME = "registre.sqlite3"
VARIABLE = "CONVERTER_LEDGER"
"""The environment variable that names the ledger of who names none."""
_IN_MEMORY = re.compile(r":memory:|file:", re.IGNORECASE)  # what SQLite would keep in memory, or read as an address


def open_ledger(url: str, out: Path, wait: float = 60.0, *, author: str = "") -> "SqlLedger":
    """The ledger at `url`; creates nothing by itself.

    `url`: a path, `sqlite:///path`, `postgresql://…`, or "" for that of `CONVERTER_LEDGER`, or else the file of `out`;
    `out` is where the runs of this ledger leave their files; `wait`: seconds to wait for one's turn; `author`: who is
    named in the history of what is changed, "" for « login@machine ». It is a `Ledger` of the interface.
    Refusal if the file is not a ledger, or one made by a newer version.
    """
    location = url or os.environ.get(VARIABLE, "")
    if is_postgres(location):
        return _in_postgres(location, out, wait, author)
    from converter.ledger.sqlite import SqliteLedger  # only what uses a ledger pays for its import

    location = location.removeprefix("sqlite:///")
    if _IN_MEMORY.match(location):
        raise Refusal("registre-en-memoire", url=location)
    if "://" in location:
        raise Refusal("registre-url-inconnue", url=location.partition("://")[0])
    return SqliteLedger(Path(location).expanduser() if location else out / DEFAULT_NAME, out, wait, author)


def copy_ledger(source: str, target: str, out: Path) -> dict[str, int]:
    """Copy the whole ledger at `source` into the empty one at `target`; the number of rows, by table.

    Refusal if there is none at `source`, or something at `target`. Both are read again before anything is recorded.
    """
    with closing(open_ledger(source, out)) as there, closing(open_ledger(target, out)) as here:
        return here.take_copy_of(there)


def ledger_name(url: str, out: Path) -> str:
    """Where the ledger is, as the user gives it or by default; never with a password."""
    return shown(url or os.environ.get(VARIABLE, "") or str(out / DEFAULT_NAME))


def _in_postgres(url: str, out: Path, wait: float, author: str) -> "SqlLedger":
    address = parse(url)
    try:
        from converter.ledger.postgres import PostgresLedger  # psycopg is only imported for such an address
    except ImportError as error:
        raise Refusal("registre-sans-psycopg") from error
    return PostgresLedger(address, out, wait, author)
