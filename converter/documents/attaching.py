"""Find and check documents, and name them as the portal wants (guide § 3.2, § 3.3; docs/interface.md)."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import filetype

from converter.documents.folder import Folder, Item, Problem, format_of
from converter.documents.opening import CUT_SHORT, PROTECTED, WRONG, Defect, Unopened, defects
from converter.findings import Cell, Finding, finding
from converter.findings.french import NBSP, tidy
from converter.format.file_names import DOCUMENT_FORMATS, EXTENSIONS
from converter.format.requests import Origin, Request
from converter.reading.file_access import ask, read_files

# Guide: 3 Mo per document, read as the SI unit, the strict side.
MAX_DOCUMENT = 3_000_000
# A PDF's header may stand anywhere in its first 1024 bytes (PDF Reference 1.7, appendix H, note 13).
_PDF_HEADER_WITHIN = 1024
_DEFECTS: Mapping[Defect, tuple[str, Mapping[str, str]]] = {
    PROTECTED: ("document-protege", {}),
    CUT_SHORT: ("document-incomplet", {"defaut": "il s'arrête avant la fin"}),
    WRONG: ("document-incomplet", {"defaut": "il ne s'ouvre pas"}),
}
_MISSING = {"BON_COMMANDE": "document-manquant", "PREUVE_HT": "attestation-manquante"}


@dataclass(frozen=True, slots=True)
class Document:
    """One supporting document of a request. `path` is None with --no-attachments; `size` in bytes."""

    typeFichier: str  # BON_COMMANDE or PREUVE_HT
    formatFichier: str  # PDF, PNG or JPG
    path: Path | None = None
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """One document under the name that the portal wants."""

    nomFichier: str
    document: Document


Known = MutableMapping[Item, Document | Problem]
"""What earlier runs found in files that never change."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A document that a request needs: what the user typed, and where (`certificate`: in « Paramètres »)."""

    typeFichier: str
    typed: str
    tag: str
    origin: Origin
    certificate: Cell | None = None

    @property
    def cell(self) -> Cell:
        return self.certificate or self.origin.cell(self.tag)


def attach(
    requests: Iterable[Request],
    folder_of: Callable[[Request], Folder],
    certificate_cells: Mapping[Path, Cell],
    known: Known | None = None,
) -> tuple[list[tuple[Document, ...]], list[Finding]]:
    """The documents of each request, in its order, looked up in the folder of its workbook and looked into.

    `certificate_cells`: the cell of `preuveHT` in « Paramètres », for each workbook that fills it. `known` spares the
    files that it knows from being read again, and learns the others.
    A request that misses a document gets an empty tuple, and must be held back: its finding may be on « Paramètres »,
    where a problem with the supplier's certificate is reported once.
    """
    found = _Found(folder_of, {} if known is None else known)
    needs = _needs(requests, certificate_cells)
    found.look((request, wanted) for request, all_wanted in needs for wanted in all_wanted)
    return _attach(needs, found.get)


def attach_without_files(
    requests: Iterable[Request], certificate_cells: Mapping[Path, Cell]
) -> tuple[list[tuple[Document, ...]], list[Finding]]:
    """The same with --no-attachments: the format is that of the cell's extension, PDF if empty; no file looked at."""

    def imagine(_: Request, wanted: _Wanted) -> Document | Problem:
        kind = format_of(wanted.typed) if wanted.typed else "PDF"
        if kind is None:
            return Problem("document-format-inconnu", {"proposition": ""})
        return Document(wanted.typeFichier, kind)

    return _attach(_needs(requests, certificate_cells), imagine)


def _attach(
    needs: Iterable[tuple[Request, list[_Wanted]]], resolve: Callable[[Request, _Wanted], Document | Problem]
) -> tuple[list[tuple[Document, ...]], list[Finding]]:
    attached: list[tuple[Document, ...]] = []
    findings: dict[
        tuple[str, Cell], Finding
    ] = {}  # by code and cell, so that the supplier's certificate is reported once
    first_with: dict[str, Request] = {}
    for request, all_wanted in needs:
        documents: list[Document] = []
        for wanted in all_wanted:
            found = resolve(request, wanted)
            problem = found if isinstance(found, Problem) else _shared(request, found, wanted.typed, first_with)
            if isinstance(found, Document):
                documents.append(found)
            if problem and not _has_no_column(wanted):
                findings[problem.code, wanted.cell] = finding(
                    problem.code, wanted.cell, wanted.tag, wanted.typed, None, case=problem.case, **problem.details
                )
        attached.append(tuple(documents) if len(documents) == len(all_wanted) else ())
        if (typed := request.documents.preuveHT) and request.commande.regimeTVA != "HT":
            cell = request.origin.cell("preuveHT")
            findings["attestation-non-envoyee", cell] = finding("attestation-non-envoyee", cell, "preuveHT", typed)
    return attached, list(findings.values())


def _has_no_column(wanted: _Wanted) -> bool:
    """Whether the order form has no column at all, which was reported once, on the heading row."""
    return wanted.tag == "bonCommande" and not wanted.typed and not wanted.cell.column


