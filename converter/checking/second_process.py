"""A second process, at work at the same time as the main one on what needs only what it is handed: schemas, controls,
annotated copies. Together, with the import of pandas and pandera, they take half of a large run.

It is started anew rather than forked: the same on Windows, and nothing of the ledger is shared with it. It is not a
`multiprocessing` one either: that would run the caller's own script again, and with it the conversion. Questions and
answers are pickled through its standard input and output.
"""

import gc
import os
import pickle  # nosec B403
import subprocess  # nosec B404
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from converter.findings.door import at_door, is_page
from converter.reading.file_access import ask

P = ParamSpec("P")
T = TypeVar("T")

_LARGE = 500_000  # bytes of workbooks, some 5,000 rows: below, a process costs more than it saves
_LONGEST = 300  # seconds that an answer is waited for: it takes 10 on the largest workbook
_PIPE = 1 << 20  # bytes, where the system lets it be chosen: each time that it is full, both processes wait
_GIVING_BACK = {"MALLOC_TRIM_THRESHOLD_": "1000000"}  # glibc would keep 60 Mio of what was freed, for the next question
_NEEDED = (
    "converter.checking.schemas",
    "converter.views.annotate",
    "converter.portal.controls",
)  # imported while the first one reads
# Ctrl-C reaches every process of a terminal: the first process reports it, and ends the second one.
_DEAF: dict[str, Any]
if sys.platform == "win32":
    _DEAF = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _DEAF = {"start_new_session": True}


class _GoneError(Exception):
    """The system has ended the second process."""


class Worker:
    """Runs work in the background; by default, it runs in this process when its result is asked for."""

    def __init__(
        self,
        ask: Callable[[Callable[[], Any]], Future[Any]] | None = None,
        give_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._ask = ask
        self._give_up = give_up

    def begin(self, work: Callable[P, T], /, *of: P.args, **named: P.kwargs) -> Callable[[], T]:
        """A function that returns the result of `work`, or raises its exception; `work` must be picklable."""
        here = partial(work, *of, **named)
        if self._ask is None:
            return here
        there = self._ask(partial(at_door, is_page(), here))

        def result() -> T:
            if there.cancel():  # still waiting for its turn
                return here()
            try:
                found: T = there.result(_LONGEST)
            except TimeoutError:
                self._give_up()
                return here()
            except _GoneError:
                return here()
            return found

        return result


@contextmanager
def second_process(workbooks: Sequence[Path], handed_over: Mapping[Path, bytes] | None = None) -> Iterator[Worker]:
    """The second process, for workbooks large enough to need one; it ends with this one, however this one ends.

    `handed_over`: the bytes of the workbooks that are in no file.
    """
    process = _started() if _worth_it(workbooks, handed_over or {}) else None
    if process is None:
        yield Worker()
        return
    asking = ThreadPoolExecutor(1)  # one question at a time, and none of them makes this process wait
    try:
        yield Worker(lambda work: asking.submit(_answer, process, work), process.kill)
    finally:
        process.kill()  # it has no work left, or nobody waits for it
        asking.shutdown(cancel_futures=True)
        process.communicate()


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _worth_it(workbooks: Sequence[Path], handed_over: Mapping[Path, bytes]) -> bool:
    sizes = (len(handed_over[path]) if path in handed_over else ask(path, partial(_size, path)) for path in workbooks)
    return (os.cpu_count() or 1) > 1 and sum(sizes) > _LARGE


def _started() -> subprocess.Popen[bytes] | None:
    """The second process, None where the system does not allow any."""
    return start_python("from converter.checking.second_process import serve; serve()", _GIVING_BACK)


def start_python(code: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes] | None:
    """A process of its own that runs `code` with our modules, to be spoken to through its standard input and output.

    None where the system does not allow any.
    """
    here = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    try:
        return subprocess.Popen(  # noqa: S603 — our own words  # nosec B603
            (sys.executable, "-P", "-c", code),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pipesize=_PIPE,
            env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            **_DEAF,
        )
    except OSError:
        return None


def _answer(process: subprocess.Popen[bytes], work: Callable[[], Any]) -> Any:
    """The result of `work` in the second process, or the exception that it raised there."""
    if process.stdin is None or process.stdout is None:
        raise _GoneError
    try:
        process.stdin.write(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
        process.stdin.flush()
        failed, answer = pickle.load(process.stdout)  # noqa: S301 — from `serve`  # nosec B301
    except (EOFError, OSError, pickle.UnpicklingError) as error:
        raise _GoneError from error
    if failed:
        raise answer
    return answer


def serve() -> None:
    """The second process: runs what it is asked until the first process ends."""
    gc.disable()
    questions: SimpleQueue[Callable[[], Any]] = SimpleQueue()
    Thread(target=_listen, args=(questions,), daemon=True).start()
    for module in _NEEDED:
        import_module(module)
    while True:
        sys.stdout.buffer.write(_answered(questions.get()))
        sys.stdout.buffer.flush()


def _listen(questions: "SimpleQueue[Callable[[], Any]]") -> None:
    """Take in questions; once the first process is gone, end this one at once, whatever it is doing."""
    with suppress(Exception):
        while True:
            questions.put(pickle.load(sys.stdin.buffer))  # noqa: S301 — from `_answer`  # nosec B301
    os._exit(1)


def _answered(work: Callable[[], Any]) -> bytes:
    """Run `work`, and return its pickled result or exception."""
    try:
        answer = (False, work())
    except Exception as error:  # noqa: BLE001 — raised in the first process
        answer = (True, error)
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
