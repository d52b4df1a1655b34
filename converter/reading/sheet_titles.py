"""The headings of somebody's own sheet: one row of them or two joined, and the column that a name means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from converter.findings.text import fold, nearest
from converter.reading.cells import as_shown, column_index, column_letters, corner
from converter.reading.grids import Grid

_BETWEEN = " – "  # between the two rows of a heading
_OF_COLUMN = re.compile(r"(.*?)\s*\(colonne ([A-Z]{1,3})\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SheetTitles:
    """The text above each column, "" where there is none."""

    texts: tuple[str, ...]

    def places(self, name: str) -> list[int]:
        """The columns that a name means: by the same text, else whatever the case, accents and punctuation; or the one
        that « Email (colonne F) » designates."""
        spaced = " ".join(name.split())
        if same := [place for place, text in enumerate(self.texts) if text == spaced]:
            return same
        folded = fold(name)
        if folded and (same := [place for place, text in enumerate(self.texts) if fold(text) == folded]):
            return same
        named = _OF_COLUMN.fullmatch(spaced)
        if named is None:
            return []
        place = column_index(named[2]) - 1
        return [place] if place < len(self.texts) and fold(self.texts[place]) == fold(named[1]) else []

    def name(self, place: int) -> str:
        """The name by which a mapping designates a column: its text, with its letters where the text is not enough."""
        text = self.texts[place]
        alone = bool(text) and self.places(text) == [place]
        return text if alone else f"{text} (colonne {column_letters(place + 1)})".strip()

    def near(self, name: str) -> str:
        """The heading that is written almost like `name`; "" where there is none."""
        return nearest(name, filter(None, self.texts)) or ""


def titles_of(grid: Grid, rows: Sequence[int], merged: Sequence[str]) -> SheetTitles:
    """The headings that stand on these rows (Excel's numbers). A cell merged over several columns heads each of them.

    « Médecin » over « Nom » reads « Médecin – Nom »; what both rows say is said once.
    """
    above = [_line(grid, row, merged) for row in rows]
    return SheetTitles(tuple(_BETWEEN.join(dict.fromkeys(filter(None, column))) for column in zip(*above, strict=True)))


def _line(grid: Grid, row: int, merged: Sequence[str]) -> list[str]:
    texts = [" ".join(as_shown(cell).split()) for cell in grid[row - 1]]
    for one in merged:
        first, _, last = one.partition(":")
        start, end = corner(first), corner(last or first)
        if start and end and start[0] == row:
            for place in range(start[1], min(end[1], len(texts))):
                texts[place] = texts[start[1] - 1]
    return texts
