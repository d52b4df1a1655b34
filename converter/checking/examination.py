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
from converter.format.requests import Demande, Origin
from converter.ledger.reconciliation import Examined
from converter.ledger.snapshot import contenu_of, with_fingerprints
from converter.reading.workbook import Classeur, Table

PIECES = "pieces"
Row = tuple[str, str, int | None]
"""A row's workbook, sheet and number."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for. `attachments`: the folder of documents, None for `pieces` beside each workbook."""

    out: Path
    jour: datetime.date
    attachments: Path | None = None
    documents: bool = True
    supplier: SupplierOptions = SupplierOptions()
    strict_keys: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """A workbook with its requests, and everything there is to say of its cells; its documents are not looked at.

    `contenus`: what the ledger is to keep of each request.
    """

    classeur: Classeur
    demandes: tuple[Demande, ...]
    contenus: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]

    @property
    def table(self) -> Table:
        return self.classeur.table


@dataclass(frozen=True, slots=True)
class Documented:
    """The requests of a run, with their documents; the findings of these; and the documents that no row uses."""

    requests: tuple[Examined, ...]
    findings: tuple[Finding, ...]
    unused: tuple[str, ...]

    @property
    def numbers(self) -> set[str]:
        """Every numeroEditeur that a user filled in."""
        return {number for one in self.requests if (number := one.demande.reference.numeroEditeur)}


def examine(classeur: Classeur, options: Options, beside: Beside) -> Examination:
    """Everything there is to say about a workbook, its documents apart; Refusal if it cannot be taken."""
    fournisseur, remarks = supplier_of(classeur, options.supplier, strict_keys=options.strict_keys)
    table = classeur.table
    rows, corrections = clean_table(table)
    if not rows.numbers:  # rows of spaces only
        raise Refusal("aucune-ligne", classeur=classeur.path.name)
    folded, contradictions = fold_rows(table, rows)
    profils = None if fournisseur.profils is None else frozenset(fournisseur.profils)
    rules = Rules(options.jour, profils, options.strict_keys)
    failures = beside.begin(check, rows, folded, rules, classeur.path)
    demandes = build_all(fournisseur, table, rows, folded)
    contenus = [contenu_of(demande) for demande in demandes]
    wrong = told_on_cells(table, folded, failures(), rules)
    told = one_error_a_cell((*classeur.findings, *remarks, *contradictions, *wrong)) + corrections
    refuse_beyond(len(told), classeur.path)
    emptied = replace(classeur, table=replace(table, cells={}))  # the cells are requests now: 1 KB a row less to hold
    return Examination(emptied, tuple(demandes), tuple(contenus), tuple(told))


def with_documents(examinations: Sequence[Examination], options: Options) -> Documented:
    """The requests of every workbook, with the documents that their cells name."""
    demandes = [demande for one in examinations for demande in one.demandes]
    certificates = {
        one.classeur.path: one.classeur.parametres["preuveHT"].cell
        for one in examinations
        if "preuveHT" in one.classeur.parametres
    }
    folders: dict[Path, Folder] = {}
    if options.documents:
        folders = {one.classeur.path: index_folder(_folder_of(one.classeur.path, options)) for one in examinations}
        attached, told = attach(demandes, lambda demande: folders[demande.origin.workbook], certificates)
    else:
        attached, told = attach_without_files(demandes, certificates)
    in_error = _rows_in_error(one for examination in examinations for one in examination.findings)
    contenus = [contenu for one in examinations for contenu in one.contenus]
    requests = tuple(
        Examined(
            demande,
            documents,
            with_fingerprints(contenu, documents) if options.documents else contenu,
            not in_error[_sheet_of(demande.origin)].isdisjoint(demande.origin.rows),
        )
        for demande, documents, contenu in zip(demandes, attached, contenus, strict=True)
    )
    return Documented(requests, tuple(told), _unused(examinations, folders))


def findings_about(documented: Documented, requests: Sequence[Examined]) -> list[Finding]:
    """Those findings of documents that concern one of these requests, or the supplier's certificate that it takes."""
    if not documented.findings:
        return []
    origins = [one.demande.origin for one in requests]
    rows = {row for origin in origins for row in _rows(origin)}
    certified = {str(one.demande.origin.workbook) for one in requests if takes_supplier_certificate(one.demande)}
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
    return options.attachments or workbook.parent / PIECES


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
        if folder := folders.get(one.classeur.path):
            names = [name for demande in one.demandes for name in _typed(demande)]
            typed.setdefault(folder.root, []).extend(names)
    return tuple(name for root, names in typed.items() for name in unused(by_root[root], names))


def _typed(demande: Demande) -> list[str]:
    names = (demande.documents.bonCommande, demande.documents.preuveHT, demande.fournisseur.preuveHT)
    return [name for name in names if name]
