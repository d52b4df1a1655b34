"""Fold clean rows into requests: the values of each request, and the rows that give them.

A request takes a request-level value from the first of its rows that gives one (docs/interface.md, « Sheet Demandes »).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from converter.checking.clean_rows import Columns, Rows
from converter.checking.cleaning import cleaner
from converter.checking.grouping import Grouping, by_name
from converter.findings import Finding, finding, shown
from converter.format.field_kinds import Audience, Field, Level
from converter.format.fields import BY_TAG, FIELDS
from converter.format.requests import RowPlace
from converter.reading.table import Table

MANDAT, UNIQUE, MEDECINS = "demande.isMandataire", "demande.isClientUnique", "demande.médecins"
"""Columns of the requests: their two Booleans, given or derived, and the number of doctors (as text)."""
REQUEST_FIELDS = tuple(one for one in FIELDS if one.level is Level.REQUEST)
_SAID_OTHERWISE = {"montantSegurHT": "montant", "bonCommande": "bon"}
"""For tags whose second value has a remedy of its own, the case of the catalogue that gives it."""


@dataclass(frozen=True, slots=True)
class Folded:
    """`request_of`: the request (0, 1…) of each row; `requests`: their request-level values and what is derived from
    them (MANDAT, UNIQUE, MEDECINS).

    `given[tag]`: for the requests whose value does not stand on their first row, the row on which it stands.
    `doubtful`: rows that may not belong to their request; `in_doubt`: the requests that have some. `held_by`: for a
    request, the rows that hold it back while they are in error.
    """

    request_of: Sequence[int]
    requests: Columns
    first_rows: Sequence[int]
    given: Mapping[str, Mapping[int, int]]
    doubtful: frozenset[int] = frozenset()
    in_doubt: frozenset[int] = frozenset()
    held_by: Mapping[int, tuple[RowPlace, ...]] = field(default_factory=dict)

    def row_of(self, request: int, tag: str) -> int:
        """The Excel row that gives `tag` to this request; its first row when none does."""
        return self.given.get(tag, {}).get(request, self.first_rows[request])


def fold_rows(table: Table, grouping: Grouping) -> tuple[Folded, list[Finding]]:
    """The rows folded into requests, with a finding for each second value and each shared number."""
    folded, conflicts = _fold(grouping, _clean_defaults(table))
    rows = grouping.rows.numbers
    findings = [
        _second_value(table, tag, rows[place], folded.row_of(folded.request_of[place], tag))
        for tag, place in conflicts
        if rows[place] not in grouping.doubtful
    ]
    return folded, findings + _shared_numbers(table, folded)


def fold(rows: Rows) -> Folded:
    """The rows folded into requests by their reference or number, without any finding."""
    return _fold(by_name(rows))[0]


def _clean_defaults(table: Table) -> dict[str, str]:
    """The values that a mapping gives to requests without one, as clean cells have them."""
    return {tag: cleaner(BY_TAG[tag])(value)[0] for tag, value in table.defaults.items()}


def _fold(grouping: Grouping, defaults: Mapping[str, str] | None = None) -> tuple[Folded, list[tuple[str, int]]]:
    """The requests, and the (tag, position) of each second value. `defaults`: what a request has without a value."""
    rows, keys = grouping.rows, grouping.keys
    first_of: dict[str, int] = {}
    for place, key in enumerate(keys):
        first_of.setdefault(key, place)
    if grouping.doubtful:
        first_of |= _first_without_doubt(grouping)
    ranks = {key: rank for rank, key in enumerate(first_of)}
    request_of, firsts = [ranks[key] for key in keys], list(first_of.values())
    values: dict[str, Sequence[str]] = {}
    given: dict[str, dict[int, int]] = {}
    second_values: list[tuple[str, int]] = []
    for one in REQUEST_FIELDS:
        kept, moved, conflicts = _resolve(rows.columns[one.tag], request_of, firsts)
        default = (defaults or {}).get(one.tag, "")
        values[one.tag] = _with_default(one, kept, default, values) if default else kept
        given[one.tag] = {request: rows.numbers[place] for request, place in moved.items()}
        second_values += [(one.tag, place) for place in conflicts]
    requests = _with_derived(values, list(Counter(request_of).values()))  # counted in the order of their ranks
    folded = Folded(
        request_of,
        requests,
        [rows.numbers[place] for place in firsts],
        given,
        grouping.doubtful,
        frozenset(request for request, row in zip(request_of, rows.numbers, strict=True) if row in grouping.doubtful),
        {ranks[key]: places for key, places in grouping.held_by.items()},
    )
    return folded, second_values


def _first_without_doubt(grouping: Grouping) -> dict[str, int]:
    """The first row of each order, not counting its rows in doubt."""
    first_of: dict[str, int] = {}
    for place, (row, key) in enumerate(zip(grouping.rows.numbers, grouping.keys, strict=True)):
        if row not in grouping.doubtful:
            first_of.setdefault(key, place)
    return first_of


def _second_value(table: Table, tag: str, row: int, first_row: int) -> Finding:
    """The finding for a second value, with both values as they were typed."""
    typed, first = table.shown(row, tag), table.shown(first_row, tag)
    case = _SAID_OTHERWISE.get(tag, "")
    return finding("deux-valeurs", table.cell(row, tag), tag, typed, case=case, premiere=shown(first))


def _resolve(
    column: Sequence[str], request_of: Sequence[int], firsts: Sequence[int]
) -> tuple[list[str], dict[int, int], list[int]]:
    """Each request's value; {request: position} where its first row has none; the positions of conflicts."""
    kept = [column[place] for place in firsts]
    moved: dict[int, int] = {}
    conflicts: list[int] = []
    for place, (request, value) in enumerate(zip(request_of, column, strict=True)):
        if not value or value == kept[request]:
            continue
        if kept[request]:
            conflicts.append(place)
        else:
            kept[request] = value
            moved[request] = place
    return kept, moved, conflicts


