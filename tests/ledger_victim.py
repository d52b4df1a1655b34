"""Runs `converter convert` in processes of its own, and kills them or fails them at a chosen moment.

    ledger_victim.py random OUT SEED KILLS WORKBOOK…   a process a kill, each with the next workbook, then one with all
    ledger_victim.py kill   BASE WORKBOOK              for n = 1, 2…: a copy BASE-n, killed at the n-th step, run again
    ledger_victim.py full   BASE WORKBOOK              the same, the disk being full at the n-th step that writes

A step is whatever touches the output folder (open, rename, mkdir, remove, chmod, fsync) and each SQL statement.
Prints one JSON document: how many were killed or failed, and the statuses and errors of the others.
"""

import errno
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from converter.cli import main

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
TOUCHING = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"}


def start(out: Path, workbooks: list[str], told: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """A process that converts; `told`: where its stderr goes."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        prepare()
        try:
            status = main(["convert", *workbooks, "--out", str(out), "--date", "2026-11-22", "--no-attachments"])
            sys.stderr.flush()
        except BaseException as error:  # noqa: BLE001 — the traceback that no user should see
            os.write(2, f"Traceback: {error!r}".encode())
            status = 70
        os._exit(status)
    return child


def ended(child: int) -> int:
    """Its exit status, minus the signal if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_step(number: int, out: Path, *, kill: bool) -> Callable[[], None]:
    """Kills this process, or fails what it does, at the n-th step in `out`."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == number:
            reached(out).touch()
            if kill:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.ENOSPC, "No space left on device")

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in TOUCHING and str(arguments[0]).startswith(str(out)):
            reads = event == "open" and not (int(arguments[2]) & WRITING)
            removes = event in ("os.remove", "os.rmdir", "os.chmod")
            if kill or not (reads or removes):
                step()

    def flush(descriptor: int) -> None:
        step()
        real_flush(descriptor)

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        db = real_connect(*arguments, **options)
        if kill:
            db.set_trace_callback(lambda _: step())
        return db

    def prepare() -> None:
        sys.addaudithook(watch)
        os.fsync = flush
        sqlite3.connect = connect  # type: ignore[assignment]

    real_flush, real_connect = os.fsync, sqlite3.connect
    return prepare


def reached(out: Path) -> Path:
    """The file that says that the n-th step of the run in `out` was come to."""
    return out.with_name(f"etape-{out.name}")


def at_random(out: Path, seed: int, kills: int, workbooks: list[str]) -> dict[str, Any]:
    chance = random.Random(seed)  # noqa: S311 — moments, not secrets
    told = out.with_name("stderr.txt")
    began = time.monotonic()
    statuses = [ended(start(out, workbooks[:1], told))]
    whole = time.monotonic() - began
    for rank in range(1, kills + 1):
        child = start(out, workbooks[: rank + 1][-2:], told)
        time.sleep(chance.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        statuses.append(ended(child))
    last = ended(start(out, workbooks, told))
    return {"killed": statuses.count(-signal.SIGKILL), "last": last, "stderr": told.read_text()}


def step_by_step(base: Path, workbook: str, *, kill: bool) -> dict[str, Any]:
    statuses: list[int] = []
    errors, last = [], []
    out = base
    while out is base or reached(out).exists():
        out = base.with_name(f"{base.name}-{len(statuses) + 1}")
        shutil.copytree(base, out)
        told = out.with_suffix(".txt")
        statuses.append(ended(start(out, [workbook], told, at_step(len(statuses) + 1, out, kill=kill))))
        errors.append(told.read_text())
        last.append(ended(start(out, [workbook], told)))
    return {"statuses": statuses, "errors": errors, "last": last}


if __name__ == "__main__":
    mode, folder, *words = sys.argv[1:]
    warm = Path(folder).with_name("essai")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 — everything imported once, before the forks
        sys.stdout, shown = nowhere, sys.stdout
        main(["validate", words[-1], "--out", str(warm), "--no-attachments"])
        sys.stdout = shown
    if mode == "random":
        result = at_random(Path(folder), int(words[0]), int(words[1]), words[2:])
    else:
        result = step_by_step(Path(folder), words[0], kill=mode == "kill")
    sys.stdout.write(json.dumps(result))
