"""One workbook, from its cells to its requests: read, clean, fold, check, build. Nothing is decided or written here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from converter.checking.building import build_all
from converter.checking.clean_rows import clean_table
from converter.checking.failures import Rules, check, told_on_cells
from converter.checking.folding import fold_rows
from converter.checking.options import Options
from converter.checking.second_process import Worker
from converter.checking.supplier import supplier_of
from converter.findings import Cell, Finding, Refusal, Severity, refuse_beyond
from converter.format.requests import Request
from converter.reading.workbook import Table, Workbook


@dataclass(frozen=True, slots=True)
class Examination:
    """A workbook with its requests, and everything there is to say of its cells; its documents are not looked at."""

    workbook: Workbook
    requests: tuple[Request, ...]
    findings: tuple[Finding, ...]

    @property
    def table(self) -> Table:
        return self.workbook.table


def examine(workbook: Workbook, options: Options, worker: Worker) -> Examination:
    """Everything there is to say about a workbook, its documents apart; Refusal if it cannot be taken."""
    supplier, remarks = supplier_of(workbook, options.supplier, strict_keys=options.strict_keys)
    table = workbook.table
    rows, corrections = clean_table(table)
    if not rows.numbers:  # rows of spaces only
        raise Refusal("aucune-ligne", classeur=workbook.path.name)
    folded, contradictions = fold_rows(table, rows)
    profils = None if supplier.profils is None else frozenset(supplier.profils)
    rules = Rules(options.day, profils, options.strict_keys)
    failures = worker.begin(check, rows, folded, rules, workbook.path)
    requests = build_all(supplier, table, rows, folded)
    wrong = told_on_cells(table, folded, failures(), rules)
    told = one_error_a_cell((*workbook.findings, *remarks, *contradictions, *wrong)) + corrections
    refuse_beyond(len(told), workbook.path)
    emptied = replace(workbook, table=replace(table, cells={}))  # the cells are requests now: 1 KB a row less to hold
    return Examination(emptied, tuple(requests), tuple(told))


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
