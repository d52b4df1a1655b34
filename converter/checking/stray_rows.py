"""Rows that are no order: totals, remarks, repeated headings. Each is reported once, on its first cell, and left out.

A row that gives a doctor's or a site's number is never left out: it may be a part of an order.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import accumulate

from converter.checking.cleaning import cleaner
from converter.checking.grouping import NAMES, OF_BENEFICIARIES
from converter.checking.values.amounts import is_amount
from converter.findings import Cell, Finding, finding
from converter.findings.text import fold
from converter.format.field_kinds import FieldKind
from converter.format.fields import BY_TAG
from converter.reading.cells import Raw, as_shown, column_index
from converter.reading.headings import is_heading
from converter.reading.table import FORMULA, Table

_NUMBERS = ("RPPS", "FINESSGeo")
_TOTAL = re.compile(
    r"(?:(?:grand|sous)[ -]?)?(?:total|totaux|somme|cumul|moyenne)\b|nombre (?:de|total)\b|montant total\b"
)
_UNITS = re.compile(r"\b(?:eur|euros?|ht|ttc|commandes?|demandes?|lignes?|medecins?)\b")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_COUNT = 1_000_000  # a number below is a count, not an identifier
_FEWEST_DIGITS = 8
_FEWEST_HEADINGS = 2


def set_aside(table: Table) -> tuple[Table, list[Finding]]:
    """The table without the rows that are no order, and a finding for each of them."""
    sheet = _Sheet(table)
    kinds = {row: kind for row in sheet.suspects() if (kind := sheet.kind(row))}
    if not kinds:
        return table, []
    findings = [finding("ligne-hors-commande", *sheet.first_cell(row), case=kind) for row, kind in kinds.items()]
    return table.without(kinds.keys()), findings


class _Sheet:
    """The rows of a table, looked at one by one."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._place = {row: place for place, row in enumerate(table.rows)}
        self._summed_from = 0
        self._references: dict[str, Counter[str]] = {}
        self._spellings: dict[str, Counter[str]] = {}

    def suspects(self) -> Iterator[int]:
        """The rows that give no number of a doctor or site."""
        columns = [self._table.cells[tag] for tag in _NUMBERS if tag in self._table.cells]
        ordinary = {value for column in columns for value in set(column) if _is_number(value)}
        for place, row in enumerate(self._table.rows):
            if not any(column[place] in ordinary for column in columns):
                yield row

    def kind(self, row: int) -> str:
        """The kind of a row that is no order; "" for a row that may be a part of an order."""
        filled = self._filled(row)
        texts = {tag: shown for tag, value in filled.items() if (shown := as_shown(value).strip())}
        if self._repeats_headings(texts):
            return "titres"
        if self._is_total(row, texts):
            self._summed_from = self._place[row] + 1
            return "total"
        return "remarque" if self._is_remark(texts) else ""

    def first_cell(self, row: int) -> tuple[Cell, str, str]:
        """The first filled cell of a row, its tag ("" in a column that is not ours) and its text."""
        letters = self._table.columns
        cells = [(letters[tag], tag, as_shown(value)) for tag, value in self._filled(row).items()]
        cells += [(letter, "", text) for letter, text in self._table.notes.get(row, {}).items()]
        letter, tag, shown = min(cells, key=lambda cell: column_index(cell[0]))
        return Cell(str(self._table.workbook), self._table.sheet, row, letter), tag, shown

    def _filled(self, row: int) -> dict[str, Raw]:
        place = self._place[row]
        return {tag: column[place] for tag, column in self._table.cells.items() if column[place] != ""}

    def _repeats_headings(self, texts: dict[str, str]) -> bool:
        headings = self._table.mapped.headings if self._table.mapped else {}
        theirs = {tag: fold(heading) for tag, heading in headings.items()}
        same = sum(is_heading(text) or fold(text) == theirs.get(tag, tag) for tag, text in texts.items())
        return same >= _FEWEST_HEADINGS and 2 * same >= len(texts)

    def _is_total(self, row: int, texts: dict[str, str]) -> bool:
        """Whether a row is a total: words such as « total » beside figures only, or the sum of the amounts above."""
        notes = list(self._table.notes.get(row, {}).values())
        said = [text for text in (*texts.values(), *notes) if _TOTAL.match(_bare(text).strip())]
        broken = {tag for at, tag in self._table.broken if at == row}
        words = {tag for tag, text in texts.items() if tag not in broken and text not in said and not _is_figure(text)}
        if words or not texts:
            return False
        named = any(self._looks_like_a_reference(tag, texts[tag]) for tag in NAMES if tag in texts)
        return bool(said) or (not named and self._is_sum(row))

    def _is_sum(self, row: int) -> bool:
        place = self._place[row]
        own, start = self._amounts[place], self._summed_from
        above, count = self._sums[place], self._counts[place]
        several = count - self._counts[start] > 1
        return bool(own) and several and own in (above, above - self._sums[start])

    @cached_property
    def _amounts(self) -> Sequence[Decimal | None]:
        clean = cleaner(BY_TAG["montantSegurHT"])
        values = (clean(raw)[0] for raw in self._table.cells.get("montantSegurHT", ()))
        return [Decimal(value) if is_amount(value) else None for value in values]

    @cached_property
    def _sums(self) -> Sequence[Decimal]:
        """For each row, the sum of the amounts above it."""
        return list(accumulate((one or Decimal(0) for one in self._amounts), initial=Decimal(0)))

    @cached_property
    def _counts(self) -> Sequence[int]:
        """For each row, how many amounts stand above it."""
        return list(accumulate((one is not None for one in self._amounts), initial=0))

    def _is_remark(self, texts: dict[str, str]) -> bool:
        """Whether a row holds only a remark: several words, or one word in a reference column unlike any reference."""
        if len(texts) != 1:
            return False
        [(tag, text)] = texts.items()
        if tag in OF_BENEFICIARIES:
            return False
        words = _WORDS.findall(text)
        if tag in NAMES and (self._is_shared(tag, text) or self._looks_like_a_reference(tag, text)):
            return False
        if BY_TAG[tag].kind in (FieldKind.BOOLEAN, FieldKind.CHOICE, FieldKind.OPERATOR, FieldKind.FILE):
            return len(words) > 2
        return len(words) > 1 or (tag in NAMES and bool(words))

    def _is_shared(self, tag: str, text: str) -> bool:
        """Whether other rows bear the same reference."""
        return self._shared(tag)[text] > 1

    def _looks_like_a_reference(self, tag: str, text: str) -> bool:
        """Whether a text has a figure and, as far as other rows show any, the letters of another reference."""
        if not any(one.isdigit() for one in text):
            return False
        letters, mine = self._letters(tag), _letters(text)
        others = letters.keys() - {""} - ({mine} if letters[mine] == self._shared(tag)[text] else set())
        return not others or mine in others

    def _shared(self, tag: str) -> Counter[str]:
        """How many rows bear each reference."""
        if tag not in self._references:
            self._references[tag] = Counter(as_shown(value).strip() for value in self._table.cells[tag])
        return self._references[tag]

    def _letters(self, tag: str) -> Counter[str]:
        """How many rows bear a reference of these letters."""
        if tag not in self._spellings:
            found: Counter[str] = Counter()
            for text, count in self._shared(tag).items():
                found[_letters(text)] += count
            self._spellings[tag] = found
        return self._spellings[tag]


def _is_number(value: Raw) -> bool:
    """Whether a value of a column of identifiers may be one: it has figures, and is neither a count nor a heading."""
    if isinstance(value, str):
        if value.isdecimal():  # nearly always
            return len(value) >= _FEWEST_DIGITS
        return sum(one.isdigit() for one in value) >= _FEWEST_DIGITS
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _COUNT


def _is_figure(text: str) -> bool:
    """« 3 225,00 € », « 12 commandes »."""
    return text == FORMULA or not _WORDS.search(_UNITS.sub("", _bare(text)))


def _letters(text: str) -> str:
    return "".join(one for one in _bare(text) if one.isalpha())


def _bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(one))
