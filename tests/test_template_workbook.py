"""The workbook to fill: its columns, lists, formats and looks, as openpyxl and the package's XML show them."""

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from samples.spec import COLUMNS, letters

from converter.findings import Refusal
from converter.format.template_files import template_path
from converter.views.template import write_template
from converter.views.template.demandes_sheet import FIRST, HEADER

YES_NO = (
    "isMandataire", "isClientUnique", "isCentreDeSante", "isProSanteConnectNeeded", "isDirecToDMP", "isPFIToDMP",
    "isDirectToMSSPro", "isPFIToMSSPro", "isDirectToMSSCitoyen", "isPFIToMSSCitoyen", "commandeDistincte",
)  # fmt: skip

LISTS = dict.fromkeys(YES_NO, "liste_oui_non") | {
    "regimeTVA": "liste_regimeTVA",
    "commandePour": "liste_commandePour",
    "operateurMessagerie": "liste_operateurMessagerie",
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("modele") / "modele.xlsx"
    write_template(path)
    return path


@pytest.fixture(scope="module")
def workbook(path: Path) -> Workbook:
    return load_workbook(path)


@pytest.fixture(scope="module")
def requests(workbook: Workbook) -> Worksheet:
    return workbook["Demandes"]


def prompts(sheet: Worksheet, row: int) -> dict[str, str]:
    """Column letters → title of the input message of the cell on `row`."""
    shown = {}
    for validation in sheet.data_validations.dataValidation:
        for cells in validation.sqref.ranges:
            if validation.showInputMessage and cells.min_row <= row <= cells.max_row:
                shown[cells.coord.split(":")[0].rstrip("0123456789")] = validation.promptTitle
    return shown


def test_the_four_sheets(workbook: Workbook) -> None:
    assert workbook.sheetnames == ["Mode d'emploi", "Paramètres", "Demandes", "Listes"]


def test_columns_stand_in_the_order_of_the_interface(requests: Worksheet) -> None:
    expected = {letters(tag): tag for tag in COLUMNS}
    assert requests.max_column == 32
    assert prompts(requests, HEADER) == expected
    assert prompts(requests, FIRST) == expected
    assert prompts(requests, 2002) == expected


def test_the_header_is_in_french_with_needed_columns_marked(requests: Worksheet) -> None:
    header = {tag: requests[f"{letters(tag)}{HEADER}"].value for tag in COLUMNS}
    assert header["refCommande"] == "Référence du bon de commande *"
    assert header["numeroEditeur"] == "Numéro éditeur"
    assert header["dateCommande"] == "Date de commande *"
    assert header["RPPS"] == "Numéro RPPS *"
    assert header["operateurMessagerie"] == "Opérateur de messagerie"
    assert header["bonCommande"] == "Fichier du bon de commande *"


def test_blocks_are_titled_and_banded(requests: Worksheet) -> None:
    merged = sorted(str(one) for one in requests.merged_cells.ranges)
    assert merged == ["A1:B1", "AD1:AE1", "C1:E1", "F1:K1", "L1:O1", "P1:T1", "U1:AC1"]
    assert requests["C1"].value == "Commande"
    assert requests["C2"].fill.start_color.rgb == requests["E2"].fill.start_color.rgb
    assert requests["E2"].fill.start_color.rgb != requests["F2"].fill.start_color.rgb


@pytest.mark.parametrize("row", [1, 2])
def test_titles_and_header_are_readable_on_their_background(requests: Worksheet, row: int) -> None:
    for cell in requests[row]:
        if cell.value:
            ink = cell.font.color.rgb if cell.font.color and cell.font.color.type == "rgb" else "00000000"
            assert contrast(ink, cell.fill.start_color.rgb) >= 4.5, cell.coordinate


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two aRGB colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(argb: str) -> float:
    parts = [int(argb[at : at + 2], 16) / 255 for at in (2, 4, 6)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_closed_list_has_a_dropdown_by_defined_name(requests: Worksheet) -> None:
    dropdowns = {
        str(one.sqref): (one.formula1, one.errorStyle)
        for one in requests.data_validations.dataValidation
        if one.type == "list"
    }
    assert dropdowns == {f"{letters(tag)}3:{letters(tag)}2002": (name, "warning") for tag, name in LISTS.items()}


@pytest.mark.parametrize(
    ("name", "first", "last", "count"),
    [
        ("liste_oui_non", "OUI", "NON", 2),
        ("liste_regimeTVA", "TTC", "HT", 2),
        ("liste_commandePour", "LIBERAL", "STRUCTURE", 2),
        ("liste_profils", "Centre de santé", "Centre de santé ; Mailiz", 3),
        ("liste_operateurMessagerie", "GIP_1 – GIP MIPIH", "SOI_355 – SOINS SERVICE", 355),
    ],
)
def test_each_list_holds_its_values(workbook: Workbook, name: str, first: str, last: str, count: int) -> None:
    ((sheet, cells),) = workbook.defined_names[name].destinations
    values = [row[0].value for row in workbook[sheet][cells.replace("$", "")]]
    assert (sheet, values[0], values[-1], len(values)) == ("Listes", first, last, count)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("refCommande", "@"),
        ("numeroEditeur", "@"),
        ("dateCommande", "dd/mm/yyyy"),
        ("montantSegurHT", "#,##0.00"),
        ("telephoneMandataire", "@"),
        ("telephoneMedecin", "@"),
        ("RPPS", "@"),
        ("FINESSJuridique", "@"),
        ("telephoneResponsable", "@"),
        ("FINESSGeo", "@"),
        ("bonCommande", "@"),
    ],
)
def test_columns_have_the_format_of_what_they_hold(requests: Worksheet, tag: str, expected: str) -> None:
    assert requests.column_dimensions[letters(tag)].number_format == expected


