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
from converter.ledger.model import Etat, Inscription, Registre
from converter.ledger.staging import write_new

_AMOUNT_FORMAT = '#,##0.00" €"'
_WIDEST = 60
COUNTED = (Etat.EMISE, Etat.ACCEPTEE)
"""What the grand total counts: a refused or voided request that was sent again would count twice."""


@dataclass(frozen=True, slots=True)
class Ligne:
    """One request. Amounts in euros, to the cent; `refus`: the portal's code and wording, "" unless refused."""

    numeroEditeur: str
    numeroAns: str
    refCommande: str
    etat: Etat
    montantSegurHT: Decimal
    avance: Decimal
    fichier: str
    numLigne: int
    jour: date
    numeroASP: str
    refus: str


@dataclass(frozen=True, slots=True)
class Total:
    """The requests of one state, or (`etat` None) of those in `COUNTED`."""

    etat: Etat | None
    demandes: int
    montantSegurHT: Decimal
    avance: Decimal


# The columns that a reader sees, in order; one value a `Ligne` each.
_HEADERS = (
    "Demande", "Logiciel", "Référence", "État", "Montant HT", "Avance 30 %", "Fichier", "Ligne", "Dépôt",
    "Numéro ASP", "Refus",
)  # fmt: skip
_RIGHT = {"Montant HT", "Avance 30 %", "Ligne"}


def rows(registre: Registre, etats: Collection[Etat] = ()) -> list[Ligne]:
    """Every request of the ledger, by numeroEditeur, or those in these states."""
    return [_row(one) for one in registre.inscriptions(etats)]


def totals(lignes: Iterable[Ligne]) -> list[Total]:
    """One total a state met, in the order of `Etat`, then that of the states in `COUNTED`."""
    lignes = list(lignes)
    by_state = [_total(etat, [ligne for ligne in lignes if ligne.etat is etat]) for etat in Etat]
    counted_ones = [ligne for ligne in lignes if ligne.etat in COUNTED]
    return [*(total for total in by_state if total.demandes), _total(None, counted_ones)]


def table(lignes: Sequence[Ligne]) -> str:
    """The requests as aligned text, one a line, then the totals; without colour."""
    if not lignes:
        return "Aucune demande au registre."
    cells = [_HEADERS, *(tuple(shown(text) for text in _texts(ligne)) for ligne in lignes)]
    used = [column for column in range(len(_HEADERS)) if any(row[column] for row in cells[1:])]
    widths = {column: max(len(row[column]) for row in cells) for column in used}
    lines = ["  ".join(_padded(row[column], widths[column], column) for column in used).rstrip() for row in cells]
    rule = "  ".join("─" * widths[column] for column in used)
    return "\n".join([lines[0], rule, *lines[1:], "", *_total_lines(totals(lignes))])


def as_json(lignes: Sequence[Ligne]) -> dict[str, Any]:
    """The same as one JSON document: amounts as numbers in euros, days as AAAA-MM-JJ, null for what is not there."""
    return {
        "requests": [
            {
                "numeroEditeur": ligne.numeroEditeur,
                "numeroAns": ligne.numeroAns,
                "refCommande": ligne.refCommande or None,
                "state": ligne.etat.value,
                "montantSegurHT": float(ligne.montantSegurHT),
                "advance": float(ligne.avance),
                "file": ligne.fichier,
                "numLigne": ligne.numLigne,
                "upload_day": ligne.jour.isoformat(),
                "numeroASP": ligne.numeroASP or None,
                "refusal": ligne.refus or None,
            }
            for ligne in lignes
        ],
        "totals": [
            {
                "state": total.etat.value if total.etat else None,
                "requests": total.demandes,
                "montantSegurHT": float(total.montantSegurHT),
                "advance": float(total.avance),
            }
            for total in totals(lignes)
        ],
    }


def write_xlsx(lignes: Sequence[Ligne], path: Path) -> None:
    """The same as a new workbook, its text never a formula; Refusal if `path` exists or cannot be written."""
    from openpyxl import Workbook  # only this needs it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    from converter.views.template.cell_styles import BOLD, print_on_a4

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Demandes")
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    print_on_a4(sheet)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_HEADERS))}{len(lignes) + 1}"
    texts = [_HEADERS, *(_texts(ligne) for ligne in lignes)]
    for column in range(len(_HEADERS)):
        width = max(len(row[column]) for row in texts)
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
    for ligne, row in zip(lignes, texts[1:], strict=True):
        values = {
            "Montant HT": cell(ligne.montantSegurHT, _AMOUNT_FORMAT),
            "Avance 30 %": cell(ligne.avance, _AMOUNT_FORMAT),
            "Ligne": cell(ligne.numLigne, "0"),
            "Dépôt": cell(ligne.jour, "DD/MM/YYYY"),
        }
        sheet.append(
            [values.get(header) or (cell(text) if text else None) for header, text in zip(_HEADERS, row, strict=True)]
        )
    stream = io.BytesIO()
    workbook.save(stream)
    write_new(path, stream.getvalue())


def _row(one: Inscription) -> Ligne:
    return Ligne(
        numeroEditeur=one.numeroEditeur,
        numeroAns=one.cle.numeroAns,
        refCommande=one.cle.refCommande,
        etat=one.etat,
        montantSegurHT=one.montantSegurHT,
        avance=advance(one.montantSegurHT),
        fichier=one.fichier,
        numLigne=one.numLigne,
        jour=one.jour,
        numeroASP=one.numeroASP,
        refus=f"{one.codeTraitement} {one.libelleTraitement}".strip() if one.etat is Etat.REFUSEE else "",
    )


def _total(etat: Etat | None, lignes: Sequence[Ligne]) -> Total:
    montant = sum((ligne.montantSegurHT for ligne in lignes), Decimal())
    return Total(etat, len(lignes), montant, sum((ligne.avance for ligne in lignes), Decimal()))


def _texts(ligne: Ligne) -> tuple[str, ...]:
    """What a reader sees in each column."""
    return (
        ligne.numeroEditeur, ligne.numeroAns, tidy(ligne.refCommande), ligne.etat.value,
        euros(ligne.montantSegurHT), euros(ligne.avance), ligne.fichier, str(ligne.numLigne),
        f"{ligne.jour:%d/%m/%Y}", tidy(ligne.numeroASP), tidy(ligne.refus),
    )  # fmt: skip


def _padded(text: str, width: int, column: int) -> str:
    return text.rjust(width) if _HEADERS[column] in _RIGHT else text.ljust(width)


def _total_lines(found: Sequence[Total]) -> list[str]:
    cells = [
        (
            total.etat.value.capitalize() if total.etat else "Total émises et acceptées",
            counted(total.demandes, "demande"),
            euros(total.montantSegurHT),
            f"avance {euros(total.avance)}",
        )
        for total in found
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(row[column].rjust(widths[column]) for column in (1, 2, 3))])
        for row in cells
    ]
