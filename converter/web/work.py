"""Work that takes time, done in a few threads outside the event loop; what has begun is finished before the end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

_THREADS = 3  # more would only take turns on the two cores of a small machine


class Work:
    """The threads of a server."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="work")

    async def run(self, job: Callable[[], T]) -> T:
        """The result of `job`, done in a thread; it goes on even when nobody waits for it any more."""
        return await asyncio.shield(asyncio.wrap_future(self.start(job)))

    def start(self, job: Callable[[], T]) -> "Future[T]":
        """Begin `job` in a thread as soon as one is free; nobody need wait for it."""
        return self._threads.submit(copy_context().run, job)

    def finish(self) -> None:
        """Wait for all that has begun; nothing can be begun afterwards."""
        self._threads.shutdown(wait=True)
