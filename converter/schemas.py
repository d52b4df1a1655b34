"""The two pandera schemas, for rows and for requests, derived from `fields`; their failures become findings.

Types come first: every column is `str`, so that no cell can turn a whole check into one error. Frames are indexed by
Excel's row (rows) or by request (0, 1…), and a check bears the code of the catalogue that it tells.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from converter.demandes import MANDAT, UNIQUE
from converter.fields import BY_TAG, FIELDS, Audience, Field, Kind, Level, Required
from converter.findings import Cell, Finding, Severity, finding, refuse_beyond
from converter.judges import Judge, allowed, judges, unit_of
from converter.operators import nearest_operator
from converter.rows import MEDECINS, Folded
from converter.workbook import Table

COMMANDE_POUR, DEMANDE = "demande.commandePour", "demande.rang"
"""Columns added to the rows, with MANDAT: what their request says, and which one it is."""
_SEEN = {"RPPS": "demande.RPPS vu", "FINESSGeo": "demande.FINESSGeo vu"}
"""Columns added to the rows: whether their request bears this doctor or site on an earlier row."""
_SLICE = 10_000  # rows checked at a time: pandera takes 20 µs and 1 KB a failure, and only then are they counted

Failure = tuple[str, str, int, str]
"""Code, tag, index of the frame, value."""
_LIBERAL, _STRUCTURE = Audience.LIBERAL.value, Audience.STRUCTURE.value
_MANDATAIRE = tuple(one.tag for one in FIELDS if one.required is Required.IF_MANDATE)
_RANK = {tag: rank for rank, tag in enumerate(BY_TAG)}
_LOW_CARDINALITY = {Kind.BOOLEAN: "oui-non", Kind.CHOICE: "hors-liste", Kind.OPERATOR: "operateur-inconnu"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the checks depend on beside the rows. `profils`: None where the workbook does not name any."""

    jour: datetime.date
    profils: frozenset[str] | None
    strict_keys: bool


def check_rows(table: Table, frame: pd.DataFrame, folded: Folded, rules: Rules) -> list[Finding]:
    """Every finding of the row schema, each on its cell."""
    context = {
        name: folded.requests[source].to_numpy()[folded.request_of]
        for name, source in ((COMMANDE_POUR, "commandePour"), (MANDAT, MANDAT))
    }
    rows = frame.assign(**context, **{DEMANDE: folded.request_of.astype(str)})
    rows = rows.assign(**{seen: rows[[DEMANDE, tag]].duplicated() & rows[tag].ne("") for tag, seen in _SEEN.items()})
    return [
        _told(table.cell(row, tag), BY_TAG[tag], code, value, {}, rules)
        for code, tag, row, value in _failures(_row_schema(rules), rows, table.workbook)
        if (row, tag) not in table.broken
    ]


def check_requests(table: Table, folded: Folded, rules: Rules) -> list[Finding]:
    """Every finding of the request schema, each on the cell that gives the value, else on the request's first row."""
    doctors = folded.requests[MEDECINS].tolist()
    return [
        _told(table.cell(row, tag), BY_TAG[tag], code, value, {"medecins": doctors[request]}, rules)
        for code, tag, request, value in _failures(_request_schema(rules), folded.requests, table.workbook)
        if (row := folded.row_of(request, tag), tag) not in table.broken
    ]


def _row_schema(rules: Rules) -> pa.DataFrameSchema:
    columns = {one.tag: pa.Column(str, _cell_checks(one, rules), required=True) for one in FIELDS}
    checks = [
        pa.Check(_wrong_audience, name="autre-public"),
        pa.Check(_missing_beneficiary, name="obligatoire"),
        pa.Check(_twice_in_request, name="beneficiaire-en-double"),
    ]
    return pa.DataFrameSchema(columns, checks=checks)


