"""A sheet of somebody's own, read through a mapping: which sheet, which columns, which rows, and their values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.french import thousands
from converter.findings.text import fold
from converter.format.field_kinds import Audience
from converter.format.fields import BY_TAG
from converter.reading.cells import Raw, as_shown, column_letters
from converter.reading.grids import Grid
from converter.reading.mapped_columns import MappedColumns, Part
from converter.reading.mapping import RowFilter, SourceMapping, as_known
from converter.reading.mapping_schema import refuse_faults
from converter.reading.order_sheets import HEADER_WITHIN, missing_columns, present_sheets, sheets_in_sight
from converter.reading.package import Package
from converter.reading.sheet_head import first_rows
from converter.reading.sheet_survey import SheetFacts
from converter.reading.sheet_table import ByPlace, CellsRead
from converter.reading.sheet_titles import SheetTitles, titles_of
from converter.reading.workbook_part import SheetPart

_LOOKED_AT = 30  # rows among which headings are looked for, to know which sheet is meant


def mapped_sheets(package: Package, mapping: SourceMapping) -> tuple[SheetPart, ...]:
    """The sheets to read: those that the mapping names, else those that have all its headings; Refusal when none is."""
    parts = {fold(part.name): part for part in reversed(package.sheets)}
    if mapping.sheets:
        refuse_faults([
            _no_sheet(package, mapping, str(one.value), one.line)
            for one in mapping.sheets
            if fold(str(one.value)) not in parts
        ])  # fmt: skip
        return tuple(dict.fromkeys(parts[fold(str(one.value))] for one in mapping.sheets))
    shown = sheets_in_sight(package)
    if len(shown) == 1:
        return tuple(shown)
    heads = zip(shown, first_rows(package, shown, _LOOKED_AT), strict=True)
    found = tuple(part for part, rows in heads if _has_all(mapping, rows))
    if not found:
        raise _no_sheet(package, mapping, "", 0)
    return found


def _has_all(mapping: SourceMapping, rows: Sequence[Sequence[str]]) -> bool:
    """Whether every heading stands in the first rows; with two rows of them, at least its end."""
    texts = {fold(text) for row in rows for text in row if text.strip()}
    double = len(mapping.header_rows) > 1

    def stands(name: str) -> bool:
        folded = fold(name.partition(" (colonne ")[0])
        return folded in texts or (double and any(folded.endswith(text) for text in texts if text))

    return all(stands(name) for name, _ in mapping.headings())


def _no_sheet(package: Package, mapping: SourceMapping, name: str, line: int) -> Refusal:
    return Refusal(
        "correspondance-feuille",
        case="" if name else "aucune",
        fichier=mapping.name,
        ligne=str(line),
        classeur=package.path.name,
        feuille=name,
        presentes=present_sheets(package),
    )


@dataclass(frozen=True, slots=True)
class MappedLayout:
    """The layout of a mapped sheet: the positions of the columns that give each tag, and of those that filter rows."""

    mapping: SourceMapping
    cell: Cell
    titles: SheetTitles
    header_row: int
    sources: Mapping[str, Sequence[int]]
    filters: Sequence[tuple[int, RowFilter]]

    def kept(self, grid: Grid, rows: list[int]) -> tuple[list[int], list[Finding]]:
        """The rows that no filter leaves out, and a finding for each filter that leaves some out."""
        findings = []
        for place, one in self.filters:
            left = {row for row in rows if one.leaves_out(grid[row - 1][place])}
            rows = [row for row in rows if row not in left]
            if left:
                findings.append(self._left_out(grid, place, one, left, rows))
        return rows, findings

    def _left_out(self, grid: Grid, place: int, one: RowFilter, left: set[int], rows: Sequence[int]) -> Finding:
        cell = Cell(self.cell.workbook, self.cell.sheet, self.header_row, column_letters(place + 1))
        names = self.sources.get("refCommande", ())
        references = {tuple(map(str, (grid[row - 1][at] for at in names))) for row in rows}
        shared = [
            row
            for row in sorted(left)
            if any(reference := tuple(str(grid[row - 1][at]) for at in names)) and reference in references
        ]
        return finding(
            "lignes-laissees",
            cell,
            "",
            self.titles.texts[place],
            case="partage" if shared else "",
            fichier=self.mapping.name,
            titre=one.heading,
            lignes=thousands(len(left)),
            partagees=thousands(len(shared)),
            premiere=str(shared[0]) if shared else "",
        )

    def read(self, by_place: ByPlace) -> CellsRead:
        """The values of each tag: taken, joined or cut out, then translated."""
        mapping = self.mapping
        cells: dict[str, Sequence[Raw]] = {}
        typed: dict[str, Sequence[Raw]] = {}
        parts: dict[str, Sequence[Part]] = {}
        unreadable: list[tuple[int, str, str]] = []
        for tag, joined in mapping.columns.items():
            columns = [by_place[place] for place in self.sources[tag]]
            cells[tag] = [joined.pattern.joined(values) for values in zip(*columns, strict=True)]
            if len(columns) > 1:
                places = self.sources[tag]
                parts[tag] = [
                    Part(column_letters(place + 1), column) for place, column in zip(places, columns, strict=True)
                ]
        for cut in mapping.cuts:
            column = by_place[self.sources[cut.pattern.pieces[0]][0]]
            pieces = [cut.pattern.cut(as_shown(value)) if as_shown(value).strip() else {} for value in column]
            for tag in cut.pattern.pieces:
                cells[tag] = [piece.get(tag, "") if piece is not None else "" for piece in pieces]
                typed[tag] = column
            unreadable += [
                (rank, tag, cut.pattern.pieces[0])
                for rank, piece in enumerate(pieces)
                if piece is None
                for tag in cut.pattern.pieces
            ]
        for tag, known in mapping.translations.items():
            theirs = cells[tag]
            cells[tag] = _translated(theirs, {name: given.value for name, given in known.items() if name})
            typed.setdefault(tag, theirs)
        for tag, audience in self._shared_tags():
            cells[tag] = _only_for(audience, cells[tag], cells.get("commandePour", ()))
        return CellsRead(cells, self._columns(typed, parts), unreadable)

    def _shared_tags(self) -> Iterator[tuple[str, Audience]]:
        """The tags of one audience that take the same columns as a tag of the other: a contact is the doctor of a
        LIBERAL order and the head of a STRUCTURE."""
        audiences: dict[tuple[int, ...], set[Audience]] = {}
        for tag, places in self.sources.items():
            audiences.setdefault(tuple(places), set()).add(BY_TAG[tag].audience)
        for tag, places in self.sources.items():
            if {Audience.LIBERAL, Audience.STRUCTURE} <= audiences[tuple(places)] and BY_TAG[tag].audience:
                yield tag, BY_TAG[tag].audience

    def _columns(self, typed: Mapping[str, Sequence[Raw]], parts: Mapping[str, Sequence[Part]]) -> MappedColumns:
        mapping = self.mapping
        cut = {tag: one for one in mapping.cuts for tag in one.pattern.pieces}
        return MappedColumns(
            mapping.name,
            {tag: one.called for tag, one in mapping.columns.items()} | {tag: one.heading for tag, one in cut.items()},
            self.titles.texts,
            typed,
            parts,
            {tag: one.written for tag, one in cut.items()},
            mapping.defaults,
        )


def _only_for(audience: Audience, column: Sequence[Raw], orders: Sequence[Raw]) -> list[Raw]:
    """The values on the rows that do not say to be for the other audience; `orders`: what « Commande pour » says."""
    other = as_known(Audience.STRUCTURE if audience is Audience.LIBERAL else Audience.LIBERAL)
    if not orders:
        return list(column)
    return ["" if as_known(order) == other else value for value, order in zip(column, orders, strict=True)]


def _translated(column: Sequence[Raw], known: Mapping[str, Raw]) -> list[Raw]:
    """The values in our words, where the mapping gives one; each distinct value is looked up once."""
    keys = [(type(raw), raw) for raw in column]  # 1 and True are equal
    ours = {key: known.get(as_known(key[1]), key[1]) for key in set(keys)}
    return [ours[key] for key in keys]


def mapped_layout(
    package: Package, part: SheetPart, grid: Grid, facts: SheetFacts, mapping: SourceMapping, *, documents: bool
) -> MappedLayout:
    """The layout of a sheet under a mapping; Refusal when it lacks a heading, or the mapping a column."""
    rows = _header_rows(package, part, grid, mapping)
    titles = titles_of(grid, rows, facts.merged)
    places = _Places(package, part, mapping, titles, rows)
    sources: dict[str, Sequence[int]] = {
        tag: [places.of(name, joined.line) for name in joined.pattern.names] for tag, joined in mapping.columns.items()
    }
    for cut in mapping.cuts:
        place = places.of(cut.heading, cut.line)
        sources |= dict.fromkeys(cut.pattern.pieces, (place,))
    filters = [(places.of(one.heading, one.line), one) for one in mapping.filters]
    refuse_faults(places.faults)
    _refuse_incomplete(mapping, documents=documents)
    return MappedLayout(mapping, Cell(str(package.path), part.name), titles, rows[-1], sources, filters)


class _Places:
    """The columns that a mapping names; `faults` gathers those that are not there, or there twice."""

    def __init__(
        self, package: Package, part: SheetPart, mapping: SourceMapping, titles: SheetTitles, rows: Sequence[int]
    ) -> None:
        self._titles = titles
        self._where = {"fichier": mapping.name, "classeur": package.path.name, "feuille": part.name}
        self._rows = " et ".join(map(str, rows))
        self.faults: list[Refusal] = []

    def of(self, name: str, line: int) -> int:
        """The position of a column; 0 where there is a fault."""
        found = self._titles.places(name)
        if len(found) == 1:
            return found[0]
        where = {**self._where, "ligne": str(line), "titre": name}
        if found:
            letters = " et ".join(column_letters(place + 1) for place in found)
            self.faults.append(
                Refusal("correspondance-titre-double", colonnes=letters, propose=self._titles.name(found[0]), **where)
            )
        else:
            near = self._titles.near(name)
            case = "proche" if near else ""
            self.faults.append(
                Refusal("correspondance-titre-absent", case=case, titres=self._rows, proche=near, **where)
            )
        return 0


def _header_rows(package: Package, part: SheetPart, grid: Grid, mapping: SourceMapping) -> tuple[int, ...]:
    """The rows of headings: those that the mapping gives, else the one of the first ten that has most of them."""
    rows = mapping.header_rows
    if not rows:
        names = [name for name, _ in mapping.headings()]
        scores = list(_scores(grid, names))
        return (scores.index(max(scores)) + 1,) if scores else (1,)
    for row in rows:
        if row > len(grid) or not any(value != "" for value in grid[row - 1]):
            where = {"fichier": mapping.name, "classeur": package.path.name, "feuille": part.name}
            raise Refusal("correspondance-titres-hors", ligne=str(mapping.header_line), titres=str(row), **where)
    return rows


def _scores(grid: Grid, names: Sequence[str]) -> Iterator[int]:
    for row in range(1, min(HEADER_WITHIN, len(grid)) + 1):
        titles = titles_of(grid, (row,), ())
        yield sum(bool(titles.places(name)) for name in names)


def _refuse_incomplete(mapping: SourceMapping, *, documents: bool) -> None:
    given = mapping.tags | mapping.defaults.keys()
    if missing := missing_columns(frozenset(given), documents=documents):
        columns = ", ".join(f"«\u00a0{tag}\u00a0» ({BY_TAG[tag].label})" for tag in missing)
        raise Refusal("correspondance-incomplete", fichier=mapping.name, colonnes=columns)
