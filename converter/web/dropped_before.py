"""The documents that were dropped for requests which the portal refused: they are joined to the workbook to correct, as
long as the workbook from which these requests left is still kept."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from converter.documents.folder import Item
from converter.findings.french import NBSP
from converter.format.file_names import DOCUMENT_TAGS
from converter.ledger.model import LedgerEntry
from converter.runs.submitted import Submitted
from converter.web.desk import Desk, Upload
from converter.web.users import User


@dataclass(frozen=True, slots=True)
class DroppedBefore:
    """The documents of some requests that are still kept, by the names under which cells name them; `whole`: whether
    none is missing."""

    found: dict[str, Upload]
    whole: bool

    @property
    def sentence(self) -> str:
        """What to say of them; "" where the requests had none."""
        if self.whole:
            return "Les pièces de ces demandes y sont jointes." if self.found else ""
        if not self.found:
            return f"Les pièces de ces demandes ne sont plus gardées ici{NBSP}: redonnez-les."
        return f"Une partie des pièces de ces demandes y est jointe{NBSP}; redonnez les autres, qui ne sont plus ici."


def dropped_before(desk: Desk, user: User, requests: Iterable[tuple[LedgerEntry, str]]) -> DroppedBefore:
    """The documents of these requests, each with the batch in which it left, as new files of the desk.

    A document is known by its content, which the ledger remembers: one that was replaced since is not it.
    """
    by_batch = _submitted_by_batch(desk, user)
    kept: dict[str, tuple[str, Item]] = {}
    whole = True
    for entry, batch in requests:
        left_from = [one for one in by_batch.get(batch, ()) if one.path.name == entry.snapshot.workbook]
        for typed, digest in _documents_of(entry):
            item = next(_matching(left_from, typed, digest), None)
            if item is None or kept.setdefault(item.relative, (digest, item))[0] != digest:
                whole = False
    found = {name: Upload(name, desk.files.again(item.path)) for name, (_, item) in kept.items()}
    return DroppedBefore(found, whole)


def _submitted_by_batch(desk: Desk, user: User) -> dict[str, list[Submitted]]:
    """The workbooks kept here that became batches, with their documents."""
    by_batch: dict[str, list[Submitted]] = {}
    for one in desk.listed(user):
        if one.lot:
            by_batch.setdefault(one.lot, []).append(Submitted(one.name, b"", one.documents, one.id))
    return by_batch


def _documents_of(entry: LedgerEntry) -> Iterator[tuple[str, str]]:
    """The name that a cell gives each document of a request, and its SHA-256."""
    for kind, tag in DOCUMENT_TAGS.items():
        typed, digest = entry.snapshot.cells.get(tag), entry.snapshot.fingerprints.get(kind)
        if typed and digest:
            yield typed, digest


def _matching(workbooks: Iterable[Submitted], typed: str, digest: str) -> Iterator[Item]:
    """What a name means in the documents of these workbooks, where it is the document of that SHA-256."""
    for one in workbooks:
        item = one.folder.find(typed)
        if isinstance(item, Item) and item.path.is_file() and _sha256(item) == digest:
            yield item


def _sha256(item: Item) -> str:
    return hashlib.sha256(item.path.read_bytes()).hexdigest()
