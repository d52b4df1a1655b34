"""Check a workbook by the schemas, and report each failure on its cell.

The schemas need pandas and pandera, half a second to import: only `check` imports `schemas`, and for a large workbook
it runs in the second process.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.checking.cell_rules import holds_several, lost_a_zero, unit_of
from converter.checking.clean_rows import Rows
from converter.checking.folding import MEDECINS, Folded
from converter.checking.values.names import unlike_a_name
from converter.findings import Finding, Severity, finding, shown
from converter.findings.french import counted
from converter.format.field_kinds import Field, FieldKind, Required
from converter.format.fields import BY_TAG
from converter.format.operators import nearest_operator
from converter.reading.table import Table

PROFILES = {"Centre de santé": ("isCentreDeSante", "OUI"), "Mailiz": ("operateurMessagerie", "MAI_15")}
"""Which value of which tag needs the software to be referenced with which profile (guide § 3.2, « Focus »)."""

CHOOSE_IT = "Choisissez-le dans la liste de la cellule."
"""What to do about an operator that nothing resembles, in a sheet made from our template."""
_MISSING = "obligatoire"
_BY_ITS_ORDER = frozenset({_MISSING, "autre-public", "beneficiaire-en-double"})
"""Codes that depend on which order a row belongs to: not reported on a row whose order is in doubt."""
_BY_NUMBER_OF_DOCTORS = frozenset({"client-unique-nombre", "mandataire-client-unique"})
Failure = tuple[str, str, int, str]
"""Code, tag, row (Excel's) or request (0, 1…), value."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the checks depend on besides the rows. `profils`: None where the workbook gives none."""

    day: datetime.date
    profils: frozenset[str] | None
    strict_keys: bool


@dataclass(frozen=True, slots=True)
class Failures:
    """The failures of the rows and those of the requests, each from top to bottom."""

    rows: Sequence[Failure]
    requests: Sequence[Failure]


def check(rows: Rows, folded: Folded, rules: Rules, workbook: Path) -> Failures:
    """Every cell that breaks a rule; Refusal where `workbook` has too many of them to report."""
    from converter.checking import schemas

    return Failures(schemas.check_rows(rows, folded, rules, workbook), schemas.check_requests(folded, rules, workbook))


def on_cells(table: Table, rows: Rows, folded: Folded, failures: Failures, rules: Rules) -> list[Finding]:
    """A finding for each failure: on the cell of the row, or on the cell that gives the request its value.

    A request without the value is reported on its first row; a whole missing column is left to `on_headings`.
    """
    doctors = list(map(int, folded.requests[MEDECINS]))
    of_groups = (
        {row for row, request in zip(rows.numbers, folded.request_of, strict=True) if doctors[request] > 1}
        if failures.rows
        else set()
    )
    identified = list(zip(folded.requests["refCommande"], folded.requests["numeroEditeur"], strict=True))
    on_rows = [
        _finding_on_cell(table, row, BY_TAG[tag], code, value, {}, rules, several=row in of_groups)
        for code, tag, row, value in failures.rows
        if (row, tag) not in table.broken
        and not (code in _BY_ITS_ORDER and row in folded.doubtful)
        and not (code == _MISSING and tag not in table.columns)
    ]
    on_requests = [
        _finding_on_cell(
            table, row, BY_TAG[tag], code, value, {"medecins": counted(doctors[request], "médecin")}, rules
        )
        for code, tag, request, value in failures.requests
        # a row without a reference is already an error: its missing values may be on other rows of its order
        if any(identified[request])
        and (row := folded.row_of(request, tag), tag) not in table.broken
        and not (code == _MISSING and tag not in table.columns)
        and not _in_doubt(folded, code, request)
    ]
    return on_rows + on_requests


def _in_doubt(folded: Folded, code: str, request: int) -> bool:
    """Whether a failure may be due to rows whose order is in doubt: wrongly put in this request, or missing from it."""
    if code == _MISSING:
        return folded.first_rows[request] in folded.doubtful
    return code in _BY_NUMBER_OF_DOCTORS and request in folded.in_doubt


def on_headings(
    table: Table, rows: Rows, folded: Folded, failures: Failures, *, documents: bool
) -> tuple[list[Finding], set[int]]:
    """A finding on the heading row for each missing column that orders need, and the requests that need one.

    `documents`: whether every order needs an order form, which no check of its cells says.
    """
    request_of = dict(zip(rows.numbers, folded.request_of, strict=True))
    lacking = [
        (tag, request_of[row])
        for code, tag, row, _ in failures.rows
        if code == _MISSING and tag not in table.columns and row not in folded.doubtful
    ]
    lacking += [
        (tag, request)
        for code, tag, request, _ in failures.requests
        if code == _MISSING and tag not in table.columns and not _in_doubt(folded, code, request)
    ]
    if documents and "bonCommande" not in table.columns and not any(rows.columns["bonCommande"]):
        lacking += [("bonCommande", request) for request in range(len(folded.first_rows))]
    heading = table.cell(table.header_row)
    findings = [
        finding("colonne-manquante", heading, tag, libelle=BY_TAG[tag].label, quand=_when(BY_TAG[tag].required))
        for tag in dict.fromkeys(tag for tag, _ in lacking)
    ]
    return findings, {request for _, request in lacking}


def _finding_on_cell(
    table: Table,
    row: int,
    field: Field,
    code: str,
    value: str,
    details: Mapping[str, str],
    rules: Rules,
    *,
    several: bool = False,
) -> Finding:
    """The finding for a failure; it shows the text that the user typed. `value`: the clean value that was checked."""
    severity = Severity.ERROR if code == "cle-controle" and rules.strict_keys else None
    case = _case(field, code, value, several=several)
    typed = table.shown(row, field.tag)
    placeholders = {**_details(field, code, value), **_instead(field, typed), **details}
    return finding(code, table.cell(row, field.tag), field.tag, typed, severity, case=case, **placeholders)


def _case(field: Field, code: str, value: str, *, several: bool) -> str:
    """The particular case of a failure; `several`: whether the order has several doctors."""
    if code == _MISSING and several and field.required is Required.IF_LIBERAL_WITHOUT_MANDATE:
        return "groupe"
    if code in ("longueur-exacte", "caracteres") and holds_several(field, value):
        return "medecins" if field.tag == "RPPS" else "sites" if field.tag == "FINESSGeo" else "plusieurs"
    if code == "longueur-exacte" and lost_a_zero(field, value):
        return "zero"
    return ""


def _when(required: Required) -> str:
    return "" if required is Required.ALWAYS else f" (obligatoire {required.value})"


def _instead(field: Field, typed: str) -> dict[str, str]:
    """Placeholders for a cell treated as empty: what was typed in it, and what to do if it was a name."""
    if not typed.strip():
        return {"ecrit": "", "prenom": ""}
    is_word = field.kind is FieldKind.NAME and any(map(str.isalpha, typed))
    return {
        "ecrit": f"\u00a0: «\u00a0{shown(typed)}\u00a0» ne dit rien",
        "prenom": " Si c'est bien un nom de famille, écrivez aussi le prénom." if is_word else "",
    }


def _details(field: Field, code: str, value: str) -> dict[str, str]:
    """The placeholders of this code's sentences, besides the value."""
    details = {"libelle": field.label, "quand": _when(field.required), "compte": str(len(value))}
    match code:
        case "longueur-exacte" | "caracteres" | "notation-scientifique" | "cle-controle":
            details |= {"attendu": str(field.exact), "unite": unit_of(field), "verifier": field.check_at}
            details["propose"] = f"0{value}"
        case "nom-impossible":
            details["nature"] = unlike_a_name(value) or ""
        case "longueur-max":
            details["attendu"] = str((field.below or 0) - 1)
        case "hors-liste":
            details["choix"] = " ou ".join(f"«\u00a0{one}\u00a0»" for one in field.choices)
        case "autre-public":
            details["public"] = field.audience.value
        case "profil-absent" | "profil-inconnu":
            details["profil"] = next(profile for profile, (tag, _) in PROFILES.items() if tag == field.tag)
        case "operateur-inconnu":
            near = nearest_operator(value)
            details["suggestion"] = f"Vouliez-vous dire «\u00a0{near.shown}\u00a0»\u00a0?" if near else CHOOSE_IT
    return details