def _request_schema(rules: Rules) -> pa.DataFrameSchema:
    checks = [
        pa.Check(_missing_in_request, name="obligatoire"),
        pa.Check(_unique_against_doctors, name="client-unique-nombre"),
        pa.Check(_mandate_against_unique, name="mandataire-client-unique"),
        pa.Check(_mandataire_without_mandate, name="mandataire-sans-mandat"),
        pa.Check(_health_centre_liberal, name="centre-de-sante-liberal"),
    ]
    for profile, needs in _PROFILES.items():
        if rules.profils is None:
            checks.append(pa.Check(_untouched_by(needs), name="profil-inconnu"))
        elif profile not in rules.profils:
            checks.append(pa.Check(_untouched_by(needs), name="profil-absent"))
    return pa.DataFrameSchema(checks=checks)


def _cell_checks(field: Field, rules: Rules) -> list[pa.Check]:
    values = allowed(field)
    if values is not None:
        return [pa.Check(_one_of(values | {""}), name=_LOW_CARDINALITY[field.kind])]
    return [pa.Check(_each(judge), name=code) for code, judge in judges(field, rules.jour)]


def _one_of(values: frozenset[str]) -> Callable[[pd.Series], pd.Series]:
    return lambda column: column.isin(values)


def _each(judge: Judge) -> Callable[[pd.Series], pd.Series]:
    def check(column: pd.Series) -> pd.Series:
        return pd.Series([not value or judge(value) for value in column.tolist()], index=column.index, dtype=bool)

    return check


