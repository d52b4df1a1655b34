"""The rows of one sheet of orders, as they were read."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import Any

from converter.findings import Cell
from converter.reading.cells import Raw, as_shown
from converter.reading.mapped_columns import MappedColumns

FORMULA = "formule"  # replaces the missing result of a formula


@dataclass(frozen=True, slots=True)
class Table:
    """The filled rows of a sheet: `rows` are Excel's numbers, `cells[tag]` holds one value for each of them.

    `columns`: tag → letters. `broken`: the (row, tag) whose value Excel could not give, already reported. `hidden`:
    rows hidden by hand or by a filter. `struck`: the (row, tag) of an order's or a beneficiary's name struck through.
    `notes`: for the rows that name no order, the texts of the other columns by their letters. `mapped`: what a mapping
    says of its columns, None for a sheet whose headings are ours. `remembered`: what was made of each
    column, for whoever judges the same cells again.
    """

    workbook: Path
    sheet: str
    header_row: int
    columns: Mapping[str, str]
    rows: Sequence[int]
    cells: Mapping[str, Sequence[Raw]]
    broken: frozenset[tuple[int, str]]
    date1904: bool
    hidden: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, str]] = frozenset()
    notes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    mapped: MappedColumns | None = None
    remembered: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def cell(self, row: int | None, tag: str = "") -> Cell:
        return Cell(str(self.workbook), self.sheet, row, self.columns.get(tag, ""))

    def tag_at(self, letters: str) -> str:
        """The tag of the column of these letters; "" where it is none of ours."""
        return next((tag for tag, column in self.columns.items() if column == letters), "")

    def shown(self, row: int, tag: str) -> str:
        """What the user wrote there, as Excel shows it; without a column, what a mapping gives to every request."""
        if self.mapped and tag in self.mapped.typed:
            return as_shown(self.mapped.typed[tag][bisect_left(self.rows, row)])
        if tag not in self.cells:
            return as_shown(self.defaults[tag]) if tag in self.defaults else ""
        return as_shown(self.cells[tag][bisect_left(self.rows, row)])

    def pattern(self, tag: str) -> str:
        """The pattern by which a mapping cuts the column of `tag` in pieces; "" where there is none."""
        return self.mapped.patterns.get(tag, "") if self.mapped else ""

    def is_joined(self, tag: str) -> bool:
        """Whether a mapping joins several columns into `tag`."""
        return self.mapped is not None and tag in self.mapped.parts

    def in_own_words(self, tag: str) -> bool:
        """Whether what stands in the cells of `tag` need not be one of our values: a mapping translates it, cuts it, or
        takes it for other tags too."""
        if self.mapped is None:
            return False
        return tag in self.mapped.typed or list(self.columns.values()).count(self.columns.get(tag, "")) > 1

    def is_translated(self, place: int, tag: str) -> bool:
        """Whether a mapping gave another value to the row at this position than what stands in the sheet."""
        typed = self.mapped.typed.get(tag) if self.mapped else None
        return typed is not None and self.pattern(tag) == "" and typed[place] != self.cells[tag][place]

    @property
    def defaults(self) -> Mapping[str, Raw]:
        """What a mapping gives to requests that have no value of their own, by tag."""
        return self.mapped.defaults if self.mapped else {}

    def with_text(self, row: int, tag: str, text: str) -> "Table":
        """The same table with another text in a cell of one of its rows."""
        column = list(self.cells[tag])
        column[bisect_left(self.rows, row)] = text
        return replace(self, cells={**self.cells, tag: column}, broken=self.broken - {(row, tag)})

    def emptied(self) -> "Table":
        """The same table without the values of its cells."""
        return replace(self, cells={}, remembered={}, mapped=self.mapped and self.mapped.emptied())

    def without(self, rows: Collection[int]) -> "Table":
        """The same table without these rows."""
        kept = [row not in rows for row in self.rows]
        cells = {tag: tuple(compress(column, kept)) for tag, column in self.cells.items()}
        mapped = self.mapped and self.mapped.compressed(kept)
        return replace(self, rows=list(compress(self.rows, kept)), cells=cells, mapped=mapped)
