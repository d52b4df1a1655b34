"""A workbook judged while a person corrects it: read once, judged again at each change, nothing written.

What it gives is what `validate` would give of the workbook with these changes.
"""

from contextlib import closing
from dataclasses import replace

from converter.checking.examination import examine
from converter.checking.mapping_values import chosen_mapping
from converter.checking.options import Options
from converter.checking.second_process import Worker
from converter.documents.attaching import Known
from converter.documents.gathering import with_documents
from converter.ledger import open_ledger
from converter.reading.workbook import Workbook, read_workbook
from converter.runs.judging import judge
from converter.runs.submitted import Submitted
from converter.views.annotate import annotate
from converter.views.copies import statut_sheets
from converter.views.outcome import Outcome

_FROM_ANOTHER_CELL = {"reference-fusionnee"}


def read(submitted: Submitted, options: Options) -> Workbook:
    """The workbook, with the cells of its sheets of orders; Refusal when it cannot be read."""
    return read_workbook(
        submitted.path,
        documents=options.documents,
        handed_over=submitted.content,
        mapping=chosen_mapping(options, submitted.mapping),
    )


def review(workbook: Workbook, submitted: Submitted, options: Options, known: Known) -> Outcome:
    """The fate of each request and every finding. Refusal when the workbook cannot be used, or the ledger not read.

    `submitted` gives the documents; `known`: what was found in them before, so that none is opened twice.
    """
    examination = examine(workbook, options, Worker())
    documented = with_documents([examination], options, {workbook.path: submitted.folder}, known)
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return judge([examination], documented, reader, options)


def annotated(workbook: Workbook, content: bytes, outcome: Outcome) -> bytes:
    """The annotated copy of the workbook whose bytes are `content`. AnnotationImpossible for an unusual one."""
    return annotate(content, outcome.findings, statut_sheets(workbook, outcome.fates))


def with_text(workbook: Workbook, sheet: str, row: int, tag: str, text: str) -> Workbook | None:
    """The same workbook with another text in a cell; None when it must be read again to know what it then holds."""
    table = next((one for one in workbook.tables if one.sheet == sheet), None)
    if table is None or table.mapped or tag not in table.cells or row not in table.rows or not text:
        return None
    cell = table.cell(row, tag)
    if any(one.cell == cell and one.code in _FROM_ANOTHER_CELL for one in workbook.findings):
        return None
    changed = table.with_text(row, tag, text)
    return replace(
        workbook,
        tables=tuple(changed if one is table else one for one in workbook.tables),
        findings=tuple(one for one in workbook.findings if one.cell != cell),
    )