def test_lengths_dates_and_amounts_are_only_warned_about(requests: Worksheet) -> None:
    checks = {
        str(one.sqref): (one.type, one.operator, one.formula1, one.errorStyle)
        for one in requests.data_validations.dataValidation
        if one.type not in (None, "none", "list")
    }
    assert checks["O3:O2002"] == ("textLength", "equal", "11", "warning")
    assert checks["T3:T2002"] == ("textLength", "equal", "9", "warning")
    assert checks["L3:L2002"] == ("textLength", "lessThan", "50", "warning")
    assert checks["M3:M2002"] == ("textLength", "lessThan", "150", "warning")
    assert checks["C3:C2002"] == ("date", "lessThanOrEqual", "TODAY()", "warning")
    assert checks["E3:E2002"] == ("decimal", "greaterThan", "0", "warning")


def test_cells_that_do_not_apply_are_greyed_and_red_where_filled_all_the_same(requests: Worksheet) -> None:
    rules = {
        str(cells.sqref): [(rule.formula[0], rule.dxf.fill is not None) for rule in rules]
        for cells, rules in requests.conditional_formatting._cf_rules.items()
    }
    not_concerned = {
        **dict.fromkeys("GHLMNO", 'OR($F3="STRUCTURE")'),
        **dict.fromkeys("IJK", 'OR($F3="STRUCTURE",$G3="NON",$H3="OUI")'),
        **dict.fromkeys("PQRST", 'OR($F3="LIBERAL")'),
    }
    filled = {letter: f'{letter}3="OUI"' if letter in "GH" else f'{letter}3<>""' for letter in not_concerned}
    assert rules == {
        f"{letter}3:{letter}2002": [
            (f"AND({reason},NOT({filled[letter]}))", True),
            (f"AND({reason},{filled[letter]})", False),
        ]
        for letter, reason in not_concerned.items()
    }


def test_header_and_reference_stay_in_sight_and_are_printed_on_each_page(requests: Worksheet) -> None:
    assert requests.freeze_panes == "C3"
    assert requests.print_title_rows == "$1:$2"
    assert requests.page_setup.orientation == "landscape"


