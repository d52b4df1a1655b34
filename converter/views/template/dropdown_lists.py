"""Closed lists: the sheet « Listes », and a defined name for each (a dropdown on another sheet must go by name)."""

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName

from converter.format.field_kinds import Field, FieldKind
from converter.format.fields import FIELDS, PARAMETRES
from converter.format.operators import operators
from converter.views.template.cell_styles import BANDS, BOXED, WHITE_BOLD, filled, print_on_a4

_SHEET = "Listes"
_CHARACTER = 1.15  # width of a column, per character of its longest text


def list_name(field: Field) -> str:
    """The defined name of this field's list; "" if it has none."""
    match field.kind:
        case FieldKind.BOOLEAN:
            return "liste_oui_non"
        case FieldKind.CHOICE | FieldKind.OPERATOR | FieldKind.PROFILES:
            return f"liste_{field.tag}"
        case _:
            return ""


def add_listes(workbook: Workbook) -> None:
    """Add « Listes »: one column a list, its title on row 1."""
    sheet = workbook.create_sheet(_SHEET)
    with_list = {list_name(field): field for field in (*PARAMETRES, *FIELDS) if list_name(field)}
    for column, (name, field) in enumerate(with_list.items(), start=1):
        entries = _entries(field)
        title = "OUI ou NON" if field.kind is FieldKind.BOOLEAN else field.label
        head = sheet.cell(1, column, title)
        head.font, head.fill, head.border = WHITE_BOLD, filled(BANDS["Order"].dark), BOXED
        for row, entry in enumerate(entries, start=2):
            sheet.cell(row, column, entry)
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _CHARACTER * max(map(len, (title, *entries))) + 2
        where = f"{quote_sheetname(_SHEET)}!${letter}$2:${letter}${len(entries) + 1}"
        workbook.defined_names[name] = DefinedName(name, attr_text=where)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    print_on_a4(sheet)


def _entries(field: Field) -> tuple[str, ...]:
    match field.kind:
        case FieldKind.OPERATOR:
            return tuple(one.shown for one in operators())
        case FieldKind.PROFILES:  # several may be named in the cell
            return (*field.choices, " ; ".join(field.choices))
        case _:
            return field.short_list
