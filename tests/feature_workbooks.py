"""One small workbook for each thing that users' workbooks hold, written by XlsxWriter, openpyxl or part by part.

Each has a sheet « Demandes » with its headings in row 1 and orders in rows 2 to 5, columns A to C.
"""

import datetime
import io
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import xlsxwriter
from annotated import SHEET, packed, parts, sheet_part
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

HEADINGS = ("refCommande", "RPPS", "montantSegurHT")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_RELS = b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'></Relationships>"
Edit = Callable[[str], str]


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff\0\0" * 2 + b"\0" + b"\0\xff\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def written(fill: Callable[[xlsxwriter.Workbook, Any], None] = lambda *_: None, *, orders: bool = True) -> bytes:
    """A workbook of XlsxWriter with the orders, to which `fill` adds."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet(SHEET)
    if orders:
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
        for row in range(1, 5):
            sheet.write_string(row, 0, f"BC-{row}", book.add_format({"num_format": "@", "bg_color": "#DDEBF7"}))
            sheet.write_string(row, 1, "999", book.add_format({"border": 1}))
            sheet.write_number(row, 2, 100 * row)
    lists = book.add_worksheet("Listes")
    lists.write_column(0, 0, ["TTC", "HT"])
    fill(book, sheet)
    book.close()
    return stream.getvalue()


def changed(workbook: bytes, edits: Mapping[str, Edit], added: Mapping[str, str | bytes] | None = None) -> bytes:
    """The workbook with some parts written otherwise, and parts added."""
    content: dict[str, str | bytes] = {**parts(workbook)}
    for name, edit in edits.items():
        old = content[name]
        content[name] = edit(old.decode() if isinstance(old, bytes) else old)
    return packed({**content, **(added or {})})


def linked(workbook: bytes, owner: str, kind: str, part: str, content: str | bytes, content_type: str) -> bytes:
    """The workbook with one more part, to which `owner` leads."""
    folder, _, name = owner.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    known = parts(workbook).get(rels, _RELS).decode()
    link = f'<Relationship Id="rIdN{len(known)}" Type="{kind}" Target="/{part}"/></Relationships>'
    override = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'
    return changed(
        workbook,
        {"[Content_Types].xml": lambda xml: xml.replace("</Types>", override)},
        {rels: known.replace("</Relationships>", link), part: content},
    )


def in_sheet(workbook: bytes, before: str, xml: str) -> bytes:
    """The workbook with an element of « Demandes » put before another."""
    return changed(workbook, {sheet_part(workbook, SHEET): lambda old: old.replace(before, xml + before, 1)})


# Written by XlsxWriter


def table(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.add_table("A1:C5", {"columns": [{"header": one} for one in HEADINGS], "name": "Commandes"})


def table_without_headings(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.add_table("D1:E5", {"header_row": False})


def merged(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.merge_range("D2:E4", "")
    sheet.merge_range("A8:G8", "Total à la main", book.add_format({"italic": True}))


def hidden_columns(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.set_column("D:E", 9, None, {"hidden": True})
    sheet.set_column("F:F", 20, None, {"level": 1})


def ruled_cells(book: xlsxwriter.Workbook, sheet: Any) -> None:
    for row in range(12):
        for column in range(3, 8):
            sheet.write_blank(row, column, None, book.add_format({"border": 1, "bg_color": "#FFF2CC"}))


def own_statut_after_a_blank(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.write_blank(0, 3, None, book.add_format({"bold": True}))
    sheet.write_string(0, 4, "Statut")
    sheet.write_string(1, 4, "payé")


def pictures(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.embed_image("C5", "tampon.png", {"image_data": io.BytesIO(_png())})
    sheet.insert_image("H2", "logo.png", {"image_data": io.BytesIO(_png())})
    sheet.set_header("&L&G", {"image_left": "entete.png", "image_data_left": io.BytesIO(_png())})


def dynamic_arrays(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.write_dynamic_array_formula("C5:C5", "=SUM(LEN(A2:A4))", None, 12)
    sheet.write_formula("C4", "=_xlfn.XLOOKUP(A2,A2:A5,C2:C5)", None, 100)
    sheet.write_dynamic_array_formula("F2:F5", "=_xlfn._xlws.SORT(A2:A5)", None, "BC-1")  # fills four cells
    sheet.write_array_formula("C2:C3", "{=LEN(A2:A3)}", None, 4)


def checkboxes(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.insert_checkbox("C5", True)


def validations(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.data_validation("A2:A9", {"validate": "list", "source": "=Listes!$A$1:$A$2", "input_title": "a > b"})
    sheet.conditional_format("C2:C9", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B2:B9", {"type": "duplicate", "format": book.add_format({"bold": True})})
    sheet.add_sparkline("H2", {"range": "Demandes!C2:C5"})
    sheet.autofilter("A1:C5")
    sheet.freeze_panes(1, 0)
    sheet.protect("", {"select_locked_cells": True})


def chart(book: xlsxwriter.Workbook, sheet: Any) -> None:
    drawn = book.add_chart({"type": "column"})
    assert drawn is not None
    drawn.add_series({"values": "=Demandes!$C$2:$C$5"})
    sheet.insert_chart("H3", drawn)
    alone = book.add_chart({"type": "line"})
    assert alone is not None
    alone.add_series({"values": "=Demandes!$C$2:$C$5"})
    book.add_chartsheet("Graphique").set_chart(alone)
    book.define_name("Montants", "=Demandes!$C$2:$C$5")


def own_comments(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.write_comment("A3", "Vu avec\nle cabinet", {"author": "Camille"})
    sheet.write_comment("C2", "Montant confirmé")


def button(_book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.insert_button("H2", {"caption": "Calculer", "macro": "Calcul"})


def many_fills(book: xlsxwriter.Workbook, sheet: Any) -> None:
    for number in range(150):
        sheet.write_string(number + 10, 1, "x", book.add_format({"bg_color": f"#{0x10_10_10 + number * 641:06X}"}))


def rich_texts(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.write_rich_string("A5", "BC-", book.add_format({"bold": True}), "4", " & <suite>")
    sheet.write_url("B5", "https://exemple.example/?a=1&b=2", None, "999")
    sheet.write_string("C5", '_x0041_ \' s="12" <c r="A1" s="5">')


def group_and_outline(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.set_row(2, 30, book.add_format({"bg_color": "#E2EFDA"}), {"level": 1})
    sheet.set_row(3, None, None, {"level": 1, "hidden": True})
    sheet.set_column("D:XFD", 9, None, {"hidden": True})


# Written part by part


def rels_typed_one_by_one() -> bytes:
    """As LibreOffice 3 to 5: no default type for links, each part of them declared."""

    def types(xml: str) -> str:
        xml = re.sub(r'<Default Extension="rels"[^>]*/>', "", xml)
        rels = "application/vnd.openxmlformats-package.relationships+xml"
        typed = "".join(
            f'<Override PartName="/{part}" ContentType="{rels}"/>'
            for part in ("_rels/.rels", "xl/_rels/workbook.xml.rels")
        )
        return xml.replace("</Types>", f"{typed}</Types>")

    return changed(written(), {"[Content_Types].xml": types})


def without_styles() -> bytes:
    book = written()
    bare: dict[str, str | bytes] = {name: data for name, data in parts(book).items() if name != "xl/styles.xml"}
    return changed(
        packed(bare),
        {
            "[Content_Types].xml": lambda xml: re.sub(r"<Override [^>]*styles.xml[^>]*/>", "", xml),
            "xl/_rels/workbook.xml.rels": lambda xml: re.sub(r"<Relationship [^>]*styles.xml[^>]*/>", "", xml),
            "xl/worksheets/sheet1.xml": lambda xml: re.sub(r' s="\d+"', "", xml),
        },
    )


def alternate_fonts() -> bytes:
    """As Hancom: a font that has two readings."""
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    font = '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    wrapped = (
        f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="hs" xmlns:hs="http://exemple.example/hs">{font}'
        f"</mc:Choice><mc:Fallback>{font}</mc:Fallback></mc:AlternateContent>"
    )

    def edit(xml: str) -> str:
        return re.sub(
            r'(<fonts count=")(\d+)(".*?)</fonts>', lambda m: f"{m[1]}{int(m[2]) + 1}{m[3]}{wrapped}</fonts>", xml
        )

    return changed(written(), {"xl/styles.xml": edit})


def drawn_line() -> bytes:
    """A line drawn by an old Excel, in the drawing where comments have their boxes."""
    vml = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:line id="_x0000_s1025" from="10pt,10pt" to="90pt,10pt">'
        '<x:ClientData ObjectType="Line"><x:Anchor>1,0,1,0,2,0,2,0</x:Anchor></x:ClientData></v:line></xml>'
    )
    book = linked(
        written(),
        "xl/worksheets/sheet1.xml",
        f"{OFFICE}/vmlDrawing",
        "xl/drawings/vmlDrawing7.vml",
        vml,
        "application/vnd.openxmlformats-officedocument.vmlDrawing",
    )
    found = re.search(r'Id="(rIdN\d+)"', parts(book)["xl/worksheets/_rels/sheet1.xml.rels"].decode())
    assert found is not None
    return in_sheet(book, "</worksheet>", f'<legacyDrawing xmlns:r="{OFFICE}" r:id="{found[1]}"/>')


def raw_signs_in_attributes() -> bytes:
    """`>` as it is in the name of a sheet, which XML allows."""
    book = written()
    return changed(
        book,
        {
            "xl/workbook.xml": lambda xml: re.sub(
                r'<sheet name="Listes" sheetId="\d+"', '<sheet name="a > b" sheetId="7"', xml
            )
        },
    )


def strict() -> bytes:
    """« Open XML strict », as Excel's save dialogue offers it."""

    def edit(xml: bytes) -> bytes:
        xml = xml.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        return xml.replace(OFFICE.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    content: dict[str, str | bytes] = {name: edit(data) for name, data in parts(written(own_comments)).items()}
    return packed(content)


def macro_sheet() -> bytes:
    """A sheet of Excel 4 macros beside ours."""
    kind = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    xml = (
        f'<xm:macrosheet xmlns="{MAIN}" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetViews>'
        '<sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetData/></xm:macrosheet>'
    )
    book = linked(
        written(), "xl/workbook.xml", kind, "xl/macrosheets/sheet1.xml", xml, "application/vnd.ms-excel.macrosheet+xml"
    )
    found = re.search(r'Id="(rIdN\d+)"', parts(book)["xl/_rels/workbook.xml.rels"].decode())
    assert found is not None
    tag = f'<sheet name="Macro1" sheetId="9" r:id="{found[1]}"/></sheets>'
    return changed(book, {"xl/workbook.xml": lambda xml: xml.replace("</sheets>", tag)})


def custom_properties() -> bytes:
    """What an add-in keeps with a sheet."""
    book = linked(
        written(),
        "xl/worksheets/sheet1.xml",
        f"{OFFICE}/customProperty",
        "xl/customProperty1.bin",
        '<?xml version="1.0" encoding="utf-16"?><etat/>'.encode("utf-16-le"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.customProperty",
    )
    found = re.search(r'Id="(rIdN\d+)"', parts(book)["xl/worksheets/_rels/sheet1.xml.rels"].decode())
    assert found is not None
    pr = f'<customPr xmlns:r="{OFFICE}" name="etat" r:id="{found[1]}"/>'
    return in_sheet(book, "</worksheet>", f"<customProperties>{pr}</customProperties>")


def threaded_comments() -> bytes:
    """A thread of comments, with the copy that Excel keeps of it for older programs."""

    def thread(_book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_comment(
            "A4", "[Threaded comment] Relancer", {"author": "tc={7E1A0000-0000-4000-8000-000000000001}"}
        )

    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    kinds = "http://schemas.microsoft.com/office/2017/10/relationships"
    book = linked(
        written(thread),
        "xl/worksheets/sheet1.xml",
        f"{kinds}/threadedComment",
        "xl/threadedComments/threadedComment1.xml",
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="A4" dT="2026-11-02T10:00:00.00" '
        'personId="{01000000-0000-4000-8000-000000000001}" id="{7E1A0000-0000-4000-8000-000000000001}">'
        "<text>Relancer</text></threadedComment></ThreadedComments>",
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    return linked(
        book,
        "xl/workbook.xml",
        f"{kinds}/person",
        "xl/persons/person.xml",
        f'<personList xmlns="{space}"><person displayName="Camille" id="{{01000000-0000-4000-8000-000000000001}}" '
        'userId="c" providerId="None"/></personList>',
        "application/vnd.ms-excel.person+xml",
    )


def _extended(workbook: bytes, owner: str, kind: str, uri: str, wrapped: str) -> bytes:
    """The workbook, `owner` naming in an extension the part that it is last linked to under that kind."""
    folder, _, name = owner.rpartition("/")
    found = re.findall(r'Id="(rIdN\d+)" Type="[^"]*/(\w+)"', parts(workbook)[f"{folder}/_rels/{name}.rels"].decode())
    reference = f'xmlns:r="{OFFICE}" r:id="{next(one for one, other in reversed(found) if other == kind)}"'
    extension = f'<ext xmlns:x14="{X14}" xmlns:x15="{X15}" uri="{uri}">{wrapped.format(reference)}</ext>'

    def edit(xml: str) -> str:
        if "</extLst>" in xml:
            return xml.replace("</extLst>", f"{extension}</extLst>", 1)
        end = xml.rindex("</")
        return f"{xml[:end]}<extLst>{extension}</extLst>{xml[end:]}"

    return changed(workbook, {owner: edit})


def slicers() -> bytes:
    """The buttons that filter a table, as Excel for a table keeps them: a part of buttons, and one of their state."""
    kinds = "http://schemas.microsoft.com/office/2007/relationships"
    book = linked(
        written(table),
        "xl/worksheets/sheet1.xml",
        f"{kinds}/slicer",
        "xl/slicers/slicer1.xml",
        f'<slicers xmlns="{X14}"><slicer name="RPPS" cache="Segment_RPPS" caption="RPPS"/></slicers>',
        "application/vnd.ms-excel.slicer+xml",
    )
    book = linked(
        book,
        "xl/workbook.xml",
        f"{kinds}/slicerCache",
        "xl/slicerCaches/slicerCache1.xml",
        f'<slicerCacheDefinition xmlns="{X14}" name="Segment_RPPS" sourceName="RPPS"><extLst>'
        f'<ext xmlns:x15="{X15}" uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}">'
        '<x15:tableSlicerCache tableId="1" column="2"/></ext></extLst></slicerCacheDefinition>',
        "application/vnd.ms-excel.slicerCache+xml",
    )
    listed = "<x14:slicerList><x14:slicer {}/></x14:slicerList>"
    book = _extended(book, "xl/worksheets/sheet1.xml", "slicer", "{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}", listed)
    caches = "<x15:slicerCaches><x14:slicerCache {}/></x15:slicerCaches>"
    return _extended(book, "xl/workbook.xml", "slicerCache", "{46BE6895-7355-4a93-B00E-2C351335B9C9}", caches)


def pivot_table() -> bytes:
    """A pivot table of the orders, on the other sheet, with the copy of the orders that it keeps."""

    def days(_book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_column("D1", ["Jour", *range(46_000, 46_004)])

    name = "xl/pivotCache/pivotCacheDefinition1.xml"
    fields = "".join(
        f'<cacheField name="{one}" numFmtId="0"><sharedItems/></cacheField>' for one in (*HEADINGS, "Jour")
    )
    book = linked(
        written(days),
        "xl/workbook.xml",
        f"{OFFICE}/pivotCacheDefinition",
        name,
        f'<pivotCacheDefinition xmlns="{MAIN}" saveData="0" refreshOnLoad="1" refreshedVersion="6"><cacheSource '
        f'type="worksheet"><worksheetSource ref="A1:D5" sheet="{SHEET}"/></cacheSource><cacheFields count="4">{fields}'
        "</cacheFields></pivotCacheDefinition>",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml",
    )
    found = re.search(r'Id="(rIdN\d+)"', parts(book)["xl/_rels/workbook.xml.rels"].decode())
    assert found is not None
    caches = f'<pivotCaches><pivotCache cacheId="1" r:id="{found[1]}"/></pivotCaches></workbook>'
    book = changed(book, {"xl/workbook.xml": lambda xml: xml.replace("</workbook>", caches)})
    shown = '<pivotField dataField="1" showAll="0"/>'
    part = "xl/pivotTables/pivotTable1.xml"
    book = linked(
        book,
        "xl/worksheets/sheet2.xml",
        f"{OFFICE}/pivotTable",
        part,
        f'<pivotTableDefinition xmlns="{MAIN}" name="TCD" cacheId="1" dataCaption="Valeurs"><location ref="D1:D2" '
        f'firstHeaderRow="0" firstDataRow="1" firstDataCol="0"/><pivotFields count="4"><pivotField showAll="0"/>'
        f'<pivotField showAll="0"/>{shown}<pivotField showAll="0"/></pivotFields><rowItems count="1"><i/></rowItems>'
        '<colItems count="1"><i/></colItems><dataFields count="1"><dataField name="Somme" fld="2"/></dataFields>'
        "</pivotTableDefinition>",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotTable+xml",
    )
    cache = f'<Relationship Id="rId1" Type="{OFFICE}/pivotCacheDefinition" Target="/{name}"/></Relationships>'
    rels = _RELS.decode().replace("</Relationships>", cache)
    return changed(book, {}, {"xl/pivotTables/_rels/pivotTable1.xml.rels": rels})


def timelines() -> bytes:
    """The ruler that filters a pivot table by its dates: a part that draws it, and one of its state."""
    kinds = "http://schemas.microsoft.com/office/2011/relationships"
    book = linked(
        pivot_table(),
        "xl/worksheets/sheet2.xml",
        f"{kinds}/timeline",
        "xl/timelines/timeline1.xml",
        f'<timelines xmlns="{X15}"><timeline name="Jour" cache="Chronologie_Jour" caption="Jour" level="2" '
        'selectionLevel="2" scrollPosition="2025-12-01T00:00:00"/></timelines>',
        "application/vnd.ms-excel.timeline+xml",
    )
    book = linked(
        book,
        "xl/workbook.xml",
        f"{kinds}/timelineCache",
        "xl/timelineCaches/timelineCache1.xml",
        f'<timelineCacheDefinition xmlns="{X15}" name="Chronologie_Jour" sourceName="Jour"><pivotTables><pivotTable '
        'tabId="2" name="TCD"/></pivotTables><state minimalRefreshVersion="6" lastRefreshVersion="6" pivotCacheId="1" '
        'filterType="unknown"><bounds startDate="2025-01-01T00:00:00" endDate="2027-01-01T00:00:00"/></state>'
        "</timelineCacheDefinition>",
        "application/vnd.ms-excel.timelineCache+xml",
    )
    drawn = "<x15:timelineRefs><x15:timelineRef {}/></x15:timelineRefs>"
    book = _extended(book, "xl/worksheets/sheet2.xml", "timeline", "{7E03D99C-DC04-49d9-9315-930204A7B6E9}", drawn)
    caches = "<x15:timelineCacheRefs><x15:timelineCacheRef {}/></x15:timelineCacheRefs>"
    return _extended(book, "xl/workbook.xml", "timelineCache", "{D0CA8CA8-9F24-4464-BF8E-62219DCF47F9}", caches)


def embedded_fonts() -> bytes:
    return linked(
        written(), "xl/workbook.xml", f"{OFFICE}/font", "xl/fonts/font1.odttf", b"\0\1\2", "application/x-fontdata"
    )


def prefixed() -> bytes:
    """As some libraries of .NET: a prefix on every element of the sheet and of the workbook."""

    def edit(xml: str) -> str:
        return re.sub(r"<(/?)(?![?!])(\w)", r"<\1x:\2", xml).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')

    return changed(written(), dict.fromkeys(("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"), edit))


def by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(HEADINGS)
    for row in range(1, 5):
        sheet.append([f"BC-{row}", datetime.date(2026, 11, row), f"=1000+{row}"])
    sheet["A3"].comment = Comment("Vu avec le cabinet", "Camille")
    sheet["B3"].fill = PatternFill("solid", fgColor="FFDDEBF7")
    sheet["C5"].border = Border(bottom=Side("thick"))
    dropdown = DataValidation(type="list", formula1='"TTC,HT"', sqref="A2:A9")
    sheet.add_data_validation(dropdown)
    sheet.column_dimensions.group("F", "H", hidden=True)
    book.create_sheet("Listes")["A1"] = "TTC"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_FILLS = (
    table, table_without_headings, merged, hidden_columns, ruled_cells, own_statut_after_a_blank, pictures,
    dynamic_arrays, checkboxes, validations, chart, own_comments, button, many_fills, rich_texts, group_and_outline,
)  # fmt: skip
_WHOLE = (
    rels_typed_one_by_one, without_styles, alternate_fonts, drawn_line, raw_signs_in_attributes, strict, macro_sheet,
    custom_properties, threaded_comments, slicers, pivot_table, timelines, embedded_fonts, prefixed, by_openpyxl,
)  # fmt: skip
FEATURES: dict[str, Callable[[], bytes]] = {
    **{one.__name__: (lambda one=one: written(one)) for one in _FILLS},  # type: ignore[misc]
    **{one.__name__: one for one in _WHOLE},
}
