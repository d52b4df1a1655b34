"""A workbook with one table of any length: openpyxl makes the sheet and its formats, we write the rows into it.

A hundred thousand rows of cells made one by one as objects would take half a minute.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from converter.views.template.cell_styles import BOLD, filled, print_on_a4

Value = str | int | Decimal | date | None
_EPOCH = date(1899, 12, 30)  # day 0 of Excel's serial numbers
_WIDEST = 60
_TO_FILL = "FFF2CC"
_ROWS_AT_ONCE = 2_000
_SAMPLE = re.compile(rb'<row r="2".*?</row>', re.DOTALL)
_STYLE = re.compile(rb'<c r="[A-Z]+2" s="(\d+)"')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


class Format(Enum):
    """The number format of the cells of a column."""

    TEXT = "@"
    NUMBER = "0"
    AMOUNT = '#,##0.00" €"'
    DAY = "DD/MM/YYYY"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `to_fill`: whether people write in it; `choices`: the values they may write."""

    header: str
    format: Format = Format.TEXT
    to_fill: bool = False
    choices: Sequence[str] = ()


def table_workbook(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> bytes:
    """The .xlsx file: a frozen header with filters, then the rows; no cell is a formula."""
    made = io.BytesIO()
    _skeleton(title, columns, rows).save(made)
    target = io.BytesIO()
    with (
        zipfile.ZipFile(made) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package,
    ):
        for part in source.namelist():
            data = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                with package.open(part, "w") as stream:
                    for piece in _with_rows(data, columns, rows):
                        stream.write(piece)
            else:
                package.writestr(part, data)
    return target.getvalue()


def _skeleton(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> Workbook:
    """The workbook with its header, and one empty row that shows the format of each column."""
    workbook = Workbook()
    sheet: Worksheet = workbook.worksheets[0]
    sheet.title = title
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    print_on_a4(sheet)
    last = len(rows) + 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    for rank, column in enumerate(columns):
        letter = get_column_letter(rank + 1)
        head, sample = sheet.cell(1, rank + 1, column.header), sheet.cell(2, rank + 1)
        head.font, head.number_format, sample.number_format = BOLD, "@", column.format.value
        sheet.column_dimensions[letter].number_format = column.format.value  # for the cells that are not written
        if column.to_fill:
            head.fill = filled(_TO_FILL)
        if column.choices and rows:
            choices = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(choices)
        widest = max((len(_shown(row[rank])) for row in rows), default=0)
        sheet.column_dimensions[letter].width = min(max(widest, len(column.header)), _WIDEST) + 4
    return workbook


def _with_rows(sheet: bytes, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> Iterator[bytes]:
    sample = _SAMPLE.search(sheet)
    if sample is None:
        raise ValueError("openpyxl no longer writes the row of formats")
    styles = [int(style) for style in _STYLE.findall(sample[0])]
    letters = [get_column_letter(rank + 1) for rank in range(len(columns))]
    before = _DIMENSION.sub(f'<dimension ref="A1:{letters[-1]}{len(rows) + 1}"'.encode(), sheet[: sample.start()])
    yield before
    places = list(zip(letters, styles, strict=True))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = rows[start : start + _ROWS_AT_ONCE]
        yield "".join(_row(number, row, places) for number, row in enumerate(part, start=start + 2)).encode()
    yield sheet[sample.end() :]


def _row(number: int, row: Iterable[Value], places: Sequence[tuple[str, int]]) -> str:
    cells = "".join(
        _cell(f"{letter}{number}", style, value)
        for (letter, style), value in zip(places, row, strict=True)
        if value is not None and value != ""
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(address: str, style: int, value: str | int | Decimal | date) -> str:
    if isinstance(value, str):
        return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    number = (value - _EPOCH).days if isinstance(value, date) else value
    return f'<c r="{address}" s="{style}"><v>{number}</v></c>'


def _shown(value: Value) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)
