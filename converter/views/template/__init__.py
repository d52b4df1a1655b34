"""The workbook that sales teams fill: « Mode d'emploi », « Paramètres », « Demandes », « Listes ».

Everything in it is derived from `converter.fields`: same columns, labels, lists and lengths as the checks.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from converter.format.user_files import REQUESTS_SHEET, SUPPLIER_SHEET
from converter.views.template.demandes_sheet import ROOM, add_demandes
from converter.views.template.dropdown_lists import add_listes
from converter.views.template.filled_rows import RowToWrite, fill_demandes, fill_parametres, note_headings
from converter.views.template.mode_emploi_sheet import add_mode_emploi
from converter.views.template.parametres_sheet import add_parametres
from converter.views.template.saving import save, stamp

__all__ = ["RowToWrite", "write_filled", "write_template"]


def write_template(path: Path) -> None:
    """Write the empty workbook; the same bytes each time. Refusal if `path` exists or cannot be written."""
    workbook = _empty_workbook(ROOM)
    _open_on(workbook["Mode d'emploi"], workbook)
    save(workbook, path)


def write_filled(
    path: Path,
    supplier: Mapping[str, str],
    rows: Sequence[RowToWrite],
    heading_notes: Mapping[str, str] | None = None,
) -> None:
    """Write the workbook with « Paramètres » (tag → value) and one row per beneficiary; Refusal as above.

    `heading_notes`: tag → a comment on its heading.
    """
    workbook = _empty_workbook(max(ROOM, len(rows)))
    fill_parametres(workbook[SUPPLIER_SHEET], supplier)
    fill_demandes(workbook[REQUESTS_SHEET], rows)
    note_headings(workbook[REQUESTS_SHEET], heading_notes or {})
    _open_on(workbook[REQUESTS_SHEET], workbook)
    save(workbook, path)


def _empty_workbook(room: int) -> Workbook:
    workbook = Workbook()
    del workbook["Sheet"]
    add_mode_emploi(workbook)
    add_parametres(workbook)
    add_demandes(workbook, room)
    add_listes(workbook)
    stamp(workbook)
    return workbook


def _open_on(sheet: Worksheet, workbook: Workbook) -> None:
    workbook.active = sheet
    sheet.sheet_view.tabSelected = True
