"""Clean the rows of a table, column by column; each correction is a finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from converter.checking.cleaning import cleaner, usual_text
from converter.findings import Finding, finding, refuse_beyond
from converter.format.field_kinds import Field
from converter.format.fields import BY_TAG
from converter.reading.cells import Raw, as_shown
from converter.reading.table import Table

_EQUALS = (bool, int, float)  # 1, 1.0 and True are equal, but may be cleaned differently
Columns = Mapping[str, Sequence[str]]
"""For each tag, one clean text per row (or per request)."""
CleanColumn = tuple[list[str], list[tuple[int, tuple[str, ...]]]]
"""The clean values of a column, and (position, codes) of those that were corrected."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are not empty once cleaned. `numbers`: Excel's row numbers; `columns`: one for each tag."""

    numbers: Sequence[int]
    columns: Columns


def clean_table(table: Table) -> tuple[Rows, list[Finding]]:
    """The rows of `table` that are not empty once cleaned, and a finding for each correction."""
    columns: dict[str, list[str]] = {}
    corrections: list[Finding] = []
    for tag, field in BY_TAG.items():
        raws = table.cells.get(tag)
        if raws is None:
            columns[tag] = [""] * len(table.rows)
        else:
            columns[tag], corrected = _clean_once(table, field, raws)
            refuse_beyond(len(corrections) + sum(len(codes) for _, codes in corrected), table.workbook)
            corrections += [
                finding(code, table.cell(table.rows[place], tag), tag, as_shown(raws[place]), lu=columns[tag][place])
                for place, codes in corrected
                if (table.rows[place], tag) not in table.broken and not table.is_translated(place, tag)
                for code in codes
            ]
    return _filled(Rows(table.rows, columns)), corrections


def _filled(rows: Rows) -> Rows:
    """The same rows, without those in which every column is empty."""
    blank: Sequence[int] = range(len(rows.numbers))
    for column in rows.columns.values():
        blank = [place for place in blank if not column[place]]
    if not blank:
        return rows
    without = set(blank)
    kept = [place for place in range(len(rows.numbers)) if place not in without]
    columns = {tag: [column[place] for place in kept] for tag, column in rows.columns.items()}
    return Rows([rows.numbers[place] for place in kept], columns)


def _clean_once(table: Table, field: Field, raws: Sequence[Raw]) -> CleanColumn:
    """The clean column, remembered as long as it is this very column: one changed cell gives another one."""
    known = table.remembered.get(field.tag)
    if known is None or known[0] is not raws:
        known = table.remembered[field.tag] = (raws, _clean_column(field, raws, date1904=table.date1904))
    found: CleanColumn = known[1]
    return found


def _clean_column(field: Field, raws: Sequence[Raw], *, date1904: bool) -> CleanColumn:
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
