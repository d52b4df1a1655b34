"""Which known reference a mistyped one may stand for: look-alikes first, else one slip of the keyboard away."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)
_RUN = re.compile(r"[^\W\d_]+|\d+")
_LOOK_ALIKE = str.maketrans("oil", "011")
_SHORTEST = 4  # characters: shorter references are all near one another


class NearReferences(Generic[T]):
    """Things known by a reference, found by one that is nearly theirs."""

    def __init__(self, known: Iterable[tuple[str, T]]) -> None:
        self._alike: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._near: defaultdict[str, dict[T, None]] = defaultdict(dict)
        for reference, one in known:
            self._alike[look_alike(reference)][one] = None
            for variant in _variants(reference):
                self._near[variant][one] = None

    def of(self, reference: str) -> list[T]:
        """Those whose reference looks like this one; where there is none, those that one slip of the keyboard makes of
        it (a character more, less or other, or two swapped)."""
        if alike := self._alike.get(look_alike(reference)):
            return list(alike)
        found: dict[T, None] = {}
        for variant in _variants(reference):
            found |= self._near.get(variant, {})
        return list(found)


def look_alike(reference: str) -> str:
    """A reference without what the eye passes over: case, accents, separators, zeros in front, O for 0, I or l for 1.

    >>> look_alike("BC-OOO1") == look_alike("bc 1")
    True
    >>> look_alike("2022-1-12") == look_alike("2022-11-2")
    False
    """
    runs = _RUN.findall(_bare(reference).translate(_LOOK_ALIKE))
    return " ".join(run.lstrip("0") or "0" if run.isdigit() else run for run in runs)


def _bare(reference: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", reference).casefold() if not unicodedata.combining(one))


def _variants(reference: str) -> Iterator[str]:
    """Two references one slip apart have a variant in common: themselves, or themselves less one character."""
    joined = "".join(one for one in _bare(reference) if one.isalnum())
    if len(joined) >= _SHORTEST:
        yield joined
        yield from (joined[:place] + joined[place + 1 :] for place in range(len(joined)))
