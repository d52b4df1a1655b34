"""The requests of a run with the documents that their cells name, and what is wrong with these."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.checking.examination import Examination
from converter.checking.options import DOCUMENTS_FOLDER, Options
from converter.documents.attaching import Document, Known, attach, attach_without_files
from converter.documents.folder import Folder, index_folder, unused
from converter.findings import Finding, Severity
from converter.format.requests import Origin, Request

Row = tuple[str, str, int | None]
"""A row's workbook, sheet and number."""


@dataclass(frozen=True, slots=True)
class DocumentedRequest:
    """A request with its documents (none when one has a problem), and whether a row in error holds it back."""

    request: Request
    documents: tuple[Document, ...]
    in_error: bool


@dataclass(frozen=True, slots=True)
class Documented:
    """The requests of a run with their documents, the findings about these, and the files that no row uses."""

    requests: tuple[DocumentedRequest, ...]
    findings: tuple[Finding, ...]
    unused: tuple[str, ...]

    @property
    def numbers(self) -> set[str]:
        """Every numeroEditeur that a user filled in."""
        return {number for one in self.requests if (number := one.request.reference.numeroEditeur)}


def with_documents(
    examinations: Sequence[Examination],
    options: Options,
    handed_over: Mapping[Path, Folder] | None = None,
    known: Known | None = None,
) -> Documented:
    """The requests of every workbook, with the documents that their cells name.

    `handed_over`: the documents that a program gives with a workbook, in place of a folder. `known`: see `attach`.
    """
    requests = [request for one in examinations for request in one.requests]
    certificates = {
        one.workbook.path: one.workbook.supplier_cells["preuveHT"].cell
        for one in examinations
        if "preuveHT" in one.workbook.supplier_cells
    }
    folders: dict[Path, Folder] = {}
    if options.documents:
        given = handed_over or {}
        paths = [one.workbook.path for one in examinations]
        folders = {path: given.get(path) or index_folder(_folder_of(path, options)) for path in paths}
        attached, findings = attach(requests, lambda request: folders[request.origin.workbook], certificates, known)
    else:
        attached, findings = attach_without_files(requests, certificates)
    in_error = _rows_in_error(one for examination in examinations for one in examination.findings)
    documented = tuple(
        DocumentedRequest(request, documents, _is_in_error(request.origin, in_error))
        for request, documents in zip(requests, attached, strict=True)
    )
    return Documented(documented, tuple(findings), _unused(examinations, folders))


def findings_about(documented: Documented, requests: Sequence[DocumentedRequest]) -> list[Finding]:
    """The findings on documents of these requests, or on the supplier's certificate where one of them uses it."""
    if not documented.findings:
        return []
    origins = [one.request.origin for one in requests]
    rows = {row for origin in origins for row in _rows(origin)}
    certified = {str(one.request.origin.workbook) for one in requests if one.request.takes_supplier_certificate}
    sheets = {(str(origin.workbook), origin.sheet) for origin in origins}
    return [
        one
        for one in documented.findings
        if (one.cell.workbook, one.cell.sheet, one.cell.row) in rows
        or ((one.cell.workbook, one.cell.sheet) not in sheets and one.cell.workbook in certified)
    ]


def _folder_of(workbook: Path, options: Options) -> Path:
    return options.attachments or workbook.parent / DOCUMENTS_FOLDER


def _rows(origin: Origin) -> set[Row]:
    return {(str(origin.workbook), origin.sheet, row) for row in origin.rows}


def _is_in_error(origin: Origin, in_error: Mapping[tuple[str, str], set[int | None]]) -> bool:
    """Whether an error is on one of its rows, or on another row that holds it back."""
    workbook = str(origin.workbook)
    if not in_error[workbook, origin.sheet].isdisjoint(origin.rows):
        return True
    return any(row in in_error[workbook, sheet] for sheet, row in origin.held_by)


def _rows_in_error(findings: Iterable[Finding]) -> Mapping[tuple[str, str], set[int | None]]:
    """The rows with an error, by workbook and sheet."""
    rows: defaultdict[tuple[str, str], set[int | None]] = defaultdict(set)
    for one in findings:
        if one.severity is Severity.ERROR:
            rows[one.cell.workbook, one.cell.sheet].add(one.cell.row)
    return rows


def _unused(examinations: Sequence[Examination], folders: dict[Path, Folder]) -> tuple[str, ...]:
    """Documents that no row of any workbook names; a folder that several workbooks share counts once."""
    typed: dict[Path, list[str]] = {}
    by_root = {folder.root: folder for folder in folders.values()}
    for one in examinations:
        if folder := folders.get(one.workbook.path):
            names = [name for request in one.requests for name in _typed(request)]
            typed.setdefault(folder.root, []).extend(names)
    return tuple(name for root, names in typed.items() for name in unused(by_root[root], names))


def _typed(request: Request) -> list[str]:
    names = (request.documents.bonCommande, request.documents.preuveHT, request.supplier.preuveHT)
    return [name for name in names if name]
