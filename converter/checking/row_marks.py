"""Rows that a person hid or struck through: always reported."""

from collections.abc import Collection, Iterator

from converter.findings import Finding, Severity, finding
from converter.reading.table import Table


def on_rows(table: Table, rows: Collection[int], *, strict: bool) -> Iterator[Finding]:
    """A warning for each of `rows` (Excel's) that is hidden, an error if `strict`; an error for each struck through."""
    for row in sorted(table.hidden.intersection(rows)):
        yield finding("ligne-masquee", table.cell(row), severity=Severity.ERROR if strict else None)
    struck: dict[int, str] = {}
    ranks = {tag: rank for rank, tag in enumerate(table.columns)}
    for row, tag in sorted(table.struck, key=lambda one: ranks[one[1]]):
        struck.setdefault(row, tag)
    for row, tag in sorted(struck.items()):
        if row in rows:
            yield finding("ligne-barree", table.cell(row, tag), tag, table.shown(row, tag))
