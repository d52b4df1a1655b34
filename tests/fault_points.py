"""Runs one command again and again, something going wrong at its n-th step each time.

    fault_points.py FAULT OUT WORD…    for n = 1, 2…, the folder OUT being each time what it was at first

FAULT: `full` (no more room from the n-th step on) or `interrupted` (Ctrl-C just after the n-th step).
A step is whatever the command does for good: open, write, flush, rename, remove, each SQL statement, each word printed.
Prints one JSON document: for each n the exit status, stderr, what the ledger says since, and what is new on disk.
"""

import errno
import io
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from converter.cli import main
from converter.runs import road

CALLS = ("open", "rename", "mkdir", "unlink", "rmdir", "fsync", "chmod")
ON_FULL_DISK = {"open", "rename", "mkdir", "fsync", "write", "print"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Fault:
    """Makes the n-th step of this process go wrong."""

    def __init__(self, kind: str, number: int, reached: Path) -> None:
        self.kind, self.left, self.reached = kind, number, reached
        self.really_open = os.open

    def step(self, name: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        if self.kind == "full" and name not in ON_FULL_DISK:
            return call(*arguments, **options)
        self.left -= 1
        if self.left == 0:
            os.close(self.really_open(self.reached, os.O_WRONLY | os.O_CREAT))
        if self.kind == "full" and self.left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = call(*arguments, **options)
        if self.kind == "interrupted" and self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return done

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self.watched(name, getattr(os, name)))
        fdopen = os.fdopen
        os.fdopen = lambda descriptor, mode="r", *rest, **options: (  # type: ignore[assignment]
            self.file(descriptor) if mode == "wb" else fdopen(descriptor, mode, *rest, **options)
        )
        fault, connect = self, sqlite3.connect

        class Watched(sqlite3.Connection):
            def execute(self, *arguments: Any) -> sqlite3.Cursor:
                return fault.step("sql", super().execute, *arguments)  # type: ignore[no-any-return]

            def executemany(self, *arguments: Any) -> sqlite3.Cursor:
                return fault.step("sql", super().executemany, *arguments)  # type: ignore[no-any-return]

        sqlite3.connect = lambda *words, **options: connect(*words, factory=Watched, **options)  # type: ignore[assignment]
        sys.stdout = Printed(self)

    def watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if name == "open" and not int(arguments[1]) & WRITING:
                return call(*arguments, **options)
            return self.step(name, call, *arguments, **options)

        return wrapped

    def file(self, descriptor: int) -> io.BufferedWriter:
        fault = self

        class Written(io.BufferedWriter):
            def write(self, data: Any) -> int:
                return fault.step("write", super().write, data)  # type: ignore[no-any-return]

        return Written(io.FileIO(descriptor, "wb"))


class Printed(io.TextIOWrapper):
    """The standard output, each word and flush of which is a step."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(io.FileIO(1, "w", closefd=False), write_through=True)  # type: ignore[arg-type]
        self._fault = fault

    def write(self, text: str) -> int:
        return self._fault.step("print", super().write, text)  # type: ignore[no-any-return]

    def flush(self) -> None:
        self._fault.step("print", super().flush)


def status_of(words: list[str], told: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """The exit status of the command in a process of its own; `told`: where its stderr goes, its stdout beside."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        os.dup2(os.open(told.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        signal.signal(signal.SIGINT, signal.default_int_handler)
        prepare()
        try:
            status = main(words)
        except BaseException as error:  # noqa: BLE001 — the traceback that no user should see
            os.write(2, f"Traceback: {error!r}".encode())
            status = 70
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def ledger(out: Path, told: Path) -> list[tuple[str, str, str]]:
    """What the ledger says of each request: its number, its state, its file."""
    assert status_of(["status", "--json", "--out", str(out)], told) in (0, 1)
    document = json.loads(told.with_suffix(".out").read_text(encoding="utf-8"))
    return [(one["numeroEditeur"], one["state"], one["file"]) for one in document["requests"]]


def published(out: Path) -> list[str]:
    """The files that a user sees in `out`, the ledger and its copies apart."""
    files = (path for path in out.rglob("*") if path.is_file())
    names = (str(path.relative_to(out)) for path in files)
    return sorted(name for name in names if not name.startswith((".", "registre.sqlite3")))


def every_step(kind: str, out: Path, words: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    reached, told, kept = (out.with_name(name) for name in ("atteint", "dit.txt", "avant"))
    before, there = ledger(out, told), set(published(out))
    shutil.copytree(out, kept)
    warm_up(out, words)
    while not found or reached.exists():
        reached.unlink(missing_ok=True)
        shutil.rmtree(out)
        shutil.copytree(kept, out)
        status = status_of(words, told, Fault(kind, len(found) + 1, reached).install)
        stderr = told.read_text(encoding="utf-8")
        changed = [one for one in ledger(out, told) if one not in before]
        new = sorted(set(published(out)) - there)
        folders = sorted({path.name for path in out.glob("lot-*")} - {path.name for path in kept.glob("lot-*")})
        found.append({"status": status, "stderr": stderr, "changed": changed, "new": new, "folders": folders})
    return found[:-1]  # the last one went without a fault


def read_once() -> None:
    """Only what is done for good is a step: what was read and opened the first time serves every run."""

    def remembered(work: Callable[..., Any]) -> Callable[..., Any]:
        results: list[Any] = []

        def once(*arguments: Any) -> Any:
            if not results:
                results.append(work(*arguments))
            return results[0]

        return once

    road._examine_all = remembered(road._examine_all)
    road.with_documents = remembered(road.with_documents)  # type: ignore[attr-defined]


def warm_up(out: Path, words: list[str]) -> None:
    """What each run needs imported, read and opened once, before the forks: these inherit nothing more."""
    read_once()
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        main(words)
        main(["status", "--json", "--out", str(out)])


if __name__ == "__main__":
    fault_kind, folder, *command = sys.argv[1:]
    json.dump(every_step(fault_kind, Path(folder), command), sys.stdout)
