"""Amounts as people write them, into euros and cents: « 1 075,50 € HT » → « 1075.50 ».

« 1,075 » and the number 1.075 have two readings, thousands or decimals: they are handed on as they are.

>>> clean("1 075,50 € HT"), clean(1075.005), clean("1,075"), clean(1.075)
(('1075.50', ('montant',)), ('1075.01', ('arrondi',)), ('1,075', ()), ('1.075', ()))
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from converter.checking.values.emptiness import stands_for_nothing
from converter.checking.values.tidying import Cleaned, tidy
from converter.reading.cells import Raw, as_shown

AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
TWO_READINGS = re.compile(r"-?[0-9]{1,3}[.,][0-9]{3}")
TAX_INCLUDED = re.compile(r".*(?:\bT\.? ?T\.? ?C\b|taxes? comprises?).*", re.IGNORECASE)
_UNIT = r"(?:€|euros?\b|eur\b|h\.? ?t\b\.?|hors[ -]taxes?\b)"
_UNITS = re.compile(rf"(?:{_UNIT}[ :]*)*(?P<number>-?[0-9].*?)\.?(?: ?{_UNIT})*[ .]*", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ '’][0-9]{3})+(?:[.,][0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"
                      r"|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+")  # fmt: skip
_UNGROUPED = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_CENT = Decimal("0.01")


def clean(raw: Raw) -> Cleaned:
    """The amount of a cell, rounded half up to the cent; what is no amount, or two, is handed on as it is."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # 15 significant digits, as Excel shows: 1075.0049999999999 is what it stores for 1 075,005
        number = format(raw, ".15g")
        return (number, ()) if TWO_READINGS.fullmatch(number) else _cents(Decimal(number), ())
    text, codes = tidy(as_shown(raw))
    if stands_for_nothing(text) and text != "0":
        return "", ()
    written = _UNITS.fullmatch(text)
    if written is None:
        return text, codes
    number = written["number"]
    if TWO_READINGS.fullmatch(number):
        return number, codes
    absolute = number.removeprefix("-")
    if not (_GROUPED.fullmatch(absolute) or _UNGROUPED.fullmatch(absolute)):
        return text, codes
    value, rounded = _cents(Decimal(_plain_number(number)), codes)
    return value, rounded if value == text else (*rounded, "montant")


def has_one_reading(value: str) -> bool:
    """Whether a separator cannot be read both as one of thousands and as a decimal one."""
    return TWO_READINGS.fullmatch(value) is None


def is_amount(value: str) -> bool:
    """Whether this is a clean amount above zero."""
    return AMOUNT.fullmatch(value) is not None and value.strip("0.") != ""


def is_before_tax(value: str) -> bool:
    """Whether nothing says that taxes are included."""
    return TAX_INCLUDED.fullmatch(value) is None


def is_legible(value: str) -> bool:
    """Whether this is an amount; true also for a value that one of the two judges above refuses."""
    fails_elsewhere = not has_one_reading(value) or not is_before_tax(value)
    return fails_elsewhere or AMOUNT.fullmatch(value.removeprefix("-")) is not None


def is_positive(value: str) -> bool:
    """Whether this is above zero; true also for what is no amount, which the judge above refuses."""
    return is_amount(value) or AMOUNT.fullmatch(value.removeprefix("-")) is None


def _plain_number(text: str) -> str:
    """« 1.075,50 », « 1 075.50 », « 1,075,000 » → a number as Python writes it: the last mark, if alone, is decimal."""
    joined = re.sub("[ '’]", "", text)
    last = max(joined.rfind("."), joined.rfind(","))
    if last < 0 or joined.count(joined[last]) > 1:
        return joined.replace(".", "").replace(",", "")
    return f"{joined[:last].replace('.', '').replace(',', '')}.{joined[last + 1 :]}"


def _cents(amount: Decimal, codes: tuple[str, ...]) -> Cleaned:
    if not -(10**15) < amount < 10**15:
        return str(amount), codes
    rounded = amount.quantize(_CENT, ROUND_HALF_UP)
    return format(rounded, "f"), codes if rounded == amount else (*codes, "arrondi")
