"""A first mapping for somebody's sheet: columns known by their headings and by what they hold.

Each tag goes to one column at most, the surest first. What only a column's content says is marked as such: a person is
to look at it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from converter.checking.cell_rules import allowed, judges
from converter.checking.cleaning import cleaner
from converter.checking.mapping_vocabulary import (
    FIRST_NAME,
    NOT_OUR_AMOUNT,
    NOT_OUR_DATE,
    OF_TAX,
    SOMEBODY_ELSE,
    VOCABULARY,
    WITHOUT_TAX,
)
from converter.checking.options import today
from converter.format.field_kinds import Field, FieldKind
from converter.format.fields import BY_TAG, FIELDS
from converter.format.file_names import EXTENSIONS
from converter.reading.cells import Raw, as_shown
from converter.reading.headings import headings_of, is_amount_with_tax, words_of
from converter.reading.sample import Sample

_BETWEEN = " – "
_ENOUGH = 0.8  # of the filled cells: a column has some mistakes
_BY_NAME = 100.0
_MOST_VALUES = 20  # to translate: a column with more words is no closed list
_JUDGED_BY_CONTENT = frozenset(
    {FieldKind.IDENTIFIER, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.DATE, FieldKind.AMOUNT, FieldKind.FILE}
)
_KNOWN_BY_CONTENT = (
    "RPPS", "FINESSGeo", "FINESSJuridique", "emailMedecin", "telephoneMedecin", "dateCommande", "regimeTVA",
    "commandePour", "operateurMessagerie", "bonCommande",
)  # fmt: skip


class Because(IntEnum):
    """Why a column is taken for a tag, the surest last."""

    CONTENT = 1
    WORDS = 2
    NAME = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A column taken for a tag. `heading`: as the mapping names it; `example`: one of its values; `first_name`: the
    heading of the column of first names, where a name may take it too.

    `unknown`: values that our list does not know, to be translated; `some_empty`: whether cells of a closed list are
    empty.
    """

    tag: str
    heading: str
    example: str
    because: Because
    first_name: str = ""
    unknown: tuple[str, ...] = ()
    some_empty: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is known of a sheet: `unmatched`: the other headings, each with an example; `missing`: the fields without a
    column; `supplier`: the tags that « Paramètres » gives."""

    workbook: str
    sheet: str
    header_rows: tuple[int, ...]
    matches: tuple[Match, ...]
    unmatched: tuple[tuple[str, str], ...]
    missing: tuple[Field, ...]
    supplier: frozenset[str]


def suggestion(sample: Sample) -> Suggestion:
    """The columns of a sheet that are known, in the order of ours."""
    columns = [_Column(sample, place) for place in range(len(sample.titles.texts))]
    found = {tag: (columns[place], because) for tag, place, because in _assigned(columns)}
    taken = {column.place for column, _ in found.values()}
    first_name = next((one for one in columns if one.place not in taken and one.is_first_name), None)
    matches = [_match(*found[field.tag], field, first_name) for field in FIELDS if field.tag in found]
    return Suggestion(
        sample.workbook.name,
        sample.sheet,
        sample.header_rows,
        tuple(matches),
        tuple((one.name, one.example) for one in columns if one.place not in taken and (one.title or one.values)),
        tuple(field for field in FIELDS if field.tag not in found),
        frozenset(sample.supplier_cells),
    )


class _Column:
    """One column of the sheet: what its heading says, and what its cells hold."""

    def __init__(self, sample: Sample, place: int) -> None:
        self.place = place
        self.title = sample.titles.texts[place]
        self.name = sample.titles.name(place)
        self.cells: Sequence[Raw] = sample.columns[place]
        self.values = [cell for cell in self.cells if as_shown(cell).strip()]
        self._shares: dict[str, float] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(words_of(self.title))

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """The heading, and for one on two rows: « Médecin – Nom » is « Nom Médecin » too."""
        above, between, below = self.title.partition(_BETWEEN)
        return (self.title, f"{below} {above}", below) if between else (self.title,)

    @property
    def example(self) -> str:
        return as_shown(self.values[0]) if self.values else ""

    @property
    def is_first_name(self) -> bool:
        return any(words <= self.words for words in FIRST_NAME)

    @property
    def _is_another_amount(self) -> bool:
        """Whether the heading says an amount with tax, or one that is not an order's."""
        of_tax = bool(self.words & OF_TAX) and not self.words & WITHOUT_TAX
        return of_tax or bool(self.words & NOT_OUR_AMOUNT) or is_amount_with_tax(self.title)

    def holds(self, tag: str) -> float:
        """The share of the filled cells that are right for a tag."""
        if tag not in self._shares:
            field = BY_TAG[tag]
            right = _judge(field)
            clean = cleaner(field)
            self._shares[tag] = sum(map(right, (clean(cell)[0] for cell in self.values))) / max(len(self.values), 1)
        return self._shares[tag]

    def may_be(self, tag: str) -> bool:
        """Whether the heading is about somebody or something of ours, and the cells can be what the tag asks for."""
        field = BY_TAG[tag]
        if self.words & SOMEBODY_ELSE or (self.is_first_name and field.kind is FieldKind.NAME):
            return False
        if field.kind is FieldKind.DATE and self.words & NOT_OUR_DATE:
            return False
        if field.kind is FieldKind.AMOUNT and self._is_another_amount:
            return False
        if field.kind is FieldKind.PHONE and any("@" in as_shown(cell) for cell in self.values):
            return False  # a telephone number beside an e-mail address
        return not self.values or field.kind not in _JUDGED_BY_CONTENT or self.holds(tag) >= _ENOUGH


