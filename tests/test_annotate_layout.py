"""Where « Statut » stands, and what happens to what the user has put or typed there."""

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from annotated import RED, SHEET, followed, load, mark, packed, parts, sheet_part, sheet_xml, warned, wrong
from excel_save import saved_by_excel
from feature_workbooks import (
    HEADINGS,
    changed,
    hidden_columns,
    in_sheet,
    linked,
    merged,
    own_statut_after_a_blank,
    ruled_cells,
    table,
    table_without_headings,
    written,
)
from opened_package import Opened, problems
from openpyxl.worksheet.worksheet import Worksheet

FOLLOWED = [followed((2, 3), "À corriger")]


def copied(source: bytes, folder: Path) -> Worksheet:
    return load(mark(source, folder, [wrong("B2")], FOLLOWED))[SHEET]


@pytest.mark.parametrize(
    ("fill", "column"),
    [(merged, "F"), (hidden_columns, "F"), (ruled_cells, "D"), (table, "D"), (table_without_headings, "F")],
)
def test_statut_stands_in_the_first_column_where_it_shows(fill: Any, column: str, tmp_path: Path) -> None:
    sheet = copied(written(fill), tmp_path)
    assert [sheet[f"{column}{row}"].value for row in (1, 2, 3)] == ["Statut", "À corriger", "À corriger"]
    assert not sheet.column_dimensions[column].hidden


