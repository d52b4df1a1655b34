"""Formulas of a sheet that more than one cell shares, where one of these cells no longer has its own.

Source: ECMA-376, § 18.3.1.40 (`f`): a shared formula is written once, in the first cell of those that it fills; an
array formula and a data table fill a range that Excel changes as a whole.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from openpyxl.formula.translate import Translator

from converter.reading.cells import column_letters
from converter.views.annotate.sheet_rows import Place
from converter.views.annotate.xml_text import (
    AnnotationImpossible,
    attribute,
    corner,
    element,
    opening_end,
    span,
    text,
    unescaped,
)

_FORMULA = element("f")
_WIDE = ("array", "dataTable")


def wide_formulas(rows: bytes) -> Iterator[tuple[int, int, int, int]]:
    """First row, first column, last row, last column of each range of several cells that one formula fills."""
    if b"array" not in rows and b"dataTable" not in rows:
        return
    for found in _FORMULA.finditer(rows):
        if attribute(found[0], "t") in _WIDE:
            top, left, bottom, right = span(attribute(found[0], "ref") or "A1")
            if (top, left) != (bottom, right):
                yield top, left, bottom, right


@dataclass(frozen=True, slots=True)
class _Sharer:
    """A cell with a shared formula: where its formula is written, and the formula in the first of these cells."""

    place: Place
    start: int
    end: int
    tag: bytes
    formula: str


def passed_on(rows: bytes, leaving: Collection[Place]) -> bytes:
    """The rows, where a shared formula written in a cell of `leaving` is written in the next one that shares it."""
    if b"shared" not in rows:
        return rows
    groups: dict[str, list[_Sharer]] = {}
    for one in _sharers(rows):
        groups.setdefault(attribute(one.tag, "si") or "", []).append(one)
    moved: list[tuple[int, int, bytes]] = []
    for group in groups.values():
        first = [one for one in group if one.formula]
        staying = [one for one in group if one.place not in leaving and not one.formula]
        if staying and any(one.place in leaving for one in first):
            if len(first) > 1:
                raise AnnotationImpossible("plusieurs formules partagées portent le même numéro")
            moved.append((staying[0].start, staying[0].end, _written_in(staying, first[0])))
    done: list[bytes] = []
    copied = 0
    for start, end, formula in sorted(moved):
        done += [rows[copied:start], formula]
        copied = end
    return b"".join((*done, rows[copied:]))


def _sharers(rows: bytes) -> Iterator[_Sharer]:
    for found in _FORMULA.finditer(rows):
        if attribute(found[0], "t") == "shared":
            cell = rows[rows.rindex(b"<c ", 0, found.start()) : found.start()]
            tag = found[0][: opening_end(found[0])]
            yield _Sharer(
                corner(attribute(cell, "r") or ""), found.start(), found.end(), tag, unescaped(found[1] or b"")
            )


def _written_in(staying: list[_Sharer], former: _Sharer) -> bytes:
    """The formula of `former` as the first of the cells that stay, for all of them."""
    heir = staying[0].place
    formula = Translator(f"={former.formula}", _address(former.place)).translate_formula(_address(heir))
    rows, columns = [one.place[0] for one in staying], [one.place[1] for one in staying]
    reference = f"{_address((min(rows), min(columns)))}:{_address((max(rows), max(columns)))}"
    shared = f'<f t="shared" ref="{reference}" si="{attribute(former.tag, "si")}">{text(formula.removeprefix("="))}</f>'
    return shared.encode()


def _address(place: Place) -> str:
    return f"{column_letters(place[1])}{place[0]}"
