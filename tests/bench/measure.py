"""Whole processes, timed from outside: how long, and how much memory at most, with the processes that they start."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
_REFERENCES = Path(__file__).with_name("references.py")
_AS_INSTALLED = Path(__file__).with_name("as_installed")  # hides what only developers have installed
# as for those who use it: modules are compiled once, in the first turn
_ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": f"{ROOT}{os.pathsep}{_AS_INSTALLED}"}
_MIB = 1 << 20
_LOOK_EVERY = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Measure:
    """One process and its children: seconds from start to end, peak memory in MiB, processor time in seconds."""

    seconds: float
    peak: float
    processor: float


@dataclass(frozen=True, slots=True)
class Work:
    """One process to measure; `{fresh}` in its words is a path of its own for each run, where nothing stands yet."""

    name: str
    words: Sequence[str]
    good: tuple[int, ...] = (0,)  # exit statuses: 1 is the converter's, with requests held back


def converter(name: str, *words: str) -> Work:
    return Work(name, (sys.executable, "-m", "converter", *words), (0, 1))


def reference(name: str, function: str, *words: str) -> Work:
    return Work(name, (sys.executable, str(_REFERENCES), function, *words))


def in_turn(works: Sequence[Work], runs: int, folder: Path) -> dict[str, list[Measure]]:
    """A B C A B C…, `runs` times after a first turn, which warms the disk's cache and is the only one watched."""
    found: dict[str, list[Measure]] = {work.name: [] for work in works}
    for turn in range(runs + 1):
        for work in works:
            sys.stderr.write(f"\r{turn}/{runs} {work.name:60.60}")
            fresh = folder / f"{work.name.replace(' ', '-')}-{turn}".replace("/", "-")
            found[work.name].append(measure(work, fresh, watched=turn == 0))
    sys.stderr.write("\r" + " " * 70 + "\r")
    return found


def measure(work: Work, fresh: Path, *, watched: bool = False) -> Measure:
    """Run it once, its output thrown away; RuntimeError if it fails. `watched`: its memory with that of the processes
    that it starts, added up (Linux); else its own alone."""
    words = [word.replace("{fresh}", str(fresh)) for word in work.words]
    with (fresh.parent / "stderr.txt").open("w+b") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(words, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=errors)
        watch = _Watch(process.pid) if watched and sys.platform == "linux" else None
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in work.good:
            errors.seek(0)
            raise RuntimeError(f"{work.name}: {errors.read().decode(errors='replace')}")
    own = usage.ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
    return Measure(seconds, max(own, watch.ended() if watch else 0.0), usage.ru_utime + usage.ru_stime)


class _Watch:
    """Looks at a process and at those that it starts, until it has ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def ended(self) -> float:
        """The most that they held together, in MiB; pages that they share are counted for each."""
        self._over.set()
        self._thread.join()
        return self._peak / _MIB

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            self._peak = max(self._peak, sum(_resident(self._pid)))


def _resident(pid: int) -> Iterator[int]:
    """Bytes in memory of a process and of each of its descendants; nothing once it has ended."""
    folder = Path(f"/proc/{pid}")
    try:
        yield int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        children = (folder / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _resident(int(child))


def medians(measures: Mapping[str, Sequence[Measure]]) -> dict[str, Measure]:
    """The median times of each work, its first turn left out; its peak over all of them."""
    return {
        name: Measure(
            median(one.seconds for one in found[1:]),
            max(one.peak for one in found),
            median(one.processor for one in found[1:]),
        )
        for name, found in measures.items()
    }
