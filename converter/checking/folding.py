"""Clean rows, column by column, and folded into requests: which rows belong together, what each request says.

A request takes a request-level value from the first of its rows that gives one; rows belong together by refCommande,
else by numeroEditeur (docs/interface.md, « Sheet Demandes »).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from converter.checking.cleaning import cleaner, usual_text
from converter.findings import Finding, finding, refuse_beyond
from converter.format.fields import BY_TAG, FIELDS, Audience, Field, Level
from converter.reading.cells import Raw, as_shown
from converter.reading.workbook import Table

MANDAT, UNIQUE, MEDECINS = "demande.isMandataire", "demande.isClientUnique", "demande.médecins"
"""Columns of the requests: their two Booleans, given or derived, and the number of doctors (as text)."""
REQUEST_FIELDS = tuple(one for one in FIELDS if one.level is Level.REQUEST)
_EQUALS = (bool, int, float)  # 1, 1.0 and True are equal, and may not mean the same
Columns = Mapping[str, Sequence[str]]
"""For each tag, one clean text a row (or a request)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that hold something once cleaned: `numbers` are Excel's; `columns` has every tag of the format."""

    numbers: Sequence[int]
    columns: Columns


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


def clean_table(table: Table) -> tuple[Rows, list[Finding]]:
    """The rows of `table` that hold something once cleaned, and a finding for each correction."""
    columns: dict[str, list[str]] = {}
    told: list[Finding] = []
    for tag, field in BY_TAG.items():
        raws = table.cells.get(tag)
        if raws is None:
            columns[tag] = [""] * len(table.rows)
        else:
            columns[tag], corrected = _clean_column(field, raws, date1904=table.date1904)
            refuse_beyond(len(told) + sum(len(codes) for _, codes in corrected), table.workbook)
            told += [
                finding(code, table.cell(table.rows[place], tag), tag, as_shown(raws[place]), lu=columns[tag][place])
                for place, codes in corrected
                if (table.rows[place], tag) not in table.broken
                for code in codes
            ]
    return _filled(Rows(table.rows, columns)), told


def _filled(rows: Rows) -> Rows:
    """The same without the rows whose every column is empty."""
    blank: Sequence[int] = range(len(rows.numbers))
    for column in rows.columns.values():
        blank = [place for place in blank if not column[place]]
    if not blank:
        return rows
    without = set(blank)
    kept = [place for place in range(len(rows.numbers)) if place not in without]
    columns = {tag: [column[place] for place in kept] for tag, column in rows.columns.items()}
    return Rows([rows.numbers[place] for place in kept], columns)


def _clean_column(
    field: Field, raws: Sequence[Raw], *, date1904: bool
) -> tuple[list[str], list[tuple[int, tuple[str, ...]]]]:
    """The clean values, and (position, codes) of those that were corrected; equal cells are cleaned once."""
    clean, usual = cleaner(field, date1904=date1904), usual_text(field).fullmatch
    keys: Sequence[object] = raws
    distinct: dict[object, Raw] = {raw: raw for raw in set(raws)}
    if any(isinstance(raw, _EQUALS) for raw in distinct) and len(set(map(type, raws)).intersection(_EQUALS)) > 1:
        keys = [(raw.__class__, raw) for raw in raws]
        distinct = dict(zip(keys, raws, strict=True))
    texts = {key: raw for key, raw in distinct.items() if isinstance(raw, str) and usual(raw)}
    known = {key: clean(raw) for key, raw in distinct.items() if key not in texts}
    texts |= {key: text for key, (text, _) in known.items()}
    corrected = {key: codes for key, (_, codes) in known.items() if codes}
    values = list(map(texts.__getitem__, keys))  # equal cells share one text from here on, quick to compare
    return values, [(place, corrected[key]) for place, key in enumerate(keys) if key in corrected] if corrected else []


def fold_rows(table: Table, rows: Rows) -> tuple[Folded, list[Finding]]:
    """Rows into requests, and a finding for each row without a reference and each second value."""
    keys, told = _keys(table, rows)
    first_of: dict[str, int] = {}
    for place, key in enumerate(keys):
        first_of.setdefault(key, place)
    ranks = {key: rank for rank, key in enumerate(first_of)}
    request_of, firsts = [ranks[key] for key in keys], list(first_of.values())
    values: dict[str, Sequence[str]] = {}
    given: dict[str, dict[int, int]] = {}
    for one in REQUEST_FIELDS:
        column = rows.columns[one.tag]
        values[one.tag], moved, conflicts = _resolve(column, request_of, firsts)
        given[one.tag] = {request: rows.numbers[place] for request, place in moved.items()}
        told += [_second_value(table, one.tag, rows.numbers[place], column[place], kept) for place, kept in conflicts]
    requests = _with_derived(values, list(Counter(request_of).values()))  # counted as they come: in their order
    folded = Folded(request_of, requests, [rows.numbers[place] for place in firsts], given)
    return folded, told + _shared_numbers(table, folded)


def _keys(table: Table, rows: Rows) -> tuple[list[str], list[Finding]]:
    """What each row is grouped by. A row that bears only a number joins the purchase order that bears it too."""
    references, numbers = rows.columns["refCommande"], rows.columns["numeroEditeur"]
    reference_of = {
        number: reference for reference, number in zip(references, numbers, strict=True) if reference and number
    }
    keys: list[str] = []
    told: list[Finding] = []
    for row, reference, number in zip(rows.numbers, references, numbers, strict=True):
        reference = reference or reference_of.get(number, "")
        keys.append(f"ref {reference}" if reference else f"num {number}" if number else f"row {row}")
        if not reference and not number:
            told.append(finding("reference-absente", table.cell(row, "refCommande"), "refCommande"))
    return keys, told


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


def _second_value(table: Table, tag: str, row: int, value: str, kept: str) -> Finding:
    return finding("deux-valeurs", table.cell(row, tag), tag, value, premiere=kept)


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
