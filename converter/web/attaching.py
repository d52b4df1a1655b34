"""Documents that come after their workbook: those dropped on a cell are named by it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from converter.format.fields import BY_TAG
from converter.web.asked import number_of
from converter.web.cell_fields import is_document
from converter.web.corrections import document_changes, text_of
from converter.web.desk import Desk, StoredWorkbook, Upload
from converter.web.judging import Judge, Judged
from converter.web.users import User


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """The cell on which a document was dropped. `sheet`: the key of its sheet."""

    sheet: str
    row: int
    tag: str


def document_of(form: Mapping[str, object], sheet: str) -> DocumentPlace | None:
    """The cell that the form names, « 3.bonCommande »; None for documents that were dropped on none."""
    row, _, tag = str(form.get("cellule", "")).partition(".")
    number = number_of(row)
    return DocumentPlace(sheet, number, tag) if number is not None and tag in BY_TAG and is_document(tag) else None


def attach(
    desk: Desk, judge: Judge, user: User, identifier: str, uploads: Mapping[str, Upload], place: DocumentPlace | None
) -> Judged:
    """Add documents to a workbook, let the cell at `place` name the only one, and judge the workbook again."""
    stored = desk.get(user, identifier)
    if place is None or len(uploads) != 1:
        return judge.judge(desk.add_documents(user, identifier, uploads))
    judged = judge.judge(stored)
    ((given, upload),) = uploads.items()
    name = _name(stored, PurePosixPath(given).name, upload, text_of(judged, place.sheet, place.row, place.tag))
    changes = document_changes(judged, place.sheet, place.row, place.tag, name)
    desk.add_documents(user, identifier, {name: upload})
    if changes:
        desk.change(user, identifier, None, changes)
    return judge.judge(desk.get(user, identifier))


def _name(stored: StoredWorkbook, given: str, upload: Upload, typed: str) -> str:
    """The name under which a document is kept: its own, unless another cell names another document so.

    What the cell names already is replaced.
    """
    taken = {name.casefold(): path for name, path in stored.documents.items()}
    name, rank = given, 1
    while name.casefold() in taken and name.casefold() != typed.casefold():
        if _digest(taken[name.casefold()]) == _digest(upload.path):
            break
        rank += 1
        path = PurePosixPath(given)
        name = f"{path.stem} ({rank}){path.suffix}"
    return name


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
