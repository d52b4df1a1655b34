"""Whole processes, timed from outside: how long, and how much memory at most."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
_REFERENCES = Path(__file__).with_name("references.py")
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


# pandera imports hypothesis where it finds it: for developers only, users do not have it
_AS_INSTALLED = "import sys; sys.modules['hypothesis'] = None; from converter.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Measure:
    """One process: seconds from start to end, and its peak memory in MiB."""

    seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Work:
    """One process to measure; `{fresh}` in its words is a path of its own for each run, where nothing stands yet."""

    name: str
    words: Sequence[str]
    good: tuple[int, ...] = (0,)  # exit statuses: 1 is the converter's, with requests held back


def converter(name: str, *words: str) -> Work:
    return Work(name, (sys.executable, "-c", _AS_INSTALLED, *words), (0, 1))


def reference(name: str, function: str, *words: str) -> Work:
    return Work(name, (sys.executable, str(_REFERENCES), function, *words))


def in_turn(works: Sequence[Work], runs: int, folder: Path) -> dict[str, list[Measure]]:
    """A B C A B C…, `runs` times after a first turn that only warms the disk's cache."""
    found: dict[str, list[Measure]] = {work.name: [] for work in works}
    for turn in range(runs + 1):
        for work in works:
            sys.stderr.write(f"\r{turn}/{runs} {work.name:60.60}")
            measured = measure(work, folder / f"{work.name.replace(' ', '-')}-{turn}".replace("/", "-"))
            if turn:
                found[work.name].append(measured)
    sys.stderr.write("\r" + " " * 70 + "\r")
    return found


def measure(work: Work, fresh: Path) -> Measure:
    """Run it once, its output thrown away; RuntimeError if it fails."""
    words = [word.replace("{fresh}", str(fresh)) for word in work.words]
    with (fresh.parent / "stderr.txt").open("w+b") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(words, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in work.good:
            errors.seek(0)
            raise RuntimeError(f"{work.name}: {errors.read().decode(errors='replace')}")
    return Measure(seconds, usage.ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10)))


def medians(measures: Mapping[str, Sequence[Measure]]) -> dict[str, Measure]:
    return {
        name: Measure(median(one.seconds for one in found), max(one.peak for one in found))
        for name, found in measures.items()
    }