def _needs(requests: Iterable[Request], certificate_cells: Mapping[Path, Cell]) -> list[tuple[Request, list[_Wanted]]]:
    """Each request with the documents that it needs."""
    return [(request, _wanted(request, certificate_cells)) for request in requests]


def _wanted(request: Request, certificate_cells: Mapping[Path, Cell]) -> list[_Wanted]:
    typed, origin = request.documents, request.origin
    wanted = [_Wanted("BON_COMMANDE", typed.bonCommande or "", "bonCommande", origin)]
    if request.commande.regimeTVA != "HT":
        return wanted
    if request.takes_supplier_certificate:
        certificate = certificate_cells[origin.workbook]
        return [*wanted, _Wanted("PREUVE_HT", request.supplier.preuveHT or "", "preuveHT", origin, certificate)]
    return [*wanted, _Wanted("PREUVE_HT", typed.preuveHT or "", "preuveHT", origin)]


def _shared(request: Request, document: Document, typed: str, first_with: dict[str, Request]) -> Problem | None:
    """The warning that an earlier request names the same purchase order, where no document is looked at.

    `ledger.claims` compares the documents whose content is known, those of the ledger included.
    """
    if document.typeFichier != "BON_COMMANDE" or not typed or document.sha256:
        return None
    same = f"{os.path.dirname(request.origin.workbook)} {typed.casefold()}"  # noqa: PTH120 — fast
    first = first_with.setdefault(same, request)
    if first is request:
        return None
    cell = first.origin.cell("bonCommande")
    return Problem("document-partage", {"autre": f"{first.origin.workbook.name}, ligne {cell.row}"})


class _Found:
    """The documents of a run, each read once."""

    def __init__(self, folder_of: Callable[[Request], Folder], known: Known) -> None:
        self._folder_of = folder_of
        self._known = known

    def look(self, all_wanted: Iterable[tuple[Request, _Wanted]]) -> None:
        """Check each wanted file that exists, and whether it opens."""
        items = {item: None for one in all_wanted if not isinstance(item := self._item(*one), Problem)}
        unknown = [item for item in items if item not in self._known]
        for (item, document), defect in defects(self._unopened(unknown)):
            self._known[item] = Problem(*_DEFECTS[defect]) if defect else document

    def get(self, request: Request, wanted: _Wanted) -> Document | Problem:
        """The document or its problem."""
        item = self._item(request, wanted)
        if isinstance(item, Problem):
            return item
        found = self._known[item]
        return found if isinstance(found, Problem) else replace(found, typeFichier=wanted.typeFichier)

    def _unopened(self, items: Sequence[Item]) -> Iterator[Unopened[tuple[Item, Document]]]:
        """The files that must be opened to know whether they are right; what is wrong with the others is known."""
        for item, content in zip(items, read_files([item.path for item in items], MAX_DOCUMENT), strict=True):
            seen = _look_into(item, content)
            if isinstance(seen, Document) and isinstance(content, bytes):
                yield Unopened((item, seen), content, seen.formatFichier)
            elif isinstance(seen, Problem):
                self._known[item] = seen

    def _item(self, request: Request, wanted: _Wanted) -> Item | Problem:
        if not wanted.typed:
            return Problem(_MISSING[wanted.typeFichier])
        return self._folder_of(request).find(wanted.typed)


def _look_into(item: Item, content: bytes | OSError) -> Document | Problem:
    """Its size, its kind by its content, its fingerprint. Its typeFichier is left to the caller."""
    kind = format_of(item.relative) or ""
    if isinstance(content, OSError):
        return Problem("document-illisible")
    try:
        size = len(content) if len(content) <= MAX_DOCUMENT else ask(item.path, item.path.lstat).st_size
    except OSError:
        return Problem("document-illisible")
    if size == 0:
        return Problem("document-vide")
    if size > MAX_DOCUMENT:
        return Problem("document-trop-lourd", {"taille": _megabytes(size)})
    if (actual := _kind_of(content)) != kind:
        return _wrong_content(item, kind, actual)
    return Document("", kind, item.path, size, hashlib.sha256(content).hexdigest())


def _wrong_content(item: Item, expected: str, actual: str) -> Problem:
    details = {"attendu": expected, "contenu": actual or "inconnu"}
    if actual not in DOCUMENT_FORMATS:
        return Problem("document-contenu", details)
    renamed = f"{PurePosixPath(item.relative).stem}.{actual.lower()}"
    return Problem("document-contenu", {**details, "nouveau": tidy(renamed)}, "extension")


def _kind_of(content: bytes) -> str:
    """PDF, PNG, JPG, another kind by its usual extension, or "" if unknown."""
    if guessed := filetype.guess(content):
        extension: str = guessed.extension
        return EXTENSIONS.get(f".{extension}", extension.upper())
    return "PDF" if b"%PDF-" in content[:_PDF_HEADER_WITHIN] else ""


def _megabytes(size: int) -> str:
    """`size` in Mo, rounded up to the hundredth so that one byte too many shows: « 3,01 Mo »."""
    return f"{-(-size // 10_000) / 100:.2f}{NBSP}Mo".replace(".", ",")
