"""The ledger's tables, version by version, and a look at a file before anything opens it."""

import os
import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from converter.findings import Refusal
from converter.format.references import reading_of
from converter.ledger import flat_snapshots
from converter.ledger.rows import FIRST_SEALED, seal, verify
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

# What no request may share with another is looked up by an index; `demandes` is made again, for the list of states of
# version 1 knew nothing of decisions and payments. `runs_of` and `digits_of` are ours (`migrate`).
_VERSION_2 = (
    "DROP VIEW inscriptions",
    """CREATE TABLE demandes_2 (
        id INTEGER PRIMARY KEY,
        numeroEditeur TEXT NOT NULL UNIQUE,
        cle TEXT NOT NULL,                      -- JSON array: numeroAns, refCommande, numeroEditeur
        etat TEXT NOT NULL CHECK (etat IN ('émise', 'acceptée', 'refusée', 'attribuée', 'rejetée', 'payée', 'annulée',
                                           'abandonnée')),
        fichier INTEGER NOT NULL REFERENCES fichiers,
        numLigne INTEGER NOT NULL,
        SIRET TEXT NOT NULL,
        montantSegurHT TEXT NOT NULL,
        beneficiaires TEXT NOT NULL,            -- JSON array
        contenu TEXT NOT NULL,                  -- JSON object
        numeroASP TEXT NOT NULL DEFAULT '',
        codeTraitement TEXT NOT NULL DEFAULT '',
        libelleTraitement TEXT NOT NULL DEFAULT '',
        lecture TEXT NOT NULL,                  -- refCommande as it reads: its runs of letters and of digits
        chiffres TEXT NOT NULL,                 -- one of digits alone: these, without the zeros in front
        nombre INTEGER NOT NULL DEFAULT 0,      -- 1 if its cell was a number
        bonCommande TEXT NOT NULL,              -- SHA-256 of the order form, '' where it was not looked at
        controle TEXT NOT NULL DEFAULT ''       -- check of the row's own values
    )""",
    """INSERT INTO demandes_2
        SELECT id, numeroEditeur, cle, etat, fichier, numLigne, SIRET, montantSegurHT, beneficiaires, contenu,
               numeroASP, codeTraitement, libelleTraitement, runs_of(json_extract(cle, '$[1]')),
               digits_of(json_extract(cle, '$[1]')), 0, coalesce(json_extract(contenu, '$."sha256.BON_COMMANDE"'), ''),
               ''
        FROM demandes""",
    "DROP TABLE demandes",
    "ALTER TABLE demandes_2 RENAME TO demandes",
    # a request without a reference that came back from its workbook to correct is still the same one
    """UPDATE demandes SET cle = json_array(json_extract(cle, '$[0]'), '', substr(json_extract(cle, '$[1]'), -5)),
                           lecture = '', chiffres = ''
        WHERE json_extract(cle, '$[1]') GLOB 'Reprise de [0-9][0-9][0-9][0-9][0-9]'""",
    "CREATE INDEX demandes_par_cle ON demandes (cle)",
    "CREATE INDEX demandes_par_fichier ON demandes (fichier)",
    "CREATE INDEX demandes_par_lecture ON demandes (lecture)",
    "CREATE INDEX demandes_par_chiffres ON demandes (chiffres) WHERE chiffres != ''",
    "CREATE INDEX demandes_par_bon ON demandes (bonCommande) WHERE bonCommande != ''",
    "CREATE INDEX demandes_par_asp ON demandes (numeroASP) WHERE numeroASP != ''",
    """CREATE TABLE beneficiaires (
        numero TEXT NOT NULL,                   -- RPPS or FINESSGeo
        demande INTEGER NOT NULL REFERENCES demandes,
        PRIMARY KEY (numero, demande)
    ) WITHOUT ROWID""",
    "CREATE INDEX beneficiaires_par_demande ON beneficiaires (demande)",
    """INSERT OR IGNORE INTO beneficiaires
        SELECT value, demandes.id FROM demandes, json_each(demandes.beneficiaires)""",
    """CREATE VIEW inscriptions AS
        SELECT demandes.id, cle, numeroEditeur, etat, nom AS fichier, numLigne, jour, SIRET, montantSegurHT,
               beneficiaires, contenu, numeroASP, codeTraitement, libelleTraitement, lecture, chiffres, nombre,
               bonCommande, controle, demandes.fichier AS fichier_id
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier""",
)

