"""Sheet « Demandes »: block titles on row 1, French labels on row 2 (the header), room for requests below.

Formats are set on whole columns and dropdowns on ranges: an empty template has no styled cell under its header.
"""

from itertools import groupby
from typing import Literal

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from converter.format.field_kinds import Audience, Field, FieldKind, Required
from converter.format.fields import FIELDS, Reference, fields_of
from converter.format.user_files import REQUESTS_SHEET
from converter.views.template.cell_styles import (
    BANDS,
    BOLD,
    BOXED,
    CENTERED,
    FILLED_FOR_NOTHING,
    NOT_CONCERNED,
    PLAIN,
    WHITE_BOLD,
    WIDTHS,
    dress,
    filled,
    print_on_a4,
)
from converter.views.template.dropdown_lists import list_name

HEADER = 2
FIRST = HEADER + 1
ROOM = 2000
LETTERS: dict[str, str] = {field.tag: get_column_letter(rank) for rank, field in enumerate(FIELDS, start=1)}

_PROMPT_LIMIT, _TITLE_LIMIT = 255, 32  # Excel refuses a workbook whose input messages are longer
_Type = Literal["list", "date", "decimal", "textLength"]
_Operator = Literal["equal", "lessThan", "lessThanOrEqual", "greaterThan"]
_OPTIONAL = (Required.NEVER, Required.DERIVED)
_REFERENCE = "refCommande"  # starred though numeroEditeur may stand for it: without either, a row belongs to no request


def add_demandes(workbook: Workbook, room: int) -> None:
    """Add « Demandes », with dropdowns and colours down to `room` rows."""
    sheet = workbook.create_sheet(REQUESTS_SHEET)
    last = HEADER + room
    _add_bands(sheet)
    for field in FIELDS:
        _add_column(sheet, field, last)
    _show_what_does_not_apply(sheet, last)
    _lay_out(sheet, last)


def _add_bands(sheet: Worksheet) -> None:
    column = 1
    for block, fields in groupby(FIELDS, key=lambda field: field.block):
        band, width = BANDS[block], len(list(fields))
        title = sheet.cell(1, column, band.title)
        title.font, title.fill, title.alignment = WHITE_BOLD, filled(band.dark), CENTERED
        if width > 1:  # Excel repairs a workbook with one cell merged alone
            sheet.merge_cells(start_row=1, start_column=column, end_row=1, end_column=column + width - 1)
        column += width


def _add_column(sheet: Worksheet, field: Field, last: int) -> None:
    letter = LETTERS[field.tag]
    column = sheet.column_dimensions[letter]
    column.width = WIDTHS[field.kind]
    dress(column, field.kind)
    _add_header(sheet, field)
    body = _checks(field)
    _set_message(body, field)
    body.add(f"{letter}{FIRST}:{letter}{last}")
    sheet.add_data_validation(body)


def _add_header(sheet: Worksheet, field: Field) -> None:
    required = field.required not in _OPTIONAL or field.tag == _REFERENCE
    cell = sheet[f"{LETTERS[field.tag]}{HEADER}"]
    cell.value = f"{field.label} *" if required else field.label
    cell.font = BOLD if required else PLAIN
    cell.fill, cell.alignment, cell.border = filled(BANDS[field.block].light), CENTERED, BOXED
    message = DataValidation()
    _set_message(message, field)
    message.add(cell.coordinate)
    sheet.add_data_validation(message)


def _set_message(validation: DataValidation, field: Field) -> None:
    """The message shown when the cell is selected: the tag, what to write, whether it is needed."""
    validation.showInputMessage = True
    validation.promptTitle = field.tag[:_TITLE_LIMIT]
    validation.prompt = f"{field.help}{_when(field.required)}"[:_PROMPT_LIMIT]


def _when(required: Required) -> str:
    if required in _OPTIONAL:
        return ""
    if required in (Required.ALWAYS, Required.IF_DOCUMENTS):
        return " Obligatoire."
    return f" Obligatoire {required.value}."


def _checks(field: Field) -> DataValidation:
    """What Excel checks while one types. It only warns: the converter corrects or reports a pasted value."""
    name = list_name(field)
    if name:
        return _warning("list", name, "Choisissez plutôt une valeur de la liste.")
    if field.kind is FieldKind.DATE:
        return _warning("date", "TODAY()", "Écrivez une date JJ/MM/AAAA, au plus tard aujourd'hui.", "lessThanOrEqual")
    if field.kind is FieldKind.AMOUNT:
        return _warning("decimal", "0", "Écrivez un montant en euros, supérieur à 0.", "greaterThan")
    if field.exact:
        return _warning("textLength", str(field.exact), f"Cette valeur doit compter {field.exact} caractères.", "equal")
    if field.below:
        message = f"Cette valeur doit compter au plus {field.below - 1} caractères."
        return _warning("textLength", str(field.below), message, "lessThan")
    return DataValidation()


def _warning(type_: _Type, formula: str, message: str, operator: _Operator | None = None) -> DataValidation:
    return DataValidation(
        type=type_,
        operator=operator,
        formula1=formula,
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle="Valeur à vérifier",
        error=message,
    )


def _show_what_does_not_apply(sheet: Worksheet, last: int) -> None:
    """Grey out the cells that do not apply; a value typed in one is in red letters on its own background, so that the
    colours of an annotated copy remain visible."""
    order, mandate, single = (f"${LETTERS[tag]}{FIRST}" for tag in ("commandePour", "isMandataire", "isClientUnique"))
    for field in FIELDS:
        reasons = []
        if field.audience is not Audience.BOTH:
            other = Audience.STRUCTURE if field.audience is Audience.LIBERAL else Audience.LIBERAL
            reasons.append(f'{order}="{other}"')
        if field.required is Required.IF_MANDATE:
            reasons += [f'{mandate}="NON"', f'{single}="OUI"']
        if reasons:
            cell = f"{LETTERS[field.tag]}{FIRST}"
            filled_in = f'{cell}="OUI"' if field.kind is FieldKind.BOOLEAN else f'{cell}<>""'
            not_concerned = f"OR({','.join(reasons)})"
            area = f"{cell}:{LETTERS[field.tag]}{last}"
            for formula, look in (
                (f"AND({not_concerned},NOT({filled_in}))", DifferentialStyle(fill=NOT_CONCERNED)),
                (f"AND({not_concerned},{filled_in})", DifferentialStyle(font=FILLED_FOR_NOTHING)),
            ):
                sheet.conditional_formatting.add(area, Rule(type="expression", dxf=look, formula=[formula]))


def _lay_out(sheet: Worksheet, last: int) -> None:
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEADER].height = 24, 48
    references = len(fields_of(Reference))
    sheet.freeze_panes = f"{get_column_letter(references + 1)}{FIRST}"
    sheet.auto_filter.ref = f"A{HEADER}:{LETTERS[FIELDS[-1].tag]}{last}"
    sheet.print_title_rows = f"1:{HEADER}"
    print_on_a4(sheet, pages_wide=4)
