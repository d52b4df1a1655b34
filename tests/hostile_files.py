"""Files made to hurt: workbooks and JSON files of at most 10 MB, each by one means."""

import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from orders import ORDER, write_orders
from package_parts import MAIN, repack

SHEET = "xl/worksheets/sheet2.xml"
WRONG = ORDER | {"RPPS": "12"}  # so that there is an annotated copy


def part(path: Path, name: str = SHEET) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def with_rows(path: Path, rows: str) -> None:
    """One wrong order, and these rows after it."""
    write_orders(path, [WRONG])
    repack(path, {SHEET: part(path).replace("</sheetData>", f"{rows}</sheetData>")})


def with_tail(path: Path, tail: str) -> None:
    write_orders(path, [WRONG])
    repack(path, {SHEET: part(path).replace("</sheetData>", f"</sheetData>{tail}", 1)})


def with_text(path: Path, tag: str, text: str) -> None:
    """One order, one cell of which holds this text, longer than Excel allows."""
    write_orders(path, [ORDER])
    column = chr(ord("A") + list(ORDER).index(tag)) + "2"
    cell = f'<c r="{column}" t="inlineStr"><is><t>{text}</t></is></c>'
    repack(path, {SHEET: re.sub(rf'<c r="{column}"[^>]*>.*?</c>', lambda _: cell, part(path))})


