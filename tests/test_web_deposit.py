"""The page and the HTTP interface for those who deposit: convert, lots, returns, requests, things to do, help."""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from deposit_office import Office, words
from web_server import page_client
from workbooks import rpps, solo

from converter.checking.options import today
from converter.web.settings import Settings
from converter.web.users import User

WRONG = "1000123456"
ANS = "0123456789"
RESENT = "Renvoyer aussi les demandes refusées où rien n'a changé"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web")) as client:
        yield Office(client, tmp_path)


# Converting


def test_a_lot_by_the_interface(office: Office) -> None:
    answer = office.convert(office.drop(solo("BC-1", 1), solo("BC-2", 2, RPPS=WRONG)))
    lot = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/lots/{lot['lot']}")
    assert lot["requests"] == {"emitted": 1, "already_emitted": 0, "held_back": 1}
    assert [(one["row"], one["tag"], one["code"]) for one in lot["findings"]] == [(3, "RPPS", "longueur-exacte")]
    (file,) = lot["files"]
    assert (file["requests"], file["deposited"], file["states"]) == (1, None, {"émise": 1})
    assert [one["reference"] for one in lot["held_back"]] == ["BC-2"]
    for address in (file["path"], *file["archives"], *lot["annotated"], lot["report"]):
        download = office.client.get(address)
        assert (download.status_code, download.headers["content-disposition"].split(";")[0]) == (200, "attachment")
    assert office.client.get(answer.headers["location"]).json() == lot
    assert [one["lot"] for one in office.client.get("/api/lots").json()["lots"]] == [lot["lot"]]


def test_the_same_key_gives_the_same_lot_once(office: Office) -> None:
    identifier = office.drop(solo("BC-1", 1))
    first, second = office.convert(identifier, key="un"), office.convert(identifier, key="un")
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert len(office.client.get("/api/lots").json()["lots"]) == 1
    other = office.convert(identifier, key="deux").json()
    assert other["requests"] == {"emitted": 0, "already_emitted": 1, "held_back": 0}
    assert office.client.get("/api/conversions/un").json()["lot"] == first.json()["lot"]
    assert office.client.get("/api/conversions/trois").status_code == 404


def test_another_server_gives_the_lot_of_a_key(office: Office, tmp_path: Path) -> None:
    made = office.convert(office.drop(solo("BC-1", 1)), key="un").json()
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web")) as client:
        again = client.post("/api/lots", json={"classeurs": ["parti"]}, headers={"Idempotency-Key": "un"})
        assert (again.status_code, again.json()) == (201, made)
        assert client.get("/api/conversions/un").json()["state"] == "made"


def test_the_form_says_what_will_leave_and_pressed_twice_converts_once(office: Office) -> None:
    identifier = office.drop(solo("BC-1", 1), solo("BC-2", 2), solo("BC-3", 3, RPPS=WRONG))
    form = office.client.get(f"/classeurs/{identifier}/convertir")
    assert "2 demandes partiront, pour 2 150,00 € HT (avance 645,00 €) ; 1 demande reste à corriger." in words(form)
    (key,) = re.findall(r'name="cle" value="([^"]+)"', form.text)
    sent = {"classeur": [identifier], "cle": key, "date": today().isoformat()}
    first, second = (office.client.post("/convertir", data=sent) for _ in range(2))
    assert first.headers["location"] == second.headers["location"] == f"/conversions/{key}"
    lot = _followed(office, f"/conversions/{key}").headers["location"]
    assert sorted(office.states()) == ["00001", "00002"]
    said = office.page(lot)
    assert f"Déposez JSON-{ANS}-{today():%Y%m%d}-001.json" in said
    assert f"numéro ANS {ANS}" in said
    assert "BC-3" in said
    assert f'href="/classeurs/{identifier}?ligne=4#ligne-4"' in office.client.get(lot).text


