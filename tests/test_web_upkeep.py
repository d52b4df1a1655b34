"""What the server does by itself: what was kept long enough is gone when it starts; it is warm before anybody comes."""

import asyncio
import datetime
import os
import sqlite3
import stat
import time
from pathlib import Path

import pytest
from web_server import page_client
from workbooks import solo, write_workbook

from converter.web import upkeep
from converter.web.desk import Desk
from converter.web.settings import Settings
from converter.web.users import User
from converter.web.work import Work

ANYBODY = User("", may_deposit=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "web", out=tmp_path, keep_days=30)


def aged(settings: Settings, identifier: str, days: int) -> None:
    """Make as if nobody had touched a workbook for some days."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    with sqlite3.connect(settings.data / "bureau.sqlite3") as db:
        db.execute("UPDATE classeurs SET touche = ? WHERE id = ?", (then.isoformat(timespec="seconds"), identifier))
    db.close()


def test_what_was_kept_long_enough_is_deleted_when_the_server_starts(settings: Settings) -> None:
    kept = Desk(settings)
    old, recent = kept.add(ANYBODY, "vieux.xlsx", b"old"), kept.add(ANYBODY, "hier.xlsx", b"recent")
    aged(settings, old.id, 31)
    aged(settings, recent.id, 29)
    with page_client(settings) as client:
        for _ in range(100):
            if [one.id for one in kept.listed(ANYBODY)] == [recent.id]:
                break
            client.get("/static/style.css")
    assert [one.name for one in kept.listed(ANYBODY)] == ["hier.xlsx"]


def test_what_return_files_said_is_deleted_too_when_the_server_starts(settings: Settings) -> None:
    folder = settings.data / "retours"
    folder.mkdir(parents=True)
    old, recent = folder / ("0" * 32), folder / ("1" * 32)
    for path, days in ((old, 31), (recent, 29)):
        path.write_bytes(b"{}")
        then = time.time() - days * 86_400
        os.utime(path, (then, then))
    with page_client(settings) as client:
        for _ in range(100):
            if not old.exists():
                break
            client.get("/static/style.css")
    assert (old.exists(), recent.exists()) == (False, True)


def test_it_is_done_again_each_hour(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(upkeep.asyncio, "sleep", sleep)
    times: list[datetime.datetime] = []
    monkeypatch.setattr(Desk, "expire", lambda _, now: times.append(now))
    work = Work()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(upkeep.keep_up(work, Desk(settings).expire))
    work.finish()
    assert (waits, len(times)) == ([3600.0] * 3, 3)


def test_warming_up_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    calls: list[str] = []
    upkeep.warm_up(lambda: calls.append("settled"))
    assert (calls, list(tmp_path.iterdir())) == (["settled"], [])


def test_only_the_user_of_the_server_can_read_what_is_kept(settings: Settings, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "dupont.xlsx", solo())
    Desk(settings).add(ANYBODY, "dupont.xlsx", book.read_bytes())
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (settings.data, *settings.data.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if not path.is_dir()} == {0o600}
    assert [path for path in modes if "dupont" in path.name] == []
