"""One workbook, from its cells to its requests: read, clean, fold, check, build. Nothing is decided or written here."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.checking.building import build_all
from converter.checking.failures import Rules, check, told_on_cells
from converter.checking.folding import clean_table, fold_rows
from converter.checking.second_process import Beside
from converter.checking.supplier import SupplierOptions, supplier_of
from converter.documents.attaching import attach, attach_without_files, takes_supplier_certificate
from converter.documents.folder import Folder, index_folder, unused
from converter.findings import Cell, Finding, Refusal, Severity, refuse_beyond
from converter.format.requests import Origin, Request
from converter.ledger.reconciliation import Examined
from converter.ledger.snapshot import snapshot_of, with_fingerprints
from converter.reading.workbook import Table, Workbook

DOCUMENTS_FOLDER = "pieces"
Row = tuple[str, str, int | None]
"""A row's workbook, sheet and number."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for. `attachments`: the folder of documents, None for `pieces` beside each workbook."""

    out: Path
    day: datetime.date
    attachments: Path | None = None
    documents: bool = True
    supplier: SupplierOptions = SupplierOptions()
    strict_keys: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """A workbook with its requests, and everything there is to say of its cells; its documents are not looked at.

    `contenus`: what the ledger is to keep of each request.
    """

    workbook: Workbook
    requests: tuple[Request, ...]
    snapshots: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]

    @property
    def table(self) -> Table:
        return self.workbook.table


@dataclass(frozen=True, slots=True)
class Documented:
    """The requests of a run, with their documents; the findings of these; and the documents that no row uses."""

    requests: tuple[Examined, ...]
    findings: tuple[Finding, ...]
    unused: tuple[str, ...]

    @property
    def numbers(self) -> set[str]:
        """Every numeroEditeur that a user filled in."""
        return {number for one in self.requests if (number := one.request.reference.numeroEditeur)}


def examine(workbook: Workbook, options: Options, beside: Beside) -> Examination:
    """Everything there is to say about a workbook, its documents apart; Refusal if it cannot be taken."""
    supplier, remarks = supplier_of(workbook, options.supplier, strict_keys=options.strict_keys)
    table = workbook.table
    rows, corrections = clean_table(table)
    if not rows.numbers:  # rows of spaces only
        raise Refusal("aucune-ligne", classeur=workbook.path.name)
    folded, contradictions = fold_rows(table, rows)
    profils = None if supplier.profils is None else frozenset(supplier.profils)
    rules = Rules(options.day, profils, options.strict_keys)
    failures = beside.begin(check, rows, folded, rules, workbook.path)
    requests = build_all(supplier, table, rows, folded)
    snapshots = [snapshot_of(request) for request in requests]
    wrong = told_on_cells(table, folded, failures(), rules)
    told = one_error_a_cell((*workbook.findings, *remarks, *contradictions, *wrong)) + corrections
    refuse_beyond(len(told), workbook.path)
    emptied = replace(workbook, table=replace(table, cells={}))  # the cells are requests now: 1 KB a row less to hold
    return Examination(emptied, tuple(requests), tuple(snapshots), tuple(told))


def with_documents(examinations: Sequence[Examination], options: Options) -> Documented:
    """The requests of every workbook, with the documents that their cells name."""
    requests = [request for one in examinations for request in one.requests]
    certificates = {
        one.workbook.path: one.workbook.supplier_cells["preuveHT"].cell
        for one in examinations
        if "preuveHT" in one.workbook.supplier_cells
    }
    folders: dict[Path, Folder] = {}
    if options.documents:
        folders = {one.workbook.path: index_folder(_folder_of(one.workbook.path, options)) for one in examinations}
        attached, told = attach(requests, lambda request: folders[request.origin.workbook], certificates)
    else:
        attached, told = attach_without_files(requests, certificates)
    in_error = _rows_in_error(one for examination in examinations for one in examination.findings)
    snapshots = [snapshot for one in examinations for snapshot in one.snapshots]
    examined = tuple(
        Examined(
            request,
            documents,
            with_fingerprints(snapshot, documents) if options.documents else snapshot,
            not in_error[_sheet_of(request.origin)].isdisjoint(request.origin.rows),
        )
        for request, documents, snapshot in zip(requests, attached, snapshots, strict=True)
    )
    return Documented(examined, tuple(told), _unused(examinations, folders))


def findings_about(documented: Documented, requests: Sequence[Examined]) -> list[Finding]:
    """Those findings of documents that concern one of these requests, or the supplier's certificate that it takes."""
    if not documented.findings:
        return []
    origins = [one.request.origin for one in requests]
    rows = {row for origin in origins for row in _rows(origin)}
    certified = {str(one.request.origin.workbook) for one in requests if takes_supplier_certificate(one.request)}
    sheets = {(str(origin.workbook), origin.sheet) for origin in origins}
    return [
        one
        for one in documented.findings
        if (one.cell.workbook, one.cell.sheet, one.cell.row) in rows
        or ((one.cell.workbook, one.cell.sheet) not in sheets and one.cell.workbook in certified)
    ]


def one_error_a_cell(findings: Iterable[Finding]) -> list[Finding]:
    """The same findings, with only the first error of each cell: the others mostly follow from it."""
    seen: set[tuple[Cell, str]] = set()
    kept = []
    for one in findings:
        place = (one.cell, one.tag)
        if one.severity is Severity.ERROR:
            if place in seen:
                continue
            seen.add(place)
        kept.append(one)
    return kept


def _folder_of(workbook: Path, options: Options) -> Path:
    return options.attachments or workbook.parent / DOCUMENTS_FOLDER


def _rows(origin: Origin) -> set[Row]:
    return {(str(origin.workbook), origin.sheet, row) for row in origin.rows}


def _sheet_of(origin: Origin) -> tuple[str, str]:
    return str(origin.workbook), origin.sheet


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
