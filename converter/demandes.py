"""Requests as frozen objects, built from folded rows; pandas stops here."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, TypeVar, get_args

from converter.fields import (
    BLOCKS,
    FIELDS,
    Audience,
    Beneficiaires,
    Commande,
    Documents,
    Fournisseur,
    Level,
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

Values = Mapping[str, str]
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
    """Every request of a workbook, in the order of its first row."""
    rows: list[list[int]] = [[] for _ in folded.first_rows]
    beneficiaries: list[list[Values]] = [[] for _ in folded.first_rows]
    tags = [one.tag for one in FIELDS if one.level is Level.BENEFICIARY]
    by_row = zip(*(frame[tag].tolist() for tag in tags), strict=True)
    for row, request, values in zip(frame.index.tolist(), folded.request_of.tolist(), by_row, strict=True):
        rows[request].append(row)
        beneficiaries[request].append(dict(zip(tags, values, strict=True)))
    given: list[dict[str, int]] = [{} for _ in folded.first_rows]
    for tag, moved in folded.given.items():
        for request, row in moved.items():
            given[request][tag] = row
    names = folded.requests.columns.tolist()
    columns = zip(*(folded.requests[name].tolist() for name in names), strict=True)
    return [
        _build(
            fournisseur,
            dict(zip(names, values, strict=True)),
            beneficiaries[request],
            Origin(table.workbook, table.sheet, tuple(rows[request]), table.columns, given[request]),
        )
        for request, values in enumerate(columns)
    ]


def _build(fournisseur: Fournisseur, request: Values, beneficiaries: Sequence[Values], origin: Origin) -> Demande:
    is_structure = request["commandePour"] == Audience.STRUCTURE
    sites = tuple(one["FINESSGeo"] for one in beneficiaries)
    booleans = {"isMandataire": request[MANDAT] == "OUI", "isClientUnique": request[UNIQUE] == "OUI"}
    return Demande(
        fournisseur=fournisseur,
        reference=_block(Reference, request),
        commande=_block(Commande, request),
        beneficiaires=_block(Beneficiaires, request, **booleans),
        liberal=() if is_structure else tuple(_block(Medecin, one) for one in beneficiaries),
        structure=_block(Structure, request, FINESSGeo=sites) if is_structure else None,
        scenarioInstallation=_block(Scenario, request),
        documents=_block(Documents, request),
        origin=origin,
    )


def _block(block: type[T], values: Values, **known: object) -> T:
    """An object of `fields` from clean values; those in `known` are taken as they are."""
    return block(**{tag: convert(values[tag]) for tag, convert in _CONVERTERS[block] if tag not in known}, **known)


def _converter(declared: dataclasses.Field[object]) -> Callable[[str], object]:
    """From a clean text to the type that the block declares."""
    if declared.type is bool:
        return "OUI".__eq__
    if declared.type is Decimal:
        return _amount
    if NoneType in get_args(declared.type):
        return lambda text: text or None
    return str


def _amount(text: str) -> Decimal:
    """The amount; 0 for one that is in error, whose request is not emitted."""
    return Decimal(text) if is_amount(text) else Decimal(0)


_CONVERTERS: dict[type, tuple[tuple[str, Callable[[str], object]], ...]] = {
    block: tuple((one.name, _converter(one)) for one in dataclasses.fields(block)) for block in BLOCKS
}
