"""From a user's workbook to its annotated copy: earlier marks away, today's in."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from converter.findings import Cell, Finding, Severity, finding
from converter.format.user_files import STATUT_TO_CORRECT
from converter.reading.cells import column_index, column_letters
from converter.views.annotate import anomalies_sheet, statut_column
from converter.views.annotate.cell_formats import CellFormats, no_styles
from converter.views.annotate.cell_texts import CellTexts
from converter.views.annotate.comment_parts import HEADING, update_comments
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.sheet_rows import RowEditor, StatutCell
from converter.views.annotate.sheet_tables import tables_of, take_in
from converter.views.annotate.workbook_part import FILTER_NAME, SheetTab, WorkbookPart, formula_of_text, text_of_formula
from converter.views.annotate.worksheet_part import WorksheetPart, bears_format, unselected
from converter.views.annotate.xml_text import sheet_reference

MOST_COMMENTS = 10_000  # a workbook; beyond, cells are coloured only: programs take minutes to open more boxes
_STATUT = "statut"  # the name of its place, with the sheet's rank after the first
_GROUND = "fond_"  # + variant: the name under which the fill that a mark replaced is remembered
_TITLES = {
    Severity.ERROR: STATUT_TO_CORRECT,
    Severity.WARNING: "À vérifier",
    Severity.CORRECTION: "Corrigé pour vous",
}
_HEAD = 16_384  # bytes of a sheet in which its views stand
_SELECTED = re.compile(rb"\stabSelected\s*=")


@dataclass(slots=True)
class _Mark:
    """What one cell shows: its worst severity and the texts of its comment, worst first (a set in order)."""

    severity: Severity
    texts: dict[str, None] = field(default_factory=dict)


_Marks = dict[tuple[int, int], _Mark]
_Listed = Sequence[tuple[int, Finding]]  # findings, each with its row in « Anomalies »


def annotate_package(
    package: EditedPackage, findings: Sequence[Finding], order_sheets: Sequence[statut_column.StatutSheet]
) -> None:
    """Make the package that of the annotated copy, ready to be saved."""
    book = WorkbookPart(package)
    book.take_own_names()
    known = book.part_of("styles")
    xml = package.xml(known) if known else no_styles(package.dialect.main)
    part = known or book.add_styles()
    styles = CellFormats(xml, _remembered_grounds(book))
    _Copy(package, book, styles, order_sheets).mark(findings)
    package.write(part, styles.render())
    book.save()


def _remembered_grounds(book: WorkbookPart) -> dict[int, bytes]:
    grounds = {}
    for name, formula in book.own_names.items():
        variant = name.removeprefix(_GROUND)
        if name.startswith(_GROUND) and variant.isdecimal():
            grounds[int(variant)] = text_of_formula(formula).encode()
    return grounds


class _Copy:
    """The work on one workbook, step by step."""

    def __init__(
        self,
        package: EditedPackage,
        book: WorkbookPart,
        styles: CellFormats,
        order_sheets: Sequence[statut_column.StatutSheet],
    ) -> None:
        self._package = package
        self._book = book
        self._styles = styles
        self._order_sheets = {one.name: one for one in order_sheets}
        self._strings = CellTexts(package, book)
        self._former_formats = styles.unmark()
        self._former_lists = self._remove_former_lists()
        self._sheets = book.sheets
        self._list_name = _free_name([entry.name for entry in self._sheets])
        self._commented: frozenset[Cell] = frozenset()
        self._formats = anomalies_sheet.ListFormats.among(styles)

    def mark(self, findings: Sequence[Finding]) -> None:
        """Take earlier marks away and put today's in, on every sheet; add the list of them as first sheet."""
        listed = anomalies_sheet.in_order(
            [*findings, *self._own_findings(findings)], [one.name for one in self._sheets]
        )
        self._commented = _worth_a_comment(listed)
        for entry in self._sheets:
            self._mark_sheet(entry, listed)
        part = self._book.add_first_sheet(self._list_name)
        linkable = frozenset(one.name for one in self._sheets)
        main = self._package.dialect.main
        self._package.write(part, anomalies_sheet.sheet(listed, linkable, self._formats, main))
        self._name_list(len(listed) + 1)

    # earlier marks

    def _remove_former_lists(self) -> list[str]:
        """Remove the sheets « Anomalies » of earlier runs; their names, as links spell them."""
        remembered = self._book.own_names.get("anomalies", "").rpartition("!")[0]
        former = []
        for entry in self._book.sheets:
            if entry.name == remembered or sheet_reference(entry.name) == remembered or self._is_list(entry):
                if b"<f" in self._package.raw(entry.part):
                    self._book.forget_calculation_chain()
                self._book.remove_sheet(entry)
                former += [entry.name, sheet_reference(entry.name)]
        return former or [anomalies_sheet.NAME, sheet_reference(anomalies_sheet.NAME)]

    def _is_list(self, entry: SheetTab) -> bool:
        if not entry.is_worksheet or not entry.name.startswith(anomalies_sheet.NAME):
            return False
        titles = self._strings.of_row(WorksheetPart(self._package.xml(entry.part)).inside(1))
        return tuple(titles.get(column, "") for column in range(1, 10)) == anomalies_sheet.HEADER

    # today's marks

    def _own_findings(self, findings: Sequence[Finding]) -> list[Finding]:
        """What the copy itself has to say: limits reached, a signature that it could not keep."""
        book = Cell(findings[0].cell.workbook if findings else "")
        said = []
        if self._package.drop_signatures():
            said.append(finding("copie-signature-retiree", book))
        cells = {one.cell for one in findings if one.cell.row and one.cell.column}
        if len(cells) > MOST_COMMENTS:
            said.append(finding("copie-commentaires-limites", book, maximum=f"{MOST_COMMENTS:,}".replace(",", " ")))
        if sum(one.cell.row is not None for one in findings) > anomalies_sheet.MOST_LINKS:
            said.append(
                finding("copie-liens-limites", book, maximum=f"{anomalies_sheet.MOST_LINKS:,}".replace(",", " "))
            )
        return said

    def _mark_sheet(self, entry: SheetTab, listed: Sequence[Finding]) -> None:
        here = [(row, one) for row, one in enumerate(listed, start=2) if one.cell.sheet == entry.name and one.cell.row]
        of_orders = self._order_sheets.get(entry.name)
        notes_part = self._package.related(entry.part, "comments")
        had_notes = notes_part is not None and HEADING.encode() in self._package.raw(notes_part.target)
        concerned = bool(here or of_orders or had_notes or self._bears_former_marks(entry))
        if not (concerned and entry.is_worksheet):
            if _SELECTED.search(self._package.start(entry.part, _HEAD)):
                self._package.write(entry.part, unselected(self._package.xml(entry.part)))
            return
        sheet = WorksheetPart(self._package.xml(entry.part))
        sheet.unselect()
        sheet.replace_formats(self._former_formats)
        marks = self._marks(sheet, [one for _, one in here])
        colours: dict[int, dict[int, Severity]] = {}
        for (row, column), mark in marks.items():
            colours.setdefault(row, {})[column] = mark.severity
        marked = {column for _, column in marks}
        statut_at, statuts = self._add_statut(entry, sheet, marked, here, of_orders) if of_orders else (0, {})
        ours = (self._formats.statut, self._formats.statut_link)
        if sheet.edit_rows(RowEditor(self._styles, sheet.column_format, statut_at, ours), colours, statuts):
            self._book.forget_calculation_chain()
        texts = {place: "\n\n".join(mark.texts) for place, mark in marks.items() if mark.texts}
        update_comments(self._package, self._book.folder, entry.part, sheet, texts)
        self._package.write(entry.part, sheet.render())

    def _bears_former_marks(self, entry: SheetTab) -> bool:
        """Whether the sheet may have cells, rows or columns in a format that marked them."""
        return bool(self._former_formats) and bears_format(self._package.raw(entry.part), self._former_formats)

    def _marks(self, sheet: WorksheetPart, findings: Sequence[Finding]) -> _Marks:
        """What each cell shows; a finding on a hidden cell of a merged range goes to the cell that shows."""
        anchors = sheet.anchors({(one.cell.row, column_index(one.cell.column)) for one in findings if one.cell.row})
        marks: _Marks = {}
        for one in findings:  # worst first, so that the first one gives the colour
            if not one.cell.column or one.cell.row is None:
                continue
            place = (one.cell.row, column_index(one.cell.column))
            mark = marks.setdefault(anchors.get(place, place), _Mark(one.severity))
            if one.cell in self._commented:
                mark.texts[f"{_TITLES.get(one.severity, '')} : {one.message}\n→ {one.remedy}"] = None
        return marks

    def _add_statut(
        self,
        entry: SheetTab,
        sheet: WorksheetPart,
        marked: Iterable[int],
        here: _Listed,
        of_orders: statut_column.StatutSheet,
    ) -> tuple[int, dict[int, StatutCell]]:
        """The column « Statut », and its cells by row; what goes with it is already in the sheet."""
        statuts = dict(of_orders.statuts)
        first_line: dict[int, int] = {}
        for line, one in here:
            at = one.cell.row or 0
            first_line.setdefault(at, line)
            if one.severity is Severity.ERROR:
                statuts.setdefault(at, STATUT_TO_CORRECT)
        statuts.pop(of_orders.header_row, None)
        place = self._statut_place(entry, sheet, of_orders.header_row, marked, statuts)
        if place.ours:
            sheet.drop_links(place.column, self._former_lists)
        neighbour = place.column if place.ours else sheet.last_filled_column(place.row)
        column = statut_column.StatutColumn(
            place, sheet.cell_format(place.row, neighbour), self._formats.statut, self._formats.statut_link
        )
        room = anomalies_sheet.MOST_LINKS - 1 - len(sheet.links())
        linked = [row for row in sorted(first_line) if row in statuts][:room]
        titles = dict(enumerate(of_orders.titles, start=1)) | self._strings.of_row(sheet.inside(place.row))
        title = statut_column.title_among(said for at, said in titles.items() if at != place.column)
        sheet.widen(place.column, statut_column.WIDTH)
        letters = column_letters(place.column)
        to_list = sheet_reference(self._list_name)
        links = [(f"{letters}{place.row}", f"{to_list}!A1")]
        sheet.add_links(links + [(f"{letters}{row}", f"{to_list}!A{first_line[row]}") for row in linked])
        take_in(self._package, tables_of(self._package, entry.part), place.row, place.column, title)
        self._filter(entry, sheet, place, max(statuts, default=0))
        rank = list(self._order_sheets).index(entry.name)
        self._book.remember(f"{_STATUT}_{rank + 1}" if rank else _STATUT, place.formula(entry.name))
        return place.column, column.cells(sheet, title, statuts, linked)

    def _statut_place(
        self, entry: SheetTab, sheet: WorksheetPart, header_row: int, marked: Iterable[int], statuts: Iterable[int]
    ) -> statut_column.StatutPlace:
        """Where the column stood after an earlier run, or a free place."""
        formulas = [formula for name, formula in self._book.own_names.items() if name.startswith(_STATUT)]
        spelt = (entry.name, sheet_reference(entry.name))
        remembered = next((one for one in formulas if one.rpartition("!")[0] in spelt), "")
        known = statut_column.known_place(sheet, header_row, remembered, self._former_lists)
        tables = tables_of(self._package, entry.part)
        return known or statut_column.free_place(sheet, header_row, marked, statuts, tables)

    def _filter(self, entry: SheetTab, sheet: WorksheetPart, place: statut_column.StatutPlace, last_row: int) -> None:
        """Let the user filter on « Statut », down to the last row that has one."""
        reached = sheet.extend_filter(place.row, place.column, last_row)
        if not reached and last_row > place.row:
            reached = sheet.add_filter(place.row, place.column, last_row)
        if reached:
            self._book.name_filter(entry.name, reached)

    def _name_list(self, last_row: int) -> None:
        """The names that go with the list: its filter, its repeated header, and what the next run must know."""
        place = sheet_reference(self._list_name)
        self._book.name_in_sheet(FILTER_NAME, 0, f"{place}!$A$1:$I${last_row}", hidden=True)
        self._book.name_in_sheet("_xlnm.Print_Titles", 0, f"{place}!$1:$1")
        self._book.remember("anomalies", f"{place}!$A$1")
        for variant, ground in self._styles.grounds.items():
            self._book.remember(f"{_GROUND}{variant}", formula_of_text(ground.decode()))


def _free_name(taken: Sequence[str]) -> str:
    """« Anomalies », or with a number where a sheet of the user's has that name."""
    known = {name.casefold() for name in taken}
    names = [anomalies_sheet.NAME, *(f"{anomalies_sheet.NAME} ({number})" for number in range(2, len(known) + 3))]
    return next(name for name in names if name.casefold() not in known)


def _worth_a_comment(findings: Sequence[Finding]) -> frozenset[Cell]:
    """The cells that get a comment: the first ones, worst first."""
    cells = dict.fromkeys(one.cell for one in findings if one.cell.row and one.cell.column)
    return frozenset(itertools.islice(cells, MOST_COMMENTS))
