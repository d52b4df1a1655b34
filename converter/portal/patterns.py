"""The regular expressions of control 2, written so that they mean the same in Python, Rust and ECMAScript.

So no class whose meaning changes from one to the other (`\\s`, `\\d`, `\\w`), and nothing but plain matching.
"""

import unicodedata
from functools import cache

from converter.checking.cell_rules import ALPHANUMERIC, CORSICAN
from converter.format.field_kinds import Field

_HIDDEN = r"\x00-\x1f\x7f-\x9f"
_BLANK = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
VISIBLE = f"[^{_BLANK}]"
"""A character that is neither a space nor a control."""
PRINTABLE = f"[^{_HIDDEN}]"
"""A character that is no control."""

_YEAR = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_FOURTHS = "(?:0[48]|[2468][048]|[13579][26])"
_DAY_AND_MONTH = "|".join(
    (
        "(?:0[1-9]|[12][0-9]|3[01])/(?:0[13578]|1[02])",
        "(?:0[1-9]|[12][0-9]|30)/(?:0[469]|11)",
        "(?:0[1-9]|1[0-9]|2[0-8])/02",
    )
)
REAL_DATE = f"(?:(?:{_DAY_AND_MONTH})/{_YEAR}|29/02/(?:[0-9]{{2}}{_FOURTHS}|{_FOURTHS}00))"
"""JJ/MM/AAAA of a day of the calendar."""

_CASED = (range(0x2500), range(0xFB00, 0xFF5B), range(0x10400, 0x10450))
"""Where to look for the letters of Unicode 3.2 that have two cases."""


def identifier(field: Field) -> str:
    """An identifier: its characters, as many as it has."""
    if field.tag in CORSICAN:
        return f"[0-9][0-9AB][0-9]{{{(field.exact or 0) - 2}}}"
    return f"{'[0-9A-Za-z]' if field.tag in ALPHANUMERIC else '[0-9]'}{{{field.exact}}}"


@cache
def small_letter() -> str:
    """A letter that has a capital; those of Unicode 3.2, so that every version of Python finds the same ones."""
    letters = [letter for codes in _CASED for letter in map(chr, codes) if _is_small(letter)]
    runs: list[list[str]] = []
    for letter in letters:
        if runs and ord(letter) == ord(runs[-1][-1]) + 1:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return f"[{''.join(f'{run[0]}-{run[-1]}' if len(run) > 2 else ''.join(run) for run in runs)}]"


def _is_small(letter: str) -> bool:
    capital = letter.upper()
    assigned = (unicodedata.ucd_3_2_0.category(one) != "Cn" for one in letter + capital)
    return capital != letter and all(assigned)
