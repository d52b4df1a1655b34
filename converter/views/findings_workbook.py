"""The list of findings as a separate workbook, written when no annotated copy can be made."""

import io
from collections.abc import Sequence
from typing import Any

from converter.findings import Finding
from converter.reading.cells import LONGEST_TEXT
from converter.views.annotate.anomalies_sheet import HEADER, NAME, WIDTHS, in_order, texts


def findings_workbook(findings: Sequence[Finding]) -> bytes:
    """The sheet « Anomalies » alone, its text never a formula."""
    from openpyxl import Workbook  # only this needs it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    from converter.views.template.cell_styles import BOLD, print_on_a4

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(NAME)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    print_on_a4(sheet)
    listed = in_order(findings, list(dict.fromkeys(one.cell.sheet for one in findings)))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADER))}{len(listed) + 1}"
    for column, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width

    def cell(value: str | int | None, *, bold: bool = False) -> Any:
        written: Any = WriteOnlyCell(sheet)
        written.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT] if isinstance(value, str) else value
        if isinstance(value, str):
            written.data_type = "s"  # else « =… » would become a formula
        written.alignment = Alignment(vertical="top", wrap_text=True)
        if bold:
            written.font = BOLD
        return written

    sheet.append([cell(title, bold=True) for title in HEADER])
    for one in listed:
        sheet.append([cell(one.cell.sheet), cell(one.cell.row), cell(one.cell.column), *map(cell, texts(one))])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
