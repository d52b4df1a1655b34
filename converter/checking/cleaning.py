"""Pure cleaners, one per kind of value: what can be put right without a doubt is, and each change is told.

A cleaner never judges: what it cannot read with one meaning only is handed on as it is, for the schemas to refuse.
A clean value is a `str`: Booleans « OUI » / « NON », dates « JJ/MM/AAAA », amounts « 1075.00 », "" when empty.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from converter.findings.text import bare
from converter.format.fields import Field, FieldKind
from converter.format.operators import find_operator
from converter.reading.cells import Raw, as_shown, shown_day

Cleaned = tuple[str, tuple[str, ...]]
"""A clean value, and the codes of the corrections that made it (none when it was already so)."""

_PLAIN = re.compile(r"[!-~À-ÖØ-öø-ÿŒœŸ€«»–—’]+(?: [!-~À-ÖØ-öø-ÿŒœŸ€«»–—’]+)*")
_CAPITALS = re.compile(r"[!-`{-~À-ÖØ-Þ]+(?: [!-`{-~À-ÖØ-Þ]+)*")
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_NEVER = re.compile(r"(?!)")
_USUAL = {
    FieldKind.TEXT: _PLAIN,
    FieldKind.EMAIL: _PLAIN,
    FieldKind.FILE: _PLAIN,
    FieldKind.NAME: _CAPITALS,
    FieldKind.PHONE: _TEN_DIGITS,
}
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_SEPARATORS = re.compile(r"[\s.\-–_/]+")
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]{1,2}")
_PHONE_LIKE = re.compile(r"(?:\+|00)?[0-9]{8,15}")
_DATE = re.compile(r"([0-9]{1,2})\s?[/.-]\s?([0-9]{1,2})\s?[/.-]\s?([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_SERIALS = range(36526, 73051)  # 2000 to 2099: a smaller number is not a date that an order may bear
_GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"
                      r"|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+")  # fmt: skip
_UNGROUPED = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_TWO_READINGS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_YES_NO = {"oui": "OUI", "o": "OUI", "vrai": "OUI", "true": "OUI", "1": "OUI"} | dict.fromkeys(
    ("non", "n", "faux", "false", "0"), "NON"
)
_RPPS_CARD = re.compile(r"8[0-9]{11}")
_CENT = Decimal("0.01")


def cleaner(field: Field, *, date1904: bool = False) -> Callable[[Raw], Cleaned]:
    """The function that cleans one cell of `field`."""
    match field.kind:
        case FieldKind.DATE:
            return partial(_date, date1904=date1904)
        case FieldKind.AMOUNT:
            return _amount
        case FieldKind.BOOLEAN:
            return _boolean
    return partial(_text_kind, field)


def usual_text(field: Field) -> re.Pattern[str]:
    """Texts that `cleaner` leaves as they are, for sure: nearly all those of a sheet, known at once."""
    if field.kind is FieldKind.IDENTIFIER:
        return re.compile(f"[0-9]{{{field.exact}}}")
    return _USUAL.get(field.kind, _NEVER)


def _text_kind(field: Field, raw: Raw) -> Cleaned:
    told: tuple[str, ...] = ()
    if isinstance(raw, str):
        if field.kind is FieldKind.FILE:  # two spaces may be part of a file's name
            return _changed(raw, raw.strip(), "espaces")
        text, told = tidy(raw)
    else:
        text = _number_text(field, raw)
        told = ("nombre-texte",) if field.kind in (FieldKind.IDENTIFIER, FieldKind.PHONE) and text.isdigit() else ()
    reshaped, more = _RESHAPE.get(field.kind, _as_is)(field, text)
    return reshaped, told + more


def tidy(text: str) -> Cleaned:
    """`text` composed (NFC), without invisible characters, its spaces single and none around it."""
    if not text or _PLAIN.fullmatch(text):
        return text, ()
    told = []
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        told.append("composition-unicode")
    visible = _INVISIBLE.sub("", composed)
    if visible != composed:
        told.append("caracteres-invisibles")
    spaced = " ".join(visible.split())
    if spaced != visible:
        told.append("espaces")
    return spaced, tuple(told)


def _number_text(field: Field, raw: Raw) -> str:
    """A number as the text that it stands for, with the zeros that Excel dropped; a date or a Boolean as it shows."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or (isinstance(raw, float) and not raw.is_integer()):
        return as_shown(raw)
    digits = str(int(raw))
    length = 10 if field.kind is FieldKind.PHONE else field.exact
    if length and digits.isdigit() and 0 < length - len(digits) <= field.lost_zeros:
        return digits.zfill(length)
    return digits


def _as_is(_field: Field, text: str) -> Cleaned:
    return text, ()


def _name(_field: Field, text: str) -> Cleaned:
    return _changed(text, unicodedata.normalize("NFC", text.upper()), "majuscules")  # ß́ → SŚ composes again


def _phone(_field: Field, text: str) -> Cleaned:
    joined = _SEPARATORS.sub("", text.replace("(0)", "") if text.startswith(("+", "00")) else text)
    joined = joined.replace("(", "").replace(")", "")
    return _changed(text, joined, "separateurs") if _PHONE_LIKE.fullmatch(joined) else (text, ())


