"""Plain patterns of a mapping: « {Nom} {Prénom} » joins two columns, « {nomMedecin} / {telephoneMedecin} » cuts one.

What stands between braces is a name; everything else is text as it is; « {{ » and « }} » are braces.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from converter.reading.cells import Raw, as_shown

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]")
_NO_PIECE = "*"  # {*}: a piece of the text that is not read
_LONGEST_CUT = 1_000  # characters of a cell that is cut


@dataclass(frozen=True)
class Pattern:
    """Names, and the texts around them: one more than there are names."""

    names: tuple[str, ...]
    texts: tuple[str, ...]

    def joined(self, values: Sequence[Raw]) -> Raw:
        """The values of the names in one text; a single name alone gives its value as it is.

        The text between two values is written only where both are there.

        >>> pattern_of("{Nom} {Prénom} ({Titre})").joined(["DURAND", "", "Dr"])
        'DURAND (Dr)'
        """
        if len(self.names) == 1 and not any(self.texts):
            return values[0]
        written = ""
        for text, value in zip(self.texts, values, strict=False):
            if shown := as_shown(value).strip():
                written += (text if written else self.texts[0]) + shown
        return f"{written}{self.texts[-1]}" if written else ""

    def cut(self, text: str) -> dict[str, str] | None:
        """The piece of `text` for each name; None where the text does not follow the pattern, or follows it twice.

        >>> pattern_of("{nom} / {tel}").cut("DURAND / 0199001234")
        {'nom': 'DURAND', 'tel': '0199001234'}
        >>> pattern_of("{a} - {b}").cut("un - deux - trois")
        """
        inner = self._inner(text.strip())
        if inner is None or len(text) > _LONGEST_CUT:
            return None
        first, last = self._cut_early(inner), self._cut_late(inner)
        if first is None or first != last or not all(first):
            return None
        return {name: piece for name, piece in zip(self.names, first, strict=True) if name != _NO_PIECE}

    @property
    def pieces(self) -> tuple[str, ...]:
        """The names that are read when a text is cut."""
        return tuple(name for name in self.names if name != _NO_PIECE)

    @property
    def can_cut(self) -> bool:
        """Whether something stands between each piece and the next."""
        return bool(self.pieces) and all(self.texts[1:-1])

    def _inner(self, text: str) -> str | None:
        """The text without what stands before the first name and after the last."""
        start, end = self.texts[0].strip(), self.texts[-1].strip()
        if not text.startswith(start) or not text.endswith(end) or len(start) + len(end) > len(text):
            return None
        return text[len(start) : len(text) - len(end)].strip()

    @cached_property
    def _separators(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(_separator, self.texts[1:-1]))

    def _cut_early(self, text: str) -> list[str] | None:
        """The pieces where each separator is taken as early as possible."""
        pieces = []
        for separator in self._separators:
            found = separator.search(text)
            if found is None:
                return None
            pieces.append(text[: found.start()].strip())
            text = text[found.end() :]
        return [*pieces, text.strip()]

    def _cut_late(self, text: str) -> list[str] | None:
        """The pieces where each separator is taken as late as possible."""
        pieces = []
        for separator in reversed(self._separators):
            found = list(separator.finditer(text))
            if not found:
                return None
            pieces.append(text[found[-1].end() :].strip())
            text = text[: found[-1].start()]
        return [text.strip(), *reversed(pieces)]


def pattern_of(text: str) -> Pattern | None:
    """The pattern that a text of a mapping writes; without braces, the text is a name. None where braces do not match.

    >>> pattern_of("N° RPPS").names, pattern_of("{Nom")
    (('N° RPPS',), None)
    """
    names: list[str] = []
    texts = [""]
    for found in _PIECE.finditer(text):
        piece, name = found[0], found[1]
        if piece in ("{", "}") or (name is not None and not name.strip()):
            return None
        if name is None:
            texts[-1] += {"{{": "{", "}}": "}"}.get(piece, piece)
        else:
            names.append(name.strip())
            texts.append("")
    if names:
        return Pattern(tuple(names), tuple(texts))
    return Pattern((texts[0].strip(),), ("", "")) if texts[0].strip() else None


def _separator(text: str) -> re.Pattern[str]:
    """What stands between two pieces, whatever the spaces around it."""
    words = r"\s+".join(map(re.escape, text.split()))
    return re.compile(rf"\s*{words}\s*" if words else r"\s+")
