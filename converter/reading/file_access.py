"""Files that may not answer: on a share that is gone, a mere `stat` never comes back.

Every access to a user's file runs in a separate thread, and the caller waits at most `PATIENCE` seconds. A thread that
gets no answer cannot be stopped: it is abandoned, and ends with the process.
"""

import os
import stat
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from converter.findings import Refusal

T = TypeVar("T")

PATIENCE = 60.0  # seconds for one question: ten times what a slow share over a telephone line takes
_CHUNK = 1_000_000  # bytes asked at once, so that a large file on a slow share is not taken for one that is gone
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_ALONG, _NO_LINK = 0, getattr(os, "O_NOFOLLOW", 0)


class NotAFileError(OSError):
    """A pipe, a device… where a file is expected."""


class _Asker:
    """A thread that asks, one question at a time."""

    def __init__(self) -> None:
        self._questions: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._answers: SimpleQueue[tuple[bool, Any]] = SimpleQueue()
        threading.Thread(target=self._serve, daemon=True).start()

    def ask(self, question: Callable[[], T]) -> T:
        """The result of `question`, or the exception that it raised; Empty after `PATIENCE`."""
        self._questions.put(question)
        raised, answer = self._answers.get(timeout=PATIENCE)
        if raised:
            raise answer
        found: T = answer
        return found

    def _serve(self) -> None:
        while True:
            question = self._questions.get()
            try:
                answer = (False, question())
            except BaseException as error:  # noqa: BLE001 — raised where it was asked
                answer = (True, error)
            del question
            self._answers.put(answer)
            del answer


_free: list[_Asker] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free.clear)  # a child has none of its parent's threads


def ask(path: Path, question: Callable[[], T]) -> T:
    """The answer to a question about the file or folder at `path`; Refusal when none comes."""
    try:
        asker = _free.pop()
    except IndexError:
        asker = _Asker()
    try:
        answer = asker.ask(question)
    except Empty:
        raise Refusal("fichier-sans-reponse", fichier=path.name or str(path), secondes=f"{PATIENCE:.0f}") from None
    except Exception:
        _free.append(asker)
        raise
    _free.append(asker)
    return answer


def read_file(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """The bytes of a regular file, no more than `limit` + 1. `follow`: even where its name is a symbolic link's.

    IsADirectoryError or NotAFileError for anything else, which is never waited for; OSError when it cannot be read;
    Refusal when it does not answer.
    """
    links = _ALONG if follow else _NO_LINK
    descriptor, start = ask(path, partial(_begun, path, links, min(limit + 1, _CHUNK)))
    if descriptor is None:
        return start
    try:
        return b"".join((start, *_chunks(path, descriptor, limit + 1 - len(start))))
    finally:
        os.close(descriptor)


def _begun(path: Path, links: int, size: int) -> tuple[int | None, bytes]:
    """A descriptor that reads the rest of a file, None where there may be none, and its first `size` bytes."""
    descriptor, goes_on, found = os.open(path, os.O_RDONLY | _NO_WAITING | links), False, b""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise IsADirectoryError if stat.S_ISDIR(status.st_mode) else NotAFileError
        at_once = status.st_size + 1  # and the end of the file with it, if its size is right
        while len(found) < size and (more := os.read(descriptor, min(size - len(found), at_once))):
            found += more
        goes_on = len(found) == size
    finally:
        if not goes_on:
            os.close(descriptor)
    return (descriptor if goes_on else None), found


def _chunks(path: Path, descriptor: int, left: int) -> Iterator[bytes]:
    while left > 0:
        size = min(left, _CHUNK)
        chunk = ask(path, partial(os.read, descriptor, size))
        if not chunk:
            return
        yield chunk
        left -= len(chunk)
