"""The rules for a single clean value: for each field, the (code, judge) pairs that it must pass.

A judge takes a value that is not empty and returns True when the value is right. Of the judges of a field at most one
fails on a value, so that each cell has at most one error. Lengths, lists and kinds come from `fields`.
"""

import datetime
import re
from collections.abc import Callable

from converter.checking.values import amounts, emails, names, phones
from converter.checking.values.dates import DAY, to_date
from converter.format import check_digits as keys
from converter.format.field_kinds import YES_OR_NO, Field, FieldKind
from converter.format.operators import operator_codes

Judge = Callable[[str], bool]

_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
CORSICAN = frozenset({"FINESSJuridique", "FINESSGeo"})
"""The identifiers in which 2A or 2B may stand in front; all the others but ALPHANUMERIC hold digits only."""
ALPHANUMERIC = frozenset({"numeroAns"})
_CHARACTERS = dict.fromkeys(ALPHANUMERIC, re.compile(r"[0-9A-Za-z]*")) | dict.fromkeys(
    CORSICAN, re.compile(r"[0-9]*|[0-9][AB][0-9]*")
)
_OLDEST = datetime.date(2000, 1, 1)  # no order of the programme can be older: an earlier date is a typing error
PROGRAMME = datetime.date(2021, 3, 1)
"""The programme's first month: an order is hardly older."""
AFTER_UPLOAD = "date-future"
"""The code of an order signed after the day on which its file is uploaded."""
_DIGITS = re.compile(r"[0-9]*")
_KEYS: dict[str, Judge] = {
    "RPPS": keys.rpps,
    "FINESSJuridique": keys.finess,
    "FINESSGeo": keys.finess,
}


def judges(field: Field, upload_day: datetime.date) -> tuple[tuple[str, Judge], ...]:
    """The judges of `field`; `upload_day`: the day on which the file is uploaded."""
    match field.kind:
        case FieldKind.NAME:
            return (
                ("longueur-max", _below(field)),
                ("nom-impossible", _or_too_long(field, lambda value: names.unlike_a_name(value) is None)),
            )
        case FieldKind.EMAIL:
            return (
                ("longueur-max", _below(field)),
                ("courriel-illisible", _or_too_long(field, emails.is_address)),
                (
                    "courriel-douteux",
                    _or_too_long(field, emails.is_usual),
                ),
            )
        case FieldKind.PHONE:
            return (
                ("longueur-max", _below(field)),
                ("telephone-illisible", _or_too_long(field, phones.is_possible)),
                (
                    "telephone-douteux",
                    _or_too_long(field, phones.is_likely),
                ),
            )
        case FieldKind.DATE:
            return (
                ("date-illisible", lambda value: DAY.fullmatch(value) is not None),
                ("date-inexistante", lambda value: DAY.fullmatch(value) is None or to_date(value) is not None),
                (AFTER_UPLOAD, _on(lambda day: day <= upload_day)),
                ("date-impossible", _on(lambda day: day >= _OLDEST)),
                ("date-ancienne", _on(lambda day: day >= PROGRAMME or day < _OLDEST)),
            )
        case FieldKind.AMOUNT:
            return (
                ("montant-deux-lectures", amounts.has_one_reading),
                ("montant-ttc", amounts.is_before_tax),
                ("montant-illisible", amounts.is_legible),
                ("montant-nul", amounts.is_positive),
            )
        case FieldKind.IDENTIFIER:
            return _identifier(field)
    return ()


def allowed(field: Field) -> frozenset[str] | None:
    """The closed list of a field's clean values; None when it has none."""
    match field.kind:
        case FieldKind.BOOLEAN:
            return frozenset(YES_OR_NO)
        case FieldKind.CHOICE:
            return frozenset(field.choices)
        case FieldKind.OPERATOR:
            return operator_codes()
    return None


def matches_format(field: Field, value: str) -> bool:
    """Whether an identifier has its length and its characters, whatever its check digit."""
    return len(value) == field.exact and _CHARACTERS.get(field.tag, _DIGITS).fullmatch(value) is not None


def unit_of(field: Field) -> str:
    """The unit in which the length of an identifier is counted in a sentence."""
    return "caractères" if field.tag in _CHARACTERS else "chiffres"


def holds_several(field: Field, value: str) -> bool:
    """Whether a wrong value is several identifiers written one after the other."""
    joined = "".join(one for one in value if one.isalnum())
    if field.exact is None or not joined.isdigit():
        return False
    return len(joined) > field.exact and len(joined) % field.exact == 0


def lost_a_zero(field: Field, value: str) -> bool:
    """Whether the value becomes a right identifier with one zero added in front."""
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


def _or_too_long(field: Field, judge: Judge) -> Judge:
    """`judge`, but true for a text that is too long: its length is already reported."""
    limit = field.below or 0
    return lambda value: len(value) >= limit or judge(value)


def _on(judge: Callable[[datetime.date], bool]) -> Judge:
    """The judge of a day; true for a text that is no day, which is reported elsewhere."""
    return lambda value: (day := to_date(value)) is None or judge(day)
