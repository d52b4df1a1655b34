"""What a salesperson does: fill the template, convert, correct the red cells in LibreOffice, convert again."""

from pathlib import Path

import openpyxl
import pytest
from annotated import saved_by_libreoffice
from conftest import DAY, Run, command
from workbooks import SCENARIO, rpps

from converter.views.template import RowToWrite, write_filled

ORDER = {"dateCommande": "04/11/2022", "regimeTVA": "TTC", "montantSegurHT": "1075.00", "commandePour": "LIBERAL"}
DOCTOR = {"nomMedecin": "BRUYÈRE", "emailMedecin": "cabinet@medecin.example", "telephoneMedecin": "0199001234"}
SUPPLIER = {"numeroAns": "0123456789", "SIRET": "38042372300028", "profils": "Mailiz"}


def order(reference: str, rpps: str, **changes: str) -> RowToWrite:
    return RowToWrite({"refCommande": reference, **ORDER, **DOCTOR, "RPPS": rpps, **SCENARIO, **changes})


def convert(workbook: Path, out: Path) -> Run:
    return command("convert", workbook, "--no-attachments", "--date", DAY, "--out", out)


@pytest.mark.office
def test_each_round_leaves_only_the_errors_that_remain(tmp_path: Path) -> None:
    filled = tmp_path / "commandes.xlsx"
    rows = [
        order("A", rpps(1)),
        order("B", "9990000002"),
        order("C", rpps(3), regimeTVA="TVA", operateurMessagerie="CH DRACENIE"),
    ]
    write_filled(filled, SUPPLIER, rows)
    first = convert(filled, tmp_path / "out")
    assert (first.counts, first.told) == (
        (1, 0, 2),
        [("O4", "erreur", "longueur-exacte"), ("D5", "erreur", "hors-liste"), ("V5", "erreur", "operateur-inconnu")],
    )

    copy = Path(first.document["annotated"][0])
    corrected = tmp_path / "corrigé.xlsx"
    corrected.write_bytes(saved_by_libreoffice(copy.read_bytes(), tmp_path))
    book = openpyxl.load_workbook(corrected)
    choices = {cell.value for row in book["Listes"].iter_rows() for cell in row}
    assert "CH _28 – CH DE LA DRACENIE" in choices
    book["Demandes"]["O4"] = rpps(2)
    book["Demandes"]["V5"] = "CH _28 – CH DE LA DRACENIE"  # as the dropdown writes it
    book.save(corrected)
    second = convert(corrected, tmp_path / "out")
    assert (second.counts, second.told) == ((1, 1, 1), [("D5", "erreur", "hors-liste")])

    sheet = openpyxl.load_workbook(second.document["annotated"][0])["Demandes"]
    marked = [cell.coordinate for row in sheet.iter_rows(min_row=3) for cell in row if cell.comment]
    assert marked == ["D5"]
    statuts = [sheet.cell(row, 33).value.replace("\u00a0", " ") for row in (3, 4, 5)]
    assert statuts == [
        "Déjà émise : JSON-0123456789-20261122-001.json, demande 00001",
        "Émise : JSON-0123456789-20261122-002, demande 00002",
        "À corriger",
    ]
    assert len([one for one in sheet.data_validations.dataValidation if one.type == "list"]) == 14
