"""The road of a run, top-down: read → clean → fold → check → documents → ledger → number → render → write → report.

It prints nothing; the steps share values, not each other.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from converter.checking.examination import Examination, examine
from converter.checking.options import Options, today
from converter.checking.plausibility import doubts
from converter.documents.gathering import Documented, findings_about, with_documents
from converter.findings import Finding, Refusal, Severity, sentence
from converter.findings.french import long_date, tidy
from converter.ledger.files import write_staged
from converter.ledger.interface import LedgerReader
from converter.ledger.model import StagedBatch
from converter.ledger.reconciliation import Reconciled, reconcile
from converter.ledger.staging import publish, staging
from converter.portal.batch_files import write_files
from converter.portal.numbering import files_of, ledger_entries, number
from converter.portal.spelling import load_spelling
from converter.reading.cells import column_index
from converter.runs.convert import Run
from converter.views.copies import Copying, begin_copies, write_copies
from converter.views.fates import fates_of, places
from converter.views.outcome import REPORT, Outcome, RefusedInput
from converter.views.report import render_report

STAGES = ("Pièces justificatives", "Registre", "Fichiers et archives", "Classeurs annotés et rapport")
_DOCUMENTS, _LEDGER, _FILES, _READING = STAGES


def convert_run(run: Run) -> Outcome:
    """Convert workbooks into a batch, and record its numbers in the ledger. Refusal when nothing could be done."""
    options, ledger = run.options, run.ledger
    spelling = load_spelling()
    recovered = (*ledger.recover(options.out), *ledger.missing_files())
    is_new = not ledger.identifier
    examinations, refused = _examine_all(run)
    run.step(_DOCUMENTS)
    documented = with_documents(examinations, options)
    run.step(_LEDGER)
    with ledger.writing() as writer:
        reconciled = _reconcile(examinations, documented, writer, options)
        numbered = number(reconciled.to_emit, documented.numbers, writer)
        files = files_of(numbered, options.day, writer)
        fates = fates_of(documented.requests, reconciled, places(files))
        findings = _all_findings(examinations, documented, reconciled)
        run.step(_FILES)
        with staging(options.out, options.day, ledger.identifier if files else "") as batch:
            copies = begin_copies(examinations, findings, fates, run.worker)
            written, controls = write_files(batch.staging, files, spelling, run.worker, archives=options.documents)
            if files:
                writer.emit(ledger_entries(files, numbered, options.day), batch)
            run.step(_READING)
            outcome = Outcome(
                command="convert",
                day=options.day,
                files=tuple(written),
                fates=fates,
                findings=findings,
                refused=refused,
                unused_documents=documented.unused,
                recovered=recovered,
                notes=(*_day_in_doubt(options.day), *((sentence("registre-cree"),) if is_new and files else ())),
            )
            outcome = _write_for_people(batch, copies, outcome)
            for control in reversed(controls):  # those not started in the second process run here
                control()
    published = ledger.publish(batch) if files else publish(batch)
    not_copied = tuple(ledger.safety_copy())
    outcome = replace(outcome, notes=(*outcome.notes, *not_copied), unfinished=bool(not_copied))
    return outcome.in_folder(options.out / published.name)


def validate_run(run: Run) -> Outcome:
    """The same checks against the same ledger; no number is taken, no JSON file is made."""
    options = run.options
    with run.ledger.reading() as reader:
        examinations, refused = _examine_all(run)
        run.step(_DOCUMENTS)
        documented = with_documents(examinations, options)
        run.step(_LEDGER)
        reconciled = _reconcile(examinations, documented, reader, options)
    run.step(_READING)
    fates = fates_of(documented.requests, reconciled, None)
    findings = _all_findings(examinations, documented, reconciled)
    with staging(options.out, options.day) as batch:
        outcome = Outcome(
            command="validate",
            day=options.day,
            fates=fates,
            findings=findings,
            refused=refused,
            unused_documents=documented.unused,
            notes=_day_in_doubt(options.day),
        )
        outcome = _write_for_people(batch, begin_copies(examinations, findings, fates, run.worker), outcome)
    return outcome.in_folder(options.out / publish(batch).name)


def _day_in_doubt(day: datetime.date) -> tuple[str, ...]:
    """The note about an upload day in the past, which would be in the names of the files; none otherwise."""
    return (sentence("depot-passe", jour=long_date(day)),) if day < today() else ()


def _examine_all(run: Run) -> tuple[list[Examination], tuple[RefusedInput, ...]]:
    """Every workbook that can be read, and why the others cannot; Refusal when none can."""
    examinations: list[Examination] = []
    refusals: list[tuple[Path, Refusal]] = []
    for path in run.workbooks:
        run.step(f"Lecture de {tidy(path.name)}")
        try:
            examinations.append(examine(run.read(path), run.options, run.worker))
        except Refusal as refusal:
            refusals.append((path, refusal))
    if not examinations:
        raise refusals[0][1] if len(refusals) == 1 else _all_refused(refusals)
    return examinations, tuple(RefusedInput(str(path), refusal.code, str(refusal)) for path, refusal in refusals)


def _reconcile(
    examinations: Sequence[Examination], documented: Documented, reader: LedgerReader, options: Options
) -> Reconciled:
    """The requests compared with the ledger; a changed SIRET is reported on the cell where the workbook gives it."""
    cells = {
        one.workbook.path: one.workbook.supplier_cells["SIRET"].cell
        for one in examinations
        if "SIRET" in one.workbook.supplier_cells and not options.supplier.SIRET
    }
    return reconcile(documented.requests, reader, siret_cells=cells, resend=options.resend)


def _all_refused(refusals: Sequence[tuple[Path, Refusal]]) -> Refusal:
    return Refusal("aucun-classeur-lisible", raisons=" ".join(str(refusal) for _, refusal in refusals))


def _all_findings(
    examinations: Sequence[Examination], documented: Documented, reconciled: Reconciled
) -> tuple[Finding, ...]:
    """All findings, by workbook, sheet, row and column; none about documents already sent."""
    sent = {id(request) for request, _ in reconciled.already}
    of_documents = findings_about(documented, [one for one in documented.requests if id(one.request) not in sent])
    rank = {str(one.workbook.path): position for position, one in enumerate(examinations)}
    later = {
        (str(one.workbook.path), table.sheet): position
        for one in examinations
        for position, table in enumerate(one.workbook.tables)
        if position
    }
    findings = [finding for one in examinations for finding in one.findings] + of_documents + list(reconciled.findings)
    wrong = {(one.cell, one.tag) for one in findings if one.severity is Severity.ERROR}
    doubted = doubts([request for one in examinations for request in one.requests])
    findings += [one for one in doubted if (one.cell, one.tag) not in wrong]

    def place(one: Finding) -> tuple[int, int, int, int]:
        cell = one.cell
        sheet = later.get((cell.workbook, cell.sheet), 0)
        return rank[cell.workbook], sheet, cell.row or 0, column_index(cell.column)

    return tuple(sorted(findings, key=place))


def _write_for_people(batch: StagedBatch, copies: Sequence[Copying], outcome: Outcome) -> Outcome:
    """The annotated workbooks and the report; workbooks that could not be annotated are listed in the report."""
    annotated, impossible = write_copies(batch.staging, copies)
    outcome = replace(outcome, annotated=annotated, findings=(*outcome.findings, *impossible))
    write_staged(batch.staging / REPORT, render_report(outcome).encode("utf-8"))
    return outcome
