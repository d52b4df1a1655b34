"""What comes in: bounded while it comes, zips unpacked without tricks, nothing left behind of what is refused."""

import asyncio
import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from starlette.requests import Request
from web_server import page_client

from converter.web import api, desk, document_zip, receiving, uploads
from converter.web.desk import StoredWorkbook
from converter.web.settings import Settings
from converter.web.users import CurrentUser


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application, with a route that only receives."""
    router = APIRouter()

    @router.post("/recu")
    async def received(request: Request, user: CurrentUser) -> list[dict[str, Any]]:
        stored: list[StoredWorkbook] = await receiving.received_workbooks(request, user)
        return [
            {
                "id": one.id,
                "name": one.name,
                "content": one.source.read_text(),
                "documents": {name: path.read_text() for name, path in one.documents.items()},
            }
            for one in stored
        ]

    @router.post("/recu/{identifier}/vieux")
    def changed_elsewhere(request: Request, user: CurrentUser, identifier: str) -> None:
        request.app.state.desk.change(user, identifier, 0, [])

    monkeypatch.setattr("converter.web.application.API", (*api.ROUTERS, router))
    with page_client(Settings(data=tmp_path / "web")) as client:
        yield client


def send(client: Any, *pieces: tuple[str, bytes], name: str = "mars.xlsx", **texts: str) -> Any:
    files = [("classeurs", (name, b"book")), *(("pieces", one) for one in pieces)]
    return client.post("/api/recu", files=files, data=texts)


def zipped(entries: Mapping[str, bytes], **attributes: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = attributes.get("mode", 0) << 16
            archive.writestr(entry, content)
    return made.getvalue()


def left(tmp_path: Path) -> list[Path]:
    """The bytes on disk."""
    return list((tmp_path / "web" / "fichiers").glob("*"))


def test_workbooks_and_their_documents(client: Any) -> None:
    archive = zipped({"bons/c.pdf": b"3", "__MACOSX/x": b"", "bons/.DS_Store": b"", "vide/": b""})
    (one,) = send(
        client, ("a.pdf", b"1"), ("dossier/b.pdf", b"2"), ("tout.ZIP", archive), name="C:\\Ventes\\mars.xlsx"
    ).json()
    assert (one["name"], one["content"]) == ("mars.xlsx", "book")
    assert one["documents"] == {"a.pdf": "1", "dossier/b.pdf": "2", "bons/c.pdf": "3"}


def test_files_are_written_outside_the_event_loop(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[bool] = []
    monkeypatch.setattr("os.fsync", lambda _: inside.append(asyncio._get_running_loop() is not None))
    assert send(client, ("a.pdf", b"1"), ("tout.zip", zipped({"b.pdf": b"2"}))).status_code == 200
    assert set(inside) == {False}


def test_a_form_sent_twice_is_kept_once(client: Any, tmp_path: Path) -> None:
    first, second = (send(client, ("a.pdf", b"1"), cle="un").json() for _ in range(2))
    assert (first, len(left(tmp_path))) == (second, 2)
    assert send(client, cle="deux").json()[0]["id"] != first[0]["id"]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("../dehors.pdf", 0), ("a/../../dehors.pdf", 0), ("/etc/passwd", 0), ("C:\\dehors.pdf", 0),
        ("..\\dehors.pdf", 0), ("lien.pdf", stat.S_IFLNK | 0o777), ("tube.pdf", stat.S_IFIFO),
    ],
)  # fmt: skip
def test_a_zip_with_a_trick_is_refused_whole(client: Any, tmp_path: Path, name: str, mode: int) -> None:
    answer = send(client, ("pieces.zip", zipped({"bon.pdf": b"1", name: b"2"}, mode=mode)))
    assert (answer.status_code, answer.json()["code"]) == (422, "page-zip-chemin")
    assert ((tmp_path / "dehors.pdf").exists(), left(tmp_path)) == (False, [])


@pytest.mark.parametrize("content", [b"", b"PK\3\4 nothing", zipped({"a.pdf": b"1" * 5000})[:60]])
def test_what_is_no_zip_is_told(client: Any, content: bytes) -> None:
    assert send(client, ("pieces.zip", content)).json()["code"] == "page-zip-illisible"


def test_a_bomb_is_stopped_whatever_it_claims(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_zip, "LARGEST_DOCUMENT", 100_000)
    bomb = zipped({"bon.pdf": b"0" * 5_000_000})
    assert len(bomb) < 100_000
    liar = bytearray(bomb)
    place = bomb.rindex(b"PK\1\2")
    liar[place + 24 : place + 28] = (10).to_bytes(4, "little")  # the size that its directory claims
    for content in (bomb, bytes(liar)):
        answer = send(client, ("pieces.zip", content))
        assert (answer.status_code, answer.json()["code"]) in [(413, "page-zip-trop-gros"), (422, "page-zip-illisible")]
    monkeypatch.setattr(document_zip, "LARGEST_DOCUMENT", 10_000_000)
    monkeypatch.setattr(document_zip, "_MOST_UNPACKED", 150_000)
    answer = send(client, ("pieces.zip", zipped({f"{rank}.pdf": b"0" * 100_000 for rank in range(3)})))
    assert (answer.status_code, answer.json()["code"]) == (413, "page-zip-trop-gros")
    monkeypatch.setattr(document_zip, "_MOST_FILES", 2)
    answer = send(client, ("pieces.zip", zipped({f"{rank}.pdf": b"0" for rank in range(3)})))
    assert (answer.status_code, answer.json()["code"]) == (413, "page-trop-de-fichiers")


def test_what_is_too_large_is_refused_before_and_while_it_is_read(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_zip, "LARGEST_DOCUMENT", 1_000)
    monkeypatch.setattr(receiving, "LARGEST_DOCUMENT", 1_000)
    answer = send(client, ("bon.pdf", b"0" * 1_001))
    assert (answer.status_code, answer.json()["code"]) == (413, "page-fichier-trop-gros")
    assert left(tmp_path) == []
    monkeypatch.setattr(uploads, "MOST_BYTES", 5_000)
    claimed = send(client, ("bon.pdf", b"0" * 900), note="0" * 6_000)
    assert (claimed.status_code, claimed.json()["code"]) == (413, "page-trop-gros")

    def pieces() -> Iterator[bytes]:
        yield b'--limite\r\nContent-Disposition: form-data; name="classeurs"; filename="a.xlsx"\r\n\r\n'
        for _ in range(10):
            yield b"0" * 1_000

    kind = {"Content-Type": "multipart/form-data; boundary=limite"}
    streamed = client.post("/api/recu", content=pieces(), headers=kind)  # without Content-Length
    assert (streamed.status_code, streamed.json()["code"]) == (413, "page-trop-gros")
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="classeurs"; filename="a.xlsx"\r\n\r\ncut',
            "multipart/form-data; boundary=x",
        ),
        (b"classeurs=a", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
)  # fmt: skip
def test_what_is_no_form_with_a_workbook_is_told(client: Any, tmp_path: Path, body: bytes, kind: str) -> None:
    answer = client.post("/api/recu", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"] in ("page-requete", "page-sans-classeur")) == (422, True)
    assert left(tmp_path) == []


def test_a_file_of_another_field_is_dropped(client: Any, tmp_path: Path) -> None:
    files = [("classeurs", ("mars.xlsx", b"book")), ("autre", ("x.pdf", b"0" * 100))]
    assert client.post("/api/recu", files=files).json()[0]["documents"] == {}
    assert len(left(tmp_path)) == 1


def test_what_the_desk_refuses_is_told(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = send(client).json()
    stale = client.post(f"/api/recu/{one['id']}/vieux")
    assert (stale.status_code, stale.json()["code"]) == (409, "page-perimee")
    assert client.post("/api/recu/absent/vieux").status_code == 404
    monkeypatch.setattr(desk, "MOST_KEPT", 5)
    full = send(client, ("a.pdf", b"1"))
    assert (full.status_code, full.json()["code"], len(left(tmp_path))) == (413, "page-place", 1)


def test_nothing_is_read_of_what_its_sender_has_no_room_for(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_KEPT", 300)

    def body() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 1_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    claimed = client.post("/api/recu", content=b"x" * 1_000, headers=headers)
    assert (claimed.status_code, claimed.json()["code"]) == (413, "page-place")
    streamed = client.post("/api/recu", content=body(), headers=headers)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "page-place")
    assert left(tmp_path) == []