def _judge(field: Field) -> Callable[[str], bool]:
    """Whether a clean value is right for a field, its check digit included."""
    closed = allowed(field)
    if closed is not None:
        return closed.__contains__
    if field.kind is FieldKind.FILE:
        return lambda value: value.lower().endswith(tuple(EXTENSIONS))
    rules = [judge for _, judge in judges(field, today())]
    return lambda value: bool(value) and all(judge(value) for judge in rules)


# Which column is which


def _assigned(columns: Sequence[_Column]) -> Iterator[tuple[str, int, Because]]:
    """Each tag with its column, the surest first."""
    scored = sorted(_scores(columns), key=lambda one: (-one[0], one[1]))
    taken: set[int] = set()
    known: set[str] = set()
    for score, place, tag in scored:
        if place not in taken and tag not in known:
            taken.add(place)
            known.add(tag)
            yield tag, place, Because.NAME if score >= _BY_NAME else Because.WORDS
    for tag in _KNOWN_BY_CONTENT:
        fitting = None if tag in known else _by_content(columns, taken, tag)
        if fitting is not None:
            taken.add(fitting)
            yield tag, fitting, Because.CONTENT


def _scores(columns: Sequence[_Column]) -> Iterator[tuple[float, int, str]]:
    named = _named(columns)
    for column in columns:
        for tag in BY_TAG:
            if not column.may_be(tag):
                continue
            if named.get(column.place) == tag:
                yield _BY_NAME + column.holds(tag), column.place, tag
            elif score := _by_words(column, tag):
                yield score + column.holds(tag), column.place, tag


def _named(columns: Sequence[_Column]) -> dict[int, str]:
    """The columns that bear one of our names, with their tags."""
    found: dict[int, str] = {}
    for rank in (2, 1, 0):  # the whole heading wins over its parts
        texts = [column.spellings[min(rank, len(column.spellings) - 1)] for column in columns]
        found |= {place: tag for tag, place in headings_of(texts).places.items()}
    return found


def _by_words(column: _Column, tag: str) -> float:
    """How well the words of a heading say a tag, from 0; a word of the person or thing meant counts most."""
    said = [len(words) for words in VOCABULARY.get(tag, ()) if words <= column.words]
    return max(said) * 10.0 - len(column.words) if said else 0.0


def _by_content(columns: Sequence[_Column], taken: set[int], tag: str) -> int | None:
    """The only free column whose cells all are what a tag asks for; None where there are several, or none."""
    free = [one for one in columns if one.place not in taken and len(one.values) > 1 and one.may_be(tag)]
    fitting = [one for one in free if one.holds(tag) >= _ENOUGH and "siren" not in one.words]
    if tag == "FINESSGeo" and len(fitting) == 2:  # there are more sites than entities
        return max(fitting, key=lambda one: len(set(one.values))).place
    return fitting[0].place if len(fitting) == 1 else None


def _match(column: _Column, because: Because, field: Field, first_name: _Column | None) -> Match:
    return Match(
        field.tag,
        column.name,
        column.example,
        because,
        first_name.name if first_name and field.tag == "nomMedecin" else "",
        _unknown(column, field),
        field.kind in (FieldKind.BOOLEAN, FieldKind.CHOICE) and len(column.values) < len(column.cells),
    )


def _unknown(column: _Column, field: Field) -> tuple[str, ...]:
    """The values that the closed list of a field does not know."""
    closed = allowed(field)
    if closed is None:
        return ()
    clean = cleaner(field)
    found = dict.fromkeys(as_shown(cell).strip() for cell in column.values if clean(cell)[0] not in closed)
    return tuple(found)[:_MOST_VALUES]
