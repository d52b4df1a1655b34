"""One valid order under the bare tags, as texts alone, and whatever a test changes in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from workbooks import SCENARIO, write_workbook

SUPPLIER = {"numeroAns": "1234567890", "SIRET": "38042372300028", "profils": "Centre de santé; Mailiz"}
ORDER = {
    "refCommande": "BDC-2026-001",
    "dateCommande": "04/11/2026",
    "regimeTVA": "TTC",
    "montantSegurHT": "1075.00",
    "commandePour": "LIBERAL",
    "nomMedecin": "DURAND",
    "emailMedecin": "dr.durand@cabinet-durand.fr",
    "telephoneMedecin": "0144556677",
    "RPPS": "99900012347",
    **SCENARIO,
    "bonCommande": "bdc.pdf",
}


def write_orders(
    path: Path,
    rows: Sequence[Mapping[str, str]] = (ORDER,),
    *,
    supplier: Mapping[str, str] = SUPPLIER,
    columns: Sequence[str] = tuple(ORDER),
    sheet: str = "Demandes",
) -> Path:
    """A workbook whose first row is the bare tags of `columns`."""
    sheets = ("Paramètres", sheet)
    return write_workbook(path, rows, supplier=supplier, headers=columns, tags=columns, sheets=sheets)
