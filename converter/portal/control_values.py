"""Control 2, value by value: what each kind of field may hold (last but one column of the guide's table, § 3.2).

A check takes a parsed JSON value and returns None, or the `Wrong` that names the tag.
"""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from converter.checking.cell_rules import ALPHANUMERIC, CORSICAN
from converter.checking.values.dates import to_date
from converter.format.field_kinds import Field, FieldKind
from converter.format.operators import find_operator, nearest_operator
from converter.portal.patterns import PRINTABLE, VISIBLE, identifier, small_letter

_DATE = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
_CENTS = -2
_LONGEST_LABEL = 150


@dataclass(frozen=True, slots=True)
class Wrong:
    """An error: its code in the catalogue, the guide's tag, the value as text, the details of the sentence."""

    code: str
    tag: str
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


Check = Callable[[object], Wrong | None]


def as_text(value: object) -> str:
    """A JSON value as it is written in the file, for a sentence."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    return str(value)


def check_of(field: Field) -> Check:
    """The check of a field that must be filled."""
    if field.kind is FieldKind.BOOLEAN:
        return _boolean(field.tag)
    if field.kind is FieldKind.AMOUNT:
        return _amount(field.tag)
    if field.kind is FieldKind.DATE:
        return _date(field.tag)
    if field.choices:
        return one_of(field.tag, field.choices)
    return _text(field)


def one_of(tag: str, choices: tuple[str, ...]) -> Check:
    """The check of a text that must be exactly one of `choices`."""

    def check(value: object) -> Wrong | None:
        if value in choices:
            return None
        if value is None or value == "":
            return Wrong("ctl-missing", tag)
        known = " ou ".join(f"«\u00a0{one}\u00a0»" for one in choices)
        return Wrong("ctl-choice", tag, as_text(value), {"choix": known})

    return check


def null(tag: str, code: str) -> Check:
    """The check of a value that must be null; `code`: the error otherwise."""

    def check(value: object) -> Wrong | None:
        return None if value is None else Wrong(code, tag, as_text(value))

    return check


def or_null(check: Check) -> Check:
    """The check of an optional value: null, or a value that passes `check`."""
    return lambda value: None if value is None else check(value)


def operator(tag: str, known: Container[str]) -> Check:
    """The check of a text that must be exactly one of the operators' codes."""

    def check(value: object) -> Wrong | None:
        if isinstance(value, str) and value in known:
            return None
        if value is None:
            return Wrong("ctl-missing", tag)
        likely = isinstance(value, str) and len(value) <= _LONGEST_LABEL
        near = find_operator(str(value)) or nearest_operator(str(value)) if likely else None
        offered = f" Vouliez-vous dire «\u00a0{near.shown}\u00a0»\u00a0?" if near else ""
        return Wrong("ctl-operator", tag, as_text(value), {"proche": offered})

    return check


def _boolean(tag: str) -> Check:
    def check(value: object) -> Wrong | None:
        if value is True or value is False:
            return None
        return Wrong("ctl-missing", tag) if value is None else Wrong("ctl-not-boolean", tag, as_text(value))

    return check


def _amount(tag: str) -> Check:
    def check(value: object) -> Wrong | None:
        if isinstance(value, Decimal) and value.as_tuple().exponent == _CENTS and value > 0:
            return None
        if value is None:
            return Wrong("ctl-missing", tag)
        if isinstance(value, (str, bool)):
            return Wrong("ctl-amount-not-number", tag, as_text(value))
        if isinstance(value, (int, float, Decimal)) and value <= 0:
            return Wrong("ctl-amount-not-positive", tag, as_text(value))
        return Wrong("ctl-amount-decimals", tag, as_text(value))

    return check


def _date(tag: str) -> Check:
    def check(value: object) -> Wrong | None:
        if not isinstance(value, str) or not value:
            return _not_text(tag, value)
        code = _wrong_date(value)
        return Wrong(code, tag, value) if code else None

    return check


@lru_cache(maxsize=4096)
def _wrong_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        return "ctl-date-format"
    return "" if to_date(text) else "ctl-date-unreal"


def _text(field: Field) -> Check:
    fits = re.compile(_pattern(field)).fullmatch
    name = field.kind is FieldKind.NAME

    def check(value: object) -> Wrong | None:
        if not isinstance(value, str) or not fits(value):
            return _why_not(field, value)
        if name and re.search(small_letter(), value):
            return Wrong("ctl-not-upper", field.tag, value, {"majuscules": value.upper()})
        return None

    return check


def _pattern(field: Field) -> str:
    if field.exact:
        return identifier(field)
    longest = "" if field.below is None else field.below - 1
    return f"(?=.*{VISIBLE}){PRINTABLE}{{1,{longest}}}"


def _why_not(field: Field, value: object) -> Wrong:
    if not isinstance(value, str) or not value.strip():
        return _not_text(field.tag, value)
    length = str(len(value))
    if field.exact and len(value) != field.exact:
        return Wrong("ctl-exact-length", field.tag, value, {"attendu": str(field.exact), "longueur": length})
    if field.below and len(value) >= field.below:
        return Wrong("ctl-too-long", field.tag, value, {"maximum": str(field.below - 1), "longueur": length})
    if field.exact:
        return Wrong("ctl-characters", field.tag, value, {"permis": _permitted(field)})
    return Wrong("ctl-control-character", field.tag, value)


def _permitted(field: Field) -> str:
    if field.tag in CORSICAN:
        return "des chiffres (2A ou 2B en tête pour la Corse)"
    return "des chiffres et des lettres sans accent" if field.tag in ALPHANUMERIC else "des chiffres"


def _not_text(tag: str, value: object) -> Wrong:
    if value is None or isinstance(value, str):
        return Wrong("ctl-missing", tag)
    return Wrong("ctl-not-text", tag, as_text(value))
