"""The road of a run, top-down: read → clean → fold → check → documents → ledger → number → render → write → report.

It prints nothing; the steps share values, not each other.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from converter.checking.examination import Examination, examine
from converter.documents.gathering import with_documents
from converter.findings import Refusal, sentence
from converter.findings.french import tidy
from converter.ledger.files import write_staged
from converter.ledger.model import StagedBatch
from converter.ledger.staging import publish, staging
from converter.portal.batch_files import write_files
from converter.portal.numbering import files_of, ledger_entries, number
from converter.portal.spelling import load_spelling
from converter.runs.convert import Run
from converter.runs.inputs import none_readable
from converter.runs.judging import all_findings, compare, day_in_doubt, judge, mappings_of
from converter.runs.once import refuse_made
from converter.views.copies import Copying, begin_copies, write_copies
from converter.views.fates import fates_of, places
from converter.views.outcome import REPORT, Outcome, RefusedInput
from converter.views.report import render_report
from converter.views.run_record import RECORD, run_record

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
    documented = with_documents(examinations, options, run.folders)
    run.step(_LEDGER)
    with ledger.writing() as writer:
        refuse_made(options.key, writer)
        reconciled = compare(examinations, documented, writer, options)
        numbered = number(reconciled.to_emit, documented.numbers, writer)
        files = files_of(numbered, options.day, writer)
        recorded = bool(files or options.key)
        fates = fates_of(documented.requests, reconciled, places(files))
        findings = all_findings(examinations, documented, reconciled)
        run.step(_FILES)
        with staging(options.out, options.day, ledger.identifier if recorded else "") as batch:
            copies = begin_copies(examinations, findings, fates, run.worker, run.contents)
            written = write_files(batch.staging, files, spelling, run.worker, archives=options.documents)
            if recorded:
                entries = ledger_entries(files, batch.staging, spelling, options.day)
                writer.emit(entries, replace(batch, key=options.key))
            run.step(_READING)
            outcome = Outcome(
                command="convert",
                day=options.day,
                files=written.files,
                fates=fates,
                findings=findings,
                refused=refused,
                unused_documents=documented.unused,
                recovered=recovered,
                notes=(*day_in_doubt(options.day), *((sentence("registre-cree"),) if is_new and files else ())),
                mappings=mappings_of(examinations),
            )
            outcome = _write_for_people(batch, copies, outcome)
            if options.key:
                write_staged(batch.staging / RECORD, run_record(outcome))
            for control in reversed(written.controls):  # those not started in the second process run here
                control()
    published = ledger.publish(batch) if recorded else publish(batch)
    not_copied = tuple(ledger.safety_copy())
    outcome = replace(outcome, notes=(*outcome.notes, *not_copied), unfinished=bool(not_copied))
    return outcome.in_folder(options.out / published.name)


def validate_run(run: Run) -> Outcome:
    """The same checks against the same ledger; no number is taken, no JSON file is made."""
    options = run.options
    with run.ledger.reading() as reader:
        examinations, refused = _examine_all(run)
        run.step(_DOCUMENTS)
        documented = with_documents(examinations, options, run.folders)
        run.step(_LEDGER)
        outcome = judge(examinations, documented, reader, options)
    run.step(_READING)
    with staging(options.out, options.day) as batch:
        copies = begin_copies(examinations, outcome.findings, outcome.fates, run.worker, run.contents)
        outcome = _write_for_people(batch, copies, replace(outcome, refused=refused))
    return outcome.in_folder(options.out / publish(batch).name)


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
        raise none_readable([refusal for _, refusal in refusals])
    return examinations, tuple(RefusedInput.of(path, refusal) for path, refusal in refusals)


def _write_for_people(batch: StagedBatch, copies: Sequence[Copying], outcome: Outcome) -> Outcome:
    """The annotated workbooks and the report; workbooks that could not be annotated are listed in the report."""
    annotated, impossible = write_copies(batch.staging, copies)
    outcome = replace(outcome, annotated=annotated, findings=(*outcome.findings, *impossible))
    write_staged(batch.staging / REPORT, render_report(outcome).encode("utf-8"))
    return outcome
