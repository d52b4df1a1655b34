"""Text as it comes from a cell, without what nobody sees; the type that every cleaner gives back."""

import re
import unicodedata

Cleaned = tuple[str, tuple[str, ...]]
"""A clean value, and the codes of the corrections that made it (none when it was already so)."""

PLAIN = re.compile(r"[!-~À-ÖØ-öø-ÿŒœŸ€«»–—’]+(?: [!-~À-ÖØ-öø-ÿŒœŸ€«»–—’]+)*")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_QUOTES = {
    "(": ")",
    "[": "]",
    "<": ">",
    '"': '"',
    "'": "'",
    "«": "»",
    "“": "”",
    "”": "”",
    "„": "“",
    "‘": "’",
    "’": "’",
    "`": "`",
}
_CSV_TEXT = re.compile(r'="([^"]*)"')  # how a CSV says that a number is text


def tidy(text: str) -> Cleaned:
    """`text` composed (NFC), without invisible characters, its spaces single and none around it."""
    if not text or PLAIN.fullmatch(text):
        return text, ()
    codes = []
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        codes.append("composition-unicode")
    visible = _INVISIBLE.sub("", composed)
    if visible != composed:
        codes.append("caracteres-invisibles")
    spaced = " ".join(visible.split())
    if spaced != visible:
        codes.append("espaces")
    return spaced, tuple(codes)


def unquoted(text: str) -> str:
    """`text` without the pair of quotes or brackets around it, nor the apostrophe that a CSV leaves before a number.

    >>> unquoted('"DURAND"'), unquoted("« a.pdf »"), unquoted("'0612345678"), unquoted('="0612"'), unquoted('"A" "B"')
    ('DURAND', 'a.pdf', '0612345678', '0612', '"A" "B"')
    """
    if csv := _CSV_TEXT.fullmatch(text):
        return csv[1].strip()
    closing = _QUOTES.get(text[:1])
    if closing is None:
        return text
    inside = text[1:-1]
    if len(text) > 2 and text[-1] == closing and text[0] not in inside and closing not in inside:
        return inside.strip()
    return text[1:] if text[0] in "'’" and text[1:2].isdigit() else text


def changed(before: str, after: str, code: str) -> Cleaned:
    """`after`, with `code` if it differs from `before`."""
    return after, (code,) if after != before else ()
