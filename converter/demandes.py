"""Requests as frozen objects, folded from rows; pandas stops here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from converter.fields import (
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


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request stands in its workbook. `given`: the row that gives each request-level value."""

    workbook: Path
    sheet: str
    rows: tuple[int, ...]
    columns: Mapping[str, str]
    given: Mapping[str, int]

    def cell(self, tag: str, row: int | None = None) -> Cell:
        """The cell of `tag`: on `row`, else where it was given, else on the request's first row."""
        return Cell(
            str(self.workbook),
            self.sheet,
            row or self.given.get(tag) or self.rows[0],
            self.columns.get(tag, ""),
        )


@dataclass(frozen=True, slots=True)
class Demande:
    """One request, clean and valid. `liberal` is empty for a STRUCTURE; `structure` is None for a LIBERAL order.

    The n-th beneficiary (of `liberal`, or of `structure.FINESSGeo`) stands on `origin.rows[n]`.
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
