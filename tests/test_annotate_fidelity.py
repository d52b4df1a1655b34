"""The annotated copy is the user's workbook and our marks: part by part, whichever program wrote it."""

import datetime
import io
import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from annotated import (
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
from handmade import DEMANDES, EXTENSION_DROPDOWN, PARTS, ROWS
from openpyxl.worksheet.datavalidation import DataValidation

FINDINGS = [wrong("B4"), warned("A3"), corrected("C3")]
SUIVIS = [followed((3, 4), "À corriger")]


def by_xlsxwriter() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, ["refCommande", "dateCommande", "RPPS"], book.add_format({"bold": True, "border": 1}))
    for row in range(1, 6):
        sheet.write_string(row, 0, f"BC-{row}", book.add_format({"num_format": "@", "bg_color": "#DDEBF7"}))
        sheet.write_datetime(row, 1, datetime.date(2026, 11, row), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_formula(row, 2, f"=1000+{row}", None, 1000 + row)
    sheet.data_validation("A2:A9", {"validate": "list", "source": "=Choix"})
    sheet.conditional_format("C2:C9", {"type": "duplicate", "format": book.add_format({"bold": True})})
    sheet.autofilter("A1:C6")
    sheet.write_comment("A2", "Vu avec le cabinet")
    sheet.repeat_rows(0)
    lists = book.add_worksheet("Listes")
    lists.write_column(0, 0, ["TTC", "HT"])
    lists.insert_chart("C3", _chart(book))
    book.define_name("Choix", "=Listes!$A$1:$A$2")
    book.close()
    return stream.getvalue()


def _chart(book: xlsxwriter.Workbook) -> xlsxwriter.chart.Chart:
    chart = book.add_chart({"type": "line"})
    assert chart is not None
    chart.add_series({"values": "=Listes!$A$1:$A$2"})
    return chart


def by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(["refCommande", "dateCommande", "RPPS"])
    for row in range(1, 6):
        sheet.append([f"BC-{row}", datetime.date(2026, 11, row), f"=1000+{row}"])
    dropdown = DataValidation(type="list", formula1='"TTC,HT"', sqref="A2:A9")
    sheet.add_data_validation(dropdown)
    sheet.auto_filter.ref = "A1:C6"
    sheet.column_dimensions["A"].width = 31
    book.create_sheet("Listes")["A1"] = "TTC"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _elements(xml: str, *names: str) -> list[list[str]]:
    return [re.findall(rf"<{name}\b.*?(?:/>|</{name}>)", xml, re.DOTALL) for name in names]


KEPT = (
    "sheetFormatPr",
    "conditionalFormatting",
    "dataValidation",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "drawing",
)
TOUCHED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


@pytest.mark.parametrize("writer", [by_xlsxwriter, by_openpyxl])
def test_every_other_part_keeps_its_bytes(writer, tmp_path: Path) -> None:
    source = writer()
    before, after = parts(source), parts(mark(source, tmp_path, FINDINGS, SUIVIS))

    changed = {name for name in before if after.get(name) != before[name]}
    assert changed <= TOUCHED | {"xl/worksheets/sheet1.xml"} | {
        n for n in before if "comments" in n or "vml" in n or "rels" in n
    }
    assert {"xl/worksheets/sheet2.xml", "xl/theme/theme1.xml", "docProps/core.xml"} <= before.keys() - changed


@pytest.mark.parametrize("writer", [by_xlsxwriter, by_openpyxl])
def test_the_sheet_keeps_all_that_is_not_a_cell(writer, tmp_path: Path) -> None:
    source = writer()
    copy = mark(source, tmp_path, FINDINGS, SUIVIS)
    assert _elements(sheet_xml(copy), *KEPT) == _elements(sheet_xml(source), *KEPT)
    assert re.findall(r"<f>.*?</f>", sheet_xml(copy)) == re.findall(r"<f>.*?</f>", sheet_xml(source))


@pytest.mark.office
def test_a_workbook_of_libreoffice_keeps_its_parts_and_opens_again(tmp_path: Path) -> None:
    source = saved_by_libreoffice(by_xlsxwriter(), tmp_path)
    copy = mark(source, tmp_path, FINDINGS, SUIVIS)
    assert _elements(sheet_xml(copy), *KEPT) == _elements(sheet_xml(source), *KEPT)
    assert parts(copy)["xl/sharedStrings.xml"] == parts(source)["xl/sharedStrings.xml"]

    opened = load(saved_by_libreoffice(copy, tmp_path))
    assert opened.sheetnames == ["Anomalies", SHEET, "Listes"]
    assert opened[SHEET]["D1"].value == "Statut"
    assert opened[SHEET]["B4"].fill.fgColor.rgb == "FFFFA19B"
    assert "Numéro RPPS" in opened[SHEET]["B4"].comment.text
    assert opened["Anomalies"]["A2"].hyperlink.location == "'Demandes'!B4"


def test_what_excel_alone_writes_is_kept(tmp_path: Path) -> None:
    source = packed(PARTS)
    copy = mark(source, tmp_path, FINDINGS, SUIVIS, header_row=2)
    before, after = parts(source), parts(copy)

    assert {name for name in before if after[name] != before[name]} == TOUCHED | {
        "xl/worksheets/sheet1.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    assert EXTENSION_DROPDOWN in after["xl/worksheets/sheet1.xml"].decode()
    assert b"macroEnabled" in after["[Content_Types].xml"]


def test_the_cells_that_are_not_concerned_keep_their_bytes(tmp_path: Path) -> None:
    copied = sheet_xml(mark(packed(PARTS), tmp_path, [wrong("B4")], header_row=2))
    row_one, row_two, row_three, _ = re.findall(r"<row .*?</row>", ROWS)
    assert row_one in copied
    assert row_three in copied
    assert row_two.removesuffix("</row>").replace("1:3", "1:4") in copied
    assert '<c r="A4" s="2" t="s"><v>4</v></c><c r="B4" t="s" s="' in copied
    assert '<c r="C4" s="3"><f>C3*2</f><v>2151</v></c>' in copied


def test_the_elements_of_the_sheet_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    bare = dict(PARTS)
    bare["xl/worksheets/sheet1.xml"] = re.sub(
        r"<hyperlinks>.*?</hyperlinks>|<legacyDrawing .*?/>|<cols>.*?</cols>", "", DEMANDES
    )
    copied = sheet_xml(mark(packed(bare), tmp_path, FINDINGS, SUIVIS, header_row=2))
    order = [
        "<dimension",
        "<sheetViews",
        "<sheetFormatPr",
        "<cols",
        "<sheetData",
        "<autoFilter",
        "<conditionalFormatting",
    ]
    order += [
        "<dataValidations",
        "<hyperlinks",
        "<printOptions",
        "<headerFooter",
        "<drawing",
        "<legacyDrawing ",
        "<legacyDrawingHF",
    ]
    places = [copied.index(one) for one in [*order, "<extLst"]]
    assert places == sorted(places)


def test_a_threaded_comment_stays_untouched_and_the_users_own_is_added_to(tmp_path: Path) -> None:
    copy = parts(mark(packed(PARTS), tmp_path, [wrong("A3"), wrong("A4")], header_row=2))
    comments = copy["xl/comments1.xml"].decode()
    assert '<comment ref="A4" authorId="1"><text><t>[Threaded comment] Relancer</t></text></comment>' in comments
    assert '<comment ref="A3" authorId="0"><text><r><t>Vu avec le cabinet</t></r>' in comments
    assert (
        comments.index("Vu avec le cabinet")
        < comments.index("[Convertisseur JSON-MDV]")
        < comments.index("Vérifiez-le.")
    )
    assert copy["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") == 2


def test_names_of_one_sheet_follow_it_behind_the_new_first_sheet(tmp_path: Path) -> None:
    book = parts(mark(packed(PARTS), tmp_path, FINDINGS, header_row=2))["xl/workbook.xml"].decode()
    assert (
        '<definedName name="_xlnm._FilterDatabase" localSheetId="1" hidden="1">\'Demandes\'!$A$2:$D$4</definedName>'
        in book
    )
    assert '<definedName name="TVA">Listes!$A$1:$A$2</definedName>' in book
    assert re.findall(r'<sheet [^>]*name="(.*?)"', book) == ["Anomalies", "Demandes", "Listes", "Notes d'équipe"]
    assert 'activeTab="0"' in book


def test_only_the_first_tab_is_selected(tmp_path: Path) -> None:
    copy = mark(packed(PARTS), tmp_path, [wrong("A1", sheet="Listes")], header_row=None)
    assert [sheet for sheet in ("Anomalies", SHEET, "Listes") if "tabSelected" in sheet_xml(copy, sheet)] == [
        "Anomalies"
    ]


def test_a_digital_signature_goes_and_the_list_says_so(tmp_path: Path) -> None:
    signed = dict(PARTS)
    signed["_xmlsignatures/origin.sigs"] = b""
    signed["_rels/.rels"] = str(PARTS["_rels/.rels"]).replace(
        "</Relationships>",
        '<Relationship Id="rId9" '
        'Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin" '
        'Target="_xmlsignatures/origin.sigs"/></Relationships>',
    )
    copy = mark(packed(signed), tmp_path, [wrong("A3")], header_row=2)
    assert not [name for name in parts(copy) if "signature" in name]
    assert b"signature" not in parts(copy)["_rels/.rels"]
    assert "copie-signature-retiree" in sheet_xml(copy, "Anomalies")
