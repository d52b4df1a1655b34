"""Small workbooks of orders, written cell by cell: one valid order, and whatever a test changes in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from workbooks import SCENARIO

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
    "RPPS": "10001234562",
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
    """A workbook whose first row is the bare tags; every value is written as text, never as a formula."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        supplier_cells = book.add_worksheet("Paramètres")
        for row, (name, value) in enumerate(supplier.items()):
            supplier_cells.write_string(row, 0, name)
            supplier_cells.write_string(row, 1, value)
        requests = book.add_worksheet(sheet)
        requests.write_row(0, 0, columns)
        for row, values in enumerate(rows, start=1):
            for column, tag in enumerate(columns):
                if values.get(tag):
                    requests.write_string(row, column, values[tag])
    return path
