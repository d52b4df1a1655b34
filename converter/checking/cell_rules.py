"""What makes one clean value right: for each field, the (code, judge) pairs that it must pass.

A judge is given a value that is not empty and answers True when it has nothing to say. Of the judges of a field at
most one fails on a value, so that a cell is told one thing. Lengths, lists and kinds come from `fields`.
"""

import datetime
import re
from collections.abc import Callable

from converter.format import check_digits as keys
from converter.format.fields import Field, FieldKind
from converter.format.operators import operator_codes

Judge = Callable[[str], bool]

_DATE = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
_AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
_TWO_READINGS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")  # no more than what the portal's control asks for
_USUAL_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_PHONE = re.compile(r"0[1-9][0-9]{8}|(?:\+|00)33[1-9][0-9]{8}|(?:\+|00)(?!33)[1-9][0-9]{6,14}")
CORSICAN = frozenset({"FINESSJuridique", "FINESSGeo"})
"""The identifiers in which 2A or 2B may stand in front; all the others but ALPHANUMERIC hold digits only."""
ALPHANUMERIC = frozenset({"numeroAns"})
_CHARACTERS = dict.fromkeys(ALPHANUMERIC, re.compile(r"[0-9A-Za-z]*")) | dict.fromkeys(
    CORSICAN, re.compile(r"[0-9]*|[0-9][AB][0-9]*")
)
_OLDEST_YEAR = 2000  # the programme began in 2021: an older year is a slip of the keyboard
_DIGITS = re.compile(r"[0-9]*")
_KEYS: dict[str, Judge] = {
    "RPPS": keys.rpps,
    "FINESSJuridique": keys.finess,
    "FINESSGeo": keys.finess,
    "SIRET": keys.siret,
}


def judges(field: Field, upload_day: datetime.date) -> tuple[tuple[str, Judge], ...]:
    """The judges of `field`; `jour` is the upload day."""
    match field.kind:
        case FieldKind.NAME:
            return (("longueur-max", _below(field)),)
        case FieldKind.EMAIL:
            return (
                ("longueur-max", _below(field)),
                ("courriel-illisible", _or_too_long(field, _EMAIL)),
                ("courriel-douteux", _usual_email(field)),
            )
        case FieldKind.PHONE:
            return (("longueur-max", _below(field)), ("telephone-douteux", _or_too_long(field, _PHONE)))
        case FieldKind.DATE:
            return (
                ("date-illisible", _matches(_DATE)),
                ("date-inexistante", _exists),
                ("date-future", _not_after(upload_day)),
                ("date-ancienne", _recent),
            )
        case FieldKind.AMOUNT:
            return (
                ("montant-deux-lectures", _one_reading),
                ("montant-illisible", _legible),
                ("montant-nul", _positive),
            )
        case FieldKind.IDENTIFIER:
            return _identifier(field)
    return ()


def allowed(field: Field) -> frozenset[str] | None:
    """The closed list of a field's clean values; None when it has none."""
    match field.kind:
        case FieldKind.BOOLEAN:
            return frozenset({"OUI", "NON"})
        case FieldKind.CHOICE:
            return frozenset(field.choices)
        case FieldKind.OPERATOR:
            return operator_codes()
    return None


def matches_format(field: Field, value: str) -> bool:
    """Whether an identifier has its length and its characters, whatever its check digit."""
    return len(value) == field.exact and _CHARACTERS.get(field.tag, _DIGITS).fullmatch(value) is not None


def unit_of(field: Field) -> str:
    """What an identifier is made of, for a sentence that counts it."""
    return "caractères" if field.tag in _CHARACTERS else "chiffres"


def holds_several(field: Field, value: str) -> bool:
    """Whether a value that is no identifier is made of several, one after the other."""
    joined = "".join(one for one in value if one.isalnum())
    if field.exact is None or not joined.isdigit():
        return False
    return len(joined) > field.exact and len(joined) % field.exact == 0


def lost_a_zero(field: Field, value: str) -> bool:
    """Whether a zero in front makes an identifier of a value that is one digit short."""
    key = _KEYS.get(field.tag)
    return key is not None and matches_format(field, f"0{value}") and key(f"0{value}")


def _identifier(field: Field) -> tuple[tuple[str, Judge], ...]:
    characters = _CHARACTERS.get(field.tag, _DIGITS)

    def well_formed(value: str) -> bool:
        return matches_format(field, value)

    def right_characters(value: str) -> bool:
        return characters.fullmatch(value) is not None or _SCIENTIFIC.fullmatch(value) is not None

    pairs: list[tuple[str, Judge]] = [
        (
            "notation-scientifique",
            lambda value: value.isdigit() or not _SCIENTIFIC.fullmatch(value) or well_formed(value),
        ),
        ("caracteres", right_characters),
        ("longueur-exacte", lambda value: len(value) == field.exact or characters.fullmatch(value) is None),
    ]
    if field.tag == "numeroEditeur":
        pairs.append(("numero-zero", lambda value: value.strip("0") != "" or len(value) != field.exact))
    if key := _KEYS.get(field.tag):
        pairs.append(("cle-controle", lambda value: not well_formed(value) or key(value)))
    return tuple(pairs)


def _below(field: Field) -> Judge:
    limit = field.below or 0
    return lambda value: len(value) < limit


def _or_too_long(field: Field, pattern: re.Pattern[str]) -> Judge:
    limit = field.below or 0
    return lambda value: len(value) >= limit or pattern.fullmatch(value) is not None


def _usual_email(field: Field) -> Judge:
    usual = _or_too_long(field, _USUAL_EMAIL)
    return lambda value: usual(value) or _EMAIL.fullmatch(value) is None


def _matches(pattern: re.Pattern[str]) -> Judge:
    return lambda value: pattern.fullmatch(value) is not None


def to_date(value: str) -> datetime.date | None:
    """The day that « JJ/MM/AAAA » names; None when it names none."""
    if not _DATE.fullmatch(value):
        return None
    try:
        return datetime.date(int(value[6:]), int(value[3:5]), int(value[:2]))
    except ValueError:
        return None


def _exists(value: str) -> bool:
    return _DATE.fullmatch(value) is None or to_date(value) is not None


def _not_after(upload_day: datetime.date) -> Judge:
    return lambda value: (day := to_date(value)) is None or day <= upload_day


def _recent(value: str) -> bool:
    return (day := to_date(value)) is None or day.year >= _OLDEST_YEAR


def _one_reading(value: str) -> bool:
    return _TWO_READINGS.fullmatch(value) is None


def is_amount(value: str) -> bool:
    """Whether this is a clean amount above zero."""
    return _AMOUNT.fullmatch(value) is not None and value.strip("0.") != ""


def _legible(value: str) -> bool:
    return _AMOUNT.fullmatch(value.removeprefix("-")) is not None or not _one_reading(value)


def _positive(value: str) -> bool:
    return is_amount(value) or _AMOUNT.fullmatch(value.removeprefix("-")) is None
