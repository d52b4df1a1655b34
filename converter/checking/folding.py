"""Clean rows folded into requests: which rows belong together, what each request says.

A request takes a request-level value from the first of its rows that gives one; rows belong together by refCommande,
else by numeroEditeur (docs/interface.md, « Sheet Demandes »).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from converter.checking.clean_rows import Columns, Rows
from converter.findings import Finding, finding
from converter.format.fields import FIELDS, Audience, Level
from converter.reading.workbook import Table

MANDAT, UNIQUE, MEDECINS = "demande.isMandataire", "demande.isClientUnique", "demande.médecins"
"""Columns of the requests: their two Booleans, given or derived, and the number of doctors (as text)."""
REQUEST_FIELDS = tuple(one for one in FIELDS if one.level is Level.REQUEST)


@dataclass(frozen=True, slots=True)
class Folded:
    """`request_of`: the request (0, 1…) of each row; `requests`: their request-level values and what is derived from
    them (MANDAT, UNIQUE, MEDECINS).

    `given[tag]`: for the requests whose value does not stand on their first row, the row on which it stands.
    """

    request_of: Sequence[int]
    requests: Columns
    first_rows: Sequence[int]
    given: Mapping[str, Mapping[int, int]]

    def row_of(self, request: int, tag: str) -> int:
        """The Excel row that gives `tag` to this request; its first row when none does."""
        return self.given.get(tag, {}).get(request, self.first_rows[request])


def fold_rows(table: Table, rows: Rows) -> tuple[Folded, list[Finding]]:
    """Rows into requests, and a finding for each row without a reference, each second value, each shared number."""
    folded, conflicts = _fold(rows)
    told = _without_reference(table, rows)
    told += [
        finding("deux-valeurs", table.cell(rows.numbers[place], tag), tag, rows.columns[tag][place], premiere=kept)
        for tag, place, kept in conflicts
    ]
    return folded, told + _shared_numbers(table, folded)


def fold(rows: Rows) -> Folded:
    """Rows into requests, of which nothing is told."""
    return _fold(rows)[0]


def _fold(rows: Rows) -> tuple[Folded, list[tuple[str, int, str]]]:
    """The requests, and (tag, position, value kept) of each second value."""
    keys = _keys(rows)
    first_of: dict[str, int] = {}
    for place, key in enumerate(keys):
        first_of.setdefault(key, place)
    ranks = {key: rank for rank, key in enumerate(first_of)}
    request_of, firsts = [ranks[key] for key in keys], list(first_of.values())
    values: dict[str, Sequence[str]] = {}
    given: dict[str, dict[int, int]] = {}
    second_values: list[tuple[str, int, str]] = []
    for one in REQUEST_FIELDS:
        values[one.tag], moved, conflicts = _resolve(rows.columns[one.tag], request_of, firsts)
        given[one.tag] = {request: rows.numbers[place] for request, place in moved.items()}
        second_values += [(one.tag, place, kept) for place, kept in conflicts]
    requests = _with_derived(values, list(Counter(request_of).values()))  # counted as they come: in their order
    return Folded(request_of, requests, [rows.numbers[place] for place in firsts], given), second_values


def _keys(rows: Rows) -> list[str]:
    """What each row is grouped by. A row that bears only a number joins the purchase order that bears it too."""
    references, numbers = rows.columns["refCommande"], rows.columns["numeroEditeur"]
    reference_of = {
        number: reference for reference, number in zip(references, numbers, strict=True) if reference and number
    }
    keys: list[str] = []
    for row, reference, number in zip(rows.numbers, references, numbers, strict=True):
        reference = reference or reference_of.get(number, "")
        keys.append(f"ref {reference}" if reference else f"num {number}" if number else f"row {row}")
    return keys


def _without_reference(table: Table, rows: Rows) -> list[Finding]:
    identified = zip(rows.numbers, rows.columns["refCommande"], rows.columns["numeroEditeur"], strict=True)
    return [
        finding("reference-absente", table.cell(row, "refCommande"), "refCommande")
        for row, reference, number in identified
        if not reference and not number
    ]


def _resolve(
    column: Sequence[str], request_of: Sequence[int], firsts: Sequence[int]
) -> tuple[list[str], dict[int, int], list[tuple[int, str]]]:
    """Each request's value; {request: position} where its first row has none; (position, value kept) of conflicts."""
    kept = [column[place] for place in firsts]
    moved: dict[int, int] = {}
    conflicts: list[tuple[int, str]] = []
    for place, (request, value) in enumerate(zip(request_of, column, strict=True)):
        if not value or value == kept[request]:
            continue
        if kept[request]:
            conflicts.append((place, kept[request]))
        else:
            kept[request] = value
            moved[request] = place
    return kept, moved, conflicts


def _shared_numbers(table: Table, folded: Folded) -> list[Finding]:
    """One numeroEditeur for two purchase orders: told on the later one."""
    holders: dict[str, int] = {}
    told = []
    for request, number in enumerate(folded.requests["numeroEditeur"]):
        if number and holders.setdefault(number, request) != request:
            other = folded.requests["refCommande"][holders[number]]
            cell = table.cell(folded.row_of(request, "numeroEditeur"), "numeroEditeur")
            told.append(finding("numero-en-double", cell, "numeroEditeur", number, autre=other))
    return told


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
