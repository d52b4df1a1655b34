"""The two schemas as another program uses them: a frame of text in, its wrong cells out."""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread

import pandas as pd
import pandera.pandas as pa
import pytest
from conftest import DAY, command
from rules import CASES, PAIRS
from workbooks import Row, finess, group, mandate, rows_of, rpps, solo, structure, write_workbook

import converter
from converter import Options, validate
from converter.checking.clean_rows import clean_table
from converter.findings import catalogue
from converter.format.field_kinds import Level
from converter.format.fields import BY_TAG, FIELDS
from converter.reading.workbook import read_workbook

UPLOAD = datetime.date.fromisoformat(DAY)
PROFILES = ("Centre de santé", "Mailiz")
Found = list[tuple[int, str, str]]
"""Row, tag, code."""


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows of clean text, numbered as in Excel under one row of headings."""
    return pd.DataFrame([dict(row) for row in rows], index=range(2, 2 + len(rows)), dtype="str")


def found(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Found:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return sorted(zip(map(int, cases["index"]), cases["column"], cases["check"], strict=True))
    return []


def in_rows(frame: pd.DataFrame, profiles: Iterable[str] | None = PROFILES) -> Found:
    return found(converter.row_schema(day=UPLOAD, profiles=profiles and list(profiles)), frame)


def in_requests(frame: pd.DataFrame, profiles: Iterable[str] | None = PROFILES) -> Found:
    return found(converter.request_schema(day=UPLOAD, profiles=profiles and list(profiles)), frame)


RIGHT = rows_of(
    solo("BC-1", 10), group("BC-2", 20), mandate("BC-3", 30), structure("BC-4", 40), solo("", 50, numeroEditeur="00007")
)
"""Rows 2; 3 and 4; 5 and 6; 7 and 8; 9: every kind of order, nothing wrong."""


def changed(*changes: tuple[int, str, str]) -> pd.DataFrame:
    frame = frame_of(RIGHT)
    for row, tag, value in changes:
        if tag not in frame:
            frame[tag] = pd.Series(pd.NA, index=frame.index, dtype="str")
        frame.loc[row, tag] = value
    return frame


class TestRightRows:
    def test_nothing_is_found(self) -> None:
        assert (in_rows(frame_of(RIGHT)), in_requests(frame_of(RIGHT))) == ([], [])

    def test_nor_where_empty_cells_are_empty_text(self) -> None:
        frame = frame_of(RIGHT).fillna("").reindex(columns=list(BY_TAG), fill_value="")
        assert (in_rows(frame), in_requests(frame)) == ([], [])

    def test_nor_in_other_kinds_of_text_columns_and_beside_unknown_ones(self) -> None:
        frame = frame_of(RIGHT).astype(object).assign(bonCommande=float("nan"), Remarque=3)
        assert (in_rows(frame), in_requests(frame)) == ([], [])

    def test_nor_where_there_is_no_row(self) -> None:
        frame = frame_of(RIGHT).iloc[:0]
        assert (in_rows(frame), in_requests(frame)) == ([], [])

    def test_the_frame_is_left_as_it_was(self) -> None:
        frame, before = frame_of(RIGHT), frame_of(RIGHT)
        in_rows(frame)
        in_requests(frame)
        pd.testing.assert_frame_equal(frame, before)

    def test_what_comes_back_says_what_each_request_is(self) -> None:
        rows = converter.row_schema(day=UPLOAD, profiles=PROFILES).validate(frame_of(RIGHT))
        assert rows["demande"].tolist() == [0, 1, 1, 2, 2, 3, 3, 4]
        assert rows["demande.commandePour"].tolist() == [*["LIBERAL"] * 5, "STRUCTURE", "STRUCTURE", "LIBERAL"]
        assert rows["demande.isMandataire"].tolist() == [*["NON"] * 3, "OUI", "OUI", *["NON"] * 3]
        entity = rows.loc[7, "FINESSJuridique"]
        assert rows["demande.FINESSJuridique"].tolist() == [*[""] * 5, entity, entity, ""]
        requests = converter.request_schema(profiles=PROFILES).validate(frame_of(RIGHT))
        assert requests.index.tolist() == [2, 3, 5, 7, 9]
        assert requests["demande.médecins"].tolist() == ["1", "2", "2", "0", "1"]
        assert requests["demande.isClientUnique"].tolist() == ["OUI", "NON", "NON", "NON", "OUI"]


ONE_CELL = [
    (2, "RPPS", "1000123456", "longueur-exacte"),
    (2, "RPPS", rpps(10)[:-1] + str((int(rpps(10)[-1]) + 1) % 10), "cle-controle"),
    (2, "nomMedecin", "", "obligatoire"),
    (2, "emailMedecin", "", "obligatoire"),
    (2, "telephoneMedecin", "12", "telephone-illisible"),
    (2, "dateCommande", "31/02/2026", "date-inexistante"),
    (2, "dateCommande", "23/11/2026", "date-future"),
    (2, "montantSegurHT", "1,075", "montant-deux-lectures"),
    (2, "regimeTVA", "TVA", "hors-liste"),
    (2, "isPFIToDMP", "PEUT-ÊTRE", "oui-non"),
    (2, "operateurMessagerie", "OVH", "operateur-inconnu"),
    (2, "FINESSGeo", finess(1), "autre-public"),
    (4, "RPPS", rpps(20), "beneficiaire-en-double"),
    (4, "regimeTVA", "HT", "deux-valeurs"),
    (6, "emailMedecin", "docteur@exemple", "courriel-douteux"),
    (7, "isMandataire", "OUI", "autre-public"),
    (8, "nomMedecin", "MÉLÈZE", "autre-public"),
    (8, "FINESSGeo", "75000", "longueur-exacte"),
    (9, "numeroEditeur", "", "reference-absente"),
]


class TestWrongCells:
    @pytest.mark.parametrize(("row", "tag", "value", "code"), ONE_CELL)
    def test_of_rows(self, row: int, tag: str, value: str, code: str) -> None:
        on = "refCommande" if code == "reference-absente" else tag
        assert in_rows(changed((row, tag, value))) == [(row, on, code)]

    def test_a_number_that_two_requests_bear_on_the_later_one(self) -> None:
        frame = changed((3, "numeroEditeur", "00001"), (4, "numeroEditeur", "00001"), (6, "numeroEditeur", "00001"))
        assert in_rows(frame) == [(6, "numeroEditeur", "numero-en-double")]

    @pytest.mark.parametrize(
        ("row", "tag", "value", "code"),
        [
            (2, "dateCommande", "", "obligatoire"),
            (7, "nomResponsable", "", "obligatoire"),
            (5, "emailMandataire", "", "obligatoire"),
            (3, "isClientUnique", "OUI", "client-unique-nombre"),
            (2, "isMandataire", "OUI", "mandataire-client-unique"),
            (3, "emailMandataire", "x@cabinet.example", "mandataire-sans-mandat"),
            (2, "isCentreDeSante", "OUI", "centre-de-sante-liberal"),
        ],
    )
    def test_of_requests_on_their_first_row(self, row: int, tag: str, value: str, code: str) -> None:
        assert in_requests(changed((row, tag, value))) == [(row, tag, code)]

    def test_a_value_may_stand_on_any_row_of_its_request(self) -> None:
        frame = changed((3, "regimeTVA", ""), (4, "regimeTVA", "TTC"))
        assert (in_rows(frame), in_requests(frame)) == ([], [])

    def test_a_column_that_is_absent_is_empty(self) -> None:
        missing = frame_of(RIGHT).drop(columns="RPPS")
        assert in_rows(missing) == [(row, "RPPS", "obligatoire") for row in (2, 3, 4, 5, 6, 9)]

    @pytest.mark.parametrize(("profiles", "code"), [(None, "profil-inconnu"), ((), "profil-absent")])
    def test_a_profile_that_is_needed(self, profiles: tuple[str, ...] | None, code: str) -> None:
        frame = changed((2, "operateurMessagerie", "MAI_15"), (7, "isCentreDeSante", "OUI"))
        expected = [(2, "operateurMessagerie", code), (7, "isCentreDeSante", code)]
        assert in_requests(frame, profiles) == expected

    def test_a_cell_that_is_no_text_is_told_by_its_column(self) -> None:
        for number in (99900000018, [*frame_of(RIGHT)["RPPS"][:-1], 99900000018]):
            frame = frame_of(RIGHT).assign(RPPS=number)
            assert any(tag == "RPPS" and code.startswith("dtype(") for _, tag, code in all_cases(frame))


def all_cases(frame: pd.DataFrame) -> list[tuple[object, str, str]]:
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        converter.row_schema(day=UPLOAD).validate(frame, lazy=True)
    cases = caught.value.failure_cases
    return list(zip(cases["index"], cases["column"], cases["check"], strict=True))


def test_they_find_what_a_run_finds_in_every_case_of_the_rules(tmp_path: Path) -> None:
    """On the clean rows of the workbook of all cases; a run tells one error a cell, on the row that gives the value."""
    rows = [row for rank, case in enumerate((*CASES, *PAIRS), start=1) for row in case.rows(f"BC-{rank}", rank * 10)]
    workbook = write_workbook(tmp_path / "commandes.xlsx", rows)
    run = command("validate", workbook, "--out", tmp_path / "out", "--date", DAY, "--no-attachments")
    clean, _ = clean_table(read_workbook(workbook, documents=False).tables[0])
    frame = pd.DataFrame(clean.columns, index=pd.Index(clean.numbers), dtype="str")
    of_rows, of_requests = in_rows(frame), in_requests(frame)
    # a request is known by its first row; one without a reference is told just that
    first = {row: row for row in frame.index[frame["refCommande"].eq("") & frame["numeroEditeur"].eq("")]}
    for row, reference in frame["refCommande"].items():
        first.setdefault(row, frame.index[frame["refCommande"].eq(reference)][0])
    anonymous = {row for row, _, code in of_rows if code == "reference-absente"}
    expected = {one for one in (*of_rows, *of_requests) if one[0] not in anonymous or one in of_rows}
    told = {(one["row"], one["tag"], one["code"]) for one in run.document["findings"]}
    codes = {code for _, _, code in expected}
    at_request = {code for _, _, code in of_requests}
    told = {
        (first[row] if code in at_request and BY_TAG[tag].level is Level.REQUEST else row, tag, code)
        for row, tag, code in told
        if code in codes
    }
    assert len(told) > 150
    assert told <= expected
    assert {(row, tag) for row, tag, _ in told} == {(row, tag) for row, tag, _ in expected}


class TestFailuresWithoutEnd:
    def test_a_workbook_past_the_bound_is_refused_before_pandera_tells_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        count = pa.errors.SchemaErrors.__init__
        monkeypatch.setattr("converter.checking.schemas.MOST_FINDINGS", 10)
        monkeypatch.setattr("converter.findings.MOST_FINDINGS", 10)

        def counted(self: pa.errors.SchemaErrors, schema: object, schema_errors: list[object], data: object) -> None:
            count(self, schema, schema_errors, data)
            asked.append(len(self.failure_cases))

        monkeypatch.setattr(pa.errors.SchemaErrors, "__init__", counted)
        wrong = {"RPPS": "12", "nomMedecin": None}  # one cell wrong by itself, one for its request
        rows = [solo(f"BC-{rank}", rank, **wrong)[0] for rank in range(1, 9)]
        workbook = write_workbook(tmp_path / "commandes.xlsx", rows)
        with pytest.raises(converter.Refusal) as refused:
            validate([workbook], Options(out=tmp_path / "out", day=UPLOAD, documents=False))
        assert refused.value.code == "trop-de-constats"
        assert max(asked) <= 10
        at_the_bound = write_workbook(tmp_path / "commandes.xlsx", rows[:5])
        assert len(validate([at_the_bound], Options(out=tmp_path / "out", day=UPLOAD, documents=False)).findings) == 10

    def test_used_alone_the_schema_tells_them_all(self) -> None:
        frame = frame_of([solo(f"BC-{rank}", rank, RPPS="12")[0] for rank in range(1, 3_001)])
        assert len(in_rows(frame)) == 3_000


class TestOpened:
    def test_every_field_is_a_column_of_text_with_its_label(self) -> None:
        columns = converter.row_schema(day=UPLOAD).columns
        assert [(tag, column.title) for tag, column in columns.items()] == [(one.tag, one.label) for one in FIELDS]
        assert {str(column.dtype).startswith("str") for column in columns.values()} == {True}

    def test_a_check_says_its_code_its_title_its_severity(self) -> None:
        checks = {check.name: check for check in converter.row_schema(day=UPLOAD).columns["RPPS"].checks}
        assert list(checks) == ["notation-scientifique", "caracteres", "longueur-exacte", "cle-controle"]
        assert checks["cle-controle"].title == catalogue()["cle-controle"].title
        assert checks["cle-controle"].statistics["gravité"] == "avertissement"
        strict = converter.row_schema(day=UPLOAD, strict_keys=True).columns["RPPS"].checks[-1]
        assert strict.statistics["gravité"] == "erreur"

    def test_printed_it_shows_its_columns_and_what_is_asked_across_them(self) -> None:
        text = str(converter.row_schema(day=UPLOAD))
        assert "'RPPS': <Schema Column(name=RPPS, type=DataType(str" in text
        assert "<Check beneficiaire-en-double" in text
        assert converter.row_schema(day=UPLOAD).title == "Lignes de « Demandes »"
        assert converter.request_schema().title == "Demandes"
        assert converter.request_schema().columns["demande.médecins"].title == "Ce que dit la demande"

    def test_one_column_can_be_used_alone(self) -> None:
        column = converter.row_schema(day=UPLOAD).columns["RPPS"]
        with pytest.raises(pa.errors.SchemaErrors) as caught:
            column.validate(pd.DataFrame({"RPPS": [rpps(1), "12", None]}, dtype="str"), lazy=True)
        assert caught.value.failure_cases[["check", "index", "failure_case"]].to_numpy().tolist() == [
            ["longueur-exacte", 1, "12"]
        ]

    def test_one_schema_serves_several_threads(self) -> None:
        schema = converter.row_schema(day=UPLOAD, profiles=PROFILES)
        results: list[Found] = []
        threads = [
            Thread(target=lambda row=row: results.append(found(schema, changed((row, "RPPS", "12")))))
            for row in (2, 3, 4, 5, 6, 9)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [[(row, "RPPS", "longueur-exacte")] for row in (2, 3, 4, 5, 6, 9)]
