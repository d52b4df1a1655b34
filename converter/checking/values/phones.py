"""Telephone numbers: separators and remarks are taken off; `phonenumbers` judges those that are not plainly French.

>>> clean("01·44·55·66·77"), clean("(+33)(0)6 12 34 56 78")
(('0144556677', ('separateurs',)), ('+33612345678', ('separateurs',)))
>>> clean("0612345678 (secrétariat)"), clean("0144556677 / 0612345678")
(('0612345678', ('telephone-remarque',)), ('0144556677 / 0612345678', ()))
>>> is_possible("01 44 55"), is_possible("+687123456"), is_likely("+687123456")
(False, True, False)
"""

import re
from functools import lru_cache

from converter.checking.values.tidying import Cleaned

PLAIN_PHONE = re.compile(r"0[1-9][0-9]{8}")
_FRENCH = re.compile(r"0[1-9][0-9]{8}|(?:\+|00)33[1-9][0-9]{8}")
_INTERNATIONAL = re.compile(r"(?:\+|00)(?P<number>[1-9][0-9]{5,14})")
_SEPARATORS = r"\s.,;:/\\·•_‐-―−()-"
_REMARK_BEFORE = r"(?P<before>(?!.*(?:fax|télécopie))(?:[^0-9+()]*[^\W\d_]{2}[^0-9+()]*[\s:.=])?)"
_REMARK_AFTER = r"(?P<after>(?:[\s,;:/(\[–—-]*\b(?!ou\b|et\b|fax\b|télécopie\b)[^\W\d_][^0-9+]*)?)"
_EXTENSION = r"(?P<extension>(?:[\s,;:(-]*\b(?:poste|ext|p)\b[\s.:]*[0-9]{1,5}\)?)?)"
_WRITTEN = re.compile(
    rf"{_REMARK_BEFORE}(?P<number>\(?\+?\(?[0-9](?:[{_SEPARATORS}]*[0-9])+){_EXTENSION}{_REMARK_AFTER}[\s.,;:)]*",
    re.IGNORECASE,
)
_TRUNK_ZERO = re.compile(r"((?:\+|00)(?:33|262|590|594|596))0([1-9][0-9]{8})")
_FRANCE = 33
_LONGEST = 120  # characters: beyond, it is no number with a remark


def clean(text: str) -> Cleaned:
    """`text`, tidied, as digits behind a « + », « 00 » or nothing; as it is when it holds no number, or several."""
    if PLAIN_PHONE.fullmatch(text) or len(text) > _LONGEST:
        return text, ()
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return text, ()
    number = written["number"]
    joined = re.sub(f"[{_SEPARATORS}]", "", number.replace("(0)", "") if _is_international(number) else number)
    joined = _TRUNK_ZERO.sub(r"\1\2", joined)
    if not is_possible(joined):
        return text, ()
    remark = any(written[part] for part in ("before", "extension", "after"))
    codes = ("telephone-remarque",) if remark else ()
    return joined, (*codes, "separateurs") if joined != number else codes


def is_possible(value: str) -> bool:
    """Whether this has the digits of a number: ten in France, nine after +33, elsewhere those of the country's plan."""
    if _FRENCH.fullmatch(value):
        return True
    return _judged(value)[0]


def is_likely(value: str) -> bool:
    """Whether the plan of its country gives such numbers to anyone. Nothing is said here of what is no number."""
    if _FRENCH.fullmatch(value):
        return True
    possible, likely = _judged(value)
    return likely or not possible


def _is_international(number: str) -> bool:
    return number.lstrip("(").startswith(("+", "00"))


@lru_cache(4096)
def _judged(value: str) -> tuple[bool, bool]:
    """Whether a number that is not plainly French is possible, and likely."""
    written = _INTERNATIONAL.fullmatch(value)
    if written is None:
        return False, False
    import phonenumbers  # only for those: 0.03 s

    try:
        number = phonenumbers.parse(f"+{written['number']}")
    except phonenumbers.NumberParseException:
        return False, False
    if number.country_code == _FRANCE:
        return False, False
    return phonenumbers.is_possible_number(number), phonenumbers.is_valid_number(number)
