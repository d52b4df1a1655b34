"""The whole round with the portal, through the command line: emitted, answered, corrected, emitted again, accepted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter.cli import main
from converter.portal import spelling

HEADER = [
    "refCommande",
    "dateCommande",
    "regimeTVA",
    "montantSegurHT",
    "commandePour",
    "nomMedecin",
    "emailMedecin",
    "telephoneMedecin",
    "RPPS",
    "isCentreDeSante",
    "isProSanteConnectNeeded",
    "isDirecToDMP",
    "isPFIToDMP",
    "isDirectToMSSPro",
    "isPFIToMSSPro",
    "isDirectToMSSCitoyen",
    "isPFIToMSSCitoyen",
]
SCENARIO = ["NON", "OUI", "OUI", "NON", "OUI", "NON", "OUI", "NON"]
DOCTORS = [("BC-1", "MARTIN", "99900000018"), ("BC-2", "BERNARD", "99900000026"), ("BC-3", "PETIT", "99900000034")]

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder; its exit status and its JSON document."""
    monkeypatch.chdir(tmp_path)

    def run_(*words: object) -> tuple[int, dict[str, Any]]:
        status = main([*map(str, words), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run_


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Paramètres"
    sheet.append(["numeroAns", "0123456789"])
    sheet.append(["SIRET", "38042372300028"])
    requests = book.create_sheet("Demandes")
    requests.append(HEADER)
    for reference, name, rpps in DOCTORS:
        order = [reference, "04/11/2022", "TTC", 1075, "LIBERAL", name, "dr@exemple.fr", "0144556677", rpps]
        requests.append(order + SCENARIO)
    book.save(tmp_path / "commandes.xlsx")
    return tmp_path / "commandes.xlsx"


def refuse(path: Path, rank: int, code: str, wording: str) -> None:
    """The portal's answer, written by hand into the file that it hands back."""
    handed_back = json.loads(path.read_text(encoding="utf-8"))
    request = handed_back["lignesImport"][rank]
    request |= {"numeroASP": None, "codeTraitement": code, "libelleTraitement": wording}
    path.write_text(json.dumps(handed_back, ensure_ascii=False), encoding="utf-8")


def states(run: Run) -> list[tuple[str, str, str, bool]]:
    """(numeroEditeur, refCommande, state, has a numeroASP) of each request."""
    _, told = run("status")
    return [
        (one["numeroEditeur"], one["refCommande"], one["state"], one["numeroASP"] is not None)
        for one in told["requests"]
    ]


def test_a_refused_request_comes_back_is_corrected_and_goes_out_once(run: Run, workbook: Path, tmp_path: Path) -> None:
    status, first = run("convert", workbook, "--no-attachments", "--date", "2022-11-05")
    assert status == 0
    (emitted,) = (Path(one["path"]) for one in first["files"])
    assert emitted.name == "JSON-0123456789-20221105-001.json"

    status, controlled = run("check", emitted, "--write-return", "rendus")
    assert status == 0
    assert [one["code"] for one in controlled["files"][0]["requests"]] == ["0000", "0000", "0000"]
    handed_back = tmp_path / "rendus" / emitted.name
    refuse(handed_back, 1, "1042", "Le numéro RPPS du médecin est inconnu")

    status, taken = run("return", handed_back)
    assert status == 1
    assert [one["refCommande"] for one in taken["refused"]] == ["BC-2"]
    assert states(run) == [
        ("00001", "BC-1", "acceptée", True),
        ("00002", "BC-2", "refusée", False),
        ("00003", "BC-3", "acceptée", True),
    ]

    (to_correct,) = map(Path, taken["to_correct"])
    assert to_correct.name == "commandes-a-corriger.xlsx"
    book = openpyxl.load_workbook(to_correct)
    sheet = book["Demandes"]
    (cell,) = (one for row in sheet.iter_rows() for one in row if one.value == "99900000026")
    assert "1042" in cell.comment.text
    assert "inconnu" in cell.comment.text
    cell.value = "99900000042"
    book.save(to_correct)

    status, second = run("convert", to_correct, "--no-attachments", "--date", "2022-11-06")
    assert (status, second["requests"]) == (0, {"emitted": 1, "already_emitted": 0, "held_back": 0})
    (again,) = (Path(one["path"]) for one in second["files"])
    (request,) = json.loads(again.read_text(encoding="utf-8"))["lignesImport"]
    assert request["numeroEditeur"] == "00004"
    assert request["beneficiaires"]["liberal"][0]["RPPS"] == "99900000042"

    assert run("check", again, "--write-return", "rendus")[0] == 0
    assert run("return", tmp_path / "rendus" / again.name)[0] == 0
    assert states(run)[3] == ("00004", "BC-2", "acceptée", True)

    # whatever is run again, nothing goes out twice, and the answers already known change nothing
    status, known = run("return", handed_back)
    assert (status, known["accepted"], len(known["already_known"])) == (0, [], 3)
    status, third = run("convert", to_correct, "--no-attachments", "--date", "2022-11-07")
    assert (status, third["files"], third["requests"]["already_emitted"]) == (0, [], 1)


def test_the_workbook_first_converted_cannot_send_the_old_value_again(run: Run, workbook: Path, tmp_path: Path) -> None:
    _, first = run("convert", workbook, "--no-attachments", "--date", "2022-11-05")
    emitted = Path(first["files"][0]["path"])
    run("check", emitted, "--write-return", "rendus")
    run("return", tmp_path / "rendus" / emitted.name)

    book = openpyxl.load_workbook(workbook)
    book["Demandes"]["D3"] = 1200
    book.save(workbook)
    status, second = run("convert", workbook, "--no-attachments", "--date", "2022-11-06")

    assert status == 1
    assert second["requests"] == {"emitted": 0, "already_emitted": 2, "held_back": 1}
    (told,) = (one for one in second["findings"] if one["severity"] == "erreur")
    assert (told["row"], told["column"], told["code"]) == (3, "D", "demande-modifiee-acceptee")
    assert "numéro ASP FICTIF-" in told["message"]


def test_a_file_rejected_whole_frees_its_requests_under_new_numbers(run: Run, workbook: Path) -> None:
    _, first = run("convert", workbook, "--no-attachments", "--date", "2022-11-05")
    name = Path(first["files"][0]["path"]).name

    status, taken = run("return", "--rejected", name, "--reason", "Structure non conforme")
    assert (status, len(taken["refused"])) == (1, 3)

    status, second = run("convert", workbook, "--no-attachments", "--date", "2022-11-06")
    assert (status, second["requests"]["emitted"]) == (0, 3)
    requests = json.loads(Path(second["files"][0]["path"]).read_text(encoding="utf-8"))["lignesImport"]
    assert [one["numeroEditeur"] for one in requests] == ["00004", "00005", "00006"]


def test_what_is_emitted_under_another_spelling_is_read_back(
    run: Run, workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spelled = tmp_path / "portail.toml"
    spelled.write_text('[balises]\nSIRET = "siret"\nisDirecToDMP = "isDirectToDMP"\n', encoding="utf-8")
    kept = spelling.template_path
    monkeypatch.setattr(
        "converter.portal.spelling.template_path", lambda name: spelled if name == "portail.toml" else kept(name)
    )

    status, first = run("convert", workbook, "--no-attachments", "--date", "2022-11-05")
    emitted = Path(first["files"][0]["path"])
    text = emitted.read_text(encoding="utf-8")
    assert status == 0
    assert text.count('"siret"') == 1
    assert text.count('"isDirectToDMP"') == 3
    assert "SIRET" not in text
    assert "isDirecToDMP" not in text

    assert run("check", emitted, "--write-return", "rendus")[0] == 0
    assert run("return", tmp_path / "rendus" / emitted.name)[0] == 0
    assert [state for _, _, state, _ in states(run)] == ["acceptée", "acceptée", "acceptée"]
