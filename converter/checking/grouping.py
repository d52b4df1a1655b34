"""Group the rows of a sheet by the keys of their orders, and list the orders that begin in it.

Rows belong together by refCommande, else by numeroEditeur (docs/interface.md, « Sheet Demandes »).
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from converter.checking.clean_rows import Rows
from converter.findings import Finding
from converter.format.field_kinds import Level, Required
from converter.format.fields import FIELDS
from converter.format.requests import RowPlace
from converter.reading.table import Table

NAMES = ("refCommande", "numeroEditeur")
_MOST_AWAITED = 5
_HEAD = ("dateCommande", "montantSegurHT")
OF_ORDERS = tuple(one.tag for one in FIELDS if one.level is Level.REQUEST and one.tag not in NAMES)
OF_BENEFICIARIES = tuple(one.tag for one in FIELDS if one.level is Level.BENEFICIARY)
ALWAYS = tuple(one.tag for one in FIELDS if one.level is Level.REQUEST and one.required is Required.ALWAYS)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows of a sheet, each with the key of its order.

    `doubtful`: the rows (Excel's) that may not belong to the order of their key: values missing from them are not
    reported. `held_by`: for each key, the rows that hold its order back while they are in error.
    """

    rows: Rows
    keys: Sequence[str]
    doubtful: frozenset[int] = frozenset()
    held_by: Mapping[str, tuple[RowPlace, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BegunOrder:
    """An order that gives its date or amount: the sheet (its rank) and row where it begins, its key and its name."""

    sheet: int
    row: int
    key: str
    name: str


class SheetRows:
    """The rows of one sheet while their orders are looked for."""

    def __init__(self, rank: int, table: Table, rows: Rows) -> None:
        self.rank, self.table, self.rows = rank, table, rows
        self._given = tuple(_keys(rows, {row for row, tag in table.broken if tag == "refCommande"}))
        self.keys = list(self._given)
        self.headed = _headed(self.keys, rows)
        self.doubtful: set[int] = set()
        self._held_by: defaultdict[str, dict[RowPlace, None]] = defaultdict(dict)
        self.findings: list[Finding] = []

    @property
    def is_clear(self) -> bool:
        """Whether every row belongs to an order that gives a date or an amount."""
        return self.headed.issuperset(self.keys)

    def values(self, places: Iterable[int], tags: Iterable[str]) -> bool:
        """Whether any of these cells is filled."""
        places = list(places)
        return any(self.rows.columns[tag][place] for tag in tags for place in places)

    def is_whole(self, place: int) -> bool:
        """Whether a row gives every value that an order must have, those of every order apart."""
        return all(self.rows.columns[tag][place] or tag in self.table.defaults for tag in ALWAYS)

    def known(self) -> Iterator[BegunOrder]:
        seen = set()
        for place, key in enumerate(self.keys):
            if key in self.headed and key not in seen:
                seen.add(key)
                yield BegunOrder(self.rank, self.rows.numbers[place], key, name_of(key))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The positions of the rows of each key, before any row was put with another order."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self._given):
            found.setdefault(key, []).append(place)
        return found

    @cached_property
    def following(self) -> list[str]:
        """For each row, the key of the next row that has one of its own."""
        found = [""] * len(self._given)
        for place in range(len(found) - 2, -1, -1):
            found[place] = self._given[place + 1] or found[place + 1]
        return found

    def doubt(self, place: int, found: Finding) -> None:
        self.doubtful.add(self.rows.numbers[place])
        self.findings.append(found)

    def hold(self, key: str, place: RowPlace) -> None:
        """Hold an order back because of a row in error; only the first few such rows are kept."""
        places = self._held_by[key]
        if len(places) < _MOST_AWAITED:
            places[place] = None

    def grouping(self) -> Grouping:
        held_by = {key: tuple(places) for key, places in self._held_by.items()}
        rows = _unnamed(self.rows, self.doubtful) if self.doubtful else self.rows
        return Grouping(rows, self.keys, frozenset(self.doubtful), held_by)


def name_of(key: str) -> str:
    """The reference or number that a key stands for."""
    return key.partition(" ")[2]


def by_name(rows: Rows) -> Grouping:
    """The rows of a sheet grouped by reference or number; a row that has neither is an order of its own."""
    return Grouping(rows, [key or f"row {row}" for row, key in zip(rows.numbers, _keys(rows), strict=True)])


def _keys(rows: Rows, lost: Container[int] = ()) -> Iterator[str]:
    """The key of each row, "" where it has none; a row with only a number joins the order with that number.

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
    """The same rows, with the reference and number of those in doubt removed."""
    names = {
        tag: ["" if row in doubtful else name for row, name in zip(rows.numbers, rows.columns[tag], strict=True)]
        for tag in NAMES
    }
    return replace(rows, columns={**rows.columns, **names})