def noise(size: int) -> str:
    """Letters that a zip hardly packs."""
    return random.Random(1).randbytes(size // 2).hex()  # noqa: S311 — no secret


# Workbooks


def a_row_beyond_32_bits(path: Path) -> None:
    with_rows(path, '<row r="2147483648"><c r="A2147483648"><v>1</v></c></row>')


def a_row_beyond_32_bits_without_addresses(path: Path) -> None:
    with_rows(path, '<row r="2147483648"><c><v>1</v></c></row>')


def a_row_of_twenty_digits(path: Path) -> None:
    with_rows(path, '<row r="3"><c r="A99999999999999999999"><v>1</v></c></row>')


def a_column_of_twelve_letters(path: Path) -> None:
    with_rows(path, '<row r="3"><c r="AAAAAAAAAAAA3"><v>1</v></c></row>')


def the_last_cell_in_small_letters(path: Path) -> None:
    with_rows(path, "<row r='1048576'><c r='xfd1048576'><v>1</v></c></row>")


def an_address_of_another_kind(path: Path) -> None:
    with_rows(path, '<row r="3"><c r="3A"><v>1</v></c><c r="é4"><v>1</v></c></row>')


def a_shared_string_that_is_not_there(path: Path) -> None:
    with_rows(path, '<row r="3"><c r="A3" t="s"><v>99999</v></c></row>')


def a_shared_string_that_is_not_there_and_a_very_long_one(path: Path) -> None:
    write_orders(path, [WRONG])
    strings = part(path, "xl/sharedStrings.xml").replace("</sst>", f"<si><t>{'a' * 9_000_000}</t></si></sst>")
    rows = '<row r="3">' + '<c r="A3" t="s"><v>99999</v></c>' * 40 + "</row>"
    sheet = part(path).replace("</sheetData>", f"{rows}</sheetData>")
    repack(path, {"xl/sharedStrings.xml": strings, SHEET: sheet})


def a_long_attribute(path: Path) -> None:
    write_orders(path, [WRONG])
    repack(path, {SHEET: part(path).replace('<c r="A2"', f'<c x="{"a" * 200_000}" r="A2"', 1)})


def a_long_attribute_of_a_row(path: Path) -> None:
    write_orders(path, [WRONG])
    repack(path, {SHEET: part(path).replace('<row r="2"', f'<row x="{"a" * 200_000}" r="2"', 1)})


def many_attributes(path: Path) -> None:
    write_orders(path, [WRONG])
    many = " ".join(f'a{number}="r="' for number in range(100_000))
    repack(path, {SHEET: part(path).replace('<c r="A2"', f'<c {many} r="A2"', 1)})


def spaces_inside_a_tag(path: Path) -> None:
    write_orders(path, [WRONG])
    repack(path, {SHEET: part(path).replace('<c r="A2"', f'<c{" " * 5_000_000}r="A2"', 1)})


def tags_that_never_end(path: Path) -> None:
    with_tail(path, '<a "' * 1_000_000)


def conditional_formats_by_the_million(path: Path) -> None:
    with_tail(path, '<conditionalFormatting sqref="A1"/>' * 1_000_000)


def merged_ranges_over_one_another(path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="B{row}"><v>1</v></c></row>' for row in range(3, 3_000))
    write_orders(path, [WRONG])
    merged = "".join(f'<mergeCell ref="A3:A{row}"/>' for row in range(20_000, 60_000))
    sheet = part(path).replace("</sheetData>", f"{rows}</sheetData><mergeCells>{merged}</mergeCells>")
    repack(path, {SHEET: sheet})


def merged_ranges_by_the_million(path: Path) -> None:
    merged = "".join(f'<mergeCell ref="B{2 * row}:CV{2 * row + 1}"/>' for row in range(1, 500_000))
    with_tail(path, f"<mergeCells>{merged}</mergeCells>")


def links_by_the_million(path: Path) -> None:
    links = "".join(f'<hyperlink ref="B{row}" location="A{row}"/>' for row in range(500_000))
    with_tail(path, f"<hyperlinks>{links}</hyperlinks>")


def columns_by_the_hundred_thousand(path: Path) -> None:
    write_orders(path, [WRONG])
    cols = "".join(f'<col min="{n}" max="{n}" width="{n}" style="0"/>' for n in range(1, 100_000))
    repack(path, {SHEET: part(path).replace("<sheetData", f"<cols>{cols}</cols><sheetData", 1)})


def views_by_the_hundred_thousand(path: Path) -> None:
    write_orders(path, [WRONG])
    views = "".join(f'<sheetView tabSelected="1" workbookViewId="{n}"/>' for n in range(100_000))
    repack(path, {SHEET: part(path).replace("<sheetData", f"<sheetViews>{views}</sheetViews><sheetData", 1)})


def nested_elements_in_the_workbook(path: Path) -> None:
    write_orders(path, [WRONG])
    deep = "<a>" * 1_200_000 + "</a>" * 1_200_000
    repack(path, {"xl/workbook.xml": part(path, "xl/workbook.xml").replace("<sheets>", f"{deep}<sheets>")})


def names_by_the_hundred_thousand(path: Path) -> None:
    write_orders(path, [WRONG])
    names = "".join(f'<definedName name="_converter_{n}">A{n}</definedName>' for n in range(100_000))
    book = part(path, "xl/workbook.xml").replace("</sheets>", f"</sheets><definedNames>{names}</definedNames>")
    repack(path, {"xl/workbook.xml": book})


def formats_by_the_hundred_thousand(path: Path) -> None:
    write_orders(path, [WRONG])
    styles = part(path, "xl/styles.xml")
    formats = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * 400_000
    repack(path, {"xl/styles.xml": styles.replace("</cellXfs>", f"{formats}</cellXfs>")})


def formats_that_never_end(path: Path) -> None:
    write_orders(path, [WRONG])
    repack(
        path, {"xl/styles.xml": part(path, "xl/styles.xml").replace("</cellXfs>", "<xf " * 1_000_000 + "</cellXfs>")}
    )


def comments(path: Path, texts: str, boxes: str) -> None:
    write_orders(path, [WRONG])
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    links = (
        f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/comments" Target="../comments1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/></Relationships>'
    )
    repack(
        path,
        {
            "xl/worksheets/_rels/sheet2.xml.rels": links,
            "xl/comments1.xml": f'<comments xmlns="{MAIN}"><authors/><commentList>{texts}</commentList></comments>',
            "xl/drawings/vmlDrawing1.vml": f'<xml xmlns:v="urn:schemas-microsoft-com:vml">{boxes}</xml>',
            SHEET: part(path).replace("</worksheet>", f'<legacyDrawing xmlns:r="{office}" r:id="r2"/></worksheet>'),
        },
    )


def comments_that_never_end(path: Path) -> None:
    comments(path, '<comment ref="A1"><text>[Convertisseur JSON-MDV]' * 100_000, "")


def comments_by_the_hundred_thousand(path: Path) -> None:
    one = '<comment ref="A{0}" authorId="0"><text><t>[Convertisseur JSON-MDV]</t></text></comment>'
    comments(path, "".join(map(one.format, range(1, 100_000))), "")


def boxes_that_never_end(path: Path) -> None:
    comments(path, '<comment ref="A1"><text><t>[Convertisseur JSON-MDV]</t></text></comment>', "<v:shape " * 500_000)


def authors_that_never_end(path: Path) -> None:
    comments(path, "<author>" * 500_000 + "<t>" * 500_000, "")


def dashes_as_an_operator(path: Path) -> None:
    with_text(path, "operateurMessagerie", "-" * 1_000_000)


def dashes_and_letters_as_an_operator(path: Path) -> None:
    with_text(path, "operateurMessagerie", "–é" * 500_000)


def a_huge_text(tag: str, text: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with_text(path, tag, text)

    make.__name__ = f"a_huge_{tag}"
    return make


HUGE_TEXTS = [
    a_huge_text("refCommande", "BC 1 " * 1_000_000),
    a_huge_text("dateCommande", "1/" * 2_000_000),
    a_huge_text("montantSegurHT", "1 " * 2_000_000),
    a_huge_text("nomMedecin", "é\u0301 \u200b" * 600_000),
    a_huge_text("emailMedecin", "a@b." * 1_000_000),
    a_huge_text("telephoneMedecin", "0 (1) " * 700_000),
    a_huge_text("RPPS", "1-" * 2_000_000),
    a_huge_text("isDirecToDMP", "oui " * 1_000_000),
    a_huge_text("regimeTVA", "HT." * 1_500_000),
    a_huge_text("bonCommande", "a/../" * 900_000 + "b.pdf"),
]


def a_huge_heading(path: Path) -> None:
    write_orders(path, [WRONG])
    headings = "".join(
        f'<c r="{chr(ord("A") + n // 26) if n >= 26 else ""}{chr(ord("A") + n % 26)}1" t="inlineStr">'
        f"<is><t>{'Numéro ' * 3_000}{n}</t></is></c>"
        for n in range(26, 52)
    ).replace('r="B', 'r="B')
    repack(path, {SHEET: part(path).replace("</row>", f"{headings}</row>", 1)})


def parameters_by_the_hundred_thousand(path: Path) -> None:
    write_orders(path, [WRONG])
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>numeroAn{row}</t></is></c><c r="B{row}"><v>1</v></c></row>'
        for row in range(5, 100_000)
    )
    first = "xl/worksheets/sheet1.xml"
    repack(path, {first: part(path, first).replace("</sheetData>", f"{rows}</sheetData>")})


def three_hundred_megabytes_of_tags(path: Path) -> None:
    with_rows(path, f"<row/>{noise(7_000_000)}" + "<row/>" * 45_000_000)


def three_hundred_megabytes_after_the_cells(path: Path) -> None:
    with_tail(path, f"<extLst>{noise(7_000_000)}" + "<ext/>" * 45_000_000 + "</extLst>")


def three_hundred_megabytes_in_another_part(path: Path) -> None:
    write_orders(path, [WRONG])
    repack(path, {"xl/worksheets/sheet9.xml": f"<a>{noise(7_000_000)}" + "<row/>" * 45_000_000 + "</a>"})


def texts_repeated_by_the_hundred_thousand(path: Path) -> None:
    """195 MB of text once each cell has its copy."""
    write_orders(path, [WRONG])
    strings = part(path, "xl/sharedStrings.xml")
    rank = strings.count("<si>")
    row = '<row r="{0}">' + "".join(f'<c r="{{1}}{{0}}" t="s"><v>{rank}</v></c>'.replace("{1}", one) for one in "DEFG")
    rows = "".join(row.format(number) + "</row>" for number in range(3, 1_500))
    sheet = part(path).replace("</sheetData>", f"{rows}</sheetData>")
    repack(
        path, {"xl/sharedStrings.xml": strings.replace("</sst>", f"<si><t>{'é' * 16_000}</t></si></sst>"), SHEET: sheet}
    )


def three_million_strings(path: Path) -> None:
    write_orders(path, [WRONG])
    strings = part(path, "xl/sharedStrings.xml").replace(
        "</sst>", f"<si><t>{noise(1_500_000)}</t></si>" + "<si><t>a</t></si>" * 3_400_000 + "</sst>"
    )
    repack(path, {"xl/sharedStrings.xml": strings})


WORKBOOKS: list[Callable[[Path], None]] = [
    a_row_beyond_32_bits, a_row_beyond_32_bits_without_addresses, a_row_of_twenty_digits, a_column_of_twelve_letters,
    the_last_cell_in_small_letters, an_address_of_another_kind, a_shared_string_that_is_not_there,
    a_shared_string_that_is_not_there_and_a_very_long_one, a_long_attribute, a_long_attribute_of_a_row,
    many_attributes, spaces_inside_a_tag, tags_that_never_end, conditional_formats_by_the_million,
    merged_ranges_over_one_another, merged_ranges_by_the_million, links_by_the_million,
    columns_by_the_hundred_thousand, views_by_the_hundred_thousand, nested_elements_in_the_workbook,
    names_by_the_hundred_thousand, formats_by_the_hundred_thousand, formats_that_never_end, comments_that_never_end,
    comments_by_the_hundred_thousand, boxes_that_never_end, authors_that_never_end, dashes_as_an_operator,
    dashes_and_letters_as_an_operator, *HUGE_TEXTS, a_huge_heading, parameters_by_the_hundred_thousand,
    three_hundred_megabytes_of_tags, three_hundred_megabytes_in_another_part,
    three_hundred_megabytes_after_the_cells, texts_repeated_by_the_hundred_thousand, three_million_strings,
]  # fmt: skip


# JSON files


def tags_by_the_hundred_thousand_one_twice() -> str:
    return "{" + ",".join(f'"a{n}":1' for n in range(600_000)) + ',"a599999":1}'


def tags_nearly_right_by_the_hundred_thousand() -> str:
    return "{" + ",".join(f'"numeroAn{n}":1' for n in range(500_000)) + "}"


def nested_lists() -> str:
    return "[" * 5_000_000 + "]" * 5_000_000


def nested_objects() -> str:
    return '{"lignesImport":' * 500_000 + "1" + "}" * 500_000


def a_number_of_nine_million_digits() -> str:
    return '{"numeroAns":' + "9" * 9_000_000 + "}"


def a_decimal_of_nine_million_digits() -> str:
    return '{"numeroAns":0.' + "9" * 9_000_000 + "}"


def a_number_of_four_thousand_digits_many_times() -> str:
    return '{"lignesImport":[' + ",".join(["9" * 4_000] * 2_000) + "]}"


def a_text_of_nine_million_letters() -> str:
    return json.dumps({"numeroAns": "9" * 9_000_000, "lignesImport": [{"numeroEditeur": "1"}]})


def requests_by_the_hundred_thousand() -> str:
    return '{"numeroAns":"1234567890","lignesImport":[' + ",".join(['{"numeroEditeur":"00001"}'] * 300_000) + "]}"


def doctors_by_the_hundred_thousand() -> str:
    doctor = '{"nomMedecin":"A","emailMedecin":"a@b.fr","telephoneMedecin":"0144556677","RPPS":"10001234562"}'
    line = '{"numLigne":1,"numeroEditeur":"00001","beneficiaires":{"liberal":[' + ",".join([doctor] * 90_000) + "]}}"
    return '{"numeroAns":"1234567890","lignesImport":[' + line + "]}"


def surrogates_by_the_million() -> str:
    return '{"numeroAns":"' + r"\ud800" * 1_500_000 + '"}'


def escaped_quotes_by_the_million() -> str:
    return '{"numeroAns":"' + r"\"" * 4_500_000 + '"}'


JSON_FILES: list[Callable[[], str]] = [
    tags_by_the_hundred_thousand_one_twice, tags_nearly_right_by_the_hundred_thousand, nested_lists, nested_objects,
    a_number_of_nine_million_digits, a_decimal_of_nine_million_digits, a_number_of_four_thousand_digits_many_times,
    a_text_of_nine_million_letters, requests_by_the_hundred_thousand, doctors_by_the_hundred_thousand,
    surrogates_by_the_million, escaped_quotes_by_the_million,
]  # fmt: skip
