"""One workbook, from its cells to its requests: clean, group, fold, check, build. Nothing is decided or written."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from converter.checking.belonging import group_rows
from converter.checking.building import build_all
from converter.checking.clean_rows import Rows, clean_table
from converter.checking.failures import Failures, Rules, check, on_cells, on_headings
from converter.checking.folding import Folded, fold_rows
from converter.checking.mapped_findings import in_their_words
from converter.checking.mapping_values import refuse_wrong_values
from converter.checking.options import Options
from converter.checking.row_marks import on_rows
from converter.checking.second_process import Worker
from converter.checking.stray_rows import set_aside
from converter.checking.supplier import supplier_of
from converter.findings import Cell, Finding, Severity, refuse_beyond
from converter.format.requests import Request, RowPlace
from converter.reading.table import Table
from converter.reading.workbook import Workbook, no_rows


@dataclass(frozen=True, slots=True)
class Examination:
    """A workbook with its requests and every finding about its cells; its documents are not looked at."""

    workbook: Workbook
    requests: tuple[Request, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet of orders: its clean rows, folded into requests; `failures` waits for the failures of its cells."""

    table: Table
    rows: Rows
    folded: Folded
    failures: Callable[[], Failures]


def examine(workbook: Workbook, options: Options, worker: Worker) -> Examination:
    """The requests and findings of a workbook, its documents apart; Refusal if it cannot be used."""
    if workbook.mapping is not None:
        refuse_wrong_values(workbook.mapping, options.day)
    supplier, remarks = supplier_of(workbook, options.supplier, strict_keys=options.strict_keys)
    profils = None if supplier.profils is None else frozenset(supplier.profils)
    rules = Rules(options.day, profils, options.strict_keys)
    clean, corrections, set_aside_rows = _clean(workbook)
    groupings, doubts = group_rows(clean)
    sheets, found = [], [*workbook.findings, *remarks, *doubts]
    for (table, _), grouping in zip(clean, groupings, strict=True):
        found += on_rows(table, grouping.rows.numbers, strict=options.strict_rows)
        folded, contradictions = fold_rows(table, grouping)
        found += contradictions
        begun = worker.begin(check, grouping.rows, folded, rules, workbook.path)
        sheets.append(_Sheet(table, grouping.rows, folded, begun))
    built = [build_all(supplier, sheet.table, sheet.rows, sheet.folded) for sheet in sheets]
    requests: list[Request] = []
    for sheet, of_sheet in zip(sheets, built, strict=True):
        failures = sheet.failures()
        missing, lacking = on_headings(sheet.table, sheet.rows, sheet.folded, failures, documents=options.documents)
        found += on_cells(sheet.table, sheet.rows, sheet.folded, failures, rules) + missing
        requests += _waiting(of_sheet, lacking, (sheet.table.sheet, sheet.table.header_row)) if lacking else of_sheet
    kept = [one for one in found if (one.cell.sheet, one.cell.row) not in set_aside_rows]
    findings = one_error_a_cell(kept) + corrections
    if workbook.mapping is not None:
        findings = in_their_words(findings, workbook.tables, options.day)
    refuse_beyond(len(findings), workbook.path)
    # the requests hold the values now: dropping the cells frees 1 KB a row
    emptied = replace(workbook, tables=tuple(table.emptied() for table in workbook.tables))
    return Examination(emptied, tuple(requests), tuple(findings))


def _clean(workbook: Workbook) -> tuple[list[tuple[Table, Rows]], list[Finding], set[tuple[str, int | None]]]:
    """The clean rows of each sheet, the findings about corrections and rows that are no order, and where these are.

    Refusal when no row is left.
    """
    clean, findings = [], []
    left_aside: set[tuple[str, int | None]] = set()
    for whole in workbook.tables:
        table, strays = set_aside(whole)
        rows, corrections = clean_table(table)
        left_aside |= {(one.cell.sheet, one.cell.row) for one in strays}
        findings += strays + corrections
        if rows.numbers:  # none are left where the rows hold only spaces
            clean.append((table, rows))
    if not clean:
        raise no_rows(workbook.path, workbook.mapping)
    return clean, findings, left_aside


def _waiting(requests: Sequence[Request], lacking: Collection[int], place: RowPlace) -> list[Request]:
    """The same requests, those of `lacking` held by the row at `place`."""
    return [
        replace(one, origin=replace(one.origin, held_by=(*one.origin.held_by, place))) if rank in lacking else one
        for rank, one in enumerate(requests)
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
