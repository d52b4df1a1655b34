"""Files that may not answer: on a share that is gone, a mere `stat` never comes back.

Every access to a user's file runs in a separate thread, and the caller waits at most `PATIENCE` seconds. A thread that
gets no answer cannot be stopped: it is abandoned, and ends with the process.
"""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from converter.findings import Refusal

T = TypeVar("T")

PATIENCE = 60.0  # seconds for one question: ten times what a slow share over a telephone line takes
_CHUNK = 1_000_000  # bytes asked at once, so that a large file on a slow share is not taken for one that is gone
_TOGETHER, _SOON = 200, 1.0  # small files, and seconds, so that a slow share is not taken for one that is gone
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
        return _answer(question)
    except Empty:
        raise _silent(path) from None


def _answer(question: Callable[[], T]) -> T:
    """The answer to a question, or the exception that it raised; Empty when none comes."""
    try:
        asker = _free.pop()
    except IndexError:
        asker = _Asker()
    try:
        answer = asker.ask(question)
    except Empty:
        raise
    except Exception:
        _free.append(asker)
        raise
    _free.append(asker)
    return answer


def _silent(path: Path) -> Refusal:
    return Refusal("fichier-sans-reponse", fichier=path.name or str(path), secondes=f"{PATIENCE:.0f}")


def read_file(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """The bytes of a regular file, no more than `limit` + 1. `follow`: even where its name is a symbolic link's.

    IsADirectoryError or NotAFileError for anything else, which is never waited for; OSError when it cannot be read;
    Refusal when it does not answer.
    """
    links = _ALONG if follow else _NO_LINK
    descriptor, start = ask(path, partial(_begun, path, links, min(limit + 1, _CHUNK)))
    return start if descriptor is None else _whole(path, descriptor, start, limit)


def read_files(paths: Sequence[Path], limit: int) -> Iterator[bytes | OSError]:
    """What `read_file` gives or raises for each of `paths`, links not followed.

    Small files are read together, some in each question: each question makes two threads wait for each other.
    Refusal at the first file that does not answer.
    """
    done = 0
    while done < len(paths):
        found: list[bytes | OSError] = []
        together = paths[done : done + _TOGETHER]
        try:
            descriptor = _answer(partial(_begin, together, limit, found))
        except Empty:
            raise _silent(together[len(found)]) from None
        if descriptor is not None and isinstance(start := found[-1], bytes):
            try:
                found[-1] = _whole(together[len(found) - 1], descriptor, start, limit)
            except OSError as error:
                found[-1] = error
        yield from found
        done += len(found)


def _begin(paths: Sequence[Path], limit: int, found: list[bytes | OSError]) -> int | None:
    """Add what is read of the first of `paths` to `found`: as many as are soon read, and are small together.

    A descriptor that reads the rest of the last one, None where there may be none.
    """
    end, size, descriptor = time.monotonic() + _SOON, 0, None
    for path in paths:
        try:
            descriptor, start = _begun(path, _NO_LINK, min(limit + 1, _CHUNK))
        except OSError as error:
            found.append(error)
        else:
            found.append(start)
            size += len(start)
        if descriptor is not None or size >= _CHUNK or time.monotonic() > end:
            break
    return descriptor


def _whole(path: Path, descriptor: int, start: bytes, limit: int) -> bytes:
    """The bytes of a file of which `start` is read; closes the descriptor."""
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
