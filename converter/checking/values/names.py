"""Names of people: titles are removed, and what cannot be a name is recognised for what it is.

>>> clean("Dr Lefèvre"), clean("M. le Docteur DURAND"), clean("DE LA TOUR")
(('LEFÈVRE', ('titre', 'majuscules')), ('DURAND', ('titre',)), ('DE LA TOUR', ()))
>>> unlike_a_name("04/11/2022"), unlike_a_name("A@B.FR"), unlike_a_name("NUÑEZ & FILS")
("c'est une date", "c'est une adresse électronique", None)
"""

import re
import unicodedata
from functools import lru_cache

from converter.checking.values.dates import read_day
from converter.checking.values.tidying import Cleaned, changed, unquoted
from converter.findings.text import fold
from converter.format.field_kinds import FieldKind
from converter.format.fields import FIELDS

_REMEMBERED = 32_768  # names, so that judging a sheet again after a correction is quick
_CIVILITY = r"(?:M|MR|MM|MME|MLLE)\.\s*|(?:MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE)\s+"
_TITLE = r"(?:DR|DRE|PR|PRE)\.\s*|(?:DR|DRE|DOCTEUR|DOCTEURE|DOCTORESSE|PR|PRE|PROFESSEUR|PROFESSEURE)\s+"
_BEFORE = re.compile(rf"(?=\S)(?:{_CIVILITY})?(?:(?:LE|LA)\s+(?={_TITLE}))?(?:{_TITLE})*", re.IGNORECASE)
_AFTER = re.compile(r"\s*(?:,\s*(?:DR|DOCTEUR|PR|PROFESSEUR)\.?|\((?:DR|DOCTEUR|PR|PROFESSEUR)\.?\))$", re.IGNORECASE)
_TITLES = frozenset({
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "dre", "docteur", "docteure", "doctoresse",
    "pr", "pre", "professeur", "professeure", "ledocteur", "leprofesseur",
})  # fmt: skip
_ANSWERS = frozenset({"oui", "non", "o", "n", "x", "vrai", "faux", "true", "false", "yes", "no"}) | {
    fold(choice) for one in FIELDS if one.kind is FieldKind.CHOICE for choice in one.choices
}
_DOCUMENT = re.compile(r".*\.(?:PDF|PNG|JPE?G|DOCX?|XLSX?|HEIC|TIFF?)", re.IGNORECASE | re.DOTALL)
_END = re.compile(r"\s*[;,]+$|\s+\.$|(?<=\w{3})\.$|(?<=[)'’\"])\.$")  # « LEFÈVRE. », but « LEFÈVRE J. »
_ODD = re.compile(r"[(\[{<=«“].*|['’\"]\s.*|['’]\w(?:\w|\.).*|['’].*['’]|.*[?!;:…=]|.*\s['\"]", re.DOTALL)
"""Marks that no name begins or ends with; « 'T HART » does with its own."""
_MOST_DIGITS = 8
"""Digits of a name, at most: a telephone, an RPPS or a FINESS has more."""
_LONGEST = 200  # characters: a longer text is reported for its length
_WORDS_TO_LOOK_AT = (
    "SANS|RIEN|VIDE|NULL|NONE|TODO|NÉANT|NEANT|AUCUN[A-Z]*|INCONNU[A-Z]*|MANQUANT[A-Z]*|ABSENT[A-Z]*|XXX+|MLLE|DOCT[A-Z]+"
    "|PROF[A-Z]+|MONSIEUR|MADAME|MADEMOISELLE|VRAI|FAUX|TRUE|FALSE|LIBERAL|STRUCTURE"
)
PLAIN_NAME = re.compile(
    rf"(?:[LD]')?(?!(?:{_WORDS_TO_LOOK_AT})\b)[A-ZÀ-ÖØ-Þ]{{4,}}(?:[' -][A-ZÀ-ÖØ-Þ]{{2,}})*(?: [0-9]{{1,3}})?"
)
"""A pattern of names that need no change: it recognises nearly all those of a sheet quickly."""


def clean(text: str) -> Cleaned:
    """A name, tidied, in capitals and without the title before or after it."""
    name = text
    while (inner := _END.sub("", unquoted(name))) != name:
        name = inner
    _, codes = changed(text, name, "guillemets")
    bare = name if len(name) > _LONGEST else _without_title(name)
    upper = unicodedata.normalize("NFC", bare.upper())  # ß́ → SŚ composes again
    return upper, codes + changed(name, bare, "titre")[1] + changed(bare, upper, "majuscules")[1]


@lru_cache(_REMEMBERED)
def unlike_a_name(value: str) -> str | None:
    """What a clean value is instead of a name, as a sentence says it; None for what may be one."""
    if PLAIN_NAME.fullmatch(value) or len(value) > _LONGEST:
        return None
    if "@" in value:
        return "c'est une adresse électronique"
    if read_day(value) is not None:
        return "c'est une date"
    if sum(one.isdigit() for one in value) > _MOST_DIGITS:
        return "c'est un numéro"
    if not any(map(str.isalpha, value)):
        return "il n'y a aucune lettre"
    if _DOCUMENT.fullmatch(value):
        return "c'est le nom d'un fichier"
    if _ODD.fullmatch(value) or any(value.count(one) != value.count(other) for one, other in ("()", "[]", "<>", "{}")):
        return "il y a un signe que les noms n'ont pas"
    return _by_word(fold(value))


def _by_word(word: str) -> str | None:
    if word in _ANSWERS:
        return "c'est la réponse à une autre question"
    return "c'est un titre, sans le nom" if word in _TITLES else None


def _without_title(name: str) -> str:
    before = _BEFORE.match(name)
    rest = name[before.end() :] if before else name
    if after := _AFTER.search(rest):
        rest = rest[: after.start()]
    return rest if any(map(str.isalpha, rest)) else name