def _choice(field: Field, text: str) -> Cleaned:
    for choice in field.choices:
        if bare(choice) == bare(text):
            return _changed(text, choice, "valeur-de-liste")
    return text, ()


def _operator(_field: Field, text: str) -> Cleaned:
    if text.casefold() == "null":  # the guide's own word for « none »
        return "", ("operateur",)
    found = find_operator(text) if text else None
    if found is None:
        return text, ()
    return found.code, () if text in (found.code, found.shown) else ("operateur",)


def _identifier(field: Field, text: str) -> Cleaned:
    if _DECIMAL.fullmatch(text):  # a point that separates nothing: 99900000018.0 or 0001.2
        return text, ()
    joined = _SEPARATORS.sub("", text)
    if field.exact and len(joined) > field.exact + 1:  # two numbers in one cell, or a sentence
        return text, ()
    if not joined.isalnum():  # « 9.99E+10 » is a number that Excel has cut, not one with separators
        return text, ()
    joined, told = _changed(text, joined, "separateurs")
    if field.tag == "RPPS" and _RPPS_CARD.fullmatch(joined):
        return joined[1:], (*told, "rpps-carte")
    upper, more = _changed(joined, joined.upper() if field.tag.startswith("FINESS") else joined, "majuscules")
    return upper, told + more


_RESHAPE: dict[FieldKind, Callable[[Field, str], Cleaned]] = {
    FieldKind.NAME: _name,
    FieldKind.PHONE: _phone,
    FieldKind.CHOICE: _choice,
    FieldKind.OPERATOR: _operator,
    FieldKind.IDENTIFIER: _identifier,
}


def _boolean(raw: Raw) -> Cleaned:
    if isinstance(raw, bool):
        return ("OUI" if raw else "NON"), ()
    if isinstance(raw, int | float):
        number = format(raw, ".15g")
        return (_YES_NO[number], ("booleen",)) if number in ("0", "1") else (number, ())
    text, told = tidy(str(raw))
    if text in ("", "OUI", "NON"):
        return text, told
    meant = _YES_NO.get(bare(text))
    return (meant, (*told, "booleen")) if meant else (text, told)


def _date(raw: Raw, *, date1904: bool) -> Cleaned:
    if isinstance(raw, datetime.datetime):
        return shown_day(raw), () if raw.time() == datetime.time() else ("date",)
    if isinstance(raw, datetime.date):
        return shown_day(raw), ()
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _serial(raw, date1904=date1904)
    text, told = tidy(as_shown(raw))
    if text.isascii() and text.isdigit():
        day, more = _serial(int(text), date1904=date1904) if len(text) <= 5 else (text, ())
        return day, told + more
    if found := _DATE.fullmatch(text):
        day_of_month, month, year = found.groups()
    elif found := _ISO_DATE.fullmatch(text):
        year, month, day_of_month = found.groups()
    else:
        return text, told
    day, more = _changed(text, f"{int(day_of_month):02}/{int(month):02}/{year}", "date")
    return day, told + more


def _serial(number: float, *, date1904: bool) -> Cleaned:
    """Excel's serial number of a day; in a workbook that counts from 1904 it has two readings, and stays as it is."""
    if date1904 or int(number) not in _SERIALS:
        return format(number, ".15g"), ()
    return shown_day(datetime.date(1899, 12, 30) + datetime.timedelta(days=int(number))), ("date",)


def _amount(raw: Raw) -> Cleaned:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # 15 significant digits, as Excel shows: 1075.0049999999999 is what it stores for 1 075,005
        return _cents(Decimal(format(raw, ".15g")), ())
    text, told = tidy(as_shown(raw))
    bare = re.sub(r"\s?(€|EUR|euros?)$", "", text, flags=re.IGNORECASE)
    if _TWO_READINGS.fullmatch(bare) or not (_GROUPED.fullmatch(bare) or _UNGROUPED.fullmatch(bare)):
        return text, told
    value, rounded = _cents(Decimal(_plain_number(bare)), told)
    return value, rounded if value == text else (*rounded, "montant")


def _plain_number(text: str) -> str:
    """« 1.075,50 », « 1 075.50 », « 1,075,000 » → a number as Python writes it: the last mark, if alone, is decimal."""
    joined = text.replace(" ", "")
    last = max(joined.rfind("."), joined.rfind(","))
    if last < 0 or joined.count(joined[last]) > 1:
        return joined.replace(".", "").replace(",", "")
    return f"{joined[:last].replace('.', '').replace(',', '')}.{joined[last + 1 :]}"


def _cents(amount: Decimal, told: tuple[str, ...]) -> Cleaned:
    if not -(10**15) < amount < 10**15:
        return str(amount), told
    rounded = amount.quantize(_CENT, ROUND_HALF_UP)
    return format(rounded, "f"), told if rounded == amount else (*told, "arrondi")


def _changed(before: str, after: str, code: str) -> Cleaned:
    return after, (code,) if after != before else ()