def test_the_header_filters_all_the_room_for_requests(requests: Worksheet, path: Path) -> None:
    assert requests.auto_filter.ref == "A2:AF2002"
    book = zipfile.ZipFile(path).read("xl/workbook.xml").decode()
    assert re.findall(r'"_xlnm._FilterDatabase"[^>]*localSheetId="2"[^>]*>(.*?)<', book) == ["'Demandes'!$A$2:$AF$2002"]


def test_an_empty_template_has_no_row_under_its_header(path: Path) -> None:
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet3.xml").decode()
    assert re.findall(r'<row r="(\d+)"', sheet) == ["1", "2"]


def test_parametres_has_a_line_a_value_and_keeps_text(workbook: Workbook) -> None:
    sheet = workbook["Paramètres"]
    assert [sheet.cell(row, 1).value for row in range(2, 7)] == ["numeroAns", "SIRET", "profils", "preuveHT", None]
    assert [sheet.cell(row, 2).number_format for row in range(2, 6)] == ["@"] * 4
    (profiles,) = sheet.data_validations.dataValidation
    assert (str(profiles.sqref), profiles.formula1) == ("B4", "liste_profils")


def test_mode_emploi_has_ten_steps_both_examples_links_and_version(workbook: Workbook) -> None:
    sheet = workbook["Mode d'emploi"]
    texts = [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]
    assert len([text for text in texts if re.match(r"\d+\. ", text)]) == 10
    assert texts[1].startswith("Modèle, version 1 ")
    for shown in ("88888888888", "77777777777", "66666666666", "LEFÈVRE", "D'ALMEIDA", "1\u00a0075,00"):
        assert shown in texts
    for shown in ("111111111", "777777777", "888888888", "999999999", "10\u00a0750,00", "CH _28 – CH DE LA DRACENIE"):
        assert shown in texts
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Paramètres'!A1", "'Demandes'!A1", "'Listes'!A1"]


def test_the_version_is_read_back_from_its_defined_name(path: Path) -> None:
    parts = zipfile.ZipFile(path)
    assert '<definedName name="modele_mdv_lgc_version">"1"</definedName>' in parts.read("xl/workbook.xml").decode()


def test_excel_limits_on_messages_are_kept(workbook: Workbook) -> None:
    for sheet in workbook:
        for one in sheet.data_validations.dataValidation:
            assert len(one.promptTitle or "") <= 32
            assert len(one.prompt or "") < 255, one.prompt
            assert len(one.errorTitle or "") <= 32
            assert len(one.error or "") <= 255


def test_two_writings_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "autre.xlsx")
    assert (tmp_path / "autre.xlsx").read_bytes() == path.read_bytes()


def test_the_kept_template_is_up_to_date(path: Path) -> None:
    """If it is not: delete templates/modele-mdv-lgc.xlsx, then `converter template templates/modele-mdv-lgc.xlsx`."""
    with zipfile.ZipFile(path) as made, zipfile.ZipFile(template_path("modele-mdv-lgc.xlsx")) as kept:
        assert kept.namelist() == made.namelist()
        for part in made.namelist():
            assert kept.read(part) == made.read(part), part


def test_it_is_small(path: Path) -> None:
    assert path.stat().st_size < 60_000


def test_another_file_is_never_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "mien.xlsx"
    mine.write_bytes(b"a moi")
    with pytest.raises(Refusal, match=r"mien\.xlsx\u00a0» existe déjà"):
        write_template(mine)
    assert mine.read_bytes() == b"a moi"
    assert [one.name for one in tmp_path.iterdir()] == ["mien.xlsx"]


def test_its_folder_is_made(tmp_path: Path) -> None:
    write_template(tmp_path / "nouveau" / "modele.xlsx")
    assert (tmp_path / "nouveau" / "modele.xlsx").is_file()


def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_bytes(b"")
    with pytest.raises(Refusal, match="On ne peut pas écrire dans le dossier"):
        write_template(tmp_path / "fichier" / "modele.xlsx")
