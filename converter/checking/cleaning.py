"""Clean the value of a cell according to its kind: correct what is certain, and report each change.

A cleaner never judges: a value that has no meaning or several is returned unchanged, for the schemas to refuse.
A clean value is a `str`: Booleans « OUI » / « NON », dates « JJ/MM/AAAA », amounts « 1075.00 », "" when empty, in any
spelling of emptiness.
"""

import re
from collections.abc import Callable
from functools import partial

from converter.checking.values import amounts, answers, dates, emails, names, phones
from converter.checking.values.emptiness import stands_for_nothing
from converter.checking.values.tidying import PLAIN, Cleaned, changed, tidy, unquoted
from converter.findings.text import bare
from converter.format.check_digits import siret
from converter.format.field_kinds import Field, FieldKind
from converter.format.operators import find_operator
from converter.reading.cells import Raw, as_shown

_NEVER = re.compile(r"(?!)")
_USUAL = {
    FieldKind.TEXT: re.compile(rf"(?![\"'«“”„‘’`=])(?=.*[1-9]){PLAIN.pattern}"),
    FieldKind.FILE: re.compile(rf"(?=.*\.(?i:pdf|png|jpe?g)$){PLAIN.pattern}"),
    FieldKind.EMAIL: emails.PLAIN_EMAIL,
    FieldKind.NAME: names.PLAIN_NAME,
    FieldKind.PHONE: phones.PLAIN_PHONE,
}
_SEPARATORS = re.compile(r"[\s.\-‐-―−_/·]+")
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]{1,2}")
_RPPS_CARD = re.compile(r"8[0-9]{11}")
_BETWEEN_PROFILES = re.compile(r"\s*[,;/|+&\n\r]+\s*")
_IN_OTHER_WORDS = {
    "horstaxe": "HT", "horstaxes": "HT", "toutestaxescomprises": "TTC",
    "liberale": "LIBERAL", "liberaux": "LIBERAL", "liberales": "LIBERAL", "structures": "STRUCTURE",
}  # fmt: skip
"""Other words for the values of closed lists, each with one meaning only."""


def cleaner(field: Field, *, date1904: bool = False) -> Callable[[Raw], Cleaned]:
    """The function that cleans one cell of `field`."""
    match field.kind:
        case FieldKind.DATE:
            return partial(dates.clean, date1904=date1904)
        case FieldKind.AMOUNT:
            return amounts.clean
        case FieldKind.BOOLEAN:
            return answers.clean
        case FieldKind.FILE:
            return _file
        case FieldKind.PROFILES:
            return _profiles
    return partial(_text_kind, field)


def usual_text(field: Field) -> re.Pattern[str]:
    """A pattern of texts that `cleaner` never changes: it recognises nearly all those of a sheet quickly."""
    if field.kind is FieldKind.IDENTIFIER:
        return re.compile(f"[0-9]{{{field.exact}}}")
    return _USUAL.get(field.kind, _NEVER)


def _file(raw: Raw) -> Cleaned:
    """The name of a document, unchanged: `documents.folder` looks it up, quotes and paths included."""
    text = as_shown(raw)
    if stands_for_nothing(tidy(text)[0]):
        return "", ()
    return changed(text, text.strip(), "espaces")  # two spaces may be part of a file's name


def _profiles(raw: Raw) -> Cleaned:
    """Profiles separated by « ; », whatever the user put between them."""
    text = _BETWEEN_PROFILES.sub(" ; ", as_shown(raw).strip())
    return ("" if stands_for_nothing(text) else tidy(text)[0]), ()


def _text_kind(field: Field, raw: Raw) -> Cleaned:
    if isinstance(raw, str):
        text, codes = tidy(raw)
    else:
        text = _number_text(field, raw)
        codes = changed(as_shown(raw), text, "nombre-texte")[1]
    if stands_for_nothing(text):
        return "", ()
    value, more = _RESHAPE[field.kind](field, text)
    return value, codes + more


def _number_text(field: Field, raw: Raw) -> str:
    """A number as text, with the leading zeros that Excel dropped; a date or a Boolean as Excel shows it."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or (isinstance(raw, float) and not raw.is_integer()):
        return as_shown(raw)
    digits = str(int(raw))
    length = 10 if field.kind is FieldKind.PHONE else field.exact
    if raw == 0 or not length or not digits.isdigit() or not 0 < length - len(digits) <= field.lost_zeros:
        return digits
    padded = digits.zfill(length)
    return padded if field.tag != "SIRET" or siret(padded) else digits


def _reference(_field: Field, text: str) -> Cleaned:
    return changed(text, unquoted(text), "guillemets")


def _name(_field: Field, text: str) -> Cleaned:
    return names.clean(text)


def _email(_field: Field, text: str) -> Cleaned:
    return emails.clean(text)


def _phone(_field: Field, text: str) -> Cleaned:
    bare_text, codes = changed(text, unquoted(text), "guillemets")
    number, more = phones.clean(bare_text)
    return number, codes + more


def _choice(field: Field, text: str) -> Cleaned:
    written = _squeezed(unquoted(text))
    for choice in field.choices:
        if _squeezed(choice) == written or _IN_OTHER_WORDS.get(written) == choice:
            return changed(text, choice, "valeur-de-liste")
    return text, ()


def _squeezed(text: str) -> str:
    """`text` without case, accents, dots or spaces; any other mark counts: « TTC ? » is not « TTC »."""
    return re.sub(r"[\s.]", "", bare(text))


def _operator(_field: Field, text: str) -> Cleaned:
    found = find_operator(unquoted(text))
    if found is None:
        return text, ()
    return found.code, () if text in (found.code, found.shown) else ("operateur",)


def _identifier(field: Field, text: str) -> Cleaned:
    number, codes = changed(text, unquoted(text), "guillemets")
    if _DECIMAL.fullmatch(number):  # a point that separates nothing: 99900000018.0 or 0001.2
        return number, codes
    joined = _SEPARATORS.sub("", number)
    if field.exact and len(joined) > field.exact + 1:  # two numbers in one cell, or a sentence
        return text, ()
    if not joined.isalnum():  # « 9.99E+10 » is a number that Excel has cut, not one with separators
        return text, ()
    codes += changed(number, joined, "separateurs")[1]
    if field.tag == "RPPS" and _RPPS_CARD.fullmatch(joined):
        return joined[1:], (*codes, "rpps-carte")
    upper, more = changed(joined, joined.upper() if field.tag.startswith("FINESS") else joined, "majuscules")
    return upper, codes + more


_RESHAPE: dict[FieldKind, Callable[[Field, str], Cleaned]] = {
    FieldKind.TEXT: _reference,
    FieldKind.NAME: _name,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
    FieldKind.CHOICE: _choice,
    FieldKind.OPERATOR: _operator,
    FieldKind.IDENTIFIER: _identifier,
}
