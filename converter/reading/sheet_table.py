"""The rows of one sheet of orders, from its cells: headings found, merged references spread, lost values reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from converter.findings import Finding, Refusal, finding
from converter.reading.cells import Raw, column_letters, corner
from converter.reading.grids import Grid
from converter.reading.heading_findings import Heads
from converter.reading.headings import headings_of
from converter.reading.mapped_columns import MappedColumns
from converter.reading.order_sheets import HEADER_WITHIN, header_position
from converter.reading.package import Package
from converter.reading.sheet_survey import SheetFacts
from converter.reading.table import FORMULA, Table
from converter.reading.workbook_part import SheetPart

_STRUCK_IN = ("refCommande", "numeroEditeur", "nomMedecin", "RPPS", "FINESSGeo")
"""The columns in which struck-through text means that the row is cancelled."""
ByPlace = Sequence[Sequence[Raw]]
"""For each column of a sheet, from A, its values on the rows that are read."""


@dataclass(frozen=True, slots=True)
class CellsRead:
    """What the columns of a sheet give: one value a row for each tag; `unreadable`: the (rank of row, tags) whose cell
    gives none, with the tag under which this is reported."""

    cells: Mapping[str, Sequence[Raw]]
    mapped: MappedColumns | None = None
    unreadable: Sequence[tuple[int, str, str]] = ()


class Layout(Protocol):
    """Where a sheet's columns stand. `header_row`: Excel's number of the (last) row of headings.

    `sources`: tag → positions (from 0) of the columns that give it; findings point at the first one.
    """

    @property
    def header_row(self) -> int: ...

    @property
    def sources(self) -> Mapping[str, Sequence[int]]: ...

    def kept(self, grid: Grid, rows: list[int]) -> tuple[list[int], list[Finding]]:
        """The rows (Excel's numbers) to read among those that are filled, and what to say of the others."""

    def read(self, by_place: ByPlace) -> CellsRead:
        """The values of each tag."""


@dataclass(frozen=True, slots=True)
class OwnLayout:
    """The layout of a sheet whose headings are ours: one column a tag."""

    header_row: int
    sources: Mapping[str, Sequence[int]]

    def kept(self, grid: Grid, rows: list[int]) -> tuple[list[int], list[Finding]]:  # noqa: ARG002 — every row is read
        return rows, []

    def read(self, by_place: ByPlace) -> CellsRead:
        return CellsRead({tag: by_place[place] for tag, (place,) in self.sources.items()})


def own_layout(path: Path, part: SheetPart, grid: Grid, *, documents: bool) -> tuple[OwnLayout, list[Finding]]:
    """The layout of a sheet of ours, and findings about its headings; Refusal when they cannot be used."""
    header = _header_position(path, part, grid)
    texts = [str(value) for value in grid[header]]
    headings = headings_of(texts)
    used = frozenset(place for place in headings.unread if any(line[place] != "" for line in grid[header + 1 :]))
    heads = Heads(path, part.name, header + 1, texts, headings, used)
    findings = heads.findings()
    heads.refuse_unusable(findings, documents=documents)
    return OwnLayout(header + 1, {tag: (place,) for tag, place in headings.places.items()}), findings


def sheet_table(
    package: Package,
    part: SheetPart,
    grid: Grid,
    facts: SheetFacts,
    broken: Mapping[tuple[int, str], str],
    layout: Layout,
) -> tuple[Table, list[Finding]]:
    """The rows of a sheet of orders; `broken`: the cells without a value, as `restore_broken` gives them."""
    header_row, sources = layout.header_row, layout.sources
    read_from = sorted({place for places in sources.values() for place in places})
    spread = _spread_references(grid, facts, sources, read_from, header_row + 1)
    filled = [
        position + 1
        for position in range(header_row, len(grid))
        if any(grid[position][place] != "" for place in read_from)
    ]
    rows, findings = layout.kept(grid, filled)
    by_place = list(zip(*(grid[row - 1] for row in rows), strict=True)) or [()] * len(grid[header_row - 1])
    read = layout.read(by_place)
    columns = {tag: column_letters(places[0] + 1) for tag, places in sources.items()}
    tags: dict[str, list[str]] = {}
    for tag, places in sources.items():
        for place in places:
            tags.setdefault(column_letters(place + 1), []).append(tag)
    among = frozenset(rows)
    lost = {(row, tag): code for (row, letter), code in broken.items() if row in among for tag in tags.get(letter, ())}
    unreadable = {(rows[rank], tag): teller for rank, tag, teller in read.unreadable}
    table = Table(
        package.path,
        part.name,
        header_row,
        columns,
        rows,
        read.cells,
        frozenset(lost) | frozenset(unreadable),
        package.date1904,
        hidden=frozenset(rows if part.hidden else facts.hidden.intersection(rows)),
        struck=frozenset(
            (row, tag)
            for row, letter in facts.struck
            for tag in tags.get(letter, ())
            if tag in _STRUCK_IN and row in among and any(grid[row - 1][place] != "" for place in sources[tag])
        ),
        notes=_notes(grid, rows, sources, read_from),
        mapped=read.mapped,
    )
    findings += [
        finding(code, table.cell(row, tag), tag, "" if (text := table.shown(row, tag)) == FORMULA else text)
        for (row, tag), code in lost.items()
    ]
    findings += [
        finding("correspondance-decoupe", table.cell(row, tag), tag, table.shown(row, tag), modele=table.pattern(tag))
        for (row, tag), teller in unreadable.items()
        if tag == teller and (row, tag) not in lost
    ]
    findings += [
        finding("reference-fusionnee", table.cell(row, tag), tag, str(grid[row - 1][sources[tag][0]]))
        for row, tag in spread
        if row in among
    ]
    return table, findings


def _spread_references(
    grid: Grid, facts: SheetFacts, sources: Mapping[str, Sequence[int]], read_from: Sequence[int], first_row: int
) -> list[tuple[int, str]]:
    """Give a merged reference to each filled row that it covers, as it shows; the (row, tag) so filled.

    Only what groups rows: a request left with its first row alone would claim for one doctor of several.
    """
    tags = {place: tag for tag in ("refCommande", "numeroEditeur") for place in sources.get(tag, ())}
    spread = []
    reached = dict.fromkeys(tags, 0)  # ranges over one another, which Excel does not make, are followed once
    for top, left, bottom in sorted(map(_rows_of, facts.merged)):
        if left not in tags or top < first_row:
            continue
        rows = range(max(top, reached[left]) + 1, min(bottom, len(grid)) + 1)
        reached[left] = max(bottom, reached[left])
        for row in rows:
            if any(grid[row - 1][place] != "" for place in read_from):
                grid[row - 1][left] = grid[top - 1][left]
                spread.append((row, tags[left]))
    return spread


def _rows_of(merged: str) -> tuple[int, int, int]:
    """The first row of a merged range, the position of its first column, its last row."""
    first, _, last = merged.partition(":")
    top, column = corner(first) or (0, 0)
    bottom, _ = corner(last or first) or (0, 0)
    return top, column - 1, bottom


def _header_position(path: Path, part: SheetPart, grid: Grid) -> int:
    position = header_position([[str(value) for value in line] for line in grid[:HEADER_WITHIN]])
    if position is None:
        raise Refusal("entete-introuvable", classeur=path.name, feuille=part.name)
    return position


def _notes(
    grid: Grid, rows: Sequence[int], sources: Mapping[str, Sequence[int]], read_from: Sequence[int]
) -> dict[int, Mapping[str, str]]:
    """The texts outside our columns on rows without a reference: they may show that these rows are no order."""
    nameless: Sequence[int] = rows
    for tag in ("refCommande", "numeroEditeur"):
        for place in sources.get(tag, ()):
            nameless = [row for row in nameless if grid[row - 1][place] == ""]
    others = [place for place in range(len(grid[0])) if place not in set(read_from)]
    return {
        row: {column_letters(place + 1): str(grid[row - 1][place]) for place in others if grid[row - 1][place] != ""}
        for row in nameless
    }
