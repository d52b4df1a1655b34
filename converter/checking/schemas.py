"""The two pandera schemas, for rows and for requests, derived from `fields`; `checks` tells their failures.

Types come first: every column is `str`, so that no cell can turn a whole check into one error. Frames are indexed by
Excel's row (rows) or by request (0, 1…), and a check bears the code of the catalogue that it tells.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from converter.checking.cell_rules import allowed, judges
from converter.checking.clean_rows import Rows
from converter.checking.failures import PROFILES, Failure, Rules
from converter.checking.folding import MANDAT, MEDECINS, REQUEST_FIELDS, UNIQUE, Folded
from converter.findings import refuse_beyond
from converter.format.fields import BY_TAG, FIELDS, Audience, Field, FieldKind, Level, Required

COMMANDE_POUR = "demande.commandePour"
"""Column added to the rows, with MANDAT: what their request says."""
_SEEN = {"RPPS": "demande.RPPS vu", "FINESSGeo": "demande.FINESSGeo vu"}
"""Columns added to the rows: whether their request bears this doctor or site on an earlier row."""

Rights = Mapping[str, pd.Series]
"""For each tag that a rule looks at, what is right in its column."""
_LIBERAL, _STRUCTURE = Audience.LIBERAL.value, Audience.STRUCTURE.value
_MANDATAIRE = tuple(one.tag for one in FIELDS if one.required is Required.IF_MANDATE)
_RANK = {tag: rank for rank, tag in enumerate(BY_TAG)}
_LOW_CARDINALITY = {
    FieldKind.BOOLEAN: "oui-non",
    FieldKind.CHOICE: "hors-liste",
    FieldKind.OPERATOR: "operateur-inconnu",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of a column, played: the code that it tells, and what is right in the column (None: everything)."""

    tag: str
    code: str
    right: pd.Series | None

    @property
    def check(self) -> pa.Check:
        """Where nothing is wrong, one True spares pandera a look at each cell."""
        right: bool | pd.Series = True if self.right is None else self.right
        return pa.Check(lambda _: right, name=self.code, ignore_na=False)


def check_rows(rows: Rows, folded: Folded, rules: Rules, workbook: Path) -> list[Failure]:
    """Every failure of the row schema."""
    columns: dict[str, Sequence[str]] = dict(rows.columns)
    for name, source in ((COMMANDE_POUR, "commandePour"), (MANDAT, MANDAT)):
        values = folded.requests[source]
        columns[name] = [values[request] for request in folded.request_of]
    frame = pd.DataFrame(columns, index=pd.Index(rows.numbers), dtype="str")
    request = pd.Series(folded.request_of, index=frame.index)
    seen = {
        name: pd.DataFrame({"demande": request, tag: frame[tag]}).duplicated() & frame[tag].ne("")
        for tag, name in _SEEN.items()
    }
    return _failures(frame, _row_rules(frame.assign(**seen), rules), workbook)


def check_requests(folded: Folded, rules: Rules, workbook: Path) -> list[Failure]:
    """Every failure of the request schema."""
    frame = pd.DataFrame(folded.requests, dtype="str")
    return _failures(frame, _request_rules(frame, rules), workbook)


def _row_rules(rows: pd.DataFrame, rules: Rules) -> list[_Rule]:
    found = [rule for one in FIELDS for rule in _cell_rules(one, rows[one.tag], rules)]
    for code, rule in (
        ("autre-public", _right_audience),
        ("obligatoire", _beneficiary_there),
        ("beneficiaire-en-double", _first_in_request),
    ):
        found += [_played(tag, code, right) for tag, right in rule(rows).items()]
    return found


def _request_rules(requests: pd.DataFrame, rules: Rules) -> list[_Rule]:
    found: list[_Rule] = []
    for code, rule in (
        ("obligatoire", _there),
        ("client-unique-nombre", _unique_as_doctors),
        ("mandataire-client-unique", _mandate_as_unique),
        ("mandataire-sans-mandat", _mandataire_as_mandate),
        ("centre-de-sante-liberal", _health_centre_structure),
    ):
        found += [_played(tag, code, right) for tag, right in rule(requests).items()]
    for profile, (tag, value) in PROFILES.items():
        if rules.profils is None or profile not in rules.profils:
            code = "profil-inconnu" if rules.profils is None else "profil-absent"
            found.append(_played(tag, code, requests[tag].ne(value)))
    return found


def _played(tag: str, code: str, right: pd.Series) -> _Rule:
    return _Rule(tag, code, None if right.all() else right)


def _cell_rules(field: Field, column: pd.Series, rules: Rules) -> list[_Rule]:
    """Each value is judged once, however many cells hold it."""
    values = column.tolist()
    distinct = set(values) - {""}
    closed = allowed(field)
    if closed is not None:
        wrongs = [(_LOW_CARDINALITY[field.kind], distinct - closed)]
    else:
        wrongs = [(code, set(filterfalse(judge, distinct))) for code, judge in judges(field, rules.day)]
    return [
        _Rule(field.tag, code, pd.Series([value not in wrong for value in values], column.index) if wrong else None)
        for code, wrong in wrongs
    ]


