"""Safety copies of the ledger, made once a command changed it: `<ledger>.sauvegardes/`, each a whole ledger.

They are numbered in the order in which they were made, whatever the clock said; their times are in UTC.
"""

import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from converter.findings import Refusal
from converter.ledger.database import Database
from converter.ledger.files import FILE_MODE, FOLDER_MODE, writable

MOST_KEPT = 10
MOST_BYTES = 300_000_000  # of all of them
_LEAST_KEPT = 2  # whatever they weigh
_UNFINISHED = "copie.part"
_NUMBERED = re.compile(r".+-\d{8}T\d{6}Z-(\d+)")


@dataclass(frozen=True, slots=True)
class SafetyCopy:
    """What a copy holds. `identifier`: its ledger's; `files`: the names of its JSON files; `living`: those of
    files not voided; `last_event`: the rank of its last event."""

    path: Path
    identifier: str
    files: frozenset[str]
    living: frozenset[str]
    last_event: int


def make(path: Path) -> None:
    """Copy the ledger at `path`, which the caller keeps locked; Refusal if it is damaged, or the disk is full."""
    folder = folder_of(path)
    with writable(folder):
        folder.mkdir(FOLDER_MODE, exist_ok=True)
        unfinished = folder / _UNFINISHED
        _copy_verified(path, unfinished)
        number = max((_number(one) for one in _paths(path)), default=0) + 1
        made = folder / f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{number:06d}{path.suffix}"
        unfinished.rename(made)
        _remove_oldest(path)


def newest(path: Path) -> Path | None:
    """The newest copy; None if there is none."""
    return next(iter(_paths(path)), None)


def read_all(path: Path) -> list[SafetyCopy]:
    """The copies that can be read, newest first."""
    found = []
    for one in _paths(path):
        with suppress(sqlite3.Error):
            found.append(read(one))
    return found


def read(copy: Path) -> SafetyCopy:
    """What a copy holds; sqlite3.Error if it cannot be read."""
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        if db.execute("SELECT count(*) FROM registre").fetchone() != (1,):
            raise sqlite3.DatabaseError("not one ledger")
        return state_of(db, copy)


def state_of(db: Database, path: Path) -> SafetyCopy:
    """The same facts about the open ledger `db`, to be compared with its copies."""
    (identifier,) = db.execute("SELECT identifiant FROM registre").fetchone()
    (last_event,) = db.execute("SELECT coalesce(max(id), 0) FROM evenements").fetchone()
    files = db.execute("SELECT nom, annule FROM fichiers").fetchall()
    living = frozenset(name for name, voided in files if not voided)
    return SafetyCopy(path, identifier, frozenset(name for name, _ in files), living, last_event)


def remove_unfinished(path: Path) -> None:
    """Remove the unfinished copy of a killed run."""
    with suppress(OSError):
        (folder_of(path) / _UNFINISHED).unlink(missing_ok=True)


def folder_of(path: Path) -> Path:
    """Where the copies of the ledger at `path` are."""
    return path.with_name(f"{path.name}.sauvegardes")


def _copy_verified(path: Path, unfinished: Path) -> None:
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    try:
        # by another connection: SQLite does not copy from one that holds the lock
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            target.execute("PRAGMA journal_mode = OFF")
            source.backup(target)
            if target.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise Refusal("registre-abime", chemin=str(path), copie=str(newest(path) or folder_of(path)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_oldest(path: Path) -> None:
    """Remove the copies beyond `MOST_KEPT`, and those beyond `MOST_BYTES`, the newest being counted first."""
    weight = 0
    for rank, one in enumerate(_paths(path)):
        weight += one.stat().st_size
        if rank >= MOST_KEPT or (rank >= _LEAST_KEPT and weight > MOST_BYTES):
            one.unlink()


def _paths(path: Path) -> list[Path]:
    """The copies of the ledger at `path`, newest first; those without a number are the oldest."""
    found = folder_of(path).glob(f"{path.stem}-*{path.suffix}")
    return sorted(found, key=lambda one: (_number(one), one.name), reverse=True)


def _number(copy: Path) -> int:
    numbered = _NUMBERED.fullmatch(copy.stem)
    return int(numbered[1]) if numbered else 0
