"""A workbook written part by part as Excel does, with what openpyxl drops: extension dropdowns, a threaded comment…"""

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_LIST = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'

EXTENSION_DROPDOWN = (
    f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{_X14}">'
    '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:dataValidation type="list" allowBlank="1" showErrorMessage="1"><x14:formula1><xm:f>Listes!$A$1:$A$2</xm:f>'
    "</x14:formula1><xm:sqref>B3:B200</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)
ROWS = (
    '<row r="1" spans="1:3"><c r="A1" t="inlineStr"><is><t>Commandes</t></is></c></row>'
    '<row r="2" spans="1:3"><c r="A2" s="1" t="s"><v>0</v></c><c r="B2" s="1" t="s"><v>1</v></c>'
    '<c r="C2" s="1" t="s"><v>2</v></c></row>'
    '<row r="3" spans="1:3" s="2" customFormat="1"><c r="A3" s="2" t="s"><v>3</v></c>'
    '<c r="C3" s="3"><v>1075.5</v></c></row>'
    '<row r="4" spans="1:3"><c r="A4" s="2" t="s"><v>4</v></c><c r="B4" t="s"><v>5</v></c>'
    '<c r="C4" s="3"><f>C3*2</f><v>2151</v></c></row>'
)
DEMANDES = (
    f'{_HEAD}<worksheet {MAIN} xmlns:r="{REL}"><sheetPr><tabColor rgb="FF00B050"/></sheetPr><dimension ref="A1:C4"/>'
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="2" topLeftCell="A3" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
    '<cols><col min="1" max="1" width="20" style="2" customWidth="1"/>'
    '<col min="4" max="16384" width="9" hidden="1"/></cols>'
    f"<sheetData>{ROWS}</sheetData>"
    '<sheetProtection sheet="0"/><autoFilter ref="A2:C4"/>'
    '<conditionalFormatting sqref="C3:C4"><cfRule type="cellIs" dxfId="0" priority="1" operator="greaterThan">'
    "<formula>5000</formula></cfRule></conditionalFormatting>"
    '<dataValidations count="1"><dataValidation type="list" sqref="A3:A9" promptTitle="a > b">'
    '<formula1>"x,y"</formula1></dataValidation></dataValidations>'
    '<hyperlinks><hyperlink ref="A3" location="Listes!A1"/></hyperlinks>'
    '<printOptions horizontalCentered="1"/><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" '
    'footer="0.3"/><pageSetup orientation="landscape"/><headerFooter><oddFooter>&amp;CPage</oddFooter></headerFooter>'
    '<drawing r:id="rId1"/><legacyDrawing r:id="rId2"/><legacyDrawingHF r:id="rId3"/>'
    f"{EXTENSION_DROPDOWN}</worksheet>"
)


def _rels(*links: tuple[str, str, str]) -> str:
    lines = "".join(f'<Relationship Id="{one}" Type="{kind}" Target="{target}"/>' for one, kind, target in links)
    return f"{_HEAD}<Relationships {_RELS}>{lines}</Relationships>"


def _sheet(text: str) -> str:
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    return f"{_HEAD}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def _strings(*texts: str) -> str:
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'{_HEAD}<sst {MAIN} count="{len(texts)}" uniqueCount="{len(texts)}">{items}</sst>'


_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="visibility:hidden"><x:ClientData ObjectType="Note">'
    "<x:Anchor>1,15,0,2,3,15,3,16</x:Anchor><x:Row>{row}</x:Row><x:Column>0</x:Column></x:ClientData></v:shape>"
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" o:spt="202"/>'
)
_STYLES = (
    f'{_HEAD}<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor theme="4" tint="0.8"/><bgColor indexed="64"/></patternFill></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1">'
    '<protection locked="0"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    '<dxfs count="1"><dxf><fill><patternFill><bgColor rgb="FFFFFF00"/></patternFill></fill></dxf></dxfs></styleSheet>'
)
_COMMENTS = (
    f"{_HEAD}<comments {MAIN}><authors><author>Camille</author><author>tc={{7E1A}}</author></authors><commentList>"
    '<comment ref="A3" authorId="0"><text><t>Vu avec le cabinet</t></text></comment>'
    '<comment ref="A4" authorId="1"><text><t>[Threaded comment] Relancer</t></text></comment></commentList></comments>'
)
_THREADED = (
    f'{_HEAD}<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="A4" id="{7E1A}" personId="{01}"><text>Relancer</text></threadedComment></ThreadedComments>'
)
_BOOK = (
    f'{_HEAD}<workbook {MAIN} xmlns:r="{REL}"><workbookPr/>'
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/>'
    '<bookViews><workbookView xWindow="0" activeTab="0"/></bookViews><sheets>'
    '<sheet name="Demandes" sheetId="1" r:id="rId1"/>'
    '<sheet name="Listes" sheetId="4" r:id="rId2"/><sheet name="Notes d\'équipe" sheetId="7" r:id="rId3"/></sheets>'
    '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">Demandes!$A$2:$C$4'
    '</definedName><definedName name="TVA">Listes!$A$1:$A$2</definedName></definedNames>'
    '<calcPr calcId="191029"/></workbook>'
)
_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
    + "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_LIST}.worksheet+xml"/>'
        for number in (1, 2, 3)
    )
    + f'<Override PartName="/xl/styles.xml" ContentType="{_LIST}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_LIST}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/comments1.xml" ContentType="{_LIST}.comments+xml"/>'
    '<Override PartName="/xl/drawings/drawing1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>'
    "</Types>"
)
_DRAWING = (
    f'{_HEAD}<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"></xdr:wsDr>'
)
PARTS: dict[str, str | bytes] = {
    "[Content_Types].xml": _TYPES,
    "_rels/.rels": _rels(("rId1", f"{REL}/officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": _BOOK,
    "xl/_rels/workbook.xml.rels": _rels(
        ("rId1", f"{REL}/worksheet", "worksheets/sheet1.xml"),
        ("rId2", f"{REL}/worksheet", "/xl/worksheets/sheet2.xml"),
        ("rId3", f"{REL}/worksheet", "worksheets/sheet3.xml"),
        ("rId4", f"{REL}/styles", "styles.xml"),
        ("rId5", f"{REL}/sharedStrings", "sharedStrings.xml"),
        ("rId6", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
    ),
    "xl/worksheets/sheet1.xml": DEMANDES,
    "xl/worksheets/sheet2.xml": _sheet("TTC"),
    "xl/worksheets/sheet3.xml": _sheet("à rappeler"),
    "xl/worksheets/_rels/sheet1.xml.rels": _rels(
        ("rId3", f"{REL}/vmlDrawing", "../drawings/vmlDrawing2.vml"),
        ("rId1", f"{REL}/drawing", "../drawings/drawing1.xml"),
        ("rId2", f"{REL}/vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("rId4", f"{REL}/comments", "../comments1.xml"),
        (
            "rId5",
            "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
            "../threadedComments/threadedComment1.xml",
        ),
    ),
    "xl/styles.xml": _STYLES,
    "xl/sharedStrings.xml": _strings("refCommande", "RPPS", "montantSegurHT", "BC-1", "BC-2", "999"),
    "xl/comments1.xml": _COMMENTS,
    "xl/threadedComments/threadedComment1.xml": _THREADED,
    "xl/drawings/drawing1.xml": _DRAWING,
    "xl/drawings/vmlDrawing1.vml": _VML + _SHAPE.format(id=1025, row=2) + _SHAPE.format(id=1026, row=3) + "</xml>",
    "xl/drawings/vmlDrawing2.vml": _VML + '<v:shape id="CF" type="#_x0000_t75"/></xml>',
    "xl/media/image1.png": b"\x89PNG\r\n\x1a\n(image)",
    "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macros",
    "xl/calcChain.xml": f'<calcChain {MAIN}><c r="C4" i="1"/></calcChain>',
}
