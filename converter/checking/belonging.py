"""Which order each row belongs to; and, where a row leaves it in doubt, which orders must wait for it.

Rows belong together by refCommande, else by numeroEditeur. A row without either, or whose reference is that of no order
(it gives neither date nor amount), may continue another order: a reader would take it for a part of the one above, or
of the one that its reference nearly names. Such a row is an error, and that order is held back with it: sent without
that row, it would claim for one doctor of several.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from converter.checking.clean_rows import Rows
from converter.checking.near_references import NearReferences
from converter.findings import Finding, finding
from converter.format.fields import FIELDS, Level, Required
from converter.format.requests import RowPlace
from converter.reading.table import Table

_NAMES = ("refCommande", "numeroEditeur")
_HEAD = ("dateCommande", "montantSegurHT")
_OF_ORDERS = tuple(one.tag for one in FIELDS if one.level is Level.REQUEST and one.tag not in _NAMES)
_OF_BENEFICIARIES = tuple(one.tag for one in FIELDS if one.level is Level.BENEFICIARY)
_ALWAYS = tuple(one.tag for one in FIELDS if one.level is Level.REQUEST and one.required is Required.ALWAYS)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows of a sheet, each with the key of its order.

    `doubtful`: the rows (Excel's) that only may belong to the order under whose key they stand: what is missing from
    them is not told. `held_by`: the rows in error of other orders or sheets for which the order of a key waits.
    """

    rows: Rows
    keys: Sequence[str]
    doubtful: frozenset[int] = frozenset()
    held_by: Mapping[str, tuple[RowPlace, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """An order that gives its date or amount: the sheet (its rank) and row where it begins, its key and its name."""

    sheet: int
    row: int
    key: str
    name: str


class _Sheet:
    """The rows of one sheet while their orders are looked for."""

    def __init__(self, rank: int, table: Table, rows: Rows) -> None:
        self.rank, self.table, self.rows = rank, table, rows
        self._given = tuple(_keys(rows, {row for row, tag in table.broken if tag == "refCommande"}))
        self.keys = list(self._given)
        self.headed = _headed(self.keys, rows)
        self.doubtful: set[int] = set()
        self.held_by: defaultdict[str, dict[RowPlace, None]] = defaultdict(dict)
        self.told: list[Finding] = []

    @property
    def is_clear(self) -> bool:
        """Whether each row is one of an order with its date or its amount."""
        return self.headed.issuperset(self.keys)

    def values(self, places: Iterable[int], tags: Iterable[str]) -> bool:
        """Whether one of these cells is filled."""
        places = list(places)
        return any(self.rows.columns[tag][place] for tag in tags for place in places)

    def is_whole(self, place: int) -> bool:
        """Whether a row says by itself everything that an order must say."""
        return all(self.rows.columns[tag][place] for tag in _ALWAYS)

    def known(self) -> Iterator[_Known]:
        seen = set()
        for place, key in enumerate(self.keys):
            if key in self.headed and key not in seen:
                seen.add(key)
                yield _Known(self.rank, self.rows.numbers[place], key, key.partition(" ")[2])

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each key stood at first."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self._given):
            found.setdefault(key, []).append(place)
        return found

    @cached_property
    def following(self) -> list[str]:
        """For each row, the key of the next row that bore one at first."""
        found = [""] * len(self._given)
        for place in range(len(found) - 2, -1, -1):
            found[place] = self._given[place + 1] or found[place + 1]
        return found

    def doubt(self, place: int, told: Finding) -> None:
        self.doubtful.add(self.rows.numbers[place])
        self.told.append(told)

    def grouping(self) -> Grouping:
        held_by = {key: tuple(places) for key, places in self.held_by.items()}
        rows = _unnamed(self.rows, self.doubtful) if self.doubtful else self.rows
        return Grouping(rows, self.keys, frozenset(self.doubtful), held_by)


def group_rows(tables: Sequence[tuple[Table, Rows]]) -> tuple[list[Grouping], list[Finding]]:
    """The rows of each sheet of a workbook with the orders that they belong to, and a finding for each doubt."""
    sheets = [_Sheet(rank, table, rows) for rank, (table, rows) in enumerate(tables)]
    twice = _in_two_sheets(sheets)
    if twice or not all(sheet.is_clear for sheet in sheets):
        known = {(one.sheet, one.key): one for sheet in sheets for one in sheet.known()}
        for sheet in sheets:
            _settle(sheet, sheets, known, twice)
        for key, ranks in twice.items():
            _tell_twice(key, [sheets[rank] for rank in ranks])
    return [sheet.grouping() for sheet in sheets], [told for sheet in sheets for told in sheet.told]


def by_name(rows: Rows) -> Grouping:
    """The rows of a sheet by what they bear, without a doubt: one that bears nothing is an order of its own."""
    return Grouping(rows, [key or f"row {row}" for row, key in zip(rows.numbers, _keys(rows), strict=True)])


def _keys(rows: Rows, lost: Container[int] = ()) -> Iterator[str]:
    """What each row is grouped by, "" where it bears nothing; one with a number alone joins the order that bears it.

    `lost`: the rows (Excel's) whose reference is no value.
    """
    references: Sequence[str] = rows.columns["refCommande"]
    if lost:
        references = ["" if row in lost else reference for row, reference in zip(rows.numbers, references, strict=True)]
    numbers = rows.columns["numeroEditeur"]
    reference_of = {
        number: reference for reference, number in zip(references, numbers, strict=True) if reference and number
    }
    for reference, number in zip(references, numbers, strict=True):
        name = reference or reference_of.get(number, "")
        yield f"ref {name}" if name else f"num {number}" if number else ""


def _headed(keys: Sequence[str], rows: Rows) -> set[str]:
    dates, amounts = (rows.columns[tag] for tag in _HEAD)
    return {key for key, date, amount in zip(keys, dates, amounts, strict=True) if key and (date or amount)}


def _unnamed(rows: Rows, doubtful: set[int]) -> Rows:
    """The same rows; those in doubt no longer bear the reference that is not that of their order."""
    names = {
        tag: ["" if row in doubtful else name for row, name in zip(rows.numbers, rows.columns[tag], strict=True)]
        for tag in _NAMES
    }
    return replace(rows, columns={**rows.columns, **names})


# One sheet: rows without an order of their own


def _settle(
    sheet: _Sheet, sheets: Sequence[_Sheet], known: Mapping[tuple[int, str], _Known], twice: Mapping[str, object]
) -> None:
    """Give each row of a sheet the key of its order, or of the one that it may continue."""
    if sheet.is_clear:
        return
    near = NearReferences((one.name, one) for one in known.values())
    mine = [key for key in sheet.keys if key in sheet.headed]
    first = known.get((sheet.rank, mine[0])) if mine else None
    lone = {key: _Lone(sheet, key, near) for key in sheet.places if key not in sheet.headed and key}
    above: _Known | None = None
    for place, key in enumerate(list(sheet.keys)):
        if key in sheet.headed:
            above = known[sheet.rank, key]
        elif not key:
            _settle_nameless(sheet, place, above, first)
        elif key not in twice:
            lone[key].settle(place, above or first, sheets)


def _settle_nameless(sheet: _Sheet, place: int, above: _Known | None, first: _Known | None) -> None:
    row = sheet.rows.numbers[place]
    cell = sheet.table.cell(row, "refCommande")
    order = above or first
    if order is None or (sheet.is_whole(place) and not _repeated(sheet, place, above)):
        sheet.keys[place] = f"row {row}"
        sheet.told.append(finding("reference-absente", cell, "refCommande"))
        return
    sheet.keys[place] = order.key
    told = finding("reference-absente", cell, "refCommande", case="suite", commande=order.name, ligne=str(order.row))
    sheet.doubt(place, told)


def _repeated(sheet: _Sheet, place: int, above: _Known | None) -> bool:
    """Whether a whole row without a reference still looks like one of the order above: it stands between two of its
    rows, or after rows that repeat what it says."""
    if above is None:
        return False
    if sheet.following[place] == above.key:
        return True
    before = next(at for at in range(place - 1, -1, -1) if sheet.keys[at] == above.key)
    if sheet.rows.numbers[before] == above.row or not sheet.is_whole(before):
        return False
    return all(sheet.rows.columns[tag][before] == sheet.rows.columns[tag][place] for tag in _ALWAYS)


class _Lone:
    """The rows of one key that give neither date nor amount: whose they may be."""

    def __init__(self, sheet: _Sheet, key: str, near: NearReferences[_Known]) -> None:
        self._sheet = sheet
        self._key = key
        self._tag = _NAMES[key.startswith("num ")]
        places = sheet.places[key]
        self._first = places[0]
        self._says_something = sheet.values(places, _OF_ORDERS)
        self._is_empty = not self._says_something and not sheet.values(places, _OF_BENEFICIARIES)
        self._near = near.of(key.partition(" ")[2])

    def settle(self, place: int, beside: _Known | None, sheets: Sequence[_Sheet]) -> None:
        """Put one of its rows with the order that it may continue; it stays alone where there is none."""
        sheet, row = self._sheet, self._sheet.rows.numbers[place]
        cell = sheet.table.cell(row, self._tag)
        shown = sheet.table.shown(row, self._tag)
        if self._is_empty:
            sheet.doubtful.add(row)
            if place == self._first:
                sheet.told.append(finding("commande-vide", cell, self._tag, shown))
            return
        candidates = self._near or ([beside] if beside and not self._says_something else [])
        if not candidates:
            return
        order = beside if beside in candidates else candidates[0]
        case = "proche" if self._near else ""
        where = _line(order, sheet, sheets)
        sheet.doubt(
            place, finding("reference-inconnue", cell, self._tag, shown, case=case, commande=order.name, ligne=where)
        )
        for one in candidates:
            sheets[one.sheet].held_by[one.key][sheet.table.sheet, row] = None
        if order.sheet == sheet.rank:
            sheet.keys[place] = order.key


def _line(order: _Known, seen_from: _Sheet, sheets: Sequence[_Sheet]) -> str:
    """« 12 », or « 12 de la feuille « Décembre » » from another sheet."""
    if order.sheet == seen_from.rank:
        return str(order.row)
    return f"{order.row} de la feuille «\u00a0{sheets[order.sheet].table.sheet}\u00a0»"


# Two sheets that bear the same order


def _in_two_sheets(sheets: Sequence[_Sheet]) -> dict[str, list[int]]:
    """The ranks of the sheets of each key that several sheets bear."""
    if len(sheets) == 1:
        return {}
    ranks: dict[str, list[int]] = {}
    for sheet in sheets:
        for key in dict.fromkeys(sheet.keys):
            if key:
                ranks.setdefault(key, []).append(sheet.rank)
    return {key: found for key, found in ranks.items() if len(found) > 1}


def _tell_twice(key: str, sheets: Sequence[_Sheet]) -> None:
    """An error on each sheet after the first; the order waits for it, unless the later sheet only says it again."""
    first = sheets[0]
    tag = _NAMES[key.startswith("num ")]
    for later in sheets[1:]:
        rows = [later.rows.numbers[place] for place in later.places[key]]
        cell = later.table.cell(rows[0], tag)
        later.told.append(
            finding(
                "commande-en-double",
                cell,
                tag,
                later.table.shown(rows[0], tag),
                case="feuilles",
                feuille=first.table.sheet,
                ligne=str(first.rows.numbers[first.places[key][0]]),
            )
        )
        if key not in later.headed:
            later.doubtful.update(rows)
        if not _says_no_more(key, later, first):
            first.held_by[key][later.table.sheet, rows[0]] = None


def _says_no_more(key: str, later: _Sheet, first: _Sheet) -> bool:
    """Whether an order, as the later sheet has it, adds nothing to the first and contradicts nothing."""

    def said(sheet: _Sheet, tag: str) -> set[str]:
        return {value for place in sheet.places[key] if (value := sheet.rows.columns[tag][place])}

    return all(said(later, tag) <= said(first, tag) for tag in (*_OF_ORDERS, *_OF_BENEFICIARIES))
