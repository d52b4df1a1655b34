"""What checking makes of the cells and rows that `test_corrections` and `test_rules` pin one by one.

A mutant is shown first to these tables, all in one call and without a file: nearly every one is seen there. What is
compared is what those tests assert of each case, so that a difference here is a test that fails there.
"""

import datetime
import pickle
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas
import pandera.pandas as pandera

if TYPE_CHECKING:
    from converter.format.requests import Request
    from converter.reading.table import Table
    from converter.reading.workbook import Workbook

Sheets = list[tuple["Workbook", Mapping[int, str]]]
"""Workbooks that were read, with the tag whose clean value is asserted in each request, by its first row."""
_DAY, _PROFILES = datetime.date(2026, 11, 22), ("Centre de santé", "Mailiz")


def keep_sheets(path: Path, folder: Path) -> None:
    """Write and read the workbooks of the tables, and keep what was read."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from rules import CASES as RULES
    from rules import PAIRS
    from samples.spec import COLUMNS
    from test_corrections import CASES, ERRORS, STRUCTURE_ONLY
    from workbooks import solo, structure, write_workbook

    from converter.reading.workbook import read_workbook

    cells, tags = [], {}
    for rank, case in enumerate(CASES):
        build: Any = structure if case.tag in STRUCTURE_ONLY else solo
        if not ERRORS.intersection(case.codes):
            tags[len(cells) + 2] = case.tag
        cells += build(f"BC-{rank}", 10 + 2 * rank, **{case.tag: case.typed})
    rows = []
    for rank, rule in enumerate((*RULES, *PAIRS), start=1):
        rows += [*rule.rows(f"BC-{rank}", rank * 10), *solo(f"VOISINE {rank}", 3_000_000 + rank)]
    workbooks = {
        write_workbook(folder / "cells.xlsx", cells): tags,
        write_workbook(folder / "rows.xlsx", rows, headers=COLUMNS[:-1], tags=COLUMNS[:-1]): {},
    }
    sheets = [(read_workbook(one, documents=False), wanted) for one, wanted in workbooks.items()]
    path.write_bytes(pickle.dumps(sheets))


def keep_answers(sheets: Sheets, path: Path) -> None:
    path.write_bytes(pickle.dumps(list(answers(sheets))))


def answers(sheets: Sheets) -> Iterator[object]:
    """What stands in the cells and is said of them; then every finding, and what stands in the requests.

    The first answers come quickly, and are enough for most mutants.
    """
    for workbook, tags in sheets:
        yield from _cells(workbook.tables[0], tags)
    from converter.checking.examination import examine
    from converter.checking.options import Options
    from converter.checking.second_process import Worker

    for workbook, tags in reversed(sheets):
        made = examine(workbook, Options(day=_DAY, documents=False), Worker())
        told = sorted({(one.cell.row or 0, one.tag, one.severity, one.code) for one in made.findings})
        wrong = {row for row, _, severity, _ in told if severity == "erreur"}
        yield told
        yield [_value(one, tags) for one in made.requests if wrong.isdisjoint(one.origin.rows)]
    yield from _schemas(sheets[-1][0].tables[0])


def _cells(table: "Table", tags: Mapping[int, str]) -> Iterator[object]:
    """The clean values and the corrections, then the judges that refuse a value."""
    from converter.checking.cell_rules import judges
    from converter.checking.clean_rows import clean_table
    from converter.format.fields import BY_TAG

    rows, corrections = clean_table(table)
    yield sorted((one.cell.row or 0, one.tag, one.code) for one in corrections)
    yield [(row, rows.columns[tags[row]][place]) for place, row in enumerate(rows.numbers) if row in tags]
    for tag, column in rows.columns.items():
        every = judges(BY_TAG[tag], _DAY)
        yield [[code for code, right in every if value and not right(value)] for value in column]


def _schemas(table: "Table") -> Iterator[object]:
    """The cells that the two schemas refuse, used alone; not those of requests that cannot be identified."""
    import converter
    from converter.checking.clean_rows import clean_table

    rows, _ = clean_table(table)
    frame = pandas.DataFrame(rows.columns, index=pandas.Index(rows.numbers), dtype="str")
    identified = frame[frame["refCommande"].ne("") | frame["numeroEditeur"].ne("")]
    of_rows, of_requests = (
        converter.row_schema(day=_DAY, profiles=_PROFILES),
        converter.request_schema(profiles=_PROFILES),
    )
    for schema, asked in ((of_rows, frame), (of_requests, identified)):
        try:
            schema.validate(asked, lazy=True)
            yield []
        except pandera.errors.SchemaErrors as errors:
            yield sorted(zip(map(int, errors.failure_cases["index"]), errors.failure_cases["column"], strict=True))


def _value(request: "Request", tags: Mapping[int, str]) -> tuple[int, object]:
    row = request.origin.rows[0]
    parts = (
        request.reference, request.commande, request.beneficiaires, *request.liberal[:1], request.structure,
        request.scenarioInstallation, request.documents,
    )  # fmt: skip
    return row, next((getattr(one, tags[row]) for one in parts if row in tags and hasattr(one, tags[row])), None)
