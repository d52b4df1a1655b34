"""What a person asked to see of a workbook: which sheet, which rows, which page of them."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from converter.web.asked import number_of

_LONGEST_SEARCH = 200
_LONGEST_KIND = 100
_LAST = 2_000_000  # rows: no sheet has more


@dataclass(frozen=True, slots=True)
class View:
    """`sheet`: the key of a sheet, "" for the first one; `to_correct`: only the rows with an error or a warning;
    `kind`: « code:tag » of the findings to see, "" for all; `opened`: the row whose cells may all be changed."""

    sheet: str = ""
    to_correct: bool = True
    kind: str = ""
    search: str = ""
    page: int = 1
    opened: int = 0

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "View":
        """From the fields of the form or of the address; what makes no sense counts as absent.

        A box that is not ticked is not sent: `vue` says that the form was there.
        """
        text = {name: value for name, value in values.items() if isinstance(value, str)}
        of_form = "vue" in text
        return cls(
            sheet=text.get("feuille", "")[:8],
            to_correct=text.get("lignes", "" if of_form else "a-corriger") == "a-corriger",
            kind=text.get("constat", "")[:_LONGEST_KIND],
            search=text.get("q", "").strip()[:_LONGEST_SEARCH],
            page=_number(text.get("page", "")) or 1,
            opened=_number(text.get("ligne", "")),
        )

    def with_page(self, page: int) -> "View":
        return replace(self, page=page)

    @property
    def query(self) -> str:
        """Its part of an address; without what is searched for, which may be somebody's name."""
        given = {
            "feuille": self.sheet,
            "lignes": "" if self.to_correct else "toutes",
            "constat": self.kind,
            "page": str(self.page) if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in given.items() if value})


def sheet_key(name: str) -> str:
    """What stands for a sheet in an address: its name may be somebody's."""
    return f"{zlib.crc32(name.encode('utf-8', 'surrogatepass')):08x}"


def _number(text: str) -> int:
    """A whole number from 1, else 0."""
    return min(number_of(text) or 0, _LAST)
