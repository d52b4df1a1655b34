"""Rows written into the workbook: requests to correct, and the guide's worked examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from converter.format.field_kinds import FieldKind
from converter.format.fields import BY_TAG
from converter.format.operators import find_operator
from converter.reading.cells import LONGEST_TEXT
from converter.views.template.cell_styles import WRONG, WRONG_FONT, dress
from converter.views.template.demandes_sheet import FIRST, HEADER, LETTERS
from converter.views.template.parametres_sheet import ROWS

_FORMULA_SIGNS = ("=", "+", "-", "@")
_COMMENT_SIZE = (320, 120)  # points


@dataclass(frozen=True, slots=True)
class RowToWrite:
    """One row of « Demandes ». `values`: tag → canonical text ("OUI", "04/11/2022", "1075.00", operator code).

    `note`: what to say about it, "" for nothing; `highlight`: the tag of the cell concerned, None for the whole row.
    """

    values: Mapping[str, str]
    highlight: str | None = None
    note: str = ""


def fill_parametres(sheet: Worksheet, supplier: Mapping[str, str]) -> None:
    """Write the supplier's values (tag → text)."""
    for tag, value in supplier.items():
        _write_text(sheet.cell(ROWS[tag], 2), value)


def fill_demandes(sheet: Worksheet, rows: Sequence[RowToWrite]) -> None:
    """Write rows from the first line under the header, with their highlights and comments."""
    for number, row in enumerate(rows, start=FIRST):
        for tag, value in row.values.items():
            if value:
                _write(sheet[f"{LETTERS[tag]}{number}"], BY_TAG[tag].kind, value)
        if row.note or row.highlight:
            _point_out(sheet, number, row)


def _point_out(sheet: Worksheet, number: int, row: RowToWrite) -> None:
    wrong = [row.highlight] if row.highlight else list(LETTERS)
    for tag in wrong:
        cell = sheet[f"{LETTERS[tag]}{number}"]
        cell.fill, cell.font = WRONG, WRONG_FONT
        dress(cell, BY_TAG[tag].kind)
    if row.note:
        sheet[f"{LETTERS[wrong[0]]}{number}"].comment = _comment(row.note)


def note_headings(sheet: Worksheet, notes: Mapping[str, str]) -> None:
    """Comment the headings of these tags."""
    for tag, note in notes.items():
        sheet[f"{LETTERS[tag]}{HEADER}"].comment = _comment(note)


def _comment(text: str) -> Comment:
    width, height = _COMMENT_SIZE
    return Comment(ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT], "converter", height=height, width=width)


def _write(cell: Cell, kind: FieldKind, value: str) -> None:
    """Write a canonical text as a real date or number where it is one, else as text, never as a formula."""
    try:
        match kind:
            case FieldKind.DATE:
                cell.value = datetime.strptime(value, "%d/%m/%Y")  # noqa: DTZ007 — a day, without a time zone
            case FieldKind.AMOUNT:
                cell.value = Decimal(value)
            case FieldKind.OPERATOR:
                found = find_operator(value)
                _write_text(cell, found.shown if found else value)
            case _:
                _write_text(cell, value)
    except (ValueError, InvalidOperation):
        _write_text(cell, value)
    dress(cell, kind)


def _write_text(cell: Cell | MergedCell, value: str) -> None:
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_FORMULA_SIGNS)
