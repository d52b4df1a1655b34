"""A mutant in a process of its own, forked once the libraries are imported; the first test that fails ends it.

The process compiles the changed text when Python asks for the module, and no file of the project is written.
"""

import gc
import importlib.machinery
import importlib.util
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType

import pytest

from tests.mutants.changes import Mutant
from tests.mutants.known import Key
from tests.mutants.lines import Chosen, Recorder, Seen
from tests.mutants.tables import Sheets, answers, keep_answers, keep_sheets

ROOT = Path(__file__).parents[2]
_WORDS = (
    "-x",
    "-q",
    "-p",
    "xdist",
    "-p",
    "_hypothesis_pytestplugin",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:unraisableexception",
    "--assert=plain",
    "--hypothesis-seed=0",
    "-k",
    "not postgresql",
)
_MEMORY = 4 << 30  # bytes that a mutant may take: some never stop
_SLOWER = 4  # times the processor time of the tests: then it never ends, and that is seen too
_ASLEEP = 20  # times their time, and a minute: then it waits for what never comes


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant of `path`, and the files of tests that are to see it."""

    path: Path
    mutant: Mutant
    tests: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What an excuse names."""
        return self.module, self.mutant.text, self.mutant.before, self.mutant.after

    @property
    def module(self) -> str:
        return self.path.relative_to(ROOT / "converter").as_posix()

    @property
    def in_tables(self) -> bool:
        """Whether the tables of cells and rows concern it."""
        return self.module.startswith("checking/")

    @property
    def shown(self) -> str:
        """Where it stands, and what it changes."""
        return f"{self.path.relative_to(ROOT)}:{self.mutant.line}\n    {self.mutant.shown}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A process at work on a mutant, until when at most."""

    process: int
    until: float

    def ended(self) -> int | None:
        """The exit status of the process once it has ended, or been ended because it took too long; else None."""
        late = time.monotonic() > self.until
        if late:
            os.killpg(self.process, signal.SIGKILL)
        found, status = os.waitpid(self.process, 0 if late else os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if found else None


@dataclass(frozen=True, slots=True)
class _Cost:
    """What something takes on the code as it is, in seconds: of the processor, and by the clock."""

    processor: float
    clock: float

    def attempt(self, trial: Trial, start: Callable[[Callable[[], object]], int]) -> Attempt:
        """The process that `start` makes, whose first act is to change the module of the trial."""

        def change() -> None:
            most = int(_SLOWER * self.processor) + 5
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            sys.meta_path.insert(0, _Changed(trial.path, trial.mutant.source))

        return Attempt(start(change), time.monotonic() + _ASLEEP * self.clock + 60)


def _measured(start: Callable[[Callable[[], object]], int], names: Sequence[str]) -> _Cost:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    _pass(start(lambda: None), names)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return _Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begun)


def _pass(child: int, names: Sequence[str]) -> None:
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"Sans rien changer déjà, ces essais échouent : {', '.join(names)}.")


class Tests:
    """Some files of tests: what they do on the code as it is, and how long they take."""

    def __init__(self, names: tuple[str, ...], paths: Sequence[Path], folder: Path) -> None:
        self._folder = folder
        recorder = Recorder(paths)
        kept = folder / "seen"
        files = [f"tests/{name}.py" for name in names]
        _pass(_tested(files, folder, recorder, last=lambda: recorder.seen.keep(kept)), names)
        self._seen = Seen.kept(kept)
        self._cost = _measured(partial(self._start, self._seen.tests), names)

    def attempts(self, trial: Trial) -> Iterator[Attempt]:
        """One on the tests that execute what the mutant changes, then one on all: it may be executed at import too."""
        chosen = self._seen.chosen(trial.path, trial.path.read_bytes(), trial.mutant.line)
        if chosen:
            yield self._cost.attempt(trial, partial(self._start, chosen))
        if len(chosen) < len(self._seen.tests):
            yield self._cost.attempt(trial, partial(self._start, self._seen.tests))

    def _start(self, tests: Sequence[str], first: Callable[[], object]) -> int:
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        return _tested(files, self._folder, Chosen(tests), first=first)


class Tables:
    """The tables of cells and rows, and what the code as it is answers."""

    def __init__(self, folder: Path) -> None:
        sheets, answers = folder / "sheets", folder / "answers"
        _pass(_forked(lambda: keep_sheets(sheets, folder)), ["tables"])
        self._sheets: Sheets = pickle.loads(sheets.read_bytes())  # noqa: S301 — written just above
        _pass(_forked(lambda: keep_answers(self._sheets, answers)), ["tables"])
        self._answers = pickle.loads(answers.read_bytes())  # noqa: S301
        self._cost = _measured(self._start, ["tables"])

    def attempt(self, trial: Trial) -> Attempt:
        return self._cost.attempt(trial, self._start)

    def _start(self, first: Callable[[], object]) -> int:
        def work() -> bool:
            first()
            return any(one != other for one, other in zip(answers(self._sheets), self._answers, strict=True))

        return _forked(work)


def _tested(
    files: Sequence[str],
    folder: Path,
    plugin: object,
    *,
    first: Callable[[], object] = lambda: None,
    last: Callable[[], object] = lambda: None,
) -> int:
    """A process that calls `first`, runs these tests with this plugin, calls `last`, and tells whether all pass."""

    def work() -> int:
        os.environ |= {
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        os.chdir(ROOT)
        first()
        status = pytest.main([*_WORDS, f"--basetemp={folder / str(os.getpid())}", *files], plugins=[plugin])
        last()
        return status

    return _forked(work)


def _forked(work: Callable[[], int | None]) -> int:
    """A process whose exit status is what `work` returns; 1 where it fails."""
    if child := os.fork():
        return child
    status = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        gc.disable()  # a process is short
        status = int(work() or 0)
    finally:
        os._exit(status)


class _Changed(importlib.machinery.SourceFileLoader):
    """Finds and loads one module of the project with another text."""

    def __init__(self, path: Path, source: bytes) -> None:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        super().__init__(name, str(path))
        self._source = source

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def get_code(self, _: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)
