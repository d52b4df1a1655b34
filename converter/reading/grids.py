"""The cells of a sheet as the reader (calamine) gives them, with what it leaves empty put back."""

from python_calamine import CalamineWorkbook

from converter.findings import Refusal
from converter.reading.cells import Raw, column_index
from converter.reading.package import Package
from converter.reading.sheet_survey import SheetFacts
from converter.reading.table import FORMULA
from converter.reading.workbook_part import SheetPart

Grid = list[list[Raw]]
"""Every row from row 1, each with a value (or "") for each column from A."""


def read_grid(book: CalamineWorkbook, part: SheetPart) -> Grid:
    """Every row from row 1, so that position + 1 is Excel's row number."""
    grid: Grid = book.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
    return grid


def other_grid(package: Package, book: CalamineWorkbook, name: str) -> Grid | None:
    """The cells of another sheet of the workbook; None where there is none of that name, or it cannot be read."""
    part = next((one for one in package.sheets if one.name == name), None)
    if part is None:
        return None
    try:
        package.survey(part)
    except Refusal:
        return None
    return read_grid(book, part)


def restore_broken(grid: Grid, facts: SheetFacts) -> dict[tuple[int, str], str]:
    """Put back what the reader leaves empty: error values, and formulas that Excel has not computed."""
    texts = {place: (text, "valeur-erreur") for place, text in facts.errors.items()}
    texts |= dict.fromkeys(facts.uncached, (FORMULA, "formule-sans-resultat"))
    if not texts:
        return {}
    height = max(row for row, _ in texts)
    width = max([len(grid[0]) if grid else 0, *(column_index(letter) for _, letter in texts)])
    grid.extend([] for _ in range(height - len(grid)))
    for line in grid:
        line.extend([""] * (width - len(line)))
    for (row, letter), (text, _) in texts.items():
        grid[row - 1][column_index(letter) - 1] = text
    return {place: code for place, (_, code) in texts.items()}
