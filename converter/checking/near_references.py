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
_MOST_RUNS = 8
_CROWD = 200  # references in a row that differ by one of four digits are forty at most


class NearReferences(Generic[T]):
    """Finds the things whose reference is nearly the same as one that is unknown."""

    def __init__(self, lone: Iterable[str], known: Iterable[tuple[str, T]]) -> None:
        lone = list(lone)
        wholes = {look_alike(one) for one in lone}
        parts = {part for one in lone for part in _parts(one)} | wholes
        near = {variant for one in lone for variant in _variants(one)}
        self._alike: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._longer: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._near: defaultdict[str, dict[T, None]] = defaultdict(dict)
        for reference, one in known:
            if (form := look_alike(reference)) in parts:
                self._alike[form][one] = None
            for part in wholes.intersection(_parts(reference)):
                self._longer[part][one] = None
            for variant in near.intersection(_variants(reference)):
                self._near[variant][one] = None

    def of(self, reference: str) -> list[T]:
        """Those whose reference looks like this one, or like a part of it (« BC-0001 bis »), or has it as a part; where
        there is none, those that one slip of the keyboard makes of it (a character more, less or other, or two
        swapped). None where a crowd of them would do."""
        form = look_alike(reference)
        alike = next(filter(None, (self._alike.get(part) for part in (form, *_parts(reference)))), None)
        if same := alike or self._longer.get(form):
            return list(same) if len(same) <= _CROWD else []
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
    return " ".join(_runs(reference))


def _runs(reference: str) -> list[str]:
    runs = _RUN.findall(_bare(reference).translate(_LOOK_ALIKE))
    return [run.lstrip("0") or "0" if run.isdigit() else run for run in runs]


def _parts(reference: str) -> Iterator[str]:
    """How a reference looks without some of its runs in front or behind, the longest part first; a part has letters
    and figures, as a reference has."""
    runs = _runs(reference)[:_MOST_RUNS]
    for length in range(len(runs) - 1, 1, -1):
        for start in range(len(runs) - length + 1):
            part = runs[start : start + length]
            if any(map(str.isdigit, part)) and not all(map(str.isdigit, part)):
                yield " ".join(part)


def _bare(reference: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", reference).casefold() if not unicodedata.combining(one))


def _variants(reference: str) -> Iterator[str]:
    """Two references one slip apart have a variant in common: themselves, or themselves less one character."""
    joined = "".join(one for one in _bare(reference) if one.isalnum())
    if _SHORTEST <= len(joined) <= _LONGEST:
        yield joined
        yield from (joined[:place] + joined[place + 1 :] for place in range(len(joined)))
