"""How a person reads the reference of a purchase order: its letters and digits, whatever separates them."""

import re
from dataclasses import dataclass

from converter.findings.text import bare

_RUNS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reference as it reads. `runs`: its runs of letters and of digits, in order, without case or accents;
    `digits`: those of a reference of digits alone, without the zeros in front; `is_number`: its cell was a number,
    which may have lost such zeros."""

    runs: str
    digits: str = ""
    is_number: bool = False


def reading_of(reference: str, *, is_number: bool = False) -> Reading:
    """How a reference reads.

    >>> reading_of("BC-0001") == reading_of("bc 0001") == reading_of("Bç/0001")
    True
    >>> reading_of("2022-1-12").runs, reading_of("2022-11-2").runs
    ('2022 1 12', '2022 11 2')
    >>> reading_of("00123")
    Reading(runs='00123', digits='123', is_number=False)
    """
    runs = " ".join(_RUNS.findall(bare(reference)))
    return Reading(runs, (runs.lstrip("0") or "0") if runs.isdecimal() else "", is_number)


def read_alike(one: Reading, other: Reading) -> bool:
    """Whether a person would take one for the other. A number reads like the text whose leading zeros it lost.

    >>> read_alike(reading_of("00123"), reading_of("123", is_number=True))
    True
    >>> read_alike(reading_of("00123"), reading_of("123"))
    False
    """
    if one.runs == other.runs:
        return bool(one.runs)
    return bool(one.digits) and one.digits == other.digits and (one.is_number or other.is_number)
