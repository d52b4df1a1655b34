"""What users keep here: their workbooks with their documents and corrections, each seen by its owner and by those who
deposit.

What is known of them is in a SQLite file of the server's folder, where each change is one transaction: several servers
on one folder, or a server that was killed, leave it whole. Bytes are in files that never change (`stored_files`).
"""

import datetime
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from converter.views.corrected_copy import CellChange
from converter.web.desk_tables import DeskTables
from converter.web.problems import Problem
from converter.web.settings import Settings
from converter.web.stored_files import StoredFiles, remove_files
from converter.web.users import User

MOST_KEPT = 2_000_000_000
"""Bytes that one user may keep here."""
_COLUMNS = "id, proprietaire, nom, recu, source, revision, lot"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in: the user's name for it, and where its bytes are stored."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class StoredWorkbook:
    """A workbook as it stands. `mapping`: how to read it when its headings are not ours; `documents`: by the relative
    paths under which its cells name them; `changes`: the corrections made in the page, in order; `revision`: another
    after each change; `lot`: the batch that it became."""

    id: str
    owner: str
    name: str
    received: datetime.datetime
    source: Path
    mapping: Upload | None
    documents: Mapping[str, Path]
    changes: tuple[CellChange, ...]
    revision: int
    lot: str


class Desk:
    """The workbooks of all users; may be called from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._keep = datetime.timedelta(days=settings.keep_days)
        self.files = StoredFiles(settings.data)
        self._tables = DeskTables(settings.data / "bureau.sqlite3", self.files)

    def add(self, user: User, name: str, upload: Upload | bytes) -> StoredWorkbook:
        """Keep a workbook. Problem 413 beyond what a user may keep."""
        path = self.files.write(upload) if isinstance(upload, bytes) else upload.path
        return self.add_all(user, [Upload(name, path)], {})[0]

    def add_all(
        self,
        user: User,
        workbooks: Sequence[Upload],
        documents: Mapping[str, Upload],
        mapping: Upload | None = None,
        key: str = "",
    ) -> list[StoredWorkbook]:
        """Keep workbooks, each with all these documents and this mapping; those kept under this key of this user, if
        there are any."""
        uploads = [*workbooks, *documents.values(), *([mapping] if mapping else [])]
        with self._tables.writing() as db:
            if key and (known := self._of_key(db, user, key)):
                remove_files(one.path for one in uploads)
                return [self._get(db, user, one) for one in known]
            self._refuse_more(db, user, uploads)
            identifiers = [self._insert(db, user, one) for one in workbooks]
            for rank, identifier in enumerate(identifiers):
                self._insert_documents(db, identifier, documents)
                if mapping:
                    self._insert_mapping(db, identifier, mapping)
                if key:
                    db.execute("INSERT INTO cles VALUES (?, ?, ?, ?)", (user.name, key, identifier, rank))
            return [self._get(db, user, one) for one in identifiers]

    def get(self, user: User, identifier: str) -> StoredWorkbook:
        """A workbook that this user may see; Problem 404 for any other."""
        with self._tables.reading() as db:
            return self._get(db, user, identifier)

    def room(self, user: User) -> int:
        """The bytes that this user may still keep here."""
        with self._tables.reading() as db:
            return max(0, MOST_KEPT - _kept_by(db, user))

    def listed(self, user: User) -> list[StoredWorkbook]:
        """The workbooks that this user may see, the latest first."""
        chosen, values = ("", ()) if user.may_deposit else ("WHERE proprietaire = ?", (user.name,))
        with self._tables.reading() as db:
            query = f"SELECT {_COLUMNS} FROM classeurs {chosen} ORDER BY recu DESC, rowid DESC"  # noqa: S608 — our words
            return [self._stored(db, row) for row in db.execute(query, values).fetchall()]

    def change(
        self, user: User, identifier: str, revision: int | None, changes: Sequence[CellChange]
    ) -> StoredWorkbook:
        """Keep corrections, as one step. Problem 409 where the workbook is no longer at `revision` (None: whatever)."""
        with self._changing(user, identifier, revision) as db:
            query = "SELECT coalesce(max(rang), 0), coalesce(max(pas), 0) FROM changements WHERE classeur = ?"
            rank, step = db.execute(query, (identifier,)).fetchone()
            db.executemany(
                "INSERT INTO changements VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (identifier, rank + more, step + 1, one.sheet, one.row, one.column, one.text)
                    for more, one in enumerate(changes, start=1)
                ],
            )
            return self._touched(db, user, identifier)

    def undo(self, user: User, identifier: str, revision: int | None) -> StoredWorkbook:
        """Take back the last step of corrections; nothing where there is none. Problem 409 as for `change`."""
        with self._changing(user, identifier, revision) as db:
            undone = db.execute(
                """DELETE FROM changements WHERE classeur = ?
                   AND pas = (SELECT max(pas) FROM changements WHERE classeur = ?)""",
                (identifier, identifier),
            )
            return self._touched(db, user, identifier) if undone.rowcount else self._get(db, user, identifier)

    def add_documents(self, user: User, identifier: str, documents: Mapping[str, Upload]) -> StoredWorkbook:
        """Keep documents by the names under which cells name them; one of the same name is replaced."""
        with self._changing(user, identifier, None) as db:
            self._refuse_more(db, user, list(documents.values()))
            self._insert_documents(db, identifier, documents)
            return self._touched(db, user, identifier)

    def set_mapping(self, user: User, identifier: str, revision: int | None, mapping: Upload | None) -> StoredWorkbook:
        """Read a workbook through this mapping from now on, or through none. Problem 409 as for `change`."""
        with self._changing(user, identifier, revision) as db:
            if mapping:
                self._refuse_more(db, user, [mapping])
                self._insert_mapping(db, identifier, mapping)
            else:
                db.execute("DELETE FROM correspondances WHERE classeur = ?", (identifier,))
            return self._touched(db, user, identifier)

    def converted(self, identifiers: Sequence[str], lot: str) -> None:
        """Remember the batch that these workbooks became; one that was deleted meanwhile is left out."""
        with self._tables.writing() as db:
            for one in identifiers:
                db.execute("UPDATE classeurs SET lot = ? WHERE id = ?", (lot, one))

    def delete(self, user: User, identifier: str) -> None:
        """Delete a workbook, with its bytes, documents and corrections."""
        with self._changing(user, identifier, None) as db:
            before = _used(db)
            db.execute("DELETE FROM classeurs WHERE id = ?", (identifier,))
            freed = before - _used(db)
        self.files.remove(freed)

    def expire(self, now: datetime.datetime) -> None:
        """Delete the workbooks that nobody changed for as long as things are kept, and bytes that belong to none."""
        with self._tables.writing() as db:
            db.execute("DELETE FROM classeurs WHERE touche < ?", (_utc(now - self._keep),))
            self.files.sweep(_used(db))  # nothing is kept meanwhile

    def _get(self, db: sqlite3.Connection, user: User, identifier: str) -> StoredWorkbook:
        row = db.execute(f"SELECT {_COLUMNS} FROM classeurs WHERE id = ?", (identifier,)).fetchone()  # noqa: S608
        if row is None or not (user.may_deposit or row[1] == user.name):
            raise Problem(404, "page-introuvable")
        return self._stored(db, row)

    def _stored(self, db: sqlite3.Connection, row: Sequence[str]) -> StoredWorkbook:
        identifier, owner, name, received, source, revision, lot = row
        query = "SELECT nom, fichier FROM correspondances WHERE classeur = ?"
        mapping = db.execute(query, (identifier,)).fetchone()
        documents = db.execute("SELECT nom, fichier FROM pieces WHERE classeur = ? ORDER BY nom", (identifier,))
        query = "SELECT feuille, ligne, colonne, texte FROM changements WHERE classeur = ? ORDER BY rang"
        return StoredWorkbook(
            id=identifier,
            owner=owner,
            name=name,
            received=datetime.datetime.fromisoformat(received),
            source=self.files.path(source),
            mapping=Upload(mapping[0], self.files.path(mapping[1])) if mapping else None,
            documents={name: self.files.path(file) for name, file in documents.fetchall()},
            changes=tuple(CellChange(*change) for change in db.execute(query, (identifier,))),
            revision=int(revision),
            lot=lot,
        )

    def _insert(self, db: sqlite3.Connection, user: User, upload: Upload) -> str:
        identifier, now = secrets.token_hex(12), datetime.datetime.now().astimezone()
        received = (identifier, user.name, upload.name, now.isoformat(), _utc(now), upload.path.name, _size(upload))
        db.execute(
            "INSERT INTO classeurs (id, proprietaire, nom, recu, touche, source, taille) VALUES (?, ?, ?, ?, ?, ?, ?)",
            received,
        )
        return identifier

    def _insert_documents(self, db: sqlite3.Connection, identifier: str, documents: Mapping[str, Upload]) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?)",
            [(identifier, name, one.path.name, _size(one)) for name, one in documents.items()],
        )

    def _insert_mapping(self, db: sqlite3.Connection, identifier: str, mapping: Upload) -> None:
        db.execute(
            "INSERT OR REPLACE INTO correspondances VALUES (?, ?, ?, ?)",
            (identifier, mapping.name, mapping.path.name, _size(mapping)),
        )

    def _touched(self, db: sqlite3.Connection, user: User, identifier: str) -> StoredWorkbook:
        now = _utc(datetime.datetime.now().astimezone())
        db.execute("UPDATE classeurs SET revision = revision + 1, touche = ? WHERE id = ?", (now, identifier))
        return self._get(db, user, identifier)

    def _of_key(self, db: sqlite3.Connection, user: User, key: str) -> list[str]:
        query = "SELECT classeur FROM cles WHERE proprietaire = ? AND cle = ? ORDER BY rang"
        return [one for (one,) in db.execute(query, (user.name, key))]

    def _refuse_more(self, db: sqlite3.Connection, user: User, uploads: Sequence[Upload]) -> None:
        if _kept_by(db, user) + sum(map(_size, uploads)) > MOST_KEPT:
            remove_files(one.path for one in uploads)
            raise Problem(413, "page-place")

    @contextmanager
    def _changing(self, user: User, identifier: str, revision: int | None) -> Iterator[sqlite3.Connection]:
        with self._tables.writing() as db:
            if revision not in (None, self._get(db, user, identifier).revision):
                raise Problem(409, "page-perimee")
            yield db


def _kept_by(db: sqlite3.Connection, user: User) -> int:
    """The bytes that a user keeps."""
    query = """
        SELECT coalesce(sum(taille), 0) FROM (
            SELECT id, taille FROM classeurs
            UNION ALL SELECT classeur, taille FROM pieces
            UNION ALL SELECT classeur, taille FROM correspondances)
        WHERE id IN (SELECT id FROM classeurs WHERE proprietaire = ?)"""
    return int(db.execute(query, (user.name,)).fetchone()[0])


def _used(db: sqlite3.Connection) -> set[str]:
    """The names of the bytes that belong to some workbook."""
    query = "SELECT source FROM classeurs UNION SELECT fichier FROM pieces UNION SELECT fichier FROM correspondances"
    return {name for (name,) in db.execute(query)}


def _size(upload: Upload) -> int:
    return upload.path.stat().st_size


def _utc(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")