def _followed(office: Office, address: str) -> Any:
    """What the page of a conversion answers in the end."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = office.client.get(address)
        if "Conversion en cours" not in answer.text:
            return answer
        time.sleep(0.05)
    raise AssertionError("never ended")


def test_several_workbooks_at_once_make_one_lot(office: Office) -> None:
    ids = [office.drop(solo(f"BC-{rank}", rank), name=f"mois{rank}.xlsx") for rank in (1, 2)]
    assert "mois1.xlsx" in office.page("/convertir")
    assert "Convertir 2 classeurs" in office.page(f"/convertir?classeur={ids[0]}&classeur={ids[1]}")
    assert office.convert(*ids).json()["requests"]["emitted"] == 2


def test_a_conversion_that_cannot_be_is_told(office: Office) -> None:
    identifier = office.drop(solo("BC-1", 1))
    sent = {"classeur": [identifier], "cle": "k" * 24}
    wrong = office.client.post("/convertir", data=sent | {"date": "demain"})
    assert (wrong.status_code, "« demain » n'est pas un jour" in words(wrong)) == (422, True)
    far = office.client.post("/convertir", data=sent | {"date": "2099-01-01"})
    followed = _followed(office, far.headers["location"])
    assert (followed.status_code, "Conversion arrêtée" in words(followed)) == (422, True)
    assert office.convert(identifier, day="2099-01-01").json()["code"] == "depot-lointain"
    assert office.convert("inconnu").status_code == 404
    assert office.client.post("/convertir", data=sent | {"cle": "../.."}).status_code == 422
    assert "rien n'est parti" in office.page(f"/conversions/{'z' * 24}", 404)
    assert office.states() == {}


def test_a_refused_request_that_did_not_change_goes_out_where_that_is_asked(office: Office) -> None:
    identifier = office.drop(solo("BC-1", 1))
    lot = office.convert(identifier).json()
    assert RESENT not in office.page(f"/classeurs/{identifier}/convertir")
    office.client.post("/api/retours", files=[("fichiers", office.answered(lot, {"00001": "RPPS inconnu"}))])
    (held,) = office.convert(identifier).json()["findings"]
    assert (held["code"], f"cochez «\u00a0{RESENT}\u00a0»" in held["remedy"]) == ("refusee-inchangee", True)
    form = office.client.get(f"/classeurs/{identifier}/convertir")
    assert ("Aucune demande ne partira" in words(form), f"{RESENT} (1)" in words(form)) == (True, True)
    sent = {"classeur": [identifier], "cle": "k" * 24, "renvoyer": "oui"}
    assert re.search('name="renvoyer"[^>]* checked', office.client.post("/convertir", data=sent | {"date": "x"}).text)
    followed = _followed(office, office.client.post("/convertir", data=sent).headers["location"])
    again = office.client.get(f"/api{followed.headers['location']}").json()
    assert again["requests"] == {"emitted": 1, "already_emitted": 0, "held_back": 0}
    office.client.post("/api/retours", files=[("fichiers", office.answered(again, {"00002": "RPPS inconnu"}))])
    asked = {"classeurs": [identifier], "renvoyer": True}
    assert office.client.post("/api/lots", json=asked).json()["requests"]["emitted"] == 1
    assert office.client.post("/api/lots", json=asked | {"renvoyer": "oui"}).status_code == 422


def test_a_later_day_is_asked_for_even_where_nothing_leaves_today(office: Office) -> None:
    tomorrow = today() + timedelta(days=1)
    identifier = office.drop(solo("BC-1", 1, dateCommande=f"{tomorrow:%d/%m/%Y}"))
    form = office.client.get(f"/classeurs/{identifier}/convertir")
    assert ("Aucune demande ne partira" in words(form), 'name="date"' in form.text) == (True, True)
    assert office.convert(identifier, day=tomorrow.isoformat()).json()["requests"]["emitted"] == 1
    nothing = office.desk.add(User("", may_deposit=True), "rien.xlsx", b"x").id
    assert 'name="date"' not in office.client.get(f"/classeurs/{nothing}/convertir").text


# Lots


def test_a_deposit_is_noted_and_taken_back(office: Office) -> None:
    lot = office.lot(solo("BC-1", 1))
    name, file = lot["lot"], lot["files"][0]["name"]
    assert f"{file} , 1 demande, 1 075,00 € – 1 émise , à déposer" in office.page("/lots")
    noted = office.client.post(f"/lots/{name}/{file}/depot", data={"jour": today().isoformat()})
    assert (noted.status_code, noted.headers["location"]) == (303, f"/lots/{name}#{file}")
    assert "✓ Déposé le" in office.page(f"/lots/{name}")
    assert office.client.get(f"/api/lots/{name}").json()["files"][0]["deposited"] == today().isoformat()
    refused = office.client.post(f"/lots/{name}/{file}/annuler")
    assert (refused.status_code, "a été déposé le" in words(refused)) == (422, True)
    assert office.client.post("/api/annulations", json={"fichier": file}).json()["code"] == "annulation-deja-depose"
    wrong = office.client.post(f"/lots/{name}/{file}/depot", data={"jour": "hier"})
    assert (wrong.status_code, "« hier » n'est pas un jour" in words(wrong)) == (422, True)
    assert office.client.post(f"/lots/{name}/{file}/depot", data={"retirer": "oui"}).status_code == 303
    assert "Déposé le (" in office.page(f"/lots/{name}")


def test_a_file_is_voided_after_a_confirmation(office: Office) -> None:
    lot = office.lot(solo("BC-1", 1), solo("BC-2", 2))
    name, file = lot["lot"], lot["files"][0]["name"]
    asked = office.page(f"/lots/{name}/{file}/annuler")
    assert "ses 2 demandes seront de nouveau libres, garderont leurs numéros éditeur" in asked
    assert office.client.post(f"/lots/{name}/{file}/annuler").headers["location"] == f"/lots/{name}#{file}"
    assert set(office.states().values()) == {"annulée"}
    assert "annulé" in office.page(f"/lots/{name}")
    assert office.client.get(lot["files"][0]["path"]).status_code == 404
    again = office.client.post("/api/annulations", json={"fichier": file})
    assert (again.status_code, again.json()["code"]) == (409, "annulation-deja-faite")
    assert office.client.post("/api/annulations", json={"fichier": "inconnu.json"}).status_code == 404


def test_everything_in_one_zip(office: Office) -> None:
    lot = office.lot(solo("BC-1", 1), solo("BC-2", 2, RPPS=WRONG))
    answer = office.client.get(f"/lots/{lot['lot']}/tout.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            f"JSON-{ANS}-{today():%Y%m%d}-001.json",
            f"PJ-{ANS}-{today():%Y%m%d}-001-1.zip",
            "commandes-erreurs.xlsx",
            "rapport.html",
        ]


@pytest.mark.parametrize(
    "path",
    [
        "/lots/lot-20991231-01", "/lots/..%2f..", "/lots/out", "/lots/LOT/.passage.jsonl",
        "/lots/LOT/..%2fregistre.sqlite3",
        "/lots/LOT/registre.sqlite3", "/api/lots/LOT/.passage.jsonl", "/api/lots/..", "/lots/LOT/x/annuler",
        "/lots/fichier/JSON-0123456789-20991231-001.json",
    ],
)  # fmt: skip
def test_nothing_else_of_the_disk_is_served(office: Office, path: str) -> None:
    lot = office.lot(solo("BC-1", 1))["lot"]
    assert office.client.get(path.replace("LOT", lot)).status_code == 404


# Returns


def test_answers_are_taken_in_and_shown_request_by_request(office: Office) -> None:
    lot = office.lot(solo("BC-1", 1), solo("BC-2", 2))
    file = office.answered(lot, {"00002": "RPPS inconnu"})
    answer = office.client.post("/retours", files=[("fichiers", ("réponse (1).json", file[1]))])
    assert answer.status_code == 303
    shown = office.page(answer.headers["location"])
    assert "Demandes refusées : 1" in shown
    assert "1042 RPPS inconnu" in shown
    assert "ASP-00001" in shown
    assert office.states() == {"00001": "acceptée", "00002": "refusée"}
    history = office.client.get("/api/demandes/00001").json()["history"]
    assert history[-1]["file"] == "réponse (1).json"
    opened = office.client.post(f"{answer.headers['location']}/corriger", data={"classeur": "0"})
    assert (opened.status_code, opened.headers["location"].startswith("/classeurs/")) == (303, True)
    assert office.client.post(f"{answer.headers['location']}/corriger", data={"classeur": "1"}).status_code == 404
    again = office.client.post("/retours/a-corriger")
    assert "commandes-a-corriger.xlsx" in office.page(again.headers["location"])


def test_refused_requests_come_back_with_the_documents_that_are_still_kept(office: Office) -> None:
    """« bon.pdf » is another document in each of two workbooks; that of the first one was deleted since."""
    gone, stays = (office.drop(solo(f"BC-{rank}", rank, bonCommande="bon.pdf"), name=f"{rank}.xlsx") for rank in (1, 2))
    lot = office.convert(gone, stays).json()
    file = office.answered(lot, {"00001": "RPPS inconnu", "00002": "RPPS inconnu"})
    returned = office.client.post("/retours", files=[("fichiers", file)]).headers["location"]
    office.client.delete(f"/api/classeurs/{gone}")
    opened = {}
    for rank in (0, 1, 1):
        answer = office.client.post(f"{returned}/corriger", data={"classeur": str(rank)})
        here = answer.headers["location"]
        found = office.client.get(f"/api{here}").json()
        opened.setdefault(rank, here)
        assert opened[rank] == here  # pressed twice: the same workbook
        codes = {one["code"] for one in found["findings"]}
        assert ("document-absent" in codes) == (rank == 0)
        told = office.page(here)
        assert ("ne sont plus gardées ici : redonnez-les" in told, "y sont jointes" in told) == (rank == 0, rank == 1)
    office.client.delete(f"/api/classeurs/{stays}")
    assert "document-absent" not in office.client.get(f"/api{opened[1]}").text


def test_answers_by_the_interface(office: Office) -> None:
    lot = office.lot(solo("BC-1", 1), solo("BC-2", 2))
    file = office.answered(lot, {"00002": "RPPS inconnu"})
    document = office.client.post("/api/retours", files=[("fichiers", file)]).json()
    assert [one["numeroASP"] for one in document["accepted"]] == ["ASP-00001"]
    assert [one["libelleTraitement"] for one in document["refused"]] == ["RPPS inconnu"]
    (address,) = document["to_correct"]
    book = openpyxl.load_workbook(io.BytesIO(office.client.get(address).content))
    assert book["Demandes"].max_row > 1
    again = office.client.post("/api/retours", files=[("fichiers", file)]).json()
    assert (len(again["already_known"]), again["accepted"]) == (2, [])


def test_what_is_no_return_is_told(office: Office) -> None:
    office.lot(solo("BC-1", 1))
    for files in ([("fichiers", ("a.json", b"{}"))], [("autre", ("a.json", b"{}"))]):
        page = office.client.post("/retours", files=files)
        problem = office.client.post("/api/retours", files=files)
        assert (page.status_code, problem.status_code) == (422, 422)
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["detail"][:20].replace("\u00a0", " ") in words(page)
    assert office.page(f"/retours/{'0' * 32}", 404)
    assert office.page("/retours/..%2f..%2fetc", 404)


def test_a_file_rejected_whole(office: Office) -> None:
    file = office.lot(solo("BC-1", 1))["files"][0]["name"]
    wrong = office.client.post("/retours/rejet", data={"nom": "inconnu.json", "motif": "Structure"})
    assert (wrong.status_code, 'value="inconnu.json"' in wrong.text) == (422, True)
    done = office.client.post("/retours/rejet", data={"nom": file, "motif": "Structure non conforme"})
    assert "Structure non conforme" in office.page(done.headers["location"])
    assert office.states() == {"00001": "refusée"}


# Requests


def test_requests_are_searched_sorted_and_exported(office: Office) -> None:
    office.lot(*(solo(f"BC-{rank}", rank, montantSegurHT=f"{1000 + rank}.00") for rank in range(1, 4)))
    found = office.client.post("/demandes", data={"q": f"églantier {rpps(2)}"})
    assert re.findall(r'<th scope="row"><a href="/demandes/(\d+)"', found.text) == ["00002"]
    assert "Montant Ségur HT (€) 1002.00" in office.page("/demandes/00002")
    up = office.client.get("/demandes", params={"tri": "montant", "ordre": "croissant"}).text
    assert re.findall(r'<th scope="row"><a href="/demandes/(\d+)"', up) == ["00001", "00002", "00003"]
    assert 'aria-sort="ascending" class="number"' in up
    assert "3 demandes, 3 006,00 €" in unescape(up).replace("\u00a0", " ")
    searched = {"q": "BC", "etat": "émise"}
    turned = office.client.post("/demandes", data=searched | {"vers": "tri=montant&ordre=croissant"}).text
    assert re.findall(r'<th scope="row"><a href="/demandes/(\d+)"', turned) == ["00001", "00002", "00003"]
    assert [
        one for one in re.findall(r'(?:href|action)="([^"]*)"', found.text) if "glantier" in one or rpps(2) in one
    ] == []
    for answer in (
        office.client.get("/demandes.xlsx?q=BC-3"),
        office.client.post("/demandes.xlsx", data={"q": "BC-3", "etat": ""}),
    ):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert [cell.value for cell in book["Demandes"]["A"]] == ["Demande", "00003"]
    assert "Aucune demande ne correspond" in office.page("/demandes?q=personne&etat=payée")
    assert "Cette page n'existe plus" in office.page("/demandes?page=7")
    assert office.page("/demandes?page=-1&tri=x&etat=perdue&ordre=y")
    document = office.client.get("/api/demandes", params={"tri": "montant", "etat": ["emise", "payée"]}).json()
    assert ([one["numeroEditeur"] for one in document["requests"]], document["pages"]) == (
        ["00003", "00002", "00001"],
        1,
    )
    assert document["totals"][-1]["montantSegurHT"] == 3006.0
    assert office.client.get("/api/demandes?etat=perdue").json()["code"] == "etat-inconnu"


def test_a_decision_is_noted_in_the_page(office: Office) -> None:
    lot = office.lot(solo("BC-1", 1))
    office.client.post("/api/retours", files=[("fichiers", office.answered(lot))])
    address = "/demandes/00001"
    for wrong, says in (
        ({"decision": "perdue"}, "n'est pas une décision"),
        ({"decision": "attribuée", "date": "hier"}, "n'est pas une date"),
        ({"decision": "attribuée", "montant": "12"}, "n'a de sens que pour"),
        ({"decision": "payée"}, "le montant payé est vide"),
        ({"decision": "payée", "montant": "beaucoup"}, "n'est pas un montant"),
        ({"decision": "payée", "montant": "322,50"}, "sans avoir été attribuée"),
        ({"decision": "attribuée", "date": "2099-01-01"}, "n'est pas encore passé"),
    ):
        refused = office.client.post(address, data=wrong)
        assert (refused.status_code, says in words(refused)) == (422, True), words(refused)
    assert office.client.post(address, data={"decision": "attribuée"}).headers["location"] == address
    paid = office.client.post(address, data={"decision": "payée", "montant": "300", "motif": "Avis n° 7"})
    assert paid.status_code == 303
    shown = office.page(address)
    assert "payée" in shown
    assert "Avis n° 7" in shown
    assert office.states() == {"00001": "payée"}
    assert office.page("/demandes/99999", 404)
    assert office.client.get("/api/demandes/99999").status_code == 404
    assert office.client.get("/api/demandes/ASP-00001").json()["request"]["numeroEditeur"] == "00001"


def test_what_waits_on_monday(office: Office) -> None:
    assert "Rien n'attend personne." in office.page("/a-faire")
    lot = office.lot(solo("BC-1", 1), solo("BC-2", 2))
    file = lot["files"][0]["name"]
    said = office.page("/a-faire")
    assert "À déposer aujourd'hui : 1" in said
    assert file in said
    assert office.client.get(f"/lots/fichier/{file}").headers["location"] == f"/lots/{lot['lot']}#{file}"
    office.client.post("/api/retours", files=[("fichiers", office.answered(lot, {"00002": "RPPS inconnu"}))])
    said = office.page("/a-faire?jours=x")
    assert "La demande 00002 (BC-2) est refusée : 1042 RPPS inconnu." in said
    book = openpyxl.load_workbook(io.BytesIO(office.client.get("/a-faire.xlsx").content))
    assert book["À faire"]["B2"].value == "00002"


def test_an_empty_ledger_has_its_pages_too(office: Office) -> None:
    for address in ("/lots", "/retours", "/demandes", "/a-faire", "/convertir", "/demandes?q=x"):
        assert office.page(address)
    assert office.client.get("/api/demandes").json()["count"] == 0
    assert office.client.get("/api/lots").json() == {"lots": []}


# Help, health, who may


def test_help_is_the_docs(office: Office) -> None:
    guide = office.client.get("/aide")
    assert "<h1 id=" in guide.text
    assert 'href="/aide/codes"' in guide.text
    assert "longueur-exacte" in office.page("/aide/codes")
    for absent in ("/aide/rien", "/aide/..%2fREADME", "/aide/images/rien.png", "/aide/images/..%2f..%2fcodes.md"):
        assert office.page(absent, 404)


def test_health_is_one_status(office: Office, tmp_path: Path) -> None:
    assert (office.client.get("/api/sante").status_code, office.client.get("/api/sante").content) == (200, b"")
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / "registre.sqlite3").write_bytes(b"not a ledger" * 20)
    assert (office.client.get("/api/sante").status_code, office.client.get("/api/sante").content) == (503, b"")


RESERVED = (
    "/lots", "/lots/lot-20261122-01", "/lots/lot-20261122-01/x.json", "/retours", "/demandes", "/demandes.xlsx",
    "/demandes/00001", "/a-faire", "/a-faire.xlsx", "/convertir", "/classeurs/x/convertir", "/conversions/x",
    "/api/lots", "/api/lots/lot-20261122-01", "/api/lots/lot-20261122-01/x", "/api/demandes", "/api/demandes/00001",
    "/api/conversions/x", "/lots/fichier/x", "/lots/lot-20261122-01/tout.zip", "/lots/lot-20261122-01/x/annuler",
    "/retours/x",
)  # fmt: skip
ACTS = ("/demandes", "/demandes.xlsx", "/convertir", "/retours",
        "/retours/a-corriger", "/retours/rejet", "/retours/x/corriger", "/demandes/00001",
        "/lots/l/f/depot", "/lots/l/f/annuler", "/api/lots", "/api/retours", "/api/annulations")  # fmt: skip


def test_only_depositors_see_the_ledger(tmp_path: Path) -> None:
    settings = Settings(out=tmp_path / "out", data=tmp_path / "web", user_header="X-User", proxy="127.0.0.1",
                        depositors=frozenset({"alice"}))  # fmt: skip
    with page_client(settings, **{"X-User": "bob"}) as bob:
        sent = {"classeurs": ["x"], "fichier": "x"}
        data = {"classeur": "x", "cle": "k" * 24}
        statuses = {path: bob.get(path).status_code for path in RESERVED}
        statuses |= {
            f"POST {path}": (bob.post(path, json=sent) if "/api" in path else bob.post(path, data=data)).status_code
            for path in ACTS
        }
        assert {path: status for path, status in statuses.items() if status != 403} == {}
        assert (bob.get("/aide").status_code, bob.get("/api/sante").status_code) == (200, 200)
    with page_client(settings, **{"X-User": "alice"}) as alice:
        made = Office(alice, tmp_path).lot(solo("BC-1", 1))
        (event,) = alice.get("/api/demandes/00001").json()["history"]
        assert (event["author"], made["requests"]["emitted"]) == ("alice", 1)
