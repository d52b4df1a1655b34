"""Which known reference a mistyped one may stand for: look-alikes first, else one slip of the keyboard away."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)
_RUN = re.compile(r"[^\W\d_]+|\d+")
_LOOK_ALIKE = str.maketrans("oil", "011")
_SHORTEST, _LONGEST = 4, 40  # characters: shorter references are all near one another; longer ones are no references
_CROWD = 200  # references in a row that differ by one of four digits are forty at most


class NearReferences(Generic[T]):
    """For references that name nothing, the things whose reference is nearly theirs."""

    def __init__(self, lone: Iterable[str], known: Iterable[tuple[str, T]]) -> None:
        lone = list(lone)
        alike, near = {look_alike(one) for one in lone}, {variant for one in lone for variant in _variants(one)}
        self._alike: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._near: defaultdict[str, dict[T, None]] = defaultdict(dict)
        for reference, one in known:
            if (form := look_alike(reference)) in alike:
                self._alike[form][one] = None
            for variant in near.intersection(_variants(reference)):
                self._near[variant][one] = None

    def of(self, reference: str) -> list[T]:
        """Those whose reference looks like this one; where there is none, those that one slip of the keyboard makes of
        it (a character more, less or other, or two swapped). None where a crowd of them would do."""
        if alike := self._alike.get(look_alike(reference)):
            return list(alike) if len(alike) <= _CROWD else []
        found: dict[T, None] = {}
        for variant in _variants(reference):
            found |= self._near.get(variant, {})
            if len(found) > _CROWD:
                return []
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
    if _SHORTEST <= len(joined) <= _LONGEST:
        yield joined
        yield from (joined[:place] + joined[place + 1 :] for place in range(len(joined)))