# The whole life of a request: what was decided, what was paid, who did what.
_VERSION_3 = (
    "DROP VIEW inscriptions",
    "ALTER TABLE demandes ADD COLUMN decision TEXT NOT NULL DEFAULT ''",  # day of the latest decision, AAAA-MM-JJ
    "ALTER TABLE demandes ADD COLUMN verse TEXT NOT NULL DEFAULT ''",  # the advance received, in euros
    "ALTER TABLE demandes ADD COLUMN motif TEXT NOT NULL DEFAULT ''",  # the words of the latest decision
    "ALTER TABLE evenements ADD COLUMN auteur TEXT NOT NULL DEFAULT ''",  # login@machine
    """CREATE VIEW inscriptions AS
        SELECT demandes.id, cle, numeroEditeur, etat, nom AS fichier, numLigne, jour, SIRET, montantSegurHT,
               beneficiaires, contenu, numeroASP, codeTraitement, libelleTraitement, lecture, chiffres, nombre,
               bonCommande, decision, verse, motif, controle, demandes.fichier AS fichier_id
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier""",
)

# What a person did with a file, and the key under which a program asked for a batch: both once.
_VERSION_4 = (
    "ALTER TABLE fichiers ADD COLUMN depose TEXT NOT NULL DEFAULT ''",  # day of its upload, AAAA-MM-JJ
    "ALTER TABLE lots ADD COLUMN cle TEXT NOT NULL DEFAULT ''",
    "CREATE UNIQUE INDEX lots_par_cle ON lots (cle) WHERE cle != ''",
)

# The request as it was rendered, where version 4 kept each value under a key of its own; beside it what is not sent.
# `rendered_of_flat` and `source_of_flat` are ours (`migrate`).
_VERSION_5 = (
    "DROP VIEW inscriptions",
    "ALTER TABLE demandes ADD COLUMN provenance TEXT NOT NULL DEFAULT '{}'",  # JSON object: workbook, document names…
    "UPDATE demandes SET provenance = source_of_flat(contenu), contenu = rendered_of_flat(contenu)",
    """CREATE VIEW inscriptions AS
        SELECT demandes.id, cle, numeroEditeur, etat, nom AS fichier, numLigne, jour, SIRET, montantSegurHT,
               beneficiaires, contenu, numeroASP, codeTraitement, libelleTraitement, lecture, chiffres, nombre,
               bonCommande, decision, verse, motif, provenance, controle, demandes.fichier AS fichier_id
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier""",
)

# The machine whose folder a batch is in: a database is opened from several.
_VERSION_6 = ("ALTER TABLE lots ADD COLUMN machine TEXT NOT NULL DEFAULT ''",)  # '' for a ledger in a file

# One step a version: what leads from the version before to this one. Steps are only ever added.
STEPS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6)


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
    """Bring the schema to the last version, inside the caller's transaction; foreign keys are not enforced meanwhile.

    Every row is sealed again at the end, whatever the steps changed in it or in what is sealed; DamagedRowError for one
    whose seal was wrong before.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if FIRST_SEALED <= version < len(STEPS):
        verify(db, version)
    db.create_function("runs_of", 1, lambda reference: reading_of(reference).runs, deterministic=True)
    db.create_function("digits_of", 1, lambda reference: reading_of(reference).digits, deterministic=True)
    db.create_function("rendered_of_flat", 1, flat_snapshots.rendered, deterministic=True)
    db.create_function("source_of_flat", 1, flat_snapshots.source, deterministic=True)
    for step in STEPS[version:]:
        for statement in step:
            db.execute(statement)
    if 0 < version < len(STEPS):
        seal(db)
    if version == 0:
        db.execute("INSERT INTO registre VALUES (?)", (secrets.token_hex(4),))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    db.execute(f"PRAGMA user_version = {len(STEPS):d}")


def is_sound(db: sqlite3.Connection) -> bool:
    """Whether the file is whole, its tables are those that our steps make, to the letter, and its files bear the names
    of their numbers. The values of each request are checked as they are read (`rows`)."""
    if db.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        return False
    query = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    with closing(in_memory()) as model:
        if db.execute(query).fetchall() != model.execute(query).fetchall():
            return False
    misnamed = """
        SELECT 1 FROM fichiers WHERE nom != 'JSON-' || numeroAns || '-' || replace(jour, '-', '') || '-' ||
                                            printf('%03d', numero) || '.json' LIMIT 1"""
    return db.execute(misnamed).fetchone() is None


def in_memory() -> sqlite3.Connection:
    """An empty ledger that stands for one that does not exist yet."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    return db


def create_file(path: Path, mode: int) -> None:
    """An empty file with its final rights (SQLite gives them to its journal too), unless it exists."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, mode))


def tables() -> list[tuple[str, tuple[str, ...]]]:
    """Each table and its columns, those to which another one refers first."""
    from graphlib import TopologicalSorter  # only a ledger that is copied or made on a server needs it

    with closing(in_memory()) as model:
        found = dict(model.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
        columns = {
            name: tuple(column for _, column, *_ in model.execute(f"PRAGMA table_info({name})")) for name in found
        }
    refers = {name: set(re.findall(r"REFERENCES (\w+)", sql)) for name, sql in found.items()}
    return [(name, columns[name]) for name in TopologicalSorter(refers).static_order()]
