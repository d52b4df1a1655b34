"""The two pandera schemas, of rows and of requests, declared from the format; and what fails under them.

Every column is `str`: types come first, so that no cell can turn a whole check into one error. Frames are indexed by
the number of the row, which pandera hands back with each failure.
"""

import datetime
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from converter.checking import cross_rules as rule
from converter.checking.cell_rules import allowed, judges
from converter.checking.clean_rows import Columns, Rows
from converter.checking.failures import PROFILES, Failure, Rules
from converter.checking.folding import MANDAT, MEDECINS, REQUEST_FIELDS, UNIQUE, Folded, fold
from converter.checking.schema_checks import Text, across, at_most, each
from converter.findings import MOST_FINDINGS, Severity, refuse_beyond
from converter.format.field_kinds import Field, FieldKind
from converter.format.fields import BY_TAG, FIELDS

_OUT_OF_LIST = {
    FieldKind.BOOLEAN: "oui-non",
    FieldKind.CHOICE: "hors-liste",
    FieldKind.OPERATOR: "operateur-inconnu",
}
_DERIVED = (MANDAT, UNIQUE, MEDECINS)
_RANK = {tag: rank for rank, tag in enumerate(BY_TAG)}


def row_schema(
    *, day: datetime.date, profiles: Collection[str] | None = None, strict_keys: bool = False
) -> pa.DataFrameSchema:
    """What each cell must be, and each row as a line of its request.

    For frames with one `str` column a tag, already clean, indexed by the number of the row; a column that is absent is
    empty, and so is a missing value. The schema folds the rows itself, and adds to the frame that it hands back what
    their requests say. `validate(frame, lazy=True)` finds every wrong cell: in `failure_cases`, `check` is a code of
    docs/codes.md, `column` the tag, `index` the row. `day`: that of the upload; `profiles`: those that the software is
    referenced with, None if that is not known; `strict_keys`: whether a wrong check digit is an error.
    """
    return _row_schema(_rules(day, profiles, strict_keys=strict_keys), folded=False)


def request_schema(
    *, day: datetime.date | None = None, profiles: Collection[str] | None = None, strict_keys: bool = False
) -> pa.DataFrameSchema:
    """What a request must be as a whole; its cells are the row schema's.

    For the same frames of rows: they are folded first, and the frame handed back has one line a request, under the
    number of its first row. The arguments are those of `row_schema`; only `profiles` matters here.
    """
    return _request_schema(_rules(day or datetime.date.max, profiles, strict_keys=strict_keys), folded=False)


def _rules(day: datetime.date, profiles: Collection[str] | None, *, strict_keys: bool) -> Rules:
    return Rules(day, None if profiles is None else frozenset(profiles), strict_keys)


def _row_schema(rules: Rules, *, folded: bool) -> pa.DataFrameSchema:
    """`folded`: whether the rows already have their request's values, and `fold_rows` has made its findings."""
    checks = [
        across("autre-public", rule.ONE_AUDIENCE_TAGS, rule.other_audience),
        across("obligatoire", rule.REQUIRED_OF_BENEFICIARY, rule.beneficiary_missing),
        across("beneficiaire-en-double", rule.BENEFICIARY_NUMBERS, rule.twice_in_request),
        across("site-entite", ("FINESSGeo",), rule.site_of_the_whole),
    ]
    if not folded:
        checks += [
            across("reference-absente", ("refCommande",), rule.no_reference),
            across("deux-valeurs", rule.REQUEST_TAGS, rule.second_value),
            across("numero-en-double", ("numeroEditeur",), rule.shared_number),
        ]
    columns = {one.tag: pa.Column(Text, _cell_checks(one, rules), nullable=True, title=one.label) for one in FIELDS}
    parsers = None if folded else pa.Parser(_with_requests)
    return pa.DataFrameSchema(columns, checks, parsers=parsers, title="Lignes de « Demandes »")


def _request_schema(rules: Rules, *, folded: bool) -> pa.DataFrameSchema:
    """`folded`: whether the frame holds requests already."""
    checks = [
        across("obligatoire", rule.REQUIRED_OF_REQUEST, rule.value_missing),
        across("client-unique-nombre", ("isClientUnique",), rule.unique_against_doctors),
        across("mandataire-client-unique", ("isMandataire", "nomMandataire"), rule.mandate_of_single),
        across("mandataire-sans-mandat", rule.MANDATAIRE_TAGS, rule.mandataire_without_mandate),
        across("centre-de-sante-liberal", ("isCentreDeSante",), rule.health_centre_of_doctors),
        across("aucune-voie", rule.ROUTE_TAGS[:1], rule.without_route),
    ]
    needing = {tag: value for profile, (tag, value) in PROFILES.items() if profile not in (rules.profils or ())}
    if needing:
        code = "profil-inconnu" if rules.profils is None else "profil-absent"
        checks.append(across(code, tuple(needing), rule.holding(needing)))
    columns = {one.tag: pa.Column(Text, title=one.label) for one in REQUEST_FIELDS}
    columns |= {name: pa.Column(Text, title="Ce que dit la demande") for name in _DERIVED}
    parsers = None if folded else pa.Parser(_folded)
    return pa.DataFrameSchema(columns, checks, parsers=parsers, title="Demandes")


