"""Formulas that only point at another cell: where that cell is empty, Excel shows 0 and stores it as their result.

This 0 is nobody's value. Source: ECMA-376, § 18.3.1.40 (`f`, and the formulas that cells filled down share).
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from converter.reading.cells import Raw, column_index

Grid = list[list[Raw]]
_FORMULA = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^<>]*+>\s*+<f([^<>]*+)>(?:([^<]*+)</f>)?\s*+(?:<v>([^<]*+)</v>)?'
)  # an empty formula ends with « /> », and takes that of the cell that shares its own
_SHARED = re.compile(rb'\ssi="(\d+)"')
_REFERENCE = re.compile(r"(?:([^'!()]+|'(?:[^']|'')+')!)?(\$?)([A-Z]{1,3})(\$?)([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A cell with 0 for its result, and the cell that its formula points at, both from 0; `sheet`: "" for its own."""

    row: int
    column: int
    sheet: str
    target_row: int
    target_column: int


def zero_pointers(cells: bytes) -> tuple[Pointer, ...]:
    """Those of the cells of a sheet's XML; a formula that does anything more than point is none."""
    return tuple(_pointers(cells)) if b"<f" in cells and b"<v>0</v>" in cells else ()


def empty_zeros(grid: Grid, pointers: Iterable[Pointer], other_grid: Callable[[str], Grid | None]) -> None:
    """Empty the cells that show 0 because they point at an empty cell, of this sheet or of another."""
    grids: dict[str, Grid | None] = {"": grid}
    for pointer in pointers:
        if pointer.sheet not in grids:
            grids[pointer.sheet] = other_grid(pointer.sheet)
        target = grids[pointer.sheet]
        if target is not None and _is_empty(target, pointer.target_row, pointer.target_column):
            grid[pointer.row][pointer.column] = ""


def _is_empty(grid: Grid, row: int, column: int) -> bool:
    return row >= len(grid) or column >= len(grid[row]) or grid[row][column] == ""


def _pointers(cells: bytes) -> Iterator[Pointer]:
    shared: dict[bytes, tuple[str, int, int]] = {}
    for letters, number, attributes, text, value in _FORMULA.findall(cells):
        row, column = int(number) - 1, column_index(letters.decode()) - 1
        formula, first_row, first_column = html.unescape(text.decode(errors="replace")), row, column
        if found := _SHARED.search(attributes):
            formula, first_row, first_column = shared.setdefault(found[1], (formula, row, column))
        if value == b"0" and (reference := _REFERENCE.fullmatch(formula)):
            sheet, fixed_column, target_letters, fixed_row, target_number = reference.groups(default="")
            yield Pointer(
                row,
                column,
                sheet.removeprefix("'").removesuffix("'").replace("''", "'"),
                int(target_number) - 1 + (0 if fixed_row else row - first_row),
                column_index(target_letters) - 1 + (0 if fixed_column else column - first_column),
            )
