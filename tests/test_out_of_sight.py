"""Rows that a person took out of sight, or crossed out, are never sent in silence."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from conftest import Convert, Run, beneficiaries
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from samples.spec import COLUMNS
from workbooks import SUPPLIER, doctor, group, open_workbook, rows_of, rpps, solo

E, W, C = "erreur", "avertissement", "correction"
ORDERS = rows_of(solo("A", 1), group("B", 2), solo("C", 4))
"""On rows 2, 3 and 4, 5."""


def sheet_of(path: Path, change: Callable[[Worksheet], None]) -> Path:
    book = open_workbook(ORDERS)
    change(book["Demandes"])
    book.save(path)
    return path


def who(run: Run) -> list[list[str]]:
    return [beneficiaries(request) for request in run.requests]


def hide(*rows: int) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for row in rows:
            sheet.row_dimensions[row].hidden = True

    return change


def strike(*cells: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for cell in cells:
            sheet[cell].font = Font(strike=True)

    return change


def test_a_hidden_row_is_a_doubt_and_its_order_leaves(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", hide(3, 5)))
    assert run.told == [("3", W, "ligne-masquee"), ("5", W, "ligne-masquee")]
    assert (run.status, who(run)) == (0, [[rpps(1)], [rpps(2), rpps(3)], [rpps(4)]])


def test_a_hidden_row_holds_its_order_back_with_strict_rows(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", hide(4)), options=["--strict-rows"])
    assert run.told == [("4", E, "ligne-masquee")]
    assert (run.status, who(run)) == (1, [[rpps(1)], [rpps(4)]])


def test_strict_rows_changes_nothing_where_all_is_in_sight(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", hide()), options=["--strict-rows"])
    assert (run.status, run.told, len(who(run))) == (0, [], 3)


def test_a_row_hidden_by_a_filter(tmp_path: Path, convert: Convert) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Demandes")
        sheet.write_row(0, 0, COLUMNS)
        for row, values in enumerate(ORDERS, start=1):
            sheet.write_row(row, 0, [values.get(tag) for tag in COLUMNS])
        sheet.autofilter(0, 0, len(ORDERS), len(COLUMNS) - 1)
        sheet.filter_column(0, "x == A")
        for row in (2, 3, 4):
            sheet.set_row(row, options={"hidden": True})
        parametres = book.add_worksheet("Paramètres")
        for row, pair in enumerate(SUPPLIER.items()):
            parametres.write_row(row, 0, pair)
    run = convert(tmp_path / "a.xlsx")
    assert run.told == [(str(row), W, "ligne-masquee") for row in (3, 4, 5)]


def test_hidden_blank_rows_and_rows_that_are_no_order_say_nothing_more(tmp_path: Path, convert: Convert) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A6"] = "Total"
        sheet["E6"] = 4300
        hide(6, 7, 8)(sheet)

    run = convert(sheet_of(tmp_path / "a.xlsx", change))
    assert run.told == [("A6", W, "ligne-hors-commande")]


@pytest.mark.parametrize(
    "rows",
    [
        '<row hidden="1">',
        "<row hidden='true' r='3'>",
        '<row r="3" ht="0" customHeight="1">',
        '<row ht="0" hidden = "1" r="3">',
    ],
)
@pytest.mark.parametrize("cell", [b'<c r="A3"', b"<c r='A3'"])
def test_a_hidden_row_in_another_spelling(tmp_path: Path, convert: Convert, rows: str, cell: bytes) -> None:
    path = sheet_of(tmp_path / "a.xlsx", hide(3))
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as other:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "xl/worksheets/sheet1.xml":
                before = data[data.index(b'<row r="3"') :].partition(b">")[0] + b">"
                assert b"hidden" in before
                data = data.replace(before, rows.encode()).replace(b'<c r="A3"', cell)
            other.writestr(name, data)
    assert convert(tmp_path / "b.xlsx").told == [("3", W, "ligne-masquee")]


@pytest.mark.parametrize("cell", ["A3", "A4"])
def test_a_reference_struck_through_holds_its_order_back(tmp_path: Path, convert: Convert, cell: str) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", strike(cell)))
    assert run.told == [(cell, E, "ligne-barree")]
    assert (run.status, who(run)) == (1, [[rpps(1)], [rpps(4)]])


def test_a_row_wholly_struck_through_is_told_once(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", strike(*(f"{letter}4" for letter in "ALMNO"))))
    assert (run.told, who(run)) == ([("A4", E, "ligne-barree")], [[rpps(1)], [rpps(4)]])


def test_a_doctor_struck_through_holds_the_order_back(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", strike("L4")))
    assert (run.told, who(run)) == ([("L4", E, "ligne-barree")], [[rpps(1)], [rpps(4)]])


def test_an_amount_struck_through_says_nothing(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", strike("E2", "A7")))
    assert (run.told, len(who(run))) == ([], 3)


def test_a_text_struck_through_inside_its_cell(tmp_path: Path, convert: Convert) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A2"] = CellRichText(TextBlock(InlineFont(strike=True), "A"))
        sheet["A5"] = CellRichText(TextBlock(InlineFont(strike=True), "C"), TextBlock(InlineFont(b=True), "1"))

    run = convert(sheet_of(tmp_path / "a.xlsx", change))
    assert (run.told, who(run)) == ([("A2", E, "ligne-barree")], [[rpps(2), rpps(3)], [rpps(4)]])


def test_a_shared_text_struck_through(tmp_path: Path, convert: Convert) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        struck, bold = book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
        sheet = book.add_worksheet("Demandes")
        sheet.write_row(0, 0, COLUMNS)
        for row, values in enumerate(ORDERS, start=1):
            sheet.write_row(row, 0, [values.get(tag) for tag in COLUMNS])
        sheet.write_rich_string(1, 0, struck, "BC-", struck, "0001")
        sheet.write_rich_string(4, 0, struck, "BC-", bold, "0002")
        parametres = book.add_worksheet("Paramètres")
        for row, pair in enumerate(SUPPLIER.items()):
            parametres.write_row(row, 0, pair)
    run = convert(tmp_path / "a.xlsx")
    assert (run.told, who(run)) == ([("A2", E, "ligne-barree")], [[rpps(2), rpps(3)], [rpps(4)]])


def test_a_struck_row_that_may_belong_to_the_order_above(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook([*solo("A", 1), doctor(2), *solo("C", 4)])
    book["Demandes"]["L3"].font = Font(strike=True)
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert run.told == [("A3", E, "reference-absente"), ("L3", E, "ligne-barree")]
    assert who(run) == [[rpps(4)]]


def test_the_copy_shows_a_struck_row_and_is_read_the_same(tmp_path: Path, convert: Convert) -> None:
    run = convert(sheet_of(tmp_path / "a.xlsx", strike("A3")))
    copy = Path(run.document["annotated"][0])
    assert openpyxl.load_workbook(copy)["Demandes"]["A3"].font.strike
    assert convert(copy).counts == (0, 2, 1)
