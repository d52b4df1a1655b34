"""Which column is which: headings known by tag, label or usual name, or by the person beside whom they stand.

A heading is compared word by word, whatever its case, accents, articles and the words that people write for one
another (« Tél. », « N° », « praticien »). What is only near a name is offered, never taken.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache

from converter.format.field_kinds import Field, Required
from converter.format.fields import FIELDS

_WORD = re.compile(r"[^\W_]+")
_ELECTRONIC = re.compile(r"\b(?:adresses? )?(?:e[ .\-‑]?mails?|mails?|courriels?)\b|\badresses? electroniques?\b")
_REMARK = re.compile(r"\([^)]*\)")
_ARTICLES = frozenset(["de", "du", "des", "d", "la", "le", "les", "l", "au", "en", "euro", "euros", "eur"])
_SAME_WORD = {
    **dict.fromkeys(("n", "no", "num", "nr", "code", "identifiant"), "numero"),
    **dict.fromkeys(("ref", "references"), "reference"),
    **dict.fromkeys(("tel", "telephones", "portable", "mobile", "gsm"), "telephone"),
    **dict.fromkeys(("praticien", "docteur", "dr", "medecins"), "medecin"),
    **dict.fromkeys(("ej", "jur"), "juridique"),
    "geo": "geographique",
}
_PERSONS = ("medecin", "mandataire", "responsable")
_PERSON_OF_BLOCK = {"Doctor": "medecin", "Structure": "responsable"}
_LONGEST = 500  # characters: a longer text heads no column
_MONEY = frozenset({"montant", "prix", "total", "cout"})
_ALIKE = 0.75  # of a word: one letter of three or four
_MOST_OFFERED = 4


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a header row. `places`: tag → position. `unread`: positions of known headings whose tag stands in
    another column. `twice`: (tag, positions) that two columns give by names of one rank."""

    places: Mapping[str, int]
    unread: Mapping[int, str]
    twice: tuple[str, tuple[int, int]] | None


def headings_of(header: Sequence[str]) -> Headings:
    """What each column of a header row is."""
    found: list[dict[str, list[int]]] = [{}, {}]  # by tag or label, then by a usual name
    bare: list[tuple[int, str]] = []
    for place, text in enumerate(header):
        name = plain(text)
        if name in _bare_names():
            bare.append((place, name))
        elif known := _named(text):
            tag, rank = known
            found[rank].setdefault(tag, []).append(place)
    first, usual = found
    places = {tag: at[0] for tag, at in (usual | first).items()}
    twice = next(((tag, (at[0], at[1])) for group in found for tag, at in group.items() if at[1:]), None)
    unread = {place: tag for tag, at in usual.items() if tag in first for place in at}
    for place, name in bare:
        tag = _tag_beside(name, place, places)
        if tag in places:
            unread[place] = tag
        else:
            places[tag] = place
    return Headings(places, unread, twice)


def is_amount_with_tax(text: str) -> bool:
    """Whether a heading says an amount tax included, which is never the amount that is asked for."""
    words = set(words_of(text))
    return "ttc" in words and bool(words & _MONEY)


def meant(text: str, missing: Iterable[Field]) -> list[Field]:
    """The missing columns that an unknown heading may be: the needed ones of whose label it is a part (« FINESS »), or
    the one that it nearly spells; none where it may as well be a column that is there."""
    missing = list(missing)
    words = set(words_of(text))
    needed = [one for one in missing if one.required not in (Required.NEVER, Required.DERIVED)]
    several = [one for one in needed if words and words < set(words_of(one.label))]
    if 1 < len(several) <= _MOST_OFFERED:
        return several
    scores = sorted(((_likeness(text, one), one) for one in FIELDS), key=lambda score: -score[0])
    (best, field), (second, _) = scores[:2]
    return [field] if best > second and field in missing else []


@lru_cache(4096)
def plain(text: str) -> str:
    """A heading in its plain words, joined.

    >>> plain("N° RPPS *"), plain("Tél. du praticien")
    ('numerorpps', 'telephonemedecin')
    """
    return "".join(words_of(text))


def is_heading(text: str) -> bool:
    """Whether a text is the name of one of our columns."""
    return plain(text) in _bare_names() or _named(text) is not None


def _named(text: str) -> tuple[str, int] | None:
    """The tag of a heading, and 0 where it is called by its tag or label, 1 by a usual name."""
    if not text or is_amount_with_tax(text):
        return None
    names = _names()
    return names.get(plain(text)) or names.get(plain(_REMARK.sub(" ", text)))


@cache
def _names() -> dict[str, tuple[str, int]]:
    usual = {plain(name): (one.tag, 1) for one in FIELDS for name in one.aliases}
    return usual | {plain(name): (one.tag, 0) for one in FIELDS for name in (one.tag, one.label)}


@cache
def _bare_names() -> dict[str, dict[str, str]]:
    """Names that leave out whose they are (« Courriel », « Tél. »): the tag that each is, by person."""
    found: dict[str, dict[str, str]] = {}
    for one in FIELDS:
        *words, last = words_of(one.label)
        if last in _PERSONS and words:
            found.setdefault("".join(words), {})[last] = one.tag
    return found


def _tag_beside(name: str, place: int, places: Mapping[str, int]) -> str:
    """The tag of a bare name: of the person named nearest on its left, else of the doctor."""
    by_place = sorted(((at, tag) for tag, at in places.items() if at < place), reverse=True)
    beside = next(filter(None, (_person(tag) for _, tag in by_place)), "medecin")
    tags = _bare_names()[name]
    return next((tags[one] for one in (beside, "medecin") if tags[one] not in places), tags[beside])


@cache
def _person(tag: str) -> str:
    field = next(one for one in FIELDS if one.tag == tag)
    *words, last = words_of(field.label)
    return last if last in _PERSONS and words else _PERSON_OF_BLOCK.get(field.block, "")


@lru_cache(4096)
def words_of(text: str) -> tuple[str, ...]:
    """The plain words of a heading, one word for those that people write for one another.

    >>> words_of("E-mail du praticien")
    ('courriel', 'medecin')
    """
    if len(text) > _LONGEST:
        return ()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(one for one in decomposed if not unicodedata.combining(one))
    words = tuple(_kept(_WORD.findall(_ELECTRONIC.sub("courriel", bare))))
    return words[1:] if words[:2] == ("numero", "telephone") else words


def _kept(words: Sequence[str]) -> Iterator[str]:
    """Without articles, nor a word said twice (« tél. portable »); « FINESS ET » is the geographic one."""
    before = ""
    for word in words:
        same = "geographique" if word == "et" and before == "finess" else _SAME_WORD.get(word, word)
        if same not in _ARTICLES and same != before:
            yield same
            before = same


def _likeness(text: str, field: Field) -> float:
    """How nearly a heading spells one of the names of a field, from 0 (another meaning) to 1."""
    return max(_nearness(words_of(text), words_of(name)) for name in field.names)


def _nearness(words: Sequence[str], name: Sequence[str]) -> float:
    if len(words) != len(name) or not words:
        return 0.0
    ratios = [SequenceMatcher(None, one, other).ratio() for one, other in zip(words, name, strict=True)]
    return sum(ratios) / len(ratios) if min(ratios) >= _ALIKE else 0.0
