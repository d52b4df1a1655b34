"""Secure-messaging operators (`operateurMessagerie`, guide § 3.2 and its annex of 04/11/2022).

The list is a data file, `templates/operateurs_messagerie.csv`: a newer one replaces it without touching code.
A code is the first three characters of the label, an underscore and the number; the scan of the guide shows
`CH _28`, `CH_41` and `CH 20` side by side, so any of these spellings is accepted, and the label too.

>>> find_operator("ch28")
Operator(code='CH _28', libelle='CH DE LA DRACENIE')
>>> find_operator("CH _28 – CH DE LA DRACENIE").code
'CH _28'
"""

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nlargest
from itertools import chain

from converter.findings.text import bare, fold
from converter.format.template_files import template_path

_REMEMBERED = 8192
_NEAR_ENOUGH = 0.7  # « CH DRACENIE » is at 0.85 of « CH DE LA DRACENIE »
_SHORTEST_WORD = 3  # letters: « LA » names nobody, « IDS » does
_CLEAR_LEAD = 0.1  # over the second nearest: « Hopital » alone names nobody
_CODE_WITHIN = 40  # characters: the longest code has 7
_DASH = re.compile("[-–—]")
_CODE_LIKE = re.compile(r"[a-z. -]{1,5}?(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: the code that the portal takes, and its label."""

    code: str
    libelle: str

    @property
    def shown(self) -> str:
        """« code – libellé », as in the workbook's dropdown and in messages."""
        return f"{self.code} – {self.libelle}"


@cache
def operators() -> tuple[Operator, ...]:
    """Every operator, in the order of the list."""
    with template_path("operateurs_messagerie.csv").open(encoding="utf-8-sig", newline="") as lines:
        return tuple(Operator(line["code"], line["libelle"]) for line in csv.DictReader(lines))


@cache
def operator_codes() -> frozenset[str]:
    """The codes that `operateurMessagerie` may take."""
    return frozenset(one.code for one in operators())


@lru_cache(_REMEMBERED)
def find_operator(text: str) -> Operator | None:
    """The operator that `text` names without doubt; else None.

    By its code, its label, « code – libellé », or whole words of its label that stand in no other.
    """
    by_code, by_label = _indexes()
    written = text.strip(" .")
    return by_code.get(_code_key(written)) or by_label.get(fold(text)) or _from_both(text) or _from_part(text)


@lru_cache(_REMEMBERED)
def nearest_operator(text: str) -> Operator | None:
    """The operator that `text` most likely means, only ever suggested, never used; None when nothing is near.

    A code with a wrong prefix is known by its number, anything else by the pairs of letters shared with a label.
    """
    if code_like := _CODE_LIKE.fullmatch(_code_key(text)):
        return _numbers().get(code_like[1].lstrip("0"))
    near = _nearness(fold(text))
    clear = near and near[0][0] >= _NEAR_ENOUGH and (len(near) == 1 or near[0][0] - near[1][0] >= _CLEAR_LEAD)
    return operators()[near[0][1]] if clear else None


def _from_both(text: str) -> Operator | None:
    """« code – libellé », whatever the dash; None when the two name different operators."""
    by_code, by_label = _indexes()
    for dash in _DASH.finditer(text, 0, _CODE_WITHIN):
        found = by_code.get(_code_key(text[: dash.start()]))
        if found and by_label.get(fold(text[dash.end() :])) is found:
            return found
    return None


def _from_part(text: str) -> Operator | None:
    """The only operator whose label holds these words, one after the other; None when it is none, or several."""
    wanted, whole = _words(text), fold(text)
    if max(map(len, wanted), default=0) < _SHORTEST_WORD or any(fold(one.libelle) == whole for one in operators()):
        return None
    held = [one for one, words in _label_words() if _holds(words, wanted)]
    return held[0] if len(held) == 1 else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[^a-z0-9]+", bare(text)) if word)


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    count = len(wanted)
    return any(words[start : start + count] == wanted for start in range(len(words) - count + 1))


@cache
def _label_words() -> tuple[tuple[Operator, tuple[str, ...]], ...]:
    return tuple((one, _words(one.libelle)) for one in operators())


def _code_key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).replace("_", " ").split()).casefold()


@cache
def _indexes() -> tuple[dict[str, Operator], dict[str, Operator]]:
    """By code and by label; a label that two operators bear names neither."""
    labels = Counter(fold(one.libelle) for one in operators())
    by_code = {_code_key(one.code): one for one in operators()}
    by_label = {key: one for one in operators() if labels[key := fold(one.libelle)] == 1}
    return by_code, by_label


@cache
def _numbers() -> dict[str, Operator]:
    return {one.code.rpartition("_")[2]: one for one in operators()}


@cache
def _by_pair() -> tuple[dict[str, list[int]], list[int]]:
    """For each pair of letters, the operators (by rank) whose label holds it; and how many pairs each label has."""
    labels = [_pairs(fold(one.libelle)) for one in operators()]
    index: dict[str, list[int]] = defaultdict(list)
    for rank, pairs in enumerate(labels):
        for pair in pairs:
            index[pair].append(rank)
    return dict(index), [len(pairs) for pairs in labels]


def _pairs(key: str) -> frozenset[str]:
    marked = f"^{key}$"
    return frozenset(marked[start : start + 2] for start in range(len(marked) - 1))


def _nearness(key: str) -> list[tuple[float, int]]:
    """Dice's coefficient (0 to 1) and rank of the two nearest labels, nearest first."""
    wanted, (index, sizes) = _pairs(key), _by_pair()
    shared = Counter(chain.from_iterable(index.get(pair, ()) for pair in wanted))
    return nlargest(2, ((2 * count / (len(wanted) + sizes[rank]), rank) for rank, count in shared.items()))
