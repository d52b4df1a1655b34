"""A mapping: how the columns of somebody's own order book give ours. Plain values, as read from its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from converter.findings.text import bare
from converter.format.field_kinds import Level
from converter.format.fields import BY_TAG
from converter.reading.cells import Raw, as_shown
from converter.reading.mapping_patterns import Pattern

_NEVER_CONSTANT = frozenset({"refCommande", "numeroEditeur", "commandeDistincte"})


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the mapping gives, and the line on which it does."""

    value: Raw
    line: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The headings that give a tag, in a pattern (a single one gives its values as they are)."""

    pattern: Pattern
    line: int

    @property
    def called(self) -> str:
        """« Nom + Prénom »."""
        return " + ".join(self.pattern.names)


@dataclass(frozen=True, slots=True)
class Cut:
    """A heading whose cells are cut in pieces, one a tag; `written`: the pattern as the file gives it."""

    heading: str
    pattern: Pattern
    written: str
    line: int


@dataclass(frozen=True, slots=True)
class RowFilter:
    """The rows to leave out: those whose cell under `heading` is one of `values`, or none of them if `keeps`."""

    heading: str
    values: frozenset[str]
    keeps: bool
    line: int

    def leaves_out(self, cell: Raw) -> bool:
        """Whether a row with this cell is left out."""
        return (as_known(cell) in self.values) is not self.keeps


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping handed over by a program, in place of a path: the user's name for its file, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """The whole file. `sheets`: names of sheets with their lines, none for every sheet that has the headings;
    `header_rows`: the rows of headings (Excel's numbers), none where they are to be found.

    `columns`: tag → headings; `cuts`: headings cut in pieces; `translations`: tag → a cell as `as_known` gives it → our
    value; `constants`: tag → the value of every request; `supplier`: tag → a value of « Paramètres ».
    """

    path: Path
    sheets: tuple[Given, ...] = ()
    header_rows: tuple[int, ...] = ()
    header_line: int = 0
    columns: Mapping[str, Joined] = field(default_factory=dict)
    cuts: tuple[Cut, ...] = ()
    translations: Mapping[str, Mapping[str, Given]] = field(default_factory=dict)
    constants: Mapping[str, Given] = field(default_factory=dict)
    supplier: Mapping[str, Given] = field(default_factory=dict)
    filters: tuple[RowFilter, ...] = ()

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def tags(self) -> frozenset[str]:
        """The tags that it gives, by a column or a constant."""
        return frozenset({*self.columns, *self.constants, *(tag for cut in self.cuts for tag in cut.pattern.pieces)})

    @property
    def defaults(self) -> dict[str, Raw]:
        """What a request is given where it has no value: the constants, and the translations of an empty cell."""
        given = {
            tag: known[""].value for tag, known in self.translations.items() if "" in known and may_be_constant(tag)
        }
        return given | {tag: one.value for tag, one in self.constants.items()}

    def headings(self) -> Iterator[tuple[str, int]]:
        """Every heading that it names, with the line."""
        for joined in self.columns.values():
            yield from ((name, joined.line) for name in joined.pattern.names)
        yield from ((cut.heading, cut.line) for cut in self.cuts)
        yield from ((one.heading, one.line) for one in self.filters)


def as_known(cell: Raw) -> str:
    """A cell as translations compare it: whatever its case, accents and spaces.

    >>> as_known(" Fr-20 % "), as_known(1.0), as_known(True)
    ('fr-20 %', '1', 'vrai')
    """
    return bare(" ".join(as_shown(cell).split()))


def may_be_constant(tag: str) -> bool:
    """Whether every request may have the same value of `tag`."""
    return BY_TAG[tag].level is Level.REQUEST and tag not in _NEVER_CONSTANT
