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
    letters = {part.letters for part in mapped.parts.get(one.tag, ())}
    if one.cell.row in table.rows and one.cell.column in letters:
        guilty = _guilty(one, table, mapped.parts[one.tag], upload_day)
        one = replace(one, cell=replace(one.cell, column=guilty))
    return one


def _guilty(one: Finding, table: Table, parts: Iterable[Part], upload_day: datetime.date) -> str:
    """The letters of the joined column that alone is wrong; else of the first one that is filled, else of the first."""
    place = bisect_left(table.rows, one.cell.row or 0)
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
