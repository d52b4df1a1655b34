"""A mutant in a process of its own, forked once the libraries are imported; the first test that fails ends it.

The process compiles the changed text when Python asks for the module, and no file of the project is written.
"""

import gc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

from tests.mutants.changes import Mutant
from tests.mutants.known import Key
from tests.mutants.lines import Chosen, Recorder, Seen

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
    def shown(self) -> str:
        """Where it stands, and what it changes."""
        return f"{self.path.relative_to(ROOT)}:{self.mutant.line}\n    {self.mutant.shown}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A process at work on some of the tests of a trial, until when at most; `whole`: on all of them."""

    trial: Trial
    process: int
    until: float
    whole: bool

    def ended(self) -> int | None:
        """The exit status of the process once it has ended, or been ended because it took too long; else None."""
        late = time.monotonic() > self.until
        if late:
            os.killpg(self.process, signal.SIGKILL)
        found, status = os.waitpid(self.process, 0 if late else os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if found else None


class Tests:
    """Some files of tests: what they do on the code as it is, and how long they take."""

    def __init__(self, names: tuple[str, ...], paths: Sequence[Path], folder: Path) -> None:
        self._names = names
        self._folder = folder
        recorder = Recorder(paths)
        kept = folder / "seen"
        self._pass(_forked([f"tests/{name}.py" for name in names], folder, recorder, lambda: recorder.seen.keep(kept)))
        self._seen = Seen.kept(kept)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self._pass(self._start(self._seen.tests))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._time = time.monotonic() - start
        self._processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def attempt(self, trial: Trial, *, whole: bool) -> Attempt | None:
        """A process on the tests that execute what the mutant changes, or on all; None when there is none of them."""
        line = trial.mutant.line
        tests = self._seen.tests if whole else self._seen.chosen(trial.path, trial.path.read_bytes(), line)
        if not tests:
            return None

        def change() -> None:
            most = int(_SLOWER * self._processor) + 5
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            sys.meta_path.insert(0, _Changed(trial.path, trial.mutant.source))

        child = self._start(tests, change)
        return Attempt(trial, child, time.monotonic() + _ASLEEP * self._time + 60, len(tests) == len(self._seen.tests))

    def _start(self, tests: Sequence[str], first: Callable[[], object] = lambda: None) -> int:
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        return _forked(files, self._folder, Chosen(tests), first=first)

    def _pass(self, child: int) -> None:
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(f"Sans rien changer déjà, ces tests échouent : {', '.join(self._names)}.")


def _forked(
    files: Sequence[str],
    folder: Path,
    plugin: object,
    last: Callable[[], object] = lambda: None,
    *,
    first: Callable[[], object] = lambda: None,
) -> int:
    """A process that calls `first`, runs these tests with this plugin, calls `last`, and tells whether all pass."""
    if child := os.fork():
        return child
    status = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.environ |= {
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        os.chdir(ROOT)
        gc.disable()  # a process is short
        first()
        status = int(pytest.main([*_WORDS, f"--basetemp={folder / str(os.getpid())}", *files], plugins=[plugin]))
        last()
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
