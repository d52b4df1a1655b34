"""Nothing is answered for another: an answer is booked only on the request that was sent with those values."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import DAY, Run
from ledger_tools import NEXT_DAY, Office, accepted, file_name, plain, refused
from workbooks import finess, group, rows_of, rpps, solo, structure

OTHER = "return-other-request"
TAKEN = "return-asp-number-taken"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "siege")
    office.convert(rows_of(group("BC-1", 1), structure("BC-2", 1), solo("BC-3", 5)))
    return office


def notices(run: Run) -> list[tuple[str, str]]:
    return [(one["numeroEditeur"], one["code"]) for one in run.document["notices"]]


def sentence(run: Run, code: str) -> str:
    (found,) = [plain(one["message"]) for one in run.document["notices"] if one["code"] == code]
    return found


def everything(office: Office, change: Callable[[dict[str, Any]], None] = lambda _: None) -> Path:
    """The portal's file with every request accepted, once changed."""
    answers = {number: accepted(f"ASP-{number}") for number in ("00001", "00002", "00003")}
    path = office.handed_back(file_name(1), answers)
    file = json.loads(path.read_bytes())
    change(file)
    return office.write_back("change.json", file)


def line(file: dict[str, Any], number: int) -> Any:
    return file["lignesImport"][number - 1]


def test_another_branch_s_answer_is_not_booked_on_ours(office: Office, tmp_path: Path) -> None:
    branch = Office(tmp_path / "agence")
    branch.convert(rows_of(group("AG-1", 31), structure("AG-2", 31), solo("AG-3", 35)))
    theirs = branch.handed_back(file_name(1), {n: accepted(f"X-{n}") for n in ("00001", "00002", "00003")})
    run = office.take_back(theirs)
    assert run.status == 1
    assert notices(run) == [("00001", OTHER), ("00002", OTHER), ("00003", OTHER)]
    assert [state for _, state, _ in office.states().values()] == ["émise"] * 3
    assert "cette réponse est celle d'une autre demande" in plain(run.document["notices"][0]["message"])
    assert rpps(31) in run.document["notices"][0]["message"]


def test_a_file_voided_by_mistake_does_not_answer_for_the_corrected_one(office: Office) -> None:
    first = office.handed_back(file_name(1), {n: accepted(f"A-{n}") for n in ("00001", "00002", "00003")})
    office.void(file_name(1))
    corrected = rows_of(group("BC-1", 1, montantSegurHT="900.00"), structure("BC-2", 1), solo("BC-3", 5))
    assert office.convert(corrected, day=NEXT_DAY).counts == (3, 0, 0)
    run = office.take_back(first)
    assert (run.status, notices(run)) == (1, [("00001", OTHER)])
    assert "« 1075.0 »" in sentence(run, OTHER)
    assert "« 900.00 »" in sentence(run, OTHER)
    assert [state for _, state, _ in office.states().values()] == ["émise", "acceptée", "acceptée"]


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        (1, lambda file: line(file, 1)["commande"].update(montantSegurHT=1075.01), "montantSegurHT"),
        (1, lambda file: line(file, 1)["commande"].update(montantSegurHT=None), "montantSegurHT"),
        (1, lambda file: line(file, 1)["commande"].pop("dateCommande"), "dateCommande"),
        (1, lambda file: line(file, 1).pop("commande"), "montantSegurHT"),
        (1, lambda file: line(file, 1)["commande"].update(dateCommande="11/04/2026"), "11/04/2026"),
        (1, lambda file: line(file, 1)["beneficiaires"]["liberal"].pop(), rpps(2)),
        (1, lambda file: line(file, 1)["beneficiaires"]["liberal"][1].update(RPPS=rpps(99)), rpps(99)),
        (1, lambda file: line(file, 1).update(beneficiaires=[]), rpps(1)),
        (2, lambda file: line(file, 2)["beneficiaires"]["structure"]["FINESSGeo"].append(finess(9)), finess(9)),
        (2, lambda file: line(file, 2)["beneficiaires"]["structure"].update(FINESSGeo=finess(1)), finess(2)),
        (3, lambda file: line(file, 3)["beneficiaires"]["liberal"][0].update(RPPS=["x"]), rpps(5)),
    ],
)
def test_a_request_with_another_value_is_left_and_the_rest_taken_in(
    office: Office, number: int, change: Callable[[Any], None], words: str
) -> None:
    run = office.take_back(everything(office, change))
    assert (run.status, notices(run)) == (1, [(f"0000{number}", OTHER)])
    assert words in sentence(run, OTHER)
    states = [state for _, state, _ in office.states().values()]
    assert states == ["émise" if rank == number else "acceptée" for rank in (1, 2, 3)]


