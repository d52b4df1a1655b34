"""Requests as frozen objects, passed from one step to the next once the sheet is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from converter.findings import Cell
from converter.format.fields import (
    Beneficiaires,
    Confirmation,
    Doctor,
    Documents,
    Order,
    Reference,
    Scenario,
    Structure,
    Supplier,
)
from converter.format.references import Reading, reading_of

_RESUMED = re.compile(r"\s*reprise\s+de\s+([0-9]{5})\s*", re.IGNORECASE)


def resumed_reference(numeroEditeur: str) -> str:
    """The reference given to a request without one, known by `numeroEditeur`, so that its rows stay together."""
    return f"Reprise de {numeroEditeur}"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """How a request is known. Exactly one of the last two is filled: `numeroEditeur` only where `refCommande` is ""."""

    numeroAns: str
    refCommande: str
    numeroEditeur: str = ""


RowPlace = tuple[str, int]
"""A row of some sheet of a workbook: the sheet's name, and the row as Excel numbers it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request stands in its workbook. `given`: the row of each request-level value not on the first row.

    `held_by`: rows of other requests that hold this one back as long as they are in error. `headings`: what the sheet
    calls the columns, by tag, where they are not called as ours.
    """

    workbook: Path
    sheet: str
    rows: tuple[int, ...]
    columns: Mapping[str, str]
    given: Mapping[str, int]
    held_by: tuple[RowPlace, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    def cell(self, tag: str, row: int | None = None) -> Cell:
        """The cell of `tag`: on `row`, else where it was given, else on the request's first row."""
        place = row or self.given.get(tag, self.rows[0])
        return Cell(str(self.workbook), self.sheet, place, self.columns.get(tag, ""))


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `liberal` is empty for a STRUCTURE; `structure` is None for a LIBERAL order.

    `key`: how the ledger knows it; `reading`: how its reference reads, empty for a request that has only a number;
    `beneficiary_numbers`: the RPPS or FINESSGeo of its beneficiaries, in the order of its rows.

    The n-th beneficiary (of `liberal`, or of `structure.FINESSGeo`) stands on `origin.rows[n]`. A request in error is
    built too, so that its documents are looked at; only those without error are emitted. `numeric_reference`: whether
    the cell of its reference was a number.
    """

    supplier: Supplier
    reference: Reference
    commande: Order
    beneficiaires: Beneficiaires
    liberal: tuple[Doctor, ...]
    structure: Structure | None
    scenarioInstallation: Scenario
    documents: Documents
    origin: Origin
    confirmation: Confirmation = Confirmation(commandeDistincte=False)
    numeric_reference: bool = False
    key: RequestKey = field(init=False, repr=False, compare=False)
    reading: Reading = field(init=False, repr=False, compare=False)
    beneficiary_numbers: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        key = _key(self.supplier.numeroAns, self.reference)
        numbers = self.structure.FINESSGeo if self.structure else tuple(one.RPPS for one in self.liberal)
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "reading", reading_of(key.refCommande, is_number=self.numeric_reference))
        object.__setattr__(self, "beneficiary_numbers", numbers)

    @property
    def name(self) -> str:
        """The name its users know it by: refCommande, else numeroEditeur, else ""."""
        return self.reference.refCommande or self.reference.numeroEditeur or ""

    @property
    def takes_supplier_certificate(self) -> bool:
        """Whether it uses the supplier's certificate because it has none of its own."""
        own = self.documents.preuveHT
        return self.commande.regimeTVA == "HT" and not own and self.supplier.preuveHT is not None


def _key(numeroAns: str, reference: Reference) -> RequestKey:
    if resumed := _RESUMED.fullmatch(reference.refCommande or ""):
        return RequestKey(numeroAns, "", resumed[1])
    if reference.refCommande:
        return RequestKey(numeroAns, reference.refCommande)
    return RequestKey(numeroAns, "", reference.numeroEditeur or "")
