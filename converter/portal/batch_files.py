"""The files of one run, written into its staging folder: JSON files, zips, annotated workbooks, report."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.checking.examination import Examination, Options
from converter.checking.second_process import Beside
from converter.cli.summary import REPORT
from converter.documents.archives import archive_name, plan, write_archive
from converter.documents.attaching import NamedDocument, document_name
from converter.findings import Cell, Finding, Severity, finding
from converter.ledger.model import LedgerEntry, LedgerWriter, RequestKey, State
from converter.ledger.reconciliation import ToEmit
from converter.ledger.staging import write_staged
from converter.portal.controls import OwnFile, refuse_wrong
from converter.portal.rendering import JsonFile, NumberedRequest, file_name, render, split
from converter.portal.spelling import Spelling
from converter.views.annotate import AnnotationImpossible, annotate
from converter.views.fates import EmittedPlace
from converter.views.outcome import Archive, EmittedFile, Outcome, RequestFate
from converter.views.report import render_report

ANNOTATED = "-erreurs"
_CONTROLLED_AT_ONCE = 10  # files: 3 Mo; one by one, both processes would mostly wait for each other
Control = Callable[[], None]
"""Waits for the portal's controls of some files, replayed; Refusal where they would be refused."""


@dataclass(frozen=True, slots=True)
class Copying:
    """An annotated copy being made of the workbook at `path`; `made` waits for it."""

    path: Path
    made: Callable[[], bytes]


def number(to_emit: Sequence[ToEmit], typed: Collection[str], writer: LedgerWriter) -> list[ToEmit]:
    """Every request under its number: its own, or the next free ones in order.

    `typed`: the numbers that users filled in, those of requests held back too: not to be given to another meanwhile.
    """
    wanted = sum(not one.numeroEditeur for one in to_emit)
    free = iter(writer.free_numbers(wanted, typed)) if wanted else iter(())
    return [one if one.numeroEditeur else replace(one, numeroEditeur=next(free)) for one in to_emit]


def files_of(numbered: Sequence[ToEmit], options: Options, writer: LedgerWriter) -> list[JsonFile]:
    """The requests pooled by numeroAns and SIRET, at most 200 a file, under the day's next names."""
    pools: dict[tuple[str, str], list[NumberedRequest]] = {}
    for one in numbered:
        supplier = one.request.supplier
        pools.setdefault((supplier.numeroAns, supplier.SIRET), []).append(_under_its_number(one))
    files = []
    next_number: dict[str, int] = {}
    for (numeroAns, SIRET), requests in pools.items():
        for part in split(requests):
            rank = next_number.get(numeroAns) or writer.next_file_number(numeroAns, options.day)
            next_number[numeroAns] = rank + 1
            files.append(JsonFile(file_name(numeroAns, options.day, rank), numeroAns, SIRET, part))
    return files


def places(files: Sequence[JsonFile]) -> dict[RequestKey, EmittedPlace]:
    """Where each request stands: its JSON file and its number, by its key."""
    return {
        numbered_request.request.key: EmittedPlace(one.name, numbered_request.numeroEditeur)
        for one in files
        for numbered_request in one.requests
    }


def ledger_entries(files: Sequence[JsonFile], numbered: Sequence[ToEmit], options: Options) -> list[LedgerEntry]:
    """What the ledger is to remember of these files."""
    snapshots = {one.numeroEditeur: one.snapshot for one in numbered}
    return [
        LedgerEntry(
            key=numbered_request.request.key,
            numeroEditeur=numbered_request.numeroEditeur,
            state=State.EMITTED,
            file=one.name,
            numLigne=rank,
            day=options.day,
            SIRET=one.SIRET,
            montantSegurHT=numbered_request.request.commande.montantSegurHT,
            beneficiaires=numbered_request.request.beneficiary_numbers,
            snapshot=snapshots[numbered_request.numeroEditeur],
        )
        for one in files
        for rank, numbered_request in enumerate(one.requests, start=1)
    ]


