"""The corrected workbook is the user's own, but for the cells put right: whatever it holds, in whatever spelling."""

import datetime
import io
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from annotated import SHEET, load, mark, parts, sheet_xml, wrong
from feature_workbooks import FEATURES, MAIN, OFFICE, changed, linked, written
from opened_package import Opened, problems
from openpyxl.worksheet.formula import ArrayFormula
from python_calamine import CalamineWorkbook

from converter.findings import Refusal
from converter.views.corrected_copy import CellChange, corrected


def change(address: str, text: str, sheet: str = SHEET) -> CellChange:
    column = address.rstrip("0123456789")
    return CellChange(sheet, int(address[len(column) :]), column, text)


def put_right(source: bytes, *changes: tuple[str, str]) -> bytes:
    return corrected(source, [change(*one) for one in changes])


def refused(source: bytes, *changes: CellChange) -> tuple[str, str]:
    with pytest.raises(Refusal) as refusal:
        corrected(source, changes)
    return refusal.value.code, refusal.value.case


def cells(workbook: bytes, sheet: str = SHEET) -> dict[str, Any]:
    """Value of each filled cell, as openpyxl reads it: formulas as they are written."""
    read = load(workbook)[sheet]
    filled = {cell.coordinate: cell.value for row in read.iter_rows() for cell in row if cell.value is not None}
    return {one: (held.ref, held.text) if isinstance(held, ArrayFormula) else held for one, held in filled.items()}


def grid(workbook: bytes, sheet: str = SHEET) -> list[list[Any]]:
    """The cells as the converter's own reader sees them."""
    with CalamineWorkbook.from_filelike(io.BytesIO(workbook)) as book:
        return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def looks(workbook: bytes, sheet: str = SHEET) -> dict[str, str]:
    return {address: look for address, (_, _, look) in Opened(workbook).cells(sheet).items()}


def made(fill: Any) -> bytes:
    """A workbook whose sheet « Demandes » is filled by `fill`."""
    return written(fill, orders=False)


# Nothing else changes


@pytest.mark.parametrize("name", FEATURES)
def test_only_the_cell_changes(name: str) -> None:
    source = FEATURES[name]()
    copy = put_right(source, ("B3", "10100123456"))
    before, after = parts(source), parts(copy)
    sheet = "xl/worksheets/sheet1.xml"
    touched = {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)}
    assert touched - {sheet, "xl/workbook.xml"} == set()
    assert (touched == {sheet}) or re.search(b"<(x:)?f[ >]", after[sheet])
    assert problems(copy) - problems(source) == {}
    for other in Opened(source).sheets:
        stood = Opened(source).cells(other)
        put = {"B3": ("10100123456", "", stood["B3"][2])} if other == SHEET else {}
        assert Opened(copy).cells(other) == stood | put
    if name != "strict":  # openpyxl does not read it
        assert cells(copy) == cells(source) | {"B3": "10100123456"}
    if name != "macro_sheet":  # calamine does not read it
        expected = grid(source)
        expected[2][1] = "10100123456"
        assert grid(copy) == expected


@pytest.mark.parametrize("name", FEATURES)
def test_the_rest_of_the_sheet_keeps_every_byte(name: str) -> None:
    source = FEATURES[name]()
    if name == "prefixed":  # its prefixes go with the first change
        source = put_right(source, ("A1", "refCommande"))
    before, after = (
        Opened(one).parts["xl/worksheets/sheet1.xml"].decode() for one in (source, put_right(source, ("B3", "1")))
    )
    cell = re.compile(r'<c r="B3"[^>]*?(?:/>|>.*?</c>)')
    assert cell.sub("", after) == cell.sub("", before)


def test_no_change_gives_the_same_bytes() -> None:
    source = written()
    assert corrected(source, []) is source


def test_the_last_of_two_changes_of_a_cell_holds() -> None:
    assert cells(put_right(written(), ("B3", "1"), ("B3", "2")))["B3"] == "2"


def test_a_copy_that_bears_our_marks_keeps_them(tmp_path: Path) -> None:
    marked = mark(written(), tmp_path, [wrong("B3")])
    copy = put_right(marked, ("B3", "10100123456"))
    names = re.findall("<definedName.*?</definedName>", parts(marked)["xl/workbook.xml"].decode())
    assert names
    assert re.findall("<definedName.*?</definedName>", parts(copy)["xl/workbook.xml"].decode()) == names
    assert looks(copy) == looks(marked)


# What is typed


TYPED = ("=1+1", "<&\"'>", " deux  espaces ", "première\nligne", "_x0041_", "+33 6", "010000172", "É🩺", "VRAI", "'a")


