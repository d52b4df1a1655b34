"""Texts compared as a person would: without case, accents, spaces or punctuation."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_NEAR = 0.8


@lru_cache(4096)
def fold(text: str) -> str:
    """`text` without case, accents, spaces or punctuation.

    >>> fold(" Numéro-RPPS * ")
    'numerorpps'
    """
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalnum())


def bare(text: str) -> str:
    """`text` without case or accents; its punctuation counts: « OUI ? » is no yes.

    >>> bare("Libéral ?")
    'liberal ?'
    """
    if text.isascii():  # whole sheets are put so
        return text.casefold()
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(one))


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The one of `known` that is written almost like `text`, or None."""
    folded = {fold(one): one for one in known}
    near = get_close_matches(fold(text), folded, n=1, cutoff=_NEAR)
    return folded[near[0]] if near else None
