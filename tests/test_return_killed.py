"""A `return` that is killed, a workbook to correct that is lost, a voided file whose folder was renamed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from publisher import Publisher
from workbooks import rows_of, solo

DAY = "2022-11-07"
FILE = "JSON-0123456789-20221107-001.json"
KILLED = """
import os, sys
import converter.ledger.sqlite, converter.runs.take_return
def killed(*_):
    os._exit(9)
{where} = killed
from converter.cli import main
main(sys.argv[1:])
"""
BEFORE_THE_COMMIT = "converter.runs.take_return.write_filled"
AFTER_THE_COMMIT = "converter.ledger.sqlite.SqliteLedger.publish"


@pytest.fixture
def office(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path)
    rows = rows_of(*(solo(f"BC-{rank}", rank, dateCommande="04/11/2022") for rank in (1, 2)))
    made.convert(DAY, made.workbook("commandes.xlsx", rows))
    return made


def killed(office: Publisher, where: str, *words: object) -> None:
    command = [sys.executable, "-c", KILLED.format(where=where), *map(str, words), "--out", str(office.out)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    assert subprocess.run(command, env=environment).returncode == 9


def workbooks(office: Publisher) -> list[Path]:
    return sorted(office.out.glob("lot-*/*-a-corriger.xlsx"))


def hidden(office: Publisher) -> list[str]:
    return [path.name for path in office.out.iterdir() if path.name.startswith(".")]


def references(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path)["Demandes"]
    return [cell.value for cell in sheet["A"] if str(cell.value).startswith("BC-")]


class TestKilled:
    def test_after_the_commit_its_workbook_is_there_at_the_next_run(self, office: Publisher) -> None:
        path = office.answer(FILE, {"00002": "RPPS inconnu"})
        killed(office, AFTER_THE_COMMIT, "return", path)
        assert (office.states(), workbooks(office)) == ({"00001": "acceptée", "00002": "refusée"}, [])
        again = office.run("return", path)
        assert (again.status, len(again.document["already_known"])) == (0, 2)
        assert "ses classeurs à corriger sont dans" in again.stderr
        (workbook,) = workbooks(office)
        assert (references(workbook), hidden(office)) == (["BC-2"], [])

    def test_after_the_commit_and_its_folder_gone(self, office: Publisher) -> None:
        path = office.answer(FILE, {"00002": "RPPS inconnu"})
        killed(office, AFTER_THE_COMMIT, "return", path)
        for name in hidden(office):
            shutil.rmtree(office.out / name)
        told = office.run("return", path).stderr.replace("\u00a0", " ")
        assert "Redemandez-les par converter return --a-corriger." in told

    def test_before_the_commit_nothing_is_left_of_it(self, office: Publisher) -> None:
        path = office.answer(FILE, {"00002": "RPPS inconnu"})
        killed(office, BEFORE_THE_COMMIT, "return", path)
        assert set(office.states().values()) == {"émise"}
        again = office.run("return", path)
        assert (again.status, len(workbooks(office)), hidden(office)) == (1, 1, [])

    def test_what_a_run_without_ledger_left_goes_too(self, office: Publisher) -> None:
        left = office.out / ".lot-20221107-05-sans-0123abcd.part"
        left.mkdir()
        office.run("return", office.answer(FILE))
        assert hidden(office) == []


class TestAskedForAgain:
    def test_of_every_request_that_nothing_has_replaced(self, office: Publisher) -> None:
        office.run("return", office.answer(FILE, {"00002": "RPPS inconnu"}))
        office.run("decision", "00001", "--attribuée")
        office.run("decision", "00001", "--rejetée", "--motif", "non signé", "--rectifier")
        for path in workbooks(office):
            path.unlink()
        again = office.run("return", "--a-corriger")
        assert again.status == 0
        (workbook,) = map(Path, again.document["to_correct"])
        assert references(workbook) == ["BC-1", "BC-2"]
        sheet = openpyxl.load_workbook(workbook)["Demandes"]
        notes = [cell.comment.text for row in sheet for cell in row if cell.comment]
        assert any("non signé" in note for note in notes)

    def test_of_one_file(self, office: Publisher) -> None:
        path = office.answer(FILE, {"00002": "RPPS inconnu"})
        (first,) = map(Path, office.run("return", path).document["to_correct"])
        first.unlink()
        assert office.run("return", path).document["to_correct"] == []
        (again,) = map(Path, office.run("return", path, "--a-corriger").document["to_correct"])
        assert references(again) == ["BC-2"]

    def test_nothing_to_correct(self, office: Publisher) -> None:
        run = office.run("return", "--a-corriger")
        assert (run.status, run.document["to_correct"]) == (0, [])


class TestVoid:
    def test_its_file_is_found_where_the_lot_was_renamed(self, office: Publisher) -> None:
        (office.out / "lot-20221107-01").rename(office.out / "à déposer")
        run = office.run("void", FILE)
        assert (run.status, "à déposer" in run.stderr) == (0, True)
        assert (office.out / "à déposer" / f"{FILE}.annulé").is_file()

    def test_and_it_is_said_when_it_is_nowhere(self, office: Publisher) -> None:
        shutil.rmtree(office.out / "lot-20221107-01")
        run = office.run("void", FILE)
        assert (run.status, "il n'a pas pu être mis de côté" in run.stderr) == (0, True)
        assert "mis de côté" not in office.run("return", "--a-corriger").stderr
