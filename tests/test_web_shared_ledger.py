"""The page on a ledger in PostgreSQL: what those who deposit do, from the lot to the payment."""

from pathlib import Path

from deposit_office import Office, words
from web_server import page_client
from workbooks import solo

from converter.checking.options import today
from converter.web.settings import Settings


def test_the_whole_road_on_a_shared_ledger(shared_ledger: str, tmp_path: Path) -> None:
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web", ledger=shared_ledger)) as client:
        office = Office(client, tmp_path)
        identifier = office.drop(solo("BC-1", 1), solo("BC-2", 2), solo("BC-3", 3))
        first, again = office.convert(identifier, key="un"), office.convert(identifier, key="un")
        assert (first.status_code, again.json()) == (201, first.json())
        lot, file = first.json()["lot"], first.json()["files"][0]["name"]
        assert "À déposer aujourd'hui : 1" in office.page("/a-faire")
        assert client.post(f"/lots/{lot}/{file}/depot", data={"jour": today().isoformat()}).status_code == 303
        assert client.post("/api/annulations", json={"fichier": file}).json()["code"] == "annulation-deja-depose"
        answered = office.answered(first.json(), {"00002": "RPPS inconnu"})
        shown = office.page(client.post("/retours", files=[("fichiers", answered)]).headers["location"])
        assert "1042 RPPS inconnu" in shown
        assert client.post("/demandes/00001", data={"decision": "attribuée"}).status_code == 303
        assert client.post("/demandes/00001", data={"decision": "payée", "montant": "322,50"}).status_code == 303
        found = client.post("/demandes", data={"q": "églantier bc-1", "vers": "tri=montant&ordre=croissant"})
        assert "00001" in words(found)
        assert office.states("bc1") == {"00001": "payée"}
        assert office.states() == {"00001": "payée", "00002": "refusée", "00003": "acceptée"}
        assert [one["lot"] for one in client.get("/api/lots").json()["lots"]][-1] == lot
        assert client.get("/api/sante").status_code == 200
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web", ledger=shared_ledger)) as client:
        assert client.get("/api/conversions/un").json()["lot"] == lot
    nobody = "postgresql://127.0.0.1:1/absent?schema=converter"
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web", ledger=nobody)) as client:
        assert client.get("/api/sante").status_code == 503
        assert client.get("/demandes").status_code in (422, 503)
