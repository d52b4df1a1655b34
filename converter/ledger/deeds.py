"""What this run has done for good so far: recorded in the ledger, put in its place, written.

Told by whatever does it, at the moment it is done; heard by the command line, which says it and gives the exit status
that is due when something fails afterwards. Without anybody who hears it, nothing is kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from converter.findings import sentence

_heard: ContextVar[list[str] | None] = ContextVar("deeds", default=None)


@contextmanager
def hearing() -> Iterator[list[str]]:
    """The list, filled as the run goes on, of one French sentence for each thing done for good."""
    deeds: list[str] = []
    token = _heard.set(deeds)
    try:
        yield deeds
    finally:
        _heard.reset(token)


def done(code: str, **details: str) -> None:
    """Tell one thing done for good, by its code in the catalogue."""
    deeds = _heard.get()
    if deeds is not None:
        deeds.append(sentence(code, **details))
