"""`python -m tests.mutants`: which changes of the modules that decide would no test see?"""

import argparse
import importlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas
import pandera.pandas as pandera

from tests.mutants.changes import mutants
from tests.mutants.known import EXCUSED, TESTS
from tests.mutants.trials import ROOT, Attempt, Tables, Tests, Trial

_LIBRARIES = (
    "email_validator", "hypothesis", "jinja2", "jsonschema_rs", "openpyxl", "orjson", "phonenumbers", "python_calamine",
    "xlsxwriter",
)  # fmt: skip
_WANTED = 95  # percent


def main() -> int:
    """Try the mutants, tell the survivors; 1 if too few of them are seen."""
    arguments = _arguments()
    everything = list(_trials())
    trials = [one for one in everything if arguments.only in str(one.path)]
    random.Random(0).shuffle(trials)  # noqa: S311 — a bounded run looks everywhere
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        _prepare(Path(folder))
        until = time.monotonic() + 60 * arguments.minutes
        tried, survivors = _tried(trials, arguments.jobs, until, Path(folder))
    for one in sorted(survivors, key=lambda one: (one.path, one.mutant.line)):
        if one.key not in EXCUSED:
            sys.stdout.write(f"{one.shown}\n")
    for module, text, *_ in EXCUSED.keys() - {one.key for one in everything}:
        sys.stdout.write(f"Excuse sans objet : {module}, « {text} ».\n")
    unseen = {one.key for one in survivors}
    for one in tried:
        if one.key in EXCUSED and one.key not in unseen:
            sys.stdout.write(f"Excuse sans objet, un test le voit : {one.shown}\n")
    for module in sorted({one.module for one in tried}):
        _tell(module, [one for one in tried if one.module == module], survivors)
    return 0 if _tell(f"En tout, sur {len(trials)}", tried, survivors) >= _WANTED else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Cherche ce qu'aucun test ne voit.")
    parser.add_argument("--only", default="", metavar="NOM", help="les modules dont le chemin contient NOM (tous)")
    parser.add_argument("--minutes", type=float, default=120, help="durée au plus (120) : au-delà, un échantillon")
    parser.add_argument("--jobs", type=int, default=1, help="essais à la fois (1)")
    return parser.parse_args()


def _trials() -> Iterator[Trial]:
    for pattern, tests in TESTS.items():
        for path in sorted((ROOT / "converter").glob(pattern)):
            yield from (Trial(path, one, tests) for one in mutants(path.read_bytes()))


def _prepare(folder: Path) -> None:
    """What all processes share: the libraries in memory, and the rest compiled once, out of the project."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    pandera.DataFrameSchema({"a": pandera.Column(str)}).validate(pandas.DataFrame({"a": ["b"]}))  # imports the rest
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(folder / "compiled")


def _tried(trials: Sequence[Trial], jobs: int, until: float, folder: Path) -> tuple[list[Trial], list[Trial]]:
    """The trials that ended before `until`, and those that nothing saw."""
    attempts_at = _Attempts(trials, folder)
    waiting = list(reversed(trials))
    at_work: list[tuple[Trial, Iterator[Attempt], Attempt]] = []
    tried: list[Trial] = []
    survivors: list[Trial] = []

    def go_on(one: Trial, attempts: Iterator[Attempt], status: int) -> None:
        """Start the next attempt, as long as what was tried before passes."""
        if status == 0 and (attempt := next(attempts, None)):
            at_work.append((one, attempts, attempt))
            return
        tried.append(one)
        if status == 0:
            survivors.append(one)
        sys.stderr.write(f"\r{len(tried)}/{len(trials)}, {len(survivors)} non vus ")

    while at_work or (waiting and time.monotonic() < until):
        while waiting and len(at_work) < jobs and time.monotonic() < until:
            one = waiting.pop()
            go_on(one, attempts_at(one), 0)
        for one, attempts, attempt in list(at_work):
            if (status := attempt.ended()) is not None:
                at_work.remove((one, attempts, attempt))
                go_on(one, attempts, status)
        time.sleep(0.01)
    sys.stderr.write("\n")
    return tried, survivors


class _Attempts:
    """The attempts at a trial, each started when it is asked for: on the tables, then on its tests.

    A change that is excused is only shown to the tables, which are quick.
    """

    def __init__(self, trials: Sequence[Trial], folder: Path) -> None:
        self._trials = trials
        self._folder = folder
        self._tables = Tables(folder) if any(one.in_tables for one in trials) else None
        self._tests: dict[tuple[str, ...], Tests] = {}

    def __call__(self, trial: Trial) -> Iterator[Attempt]:
        if self._tables and trial.in_tables:
            yield self._tables.attempt(trial)
            if trial.key in EXCUSED:
                return
        names = trial.tests
        if names not in self._tests:
            paths = {one.path for one in self._trials if one.tests == names}
            self._tests[names] = Tests(names, sorted(paths), self._folder)
        yield from self._tests[names].attempts(trial)


def _tell(name: str, tried: Sequence[Trial], survivors: Sequence[Trial]) -> float:
    """Say how many of these were seen; the share of them, in percent, less those that nobody could see."""
    counts = Counter("seen" if one not in survivors else "excused" if one.key in EXCUSED else "unseen" for one in tried)
    judged = counts["seen"] + counts["unseen"]
    share = 100 * counts["seen"] / judged if judged else 100.0
    sys.stdout.write(f"{name} : {len(tried)} changements essayés, {counts['excused']} sans effet, {share:.1f} % vus.\n")
    return share


if __name__ == "__main__":
    sys.exit(main())
