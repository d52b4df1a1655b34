"""Findings about a mapped sheet, in its own words: its headings for our labels, the guilty cell of joined columns."""

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from converter.checking.cell_rules import judges
from converter.checking.cleaning import cleaner
from converter.checking.failures import CHOOSE_IT
from converter.findings import Finding
from converter.format.fields import BY_TAG
from converter.reading.cells import as_shown
from converter.reading.mapped_columns import Part
from converter.reading.table import Table

_TO_TRANSLATE = frozenset({"hors-liste", "oui-non", "operateur-inconnu"})
_CASE = "correspondance"
_WRITE_IT = "Écrivez son code ou son nom, tels que la liste de l'ASP les donne."


def in_their_words(findings: Iterable[Finding], tables: Iterable[Table], upload_day: datetime.date) -> list[Finding]:
    """The same findings, those about a mapped sheet being renamed and pointed at the cell to correct."""
    mapped = {table.sheet: table for table in tables if table.mapped}
    if not mapped:
        return list(findings)
    return [_reworded(one, table, upload_day) if (table := mapped.get(one.cell.sheet)) else one for one in findings]


def _reworded(one: Finding, table: Table, upload_day: datetime.date) -> Finding:
    mapped = table.mapped
    if mapped is None:
        return one
    if one.code == "colonne-manquante" or (one.code in _TO_TRANSLATE and one.tag in mapped.headings):
        one = replace(one, case=_CASE, details={**one.details, "fichier": mapped.name})
    if one.details.get("suggestion") == CHOOSE_IT:
        one = replace(one, details={**one.details, "suggestion": _WRITE_IT})
    parts = mapped.parts.get(one.tag, ())
    if (place := _place(one, table)) is not None and any(part.letters == one.cell.column for part in parts):
        one = replace(one, cell=replace(one.cell, column=_guilty(one, place, parts, upload_day)))
    return one


def _place(one: Finding, table: Table) -> int | None:
    """The place of its row among those of the table; None where it is about no row of it."""
    row = one.cell.row or 0
    place = bisect_left(table.rows, row)
    return place if place < len(table.rows) and table.rows[place] == row else None


def _guilty(one: Finding, place: int, parts: Iterable[Part], upload_day: datetime.date) -> str:
    """The letters of the joined column that alone is wrong; else of the first one that is filled, else of the first."""
    texts = {part.letters: as_shown(part.values[place]).strip() for part in parts}
    wrong = list(_wrong(one, texts, upload_day))
    filled = [letters for letters, text in texts.items() if text]
    return wrong[0] if len(wrong) == 1 else next(iter(filled), one.cell.column)


def _wrong(one: Finding, texts: dict[str, str], upload_day: datetime.date) -> Iterator[str]:
    field = BY_TAG[one.tag]
    judge = dict(judges(field, upload_day)).get(one.code)
    for letters, text in texts.items():
        if judge and text and not judge(cleaner(field)(text)[0]):
            yield letters
