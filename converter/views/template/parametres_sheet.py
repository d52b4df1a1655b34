"""Sheet « Paramètres »: one line for each value of the supplier, with the guide's name and its use."""

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from converter.format.field_kinds import Required
from converter.format.fields import PARAMETRES
from converter.format.user_files import SUPPLIER_SHEET
from converter.views.template.cell_styles import BANDS, BOLD, BOXED, CENTERED, WHITE_BOLD, WRAPPED, filled, print_on_a4
from converter.views.template.dropdown_lists import list_name

_HEADER = ("Nom", "Valeur", "Ce qu'il faut écrire")
_WIDTHS = {"A": 18, "B": 44, "C": 80}
ROWS: dict[str, int] = {field.tag: row for row, field in enumerate(PARAMETRES, start=2)}


def add_parametres(workbook: Workbook) -> None:
    """Add « Paramètres »: name, value (as text, so that no leading zero is lost), help."""
    sheet = workbook.create_sheet(SUPPLIER_SHEET)
    for column, text in enumerate(_HEADER, start=1):
        head = sheet.cell(1, column, text)
        head.font, head.fill, head.alignment = WHITE_BOLD, filled(BANDS["Order"].dark), CENTERED
    for field in PARAMETRES:
        row = ROWS[field.tag]
        sheet.row_dimensions[row].height = 34
        needed = "Obligatoire" if field.required is Required.ALWAYS else "Facultatif"
        name, value, help_ = (sheet.cell(row, column) for column in (1, 2, 3))
        name.value, name.font, name.fill = field.tag, BOLD, filled(BANDS["Order"].light)
        value.number_format = "@"
        help_.value = f"{field.help} {needed}."
        for cell in (name, value, help_):
            cell.border, cell.alignment = BOXED, WRAPPED
        if list_name(field):
            dropdown = DataValidation(type="list", formula1=list_name(field), allow_blank=True, showErrorMessage=False)
            dropdown.add(value.coordinate)
            sheet.add_data_validation(dropdown)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    print_on_a4(sheet)
