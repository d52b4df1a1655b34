"""`python -m tests.mutants`: which changes of the modules that decide would no test see?

Each mutant lives in a process of its own, forked once the libraries are imported: it compiles the changed text when
Python asks for the module, and no file of the project is written. The first test that fails kills it.
"""

import argparse
import importlib
import importlib.machinery
import importlib.util
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

from tests.mutants.changes import Mutant, mutants
from tests.mutants.known import EXCUSED, TESTS, Key

ROOT = Path(__file__).parents[2]
_LIBRARIES = (
    "hypothesis", "jinja2", "jsonschema_rs", "openpyxl", "orjson", "pandera.pandas", "python_calamine", "xlsxwriter",
)  # fmt: skip
_WORDS = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "--hypothesis-seed=0",
)
_MEMORY = 4 << 30  # bytes that a mutant may take: some never stop
_SLOWER = 4  # times as long as the tests take: then it never ends, and that is seen too
_WANTED = 95  # percent


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant of `path`, and the tests that are to see it."""

    path: Path
    mutant: Mutant
    tests: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What an excuse names."""
        name = self.path.relative_to(ROOT / "converter").as_posix()
        return name, self.mutant.text, self.mutant.before, self.mutant.after

    @property
    def shown(self) -> str:
        """Where it stands, and what it changes."""
        return f"{self.path.relative_to(ROOT)}:{self.mutant.line}\n    {self.mutant.shown}"


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


def main() -> int:
    """Try the mutants, tell the survivors; 1 if too few of them are seen."""
    arguments = _arguments()
    for name in _LIBRARIES:
        importlib.import_module(name)
    everything = list(_trials())
    trials = [one for one in everything if arguments.only in str(one.path)]
    random.Random(0).shuffle(trials)  # noqa: S311 — a bounded run looks everywhere
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        done, survivors = _tried(trials, arguments.jobs, time.monotonic() + 60 * arguments.minutes, Path(folder))
    excused = sum(one.key in EXCUSED for one in survivors)
    for one in sorted(survivors, key=lambda one: (one.path, one.mutant.line)):
        if one.key not in EXCUSED:
            sys.stdout.write(f"{one.shown}\n")
    for module, text, *_ in EXCUSED.keys() - {one.key for one in everything}:
        sys.stdout.write(f"Excuse sans objet : {module}, « {text} ».\n")
    seen, judged = done - len(survivors), done - excused
    share = 100 * seen / judged if judged else 100.0
    sys.stdout.write(f"{done} changements essayés sur {len(trials)}, {excused} sans effet : {share:.1f} % vus.\n")
    return 0 if share >= _WANTED else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Cherche ce qu'aucun test ne voit.")
    parser.add_argument("--only", default="", metavar="NOM", help="les modules dont le chemin contient NOM (tous)")
    parser.add_argument("--minutes", type=float, default=30, help="durée au plus (30) : au-delà, un échantillon")
    parser.add_argument("--jobs", type=int, default=1, help="essais à la fois (1)")
    return parser.parse_args()


def _trials() -> Iterator[Trial]:
    for pattern, tests in TESTS.items():
        for path in sorted((ROOT / "converter").glob(pattern)):
            yield from (Trial(path, one, tests) for one in mutants(path.read_bytes()))


def _tried(trials: Sequence[Trial], jobs: int, until: float, folder: Path) -> tuple[int, list[Trial]]:
    """How many were tried before `until`, and those that no test saw."""
    limits = {tests: _limit(tests, folder) for tests in {one.tests for one in trials}}
    waiting = list(reversed(trials))
    at_work: dict[int, tuple[Trial, float]] = {}
    survivors, done = [], 0
    while at_work or (waiting and time.monotonic() < until):
        while waiting and len(at_work) < jobs and time.monotonic() < until:
            one = waiting.pop()
            at_work[_start(one.tests, folder, one)] = one, time.monotonic() + limits[one.tests]
        for child, (one, limit) in list(at_work.items()):
            if (status := _ended(child, limit)) is not None:
                del at_work[child]
                done += 1
                survivors += [one] * (status == 0)
                sys.stderr.write(f"\r{done}/{len(trials)}, {len(survivors)} non vus ")
        time.sleep(0.02)
    sys.stderr.write("\n")
    return done, survivors


def _limit(tests: tuple[str, ...], folder: Path) -> float:
    """How long a mutant may take, in seconds; the tests must pass on the code as it is."""
    start = time.monotonic()
    child = _start(tests, folder)
    while (status := _ended(child, start + 3600)) is None:
        time.sleep(0.02)
    if status:
        raise SystemExit(f"Sans rien changer déjà, ces tests échouent : {', '.join(tests)}.")
    return _SLOWER * (time.monotonic() - start) + 10


def _start(tests: tuple[str, ...], folder: Path, trial: Trial | None = None) -> int:
    """A process that runs these tests on the code, changed or not; its status tells whether all pass."""
    if child := os.fork():
        return child
    status = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        if trial:
            sys.meta_path.insert(0, _Changed(trial.path, trial.mutant.source))
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
        os.chdir(ROOT)
        status = int(
            pytest.main([*_WORDS, f"--basetemp={folder / str(os.getpid())}", *(f"tests/{name}.py" for name in tests)])
        )
    finally:
        os._exit(status)


def _ended(child: int, limit: float) -> int | None:
    """Its exit status once it has ended, or been ended because it took too long; else None."""
    late = time.monotonic() > limit
    if late:
        os.killpg(child, signal.SIGKILL)
    ended, status = os.waitpid(child, 0 if late else os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    sys.exit(main())
