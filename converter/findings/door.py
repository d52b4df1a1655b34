"""Who reads the sentences: somebody at a terminal, or somebody on the page (or a program that asks it), who has none.

The catalogue words some codes otherwise for the page: its cases « page » and « …-page ».
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_page: ContextVar[bool] = ContextVar("page", default=False)


def is_page() -> bool:
    """Whether what is written now is for the page."""
    return _page.get()


@contextmanager
def on_page(*, page: bool = True) -> Iterator[None]:
    """While the block runs, and in the threads that it starts with its context, sentences are for the page."""
    token = _page.set(page)
    try:
        yield
    finally:
        _page.reset(token)


def at_door(page: bool, work: Callable[[], T]) -> T:  # noqa: FBT001 — sent to another process, by position
    """The result of `work`, its sentences being for the page or not: what another process is asked for."""
    with on_page(page=page):
        return work()
