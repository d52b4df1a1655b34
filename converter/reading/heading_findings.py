"""Findings about the headings of a sheet of orders: columns missing, present twice, misspelt or not read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.findings import Cell, Finding, Refusal, finding
from converter.format.fields import BY_TAG, FIELDS
from converter.reading.cells import column_letters
from converter.reading.headings import Headings, is_amount_with_tax, meant
from converter.reading.order_sheets import may_hold_orders, missing_columns

_MOST_UNKNOWN = 200  # headings compared with ours, at 1 ms each


@dataclass(frozen=True, slots=True)
class Heads:
    """The header row of a sheet. `texts`: one a column; `used`: the columns in which something stands below it."""

    workbook: Path
    sheet: str
    row: int
    texts: Sequence[str]
    headings: Headings
    used: frozenset[int]

    def findings(self) -> list[Finding]:
        """A finding for each column that is not read though it may have been meant to be."""
        return [*self._unread(), *self._unknown()]

    def refuse_unusable(self, findings: Sequence[Finding], *, documents: bool) -> None:
        """Refusal when a column is present twice, or when so many are missing that the sheet cannot be one of orders.

        A sheet of orders that lacks a column is read: its missing columns are reported once its rows are checked.
        `documents`: whether the columns of file names are needed; `findings`: those about the headings.
        """
        where = {"classeur": self.workbook.name, "feuille": self.sheet}
        if self.headings.twice:
            tag, places = self.headings.twice
            raise Refusal(
                "colonne-en-double",
                balise=tag,
                colonnes=" et ".join(column_letters(one + 1) for one in places),
                **where,
            )
        tags = frozenset(self.headings.places)
        missing = missing_columns(tags, documents=documents)
        if missing and not may_hold_orders(tags):
            raise Refusal(
                "colonne-absente",
                colonnes=", ".join(f"«\u00a0{tag}\u00a0» ({BY_TAG[tag].label})" for tag in missing),
                proches="".join(
                    f" {one.message} {one.remedy}" for one in findings if one.code == "colonne-mal-orthographiee"
                ),
                **where,
            )

    def _unread(self) -> Iterator[Finding]:
        for place, tag in self.headings.unread.items():
            if place in self.used:
                read = self.texts[self.headings.places[tag]]
                yield finding("colonne-non-lue", self._cell(place), tag, self.texts[place], lue=" ".join(read.split()))

    def _unknown(self) -> Iterator[Finding]:
        known = {*self.headings.places.values(), *self.headings.unread}
        missing = [one for one in FIELDS if one.tag not in self.headings.places]
        unknown = [place for place, text in enumerate(self.texts) if place not in known and text.strip()]
        for place in unknown[:_MOST_UNKNOWN]:
            text = self.texts[place]
            if is_amount_with_tax(text):
                if "montantSegurHT" not in self.headings.places:
                    label = BY_TAG["montantSegurHT"].label
                    yield finding(
                        "colonne-mal-orthographiee", self._cell(place), "montantSegurHT", text, case="ttc", proche=label
                    )
            elif near := meant(text, missing):
                offered = " ou ".join(f"«\u00a0{one.label}\u00a0» ({one.tag})" for one in near)
                yield finding(
                    "colonne-mal-orthographiee",
                    self._cell(place),
                    near[0].tag if len(near) == 1 else "",
                    text,
                    proche=offered,
                )

    def _cell(self, place: int) -> Cell:
        return Cell(str(self.workbook), self.sheet, self.row, column_letters(place + 1))
