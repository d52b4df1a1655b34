"""The ledger in PostgreSQL when the network or the server fails: nothing twice, nothing lost, nothing claimed wrongly.

A sample of the bytes of the protocol is cut; `COUPER_PARTOUT=1` cuts at every one (half an hour),
`COUPER_PARTOUT=5000` at every one from the 5,000th.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import psycopg
import pytest
import registre_tools
from conftest import command
from cut_network import Relay
from postgres_server import Server, new_schema
from registre_tools import convert, emitted
from workbooks import solo, write_workbook

from converter import ledger as ledgers
from converter.findings import Refusal
from converter.ledger import open_ledger

SAMPLE = 40
CHUNK = 100  # conversions in one folder


def through(url: str, relay: Relay, postgres: Server) -> str:
    return url.replace(f":{postgres.port}/", f":{relay.port}/")


def settled(out: Path, url: str) -> tuple[dict[str, str], dict[str, str]]:
    """What files and ledger hold once a later run has settled everything: reference → numeroEditeur."""
    with closing(open_ledger(url, out)) as ledger:
        ledger.recover(out)
        assert ledger.unfinished() == []
        held = {one.key.refCommande: one.numeroEditeur for one in ledger.entries()}
    assert not list(out.glob(".lot-*"))
    return emitted(out), held


def points(total: int, commits: list[int]) -> Iterator[int]:
    """Where to cut: everywhere, or some places and around each commit."""
    if os.environ.get("COUPER_PARTOUT"):
        yield from range(int(os.environ["COUPER_PARTOUT"]), total)
        return
    yield from range(1, total, total // SAMPLE)
    for place in commits:
        yield from (place - 3, place + 2, place + 8, place + 9, place + 20, place + 60, place + 150)


@pytest.mark.parametrize("stays_cut", [False, True])
def test_the_connection_cut_at_any_byte(
    shared_ledger: str, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays_cut: bool
) -> None:
    out = tmp_path / "out"
    whole = Relay(postgres.port)
    monkeypatch.setenv("CONVERTER_LEDGER", through(shared_ledger, whole, postgres))
    convert(out, ["BC-0"])
    whole.close()
    traffic = bytes(whole.passed)
    commits = [place for place in range(len(traffic)) if traffic.startswith(b"COMMIT\0", place)]
    assert len(commits) >= 3  # recovery, emission, publication
    places = list(points(len(traffic), commits))
    for start in range(0, len(places), CHUNK):  # few batches in each folder, so that a whole sweep stays quick
        folder, url = tmp_path / f"out{start}", postgres.url_of(new_schema())
        with closing(open_ledger(url, folder)) as ledger:
            ledger.create()
        for rank, place in enumerate(places[start : start + CHUNK]):
            relay = Relay(postgres.port, place, stays_cut=stays_cut)
            monkeypatch.setenv("CONVERTER_LEDGER", through(url, relay, postgres))
            cut_once(folder, f"BC-{rank}", url, monkeypatch)
            relay.close()
            files, held = settled(folder, url)
            assert files == held
            assert set(held) == {f"BC-{one}" for one in range(rank + 1)}, place


def cut_once(out: Path, reference: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion through a relay that cuts it; once settled, it has done what it said; then it is done again."""
    try:
        convert(out, [reference], wait=0.4)
        said = True
    except Refusal:
        said = False
    files, held = settled(out, url)
    assert files == held
    assert reference in held or not said
    monkeypatch.setenv("CONVERTER_LEDGER", url)
    convert(out, [reference])


def cut_at_the_commit(
    monkeypatch: pytest.MonkeyPatch, url: str, postgres: Server, out: Path, workbook: Path, *, stays_cut: bool
) -> Relay:
    """A relay that passes the commit of a conversion, and not its answer."""
    whole = Relay(postgres.port)
    command("validate", workbook, "--out", out, "--no-attachments", "--ledger", through(url, whole, postgres))
    whole.close()
    relay = Relay(postgres.port, stays_cut=stays_cut)
    really = Relay._pass

    def lost(self: Relay, data: bytes, to: object) -> bool:
        if self is relay and not self.cut and b"INSERT INTO evenements" in bytes(self.passed) and b"COMMIT\0" in data:
            really(self, data, to)  # type: ignore[arg-type]
            self.cut = True
            with closing(psycopg.connect(url.partition("?")[0], autocommit=True)) as db:
                while db.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'converter' AND xact_start IS NOT NULL"
                ).fetchone():
                    pass
            return False
        return really(self, data, to)  # type: ignore[arg-type]

    monkeypatch.setattr(Relay, "_pass", lost)
    return relay


