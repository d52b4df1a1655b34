"""Requests as frozen objects, built from folded rows; pandas stops here."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from converter.fields import (
    BLOCKS,
    Audience,
    Beneficiaires,
    Commande,
    Documents,
    Fournisseur,
    Medecin,
    Reference,
    Scenario,
    Structure,
)
from converter.findings import Cell
from converter.judges import is_amount

if TYPE_CHECKING:  # the portal's side builds on requests too, and starts without pandas
    import pandas as pd

    from converter.rows import Folded
    from converter.workbook import Table

MANDAT, UNIQUE = "demande.isMandataire", "demande.isClientUnique"
"""The columns of a folded request that bear its two Booleans, given by the user or derived."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request stands in its workbook. `given`: the row of each request-level value not on the first row."""

    workbook: Path
    sheet: str
    rows: tuple[int, ...]
    columns: Mapping[str, str]
    given: Mapping[str, int]

    def cell(self, tag: str, row: int | None = None) -> Cell:
        """The cell of `tag`: on `row`, else where it was given, else on the request's first row."""
        place = row or self.given.get(tag, self.rows[0])
        return Cell(str(self.workbook), self.sheet, place, self.columns.get(tag, ""))


@dataclass(frozen=True)
class Demande:
    """One request. `liberal` is empty for a STRUCTURE; `structure` is None for a LIBERAL order.

    The n-th beneficiary (of `liberal`, or of `structure.FINESSGeo`) stands on `origin.rows[n]`. A request in error is
    built too, so that its documents are looked at; only those without error are emitted.
    """

    fournisseur: Fournisseur
    reference: Reference
    commande: Commande
    beneficiaires: Beneficiaires
    liberal: tuple[Medecin, ...]
    structure: Structure | None
    scenarioInstallation: Scenario
    documents: Documents
    origin: Origin

    @property
    def name(self) -> str:
        """How its people call it: refCommande, else numeroEditeur, else ""."""
        return self.reference.refCommande or self.reference.numeroEditeur or ""

    @cached_property
    def beneficiary_numbers(self) -> tuple[str, ...]:
        """The RPPS or FINESSGeo of its beneficiaries, in the order of its rows."""
        if self.structure is not None:
            return self.structure.FINESSGeo
        return tuple(one.RPPS for one in self.liberal)


def build_all(fournisseur: Fournisseur, table: "Table", frame: "pd.DataFrame", folded: "Folded") -> list[Demande]:
    """Every request of a workbook, in the order of its first row; built column by column, for speed."""
    requests: dict[str, Sequence[Any]] = {name: folded.requests[name].tolist() for name in folded.requests.columns}
    requests |= {"isMandataire": requests[MANDAT], "isClientUnique": requests[UNIQUE]}
    requests["FINESSGeo"] = _by_request(folded, frame["FINESSGeo"].tolist())
    doctors = _objects(Medecin, {one.name: frame[one.name].tolist() for one in dataclasses.fields(Medecin)})
    origins = [
        Origin(table.workbook, table.sheet, rows, table.columns, given)
        for rows, given in zip(_by_request(folded, frame.index.tolist()), _given(folded), strict=True)
    ]
    return [
        Demande(
            fournisseur,
            reference,
            commande,
            beneficiaires,
            () if pour == Audience.STRUCTURE else liberal,
            structure if pour == Audience.STRUCTURE else None,
            scenario,
            documents,
            origin,
        )
        for pour, reference, commande, beneficiaires, liberal, structure, scenario, documents, origin in zip(
            requests["commandePour"],
            _objects(Reference, requests),
            _objects(Commande, requests),
            _objects(Beneficiaires, requests),
            _by_request(folded, doctors),
            _objects(Structure, requests),
            _objects(Scenario, requests),
            _objects(Documents, requests),
            origins,
            strict=True,
        )
    ]


def _by_request(folded: "Folded", values: Iterable[T]) -> list[tuple[T, ...]]:
    """One value a row → those of each request."""
    found: list[list[T]] = [[] for _ in folded.first_rows]
    for request, value in zip(folded.request_of.tolist(), values, strict=True):
        found[request].append(value)
    return [tuple(one) for one in found]


def _given(folded: "Folded") -> list[dict[str, int]]:
    """For each request, the row of each value that does not stand on its first row."""
    given: list[dict[str, int]] = [{} for _ in folded.first_rows]
    for tag, moved in folded.given.items():
        for request, row in moved.items():
            given[request][tag] = row
    return given


def _objects(block: type[T], columns: Mapping[str, Sequence[Any]]) -> Iterator[T]:
    """An object of `fields` for each place of the columns, from clean values."""
    return map(block, *(map(convert, columns[tag]) for tag, convert in _CONVERTERS[block]))


def _converter(declared: dataclasses.Field[object]) -> Callable[[Any], object]:
    """From a clean text to the type that the block declares."""
    if declared.type is bool:
        return "OUI".__eq__
    if declared.type is Decimal:
        return _amount
    if get_origin(declared.type) is tuple:
        return tuple
    if NoneType in get_args(declared.type):
        return lambda text: text or None
    return str


@lru_cache(4096)
def _amount(text: str) -> Decimal:
    """The amount; 0 for one that is in error, whose request is not emitted."""
    return Decimal(text) if is_amount(text) else Decimal(0)


_CONVERTERS: dict[type, tuple[tuple[str, Callable[[Any], object]], ...]] = {
    block: tuple((one.name, _converter(one)) for one in dataclasses.fields(block)) for block in BLOCKS
}
