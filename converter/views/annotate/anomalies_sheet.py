"""The sheet « Anomalies »: one line for each finding, with a link to its cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converter.findings import Finding, Severity
from converter.findings.french import unturned
from converter.reading.cells import column_index
from converter.views.annotate.cell_formats import PAINTS, CellFormats, Font
from converter.views.annotate.xml_text import inline_text, quoted, sheet_reference

NAME = "Anomalies"
HEADER = ("Feuille", "Ligne", "Colonne", "Balise", "Valeur", "Gravité", "Code", "Message", "Remède")
MOST_LINKS = 65_530  # a sheet (Excel's limit)
WIDTHS = (14, 7, 9, 25, 26, 14, 28, 60, 60)  # characters
_LINE_HEIGHT = 15  # points
_MOST_LINES = 27  # Excel's tallest row is 409 points
_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.CORRECTION, Severity.STOP)
_CHUNK = 500  # lines written at once


def in_order(findings: Sequence[Finding], sheets: Sequence[str]) -> list[Finding]:
    """Errors before warnings before corrections; then as they stand in the workbook."""
    places = {name: number for number, name in enumerate(sheets)}

    def key(one: Finding) -> tuple[int, int, int, int, str]:
        cell = one.cell
        place = places.get(cell.sheet, -1)
        return _GRAVITY.index(one.severity), place, cell.row or 0, column_index(cell.column), one.code

    return sorted(findings, key=key)


def texts(finding: Finding) -> tuple[str, str, str, str, str, str]:
    """The columns of its line after the place: tag, value, severity, code, message, remedy."""
    return (
        finding.tag,
        unturned(finding.value),
        finding.severity.value,
        finding.code,
        finding.message,
        finding.remedy,
    )


@dataclass(frozen=True, slots=True)
class ListFormats:
    """The numbers of the formats that the sheet uses, and the column « Statut »."""

    header: int
    plain: int
    link: int
    statut: int
    statut_link: int
    gravity: dict[Severity, int]

    @classmethod
    def among(cls, styles: CellFormats) -> "ListFormats":
        return cls(
            header=styles.text_format(Font.TITLE),
            plain=styles.text_format(Font.PLAIN),
            link=styles.text_format(Font.LINK),
            statut=styles.text_format(Font.PLAIN, wrap=False),
            statut_link=styles.text_format(Font.LINK, wrap=False),
            gravity={one: styles.text_format(Font.PLAIN, fill=one) for one in PAINTS},
        )


def sheet(findings: Sequence[Finding], linkable: frozenset[str], formats: ListFormats, main: str) -> Iterator[bytes]:
    """The sheet's XML, in chunks; `linkable`: the sheets that a link may lead to; `main`: the XML's namespace."""
    yield _opening(len(findings) + 1, main).encode()
    yield _header(formats).encode()
    links: list[str] = []
    lines: list[str] = []
    for row, finding in enumerate(findings, start=2):
        linked = finding.cell.sheet in linkable and finding.cell.row is not None and len(links) < MOST_LINKS
        lines.append(_line(row, finding, formats, linked=linked))
        if linked:
            links.append(_link(row, finding))
        if len(lines) == _CHUNK:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()
    yield _closing(len(findings) + 1, links).encode()


def _opening(last_row: int, main: str) -> str:
    col = '<col min="{0}" max="{0}" width="{1}" customWidth="1"/>'
    cols = "".join(col.format(number, width) for number, width in enumerate(WIDTHS, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{main}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:I{last_row}"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{_LINE_HEIGHT}"/><cols>{cols}</cols><sheetData>'
    )


def _header(formats: ListFormats) -> str:
    titles = zip("ABCDEFGHI", HEADER, strict=True)
    cells = "".join(_text_cell(letter, 1, formats.header, title) for letter, title in titles)
    return f'<row r="1">{cells}</row>'


def _line(row: int, finding: Finding, formats: ListFormats, *, linked: bool) -> str:
    cell = finding.cell
    place = formats.link if linked else formats.plain
    number = f'<c r="B{row}" s="{place}"><v>{cell.row}</v></c>' if cell.row else f'<c r="B{row}" s="{place}"/>'
    styles = (formats.plain, formats.plain, formats.gravity.get(finding.severity, formats.plain), *(formats.plain,) * 3)
    rest = "".join(
        _text_cell(letter, row, style, value)
        for letter, style, value in zip("DEFGHI", styles, texts(finding), strict=True)
    )
    shown = (cell.sheet, "", "", *texts(finding))
    lines = max(_lines(value, length) for value, length in zip(shown, WIDTHS, strict=True))
    height = f' ht="{lines * _LINE_HEIGHT}" customHeight="1"' if lines > 1 else ""
    return (
        f'<row r="{row}"{height}>{_text_cell("A", row, place, cell.sheet)}{number}'
        f"{_text_cell('C', row, place, cell.column)}{rest}</row>"
    )


def _text_cell(letter: str, row: int, style: int, value: str) -> str:
    """An inline string, which Excel never reads as a formula."""
    if not value:
        return f'<c r="{letter}{row}" s="{style}"/>'
    return f'<c r="{letter}{row}" s="{style}"{inline_text(value)}'


def _lines(value: str, length: int) -> int:
    """How many lines a wrapped text takes in a column of this width (a little generously)."""
    if len(value) <= length and "\n" not in value:
        return 1
    return min(sum(1 + len(line) // length for line in value.split("\n")), _MOST_LINES)


def _link(row: int, finding: Finding) -> str:
    place = quoted(f"{sheet_reference(finding.cell.sheet)}!{finding.cell.column or 'A'}{finding.cell.row}")
    return f'<hyperlink ref="A{row}:C{row}" location="{place}"/>'


def _closing(last_row: int, links: Sequence[str]) -> str:
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'</sheetData><autoFilter ref="A1:I{last_row}"/>{hyperlinks}'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )
