"""What a run makes of workbooks that were examined: their requests compared with the ledger, and every finding."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from converter.checking.examination import Examination
from converter.checking.options import Options, today
from converter.checking.plausibility import doubts
from converter.documents.gathering import Documented, findings_about
from converter.findings import Finding, Severity, sentence
from converter.findings.french import long_date
from converter.format.fields import BY_TAG
from converter.format.user_files import SUPPLIER_SHEET
from converter.ledger.interface import LedgerReader
from converter.ledger.reconciliation import Reconciled, reconcile
from converter.portal.rendering import render_alone
from converter.reading.cells import column_index
from converter.reading.workbook import Workbook
from converter.views.fates import fates_of
from converter.views.outcome import Outcome


def judge(
    examinations: Sequence[Examination], documented: Documented, reader: LedgerReader, options: Options
) -> Outcome:
    """The fate of each request and every finding, as `validate` gives them; nothing is written."""
    reconciled = compare(examinations, documented, reader, options)
    return Outcome(
        command="validate",
        day=options.day,
        fates=fates_of(documented.requests, reconciled, None),
        findings=all_findings(examinations, documented, reconciled),
        unused_documents=documented.unused,
        notes=day_in_doubt(options.day),
        mappings=mappings_of(examinations),
    )


def compare(
    examinations: Sequence[Examination], documented: Documented, reader: LedgerReader, options: Options
) -> Reconciled:
    """The requests compared with the ledger; a changed SIRET is reported on the cell where the workbook gives it."""
    cells = {
        one.workbook.path: one.workbook.supplier_cell("SIRET") for one in examinations if not options.supplier.SIRET
    }
    return reconcile(documented.requests, reader, render_alone, siret_cells=cells, resend=options.resend)


def all_findings(
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

    headings = _their_headings(examinations)
    if headings:
        findings = [replace(one, headings=headings.get((one.workbook, one.sheet), {})) for one in findings]

    def place(one: Finding) -> tuple[int, int, int, int]:
        cell = one.cell
        sheet = later.get((cell.workbook, cell.sheet), 0)
        return rank[cell.workbook], sheet, cell.row or 0, column_index(cell.column)

    return tuple(sorted(findings, key=place))


def mappings_of(examinations: Sequence[Examination]) -> dict[str, Path]:
    """For each workbook read through a mapping, the file of this mapping."""
    return {str(one.workbook.path): one.workbook.mapping.path for one in examinations if one.workbook.mapping}


def _their_headings(examinations: Sequence[Examination]) -> dict[tuple[str, str], dict[str, str]]:
    """For each sheet read through a mapping, what it calls our columns, by their labels."""
    return {
        (str(one.workbook.path), table.sheet): {
            **{BY_TAG[tag].label: heading for tag, heading in table.mapped.headings.items()},
            **_in_place_of_parametres(one.workbook),
        }
        for one in examinations
        for table in one.workbook.tables
        if table.mapped
    }


def _in_place_of_parametres(workbook: Workbook) -> dict[str, str]:
    """Where the supplier's values are, for a workbook that leaves them to its mapping."""
    if workbook.mapping is None or any(one.cell.sheet for one in workbook.supplier_cells.values()):
        return {}
    return {SUPPLIER_SHEET: f"[parametres] de {workbook.mapping.name}"}


def day_in_doubt(day: datetime.date) -> tuple[str, ...]:
    """The note about an upload day in the past, which would be in the names of the files; none otherwise."""
    return (sentence("depot-passe", jour=long_date(day)),) if day < today() else ()
