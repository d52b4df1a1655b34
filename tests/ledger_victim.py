"""Runs `converter convert` in processes of its own, and kills them or fails them at a chosen moment.

    ledger_victim.py random OUT WORKBOOK…    a process a workbook, each killed at a random moment; the last one is not
    ledger_victim.py kill   BASE WORKBOOK    for n = 1, 2…: a copy BASE-n, killed at the n-th step, then run again
    ledger_victim.py full   BASE WORKBOOK    the same, the disk being full at the n-th step that writes

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
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from converter.cli import main
from converter.runs import road

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
TOUCHING = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"}


def start(out: Path, workbook: str, told: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """A process that converts; `told`: where its stderr goes."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        prepare()
        try:
            status = main(["convert", workbook, "--out", str(out), "--date", "2026-11-22", "--no-attachments"])
            sys.stderr.flush()
        except BaseException as error:  # noqa: BLE001 — the traceback that no user should see
            os.write(2, f"Traceback: {error!r}".encode())
            status = 70
        os._exit(status)
    return child


def ended(child: int) -> int:
    """Its exit status, minus the signal if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Fault:
    """Kills this process, or fails what it does, at the n-th step in `out`."""

    def __init__(self, number: int, out: Path, *, kill: bool) -> None:
        self.left, self.out, self.kill = number, out, kill
        self.flush, self.connect = os.fsync, sqlite3.connect

    def install(self) -> None:
        sys.addaudithook(self.watched)
        os.fsync = self.flushed
        sqlite3.connect = self.connected  # type: ignore[assignment]

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            reached(self.out).touch()
            if self.kill:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.ENOSPC, "No space left on device")

    def watched(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in TOUCHING and str(arguments[0]).startswith(str(self.out)):
            writes = event in ("os.rename", "os.mkdir") or (event == "open" and int(arguments[2]) & WRITING)
            if self.kill or writes:
                self.step()

    def flushed(self, descriptor: int) -> None:
        self.step()
        self.flush(descriptor)

    def connected(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        db = self.connect(*arguments, **options)
        if self.kill:
            db.set_trace_callback(lambda _: self.step())
        return db


def reached(out: Path) -> Path:
    """The file that says that the n-th step of the run in `out` was come to."""
    return out.with_name(f"etape-{out.name}")


def at_random(out: Path, first: str, *others: str) -> dict[str, Any]:
    chance = random.Random(20261122)  # noqa: S311 — moments, not secrets
    told = out.with_name("stderr.txt")
    began = time.monotonic()
    statuses = [ended(start(out, first, told))]
    whole = time.monotonic() - began
    for workbook in others[:-1]:
        child = start(out, workbook, told)
        moment = chance.uniform(0, whole)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        statuses.append(ended(child))
        if statuses[-1] == 0:  # too late: it had ended
            whole = moment
    last = ended(start(out, others[-1], told))
    return {"killed": statuses.count(-signal.SIGKILL), "last": last, "stderr": told.read_text()}


def step_by_step(base: Path, workbook: str, *, kill: bool) -> dict[str, Any]:
    statuses: list[int] = []
    errors, last = [], []
    out = base
    while out is base or reached(out).exists():
        out = base.with_name(f"{base.name}-{len(statuses) + 1}")
        shutil.copytree(base, out)
        told = out.with_suffix(".txt")
        statuses.append(ended(start(out, workbook, told, Fault(len(statuses) + 1, out, kill=kill).install)))
        errors.append(told.read_text())
        last.append(ended(start(out, workbook, told)))
    return {"statuses": statuses, "errors": errors, "last": last}


def read_once(workbook: str) -> None:
    """Only what is done to the disk matters step by step: what was read the first time serves every run."""
    examined: list[Any] = []

    def remember(*arguments: Any) -> Any:
        if not examined:
            examined.append(examine_all(*arguments))
        return examined[0]

    examine_all, road._examine_all = road._examine_all, remember
    warm_up(workbook)


def warm_up(workbook: str) -> None:
    """Everything imported once, before the forks."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
        main(["validate", workbook, "--out", str(Path(workbook).with_name("essai")), "--no-attachments"])


if __name__ == "__main__":
    mode, folder, *workbooks = sys.argv[1:]
    if mode == "random":
        warm_up(workbooks[0])
        result = at_random(Path(folder), *workbooks)
    else:
        read_once(workbooks[0])
        result = step_by_step(Path(folder), workbooks[0], kill=mode == "kill")
    sys.stdout.write(json.dumps(result))
