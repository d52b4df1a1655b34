"""What the user sees in the annotated copy: colours, comments, « Statut », « Anomalies »."""

import io
import re
from pathlib import Path

import pytest
import xlsxwriter
from annotated import BLUE, ORANGE, RED, SHEET, corrected, followed, load, mark, packed, parts, sheet_xml, warned, wrong
from openpyxl.worksheet.worksheet import Worksheet

from converter.findings import Finding

HEADER = ["Feuille", "Ligne", "Colonne", "Balise", "Valeur", "Gravité", "Code", "Message", "Remède"]


def workbook(rows: list[list[str | float]], filtered: bool = False) -> bytes:
    """A sheet « Demandes » with a bold header and cells in text format with borders, from column A and row 1."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet(SHEET)
    framed = book.add_format({"num_format": "@", "border": 1, "italic": True, "align": "right", "locked": False})
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row, framed if number else book.add_format({"bold": True}))
    if filtered:
        sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    book.close()
    return stream.getvalue()


ROWS: list[list[str | float]] = [["refCommande", "RPPS", "montantSegurHT"], ["BC-1", "999", 10], ["BC-2", "998", 20]]


def opened(copy: bytes, sheet: str = SHEET) -> Worksheet:
    return load(copy)[sheet]


def test_each_severity_has_its_colour_and_the_rest_of_the_format_stays(tmp_path: Path) -> None:
    source = workbook(ROWS)
    sheet, before = opened(mark(source, tmp_path, [wrong("A2"), warned("B2"), corrected("C3")])), opened(source)
    assert [sheet[cell].fill.fgColor.rgb for cell in ("A2", "B2", "C3")] == [RED, ORANGE, BLUE]
    assert sheet["C2"].fill.patternType is None
    for cell in ("A2", "B2", "C3"):
        for aspect in ("number_format", "border", "font", "alignment", "protection"):
            assert repr(getattr(sheet[cell], aspect)) == repr(getattr(before[cell], aspect))


def test_a_cell_with_several_findings_has_the_worst_colour_and_one_comment(tmp_path: Path) -> None:
    sheet = opened(mark(workbook(ROWS), tmp_path, [corrected("B2", "a"), wrong("B2", "bb"), warned("B2", "ccc")]))
    assert sheet["B2"].fill.fgColor.rgb == RED
    said = sheet["B2"].comment.text
    assert said.startswith("[Convertisseur JSON-MDV]\nÀ corriger : « Numéro RPPS » doit compter 11")
    assert said.index("À corriger") < said.index("À vérifier") < said.index("Corrigé pour vous")
    assert "→ Vérifiez-le." in said


def test_a_missing_cell_is_made_in_its_place(tmp_path: Path) -> None:
    rows = [["refCommande", "RPPS", "FINESSGeo", "nomMedecin"], ["BC-1", "", "", "X"]]
    sheet = opened(mark(workbook([list(row) for row in rows]), tmp_path, [wrong("B2"), wrong("C2"), wrong("B7")]))
    assert [sheet[cell].fill.fgColor.rgb for cell in ("B2", "C2", "B7")] == [RED, RED, RED]
    assert [cell.value for cell in sheet[2]][:4] == ["BC-1", None, None, "X"]


def test_statut_stands_after_the_last_column_and_in_the_filter(tmp_path: Path) -> None:
    fates = [followed((2,), "À corriger"), followed((3,), "Émise : JSON-0123456789-20261122-001.json, demande 00012")]
    copy = mark(workbook(ROWS, filtered=True), tmp_path, [wrong("B2")], fates)
    sheet = opened(copy)
    assert [cell.value for cell in sheet["D"]] == [
        "Statut",
        "À corriger",
        "Émise : JSON-0123456789-20261122-001.json, demande 00012",
    ]
    assert sheet.auto_filter.ref == "A1:D3"
    assert sheet.dimensions == "A1:D3"
    assert sheet["D1"].font.b


def filter_names(copy: bytes) -> list[str]:
    """The hidden names of filters, as (sheet's place, range)."""
    return re.findall(r'"_xlnm._FilterDatabase" localSheetId="(\d)" hidden="1">(.*?)<', book_xml(copy))


def book_xml(copy: bytes) -> str:
    return parts(copy)["xl/workbook.xml"].decode()


def test_a_sheet_without_filter_gets_one_over_its_headers_and_statut(tmp_path: Path) -> None:
    rows = [["", "Commandes de novembre", ""], ["", "refCommande", "RPPS"], ["", "BC-1", "999"], ["", "BC-2", "998"]]
    copy = mark(workbook(rows), tmp_path, [], [followed((3, 4), "Valide")], header_row=2)  # type: ignore[arg-type]
    assert opened(copy).auto_filter.ref == "B2:D4"
    assert ("1", "'Demandes'!$B$2:$D$4") in filter_names(copy)
    xml = sheet_xml(copy)
    assert xml.index("</sheetData>") < xml.index("<autoFilter") < xml.index("<hyperlinks") < xml.index("<pageMargins")


def test_the_filter_follows_added_rows_and_never_grows_by_itself(tmp_path: Path) -> None:
    first = mark(workbook([*ROWS, ["BC-3", "997", 30]]), tmp_path, [], [followed((2, 3), "Valide")])
    assert opened(first).auto_filter.ref == "A1:D3"
    copy = first
    for _ in range(3):
        copy = mark(copy, tmp_path, [], [followed((2, 3), "Valide")])
    assert parts(copy) == parts(first)
    longer = mark(copy, tmp_path, [], [followed((2, 3, 4), "Valide")])
    assert opened(longer).auto_filter.ref == "A1:D4"
    assert [name for name in filter_names(longer) if name[0] == "1"] == [("1", "'Demandes'!$A$1:$D$4")]


def test_the_name_that_a_removed_filter_has_left_is_not_doubled(tmp_path: Path) -> None:
    source = packed(
        {name: re.sub(rb"<autoFilter .*?/>", b"", xml) for name, xml in parts(workbook(ROWS, filtered=True)).items()}
    )
    copy = mark(source, tmp_path, [], [followed((2, 3), "Valide")])
    assert [name for name in filter_names(copy) if name[0] == "1"] == [("1", "'Demandes'!$A$1:$D$3")]


def test_a_table_filters_by_itself(tmp_path: Path) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet(SHEET)
    columns = [{"header": "refCommande"}, {"header": "RPPS"}]
    sheet.add_table("A1:B3", {"data": [["BC-1", "999"], ["BC-2", "998"]], "columns": columns})
    book.close()
    copy = mark(stream.getvalue(), tmp_path, [], [followed((2, 3), "Valide")])
    assert opened(copy).auto_filter.ref is None
    assert [name for name in filter_names(copy) if name[0] == "1"] == []


def test_without_any_statut_there_is_nothing_to_filter(tmp_path: Path) -> None:
    assert opened(mark(workbook(ROWS), tmp_path, [])).auto_filter.ref is None


def test_statut_never_covers_what_stands_beside_the_table(tmp_path: Path) -> None:
    rows = [*ROWS, ["BC-3", "997", 30, "à rappeler"]]
    sheet = opened(mark(workbook(rows), tmp_path, [wrong("B2")], [followed((2, 4), "À corriger")]))
    assert sheet["D4"].value == "à rappeler"
    assert [sheet["E1"].value, sheet["E2"].value, sheet["E4"].value] == ["Statut", "À corriger", "À corriger"]


def test_a_statut_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    rows = [["refCommande", "Statut"], ["BC-1", "payé"]]
    sheet = opened(mark(workbook([list(row) for row in rows]), tmp_path, [wrong("A2")], [followed((2,), "À corriger")]))
    assert [cell.value for cell in sheet[1]] == ["refCommande", "Statut", "Statut (convertisseur)"]
    assert [cell.value for cell in sheet[2]] == ["BC-1", "payé", "À corriger"]


def test_anomalies_comes_first_with_errors_before_warnings_before_corrections(tmp_path: Path) -> None:
    findings = [corrected("A2"), warned("B3"), wrong("C3", "x"), wrong("B2", "y"), warned("")]
    book = load(mark(workbook(ROWS), tmp_path, findings))
    assert book.sheetnames == ["Anomalies", SHEET]
    assert book.active is not None
    assert book.active.title == "Anomalies"
    sheet = book["Anomalies"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0] == HEADER
    assert [line[:7] for line in lines[1:]] == [
        [SHEET, 2, "B", "RPPS", "y", "erreur", "longueur-exacte"],
        [SHEET, 3, "C", "RPPS", "x", "erreur", "longueur-exacte"],
        [None, None, None, "RPPS", "999", "avertissement", "longueur-exacte"],
        [SHEET, 3, "B", "RPPS", "999", "avertissement", "longueur-exacte"],
        [SHEET, 2, "A", "RPPS", "999", "correction", "longueur-exacte"],
    ]
    assert lines[1][8] == "Vérifiez-le."
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:I6"


def test_links_lead_to_each_cell_and_back(tmp_path: Path) -> None:
    copy = mark(workbook(ROWS), tmp_path, [wrong("B2"), wrong("3")], [followed((2, 3), "À corriger")])
    assert opened(copy, "Anomalies")["A2"].hyperlink.location == "'Demandes'!B2"
    assert opened(copy, "Anomalies")["A3"].hyperlink.location == "'Demandes'!A3"
    back = {cell: opened(copy)[cell].hyperlink.location for cell in ("D1", "D2", "D3")}
    assert back == {"D1": "'Anomalies'!A1", "D2": "'Anomalies'!A2", "D3": "'Anomalies'!A3"}


@pytest.mark.parametrize(
    "value", ["=1+1", "+33", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "<f>1</f>", "&amp;"]
)
def test_text_never_becomes_a_formula(tmp_path: Path, value: str) -> None:
    copy = mark(workbook(ROWS), tmp_path, [wrong("B2", value)], [followed((2,), value)])
    for cell in (opened(copy, "Anomalies")["E2"], opened(copy)["D2"]):
        assert cell.data_type == "s"
        assert cell.value.strip() == value.strip()
        assert cell.quotePrefix
    assert "<f>" not in sheet_xml(copy) + sheet_xml(copy, "Anomalies")


def test_what_xml_or_excel_cannot_hold_is_left_out(tmp_path: Path) -> None:
    sheet = opened(
        mark(workbook(ROWS), tmp_path, [wrong("A2", "a\x00\x0b\ud800b"), wrong("B2", "é" * 40_000)]), "Anomalies"
    )
    assert sheet["E2"].value == "ab"
    assert sheet["E3"].value == "é" * 32_767
    literal = mark(workbook(ROWS), tmp_path, [wrong("A2", "_x0041_")])
    assert ">_x005F_x0041_<" in sheet_xml(literal, "Anomalies")


def test_a_copy_where_everything_is_wrong_stays_within_excels_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.views.annotate.marking.MOST_COMMENTS", 20)
    monkeypatch.setattr("converter.views.annotate.anomalies_sheet.MOST_LINKS", 50)
    rows: list[list[str | float]] = [["refCommande", "RPPS"], *([f"BC-{n}", "999"] for n in range(60))]
    findings: list[Finding] = [wrong(f"{letter}{row}") for row in range(2, 62) for letter in "AB"]
    fates = [followed(range(2, 62), "À corriger")]
    copy = mark(workbook(rows), tmp_path, findings, fates)
    sheet, listed = opened(copy), opened(copy, "Anomalies")
    assert all(sheet[f"{letter}{row}"].fill.fgColor.rgb == RED for row in range(2, 62) for letter in "AB")
    assert sum(cell.comment is not None for row in sheet.iter_rows() for cell in row) == 20
    assert sheet_xml(copy, "Anomalies").count("<hyperlink ") == 50
    assert sheet_xml(copy).count("<hyperlink ") == 50
    assert listed.max_row == 1 + 120 + 2
    assert {row[6].value for row in listed.iter_rows(min_row=2)} == {
        "longueur-exacte",
        "copie-commentaires-limites",
        "copie-liens-limites",
    }
