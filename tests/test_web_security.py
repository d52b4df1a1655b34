"""The page against those who would see, send or be what they must not: every address of it, not a few.

The gate has its own tests (test_web_gate), as have uploads (test_web_receiving) and nginx (test_web_nginx).
"""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samples.documents import pdf
from web_server import page_client, running
from workbooks import Row, solo, write_workbook

from converter.web import api, pages
from converter.web.application import create_app
from converter.web.desk import Desk
from converter.web.settings import Settings
from converter.web.uploads import MOST_TEXT

ROUTES = sorted(
    {
        (method, prefix + route.path)
        for prefix, routers in (("/api", api.ROUTERS), ("", pages.ROUTERS))
        for router in routers
        for route in router.routes
        for method in route.methods - {"HEAD"}
    }
)
FOR_ALL = {
    "/", "/aide", "/aide/{name}", "/aide/images/{name}", "/modele.xlsx", "/classeurs", "/api/classeurs", "/api/docs",
    "/api/sante",
}  # fmt: skip
"""What whoever is let in may ask for."""
ONE_S_OWN = re.compile(r"(/api)?/classeurs/\{identifier\}(?!/convertir)")
"""What the owner of a workbook, and those who deposit, may ask for."""
RESERVED = [one for one in ROUTES if one[1] not in FOR_ALL and not ONE_S_OWN.match(one[1])]
OWNED = [one for one in ROUTES if ONE_S_OWN.match(one[1])]
SECRET = "DUPONT-LAJOIE"  # noqa: S105 — a name that must not be seen


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path / "web", out=tmp_path, user_header="X-User", proxy="127.0.0.1", depositors=frozenset({"alice"})
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[Any]:
    with page_client(settings) as client:
        yield client


def drop(client: Any, folder: Path, rows: list[Row], user: str = "bob", name: str = "mars.xlsx", **texts: str) -> Any:
    """A workbook of this user's; the answer."""
    book = write_workbook(folder / "made.xlsx", rows)
    files = [("classeurs", (name, book.read_bytes())), ("pieces", ("bon.pdf", pdf("bon")))]
    return client.post("/api/classeurs", files=files, data=texts, headers={"X-User": user})


def ask(client: Any, method: str, path: str, user: str, identifier: str = "x") -> Any:
    """A request that would be right from somebody else."""
    address = re.sub(r"\{\w+\}", "x", path.replace("{identifier}", identifier))
    sent = {"json": [{"row": 2, "tag": "nomMedecin", "value": "AUTRE"}]} if method == "PATCH" else {}
    return client.request(method, address, headers={"X-User": user}, **sent)


# Who sees what


def test_each_address_is_for_all_for_the_owner_or_for_those_who_deposit() -> None:
    assert len(OWNED) > 10
    assert len(RESERVED) > 25
    assert {path for _, path in ROUTES}.issuperset(FOR_ALL)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_address_answers_without_the_token(tmp_path: Path, method: str, path: str) -> None:
    with page_client(Settings(data=tmp_path / "web", out=tmp_path), Authorization="") as client:
        assert ask(client, method, path, "").status_code == 401


def test_what_those_who_deposit_see_and_do_is_refused_to_all_others(client: Any) -> None:
    assert [one for one in RESERVED if ask(client, *one, "bob").status_code != 403] == []


def test_another_user_s_workbook_is_nowhere(client: Any, tmp_path: Path) -> None:
    identifier = drop(client, tmp_path, solo("BC-1", nomMedecin=SECRET)).json()[0]["id"]
    answers = {one: ask(client, *one, "carol", identifier) for one in OWNED}
    assert {one: answer.status_code for one, answer in answers.items() if answer.status_code != 404} == {}
    assert [one for one, answer in answers.items() if SECRET in answer.text] == []
    assert "mars.xlsx" not in client.get("/", headers={"X-User": "carol"}).text
    assert client.get(f"/api/classeurs/{identifier}", headers={"X-User": "bob"}).json()["nom"] == "mars.xlsx"
    assert "mars.xlsx" in client.get("/", headers={"X-User": "alice"}).text


def test_the_key_of_another_s_upload_gives_nothing_of_theirs(client: Any, tmp_path: Path) -> None:
    first = drop(client, tmp_path, solo("BC-1", nomMedecin=SECRET), cle="meme-cle").json()[0]["id"]
    again = drop(client, tmp_path, solo("BC-1", nomMedecin=SECRET), cle="meme-cle").json()[0]["id"]
    stolen = drop(client, tmp_path, solo("BC-2"), user="carol", cle="meme-cle")
    assert (again, stolen.json()[0]["id"] != first, SECRET in stolen.text) == (first, True, False)


