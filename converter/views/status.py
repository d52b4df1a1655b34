"""What `converter status` shows: what has become of each request, as a table, JSON or a workbook."""

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.findings import shown
from converter.findings.french import advance, counted, euros, tidy
from converter.format.user_files import REQUESTS_SHEET
from converter.ledger.files import write_new
from converter.ledger.model import Ledger, LedgerEntry, State

_AMOUNT_FORMAT = '#,##0.00" €"'
_WIDEST = 60
COUNTED = (State.EMITTED, State.ACCEPTED)
"""What the grand total counts: a refused or voided request that was sent again would count twice."""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One request. Amounts in euros, to the cent; `refus`: the portal's code and wording, "" unless refused."""

    numeroEditeur: str
    numeroAns: str
    refCommande: str
    state: State
    montantSegurHT: Decimal
    advance: Decimal
    file: str
    numLigne: int
    day: date
    numeroASP: str
    refusal: str


@dataclass(frozen=True, slots=True)
class StateTotal:
    """The requests of one state, or (`etat` None) of those in `COUNTED`."""

    state: State | None
    requests: int
    montantSegurHT: Decimal
    advance: Decimal


# The columns that a reader sees, in order; one value a `Ligne` each.
_HEADERS = (
    "Demande", "Logiciel", "Référence", "État", "Montant HT", "Avance 30 %", "Fichier", "Ligne", "Dépôt",
    "Numéro ASP", "Refus",
)  # fmt: skip
_RIGHT = {"Montant HT", "Avance 30 %", "Ligne"}


def status_rows(ledger: Ledger, states: Collection[State] = ()) -> list[StatusRow]:
    """Every request of the ledger, by numeroEditeur, or those in these states."""
    return [_row(one) for one in ledger.entries(states)]


def totals(rows: Iterable[StatusRow]) -> list[StateTotal]:
    """One total a state met, in the order of `Etat`, then that of the states in `COUNTED`."""
    rows = list(rows)
    by_state = [_total(state, [row for row in rows if row.state is state]) for state in State]
    counted_ones = [row for row in rows if row.state in COUNTED]
    return [*(total for total in by_state if total.requests), _total(None, counted_ones)]


def table(rows: Sequence[StatusRow]) -> str:
    """The requests as aligned text, one a line, then the totals; without colour."""
    if not rows:
        return "Aucune demande au registre."
    cells = [_HEADERS, *(tuple(shown(text) for text in _texts(row)) for row in rows)]
    used = [column for column in range(len(_HEADERS)) if any(cells[column] for cells in cells[1:])]
    widths = {column: max(len(cells[column]) for cells in cells) for column in used}
    lines = ["  ".join(_padded(cells[column], widths[column], column) for column in used).rstrip() for cells in cells]
    rule = "  ".join("─" * widths[column] for column in used)
    return "\n".join([lines[0], rule, *lines[1:], "", *_total_lines(totals(rows))])


def as_json(rows: Sequence[StatusRow]) -> dict[str, Any]:
    """The same as one JSON document: amounts as numbers in euros, days as AAAA-MM-JJ, null for what is not there."""
    return {
        "requests": [
            {
                "numeroEditeur": row.numeroEditeur,
                "numeroAns": row.numeroAns,
                "refCommande": row.refCommande or None,
                "state": row.state.value,
                "montantSegurHT": float(row.montantSegurHT),
                "advance": float(row.advance),
                "file": row.file,
                "numLigne": row.numLigne,
                "upload_day": row.day.isoformat(),
                "numeroASP": row.numeroASP or None,
                "refusal": row.refusal or None,
            }
            for row in rows
        ],
        "totals": [
            {
                "state": total.state.value if total.state else None,
                "requests": total.requests,
                "montantSegurHT": float(total.montantSegurHT),
                "advance": float(total.advance),
            }
            for total in totals(rows)
        ],
    }


def write_xlsx(rows: Sequence[StatusRow], path: Path) -> None:
    """The same as a new workbook, its text never a formula; Refusal if `path` exists or cannot be written."""
    from openpyxl import Workbook  # only this needs it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    from converter.views.template.cell_styles import BOLD, print_on_a4

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(REQUESTS_SHEET)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    print_on_a4(sheet)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_HEADERS))}{len(rows) + 1}"
    texts = [_HEADERS, *(_texts(row) for row in rows)]
    for column in range(len(_HEADERS)):
        width = max(len(cells[column]) for cells in texts)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(width, _WIDEST) + 4

    def cell(value: str | float | Decimal | date, number_format: str = "@", *, bold: bool = False) -> Any:
        written: Any = WriteOnlyCell(sheet)
        written.value = value
        written.number_format = number_format
        if isinstance(value, str):
            written.data_type = "s"  # else « =… » would become a formula
        if bold:
            written.font = BOLD
        return written

    sheet.append([cell(header, bold=True) for header in _HEADERS])
    for row, cells in zip(rows, texts[1:], strict=True):
        values = {
            "Montant HT": cell(row.montantSegurHT, _AMOUNT_FORMAT),
            "Avance 30 %": cell(row.advance, _AMOUNT_FORMAT),
            "Ligne": cell(row.numLigne, "0"),
            "Dépôt": cell(row.day, "DD/MM/YYYY"),
        }
        sheet.append(
            [values.get(header) or (cell(text) if text else None) for header, text in zip(_HEADERS, cells, strict=True)]
        )
    stream = io.BytesIO()
    workbook.save(stream)
    write_new(path, stream.getvalue())


def _row(one: LedgerEntry) -> StatusRow:
    return StatusRow(
        numeroEditeur=one.numeroEditeur,
        numeroAns=one.key.numeroAns,
        refCommande=one.key.refCommande,
        state=one.state,
        montantSegurHT=one.montantSegurHT,
        advance=advance(one.montantSegurHT),
        file=one.file,
        numLigne=one.numLigne,
        day=one.day,
        numeroASP=one.numeroASP,
        refusal=f"{one.codeTraitement} {one.libelleTraitement}".strip() if one.state is State.REFUSED else "",
    )


def _total(state: State | None, rows: Sequence[StatusRow]) -> StateTotal:
    amount = sum((row.montantSegurHT for row in rows), Decimal())
    return StateTotal(state, len(rows), amount, sum((row.advance for row in rows), Decimal()))


def _texts(row: StatusRow) -> tuple[str, ...]:
    """What a reader sees in each column."""
    return (
        row.numeroEditeur, row.numeroAns, tidy(row.refCommande), row.state.value,
        euros(row.montantSegurHT), euros(row.advance), row.file, str(row.numLigne),
        f"{row.day:%d/%m/%Y}", tidy(row.numeroASP), tidy(row.refusal),
    )  # fmt: skip


def _padded(text: str, width: int, column: int) -> str:
    return text.rjust(width) if _HEADERS[column] in _RIGHT else text.ljust(width)


def _total_lines(found: Sequence[StateTotal]) -> list[str]:
    cells = [
        (
            total.state.value.capitalize() if total.state else "Total émises et acceptées",
            counted(total.requests, "demande"),
            euros(total.montantSegurHT),
            f"avance {euros(total.advance)}",
        )
        for total in found
    ]
    widths = [max(len(cells[column]) for cells in cells) for column in range(4)]
    return [
        "  ".join([cells[0].ljust(widths[0]), *(cells[column].rjust(widths[column]) for column in (1, 2, 3))])
        for cells in cells
    ]
