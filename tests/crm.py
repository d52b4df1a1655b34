"""An order book of others: an export of a CRM with its own headings, words and constants, and its mapping."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from workbooks import Cell, rpps

HEADINGS = ("Affaire", "Nom", "Prénom", "Email", "Tél.", "Code RPPS", "Signé le", "TVA", "Total HT", "Type", "Statut")
COLUMNS = """\
[colonnes]
refCommande = "Affaire"
nomMedecin = "{Nom} {Prénom}"
emailMedecin = "Email"
telephoneMedecin = "Tél."
RPPS = "Code RPPS"
dateCommande = "Signé le"
regimeTVA = "TVA"
montantSegurHT = "Total HT"
commandePour = "Type"
"""
VALUES = """\
[valeurs.regimeTVA]
"FR-20%" = "TTC"
[valeurs.commandePour]
"Cabinet" = "LIBERAL"
"""
CONSTANTS = """\
[constantes]
isCentreDeSante = "NON"
isProSanteConnectNeeded = true
isDirecToDMP = "OUI"
isPFIToDMP = "NON"
isDirectToMSSPro = "OUI"
isPFIToMSSPro = "NON"
isDirectToMSSCitoyen = "OUI"
isPFIToMSSCitoyen = "NON"
"""
SUPPLIER = """\
[parametres]
numeroAns = "0123456789"
SIRET = "38042372300028"
"""
WHOLE = COLUMNS + VALUES + CONSTANTS + SUPPLIER


def deal(rank: int, **changes: Cell) -> dict[str, Cell]:
    """One order of one doctor, as the CRM exports it."""
    values: Sequence[Cell] = (
        f"AFF-{rank:03}", "Églantier", f"Anne{'e' * rank}", f"medecin{rank}@cabinet.example", "0199001234", rpps(rank),
        "04/11/2026", "FR-20%", 1075, "Cabinet", "Signée",
    )  # fmt: skip
    return {**dict(zip(HEADINGS, values, strict=True)), **changes}


def write_export(
    path: Path,
    deals: Sequence[Mapping[str, Cell]],
    headings: Sequence[str] = HEADINGS,
    *,
    sheet: str = "Export",
    above: Sequence[Sequence[Cell]] = (),
    parameters: Mapping[str, str] | None = None,
) -> Path:
    """The export as a workbook: `above` stands over its headings; `parameters`: a sheet « Paramètres »."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        lines = [*above, headings, *([one.get(heading) for heading in headings] for one in deals)]
        for row, line in enumerate(lines):
            page.write_row(row, 0, line)
        if parameters is not None:
            other = book.add_worksheet("Paramètres")
            for row, pair in enumerate(parameters.items()):
                other.write_row(row, 0, pair)
    return path


def write_mapping(path: Path, text: str = WHOLE) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