def test_a_key_used_again_converts_once(client: Any, tmp_path: Path) -> None:
    identifier = drop(client, tmp_path, solo("BC-1", bonCommande="bon.pdf")).json()[0]["id"]
    asked = {"json": {"classeurs": [identifier]}, "headers": {"X-User": "alice", "Idempotency-Key": "cle-1"}}
    lots = [client.post("/api/lots", **asked).json()["lot"] for _ in range(3)]
    assert len(set(lots)) == 1
    assert len(list(tmp_path.glob("lot-*"))) == 1


# What is sent


@pytest.mark.parametrize(
    "name", ["../../dehors.xlsx", "/etc/cron.d/dehors.xlsx", "..\\..\\dehors.xlsx", "a\x00b.xlsx", ".xlsx"]
)
def test_a_name_leads_nowhere(client: Any, settings: Settings, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.rglob("*") if settings.data not in path.parents}
    drop(client, tmp_path, solo("BC-1"), name=name)
    after = {path for path in tmp_path.rglob("*") if settings.data not in path.parents}
    assert after - before <= {settings.data, tmp_path / "made.xlsx"}
    assert list(settings.data.rglob("*dehors*")) == []


def test_html_in_cells_and_names_is_text(client: Any, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    rows = solo(f"BC-{evil}", nomMedecin=evil, emailMedecin=evil, RPPS="{{ 7 * 191 }}")
    identifier = drop(client, tmp_path, rows, name=f"{evil.replace('/', '')}.xlsx").json()[0]["id"]
    for page in ("/", f"/classeurs/{identifier}", f"/classeurs/{identifier}/convertir"):
        text = client.get(page, headers={"X-User": "alice"}).text
        assert re.findall(r"<script>|<img|1337", text) == [], page
        assert re.findall(r"\sstyle=|<style|\son\w+=\"|javascript:", text) == [], page


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if one[0] != "GET"])
def test_a_body_without_end_is_not_read(settings: Settings, method: str, path: str) -> None:
    status, read = asyncio.run(endless(settings, method, re.sub(r"\{\w+\}", "x", path)))
    assert status in (403, 404, 413, 422)
    assert read <= MOST_TEXT + 100_000


async def endless(settings: Settings, method: str, path: str) -> tuple[int, int]:
    """A body that says no length and does not end: the status of the answer, and the bytes read of it."""
    status = read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 100_000
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": read < 50_000_000}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = {"host": "127.0.0.1:8765", "x-user": "alice", "content-type": "application/json"}
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8765),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    await create_app(settings)(scope, receive, send)
    return status, read


# What is told


def test_an_unforeseen_error_shows_and_logs_nothing_of_it(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(Desk, "listed", fail)
    monkeypatch.setattr(Desk, "get", fail)
    page = client.get("/", headers={"X-User": "bob"})
    problem = client.get("/api/classeurs/x", headers={"X-User": "bob"})
    assert (page.status_code, problem.status_code, problem.json()["code"]) == (500, 500, "page-defaut")
    for said in (page.text, problem.text, caplog.text):
        assert SECRET not in said
        assert "Traceback" not in said
    assert page.headers["content-security-policy"]


def test_a_whole_road_leaves_no_personal_data_in_the_log(tmp_path: Path) -> None:
    row = solo(f"BC-{SECRET}", nomMedecin=SECRET, bonCommande="bon.pdf", RPPS="99900000017")
    with running(tmp_path / "out") as server:
        with server.client() as client:
            book = write_workbook(tmp_path / "b.xlsx", row).read_bytes()
            files = [("classeurs", (f"{SECRET}.xlsx", book)), ("pieces", ("bon.pdf", pdf("bon")))]
            identifier = client.post("/api/classeurs", files=files).json()[0]["id"]
            change = [{"row": 2, "tag": "emailMedecin", "value": f"{SECRET.lower()}@cabinet.example"}]
            assert client.patch(f"/api/classeurs/{identifier}/cellules", json=change).status_code == 200
            client.post("/api/lots", json={"classeurs": [identifier]})
            client.get("/api/demandes", params={"q": SECRET})
            client.get(f"/demandes?q={SECRET}")
            client.get(f"/{SECRET}")
            client.post("/api/retours", files=[("fichiers", (f"{SECRET}.json", json.dumps({"a": SECRET}).encode()))])
            client.post("/api/annulations", json={"fichier": f"JSON-{SECRET}.json"})
        server.end()
        log = server.stderr()
    assert "POST /api/lots 201" in log
    assert [word for word in (SECRET, SECRET.lower(), "99900000017", identifier, server.token) if word in log] == []