def _with_default(field: Field, column: Sequence[str], default: str, values: Columns) -> list[str]:
    """The values of a field, those that are missing given by default where the field concerns the request."""
    if field.audience is Audience.BOTH:
        return [value or default for value in column]
    audiences = values["commandePour"]
    return [
        value or (default if audience == field.audience.value else "")
        for value, audience in zip(column, audiences, strict=True)
    ]


def _shared_numbers(table: Table, folded: Folded) -> list[Finding]:
    """A finding for each numeroEditeur used by two purchase orders, on the later one."""
    holders: dict[str, int] = {}
    findings = []
    for request, number in enumerate(folded.requests["numeroEditeur"]):
        if number and holders.setdefault(number, request) != request:
            other = folded.requests["refCommande"][holders[number]]
            cell = table.cell(folded.row_of(request, "numeroEditeur"), "numeroEditeur")
            findings.append(finding("numero-en-double", cell, "numeroEditeur", number, autre=other))
    return findings


def _with_derived(values: Columns, counts: Sequence[int]) -> Columns:
    """The requests with their two Booleans, derived where the user left them empty, and their number of doctors."""
    liberal = [pour == Audience.LIBERAL.value for pour in values["commandePour"]]
    mandated = map(bool, values["nomMandataire"])
    alone = (count == 1 for count in counts)
    return {
        **values,
        MANDAT: _given_or(values["isMandataire"], mandated, liberal),
        UNIQUE: _given_or(values["isClientUnique"], alone, liberal),
        MEDECINS: [str(count) if one else "0" for count, one in zip(counts, liberal, strict=True)],
    }


def _given_or(given: Iterable[str], derived: Iterable[bool], liberal: Iterable[bool]) -> list[str]:
    return [
        (text or ("OUI" if so else "NON")) if one else "NON"
        for text, so, one in zip(given, derived, liberal, strict=True)
    ]
