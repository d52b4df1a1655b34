"""The tables of the desk, in one SQLite file closed to everybody but the server's user."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from converter.web.stored_files import StoredFiles

_WAIT = 30.0  # seconds, for one's turn
_VERSION = 1  # of the tables; a desk made before they had a version has 0, and gets those that it lacks
_TABLES = """
CREATE TABLE IF NOT EXISTS classeurs (
    id TEXT PRIMARY KEY,
    proprietaire TEXT NOT NULL,
    nom TEXT NOT NULL,                -- as its user calls it
    recu TEXT NOT NULL,               -- ISO 8601, with its zone
    touche TEXT NOT NULL,             -- the last change, in UTC
    source TEXT NOT NULL,             -- the name of its bytes
    taille INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    lot TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS correspondances (
    classeur TEXT PRIMARY KEY REFERENCES classeurs ON DELETE CASCADE,
    nom TEXT NOT NULL,                -- as its user calls it
    fichier TEXT NOT NULL,
    taille INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pieces (
    classeur TEXT NOT NULL REFERENCES classeurs ON DELETE CASCADE,
    nom TEXT NOT NULL,                -- the relative path by which cells name it
    fichier TEXT NOT NULL,
    taille INTEGER NOT NULL,
    PRIMARY KEY (classeur, nom)
);
CREATE TABLE IF NOT EXISTS changements (
    classeur TEXT NOT NULL REFERENCES classeurs ON DELETE CASCADE,
    rang INTEGER NOT NULL,
    pas INTEGER NOT NULL,             -- those of one step are taken back together
    feuille TEXT NOT NULL,
    ligne INTEGER NOT NULL,
    colonne TEXT NOT NULL,
    texte TEXT NOT NULL,
    PRIMARY KEY (classeur, rang)
);
CREATE TABLE IF NOT EXISTS cles (
    proprietaire TEXT NOT NULL,
    cle TEXT NOT NULL,
    classeur TEXT NOT NULL REFERENCES classeurs ON DELETE CASCADE,
    rang INTEGER NOT NULL,
    PRIMARY KEY (proprietaire, cle, rang)
);
"""


class DeskTables:
    """The file at `path`, in the folder of `files`; made when it is first used."""

    def __init__(self, path: Path, files: StoredFiles) -> None:
        self._path = path
        self._files = files

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One transaction that only reads."""
        with closing(self._connected()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One exclusive transaction; an exception undoes it."""
        with closing(self._connected()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _connected(self) -> sqlite3.Connection:
        if not self._path.exists():
            self._files.make_private(self._path)
        db = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
        db.execute("PRAGMA foreign_keys = ON")
        if db.execute("PRAGMA user_version").fetchone()[0] < _VERSION:  # another server may do the same: all or nothing
            db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
        return db