def test_a_lost_answer_is_asked_for_again(
    shared_ledger: str, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, workbook = tmp_path / "out", write_workbook(tmp_path / "a.xlsx", solo())
    relay = cut_at_the_commit(monkeypatch, shared_ledger, postgres, out, workbook, stays_cut=False)
    monkeypatch.setenv("CONVERTER_LEDGER", through(shared_ledger, relay, postgres))
    run = command("convert", workbook, "--out", out, "--no-attachments")
    assert relay.cut
    assert (run.status, run.counts) == (0, (1, 0, 0))
    assert "s'est perdue" in run.stderr
    assert len(run.files) == 1
    relay.close()


def test_an_unknown_outcome_is_told_as_unknown_and_settled_by_a_check(
    shared_ledger: str, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, workbook = tmp_path / "out", write_workbook(tmp_path / "a.xlsx", solo())
    relay = cut_at_the_commit(monkeypatch, shared_ledger, postgres, out, workbook, stays_cut=True)
    monkeypatch.setenv("CONVERTER_LEDGER", through(shared_ledger, relay, postgres))
    monkeypatch.setattr(ledgers.open_ledger, "__defaults__", (0.3,))
    run = command("convert", workbook, "--out", out, "--no-attachments")
    relay.close()
    assert run.status == 1  # something may have been done
    assert "on ne sait pas encore si c'est fait" in run.stderr
    assert "est peut-être enregistré" in run.stderr
    assert not list(out.glob("lot-*/JSON-*"))
    assert len(list(out.glob(".lot-*.part"))) == 1
    monkeypatch.setenv("CONVERTER_LEDGER", shared_ledger)
    checked = command("ledger", "check", "--out", out)
    assert (checked.status, checked.document["differences"]) == (0, []), [
        one["message"] for one in checked.document["differences"]
    ]
    assert len(list(out.glob("lot-*/JSON-*"))) == 1
    assert command("convert", workbook, "--out", out, "--no-attachments").counts == (0, 1, 0)


def test_a_server_that_is_restarted_in_the_middle(shared_ledger: str, postgres: Server, tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert(out, ["BC-1"])
    with closing(open_ledger("", out, 5)) as ledger:

        def restarted() -> None:
            with ledger.writing() as writer:
                writer.emit([registre_tools.request("BC-2", "00002", file=2)], None)
                postgres.stop()
                postgres.start()

        with pytest.raises(Refusal) as refused:
            restarted()
        assert refused.value.code == "registre-injoignable"
        assert [one.key.refCommande for one in ledger.entries()] == ["BC-1"]  # the same ledger, connected again
    convert(out, ["BC-2"])
    files, held = settled(out, shared_ledger)
    assert files == held == {"BC-1": "00001", "BC-2": "00002"}


def test_two_that_wait_for_each_other(shared_ledger: str, postgres: Server, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    schema = shared_ledger.rpartition("=")[2]
    with closing(psycopg.connect(postgres.url)) as other, closing(open_ledger("", tmp_path, 5)) as ledger:
        other.execute("SET deadlock_timeout = '10s'")  # ours is the one that the server stops
        other.execute(f"LOCK TABLE {schema}.evenements")
        lock = f"SELECT 1 FROM {schema}.registre FOR UPDATE"  # noqa: S608 — our own name
        crossing = Thread(target=other.execute, args=[lock], daemon=True)

        def crossed() -> None:
            with ledger.writing() as writer:
                crossing.start()
                writer.emit([registre_tools.request("BC-2", "00002", file=2)], None)

        with pytest.raises(Refusal) as refused:
            crossed()
        crossing.join(20)
    assert refused.value.code == "registre-verrous-croises"
    convert(tmp_path, ["BC-2"])
    files, held = settled(tmp_path, shared_ledger)
    assert files == held == {"BC-1": "00001", "BC-2": "00002"}
