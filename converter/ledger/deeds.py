"""What this run has done for good so far: recorded in the ledger, put in its place, written.

The code that does something reports it here at once; the command line collects the reports, prints them when the run
fails afterwards, and chooses the exit status by them. Outside `hearing`, reports are dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from converter.findings import sentence

_heard: ContextVar[list[str] | None] = ContextVar("deeds", default=None)


@contextmanager
def hearing() -> Iterator[list[str]]:
    """A list that gets one French sentence for each thing done for good while the block runs."""
    deeds: list[str] = []
    token = _heard.set(deeds)
    try:
        yield deeds
    finally:
        _heard.reset(token)


def done(code: str, **details: str) -> None:
    """Report one thing done for good, by its code in the catalogue."""
    deeds = _heard.get()
    if deeds is not None:
        deeds.append(sentence(code, **details))