@pytest.mark.parametrize("siret", ["35600000000048", None])
def test_another_siret(office: Office, siret: str | None) -> None:
    run = office.take_back(everything(office, lambda file: file.update(SIRET=siret)))
    assert (run.status, [code for _, code in notices(run)]) == (1, [OTHER] * 3)
    assert "SIRET" in run.document["notices"][0]["message"]


def reordered(file: dict[str, Any]) -> None:
    file["lignesImport"].reverse()
    for request in file["lignesImport"]:
        request["beneficiaires"]["liberal"].reverse()
        if request["beneficiaires"]["structure"]:
            request["beneficiaires"]["structure"]["FINESSGeo"].reverse()
        request["commande"]["montantSegurHT"] = 1075
        request["numLigne"] = 7


def emptied(file: dict[str, Any]) -> None:
    for request in file["lignesImport"]:
        del request["scenarioInstallation"], request["piecesJustificatives"]
        request["commande"]["regimeTVA"] = request["beneficiaires"]["nomMandataire"] = "autre"


@pytest.mark.parametrize("change", [reordered, emptied])
def test_order_layout_and_other_values_do_not_count(office: Office, change: Callable[[Any], None]) -> None:
    run = office.take_back(everything(office, change))
    assert (run.status, notices(run)) == (0, [])
    assert [state for _, state, _ in office.states().values()] == ["acceptée"] * 3


@pytest.mark.parametrize("written", ["1075.0", "1075.00", "1.075e3", "1075"])
def test_the_amount_is_compared_as_a_number(office: Office, written: str) -> None:
    path = everything(office)
    path.write_text(path.read_text(encoding="utf-8").replace("1075.0", written), encoding="utf-8")
    assert office.take_back(path).status == 0


def test_a_refusal_of_another_request_is_not_booked_either(office: Office) -> None:
    path = office.handed_back(file_name(1), {"00003": refused()})
    file = json.loads(path.read_bytes())
    line(file, 3)["commande"]["montantSegurHT"] = 1
    run = office.take_back(office.write_back("change.json", file))
    assert ("00003", OTHER) in notices(run)
    assert office.states()["00003"][1] == "émise"


def test_one_numero_asp_for_three_requests(office: Office) -> None:
    answers = {number: accepted("ASP-7") for number in ("00001", "00002", "00003")}
    run = office.answer(file_name(1), answers)
    assert (run.status, notices(run)) == (1, [("00002", TAKEN), ("00003", TAKEN)])
    assert [asp for *_, asp in office.states().values()] == ["ASP-7", "", ""]
    assert "ASP-7" in run.document["notices"][0]["message"]
    assert "00001" in run.document["notices"][0]["message"]
    again = office.answer(file_name(1), answers)
    assert (again.status, notices(again)) == (1, [("00002", TAKEN), ("00003", TAKEN)])


def test_a_numero_asp_already_borne_since_another_day(office: Office) -> None:
    office.answer(file_name(1), {n: accepted(f"A-{n}") for n in ("00001", "00002", "00003")})
    office.convert(solo("BC-4", 9), day=NEXT_DAY)
    run = office.answer(file_name(1, NEXT_DAY), {"00004": accepted("A-00002")})
    assert (run.status, notices(run)) == (1, [("00004", TAKEN)])
    assert office.states()["00004"][1:] == ("émise", "")
    assert office.answer(file_name(1, NEXT_DAY), {"00004": accepted("A-00004")}).status == 0


def test_the_day_of_these_tests() -> None:
    assert file_name(1) == f"JSON-0123456789-{DAY.replace('-', '')}-001.json"
