"""The ledger's tables, version by version, and a look at a file before anything opens it."""

import os
import secrets
import sqlite3
from pathlib import Path

from converter.findings import Refusal
from converter.reading.file_access import read_file

APPLICATION_ID = 0x4D44564C  # « MDVL », stamped in the file's header so that no other database is taken for a ledger

_VERSION_1 = (
    "CREATE TABLE registre (identifiant TEXT NOT NULL)",
    """CREATE TABLE lots (
        id INTEGER PRIMARY KEY,
        sortie TEXT NOT NULL,               -- the folder of --out
        attente TEXT NOT NULL UNIQUE,       -- the name of the staging folder in it
        dossier TEXT NOT NULL DEFAULT ''    -- the final one, once it is there
    )""",
    """CREATE TABLE fichiers (
        id INTEGER PRIMARY KEY,
        nom TEXT NOT NULL,
        numeroAns TEXT NOT NULL,
        jour TEXT NOT NULL,
        numero INTEGER NOT NULL,            -- NNN
        lot INTEGER REFERENCES lots,
        annule INTEGER NOT NULL DEFAULT 0,  -- 1 once voided
        ecarte INTEGER NOT NULL DEFAULT 0   -- 1 once its name is free on disk
    )""",
    "CREATE UNIQUE INDEX fichiers_vivants ON fichiers (nom) WHERE annule = 0",
    """CREATE TABLE demandes (
        id INTEGER PRIMARY KEY,
        numeroEditeur TEXT NOT NULL UNIQUE,
        cle TEXT NOT NULL,                  -- JSON array: numeroAns, refCommande, numeroEditeur
        etat TEXT NOT NULL CHECK (etat IN ('émise', 'acceptée', 'refusée', 'annulée')),
        fichier INTEGER NOT NULL REFERENCES fichiers,
        numLigne INTEGER NOT NULL,
        SIRET TEXT NOT NULL,
        montantSegurHT TEXT NOT NULL,
        beneficiaires TEXT NOT NULL,        -- JSON array
        contenu TEXT NOT NULL,              -- JSON object
        numeroASP TEXT NOT NULL DEFAULT '',
        codeTraitement TEXT NOT NULL DEFAULT '',
        libelleTraitement TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX demandes_par_cle ON demandes (cle)",
    "CREATE INDEX demandes_par_fichier ON demandes (fichier)",
    """CREATE TABLE evenements (
        id INTEGER PRIMARY KEY,
        numeroEditeur TEXT NOT NULL REFERENCES demandes (numeroEditeur),
        etat TEXT NOT NULL,
        quand TEXT NOT NULL,
        fichier TEXT NOT NULL,
        cause TEXT NOT NULL
    )""",
    "CREATE INDEX evenements_par_numero ON evenements (numeroEditeur)",
    """CREATE VIEW inscriptions AS
        SELECT demandes.id, cle, numeroEditeur, etat, nom AS fichier, numLigne, jour, SIRET, montantSegurHT,
               beneficiaires, contenu, numeroASP, codeTraitement, libelleTraitement, demandes.fichier AS fichier_id
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier""",
)

# One step a version: what leads from the version before to this one. Steps are only ever added.
STEPS: tuple[tuple[str, ...], ...] = (_VERSION_1,)


def version_of(path: Path) -> int:
    """The schema version written in the file's header; 0 for an absent or empty file.

    The bytes are read, not opened as a database: nothing of a file that is not ours, or is newer, may change.
    Refusal if it is not a ledger, or was made by a newer version.
    """
    try:
        header = read_file(path, 99)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise Refusal("registre-inaccessible", chemin=str(path)) from error
    if not header:
        return 0
    version, application = (int.from_bytes(header[start : start + 4]) for start in (60, 68))
    if not header.startswith(b"SQLite format 3\0") or application != APPLICATION_ID:
        raise Refusal("registre-etranger", chemin=str(path))
    if version > len(STEPS):
        raise Refusal("registre-plus-recent", chemin=str(path), version=str(version), connue=str(len(STEPS)))
    return version


def migrate(db: sqlite3.Connection) -> None:
    """Bring the schema to the last version, inside the caller's transaction."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    for step in STEPS[version:]:
        for statement in step:
            db.execute(statement)
    if version == 0:
        db.execute("INSERT INTO registre VALUES (?)", (secrets.token_hex(4),))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    db.execute(f"PRAGMA user_version = {len(STEPS):d}")


def in_memory() -> sqlite3.Connection:
    """An empty ledger that stands for one that does not exist yet."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    return db


def create_file(path: Path, mode: int) -> None:
    """An empty file with its final rights (SQLite gives them to its journal too), unless it exists."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, mode))
