"""What a mapping says of the columns of a sheet, for those who read its rows and speak of its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from converter.reading.cells import Raw


@dataclass(frozen=True, slots=True)
class Part:
    """One of the columns that are joined: its letters, and its values, one a row."""

    letters: str
    values: Sequence[Raw]


@dataclass(frozen=True, slots=True)
class MappedColumns:
    """`name`: the mapping's file. `headings`: tag → what the sheet calls it (« Nom + Prénom » where two are joined);
    `titles`: the heading of every column of the sheet.

    `typed`: for tags whose value is translated, joined or cut out, what stands in the sheet, one a row; `parts`: the
    columns of those that are joined; `patterns`: how a column is cut, by tag; `defaults`: what a request is given where
    it has no value of its own.
    """

    name: str
    headings: Mapping[str, str]
    titles: tuple[str, ...] = ()
    typed: Mapping[str, Sequence[Raw]] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Raw] = field(default_factory=dict)

    def compressed(self, kept: Sequence[bool]) -> "MappedColumns":
        """The same, on the rows that are kept."""
        return replace(
            self,
            typed={tag: tuple(compress(column, kept)) for tag, column in self.typed.items()},
            parts={
                tag: [Part(one.letters, tuple(compress(one.values, kept))) for one in parts]
                for tag, parts in self.parts.items()
            },
        )

    def emptied(self) -> "MappedColumns":
        """The same without its cells."""
        return replace(self, typed={}, parts={})
