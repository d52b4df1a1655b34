"""The corrected workbook: the user's own, with the cells that were put right in the page, and nothing else changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from converter.findings import Refusal
from converter.reading.cells import LAST_COLUMN, LAST_ROW, column_letters, corner, with_line_feeds
from converter.views.annotate.cell_contents import cells_at, with_contents
from converter.views.annotate.edited_copy import checked_copy
from converter.views.annotate.formulas import passed_on, wide_formulas
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.sheet_rows import Place
from converter.views.annotate.sheet_tables import pivots_of, tables_of
from converter.views.annotate.typed_values import TypedValues
from converter.views.annotate.workbook_part import SheetTab, WorkbookPart
from converter.views.annotate.worksheet_part import WorksheetPart
from converter.views.annotate.xml_text import AnnotationImpossible, fits_a_cell


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell, by its row as Excel numbers it and its column's letters, and the text typed in it; "" empties it."""

    sheet: str
    row: int
    column: str
    text: str


def corrected(source: bytes, changes: Iterable[CellChange]) -> bytes:
    """The workbook `source` (a whole file, found safe before) with these cells changed; of two changes, the last holds.

    A cell keeps its format, and what is typed stays a text, « =1+1 » too; but a number or a day typed where a number
    or a day stood is one again. A change inside merged cells goes to the one that shows. Formulas that depend on a
    changed cell keep their last result until a spreadsheet program opens the workbook, and then computes them. A
    digital signature goes: it would be void.

    Raises Refusal when a cell cannot be changed by itself, or when the workbook is of a construction that we do not
    edit.
    """
    typed = _by_sheet(changes)
    if not typed:
        return source
    try:
        return checked_copy(source, lambda package: _correct(package, typed))
    except AnnotationImpossible as reason:
        raise Refusal("correction-impossible", raison=str(reason)) from reason


def _by_sheet(changes: Iterable[CellChange]) -> dict[str, dict[Place, str]]:
    """The texts by sheet and place, their line breaks as cells have them."""
    typed: dict[str, dict[Place, str]] = {}
    for one in changes:
        address = f"{one.column}{one.row}"
        place = corner(address)
        if place is None or "$" in address or not (1 <= place[0] <= LAST_ROW and place[1] <= LAST_COLUMN):
            raise Refusal("cellule-inchangeable", case="adresse", cellule=address, feuille=one.sheet)
        text = with_line_feeds(one.text)
        if not fits_a_cell(text):
            raise _refusal(one.sheet, place, "texte")
        typed.setdefault(one.sheet, {})[place] = text
    return typed


def _correct(package: EditedPackage, typed: Mapping[str, Mapping[Place, str]]) -> None:
    package.drop_signatures()
    book = WorkbookPart(package)
    tabs = {one.name: one for one in book.sheets if one.is_worksheet}
    styles = book.part_of("styles")
    values = TypedValues(lambda: package.xml(styles) if styles else b"<styleSheet/>", from_1904=book.starts_in_1904)
    for name, texts in typed.items():
        if name not in tabs:
            raise Refusal("cellule-inchangeable", case="feuille", feuille=name)
        _correct_sheet(package, book, tabs[name], texts, values)
    if any(_has_formulas(package, one) for one in tabs.values()):
        book.compute_when_opened()
        book.save()


def _has_formulas(package: EditedPackage, tab: SheetTab) -> bool:
    """Whether one is written in the sheet, of which nothing else is looked at."""
    xml = package.raw(tab.part)
    return b"</f>" in xml or b":f>" in xml


def _correct_sheet(
    package: EditedPackage, book: WorkbookPart, tab: SheetTab, texts: Mapping[Place, str], values: TypedValues
) -> None:
    sheet = WorksheetPart(package.xml(tab.part))
    texts = _shown(sheet, tab.name, texts)
    _refuse_what_others_hold(package, sheet, tab, texts)
    former = cells_at(sheet.rows, texts)
    computed = [place for place, cell in former.items() if b"<f" in cell]
    if computed:
        sheet.rows = passed_on(sheet.rows, computed)
        book.forget_calculation_chain()
    contents = {place: values.content(former.get(place, b""), text) for place, text in texts.items()}
    sheet.rows = with_contents(sheet.rows, contents, sheet.column_format)
    rows, columns = zip(*(place for place, text in texts.items() if text), (1, 1), strict=True)
    sheet.extend_dimension(max(rows), max(columns))
    package.write(tab.part, sheet.render())


def _shown(sheet: WorksheetPart, name: str, texts: Mapping[Place, str]) -> dict[Place, str]:
    """The texts by the cells that show them; Refusal where merged cells would get two."""
    anchors = sheet.anchors(texts)
    shown: dict[Place, str] = {}
    for place, text in texts.items():
        anchor = anchors.get(place, place)
        if shown.setdefault(anchor, text) != text:
            raise _refusal(name, anchor, "fusion")
    return shown


def _refuse_what_others_hold(
    package: EditedPackage, sheet: WorksheetPart, tab: SheetTab, texts: Mapping[Place, str]
) -> None:
    """Refuse to change a cell of which something else in the workbook says what it holds."""
    tables = tables_of(package, tab.part)
    for place in texts:
        if any(table.names_columns(*place) for table in tables):
            raise _refusal(tab.name, place, "tableau")
    for top, left, bottom, right in [*wide_formulas(sheet.rows), *pivots_of(package, tab.part)]:
        for row, column in texts:
            if top <= row <= bottom and left <= column <= right:
                raise _refusal(tab.name, (row, column))


def _refusal(sheet: str, place: Place, case: str = "") -> Refusal:
    cell = f"{column_letters(place[1])}{place[0]}"
    return Refusal("cellule-inchangeable", case=case, cellule=cell, feuille=sheet)
