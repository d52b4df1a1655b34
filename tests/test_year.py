"""A whole year of a publisher: adopted requests, four lots, refusals, a file rejected whole, examination, payments, an
abandoned order, a ledger lost and made again; and what to do on Monday, right at each step."""

import shutil
from pathlib import Path

from publisher import Publisher, correct
from workbooks import rows_of, rpps, solo

BEFORE = {"dateCommande": "04/10/2022"}
ORDER = {"dateCommande": "04/11/2022"}


def file_of(day: str, number: int = 1) -> str:
    return f"JSON-0123456789-{day.replace('-', '')}-{number:03d}.json"


def sent_before(folder: Path) -> None:
    """Three requests of an earlier tool, and the portal's answers to them: what is left of these is the files alone."""
    earlier = Publisher(folder / "ancien-outil")
    earlier.folder.mkdir()
    rows = rows_of(*(solo(f"X-{rank}", rank, **BEFORE) for rank in (1, 2, 3)))
    earlier.convert("2022-10-10", earlier.workbook("x.xlsx", rows))
    earlier.answer(file_of("2022-10-10"), {"00003": "Le numéro RPPS du médecin est inconnu"}, folder="../anciens")
    shutil.rmtree(earlier.folder)


def followed_requests(office: Publisher) -> list[dict[str, object]]:
    """Everything that `status` tells of each request but its reference, which the workbooks told meanwhile."""
    return [one | {"refCommande": None} for one in office.run("status").document["requests"]]


