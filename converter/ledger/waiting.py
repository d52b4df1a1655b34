"""Reports to whoever runs a command that it waits: for its turn at the ledger, or for a server that is silent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from converter.findings import sentence

_listener: ContextVar[Callable[[str], object] | None] = ContextVar("waiting", default=None)


@contextmanager
def reporting_to(listener: Callable[[str], object]) -> Iterator[None]:
    """Call `listener` with one French sentence each time that something is waited for while the block runs."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(code: str, **details: str) -> None:
    """Report what is waited for, by its code in the catalogue."""
    if listener := _listener.get():
        listener(sentence(code, **details))