def write_files(
    folder: Path, files: Sequence[JsonFile], options: Options, spelling: Spelling, beside: Beside
) -> tuple[list[EmittedFile], list[Control]]:
    """The JSON files and their zips, in `folder`; and their controls, to be waited for before anybody sees them."""
    written, controls, waiting = [], [], []
    for one in files:
        data = render(one, spelling)
        waiting.append(OwnFile(one.name, data, len(one.requests)))
        if len(waiting) == _CONTROLLED_AT_ONCE or one is files[-1]:
            controls.append(beside.begin(refuse_wrong, tuple(waiting), spelling))
            waiting.clear()
        write_staged(folder / one.name, data)
        archives = _write_archives(folder, one, options) if options.documents else ()
        written.append(EmittedFile(one.name, len(one.requests), one.amount, one.advance, archives))
    return written, controls


def begin_copies(
    examinations: Sequence[Examination], findings: Sequence[Finding], fates: Sequence[RequestFate], beside: Beside
) -> list[Copying]:
    """The annotated copy of each workbook with an error or a warning."""
    told_of: dict[str, list[Finding]] = {}
    for told in findings:
        told_of.setdefault(told.cell.workbook, []).append(told)
    statuts: dict[tuple[str, str], dict[int, str]] = {}
    for fate in fates:
        statuts.setdefault((fate.workbook, fate.sheet), {}).update(dict.fromkeys(fate.rows, fate.statut))
    copies = []
    for one in examinations:
        path, table = one.workbook.path, one.table
        ours = told_of.get(str(path), [])
        if any(told.severity is not Severity.CORRECTION for told in ours):
            known = statuts.get((str(path), table.sheet), {})
            made = beside.begin(annotate, path, ours, known, demandes_sheet=table.sheet, header_row=table.header_row)
            copies.append(Copying(path, made))
    return copies


def write_copies(folder: Path, copies: Sequence[Copying]) -> tuple[dict[str, str], list[Finding]]:
    """The annotated copies, in `folder`: workbook → its name; and a finding for each one that cannot be."""
    names: dict[str, str] = {}
    impossible = []
    for one in copies:
        try:
            data = one.made()
        except AnnotationImpossible as reason:
            impossible.append(finding("annotation-impossible", Cell(str(one.path)), raison=str(reason)))
        else:
            name = _annotated_name(one.path, names.values())
            write_staged(folder / name, data)
            names[str(one.path)] = name
    return names, impossible


def write_report(folder: Path, outcome: Outcome) -> None:
    """`rapport.html`."""
    write_staged(folder / REPORT, render_report(outcome).encode("utf-8"))


def _under_its_number(one: ToEmit) -> NumberedRequest:
    entries = tuple(
        NamedDocument(document_name(document.typeFichier, one.numeroEditeur, document.formatFichier), document)
        for document in one.documents
    )
    return NumberedRequest(one.numeroEditeur, one.request, entries)


def _write_archives(folder: Path, file: JsonFile, options: Options) -> tuple[Archive, ...]:
    rank = int(file.name.removesuffix(".json").rsplit("-", 1)[1])
    archives = []
    for k, entries in enumerate(plan([numbered_request.documents for numbered_request in file.requests]), start=1):
        name = archive_name(file.numeroAns, options.day, rank, k)
        size = write_archive(folder / name, entries)
        archives.append(Archive(name, size, tuple(entry.nomFichier for entry in entries)))
    return tuple(archives)


def _annotated_name(workbook: Path, taken: Collection[str]) -> str:
    """`<workbook>-erreurs.xlsx`; a copy of a copy keeps its name, two workbooks of one name are told apart."""
    stem = workbook.stem.removesuffix(ANNOTATED)
    name, rank = f"{stem}{ANNOTATED}{workbook.suffix.lower()}", 1
    while name in taken:
        rank += 1
        name = f"{stem}-{rank}{ANNOTATED}{workbook.suffix.lower()}"
    return name
