"""Colours, fonts and widths of the workbook to fill. Every text keeps a contrast of at least 4.5:1 (WCAG AA)."""

from dataclasses import dataclass
from typing import Any

from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from converter.format.field_kinds import FieldKind
from converter.format.fields import (
    Beneficiaires,
    Confirmation,
    Doctor,
    Documents,
    Order,
    Reference,
    Scenario,
    Structure,
)


@dataclass(frozen=True, slots=True)
class Band:
    """How a block of columns looks: its title in white on `dark`, its headers in black on `light`."""

    title: str
    dark: str
    light: str


BANDS: dict[str, Band] = {
    Reference.__name__: Band("Référence", "44546A", "D6DCE4"),
    Order.__name__: Band("Commande", "1F4E79", "DDEBF7"),
    Beneficiaires.__name__: Band("Client et mandataire", "5B2C6F", "EBDEF0"),
    Doctor.__name__: Band("LIBERAL : médecin (une ligne par médecin)", "145A32", "E2EFDA"),
    Structure.__name__: Band("STRUCTURE : centre ou maison de santé (une ligne par site)", "7E3F00", "FCE4D6"),
    Scenario.__name__: Band("Scénario d'installation", "0B5345", "D1F2EB"),
    Documents.__name__: Band("Documents (dossier « pieces »)", "5D4E00", "FFF2CC"),
    Confirmation.__name__: Band("À confirmer", "44546A", "D6DCE4"),
}

WIDTHS: dict[FieldKind, float] = {
    FieldKind.TEXT: 20,
    FieldKind.NAME: 22,
    FieldKind.EMAIL: 30,
    FieldKind.PHONE: 16,
    FieldKind.DATE: 13,
    FieldKind.AMOUNT: 14,
    FieldKind.BOOLEAN: 15,
    FieldKind.CHOICE: 14,
    FieldKind.OPERATOR: 36,
    FieldKind.IDENTIFIER: 15,
    FieldKind.FILE: 30,
}

_TEXT = "@"  # keeps leading zeros, and « 2022-11 » from turning into a date
_NUMBER_FORMATS: dict[FieldKind, str] = {
    FieldKind.DATE: "dd/mm/yyyy",
    FieldKind.AMOUNT: "#,##0.00",  # a French Excel shows it as 1 075,00
    FieldKind.BOOLEAN: "General",
    FieldKind.CHOICE: "General",
}
_CENTERED_KINDS = (FieldKind.DATE, FieldKind.BOOLEAN, FieldKind.CHOICE)

NOT_CONCERNED = PatternFill("solid", start_color="BFBFBF", end_color="BFBFBF")
FILLED_FOR_NOTHING = Font(color="C00000", bold=True)
WRONG = PatternFill("solid", start_color="FFC7CE", end_color="FFC7CE")


def _font(**more: Any) -> Font:
    return Font(name="Calibri", family=2, **{"size": 11, **more})


TITLE = _font(size=16, bold=True, color="1F4E79")
HEADING = _font(size=13, bold=True, color="1F4E79")
LINK = _font(underline="single", color="0563C1")
PLAIN = _font()
BOLD = _font(bold=True)
WHITE_BOLD = _font(bold=True, color="FFFFFF")
QUIET = _font(color="595959")
WRONG_FONT = _font(color="9C0006")

CENTERED = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="top", wrap_text=True)
_LINE = Side(style="thin", color="A6A6A6")
BOXED = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def print_on_a4(sheet: Worksheet, *, landscape: bool = True, pages_wide: int = 1) -> None:
    """Print on A4, on that many pages across and as many down as needed."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def filled(colour: str) -> PatternFill:
    """A plain background of that colour (RRGGBB)."""
    return PatternFill("solid", start_color=colour, end_color=colour)


def dress(target: Cell | MergedCell | ColumnDimension, kind: FieldKind) -> None:
    """Give a cell, or a whole column, the format of its kind: text, unless it holds a date, an amount or a choice."""
    target.number_format = _NUMBER_FORMATS.get(kind, _TEXT)
    if kind in _CENTERED_KINDS:
        target.alignment = CENTERED
