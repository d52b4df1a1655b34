"""The part of a sheet that a page shows: at most a hundred rows, each cell with what is to say of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from converter.findings import Finding, Severity
from converter.findings.french import tidy
from converter.findings.text import fold
from converter.format.fields import BY_TAG
from converter.reading.table import Table
from converter.views.finding_groups import RANK
from converter.views.outcome import Fate, RequestFate
from converter.web.cell_fields import CellField, field_for, is_document, label_of
from converter.web.judged_sheet import JudgedSheet
from converter.web.sheet_view import View

ROWS = 100
"""The most rows of a page."""
_STATES = {Fate.VALID: "prête", Fate.HELD_BACK: "retenue", Fate.ALREADY: "déjà émise"}
_JOINED = "Plusieurs colonnes y sont réunies : corrigez-les dans votre classeur, puis déposez-le de nouveau."
_TO_CORRECT = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: its letters and its heading."""

    letters: str
    tag: str
    label: str


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell; `severity`: "" where nothing is to say of it; `field`: None where it is only read; `told_by`: the
    elements that say what is wrong; `touched`: whether it was changed in the page."""

    tag: str
    text: str
    severity: str
    touched: bool
    field: CellField | None
    told_by: str
    takes_document: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What is to say of a cell or of its row. `target`: the element to go to; `document`: the tag of the cell on which
    a document may be dropped, "" for none."""

    identifier: str
    severity: str
    address: str
    target: str
    label: str
    message: str
    remedy: str
    document: str


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row; `state`: that of its request; `fixed`: the corrections made by us, of which nothing is to do."""

    number: int
    state: str
    statut: str
    opened: bool
    hidden: bool
    cells: Sequence[CellShown]
    notes: Sequence[Note]
    fixed: Sequence[Note]


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown of a sheet; `found`: how many rows the view has; `rows_from`, `rows_to`: which ones are shown."""

    sheet: str
    header_row: int
    columns: Sequence[Column]
    rows: Sequence[RowShown]
    found: int
    page: int
    pages: int
    rows_from: int
    rows_to: int


def window(sheet: JudgedSheet, view: View) -> Window:
    """The rows of `sheet` that `view` asks for."""
    numbers = _numbers(sheet, view)
    pages = max(1, -(-len(numbers) // ROWS))
    page = min(view.page, pages)
    if page == 1 and view.opened in numbers:  # a link to a row is a link to its page
        page = numbers.index(view.opened) // ROWS + 1
    shown = numbers[(page - 1) * ROWS : page * ROWS]
    columns = _columns(sheet.table)
    rows = [_row(sheet, number, columns, opened=number == view.opened) for number in shown]
    first = (page - 1) * ROWS
    return Window(
        sheet.table.sheet,
        sheet.table.header_row,
        columns,
        rows,
        len(numbers),
        page,
        pages,
        first + 1 if shown else 0,
        first + len(shown),
    )


def _columns(table: Table) -> list[Column]:
    """Its columns in the order of the sheet."""
    by_place = sorted(table.columns.items(), key=lambda column: (len(column[1]), column[1]))
    return [Column(letters, tag, _heading(table, tag)) for tag, letters in by_place]


def _heading(table: Table, tag: str) -> str:
    """Our label; after the sheet's own heading, where that is another."""
    label = BY_TAG[tag].label
    theirs = tidy(table.mapped.headings.get(tag, "")) if table.mapped else ""
    return f"{theirs} ({label})" if theirs and fold(theirs) != fold(label) else label


def _numbers(sheet: JudgedSheet, view: View) -> list[int]:
    """The rows that the view keeps, in the order of the sheet; the opened one stays whatever it holds."""
    tests: list[Callable[[int], bool]] = []
    if view.kind:
        of_kind = sheet.rows_of_kind(view.kind)
        tests.append(lambda row: row in of_kind)
    elif view.to_correct:
        tests.append(lambda row: row in sheet.to_correct)
    if view.search:
        found = sheet.rows_with(view.search)
        tests.append(lambda row: row in found)
    return [row for row in sheet.table.rows if row == view.opened or all(keeps(row) for keeps in tests)]


def _row(sheet: JudgedSheet, number: int, columns: Sequence[Column], *, opened: bool) -> RowShown:
    findings = sorted(sheet.findings.get(number, ()), key=lambda one: RANK[one.severity])
    notes = list(_notes(number, findings, sheet.table))
    fate: RequestFate | None = sheet.fates.get(number)
    return RowShown(
        number=number,
        state=_STATES.get(fate.fate, "") if fate else "",
        statut=fate.statut if fate else "",
        opened=opened,
        hidden=number in sheet.table.hidden,
        cells=list(_cells(sheet, number, columns, findings, opened=opened)),
        notes=[one for one in notes if one.severity != Severity.CORRECTION],
        fixed=[one for one in notes if one.severity == Severity.CORRECTION],
    )


def _cells(
    sheet: JudgedSheet, number: int, columns: Sequence[Column], findings: Sequence[Finding], *, opened: bool
) -> Iterator[CellShown]:
    worst: dict[str, Finding] = {}
    told_by: dict[str, list[str]] = {}
    for rank, one in enumerate(findings):
        worst.setdefault(one.tag, one)
        if one.severity in _TO_CORRECT:
            told_by.setdefault(one.tag, []).append(_identifier(number, rank))
    for column in columns:
        found = worst.get(column.tag)
        text = sheet.table.shown(number, column.tag)
        to_correct = found is not None and found.severity in _TO_CORRECT
        changes_here = (opened or to_correct) and not sheet.table.is_joined(column.tag)
        yield CellShown(
            tag=column.tag,
            text=text if opened or to_correct else tidy(text),
            severity=found.severity.value if found else "",
            touched=(number, column.letters) in sheet.touched,
            field=_field(sheet.table, column.tag, text, number) if changes_here else None,
            told_by=" ".join(told_by.get(column.tag, ())),
            takes_document=is_document(column.tag) and changes_here,
        )


def _field(table: Table, tag: str, text: str, number: int) -> CellField:
    return field_for(tag, text, f"ligne {number}", own_words=table.in_own_words(tag))


def _notes(number: int, findings: Sequence[Finding], table: Table) -> Iterator[Note]:
    for rank, one in enumerate(findings):
        joined = table.is_joined(one.tag)
        there = one.tag in table.columns and not joined
        yield Note(
            identifier=_identifier(number, rank),
            severity=one.severity.value,
            address=str(one.cell) if one.column else "",
            target=f"c-{number}-{one.tag}" if there and one.severity in _TO_CORRECT else "",
            label=label_of(one.tag),
            message=one.message,
            remedy=f"{one.remedy} {_JOINED}".strip() if joined and one.severity in _TO_CORRECT else one.remedy,
            document=one.tag if there and is_document(one.tag) and one.severity is Severity.ERROR else "",
        )


def _identifier(number: int, rank: int) -> str:
    return f"n-{number}-{rank}"
