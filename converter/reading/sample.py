"""The sheet of a workbook that most looks like somebody's order book: where its headings stand, and its first rows."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from converter.findings import Refusal
from converter.findings.text import fold
from converter.reading.cells import Raw, as_shown, corner
from converter.reading.grids import Grid, read_grid
from converter.reading.headings import is_heading
from converter.reading.order_sheets import present_sheets, sheets_in_sight
from converter.reading.package import Package, open_package
from converter.reading.sheet_titles import SheetTitles, titles_of
from converter.reading.supplier_sheet import SupplierCell, read_supplier
from converter.reading.workbook_part import SheetPart

_HEADER_WITHIN = 20
_FEWEST_TITLES = 3
_KNOWN = 3  # a heading that we know counts for three
_ROWS = 300  # looked at below the headings
_MOST_DIGITS = 4  # of a heading: more are a telephone number, a date, an identifier


@dataclass(frozen=True, slots=True)
class Sample:
    """The headings of a sheet, on `header_rows` (Excel's numbers), and for each column the values of its first rows.

    `supplier_cells`: what « Paramètres » gives, by tag.
    """

    workbook: Path
    sheet: str
    header_rows: tuple[int, ...]
    titles: SheetTitles
    columns: Sequence[Sequence[Raw]]
    supplier_cells: Mapping[str, SupplierCell]


@dataclass(frozen=True, slots=True)
class _Head:
    """The best row of headings of a sheet, and its score."""

    part: SheetPart
    grid: Grid
    row: int
    score: int


def read_sample(path: Path, sheet: str = "", handed_over: bytes | None = None) -> Sample:
    """The first rows of a sheet: the one named, else the one with the most headings.

    Refusal when the workbook cannot be read, has no such sheet, or none with headings.
    """
    package = open_package(path, handed_over)
    parts = _parts(package, sheet)
    facts = {part.name: package.survey(part) for part in parts}
    try:
        with CalamineWorkbook.from_filelike(BytesIO(package.content)) as book:
            supplier = read_supplier(package, book)
            heads = [_head(part, read_grid(book, part)) for part in parts]
    except CalamineError as error:
        raise Refusal("classeur-illisible", classeur=path.name) from error
    best = max(heads, key=lambda head: head.score, default=None)
    if best is None or best.score < _FEWEST_TITLES:
        raise Refusal("correspondance-sans-titres", classeur=path.name, presentes=present_sheets(package))
    merged = facts[best.part.name].merged
    rows = _rows_of_titles(best, merged)
    titles = titles_of(best.grid, rows, merged)
    below = [line for line in best.grid[rows[-1] :] if any(cell != "" for cell in line)][:_ROWS]
    columns = list(zip(*below, strict=True)) or [()] * len(titles.texts)
    return Sample(path, best.part.name, rows, titles, columns, supplier.cells)


def _parts(package: Package, sheet: str) -> list[SheetPart]:
    if not sheet:
        return sheets_in_sight(package)
    found = [part for part in package.sheets if fold(part.name) == fold(sheet)][:1]
    if not found:
        presentes = present_sheets(package)
        raise Refusal("feuille-absente", case="nommee", classeur=package.path.name, feuille=sheet, presentes=presentes)
    return found


def _head(part: SheetPart, grid: Grid) -> _Head:
    scores = [_score(line) for line in grid[:_HEADER_WITHIN]]
    best = max(scores, default=0)
    return _Head(part, grid, scores.index(best) + 1 if scores else 1, best)


def _score(line: Sequence[Raw]) -> int:
    """How much a row looks like one of headings: short texts, all different, some of them known."""
    texts = {as_shown(cell).strip() for cell in line if cell != ""}
    return sum(_looks_like_a_title(text) for text in texts) - sum(map(_is_value, filter(lambda one: one != "", line)))


def _looks_like_a_title(text: str) -> int:
    return _KNOWN if is_heading(text) else 1 if any(map(str.isalpha, text)) else 0


def _is_value(cell: Raw) -> int:
    """2 for a cell that is rather a value than a heading."""
    if isinstance(cell, bool | int | float | datetime.date):
        return 2
    text = str(cell)
    return 2 if "@" in text or sum(map(str.isdigit, text)) > _MOST_DIGITS else 0


def _rows_of_titles(head: _Head, merged: Sequence[str]) -> tuple[int, ...]:
    """The row of headings, with the one above or below where merged cells tie the two together."""
    row = head.row
    spans = list(_spans(merged))
    for above in (row - 1, row):
        across = any(top == bottom == above and right > left for top, left, bottom, right in spans)
        down = any((top, bottom) == (above, above + 1) for top, _, bottom, _ in spans)
        both = 0 < above < len(head.grid) and min(map(_score, head.grid[above - 1 : above + 1])) > 0
        if both and (down or across) and (above == row or down or _covers_titles(head, above)):
            return (above, above + 1)
    return (row,)


def _covers_titles(head: _Head, above: int) -> bool:
    """Whether a row above the headings groups some of them, and is not the title of the whole sheet."""
    return sum(cell != "" for cell in head.grid[above - 1]) > 1


def _spans(merged: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, bottom and right of each merged range."""
    for one in merged:
        first, _, last = one.partition(":")
        start, end = corner(first), corner(last or first)
        if start and end:
            yield start[0], start[1], end[0], end[1]