def check_rows(rows: Rows, folded: Folded, rules: Rules, workbook: Path) -> list[Failure]:
    """Every failure of the row schema, each with the number of its row."""
    frame = _frame(rows.columns, rows.numbers)
    return _failures(_schemas(rules)[0], _saying_their_request(frame, folded), workbook)


def check_requests(folded: Folded, rules: Rules, workbook: Path) -> list[Failure]:
    """Every failure of the request schema, each with the rank of its request."""
    frame = _frame(folded.requests, range(len(folded.first_rows)))
    return _failures(_schemas(rules)[1], frame, workbook)


@lru_cache(maxsize=4)
def _schemas(rules: Rules) -> tuple[pa.DataFrameSchema, pa.DataFrameSchema]:
    """The schemas of rows and of requests, for frames that are folded; nobody changes them."""
    return _row_schema(rules, folded=True), _request_schema(rules, folded=True)


def _cell_checks(field: Field, rules: Rules) -> list[pa.Check]:
    closed = allowed(field)
    if closed is not None:
        return [each(_OUT_OF_LIST[field.kind], closed.__contains__)]
    strict = {"cle-controle": Severity.ERROR} if rules.strict_keys else {}
    return [each(code, judge, severity=strict.get(code)) for code, judge in judges(field, rules.day)]


# What pandera is given


def _frame(columns: Columns, numbers: Sequence[int]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(numbers), dtype="str")


def _with_requests(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, with every column of the format and what their requests say."""
    whole = _whole(rows)
    return _saying_their_request(whole, fold(_rows_of(whole)))


def _folded(rows: pd.DataFrame) -> pd.DataFrame:
    """The requests of these rows, each under the number of its first row."""
    folded = fold(_rows_of(_whole(rows)))
    return _frame(folded.requests, folded.first_rows)


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with every column of the format, and "" wherever nothing is."""
    empty = pd.Series("", index=rows.index, dtype="str")
    return rows.assign(**{tag: _text(rows[tag]) if tag in rows else empty for tag in BY_TAG})


def _text(column: pd.Series) -> pd.Series:
    if column.dtype == "str" and not column.hasnans:
        return column
    filled = column.astype(object).where(column.notna(), "")
    if all(isinstance(one, str) for one in filled):
        return filled.astype("str")
    return column  # of another type: pandera reports it


def _rows_of(rows: pd.DataFrame) -> Rows:
    return Rows(rows.index.tolist(), {tag: rows[tag].tolist() for tag in BY_TAG})


def _saying_their_request(rows: pd.DataFrame, folded: Folded) -> pd.DataFrame:
    """The rows, with the columns that `cross_rules` looks for."""
    request = np.asarray(folded.request_of, dtype=np.intp)
    said = {rule.COMMANDE_POUR: "commandePour", rule.JURIDIQUE: "FINESSJuridique", MANDAT: MANDAT}
    columns = {name: np.array(folded.requests[source], dtype=object)[request] for name, source in said.items()}
    return rows.assign(**columns, **{rule.REQUEST: request})


# What it answers


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame, workbook: Path) -> list[Failure]:
    """Every failing cell, in the order of the frame; on one cell, that its column does not apply comes first."""
    cases = None
    with at_most(MOST_FINDINGS) as count:
        try:
            schema.validate(frame, lazy=True, inplace=True)  # nothing is changed, nothing copied
        except pa.errors.SchemaErrors as errors:
            cases = errors.failure_cases
    refuse_beyond(count.found, workbook)
    return [] if cases is None else _in_order(cases)


def _in_order(cases: pd.DataFrame) -> list[Failure]:
    if cases["index"].isna().any():  # a check broke down, or a column is not text: a defect of ours, to be seen
        raise AssertionError(cases.to_string())
    columns = ("check", "column", "index", "failure_case", "schema_context", "check_number")
    found = sorted(
        cases[list(columns)].itertuples(index=False, name=None),
        key=lambda one: (one[2], _RANK[one[1]], one[0] != "autre-public", one[4] != "Column", one[5]),
    )
    return [(code, tag, int(row), value) for code, tag, row, value, _, _ in found]