@pytest.mark.parametrize("text", TYPED)
def test_a_text_stays_as_it_was_typed(text: str) -> None:
    copy = put_right(written(), ("B3", text))
    assert load(copy)[SHEET]["B3"].data_type in ("s", "inlineStr")
    assert grid(copy)[2][1] == text
    assert cells(copy)["B3"] == text.replace("_x0041_", "_x005F_x0041_")  # openpyxl does not undo what Excel does


def test_line_breaks_are_those_of_cells() -> None:
    assert cells(put_right(written(), ("B3", "a\r\nb\rc")))["B3"] == "a\nb\nc"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\ufffe", "x" * 32_768, "🩺" * 16_384])
def test_what_no_cell_can_hold_is_refused(text: str) -> None:
    assert refused(written(), change("B3", text)) == ("cellule-inchangeable", "texte")


def test_the_longest_text_is_kept() -> None:
    assert cells(put_right(written(), ("B3", "x" * 32_767)))["B3"] == "x" * 32_767


def test_an_empty_text_empties_the_cell_and_keeps_its_look() -> None:
    copy = put_right(written(), ("B3", ""))
    assert "B3" not in cells(copy)
    assert looks(copy)["B3"] == looks(written())["B3"]


NUMBERS = [
    ("General", 999, "1075", 1075),
    ("General", 999, "1075,50", 1075.5),
    ("#,##0.00", 999.5, "1\u202f075.5", 1075.5),
    ("General", 999, "-12", -12),
    ("General", 999, "1.075", "1.075"),  # a thousand, or one?
    ("General", 999, "010000172", "010000172"),
    ("General", 999, "1075 €", "1075 €"),
    ("General", 999, "12345678901234", "12345678901234"),
    ("@", 999, "1075", "1075"),
    ("0%", 0.2, "20", "20"),
    ("dd/mm/yyyy", 44_869, "04/11/2022", datetime.datetime.fromisoformat("2022-11-04")),
    ("dd/mm/yyyy", 44_869, "2022-11-04", datetime.datetime.fromisoformat("2022-11-04")),
    ("dd/mm/yyyy", 44_869, "31/11/2022", "31/11/2022"),
    ("dd/mm/yyyy", 44_869, "44870", "44870"),
    ("hh:mm", 0.5, "04/11/2022", "04/11/2022"),
    ("General", 999, "04/11/2022", "04/11/2022"),
]


@pytest.mark.parametrize(("code", "held", "typed", "read"), NUMBERS)
def test_a_number_or_a_day_stays_one(code: str, held: float, typed: str, read: object) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_number("B3", held, book.add_format({"num_format": code}))

    assert cells(put_right(made(fill), ("B3", typed)))["B3"] == read


def test_days_of_a_workbook_of_1904_are_counted_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert book.active is not None
    book.active.title = SHEET
    book.active["B3"] = datetime.date(2021, 1, 1)
    stream = io.BytesIO()
    book.save(stream)
    assert grid(put_right(stream.getvalue(), ("B3", "04/11/2022")))[2][1] == datetime.date(2022, 11, 4)


def test_a_number_typed_where_a_text_stood_is_a_text() -> None:
    assert cells(put_right(written(), ("A3", "1075")))["A3"] == "1075"


# Cells that are not there


def test_cells_come_in_order_wherever_they_are_missing() -> None:
    source = written()
    copy = put_right(source, ("E3", "e"), ("D2", "d"), ("AB9", "loin"), ("C7", "sept"), ("A7", "ici"))
    assert cells(copy) == cells(source) | {"E3": "e", "D2": "d", "AB9": "loin", "C7": "sept", "A7": "ici"}
    addresses = re.findall(r'<c r="([A-Z]+)(\d+)"', sheet_xml(copy))
    places = [(int(row), len(column), column) for column, row in addresses]
    assert places == sorted(places)
    assert re.findall(r"<dimension ref=\"(.*?)\"", sheet_xml(copy)) == ["A1:AB9"]


def test_emptying_a_cell_that_is_not_there_changes_nothing() -> None:
    source = written()
    assert parts(put_right(source, ("H40", ""))) == parts(source)


def test_a_sheet_without_rows_gets_its_first() -> None:
    assert cells(put_right(made(lambda *_: None), ("B3", "un"))) == {"B3": "un"}


def test_a_new_cell_has_the_format_of_its_row_or_column() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.set_row(2, None, book.add_format({"bold": True}))
        sheet.set_column("D:D", 9, book.add_format({"italic": True}))
        sheet.write_string("A3", "x")

    read = load(put_right(made(fill), ("B3", "1"), ("D5", "2"), ("E5", "3")))[SHEET]
    assert (read["B3"].font.b, read["D5"].font.i, read["E5"].font.i) == (True, True, False)


