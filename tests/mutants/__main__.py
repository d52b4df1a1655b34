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

from tests.mutants.changes import mutants
from tests.mutants.known import EXCUSED, TESTS
from tests.mutants.trials import ROOT, Attempt, Tests, Trial

_LIBRARIES = (
    "email_validator", "hypothesis", "jinja2", "jsonschema_rs", "openpyxl", "orjson", "pandera.pandas", "phonenumbers",
    "python_calamine", "xlsxwriter",
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
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(folder / "compiled")


def _tried(trials: Sequence[Trial], jobs: int, until: float, folder: Path) -> tuple[list[Trial], list[Trial]]:
    """The trials that ended before `until`, and those that no test saw.

    A mutant that passes the tests chosen for it is shown to all the others too.
    """
    paths = {names: {one.path for one in trials if one.tests == names} for names in {one.tests for one in trials}}
    tests = {names: Tests(names, sorted(of_them), folder) for names, of_them in paths.items()}
    waiting = list(reversed(trials))
    at_work: list[Attempt] = []
    tried: list[Trial] = []
    survivors: list[Trial] = []
    while at_work or (waiting and time.monotonic() < until):
        while waiting and len(at_work) < jobs and time.monotonic() < until:
            one = waiting.pop()
            chosen = tests[one.tests]
            at_work.append(chosen.attempt(one, whole=False) or chosen.attempt(one, whole=True))
        for attempt in list(at_work):
            if (status := attempt.ended()) is None:
                continue
            at_work.remove(attempt)
            one = attempt.trial
            if status == 0 and not attempt.whole:
                at_work.append(tests[one.tests].attempt(one, whole=True))
                continue
            tried.append(one)
            survivors += [one] * (status == 0)
            sys.stderr.write(f"\r{len(tried)}/{len(trials)}, {len(survivors)} non vus ")
        time.sleep(0.01)
    sys.stderr.write("\n")
    return tried, survivors


def _tell(name: str, tried: Sequence[Trial], survivors: Sequence[Trial]) -> float:
    """Say how many of these were seen; the share of them, in percent, less those that nobody could see."""
    counts = Counter("seen" if one not in survivors else "excused" if one.key in EXCUSED else "unseen" for one in tried)
    judged = counts["seen"] + counts["unseen"]
    share = 100 * counts["seen"] / judged if judged else 100.0
    sys.stdout.write(f"{name} : {len(tried)} changements essayés, {counts['excused']} sans effet, {share:.1f} % vus.\n")
    return share


if __name__ == "__main__":
    sys.exit(main())
