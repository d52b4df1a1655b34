"""Annotating a copy that was annotated before: earlier marks gone, only today's there, and nothing grows."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from annotated import (
    RED,
    SHEET,
    corrected,
    followed,
    load,
    mark,
    packed,
    parts,
    saved_by_libreoffice,
    sheet_xml,
    warned,
    wrong,
)
from handmade import PARTS

FINDINGS = [wrong("A3"), warned("B3"), corrected("C4"), wrong("A1", sheet="Listes"), wrong("2")]
SUIVIS = [followed((3, 4), "À corriger")]


def saved_by_openpyxl(workbook: bytes, _folder: Path) -> bytes:
    stream = io.BytesIO()
    load(workbook).save(stream)
    return stream.getvalue()


def fills(workbook: bytes) -> dict[str, object]:
    """The fill of each cell of « Demandes » that has one, as (theme or colour)."""
    sheet = load(workbook)[SHEET]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.fill.patternType == "solid"]
    return {cell.coordinate: cell.fill.fgColor.value for cell in cells}


def comments(workbook: bytes) -> dict[str, str]:
    sheet = load(workbook)[SHEET]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def test_ten_rounds_are_as_one(tmp_path: Path) -> None:
    first = mark(packed(PARTS), tmp_path, FINDINGS, SUIVIS, header_row=2)
    copy = first
    for _ in range(10):
        copy = mark(copy, tmp_path, FINDINGS, SUIVIS, header_row=2)
    assert parts(copy) == parts(first)


def test_corrected_cells_get_their_own_look_back(tmp_path: Path) -> None:
    copy = mark(packed(PARTS), tmp_path, FINDINGS, SUIVIS, header_row=2)
    assert fills(copy)["A3"] != fills(packed(PARTS))["A3"]
    clean = mark(copy, tmp_path, [], header_row=2)
    assert fills(clean) == fills(packed(PARTS)) | {"B3": 4}  # made for its mark, with its row's look
    assert (
        comments(clean)
        == comments(packed(PARTS))
        == {
            "A3": "Vu avec le cabinet",
            "A4": "[Threaded comment] Relancer",
        }
    )
    for part in ("xl/worksheets/sheet2.xml", "xl/drawings/vmlDrawing1.vml"):
        assert parts(clean)[part] == parts(packed(PARTS))[part]
    assert not [name for name in parts(clean) if "comments2" in name or "vmlDrawing3" in name]
    assert 'hyperlink ref="A3" location="Listes!A1"' in sheet_xml(clean)
    assert sheet_xml(clean).count("<hyperlink ") == 2  # the user's, and the header of « Statut »


def test_only_todays_marks_stand(tmp_path: Path) -> None:
    copy = mark(packed(PARTS), tmp_path, FINDINGS, SUIVIS, header_row=2)
    again = mark(copy, tmp_path, [wrong("B4")], [followed((4,), "À corriger"), followed((3,), "Valide")], header_row=2)
    book = load(again)
    assert fills(again) == {"A3": 4, "A4": 4, "B3": 4, "B4": RED}
    assert [cell.value for cell in book[SHEET]["D"]] == [None, "Statut", "Valide", "À corriger"]
    assert [row[2].value for row in book["Anomalies"].iter_rows(min_row=2)] == ["B"]
    assert book.sheetnames == ["Anomalies", SHEET, "Listes", "Notes d'équipe"]


def without_filter() -> bytes:
    """The hand-made workbook, with neither the filter of « Demandes » nor its name."""
    source = dict(PARTS)
    source["xl/worksheets/sheet1.xml"] = str(PARTS["xl/worksheets/sheet1.xml"]).replace('<autoFilter ref="A2:C4"/>', "")
    names = re.compile(r'<definedName name="_xlnm._FilterDatabase".*?</definedName>')
    source["xl/workbook.xml"] = names.sub("", str(PARTS["xl/workbook.xml"]))
    return packed(source)


def test_ten_rounds_are_as_one_with_a_filter_of_ours(tmp_path: Path) -> None:
    first = mark(without_filter(), tmp_path, FINDINGS, SUIVIS, header_row=2)
    assert load(first)[SHEET].auto_filter.ref == "A2:D4"
    copy = first
    for _ in range(10):
        copy = mark(copy, tmp_path, FINDINGS, SUIVIS, header_row=2)
    assert parts(copy) == parts(first)


@pytest.mark.office
@pytest.mark.parametrize("save", [saved_by_openpyxl, saved_by_libreoffice])
def test_a_filter_of_ours_stays_one_after_another_program_has_saved(
    save: Callable[[bytes, Path], bytes], tmp_path: Path
) -> None:
    copy = without_filter()
    for _ in range(3):
        copy = save(mark(copy, tmp_path, FINDINGS, SUIVIS, header_row=2), tmp_path)
    assert load(copy)[SHEET].auto_filter.ref == "A2:D4"
    names = re.findall(r"<definedName[^>]*_FilterDatabase[^>]*>", parts(copy)["xl/workbook.xml"].decode())
    assert sorted(re.findall(r'localSheetId="(\d)"', " ".join(names))) == ["0", "1"]


@pytest.mark.office
@pytest.mark.parametrize("save", [saved_by_openpyxl, saved_by_libreoffice])
def test_marks_are_known_again_after_another_program_has_saved(
    save: Callable[[bytes, Path], bytes], tmp_path: Path
) -> None:
    source = dict(PARTS)
    source["xl/styles.xml"] = str(PARTS["xl/styles.xml"]).replace('theme="4" tint="0.8"', 'rgb="FFDDEBF7"')
    copy, sizes = packed(source), []
    for _ in range(3):
        copy = save(mark(copy, tmp_path, FINDINGS, SUIVIS, header_row=2), tmp_path)
        sizes.append(len(parts(copy)["xl/styles.xml"]))
    assert sizes[2] == sizes[1]
    clean = mark(copy, tmp_path, [], header_row=2)
    seen = fills(clean)
    assert [seen.get(cell) for cell in ("A3", "B3", "A4", "B4", "C4")] == ["FFDDEBF7"] * 3 + [None, None]
    assert comments(clean)["A3"] == "Vu avec le cabinet"
    book = load(clean)
    assert book.sheetnames == ["Anomalies", SHEET, "Listes", "Notes d'équipe"]
    assert [cell.value for cell in book[SHEET][2]][:5] == ["refCommande", "RPPS", "montantSegurHT", "Statut"]


def test_statut_is_found_where_the_user_has_moved_it(tmp_path: Path) -> None:
    copy = mark(packed(PARTS), tmp_path, [], SUIVIS, header_row=2)
    book = load(copy)
    sheet = book[SHEET]
    for row in range(2, 5):
        sheet.cell(row, 6).value, sheet.cell(row, 4).value = sheet.cell(row, 4).value, None
    sheet["D2"].hyperlink = None
    sheet["D2"] = "Notes"
    book.defined_names["_converter_statut"].attr_text = "'Demandes'!$F$2"
    stream = io.BytesIO()
    book.save(stream)
    again = load(mark(stream.getvalue(), tmp_path, [], SUIVIS, header_row=2))[SHEET]
    assert [cell.value for cell in again[2]] == ["refCommande", "RPPS", "montantSegurHT", "Notes", None, "Statut"]
    assert [cell.value for cell in again[3]][3:] == [None, None, "À corriger"]


def test_a_program_that_drops_our_names_does_not_hide_our_marks(tmp_path: Path) -> None:
    copy = mark(packed(PARTS), tmp_path, FINDINGS, SUIVIS, header_row=2)
    book = load(copy)
    for name in [name for name in book.defined_names if name.startswith("_converter_")]:
        del book.defined_names[name]
    stream = io.BytesIO()
    book.save(stream)
    again = load(mark(stream.getvalue(), tmp_path, [], SUIVIS, header_row=2))
    assert again.sheetnames == ["Anomalies", SHEET, "Listes", "Notes d'équipe"]
    assert [cell.value for cell in again[SHEET][2]] == ["refCommande", "RPPS", "montantSegurHT", "Statut"]


def test_a_sheet_of_the_users_called_anomalies_is_left_alone(tmp_path: Path) -> None:
    theirs = {name: text.replace(b"Notes d'\xc3\xa9quipe", b"Anomalies") for name, text in parts(packed(PARTS)).items()}
    copy = mark(packed(theirs), tmp_path, FINDINGS, header_row=2)
    for _ in range(2):
        book = load(copy)
        assert book.sheetnames == ["Anomalies (2)", SHEET, "Listes", "Anomalies"]
        assert book["Anomalies"]["A1"].value == "à rappeler"
        copy = mark(copy, tmp_path, FINDINGS, header_row=2)


def test_a_text_that_looks_like_a_format_is_left_alone(tmp_path: Path) -> None:
    text = ' s="4" s="5" s="6" s="7" s="8" s="9" s="10" s="11" s="12" s="13" s="14" s="15" <c r="A1" s="12"'
    typed = text.replace("<", "&lt;")
    source = {**PARTS, "xl/worksheets/sheet1.xml": str(PARTS["xl/worksheets/sheet1.xml"]).replace("Commandes", typed)}
    copy = packed(source)
    for _ in range(2):
        copy = mark(copy, tmp_path, FINDINGS, SUIVIS, header_row=2)
    assert load(copy)[SHEET]["A1"].value == text