def spelt(pattern: str, written_as: str) -> bytes:
    """The usual workbook, its rows and cells written otherwise."""
    return changed(written(), {"xl/worksheets/sheet1.xml": lambda xml: re.sub(pattern, written_as, xml)})


SPELLINGS = {
    "rows and cells without addresses": (r'(<(?:row|c)) r="[A-Z]*\d+"', r"\1"),
    "rows without numbers": (r'<row r="\d+"', "<row"),
    "single quotes": (r'(?<=[ ])(\w+)="(\w*)"(?=[^<>]*>)', r"\1='\2'"),
    "addresses last": (r'(<(?:row|c)) (r="[A-Z]*\d+")([^>/]*)', r"\1\3 \2"),
    "small letters": (r'<c r="([A-Z])(\d+)"', lambda found: f'<c r="{found[1].lower()}{found[2]}"'),
    "line breaks": (r"<(row|c) ", "<\\1\n  "),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_odd_spellings_are_changed_where_the_reader_reads(spelling: str) -> None:
    copy = put_right(spelt(*SPELLINGS[spelling]), ("B3", "10100123456"), ("D4", "d"))
    assert cells(copy) == cells(written()) | {"B3": "10100123456", "D4": "d"}
    assert looks(copy) == looks(put_right(written(), ("D4", "d")))
    assert problems(copy) == {}


def test_a_row_without_a_number_stands_where_its_cells_do() -> None:
    rows = '<row><c r="A3"><v>3</v></c></row><row r="5"><c r="A5"><v>5</v></c></row><row><c><v>6</v></c></row>'
    source = spelt("<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>")
    assert cells(put_right(source, ("B3", "b"), ("B6", "c"))) == {"A3": 3, "B3": "b", "A5": 5, "A6": 6, "B6": "c"}


# Formulas


def formulas(workbook: bytes) -> dict[str, str]:
    return {address: cell[1] for address, cell in Opened(workbook).cells(SHEET).items() if cell[1]}


def with_chain(workbook: bytes, *addresses: str) -> bytes:
    """The workbook with the order in which Excel last computed its formulas."""
    chain = "".join(f'<c r="{one}" i="1"/>' for one in addresses)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    xml = f'<calcChain xmlns="{MAIN}">{chain}</calcChain>'
    return linked(workbook, "xl/workbook.xml", f"{OFFICE}/calcChain", "xl/calcChain.xml", xml, kind)


def test_a_formula_that_goes_leaves_the_chain_of_calculation_right() -> None:
    source = with_chain(written(lambda _, sheet: sheet.write_formula("C4", "=1+1", None, 2)), "C4")
    assert "xl/calcChain.xml" in parts(put_right(source, ("B3", "1")))
    copy = put_right(source, ("C4", "3"))
    assert "xl/calcChain.xml" not in parts(copy)
    assert (problems(copy), cells(copy)["C4"], formulas(copy)) == ({}, 3, {})


@pytest.mark.parametrize("calc", ["", "<calcPr calcId='1'/>", '<calcPr calcId="191029" fullCalcOnLoad="0"></calcPr>'])
def test_formulas_are_computed_again_when_the_workbook_opens(calc: str) -> None:
    source = written(lambda _, sheet: sheet.write_formula("D2", "=C2*2", None, 200))
    source = changed(source, {"xl/workbook.xml": lambda xml: re.sub("<calcPr.*?/>", calc, xml)})
    copy = put_right(source, ("C2", "50"))
    book = parts(copy)["xl/workbook.xml"].decode()
    assert (book.count("<calcPr"), book.count('fullCalcOnLoad="1"'), problems(copy)) == (1, 1, {})
    assert formulas(copy) == {"D2": "C2*2"}


SHARED = (
    '<row r="7"><c r="C7"><f t="shared" ref="C7:C10" si="0">A7*$B$2+1</f><v>1</v></c></row>'
    '<row r="8"><c r="C8"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="9"><c r="C9"><f t="shared" si="0"></f><v>3</v></c></row>'
    '<row r="10"><c r="C10"><f t="shared" si="0"/><v>4</v></c></row>'
)


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (["C8"], {"C7": "=A7*$B$2+1", "C9": "=A9*$B$2+1", "C10": "=A10*$B$2+1"}),
        (["C7"], {"C8": "=A8*$B$2+1", "C9": "=A9*$B$2+1", "C10": "=A10*$B$2+1"}),
        (["C7", "C8"], {"C9": "=A9*$B$2+1", "C10": "=A10*$B$2+1"}),
        (["C7", "C8", "C9", "C10"], {}),
    ],
)
def test_a_formula_that_cells_share_stays_in_the_others(gone: Sequence[str], left: dict[str, str]) -> None:
    source = changed(
        written(), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace("</sheetData>", SHARED + "</sheetData>")}
    )
    copy = put_right(source, *((one, "à la main") for one in gone))
    assert {one: said for one, said in cells(copy).items() if one in ("C7", "C8", "C9", "C10")} == left | dict.fromkeys(
        gone, "à la main"
    )
    assert problems(copy) == {}


