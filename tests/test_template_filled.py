"""The workbook filled in: real dates and amounts, text that never becomes a formula, what to correct pointed out."""

import re
import zipfile
from datetime import datetime
from pathlib import Path

import office
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from converter.views.template import RowToWrite, write_filled, write_template

RED = "00FFC7CE"

CABINET = RowToWrite(
    {
        "refCommande": "2022-11",
        "dateCommande": "04/11/2022",
        "regimeTVA": "TTC",
        "montantSegurHT": "1075.00",
        "commandePour": "LIBERAL",
        "nomMedecin": "L'HAŸ",
        "telephoneMedecin": "0144556677",
        "RPPS": "01234567890",
        "operateurMessagerie": "CH _28",
        "isDirecToDMP": "OUI",
    }
)


def filled(tmp_path: Path, *rows: RowToWrite) -> Worksheet:
    path = tmp_path / "lot-a-corriger.xlsx"
    write_filled(path, {"numeroAns": "0123456789", "SIRET": "38042372300028"}, rows)
    return load_workbook(path)["Demandes"]


def highlighted(sheet: Worksheet, row: int) -> list[str]:
    return [cell.coordinate for cell in sheet[row] if cell.fill.start_color.rgb == RED]


def test_values_are_written_as_what_they_are(tmp_path: Path) -> None:
    sheet = filled(tmp_path, CABINET)
    assert sheet["A3"].value == "2022-11"
    assert sheet["C3"].value == datetime(2022, 11, 4)  # noqa: DTZ001
    assert (sheet["E3"].value, sheet["E3"].data_type) == (1075, "n")
    assert (sheet["O3"].value, sheet["O3"].data_type) == ("01234567890", "s")
    assert sheet["N3"].value == "0144556677"
    assert sheet["V3"].value == "CH _28 – CH DE LA DRACENIE"
    assert sheet["X3"].value == "OUI"
    assert [sheet[at].number_format for at in ("A3", "C3", "E3", "O3")] == ["@", "dd/mm/yyyy", "#,##0.00", "@"]


def test_the_supplier_is_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "rempli.xlsx"
    write_filled(path, {"SIRET": "38042372300028", "numeroAns": "0123456789", "profils": "Mailiz"}, [])
    sheet = load_workbook(path)["Paramètres"]
    assert [sheet[f"B{row}"].value for row in range(2, 6)] == ["0123456789", "38042372300028", "Mailiz", None]


def test_the_cell_that_the_portal_names_is_red_and_commented(tmp_path: Path) -> None:
    row = RowToWrite(CABINET.values, highlight="RPPS", note="Le RPPS est inconnu.")
    sheet = filled(tmp_path, CABINET, row)
    assert highlighted(sheet, 3) == []
    assert highlighted(sheet, 4) == ["O4"]
    assert sheet["O4"].comment.text == "Le RPPS est inconnu."


def test_an_empty_cell_may_be_the_wrong_one(tmp_path: Path) -> None:
    sheet = filled(tmp_path, RowToWrite(CABINET.values, highlight="emailMedecin", note="Courriel absent."))
    assert highlighted(sheet, 3) == ["M3"]
    assert sheet["M3"].comment.text == "Courriel absent."


def test_without_a_cell_the_whole_row_is_red_and_its_first_cell_commented(tmp_path: Path) -> None:
    sheet = filled(tmp_path, RowToWrite(CABINET.values, note="Demande en double."))
    assert len(highlighted(sheet, 3)) == 32
    assert sheet["A3"].comment.text == "Demande en double."
    assert sheet["E3"].number_format == "#,##0.00"


@pytest.mark.parametrize("text", ["=1+1", "+33144556677", "-5", "@SUM(A1)", "#N/A", '=HYPERLINK("http://x")'])
def test_text_never_becomes_a_formula_nor_an_error_value(tmp_path: Path, text: str) -> None:
    sheet = filled(tmp_path, RowToWrite({"refCommande": text, "nomMedecin": text, "operateurMessagerie": text}))
    for at in ("A3", "L3", "V3"):
        assert (sheet[at].value, sheet[at].data_type) == (text, "s")
        assert bool(sheet[at].quotePrefix) == text.startswith(("=", "+", "-", "@"))


def test_a_value_that_is_no_date_or_amount_stays_text(tmp_path: Path) -> None:
    sheet = filled(tmp_path, RowToWrite({"dateCommande": "31/02/2022", "montantSegurHT": "=9", "nomMedecin": "A\x07B"}))
    assert [sheet[at].value for at in ("C3", "E3", "L3")] == ["31/02/2022", "=9", "AB"]
    assert [sheet[at].data_type for at in ("C3", "E3")] == ["s", "s"]


def test_control_characters_of_a_note_are_dropped(tmp_path: Path) -> None:
    sheet = filled(tmp_path, RowToWrite(CABINET.values, highlight="RPPS", note="refus\x00é"))
    assert sheet["O3"].comment.text == "refusé"


def test_beyond_2000_rows_dropdowns_follow(tmp_path: Path) -> None:
    sheet = filled(tmp_path, *[RowToWrite({"refCommande": "A", "RPPS": "10000000000"})] * 2500)
    ranges = [str(one.sqref) for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert "D3:D2502" in ranges
    assert sheet.auto_filter.ref == "A2:AF2502"
    assert sheet["A2502"].value == "A"


def test_it_opens_on_demandes_and_only_there(tmp_path: Path) -> None:
    path = tmp_path / "rempli.xlsx"
    write_filled(path, {}, [CABINET])
    workbook = load_workbook(path)
    assert workbook.active.title == "Demandes"
    assert [sheet.title for sheet in workbook if sheet.sheet_view.tabSelected] == ["Demandes"]


@pytest.mark.office
def test_saved_by_libreoffice_it_keeps_its_dropdowns_formats_and_version(tmp_path: Path) -> None:
    write_template(tmp_path / "modele.xlsx")
    saved = tmp_path / "libreoffice"
    office.convert([tmp_path / "modele.xlsx"], saved, "xlsx")
    with zipfile.ZipFile(saved / "modele.xlsx") as package:
        requests = package.read("xl/worksheets/sheet3.xml").decode()
        names = package.read("xl/workbook.xml").decode()
    dropdowns = re.findall(r'sqref="([A-Z]+)3:[^"]*" type="list"><formula1>(\w+)</formula1>', requests)
    assert sorted(dropdowns) == sorted(
        [("D", "liste_regimeTVA"), ("F", "liste_commandePour"), ("V", "liste_operateurMessagerie")]
        + [(letter, "liste_oui_non") for letter in ("G", "H", "U", "W", "X", "Y", "Z", "AA", "AB", "AC", "AF")]
    )
    assert re.search(r'name="liste_operateurMessagerie"[^>]*>Listes!\$E\$2:\$E\$356<', names)
    assert re.search(r'name="modele_mdv_lgc_version"[^>]*>&quot;1&quot;<', names)
    sheet = load_workbook(saved / "modele.xlsx")["Demandes"]
    assert sheet.column_dimensions["C"].number_format == "dd/mm/yyyy"
    assert len(sheet.conditional_formatting) == 14
    assert sheet.auto_filter.ref == "A2:AF2002"
