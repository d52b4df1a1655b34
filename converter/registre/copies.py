"""Safety copies of the ledger, made before a run changes it: `<ledger>.sauvegardes/`, the last ten."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from converter.findings import Refusal
from converter.publication import FILE_MODE, FOLDER_MODE, writable

_KEPT = 10
_UNFINISHED = "copie.part"


def copy(db: sqlite3.Connection, path: Path) -> None:
    """Copy the ledger at `path`, which `db` has open and locked; Refusal if it is damaged or the disk is full."""
    if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):  # or ten runs would leave ten damaged copies
        raise Refusal("registre-abime", chemin=str(path))
    folder = folder_of(path)
    with writable(folder):
        folder.mkdir(FOLDER_MODE, exist_ok=True)
        unfinished = folder / _UNFINISHED
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        try:
            with closing(sqlite3.connect(unfinished)) as target:
                target.execute("PRAGMA journal_mode = OFF")
                db.backup(target)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.rename(folder / f"{path.stem}-{datetime.now().astimezone():%Y%m%dT%H%M%S%f}{path.suffix}")
        for older in sorted(folder.glob(f"{path.stem}-*{path.suffix}"))[:-_KEPT]:
            older.unlink()


def remove_unfinished(path: Path) -> None:
    """Remove the copy that a killed run left half made."""
    (folder_of(path) / _UNFINISHED).unlink(missing_ok=True)


def folder_of(path: Path) -> Path:
    """Where the copies of the ledger at `path` are."""
    return path.with_name(f"{path.name}.sauvegardes")