def test_a_cell_of_a_formula_that_fills_several_is_refused() -> None:
    source = FEATURES["dynamic_arrays"]()  # {=LEN(A2:A3)} in C2:C3, a spreading one in C5 alone
    assert refused(source, change("C2", "1")) == ("cellule-inchangeable", "")
    assert refused(source, change("C3", "1")) == ("cellule-inchangeable", "")
    copy = put_right(source, ("C5", "1"))
    assert (cells(copy)["C5"], ' cm="' in re.findall(r'<c r="C5".*?>', sheet_xml(copy))[0]) == (1, False)


def test_a_cell_of_a_pivot_table_is_refused() -> None:
    source = FEATURES["pivot_table"]()  # in D1:D2 of « Listes »
    assert refused(source, change("D2", "1", "Listes")) == ("cellule-inchangeable", "")
    assert cells(corrected(source, [change("D3", "x", "Listes")]), "Listes")["D3"] == "x"


# Cells that others name


def test_a_picture_in_a_cell_gives_way() -> None:
    copy = put_right(FEATURES["pictures"](), ("C5", "400"))
    assert (cells(copy)["C5"], " vm=" in sheet_xml(copy), problems(copy)) == ("400", False, {})


def test_a_merged_range_is_changed_where_it_shows() -> None:
    source = written(lambda _, sheet: sheet.merge_range("D2:E4", "avant"))
    assert cells(put_right(source, ("E3", "après"))) == cells(source) | {"D2": "après"}
    assert cells(put_right(source, ("E3", "après"), ("D4", "après")))["D2"] == "après"
    assert refused(source, change("E3", "un"), change("D4", "deux")) == ("cellule-inchangeable", "fusion")


def test_a_merged_range_of_any_size_is_changed_where_it_shows() -> None:
    source = written(lambda _, sheet: sheet.merge_range("D2:E9000", "avant"))
    assert cells(put_right(source, ("E8000", "après")))["D2"] == "après"


def test_headings_and_totals_of_a_table_are_refused() -> None:
    def fill(_: xlsxwriter.Workbook, sheet: Any) -> None:
        columns = [{"header": "a", "total_string": "Total"}, {"header": "b", "total_function": "sum"}]
        sheet.add_table("E1:F5", {"columns": columns, "total_row": True})

    source = written(fill)
    assert refused(source, change("E1", "autre")) == ("cellule-inchangeable", "tableau")
    assert refused(source, change("F5", "3")) == ("cellule-inchangeable", "tableau")
    assert cells(put_right(source, ("E4", "3"), ("E6", "4")))["E6"] == "4"


# What cannot be


@pytest.mark.parametrize(("column", "row"), [("B", 0), ("XFE", 1), ("A", 1_048_577), ("", 3), ("$B", 3), ("B2:B", 3)])
def test_an_address_that_is_none_is_refused(column: str, row: int) -> None:
    assert refused(written(), CellChange(SHEET, row, column, "x")) == ("cellule-inchangeable", "adresse")


def test_a_sheet_that_is_not_there_is_refused() -> None:
    assert refused(written(), change("A1", "x", "Autre")) == ("cellule-inchangeable", "feuille")
    assert refused(FEATURES["chart"](), change("A1", "x", "Graphique")) == ("cellule-inchangeable", "feuille")


def test_a_workbook_of_unusual_construction_is_refused() -> None:
    commented = changed(
        written(), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace("<sheetData>", "<!-- a --><sheetData>")}
    )
    assert refused(commented, change("B3", "x")) == ("correction-impossible", "")
    assert refused(b"PK", change("B3", "x")) == ("correction-impossible", "")


def test_several_sheets_are_changed_at_once() -> None:
    copy = corrected(written(), [change("B3", "1"), change("A1", "TVA", "Listes")])
    assert (cells(copy)["B3"], cells(copy, "Listes")["A1"]) == ("1", "TVA")


# Time


def test_one_change_among_20_000_rows_is_quick() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet(SHEET)
    for row in range(20_000):
        sheet.write_row(row, 0, ["BC-1", 12.5, "LEFÈVRE"] * 10)
    book.close()
    start = time.process_time()
    copy = put_right(stream.getvalue(), ("B10000", "13"))
    assert time.process_time() - start < 1.5  # 0.3 s when the machine is quiet
    assert 'r="B10000"><v>13</v>' in sheet_xml(copy)
