"""Legal but less usual XML: prefixes, missing addresses, UTF-16, merged cells… and what we would rather not touch."""

import re
from pathlib import Path

import pytest
from annotated import RED, SHEET, followed, load, mark, packed, sheet_xml, wrong
from handmade import DEMANDES, MAIN, PARTS, ROWS
from openpyxl.worksheet.worksheet import Worksheet

from converter.views.annotate import AnnotationImpossible, StatutSheet, annotate


def with_sheet(xml: str | bytes) -> bytes:
    return packed({**PARTS, "xl/worksheets/sheet1.xml": xml})


def with_rows(rows: str) -> bytes:
    return with_sheet(DEMANDES.replace(ROWS, rows))


def marked(source: bytes, folder: Path, *addresses: str) -> Worksheet:
    copy = mark(source, folder, [wrong(one) for one in addresses], [followed((3,), "À corriger")], header_row=2)
    return load(copy)[SHEET]


def values(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row][:4] for row in sheet.iter_rows()]


EXPECTED: list[list[object]] = [
    ["Commandes", None, None, None],
    ["refCommande", "RPPS", "montantSegurHT", "Statut"],
    ["BC-1", None, 1075.5, "À corriger"],
    ["BC-2", "999", "=C3*2", "À corriger"],
]


@pytest.mark.parametrize(
    "rows",
    [
        re.sub(r' r="[A-Z]?\d+"', "", ROWS).replace('<c s="3"><v>1075.5', '<c/><c s="3"><v>1075.5'),
        re.sub(r'<c r="(\w+)" (s="\d") t="s"', r'<c t="s" \2 r="\1"', ROWS),
        ROWS.replace('"', "'"),
        re.sub(r' spans="1:3"', "", ROWS).replace("><c", ">\n  <c"),
    ],
    ids=["no-address", "address-last", "apostrophes", "indented"],
)
def test_rows_written_otherwise(rows: str, tmp_path: Path) -> None:
    sheet = marked(with_rows(rows), tmp_path, "A3", "B3", "B4")
    assert values(sheet) == EXPECTED
    assert [sheet[cell].fill.fgColor.rgb == RED for cell in ("B4", "C4", "C3")] == [True, False, False]
    assert sheet["A3"].number_format == "@"


def test_a_prefix_on_every_element(tmp_path: Path) -> None:
    prefixed = re.sub(r"<(/?)(?!\?|x14:|xm:)(\w)", r"<\1x:\2", DEMANDES).replace(
        MAIN, MAIN.replace("xmlns=", "xmlns:x=")
    )
    assert "<x:row " in prefixed
    assert values(marked(with_sheet(prefixed), tmp_path, "B4")) == EXPECTED


def test_a_part_in_utf_16(tmp_path: Path) -> None:
    encoded = DEMANDES.replace("UTF-8", "UTF-16").encode("utf-16")
    assert values(marked(with_sheet(encoded), tmp_path, "B4")) == EXPECTED


def test_a_sheet_without_rows(tmp_path: Path) -> None:
    empty = re.sub(r"<sheetData>.*</sheetData>", "<sheetData/>", DEMANDES)
    sheet = marked(with_sheet(empty), tmp_path, "B3")
    assert sheet["B3"].fill.fgColor.rgb == RED
    assert sheet["A2"].value is None
    assert [sheet["C2"].value, sheet["C3"].value] == ["Statut", "À corriger"]


def test_a_row_without_cells_is_followed_on_its_own(tmp_path: Path) -> None:
    rows = re.sub(r'<row r="3".*?</row>', '<row r="3" spans="1:3"/>', ROWS).replace("<f>C3*2</f>", "")
    copy = mark(with_rows(rows), tmp_path, [], [followed((3,), "À corriger"), followed((4,), "Émise")], header_row=2)
    sheet = load(copy)[SHEET]
    assert [sheet[cell].value for cell in ("D2", "D3", "D4", "C4")] == ["Statut", "À corriger", "Émise", 2151]
    assert len(list(sheet.iter_rows())) == 4


def test_a_cell_made_anew_has_the_format_of_its_row_or_column(tmp_path: Path) -> None:
    sheet = marked(packed(PARTS), tmp_path, "B3", "A9", "C9")
    assert sheet["B3"].number_format == "@"  # the row's
    assert sheet["A9"].number_format == "@"  # the column's
    assert sheet["C9"].number_format == "General"


def test_a_finding_on_a_hidden_cell_of_a_merged_range_shows_on_the_range(tmp_path: Path) -> None:
    merged = DEMANDES.replace(
        "<conditionalFormatting", '<mergeCells count="1"><mergeCell ref="A3:A4"/></mergeCells><conditionalFormatting', 1
    )
    copy = mark(with_sheet(merged), tmp_path, [wrong("A4")], header_row=2)
    xml = sheet_xml(copy)
    before = re.search(r'<c r="A4" s="(\d+)"', xml)
    assert before is not None
    assert before[1] == "2"
    shown = load(copy)[SHEET]["A3"]
    assert shown.fill.fgColor.rgb.startswith("FFFFA19")
    assert "Numéro RPPS" in shown.comment.text


def test_hidden_columns_at_the_right_do_not_hide_statut(tmp_path: Path) -> None:
    xml = sheet_xml(mark(packed(PARTS), tmp_path, [wrong("B4")], header_row=2))
    assert '<col min="4" max="4" width="42.00" customWidth="1"/><col min="5" max="16384" width="9" hidden="1"/>' in xml


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (
            "xl/worksheets/sheet1.xml",
            DEMANDES.replace("schemas.openxmlformats.org/spreadsheetml/2006", "purl.oclc.org/ooxml"),
        ),
        ("xl/worksheets/sheet1.xml", DEMANDES.replace("<v>1075.5</v>", "<v><![CDATA[1]]></v>")),
        ("xl/worksheets/sheet1.xml", DEMANDES.split("</row>")[0]),
        ("xl/worksheets/sheet1.xml", "rien"),
        ("xl/styles.xml", "<styleSheet/>"),
        ("xl/workbook.xml", "<autre/>"),
        ("_rels/.rels", "<Relationships/>"),
        ("[Content_Types].xml", "<x:Types xmlns='u' xmlns:x='v'/>"),
    ],
)
def test_an_unusual_build_is_left_alone_and_said(part: str, content: str, tmp_path: Path) -> None:
    source = tmp_path / "classeur.xlsx"
    source.write_bytes(packed({**PARTS, part: content}))
    with pytest.raises(AnnotationImpossible):
        annotate(source, [wrong("B4")], [StatutSheet(SHEET, 2, {})])
