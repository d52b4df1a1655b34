"""What users keep on the server: seen by whom, changed at which revision, kept how, deleted when."""

import datetime
import stat
import threading
from pathlib import Path

import pytest

from converter.views.corrected_copy import CellChange
from converter.web import desk as module
from converter.web.desk import Desk, StoredWorkbook, Upload
from converter.web.problems import Problem
from converter.web.settings import Settings
from converter.web.users import User

ALICE, BOB, CAROL = User("alice", may_deposit=True), User("bob", may_deposit=False), User("carol", may_deposit=False)
CHANGE = CellChange("Demandes", 3, "O", "10001234567")
OTHER = CellChange("Demandes", 4, "O", "10001234568")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Settings(data=tmp_path / "web", keep_days=30))


def problem(status: int, code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(Problem, check=lambda error: (error.status, error.code) == (status, code))


def upload(desk: Desk, name: str, content: bytes) -> Upload:
    return Upload(name, desk.files.write(content))


def test_a_workbook_is_seen_by_its_owner_and_by_depositors(desk: Desk) -> None:
    stored = desk.add(BOB, "mars.xlsx", b"bytes")
    assert (stored.name, stored.owner, stored.source.read_bytes(), stored.revision) == ("mars.xlsx", "bob", b"bytes", 1)
    assert desk.get(BOB, stored.id) == desk.get(ALICE, stored.id) == stored
    assert ([one.id for one in desk.listed(ALICE)], desk.listed(CAROL)) == ([stored.id], [])
    for act in (
        lambda: desk.get(CAROL, stored.id),
        lambda: desk.change(CAROL, stored.id, None, [CHANGE]),
        lambda: desk.undo(CAROL, stored.id, None),
        lambda: desk.add_documents(CAROL, stored.id, {}),
        lambda: desk.delete(CAROL, stored.id),
        lambda: desk.get(ALICE, "absent"),
    ):
        with problem(404, "page-introuvable"):
            act()


def test_corrections_are_kept_in_steps_and_taken_back_so(desk: Desk) -> None:
    one = desk.add(BOB, "mars.xlsx", b"bytes")
    one = desk.change(BOB, one.id, one.revision, [CHANGE])
    one = desk.change(BOB, one.id, one.revision, [OTHER, CHANGE])
    assert (one.changes, one.revision) == ((CHANGE, OTHER, CHANGE), 3)
    one = desk.undo(BOB, one.id, one.revision)
    assert (one.changes, one.revision) == ((CHANGE,), 4)
    one = desk.undo(BOB, one.id, None)
    same = desk.undo(BOB, one.id, None)
    assert (one.changes, same) == ((), one)


def test_a_stale_revision_changes_nothing(desk: Desk) -> None:
    one = desk.add(BOB, "mars.xlsx", b"bytes")
    desk.change(BOB, one.id, 1, [CHANGE])
    for act in (lambda: desk.change(BOB, one.id, 1, [OTHER]), lambda: desk.undo(BOB, one.id, 1)):
        with problem(409, "page-perimee"):
            act()
    assert desk.get(BOB, one.id).changes == (CHANGE,)


def test_two_tabs_at_once_keep_one_change_each_revision(desk: Desk) -> None:
    one = desk.add(BOB, "mars.xlsx", b"bytes")
    kept: list[StoredWorkbook] = []
    refused: list[Problem] = []

    def change() -> None:
        try:
            kept.append(desk.change(BOB, one.id, 1, [CHANGE]))
        except Problem as problem:
            refused.append(problem)

    tabs = [threading.Thread(target=change) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert (len(kept), {one.code for one in refused}) == (1, {"page-perimee"})


def test_documents_are_named_by_cells_and_replaced_by_others(desk: Desk) -> None:
    one = desk.add(BOB, "mars.xlsx", b"bytes")
    one = desk.add_documents(BOB, one.id, {"a/bon.pdf": upload(desk, "a/bon.pdf", b"first")})
    before = one.documents["a/bon.pdf"]
    one = desk.add_documents(BOB, one.id, {"a/bon.pdf": upload(desk, "a/bon.pdf", b"second")})
    assert (one.documents["a/bon.pdf"].read_bytes(), one.revision, before.read_bytes()) == (b"second", 3, b"first")


def test_another_server_on_the_folder_sees_the_same(desk: Desk, tmp_path: Path) -> None:
    one = desk.change(BOB, desk.add(BOB, "mars.xlsx", b"bytes").id, None, [CHANGE])
    assert Desk(Settings(data=tmp_path / "web")).get(BOB, one.id) == one


def test_a_key_is_used_once(desk: Desk) -> None:
    sent = [upload(desk, "mars.xlsx", b"1"), upload(desk, "avril.xlsx", b"2")]
    documents = {"bon.pdf": upload(desk, "bon.pdf", b"3")}
    first = desk.add_all(BOB, sent, documents, key="un")
    assert [one.name for one in first] == ["mars.xlsx", "avril.xlsx"]
    assert {one.documents["bon.pdf"] for one in first} == {documents["bon.pdf"].path}
    assert desk.add_all(BOB, [upload(desk, "mars.xlsx", b"1")], {}, key="un") == first
    assert len(desk.add_all(CAROL, [upload(desk, "mars.xlsx", b"1")], {}, key="un")) == 1
    assert len(desk.listed(ALICE)) == 3


def test_what_is_deleted_is_gone_but_not_what_another_workbook_names(desk: Desk) -> None:
    sent = [upload(desk, "mars.xlsx", b"1"), upload(desk, "avril.xlsx", b"2")]
    march, april = desk.add_all(BOB, sent, {"bon.pdf": upload(desk, "bon.pdf", b"3")})
    desk.delete(BOB, march.id)
    assert (march.source.exists(), april.documents["bon.pdf"].exists()) == (False, True)
    desk.delete(ALICE, april.id)
    assert list(desk.files.path("x").parent.iterdir()) == []


def test_what_nobody_changed_for_thirty_days_is_deleted(desk: Desk) -> None:
    one = desk.add(BOB, "mars.xlsx", b"bytes")
    now = datetime.datetime.now().astimezone()
    desk.expire(now + datetime.timedelta(days=29))
    assert desk.get(BOB, one.id) == one
    desk.expire(now + datetime.timedelta(days=31))
    assert desk.listed(ALICE) == []


def test_bytes_that_came_in_and_were_never_kept_go_after_a_day(desk: Desk) -> None:
    import os

    kept, lost = desk.add(BOB, "mars.xlsx", b"1"), upload(desk, "avril.xlsx", b"2")
    for path in (kept.source, lost.path):
        os.utime(path, (0, 0))
    waiting = upload(desk, "mai.xlsx", b"3")
    desk.expire(datetime.datetime.now().astimezone())
    assert (kept.source.exists(), lost.path.exists(), waiting.path.exists()) == (True, False, True)


def test_nobody_keeps_more_than_there_is_place_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 10)
    one = desk.add(BOB, "mars.xlsx", b"12345678")
    with problem(413, "page-place"):
        desk.add(BOB, "avril.xlsx", b"123")
    sent = upload(desk, "bon.pdf", b"123")
    with problem(413, "page-place"):
        desk.add_documents(BOB, one.id, {"bon.pdf": sent})
    assert (sent.path.exists(), desk.add(CAROL, "avril.xlsx", b"123").name) == (False, "avril.xlsx")


def test_only_the_server_s_user_reads_what_is_kept_under_names_of_ours(desk: Desk, tmp_path: Path) -> None:
    desk.add_documents(BOB, desk.add(BOB, "DUPONT.xlsx", b"1").id, {"DUPONT.pdf": upload(desk, "DUPONT.pdf", b"2")})
    for path in (tmp_path / "web", *(tmp_path / "web").rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
        assert "DUPONT" not in path.name


def test_servers_that_start_together_on_a_new_folder_find_it_whole(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def start(folder: Path) -> None:
        try:
            Desk(Settings(data=folder)).add(BOB, "mars.xlsx", b"bytes")
        except Exception as error:  # noqa: BLE001 — told below
            failed.append(error)

    for rank in range(5):
        folder = tmp_path / str(rank)
        servers = [threading.Thread(target=start, args=(folder,)) for _ in range(8)]
        for one in servers:
            one.start()
        for one in servers:
            one.join()
        assert (failed, len(Desk(Settings(data=folder)).listed(ALICE))) == ([], 8)