def test_from_the_first_day_to_the_last_payment(tmp_path: Path) -> None:
    office = Publisher(tmp_path)
    sent_before(tmp_path)

    # November: what left before is adopted; its orders are known by their contents, and do not leave again
    adopted = office.run("adopt", tmp_path / "anciens")
    assert (adopted.status, len(adopted.document["entered"])) == (0, 3)
    assert adopted.document["without_reference"] == ["00001", "00002", "00003"]
    assert office.states() == {"00001": "acceptée", "00002": "acceptée", "00003": "refusée"}
    assert office.tasks("2022-11-07") == [("corriger", ("00003",))]

    orders = [solo(f"BC-{rank}", rank, **BEFORE) for rank in (1, 2)]
    orders += [solo(f"BC-{rank}", rank, **ORDER) for rank in (4, 5, 6)]
    november = office.workbook("novembre.xlsx", rows_of(*orders))
    first = office.convert("2022-11-07", november)
    assert (first.status, first.counts) == (0, (3, 2, 0))
    assert [one["numeroEditeur"] for one in first.requests] == ["00004", "00005", "00006"]
    assert office.tasks("2022-11-07") == [("deposer", ("00004", "00005", "00006")), ("corriger", ("00003",))]
    assert office.tasks("2022-11-08")[0] == ("sans-reponse", ("00004", "00005", "00006"))

    returned = office.run("return", office.answer(file_of("2022-11-07"), {"00005": "RPPS inconnu"}))
    assert returned.status == 1
    assert office.tasks("2022-11-08") == [("corriger", ("00003",)), ("corriger", ("00005",))]
    assert office.run("decision", "00003", "--abandonnée", "--le", "2022-11-09").status == 0
    assert office.tasks("2022-11-09") == [("corriger", ("00005",))]

    # December: the refused one leaves corrected, with a new one; the portal rejects the whole file
    (to_correct,) = map(Path, returned.document["to_correct"])
    correct(to_correct, {"BC-5": {"RPPS": rpps(55)}})
    december = office.workbook("decembre.xlsx", solo("BC-7", 7, **ORDER))
    second = office.convert("2022-12-01", to_correct, december)
    assert [one["numeroEditeur"] for one in second.requests] == ["00007", "00008"]
    assert office.run("return", "--rejected", file_of("2022-12-01"), "--reason", "Structure").status == 1
    assert office.tasks("2022-12-01") == [("corriger", ("00007",)), ("corriger", ("00008",))]
    third = office.convert("2022-12-02", to_correct, december)
    assert [one["numeroEditeur"] for one in third.requests] == ["00009", "00010"]
    assert office.run("return", office.answer(file_of("2022-12-02"))).status == 0
    assert office.tasks("2022-12-02") == []

    # January: the portal forgets a request, then answers it
    january = office.workbook("janvier.xlsx", rows_of(*(solo(f"BC-{rank}", rank, **ORDER) for rank in (8, 9))))
    office.convert("2023-01-09", january)
    office.run("return", office.answer(file_of("2023-01-09"), silent=["00012"]))
    assert ("reponse-incomplete", ("00012",)) in office.tasks("2023-01-09")
    assert office.run("return", office.answer(file_of("2023-01-09"))).status == 0

    # March: the ASP has decided, and paid; all noted in the follow-up workbook
    waiting = office.tasks("2023-02-13", "--jours", 90)
    assert waiting == [("sans-decision", (number,)) for number in ("00001", "00002", "00004", "00006")]
    decided = {
        **{number: {"Décision": "attribuée", "Date": "20/02/2023"} for number in ("00001", "00004", "00009", "00011")},
        "00006": {"Décision": "rejetée", "Date": "20/02/2023", "Motif": "bon de commande non signé"},
        "00012": {"Décision": "abandonnée", "Date": "21/02/2023", "Motif": "cabinet fermé"},
    }
    noted = office.run("decision", office.follow_up("suivi-fevrier.xlsx", decided))
    assert (noted.status, len(noted.document["decided"]), noted.document["findings"]) == (0, 6, [])
    assert office.tasks("2023-02-22", "--jours", 120) == [
        ("corriger", ("00006",)),
        ("sans-decision", ("00002",)),
        ("sans-paiement", ("00001",)),
        ("sans-paiement", ("00004",)),
        ("sans-paiement", ("00009",)),
        ("sans-paiement", ("00011",)),
    ]
    paid = {
        "00001": {"Décision": "payée", "Date": "10/03/2023", "Montant payé": 322.5},
        "00004": {"Décision": "payée", "Date": "10/03/2023", "Montant payé": 300},
    }
    noted = office.run("decision", office.follow_up("suivi-mars.xlsx", paid))
    assert (noted.status, [one["code"] for one in noted.document["findings"]]) == (0, ["avance-ecart"])
    assert office.run("decision", "MDV-00009", "MDV-00011", "--payée", "322,50", "--le", "2023-03-10").status == 0

    # the rejected one is held back as it was, and leaves again once corrected
    again = office.run("return", "--a-corriger")
    (to_correct,) = map(Path, again.document["to_correct"])
    held = office.convert("2023-03-20", to_correct)
    assert (held.status, [code for _, _, code in held.told]) == (1, ["rejetee-inchangee"])
    correct(to_correct, {"BC-6": {"emailMedecin": "nouveau@cabinet.example"}})
    fourth = office.convert("2023-03-20", to_correct)
    assert [one["numeroEditeur"] for one in fourth.requests] == ["00013"]
    assert office.run("return", office.answer(file_of("2023-03-20"))).status == 0
    assert office.tasks("2023-03-21", "--jours", 365) == [("ecart", ("00004",))]

    # nothing that is out, abandoned or paid leaves again
    everything = office.convert("2023-03-22", november, december, january)
    assert everything.document["files"] == []

    # the ledger is lost, with its copies: nothing leaves before it is made again from the files
    followed = tmp_path / "suivi-final.xlsx"
    assert office.run("status", "--xlsx", followed).status == 0
    before = followed_requests(office)
    office.ledger.unlink()
    shutil.rmtree(f"{office.ledger}.sauvegardes")
    stopped = office.convert("2023-03-23", november)
    assert (stopped.status, "converter adopt" in stopped.stderr) == (2, True)
    rebuilt = office.run("adopt", tmp_path / "anciens", office.out, tmp_path / "retours", followed)
    assert rebuilt.status == 0, rebuilt.stderr
    assert followed_requests(office) == before
    assert office.tasks("2023-03-21", "--jours", 365) == [("ecart", ("00004",))]
    adopted = office.run("adopt", tmp_path / "anciens", office.out, tmp_path / "retours", followed)
    assert (adopted.document["entered"], adopted.document["changed"], adopted.document["decided"]) == ([], [], 0)
    checked = office.run("ledger", "check")
    assert (checked.status, checked.document["differences"]) == (0, [])
    assert office.convert("2023-03-24", november, december, january).document["files"] == []
