"""Answers, OUI or NON, as people tick and write them.

>>> [clean(raw)[0] for raw in (True, 0, "vrai", "x", "☑", "☐", "Oui.", "Yes", "OUI ?")]
['OUI', 'NON', 'OUI', 'OUI', 'OUI', 'NON', 'OUI', 'OUI', 'OUI ?']
"""

from converter.checking.values.emptiness import stands_for_nothing
from converter.checking.values.tidying import Cleaned, tidy, unquoted
from converter.findings.text import bare
from converter.reading.cells import Raw

_YES_NO = dict.fromkeys(("oui", "o", "vrai", "true", "yes", "1", "x", "✓", "✔", "✅", "☑", "☒", "🗹", "🗷"), "OUI")
_YES_NO |= dict.fromkeys(("non", "n", "faux", "false", "no", "0", "☐", "□", "[ ]", "[]"), "NON")
_EMOJI_FORM = "\ufe0f"  # the invisible mark that makes a colour picture of ✔


def clean(raw: Raw) -> Cleaned:
    """OUI or NON; what is neither is handed on as it is."""
    if isinstance(raw, bool):
        return ("OUI" if raw else "NON"), ()
    if isinstance(raw, int | float):
        number = format(raw, ".15g")
        return (_YES_NO[number], ("booleen",)) if number in ("0", "1") else (number, ())
    text, codes = tidy(str(raw))
    if text in ("", "OUI", "NON"):
        return text, codes
    written = bare(text).replace(_EMOJI_FORM, "")
    meant = _YES_NO.get(written) or _YES_NO.get(unquoted(written.removesuffix(".")))
    if meant:
        return meant, (*codes, "booleen")
    return ("", ()) if stands_for_nothing(text) else (text, codes)
