"""Sheet « Mode d'emploi »: how to fill the workbook, the rules that matter, the guide's worked examples.

Its texts are in `templates/mode-emploi.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from openpyxl import Workbook
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from converter.format.field_kinds import Field, FieldKind
from converter.format.fields import FIELDS
from converter.format.operators import find_operator
from converter.format.template_files import template_path
from converter.format.template_version import TEMPLATE_VERSION
from converter.views.template.cell_styles import (
    BANDS,
    BOLD,
    BOXED,
    HEADING,
    LINK,
    QUIET,
    TITLE,
    WHITE_BOLD,
    WRAPPED,
    filled,
    print_on_a4,
)

_WIDTHS = (36, 36, 30, 30)
_LINE_HEIGHT, _LINE_LENGTH = 15.5, 130  # points; characters that fit across these columns


@dataclass(frozen=True, slots=True)
class _Example:
    titre: str
    histoire: str
    lignes: Sequence[Mapping[str, str]]


def add_mode_emploi(workbook: Workbook) -> None:
    """Add « Mode d'emploi », with links to the other sheets."""
    texts = tomllib.loads(template_path("mode-emploi.toml").read_text(encoding="utf-8"))
    sheet = workbook.create_sheet("Mode d'emploi")
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    _add_title(sheet, texts["titre"], texts["source"])
    _add_links(sheet, 4, texts["liens"])
    steps = [f"{number}. {step}" for number, step in enumerate(texts["etapes"], start=1)]
    row = _add_texts(sheet, 6, "Remplir le classeur en dix étapes", steps)
    row = _add_texts(sheet, row + 1, "Les règles qui comptent", [f"• {one}" for one in texts["regles"]])
    for example in texts["exemples"]:
        row = _add_example(sheet, row + 1, _Example(**example))
    sheet.sheet_view.showGridLines = False
    print_on_a4(sheet, landscape=False)


def _add_title(sheet: Worksheet, title: str, source: str) -> None:
    sheet["A1"].value, sheet["A1"].font = title, TITLE
    sheet.row_dimensions[1].height = 26
    sheet["A2"].value, sheet["A2"].font = f"Modèle, version {TEMPLATE_VERSION} – {source}", QUIET


def _add_links(sheet: Worksheet, row: int, links: Mapping[str, str]) -> None:
    for column, (target, text) in enumerate(links.items(), start=1):
        cell = sheet.cell(row, column, text)
        cell.alignment = WRAPPED
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(target)}!A1", display=text)
        cell.font = LINK
    sheet.row_dimensions[row].height = 2 * _LINE_HEIGHT


def _add_texts(sheet: Worksheet, row: int, heading: str, texts: Sequence[str]) -> int:
    """A heading and its lines; returns the row after them."""
    sheet.cell(row, 1, heading).font = HEADING
    for offset, text in enumerate(texts, start=1):
        _add_line(sheet, row + offset, text)
    return row + len(texts) + 1


def _add_line(sheet: Worksheet, row: int, text: str) -> None:
    """One text across the columns; its height is set, since Excel does not adjust it to a merged cell."""
    sheet.cell(row, 1, text).alignment = WRAPPED
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_WIDTHS))
    sheet.row_dimensions[row].height = _LINE_HEIGHT * ceil(len(text) / _LINE_LENGTH)


def _add_example(sheet: Worksheet, row: int, example: _Example) -> int:
    """The example transposed: a line for each column of « Demandes »; returns the row after it."""
    head = _add_texts(sheet, row, example.titre, [example.histoire])
    for column, title in enumerate(("Colonne", *(f"Ligne {n}" for n in range(1, len(example.lignes) + 1))), start=1):
        cell = sheet.cell(head, column, title)
        cell.font, cell.fill, cell.border = WHITE_BOLD, filled(BANDS["Order"].dark), BOXED
    used = [field for field in FIELDS if any(field.tag in line for line in example.lignes)]
    for offset, field in enumerate(used, start=1):
        label = sheet.cell(head + offset, 1, field.label)
        label.font, label.fill, label.border = BOLD, filled(BANDS[field.block].light), BOXED
        for column, line in enumerate(example.lignes, start=2):
            value = sheet.cell(head + offset, column, _as_seen(field, line.get(field.tag, "")))
            value.number_format, value.border, value.alignment = "@", BOXED, WRAPPED
    return head + len(used) + 1


def _as_seen(field: Field, value: str) -> str:
    """The text that the user sees in such a cell."""
    match field.kind:
        case FieldKind.AMOUNT if value:
            return f"{Decimal(value):,}".replace(",", "\u00a0").replace(".", ",")
        case FieldKind.OPERATOR if found := find_operator(value):
            return found.shown
        case _:
            return value
