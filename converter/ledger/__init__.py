"""The ledger: every number given, every state of every request, and how it got there."""

import re
from pathlib import Path

from converter.findings import Refusal
from converter.ledger.interface import Ledger

DEFAULT_NAME = "registre.sqlite3"
_IN_MEMORY = re.compile(r":memory:|file:", re.IGNORECASE)  # what SQLite would keep in memory, or read as an address


def open_ledger(url: str, out: Path, wait: float = 60.0, *, author: str = "") -> Ledger:
    """The ledger at `url` (a path, `sqlite:///path`, or "" for the one of `out`); creates nothing by itself.

    `out` is where the runs of this ledger leave their files; `wait`: seconds to wait for one's turn; `author`: who is
    named in the history of what is changed, "" for « login@machine ».
    Refusal if the file is not a ledger, or one made by a newer version.
    """
    from converter.ledger.sqlite import SqliteLedger  # only what uses a ledger pays for its import

    location = url.removeprefix("sqlite:///")
    if _IN_MEMORY.match(location):
        raise Refusal("registre-en-memoire", url=url)
    if "://" in location:
        raise Refusal("registre-url-inconnue", url=url)
    return SqliteLedger(Path(location).expanduser() if location else out / DEFAULT_NAME, out, wait, author)


def ledger_name(url: str, out: Path) -> str:
    """Where the ledger is, as the user gives it or by default."""
    return url or str(out / DEFAULT_NAME)
