"""Clean rows as a DataFrame of `str`, and folded into requests: which rows belong together, what each request says.

The frame's index is Excel's row number. A request takes a request-level value from the first of its rows that gives
one; rows belong together by refCommande, else by numeroEditeur (docs/interface.md, « Sheet Demandes »).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from converter.cells import Raw, as_shown
from converter.fields import BY_TAG, FIELDS, Audience, Field, Level
from converter.findings import Finding, finding, refuse_beyond
from converter.normalise import cleaner, usual_text
from converter.workbook import Table

MANDAT, UNIQUE, MEDECINS = "demande.isMandataire", "demande.isClientUnique", "demande.médecins"
"""Columns of the requests: their two Booleans, given or derived, and the number of doctors (as text)."""
REQUEST_FIELDS = tuple(one for one in FIELDS if one.level is Level.REQUEST)


@dataclass(frozen=True, slots=True)
class Folded:
    """`request_of`: the request (0, 1…) of each row; `requests`: one row a request, its request-level values and
    what is derived from them (MANDAT, UNIQUE, MEDECINS).

    `given[tag]`: for the requests whose value does not stand on their first row, the row on which it stands.
    """

    request_of: np.ndarray
    requests: pd.DataFrame
    first_rows: Sequence[int]
    given: Mapping[str, Mapping[int, int]]

    def row_of(self, request: int, tag: str) -> int:
        """The Excel row that gives `tag` to this request; its first row when none does."""
        return self.given.get(tag, {}).get(request, self.first_rows[request])


def clean_table(table: Table) -> tuple[pd.DataFrame, list[Finding]]:
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
    frame = pd.DataFrame(columns, index=pd.Index(table.rows, name="row"), dtype="str")
    blank = _blank(list(columns.values()))
    return frame.drop(index=[table.rows[place] for place in blank]) if blank else frame, told


def _blank(columns: Sequence[Sequence[str]]) -> list[int]:
    """The places where every column is empty."""
    places: Sequence[int] = range(len(columns[0]))
    for column in columns:
        places = [place for place in places if not column[place]]
    return list(places)


def _clean_column(
    field: Field, raws: Sequence[Raw], *, date1904: bool
) -> tuple[list[str], list[tuple[int, tuple[str, ...]]]]:
    """The clean values, and (position, codes) of those that were corrected; equal cells are cleaned once."""
    clean, usual = cleaner(field, date1904=date1904), usual_text(field).fullmatch
    keys: Sequence[object] = raws
    if len({bool, int, float} & set(map(type, raws))) > 1:  # 1, 1.0 and True are equal, and may not mean the same
        keys = [(raw.__class__, raw) for raw in raws]
    distinct = dict(zip(keys, raws, strict=True))
    texts = {key: raw for key, raw in distinct.items() if isinstance(raw, str) and usual(raw)}
    known = {key: clean(raw) for key, raw in distinct.items() if key not in texts}
    texts |= {key: text for key, (text, _) in known.items()}
    corrected = {key: codes for key, (_, codes) in known.items() if codes}
    values = list(map(texts.__getitem__, keys))  # equal cells share one text from here on, quick to compare
    return values, [(place, corrected[key]) for place, key in enumerate(keys) if key in corrected] if corrected else []


def fold_rows(table: Table, frame: pd.DataFrame) -> tuple[Folded, list[Finding]]:
    """Rows into requests, and a finding for each row without a reference and each second value."""
    keys, told = _keys(table, frame)
    numbers: dict[str, int] = {}
    request_of = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), dtype=np.int64, count=len(keys))
    _, first = np.unique(request_of, return_index=True)
    rows = frame.index.to_numpy()
    values: dict[str, np.ndarray] = {}
    given: dict[str, dict[int, int]] = {}
    for one in REQUEST_FIELDS:
        column = frame[one.tag].to_numpy(dtype=object)
        values[one.tag], moved, conflicts = _resolve(column, request_of, first)
        given[one.tag] = {request: int(rows[place]) for request, place in moved.items()}
        told += [_second_value(table, one.tag, int(rows[place]), column[place], kept) for place, kept in conflicts]
    requests = _with_derived(pd.DataFrame(values, dtype="str"), np.bincount(request_of))
    folded = Folded(request_of, requests, [int(row) for row in rows[first]], given)
    return folded, told + _shared_numbers(table, folded)


def _keys(table: Table, frame: pd.DataFrame) -> tuple[list[str], list[Finding]]:
    """What each row is grouped by. A row that bears only a number joins the purchase order that bears it too."""
    references, numbers = frame["refCommande"].tolist(), frame["numeroEditeur"].tolist()
    reference_of = {
        number: reference for reference, number in zip(references, numbers, strict=True) if reference and number
    }
    keys: list[str] = []
    told: list[Finding] = []
    for row, reference, number in zip(frame.index.tolist(), references, numbers, strict=True):
        reference = reference or reference_of.get(number, "")
        keys.append(f"ref {reference}" if reference else f"num {number}" if number else f"row {row}")
        if not reference and not number:
            told.append(finding("reference-absente", table.cell(row, "refCommande"), "refCommande"))
    return keys, told


def _resolve(
    column: np.ndarray, request_of: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, dict[int, int], list[tuple[int, str]]]:
    """Each request's value; {request: position} where its first row has none; (position, value kept) of conflicts."""
    kept = column[first].copy()
    moved: dict[int, int] = {}
    conflicts: list[tuple[int, str]] = []
    for place in np.flatnonzero((column != "") & (column != kept[request_of])):
        request = int(request_of[place])
        if kept[request] == "":
            kept[request] = column[place]
            moved[request] = int(place)
        elif kept[request] != column[place]:
            conflicts.append((int(place), kept[request]))
    return kept, moved, conflicts


def _second_value(table: Table, tag: str, row: int, value: str, kept: str) -> Finding:
    return finding("deux-valeurs", table.cell(row, tag), tag, value, premiere=kept)


def _shared_numbers(table: Table, folded: Folded) -> list[Finding]:
    """One numeroEditeur for two purchase orders: told on the later one."""
    holders: dict[str, int] = {}
    told = []
    for request, number in enumerate(folded.requests["numeroEditeur"].tolist()):
        if number and holders.setdefault(number, request) != request:
            other = folded.requests["refCommande"].iloc[holders[number]]
            cell = table.cell(folded.row_of(request, "numeroEditeur"), "numeroEditeur")
            told.append(finding("numero-en-double", cell, "numeroEditeur", number, autre=other))
    return told


def _with_derived(requests: pd.DataFrame, counts: np.ndarray) -> pd.DataFrame:
    """The requests with their two Booleans, derived where the user left them empty, and their number of doctors."""
    liberal = requests["commandePour"].eq(Audience.LIBERAL.value)
    rows = pd.Series(counts, index=requests.index)
    return requests.assign(
        **{
            MANDAT: _given_or(requests["isMandataire"], requests["nomMandataire"].ne("")).where(liberal, "NON"),
            UNIQUE: _given_or(requests["isClientUnique"], rows.eq(1)).where(liberal, "NON"),
            MEDECINS: rows.where(liberal, 0).astype("str"),
        }
    )


def _given_or(given: pd.Series, derived: pd.Series) -> pd.Series:
    return given.where(given.ne(""), derived.map({True: "OUI", False: "NON"}).astype("str"))
