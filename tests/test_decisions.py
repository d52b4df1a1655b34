"""`decision`: awards, rejections, payments and abandons, by number and by the follow-up workbook."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Run
from publisher import Publisher
from workbooks import rows_of, solo

pytestmark = pytest.mark.usefixtures("either_ledger")

FILE = "JSON-0123456789-20221107-001.json"
E, W = "erreur", "avertissement"
Filled = Mapping[str, Mapping[str, Any]]


@pytest.fixture
def office(tmp_path: Path) -> Publisher:
    """Requests 00001 to 00004, left on 7 November 2022: all accepted but 00004, refused."""
    made = Publisher(tmp_path)
    rows = rows_of(*(solo(f"BC-{rank}", rank, dateCommande="04/11/2022") for rank in (1, 2, 3, 4)))
    made.convert("2022-11-07", made.workbook("commandes.xlsx", rows))
    assert made.run("return", made.answer(FILE, {"00004": "RPPS inconnu"})).status == 1
    return made


def told(run: Run) -> list[tuple[str, str, str]]:
    return [(f"{one['column']}{one['row'] or ''}", one["severity"], one["code"]) for one in run.document["findings"]]


def decided(run: Run) -> dict[str, str]:
    return {one["numeroEditeur"]: one["state"] for one in run.document["decided"]}


class TestByNumber:
    def test_by_either_number_on_a_day_with_a_reason(self, office: Publisher) -> None:
        run = office.run("decision", "00001", "MDV-00002", "--rejetée", "--le", "2023-02-04", "--motif", "Non  signé")
        assert (run.status, decided(run)) == (0, {"00001": "rejetée", "00002": "rejetée"})
        request = office.run("status", "MDV-00001").document["request"]
        assert (request["state"], request["decided_on"], request["reason"]) == ("rejetée", "2023-02-04", "Non signé")

    @pytest.mark.parametrize("amount", ["322,50", "322.50", "322,5 €"])
    def test_the_advance_expected(self, office: Publisher, amount: str) -> None:
        office.run("decision", "00001", "--attribuée")
        run = office.run("decision", "00001", "--payée", amount)
        assert (run.status, decided(run), told(run)) == (0, {"00001": "payée"}, [])

    def test_another_advance_is_noted_and_told_to_the_cent(self, office: Publisher) -> None:
        office.run("decision", "00001", "--attribuée")
        run = office.run("decision", "00001", "--payée", "322,49")
        assert (run.status, told(run)) == (0, [("", W, "avance-ecart")])
        assert "0,01 € de moins" in run.stderr.replace("\u00a0", " ")
        (row,) = [one for one in office.run("status").document["requests"] if one["numeroEditeur"] == "00001"]
        assert row["decision"]["difference"] == -0.01

    def test_again_changes_nothing(self, office: Publisher) -> None:
        words = ("decision", "00001", "--attribuée", "--le", "2023-02-04")
        office.run(*words)
        history = office.run("status", "00001").document["history"]
        for again in (words, words[:3]):
            run = office.run(*again)
            assert (run.status, decided(run), len(run.document["already_known"])) == (0, {}, 1)
        assert office.run("status", "00001").document["history"] == history

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["00009", "--attribuée"], "n'est ni le numéro éditeur ni le numéro ASP"),
            (["00001", "--payée", "322,50"], "sans avoir été attribuée"),
            (["00004", "--attribuée"], "La demande 00004 est refusée : elle ne peut pas devenir attribuée."),
            (["00001", "--attribuée", "--le", "2022-11-06"], "rien n'a pu être décidé le 06/11/2022"),
            (["00001", "--attribuée", "--le", "2098-01-01"], "n'est pas encore passé"),
            (["00001", "--sans-décision", "--rectifier"], ""),
        ],
    )
    def test_what_cannot_be(self, office: Publisher, words: list[str], said: str) -> None:
        before = office.states()
        run = office.run("decision", *words)
        assert run.status == (2 if said else 0)
        assert said in run.stderr.replace("\u00a0", " ")
        assert office.states() == before

    @pytest.mark.parametrize(
        "words",
        [
            ["00001"],
            ["00001", "--payée", "30 %"],
            ["00001", "--payée", "0"],
            ["00001", "--attribuée", "--rejetée"],
            ["suivi.xlsx", "--attribuée"],
        ],
    )
    def test_bad_usage(self, office: Publisher, words: list[str]) -> None:
        run = office.run("decision", *words)
        assert (run.status, run.document, run.stderr.count("\n")) == (2, {}, 1)

    def test_what_can_be_is_noted_when_the_rest_cannot(self, office: Publisher) -> None:
        run = office.run("decision", "00001", "00004", "--attribuée")
        assert (run.status, decided(run), told(run)) == (1, {"00001": "attribuée"}, [("", E, "decision-en-arriere")])

    def test_a_mistake_is_mended(self, office: Publisher) -> None:
        office.run("decision", "00001", "--attribuée", "--le", "2023-02-04")
        office.run("decision", "00001", "--payée", "322,50", "--le", "2023-03-04")
        for words in (["--payée", "300"], ["--attribuée", "--le", "2023-02-05"], ["--sans-décision"]):
            assert office.run("decision", "00001", *words).status == 2
            assert office.run("decision", "00001", *words, "--rectifier").status == 0
        assert office.states()["00001"] == "acceptée"
        causes = [one["cause"] for one in office.run("status", "00001").document["history"]]
        assert [("rectification" in cause, "par erreur" in cause) for cause in causes[-3:]] == [
            (True, False),
            (True, False),
            (False, True),
        ]

    def test_the_client_may_give_up_at_any_time(self, office: Publisher) -> None:
        office.convert("2022-11-08", office.workbook("plus.xlsx", solo("BC-5", 5, dateCommande="04/11/2022")))
        office.run("decision", "00002", "--attribuée")
        run = office.run("decision", "00002", "00003", "00004", "00005", "--abandonnée")
        assert (run.status, set(decided(run).values())) == (0, {"abandonnée"})
        totals = office.run("status").document["totals"]
        assert [(one["state"], one["requests"]) for one in totals] == [
            ("acceptée", 1), ("abandonnée", 4), (None, 1),
        ]  # fmt: skip

    def test_an_answer_that_comes_after_the_abandon_keeps_its_number(self, office: Publisher) -> None:
        office.convert("2022-11-08", office.workbook("plus.xlsx", solo("BC-5", 5, dateCommande="04/11/2022")))
        office.run("decision", "00005", "--abandonnée")
        assert office.run("return", office.answer("JSON-0123456789-20221108-001.json")).status == 0
        request = office.run("status", "00005").document["request"]
        assert (request["state"], request["numeroASP"]) == ("abandonnée", "MDV-00005")

    def test_an_abandoned_order_does_not_leave_again(self, office: Publisher) -> None:
        office.run("decision", "00004", "--abandonnée")
        again = office.convert("2022-11-09", office.folder / "commandes.xlsx")
        assert (again.status, again.document["files"], again.counts) == (0, [], (0, 4, 0))

    def test_of_a_voided_request_only_that_its_client_gave_up(self, office: Publisher) -> None:
        office.convert("2022-11-08", office.workbook("plus.xlsx", solo("BC-5", 5, dateCommande="04/11/2022")))
        office.run("void", "JSON-0123456789-20221108-001.json")
        for option in ("--attribuée", "--sans-décision"):
            refused = office.run("decision", "00005", option, "--rectifier")
            assert (refused.status, "a été annulée avec son fichier" in refused.stderr) == (
                (2, True) if option == "--attribuée" else (0, False)
            )
        assert office.run("decision", "00005", "--abandonnée").status == 0
        assert office.convert("2022-11-08", office.folder / "plus.xlsx").document["files"] == []
        assert office.run("decision", "00005", "--sans-décision", "--rectifier").status == 0
        assert office.states()["00005"] == "annulée"

    def test_a_number_that_is_one_s_own_and_another_s_of_the_asp(self, office: Publisher) -> None:
        book = office.workbook("plus.xlsx", solo("BC-5", 5, dateCommande="04/11/2022"))
        office.convert("2022-11-08", book)
        answer = office.answer("JSON-0123456789-20221108-001.json")
        answer.write_text(answer.read_text().replace("MDV-00005", "00001"))
        office.run("return", answer)
        run = office.run("decision", "00001", "--attribuée")
        assert (run.status, "le numéro ASP d'une autre" in run.stderr.replace("\u00a0", " ")) == (2, True)
        assert office.run("decision", "MDV-00001", "00005", "--attribuée").status == 0

    def test_everything_is_told_of_one_request(self, office: Publisher) -> None:
        office.run("decision", "00001", "--attribuée", "--le", "2023-02-04")
        document = office.run("status", "00001").document
        assert document["request"]["file"] == FILE
        assert document["sent"]["liberal.0.nomMedecin"] == "ÉGLANTIER 1"
        assert [(one["state"], bool(one["when"]), bool(one["author"])) for one in document["history"]] == [
            ("émise", True, True),
            ("acceptée", True, True),
            ("attribuée", True, True),
        ]

    def test_an_unknown_request(self, office: Publisher) -> None:
        run = office.run("status", "00099")
        assert (run.status, "n'est ni le numéro éditeur" in run.stderr) == (2, True)


CELLS: list[tuple[str, Filled, list[tuple[str, str, str]]]] = [
    ("a date alone", {"00001": {"Date": "04/02/2023"}}, [("P2", E, "suivi-decision-absente")]),
    ("a word that is none", {"00001": {"Décision": "réglée"}}, [("P2", E, "suivi-decision-inconnue")]),
    (
        "a date that is none",
        {"00001": {"Décision": "attribuée", "Date": "bientôt"}},
        [("Q2", E, "suivi-date-illisible")],
    ),
    ("a day to come", {"00001": {"Décision": "attribuée", "Date": "04/02/2999"}}, [("Q2", E, "decision-date-future")]),
    (
        "a day before the upload",
        {"00001": {"Décision": "attribuée", "Date": "06/11/2022"}},
        [("Q2", E, "decision-date-trop-tot")],
    ),
    ("paid, but how much?", {"00001": {"Décision": "payée"}}, [("R2", E, "suivi-montant-absent")]),
    ("a share", {"00001": {"Décision": "payée", "Montant payé": "30 %"}}, [("R2", E, "suivi-montant-illisible")]),
    ("nothing", {"00001": {"Décision": "payée", "Montant payé": 0}}, [("R2", E, "suivi-montant-illisible")]),
    ("less", {"00001": {"Décision": "payée", "Montant payé": -322.5}}, [("R2", E, "suivi-montant-illisible")]),
    (
        "an amount of another decision",
        {"00001": {"Décision": "attribuée", "Montant payé": 322.5}},
        [("R2", E, "suivi-montant-de-trop")],
    ),
    ("a step left out", {"00001": {"Décision": "payée", "Montant payé": 322.5}}, [("P2", E, "decision-etape-sautee")]),
    ("after a refusal", {"00004": {"Décision": "attribuée"}}, [("P5", E, "decision-en-arriere")]),
    (
        "another numeroASP",
        {"00001": {"Décision": "attribuée", "Numéro ASP": "MDV-00002"}},
        [("J2", E, "decision-autre-numero-asp")],
    ),
    (
        "a number that is not ours",
        {"00001": {"Décision": "attribuée", "Demande": "00999", "Numéro ASP": None}},
        [("A2", E, "decision-demande-inconnue")],
    ),
    (
        "no number",
        {"00001": {"Décision": "attribuée", "Demande": None, "Numéro ASP": None}},
        [("A2", E, "suivi-demande-absente")],
    ),
    (
        "a request twice",
        {"00001": {"Décision": "attribuée"}, "00002": {"Décision": "rejetée", "Demande": "00001", "Numéro ASP": None}},
        [("P3", E, "decision-en-double")],
    ),
]


class TestByWorkbook:
    @pytest.mark.parametrize(("filled", "expected"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
    def test_an_error_stands_on_its_cell_and_the_rest_is_noted(
        self, office: Publisher, filled: Filled, expected: list[tuple[str, str, str]]
    ) -> None:
        good = {"00003": {"Décision": "attribuée", "Date": "04/02/2023"}}
        run = office.run("decision", office.follow_up("suivi.xlsx", {**filled, **good}))
        assert (run.status, told(run), decided(run)["00003"]) == (1, expected, "attribuée")
        (annotated,) = run.document["annotated"]
        sheet = openpyxl.load_workbook(annotated)["Demandes"]
        assert sheet[expected[0][0]].comment is not None
        assert openpyxl.load_workbook(annotated).sheetnames[0] == "Anomalies"

    def test_written_as_people_write(self, office: Publisher) -> None:
        filled = {
            "00001": {"Décision": " Attribué ", "Date": "4/2/2023", "Demande": 1},
            "00002": {"Décision": "REJETEE", "Motif": "Bon de commande non signé"},
            "00003": {"Décision": "Attribuée", "Demande": None},
        }
        run = office.run("decision", office.follow_up("suivi.xlsx", filled))
        assert (run.status, told(run)) == (0, [])
        assert decided(run) == {"00001": "attribuée", "00002": "rejetée", "00003": "attribuée"}

    def test_the_annotated_copy_once_corrected_is_taken_in(self, office: Publisher) -> None:
        run = office.run(
            "decision", office.follow_up("suivi.xlsx", {"00001": {"Décision": "payé", "Montant payé": 322.5}})
        )
        (annotated,) = run.document["annotated"]
        book = openpyxl.load_workbook(annotated)
        book["Demandes"]["P2"], book["Demandes"]["R2"] = "attribuée", None
        book.save(annotated)
        again = office.run("decision", annotated)
        assert (again.status, decided(again)) == (0, {"00001": "attribuée"})
        assert office.run("decision", annotated).document["decided"] == []

    def test_nothing_filled_is_nothing_done(self, office: Publisher) -> None:
        run = office.run("decision", office.follow_up("suivi.xlsx", {}))
        assert (run.status, run.document["decided"], run.document["findings"]) == (0, [], [])

    def test_what_is_no_follow_up_workbook(self, office: Publisher) -> None:
        run = office.run("decision", office.folder / "commandes.xlsx")
        assert (run.status, "n'a pas la colonne" in run.stderr) == (2, True)

    def test_the_workbook_offers_the_words_and_no_formula(self, office: Publisher) -> None:
        path = office.follow_up("suivi.xlsx", {})
        sheet = openpyxl.load_workbook(path)["Demandes"]
        assert [cell.value for cell in sheet[1]][-4:] == ["Décision", "Date", "Montant payé", "Motif"]
        (choices,) = sheet.data_validations.dataValidation
        assert (str(choices.sqref), choices.formula1) == (
            "P2:P5", '"attribuée,rejetée,payée,abandonnée,sans décision"',
        )  # fmt: skip
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
