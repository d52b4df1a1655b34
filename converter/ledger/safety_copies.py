"""Safety copies of the ledger, made before a run changes it: `<ledger>.sauvegardes/`, the last ten."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from converter.findings import Refusal
from converter.ledger.files import FILE_MODE, FOLDER_MODE, writable

_KEPT = 10
_UNFINISHED = "copie.part"


def copy(path: Path) -> None:
    """Copy the ledger at `path`, locked but not yet changed by the caller; Refusal if damaged, or the disk is full."""
    folder = folder_of(path)
    with writable(folder):
        folder.mkdir(FOLDER_MODE, exist_ok=True)
        unfinished = folder / _UNFINISHED
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        try:
            # by a connection of its own: SQLite does not copy from one that holds the lock
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
                if source.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):  # or every copy would be damaged too
                    raise Refusal("registre-abime", chemin=str(path))
                target.execute("PRAGMA journal_mode = OFF")
                source.backup(target)
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
