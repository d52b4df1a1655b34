"""Which order each row belongs to; where that is in doubt, which orders are held back until the row is corrected.

Rows belong together by refCommande, else by numeroEditeur. A row without either, or whose reference is that of no order
(it gives neither date nor amount), may continue another order: the one above, or the one whose reference is nearly the
same. Such a row is an error, and that order is held back with it: sent without that row, it would claim for only some
of its doctors.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from converter.checking.clean_rows import Rows
from converter.checking.grouping import (
    ALWAYS,
    NAMES,
    OF_BENEFICIARIES,
    OF_ORDERS,
    BegunOrder,
    Grouping,
    SheetRows,
    name_of,
)
from converter.checking.near_references import NearReferences
from converter.findings import Finding, finding
from converter.reading.table import Table


def group_rows(tables: Sequence[tuple[Table, Rows]]) -> tuple[list[Grouping], list[Finding]]:
    """The rows of each sheet, grouped by order, and a finding for each row whose order is in doubt."""
    sheets = [SheetRows(rank, table, rows) for rank, (table, rows) in enumerate(tables)]
    twice = _in_two_sheets(sheets)
    if twice or not all(sheet.is_clear for sheet in sheets):
        known = {(one.sheet, one.key): one for sheet in sheets for one in sheet.known()}
        for sheet in sheets:
            _settle(sheet, sheets, known, twice)
        for key, ranks in twice.items():
            _report_in_two_sheets(key, [sheets[rank] for rank in ranks])
    return [sheet.grouping() for sheet in sheets], [one for sheet in sheets for one in sheet.findings]


# One sheet: rows without an order of their own


def _settle(
    sheet: SheetRows,
    sheets: Sequence[SheetRows],
    known: Mapping[tuple[int, str], BegunOrder],
    twice: Mapping[str, object],
) -> None:
    """Give each row of a sheet the key of its order, or of the one that it may continue."""
    if sheet.is_clear:
        return
    mine = [key for key in sheet.keys if key in sheet.headed]
    first = known.get((sheet.rank, mine[0])) if mine else None
    alone = [key for key in sheet.places if key and key not in sheet.headed]
    near = NearReferences(map(name_of, alone), ((one.name, one) for one in known.values()))
    lone = {key: _Lone(sheet, key, near) for key in alone}
    above: BegunOrder | None = None
    for place, key in enumerate(list(sheet.keys)):
        if key in sheet.headed:
            above = known[sheet.rank, key]
        elif not key:
            _settle_nameless(sheet, place, above, first, known.get((sheet.rank, sheet.following[place])))
        elif key not in twice:
            lone[key].settle(place, above or first, sheets)


def _settle_nameless(
    sheet: SheetRows, place: int, above: BegunOrder | None, first: BegunOrder | None, below: BegunOrder | None
) -> None:
    row = sheet.rows.numbers[place]
    cell = sheet.table.cell(row, "refCommande")
    if sheet.is_whole(place):
        orders = [one for one in (above, below) if one and _is_repeated(sheet, place, one)]
    else:
        orders = [one for one in (above or first,) if one]
    if not orders:
        sheet.keys[place] = f"row {row}"
        sheet.findings.append(finding("reference-absente", cell, "refCommande"))
        return
    order = orders[0]
    sheet.keys[place] = order.key
    for one in orders:
        sheet.hold(one.key, (sheet.table.sheet, row))
    found = finding("reference-absente", cell, "refCommande", case="suite", commande=order.name, ligne=str(order.row))
    sheet.doubt(place, found)


def _is_repeated(sheet: SheetRows, place: int, order: BegunOrder) -> bool:
    """Whether a complete row without a reference seems to belong to the order beside it.

    It does when it stands between two rows of that order, or next to rows that all have the same values.
    """
    places = sheet.places[order.key]
    here = bisect_left(places, place)
    before, after = places[:here], places[here:]
    if before and sheet.following[place] == order.key:
        return True
    beside = before[-2:] or after[:2]
    return len(beside) > 1 and all(
        sheet.rows.columns[tag][at] == sheet.rows.columns[tag][place] for tag in ALWAYS for at in beside
    )


class _Lone:
    """The rows of one key that give neither date nor amount, and the orders that they may belong to."""

    def __init__(self, sheet: SheetRows, key: str, near: NearReferences[BegunOrder]) -> None:
        self._sheet = sheet
        self._key = key
        self._tag = NAMES[key.startswith("num ")]
        places = sheet.places[key]
        self._first = places[0]
        self._says_something = sheet.values(places, OF_ORDERS)
        self._is_empty = not self._says_something and not sheet.values(places, OF_BENEFICIARIES)
        self._near = near.of(name_of(key))

    def settle(self, place: int, beside: BegunOrder | None, sheets: Sequence[SheetRows]) -> None:
        """Put one of these rows with the order that it may continue; leave it alone where there is none."""
        sheet, row = self._sheet, self._sheet.rows.numbers[place]
        cell = sheet.table.cell(row, self._tag)
        shown = sheet.table.shown(row, self._tag)
        if self._is_empty:
            sheet.doubtful.add(row)
            if place == self._first:
                sheet.findings.append(finding("commande-vide", cell, self._tag, shown))
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
            sheets[one.sheet].hold(one.key, (sheet.table.sheet, row))
        if order.sheet == sheet.rank:
            sheet.keys[place] = order.key


def _line(order: BegunOrder, seen_from: SheetRows, sheets: Sequence[SheetRows]) -> str:
    """« 12 », or « 12 de la feuille « Décembre » » from another sheet."""
    if order.sheet == seen_from.rank:
        return str(order.row)
    return f"{order.row} de la feuille «\u00a0{sheets[order.sheet].table.sheet}\u00a0»"


# The same order in two sheets


def _in_two_sheets(sheets: Sequence[SheetRows]) -> dict[str, list[int]]:
    """For each key found in several sheets, the ranks of these sheets."""
    if len(sheets) == 1:
        return {}
    ranks: dict[str, list[int]] = {}
    for sheet in sheets:
        for key in dict.fromkeys(sheet.keys):
            if key:
                ranks.setdefault(key, []).append(sheet.rank)
    return {key: found for key, found in ranks.items() if len(found) > 1}


def _report_in_two_sheets(key: str, sheets: Sequence[SheetRows]) -> None:
    """Report an error on each sheet after the first; hold the order back unless the later sheet only repeats it."""
    first = sheets[0]
    tag = NAMES[key.startswith("num ")]
    for later in sheets[1:]:
        rows = [later.rows.numbers[place] for place in later.places[key]]
        cell = later.table.cell(rows[0], tag)
        later.findings.append(
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
        if not _adds_nothing(key, later, first):
            first.hold(key, (later.table.sheet, rows[0]))


def _adds_nothing(key: str, later: SheetRows, first: SheetRows) -> bool:
    """Whether the later sheet only repeats values that the first sheet gives for this order."""

    def values_of(sheet: SheetRows, tag: str) -> set[str]:
        return {value for place in sheet.places[key] if (value := sheet.rows.columns[tag][place])}

    return all(values_of(later, tag) <= values_of(first, tag) for tag in (*OF_ORDERS, *OF_BENEFICIARIES))