def _all_right(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(data=True, index=frame.index, columns=frame.columns)


def _wrong_audience(rows: pd.DataFrame) -> pd.DataFrame:
    """A doctor's or mandataire's column on a STRUCTURE row, or the reverse; a Boolean only when it says yes."""
    right = _all_right(rows)
    for one in FIELDS:
        if one.audience is not Audience.BOTH:
            filled = rows[one.tag].eq("OUI") if one.kind is Kind.BOOLEAN else rows[one.tag].ne("")
            other = _STRUCTURE if one.audience is Audience.LIBERAL else _LIBERAL
            right[one.tag] = ~(filled & rows[COMMANDE_POUR].eq(other))
    return right


def _missing_beneficiary(rows: pd.DataFrame) -> pd.DataFrame:
    right = _all_right(rows)
    concerned = {
        Required.IF_LIBERAL: rows[COMMANDE_POUR].eq(_LIBERAL),
        Required.IF_LIBERAL_WITHOUT_MANDATE: rows[COMMANDE_POUR].eq(_LIBERAL) & rows[MANDAT].ne("OUI"),
        Required.IF_STRUCTURE: rows[COMMANDE_POUR].eq(_STRUCTURE),
    }
    for one in FIELDS:
        if one.level is Level.BENEFICIARY:
            right[one.tag] = ~(concerned[one.required] & rows[one.tag].eq(""))
    return right


def _twice_in_request(rows: pd.DataFrame) -> pd.DataFrame:
    right = _all_right(rows)
    for tag, seen in _SEEN.items():
        right[tag] = ~rows[seen]
    return right


def _missing_in_request(requests: pd.DataFrame) -> pd.DataFrame:
    right = _all_right(requests)
    concerned = {
        Required.ALWAYS: pd.Series(data=True, index=requests.index),
        Required.IF_STRUCTURE: requests["commandePour"].eq(_STRUCTURE),
        Required.IF_MANDATE: requests[MANDAT].eq("OUI") & requests[UNIQUE].eq("NON"),
    }
    for one in FIELDS:
        if one.level is Level.REQUEST and one.required in concerned:
            right[one.tag] = ~(concerned[one.required] & requests[one.tag].eq(""))
    return right


def _unique_against_doctors(requests: pd.DataFrame) -> pd.DataFrame:
    right = _all_right(requests)
    doctors = requests[MEDECINS]
    right["isClientUnique"] = ~(
        (requests[UNIQUE].eq("OUI") & ~doctors.isin({"0", "1"})) | (requests[UNIQUE].eq("NON") & doctors.eq("1"))
    )
    return right


def _mandate_against_unique(requests: pd.DataFrame) -> pd.DataFrame:
    """A mandate with a single doctor; where there are several, « client unique » is the cell that is wrong."""
    right = _all_right(requests)
    contradiction = requests[MANDAT].eq("OUI") & requests[UNIQUE].eq("OUI") & requests[MEDECINS].eq("1")
    given = requests["isMandataire"].ne("")
    right["isMandataire"] = ~(contradiction & given)
    right["nomMandataire"] = ~(contradiction & ~given)
    return right


def _mandataire_without_mandate(requests: pd.DataFrame) -> pd.DataFrame:
    right = _all_right(requests)
    without = requests["commandePour"].eq(_LIBERAL) & requests[MANDAT].eq("NON")
    for tag in _MANDATAIRE:
        right[tag] = ~(without & requests[tag].ne(""))
    return right


def _health_centre_liberal(requests: pd.DataFrame) -> pd.DataFrame:
    right = _all_right(requests)
    right["isCentreDeSante"] = ~(requests["isCentreDeSante"].eq("OUI") & requests["commandePour"].eq(_LIBERAL))
    return right


_PROFILES = {"Centre de santé": ("isCentreDeSante", "OUI"), "Mailiz": ("operateurMessagerie", "MAI_15")}
"""Which value of which tag needs the software to be referenced with which profile (guide § 3.2, « Focus »)."""


def _untouched_by(needs: tuple[str, str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    tag, value = needs

    def check(requests: pd.DataFrame) -> pd.DataFrame:
        right = _all_right(requests)
        right[tag] = requests[tag].ne(value)
        return right

    return check


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame, workbook: Path) -> list[Failure]:
    """Every failing cell, in the order of the frame; on one cell, that its column does not apply comes first."""
    found: list[Failure] = []
    for start in range(0, len(frame), _SLICE):
        found += _failures_of_slice(schema, frame.iloc[start : start + _SLICE])
        refuse_beyond(len(found), workbook)
    return found


def _failures_of_slice(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[Failure]:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        found = [
            failure
            for code, column, index, case in zip(
                cases["check"], cases["column"], cases["index"], cases["failure_case"], strict=True
            )
            for failure in _cells(code, column, index, case)
        ]
        return sorted(dict.fromkeys(found), key=lambda one: (one[2], _RANK[one[1]], one[0] != "autre-public"))
    return []


def _cells(code: str, column: str, index: int, case: str | Mapping[str, str]) -> Iterator[Failure]:
    """A check of a column fails on one cell; a check of the frame, on those of the row that it names."""
    if isinstance(case, Mapping):
        yield from ((code, tag, int(index), str(value)) for tag, value in case.items())
    else:
        yield code, column, int(index), str(case)


def _told(place: Cell, field: Field, code: str, value: str, details: Mapping[str, str], rules: Rules) -> Finding:
    severity = Severity.ERROR if code == "cle-controle" and rules.strict_keys else None
    return finding(code, place, field.tag, value, severity, **_details(field, code, value), **details)


def _details(field: Field, code: str, value: str) -> dict[str, str]:
    """What the sentence of this code names beside the value."""
    details = {"libelle": field.label, "quand": field.required.value, "compte": str(len(value))}
    match code:
        case "longueur-exacte" | "caracteres" | "notation-scientifique" | "cle-controle":
            details |= {"attendu": str(field.exact), "unite": unit_of(field), "verifier": field.check_at}
        case "longueur-max":
            details["attendu"] = str((field.below or 0) - 1)
        case "hors-liste":
            details["choix"] = " ou ".join(f"«\u00a0{one}\u00a0»" for one in field.choices)
        case "autre-public":
            details["public"] = field.audience.value
        case "profil-absent" | "profil-inconnu":
            details["profil"] = next(profile for profile, (tag, _) in _PROFILES.items() if tag == field.tag)
        case "operateur-inconnu":
            near = nearest_operator(value)
            details["suggestion"] = (
                f"Vouliez-vous dire «\u00a0{near.shown}\u00a0»\u00a0?"
                if near
                else "Choisissez-le dans la liste de la cellule."
            )
    return details
