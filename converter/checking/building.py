"""Build the request objects from the folded rows."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, get_origin

from converter.checking.clean_rows import Rows
from converter.checking.folding import MANDAT, UNIQUE, Folded
from converter.checking.values.amounts import is_amount
from converter.format.field_kinds import Audience, FieldKind
from converter.format.fields import (
    BLOCKS,
    Beneficiaires,
    Confirmation,
    Doctor,
    Documents,
    Order,
    Reference,
    Scenario,
    Structure,
    Supplier,
    fields_of,
)
from converter.format.requests import Origin, Request
from converter.format.requirements import may_be_empty
from converter.reading.table import Table

T = TypeVar("T")


def build_all(supplier: Supplier, table: Table, rows: Rows, folded: Folded) -> list[Request]:
    """Every request of a sheet, in the order of their first rows; built column by column, for speed."""
    requests: dict[str, Sequence[Any]] = dict(folded.requests)
    requests |= {"isMandataire": requests[MANDAT], "isClientUnique": requests[UNIQUE]}
    requests["FINESSGeo"] = _by_request(folded, rows.columns["FINESSGeo"])
    doctors = _objects(Doctor, rows.columns)
    headings = table.mapped.headings if table.mapped else {}
    origins = [
        Origin(table.workbook, table.sheet, numbers, table.columns, given, folded.held_by.get(request, ()), headings)
        for request, (numbers, given) in enumerate(zip(_by_request(folded, rows.numbers), _given(folded), strict=True))
    ]
    return [
        Request(
            supplier,
            reference,
            commande,
            beneficiaires,
            () if pour == Audience.STRUCTURE else liberal,
            structure if pour == Audience.STRUCTURE else None,
            scenario,
            documents,
            origin,
            confirmation,
            numeric,
        )
        for (
            pour,
            reference,
            commande,
            beneficiaires,
            liberal,
            structure,
            scenario,
            documents,
            origin,
            confirmation,
            numeric,
        ) in zip(
            requests["commandePour"],
            _objects(Reference, requests),
            _objects(Order, requests),
            _objects(Beneficiaires, requests),
            _by_request(folded, doctors),
            _objects(Structure, requests),
            _objects(Scenario, requests),
            _objects(Documents, requests),
            origins,
            _objects(Confirmation, requests),
            _numeric_references(table, rows, folded),
            strict=True,
        )
    ]


def _by_request(folded: Folded, values: Iterable[T]) -> list[tuple[T, ...]]:
    """The values of the rows, grouped by request."""
    found: list[list[T]] = [[] for _ in folded.first_rows]
    for request, value in zip(folded.request_of, values, strict=True):
        found[request].append(value)
    return [tuple(one) for one in found]


def _numeric_references(table: Table, rows: Rows, folded: Folded) -> list[bool]:
    """For each request, whether the cell of its reference was a number."""
    raws = table.cells.get("refCommande")
    if raws is None:
        return [False] * len(folded.first_rows)
    numeric = {row for row, raw in zip(table.rows, raws, strict=True) if type(raw) in (int, float)}
    return (
        [not numeric.isdisjoint(request) for request in _by_request(folded, rows.numbers)]
        if numeric
        else [False] * len(folded.first_rows)
    )


def _given(folded: Folded) -> list[dict[str, int]]:
    """For each request, the row of each value that is not on its first row."""
    given: list[dict[str, int]] = [{} for _ in folded.first_rows]
    for tag, moved in folded.given.items():
        for request, row in moved.items():
            given[request][tag] = row
    return given


def _objects(block: type[T], columns: Mapping[str, Sequence[Any]]) -> Iterator[T]:
    """One object of class `block` for each position in the columns of clean values."""
    return map(block, *(map(convert, columns[tag]) for tag, convert in _CONVERTERS[block]))


def _converters(block: type) -> Iterator[tuple[str, Callable[[Any], object]]]:
    """For each tag of the block, the function from a clean text to its value; None for an empty optional one."""
    for declared, field in zip(dataclasses.fields(block), fields_of(block), strict=True):
        convert = tuple if get_origin(declared.type) is tuple else _OF_KIND.get(field.kind, str)
        yield field.tag, _or_none(convert) if may_be_empty(field) else convert


def _or_none(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    return (lambda text: text or None) if convert is str else lambda text: convert(text) if text else None


@lru_cache(4096)
def _amount(text: str) -> Decimal:
    """The amount; 0 for a wrong amount, whose request is never emitted."""
    return Decimal(text) if is_amount(text) else Decimal(0)


_OF_KIND: dict[FieldKind, Callable[[Any], object]] = {FieldKind.BOOLEAN: "OUI".__eq__, FieldKind.AMOUNT: _amount}
_CONVERTERS = {block: tuple(_converters(block)) for block in BLOCKS}