# Rules across columns: which tag is right on which row


def _right_audience(rows: pd.DataFrame) -> Rights:
    """No doctor's or mandataire's column on a STRUCTURE row, nor the reverse; a Boolean only when it says yes."""
    of = {audience: rows[COMMANDE_POUR].eq(audience.value) for audience in (Audience.LIBERAL, Audience.STRUCTURE)}
    other = {Audience.LIBERAL: of[Audience.STRUCTURE], Audience.STRUCTURE: of[Audience.LIBERAL]}
    return {one.tag: ~(_says(rows, one) & other[one.audience]) for one in FIELDS if one.audience is not Audience.BOTH}


def _says(rows: pd.DataFrame, field: Field) -> pd.Series:
    return rows[field.tag].eq("OUI") if field.kind is FieldKind.BOOLEAN else rows[field.tag].ne("")


def _beneficiary_there(rows: pd.DataFrame) -> Rights:
    liberal, structure = rows[COMMANDE_POUR].eq(_LIBERAL), rows[COMMANDE_POUR].eq(_STRUCTURE)
    concerned = {
        Required.IF_LIBERAL: liberal,
        Required.IF_LIBERAL_WITHOUT_MANDATE: liberal & rows[MANDAT].ne("OUI"),
        Required.IF_STRUCTURE: structure,
    }
    return {
        one.tag: ~(concerned[one.required] & rows[one.tag].eq("")) for one in FIELDS if one.level is Level.BENEFICIARY
    }


def _first_in_request(rows: pd.DataFrame) -> Rights:
    return {tag: ~rows[seen] for tag, seen in _SEEN.items()}


def _there(requests: pd.DataFrame) -> Rights:
    concerned = {
        Required.ALWAYS: pd.Series(data=True, index=requests.index),
        Required.IF_STRUCTURE: requests["commandePour"].eq(_STRUCTURE),
        Required.IF_MANDATE: requests[MANDAT].eq("OUI") & requests[UNIQUE].eq("NON"),
    }
    return {
        one.tag: ~(concerned[one.required] & requests[one.tag].eq(""))
        for one in REQUEST_FIELDS
        if one.required in concerned
    }


def _unique_as_doctors(requests: pd.DataFrame) -> Rights:
    doctors, unique = requests[MEDECINS], requests[UNIQUE]
    wrong = (unique.eq("OUI") & ~doctors.isin({"0", "1"})) | (unique.eq("NON") & doctors.eq("1"))
    return {"isClientUnique": ~wrong}


def _mandate_as_unique(requests: pd.DataFrame) -> Rights:
    """No mandate with a single doctor; where there are several, « client unique » is the cell that is wrong."""
    contradiction = requests[MANDAT].eq("OUI") & requests[UNIQUE].eq("OUI") & requests[MEDECINS].eq("1")
    given = requests["isMandataire"].ne("")
    return {"isMandataire": ~(contradiction & given), "nomMandataire": ~(contradiction & ~given)}


def _mandataire_as_mandate(requests: pd.DataFrame) -> Rights:
    without = requests["commandePour"].eq(_LIBERAL) & requests[MANDAT].eq("NON")
    return {tag: ~(without & requests[tag].ne("")) for tag in _MANDATAIRE}


def _health_centre_structure(requests: pd.DataFrame) -> Rights:
    return {"isCentreDeSante": ~(requests["isCentreDeSante"].eq("OUI") & requests["commandePour"].eq(_LIBERAL))}


def _failures(frame: pd.DataFrame, found: Sequence[_Rule], workbook: Path) -> list[Failure]:
    """Every failing cell, in the order of the frame; on one cell, that its column does not apply comes first."""
    # counted first: pandera takes 20 µs and 1 KB to tell each
    refuse_beyond(sum(len(one.right) - int(one.right.sum()) for one in found if one.right is not None), workbook)
    schema = _schema(found, [tag for tag in frame.columns if tag in BY_TAG])
    try:
        schema.validate(frame[list(schema.columns)], lazy=True, inplace=True)  # nothing is changed, nothing copied
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        failing = zip(cases["check"], cases["column"], map(int, cases["index"]), cases["failure_case"], strict=True)
        return sorted(failing, key=lambda one: (one[2], _RANK[one[1]], one[0] != "autre-public"))
    return []


def _schema(found: Iterable[_Rule], tags: Iterable[str]) -> pa.DataFrameSchema:
    """Every column is `str`; pandas has no empty cell here, and pandera need not look for any (`nullable`)."""
    checks: dict[str, list[pa.Check]] = {tag: [] for tag in tags}
    for one in found:
        checks[one.tag].append(one.check)
    return pa.DataFrameSchema({tag: pa.Column(str, rules, nullable=True) for tag, rules in checks.items()})