def test_a_title_merged_above_the_headings_does_not_push_statut_away(tmp_path: Path) -> None:
    def titled(_book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.merge_range("A1:J1", "Commandes de novembre")
        sheet.write_row(1, 0, HEADINGS)
        sheet.write_row(2, 0, ["BC-1", "999", 10])

    source = written(titled, orders=False)
    sheet = load(mark(source, tmp_path, [wrong("B3")], [followed((3,), "À corriger")], header_row=2))[SHEET]
    assert [sheet["D2"].value, sheet["D3"].value] == ["Statut", "À corriger"]


def test_a_table_takes_statut_in_and_filters_on_it(tmp_path: Path) -> None:
    source = written(table)
    copy = mark(source, tmp_path, [wrong("B2")], FOLLOWED)
    for _ in range(3):
        taken_in = load(copy)[SHEET].tables["Commandes"]
        assert (taken_in.ref, taken_in.autoFilter.ref) == ("A1:D5", "A1:D5")
        assert [one.name for one in taken_in.tableColumns] == [*HEADINGS, "Statut"]
        assert len({one.id for one in taken_in.tableColumns}) == 4
        copy = mark(saved_by_excel(copy), tmp_path, [wrong("B2")], FOLLOWED)


def test_a_table_fed_by_a_query_is_left_as_it_is(tmp_path: Path) -> None:
    source = changed(
        written(table), {"xl/tables/table1.xml": lambda xml: xml.replace(" ref=", ' tableType="queryTable" ref=', 1)}
    )
    copy = mark(source, tmp_path, [wrong("B2")], FOLLOWED)
    assert parts(copy)["xl/tables/table1.xml"] == parts(source)["xl/tables/table1.xml"]
    assert load(copy)[SHEET]["D1"].value == "Statut"


def test_ruled_cells_under_statut_keep_their_look(tmp_path: Path) -> None:
    source = written(ruled_cells)
    copy = mark(source, tmp_path, [wrong("B2")], FOLLOWED)
    for follow in (FOLLOWED, [followed((3,), "Émise")], []):
        copy = mark(saved_by_excel(copy), tmp_path, [wrong("B9")], follow)
        sheet, before = load(copy)[SHEET], load(source)[SHEET]
        for row in range(1, 13):
            assert repr(sheet[f"D{row}"].border) == repr(before[f"D{row}"].border)
            assert sheet[f"D{row}"].fill.fgColor.rgb == "FFFFF2CC"
    assert [cell.value for cell in sheet["D"] if cell.value] == ["Statut", "À corriger"]


def test_the_title_is_the_same_at_each_run_beside_a_statut_of_the_users(tmp_path: Path) -> None:
    copy = mark(written(own_statut_after_a_blank), tmp_path, [wrong("B2")], FOLLOWED)
    for _ in range(3):
        assert [cell.value for cell in load(copy)[SHEET][1]][3:] == [None, "Statut", "Statut (convertisseur)"]
        copy = mark(copy, tmp_path, [wrong("B2")], FOLLOWED)


def with_formulas(workbook: bytes, cells: dict[str, str]) -> bytes:
    """The workbook as Excel saves it once a person has typed formulas in some cells (`sheet!address`)."""
    chain = "".join(f'<c r="{one.rpartition("!")[2]}" i="{number}"/>' for one, number in _sheet_ids(workbook, cells))
    edits = {}
    for place, formula in cells.items():
        sheet, _, address = place.rpartition("!")
        cell = f'<c r="{address}"><f>{formula}</f><v>1</v></c>'
        edits[sheet_part(workbook, sheet)] = lambda xml, address=address, cell=cell: re.sub(
            rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', cell, xml, count=1
        )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<calcChain xmlns="{main}">{chain}</calcChain>'
    return linked(changed(workbook, edits), "xl/workbook.xml", kind, "xl/calcChain.xml", xml, content)


def _sheet_ids(workbook: bytes, places: dict[str, str]) -> list[tuple[str, str]]:
    book = parts(workbook)["xl/workbook.xml"].decode()
    found = []
    for place in places:
        tag = next(one for one in re.findall(r"<sheet [^>]*>", book) if f'name="{place.rpartition("!")[0]}"' in one)
        number = re.search(r'sheetId="(\d+)"', tag)
        assert number is not None
        found.append((place, number[1]))
    return found


@pytest.mark.parametrize("place", [f"{SHEET}!D2", "Anomalies!E2"])
def test_a_formula_typed_in_what_is_ours_leaves_no_trace(place: str, tmp_path: Path) -> None:
    typed = with_formulas(mark(written(), tmp_path, [wrong("B2")], FOLLOWED), {place: "1+1"})
    assert problems(typed) == {}
    again = mark(typed, tmp_path, [wrong("B2")], FOLLOWED)
    assert problems(again) == {}
    assert "<f>" not in sheet_xml(again)
    assert load(again)[SHEET]["D2"].value == "À corriger"


def test_a_formula_of_the_users_keeps_its_place_in_the_chain(tmp_path: Path) -> None:
    typed = with_formulas(written(), {f"{SHEET}!C3": "1+1"})
    copy = mark(typed, tmp_path, [wrong("C3")], FOLLOWED)
    assert parts(copy)["xl/calcChain.xml"] == parts(typed)["xl/calcChain.xml"]


@pytest.mark.parametrize("address", ["B1048576", "XFD3"])
def test_a_comment_at_the_edge_of_the_sheet_has_its_box_inside(address: str, tmp_path: Path) -> None:
    column, row = address.rstrip("0123456789"), address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    source = (
        in_sheet(written(), "</sheetData>", f'<row r="{row}"><c r="{address}"/></row>') if row != "3" else written()
    )
    copy = mark(source, tmp_path, [wrong(address)], header_row=None)
    anchors = re.findall(r"<x:Anchor>(.*?)</x:Anchor>", parts(copy)["xl/drawings/vmlDrawing1.vml"].decode())
    left, _, top, _, right, _, bottom, _ = map(int, anchors[0].split(","))
    assert 0 <= left <= right <= 16_383
    assert 0 <= top <= bottom <= 1_048_575
    assert load(copy)[SHEET][f"{column}{row}"].fill.fgColor.rgb == RED


def test_cells_still_wrong_stay_red_when_others_have_been_put_right(tmp_path: Path) -> None:
    """Two cells of one format: one is put right, and the format that marked it is not the user's any more."""
    copy = mark(written(), tmp_path, [wrong(f"B{row}") for row in (2, 3, 4)] + [warned("A2")], FOLLOWED)
    for row in (2, 3, 4, 5):
        copy = mark(saved_by_excel(copy), tmp_path, [wrong(f"B{row}"), wrong("A5"), warned("C2")], FOLLOWED)
        sheet = load(copy)[SHEET]
        red = {
            f"{cell.column_letter}{cell.row}"
            for line in sheet.iter_rows()
            for cell in line
            if cell.fill.fgColor.rgb == RED
        }
        assert red == {f"B{row}"}
        assert sheet["A5"].fill.fgColor.rgb.startswith("FFFFA1")
    assert problems(copy) == {}


def test_every_cell_is_red_when_all_formats_are_used_by_marks_alone(tmp_path: Path) -> None:
    """Once no cell has the user's format any more, Excel drops it; the mark's becomes it again."""
    addresses = [f"{letter}{row}" for letter in "ABC" for row in (2, 3, 4, 5)]
    source = written()
    copy = mark(source, tmp_path, [wrong(one) for one in addresses], FOLLOWED)
    for _ in range(3):
        copy = mark(saved_by_excel(copy), tmp_path, [wrong(one) for one in addresses], FOLLOWED)
        sheet = load(copy)[SHEET]
        assert all(sheet[one].fill.fgColor.rgb.startswith("FFFFA1") for one in addresses)
    clean = Opened(mark(saved_by_excel(copy), tmp_path, []))
    assert {one: cell for one, cell in clean.cells(SHEET).items() if one[0] in "ABC"} == Opened(source).cells(SHEET)


def test_a_long_fill_comes_back_whole(tmp_path: Path) -> None:
    stops = "".join(f'<stop position="{at / 10}"><color rgb="FF{at:02X}80F0"/></stop>' for at in range(10))
    gradient = f'<fill><gradientFill degree="90">{stops}</gradientFill></fill>'
    source = changed(
        written(),
        {"xl/styles.xml": lambda xml: re.sub(r'<fill><patternFill patternType="solid">.*?</fill>', gradient, xml)},
    )
    copy = mark(source, tmp_path, [wrong(f"A{row}") for row in (2, 3, 4, 5)])
    clean = mark(saved_by_excel(saved_by_excel(copy)), tmp_path, [])
    assert {one: cell[2] for one, cell in Opened(clean).cells(SHEET).items() if one[0] == "A"} == {
        one: cell[2] for one, cell in Opened(source).cells(SHEET).items() if one[0] == "A"
    }


def test_more_fills_than_a_mark_can_tell_apart_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.views.annotate.cell_formats._VARIANTS", 2)

    def two_fills(book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_string("A6", "x", book.add_format({"bg_color": "#112233"}))

    copy = mark(packed(parts(written(two_fills))), tmp_path, [wrong("A2"), wrong("A6"), wrong("B2")])
    sheet = load(copy)[SHEET]
    assert sheet["A6"].fill.fgColor.rgb == "FF112233"
    assert "Vérifiez-le." in sheet["A6"].comment.text
    assert sheet["B2"].fill.fgColor.rgb == RED
