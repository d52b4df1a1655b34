"""One sheet of a judged workbook, its findings and fates by row: made once for each judgement, asked by each page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from converter.findings import Finding, Severity
from converter.findings.text import bare
from converter.reading.cells import as_shown
from converter.reading.table import Table
from converter.views.outcome import RequestFate
from converter.web.asked import number_of


@dataclass(frozen=True)
class JudgedSheet:
    """A sheet of orders. `findings`, `fates`: by row; `touched`: the (row, column) changed in the page."""

    table: Table
    findings: Mapping[int, Sequence[Finding]]
    fates: Mapping[int, RequestFate]
    touched: frozenset[tuple[int, str]]

    @cached_property
    def to_correct(self) -> frozenset[int]:
        """The rows with an error or a warning."""
        return frozenset(
            row
            for row, findings in self.findings.items()
            if any(one.severity in (Severity.ERROR, Severity.WARNING) for one in findings)
        )

    def rows_of_kind(self, kind: str) -> frozenset[int]:
        """The rows with a finding of this kind, « code:tag »."""
        return frozenset(
            row for row, findings in self.findings.items() if any(kind_of(one) == kind for one in findings)
        )

    def rows_with(self, search: str) -> frozenset[int]:
        """The rows with a cell that holds each word of `search`, whatever its case and accents; a number alone is also
        a row's."""
        words = bare(search).split()
        rows = {
            row
            for row, text in self._texts.items()
            if all(word in text for word in words)
            and any(all(word in cell for word in words) for cell in text.split("\n"))
        }
        number = number_of(search)
        return frozenset(rows if number is None else rows | {number})

    @cached_property
    def _texts(self) -> Mapping[int, str]:
        columns = [[as_shown(value) for value in column] for column in self.table.cells.values()]
        lines = zip(*columns, strict=True) if columns else ()
        return {row: bare("\n".join(texts)) for row, texts in zip(self.table.rows, lines, strict=False)}


def kind_of(one: Finding) -> str:
    """« code:tag », what a filter keeps."""
    return f"{one.code}:{one.tag}"
