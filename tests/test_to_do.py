"""`status --a-faire`, the first lines of `status`, and what a person sees of them."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from publisher import Publisher
from registre_tools import file_of, refusal, request, snapshot
from workbooks import rows_of, solo

from converter import Options
from converter.ledger import open_ledger
from converter.runs.deposit import note_deposit

DAY = "2022-11-07"
FILE = "JSON-0123456789-20221107-001.json"
MANY = 20_000


@pytest.fixture
def office(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path)
    rows = rows_of(*(solo(f"BC-{rank}", rank, dateCommande="04/11/2022") for rank in (1, 2)))
    made.convert(DAY, made.workbook("commandes.xlsx", rows))
    return made


def test_the_portal_s_own_steps(office: Publisher) -> None:
    run = office.run("status", "--a-faire", "--date", DAY)
    (task,) = run.document["tasks"]
    assert (task["path"], task["numeroAns"]) == (str(office.file(FILE)), "0123456789")
    said = run.stderr.replace("\u00a0", " ")
    assert "type de demande « avance », numéro ANS 0123456789, fichier" in said
    assert said.splitlines()[0] == "À faire, ce 7 novembre 2022"


def test_a_file_of_a_day_to_come_waits_for_nobody(office: Publisher) -> None:
    assert office.tasks("2022-11-06") == []
    assert "Rien n'attend personne" in office.run("status", "--a-faire", "--date", "2022-11-06").stderr


def test_a_voided_file_waits_for_nobody(office: Publisher) -> None:
    office.run("void", FILE)
    assert office.tasks(DAY) == []


def test_a_refused_request_whose_correction_was_voided_is_to_correct_again(office: Publisher) -> None:
    office.run("return", office.answer(FILE, refused={"00001": "RPPS inconnu"}))
    assert office.tasks("2022-11-08") == [("corriger", ("00001",))]
    corrected = solo("BC-1", 3, dateCommande="04/11/2022")
    office.convert("2022-11-08", office.workbook("corrige.xlsx", corrected))
    again = FILE.replace("20221107", "20221108")
    assert office.tasks("2022-11-08") == [("deposer", ("00003",))]
    office.run("void", again)
    assert office.tasks("2022-11-08") == [("corriger", ("00001",))]


def test_a_rehearsal_is_no_answer(office: Publisher) -> None:
    office.run("check", office.file(FILE), "--write-return", office.folder / "essai")
    office.run("return", office.folder / "essai" / FILE)
    assert office.tasks("2022-11-08") == [("sans-reponse", ("00001", "00002"))]


@pytest.mark.parametrize(
    ("day", "days", "waits"), [("2023-01-06", 60, 0), ("2023-01-07", 60, 2), ("2022-12-08", 30, 2)]
)
def test_patience_is_counted_from_the_upload(office: Publisher, day: str, days: int, waits: int) -> None:
    office.run("return", office.answer(FILE))
    assert len(office.tasks(day, "--jours", days)) == waits


def test_as_a_workbook(office: Publisher) -> None:
    path = office.folder / "lundi.xlsx"
    assert office.run("status", "--a-faire", "--date", "2022-11-08", "--xlsx", path).status == 1
    sheet = openpyxl.load_workbook(path)["À faire"]
    assert [cell.value for cell in sheet[1]][:4] == ["À faire", "Demande", "Référence", "Fichier"]
    assert (sheet["A2"].value, sheet["D2"].value, sheet["F2"].value) == ("Jour de dépôt passé, sans réponse", FILE, 2)


def test_at_most_fifty_lines_unless_all_are_asked_for(tmp_path: Path) -> None:
    made = Publisher(tmp_path)
    made.convert("2026-11-22", made.workbook("commandes.xlsx", rows_of(*(solo(f"BC-{n}", n) for n in range(1, 62)))))
    lines = subprocess.run(
        [sys.executable, "-m", "converter", "status", "--out", made.out], capture_output=True, text=True, check=True
    ).stdout.replace("\u00a0", " ").splitlines()  # fmt: skip
    assert lines[0].startswith("Émise         61 demandes")
    assert [line.split()[0] for line in lines if line[:1].isdigit()] == [f"{n:05d}" for n in range(12, 62)]
    assert "… et 11 avant celles-ci : --toutes les montre, --xlsx FICHIER les écrit." in lines
    every = made.run("status", "--toutes").stderr.splitlines()
    assert sum(line[:1].isdigit() for line in every) == 61


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a ledger that holds many requests."""
    out = tmp_path_factory.mktemp("grand")
    first = request("BC", "00001")
    days = [date(2022, 1, 1) + timedelta(days=rank) for rank in range(MANY // 2000 + 1)]
    with closing(open_ledger("", out)) as ledger, ledger.writing() as writer:
        writer.emit(
            (
                replace(
                    first,
                    key=replace(first.key, refCommande=f"BC-{rank}"),
                    numeroEditeur=f"{rank + 1:05d}",
                    file=file_of(rank // 200 % 10 + 1, days[rank // 2000]),
                    day=days[rank // 2000],
                    numLigne=rank % 200 + 1,
                    beneficiaires=(f"{rank:011d}",),
                    snapshot=snapshot(**{f"valeur{tag}": "x" * 20 for tag in range(25)}),
                )
                for rank in range(MANY)
            ),
            None,
        )
    return out


WATCHED = """
import sys
from pathlib import Path
from converter.cli import main
status = main(sys.argv[1:])
memory = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(*memory, file=sys.stderr)  # KiB
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")
@pytest.mark.parametrize(
    ("words", "most"),
    [((), 50), (("--json",), 90), (("--a-faire", "--date", "2022-01-02"), 60), (("--xlsx", "suivi.xlsx"), 105)],
)
def test_many_requests_are_never_all_in_memory(large: Path, words: tuple[str, ...], most: int) -> None:
    """`most`, in MiB, is what it takes and a half of what all the requests would."""
    (large / "suivi.xlsx").unlink(missing_ok=True)
    command = [sys.executable, "-c", WATCHED, "status", "--out", str(large), *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.run(command, capture_output=True, text=True, cwd=large, env=environment)
    assert run.returncode == (1 if "--a-faire" in words else 0), run.stderr
    assert int(run.stderr.splitlines()[-1]) < most * 1024


def test_a_file_whose_deposit_is_noted(office: Publisher) -> None:
    """Nothing more to do that day; the day after, its answer is missing."""
    options = Options(out=office.out)
    assert len(note_deposit(FILE, date(2022, 11, 6), options).requests) == 2
    assert office.tasks("2022-11-06") == []
    assert office.tasks(DAY) == [("sans-reponse", ("00001", "00002"))]
    (task,) = office.run("status", "--a-faire", "--date", DAY).document["tasks"]
    assert "a été déposé le 06/11/2022" in task["message"]
    assert note_deposit(FILE, None, options).requests
    assert office.tasks(DAY) == [("deposer", ("00001", "00002"))]
    with refusal("depot-a-venir"):
        note_deposit(FILE, date(2126, 11, 6), options)
