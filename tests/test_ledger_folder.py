"""A ledger fits its folder or no number is given: copies worth putting back, foreign files, damage, locks."""

import json
import os
import re
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Run
from ledger_tools import ANS, NEXT_DAY, Office, accepted, file_name, numbers, plain
from workbooks import SUPPLIER, rows_of, solo

COPY = re.compile(r"registre-(\d{8}T\d{6})Z-(\d+)\.sqlite3")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def busy(office: Office) -> Office:
    """Three runs, three lots."""
    for rank in (1, 2, 3):
        assert office.convert(solo(f"BC-{rank}", rank)).counts == (1, 0, 0)
    return office


def copies(office: Office) -> list[Path]:
    """The safety copies, oldest first."""
    found = (office.out / "registre.sqlite3.sauvegardes").glob("*.sqlite3")
    return sorted(found, key=lambda path: int(COPY.fullmatch(path.name)[2]))  # type: ignore[index]


def references(ledger: Path) -> list[str]:
    with closing(sqlite3.connect(ledger)) as db:
        return [json.loads(cle)[1] for (cle,) in db.execute("SELECT cle FROM demandes ORDER BY numeroEditeur")]


def lots(office: Office) -> list[str]:
    return sorted(path.name for path in office.out.glob("*lot-*"))


def assert_stopped(run: Run, office: Office, *words: str) -> None:
    """Status 2, one sentence, and nothing made."""
    before = lots(office)
    assert (run.status, run.document, run.stderr.count("\n")) == (2, {}, 1)
    for word in words:
        assert word in plain(run.stderr)
    assert lots(office) == before


class TestSafetyCopies:
    def test_the_newest_holds_the_last_lot(self, busy: Office) -> None:
        assert [references(copy) for copy in copies(busy)] == [["BC-1"], ["BC-1", "BC-2"], ["BC-1", "BC-2", "BC-3"]]

    def test_put_back_nothing_leaves_again(self, busy: Office) -> None:
        shutil.copyfile(copies(busy)[-1], busy.ledger)
        again = busy.convert(rows_of(*(solo(f"BC-{rank}", rank) for rank in (1, 2, 3, 4))), day=NEXT_DAY)
        assert (again.counts, numbers(again)) == ((1, 3, 0), ["00004"])

    def test_names_are_in_utc(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # fourteen hours ahead
        time.tzset()
        try:
            office.convert(solo())
        finally:
            monkeypatch.undo()
            time.tzset()
        (made,) = copies(office)
        named = datetime.strptime(COPY.fullmatch(made.name)[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)  # type: ignore[index]
        assert abs((datetime.now(UTC) - named).total_seconds()) < 120

    def test_one_made_while_the_clock_was_ahead_does_not_cost_the_last_one(self, busy: Office) -> None:
        folder = busy.out / "registre.sqlite3.sauvegardes"
        for path in folder.iterdir():
            path.rename(folder / path.name.replace("registre-20", "registre-21"))
        for rank in range(4, 16):
            busy.convert(solo(f"BC-{rank}", rank))
            assert references(copies(busy)[-1])[-1] == f"BC-{rank}"
        assert len(copies(busy)) == 10

    def test_a_return_is_worth_a_copy_too(self, busy: Office) -> None:
        busy.answer(file_name(1), {"00001": accepted("ASP-1")})
        shutil.copyfile(copies(busy)[-1], busy.ledger)
        assert busy.states()["00001"] == ("BC-1", "acceptée", "ASP-1")

    def test_runs_that_change_nothing_make_none(self, busy: Office) -> None:
        for _ in range(3):
            busy.convert(solo("BC-1", 1))
        assert len(copies(busy)) == 3

    def test_one_that_could_not_be_made_is_told_and_made_by_the_next_run(self, busy: Office) -> None:
        folder = busy.out / "registre.sqlite3.sauvegardes"
        obstacle = folder / "copie.part"
        obstacle.mkdir()
        (obstacle / "fichier").touch()
        run = busy.convert(solo("BC-4", 4))
        assert (run.status, run.counts) == (1, (1, 0, 0))
        assert "copie de sûreté" in plain(run.stderr)
        shutil.rmtree(obstacle)
        assert busy.convert(solo("BC-4", 4)).status == 0
        assert references(copies(busy)[-1])[-1] == "BC-4"

    def test_their_total_size_is_bounded(self, busy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        size = busy.ledger.stat().st_size
        monkeypatch.setattr("converter.ledger.safety_copies.MOST_BYTES", 4 * size)
        for rank in range(4, 9):
            busy.convert(solo(f"BC-{rank}", rank))
        assert 2 <= len(copies(busy)) <= 4
        assert references(copies(busy)[-1])[-1] == "BC-8"
        monkeypatch.setattr("converter.ledger.safety_copies.MOST_BYTES", 1)
        busy.convert(solo("BC-9", 9))
        assert [references(copy)[-1] for copy in copies(busy)] == ["BC-8", "BC-9"]


class TestALedgerThatDoesNotFit:
    def test_an_older_copy_put_back(self, busy: Office) -> None:
        newest = copies(busy)[-1]
        shutil.copyfile(copies(busy)[0], busy.ledger)
        run = busy.convert(solo("BC-9", 9), day=NEXT_DAY)
        assert_stopped(run, busy, newest.name, "converter adopt", "converter ledger check")

    def test_an_older_copy_put_back_without_the_others(self, busy: Office) -> None:
        oldest = copies(busy)[0].read_bytes()
        shutil.rmtree(busy.out / "registre.sqlite3.sauvegardes")
        busy.ledger.write_bytes(oldest)
        run = busy.convert(solo("BC-9", 9), day=NEXT_DAY)
        assert_stopped(run, busy, file_name(2), "converter adopt", "converter ledger check")

    @pytest.mark.parametrize("where", ["deposes", "archives/2026/novembre", "."])
    def test_whatever_became_of_the_lot_folder(self, busy: Office, where: str) -> None:
        oldest = copies(busy)[0].read_bytes()
        shutil.rmtree(busy.out / "registre.sqlite3.sauvegardes")
        busy.ledger.write_bytes(oldest)
        target = busy.out / where
        target.mkdir(parents=True, exist_ok=True)
        for name in (file_name(2), file_name(3)):
            busy.emitted(name).rename(target / name)
        for lot in ("lot-20261122-02", "lot-20261122-03"):
            shutil.rmtree(busy.out / lot)
        assert_stopped(busy.convert(solo("BC-9", 9), day=NEXT_DAY), busy, file_name(2))

    @pytest.mark.parametrize("keep_copies", [True, False])
    def test_a_copy_from_between_a_void_and_the_name_s_second_use(self, office: Office, keep_copies: bool) -> None:
        office.convert(solo("BC-1", 1))
        office.void(file_name(1))
        between = copies(office)[-1].read_bytes()
        assert [Path(one["path"]).name for one in office.convert(solo("BC-2", 2)).document["files"]] == [file_name(1)]
        office.ledger.write_bytes(between)
        if not keep_copies:
            shutil.rmtree(office.out / "registre.sqlite3.sauvegardes")
        assert_stopped(office.convert(solo("BC-9", 9)), office, file_name(1), "converter adopt")

    def test_no_ledger_beside_the_copies(self, busy: Office) -> None:
        busy.ledger.unlink()
        for lot in busy.out.glob("lot-*"):
            shutil.rmtree(lot)
        run = busy.convert(solo("BC-9", 9), day=NEXT_DAY)
        assert_stopped(run, busy, copies(busy)[-1].name, "registre.sqlite3")
        assert not busy.ledger.exists()

    def test_no_ledger_beside_the_files(self, busy: Office) -> None:
        busy.ledger.unlink()
        shutil.rmtree(busy.out / "registre.sqlite3.sauvegardes")
        assert_stopped(busy.convert(solo("BC-9", 9)), busy, "converter adopt", file_name(1))
        assert not busy.ledger.exists()

    @pytest.mark.parametrize("keep_copies", [True, False])
    def test_another_publisher_s(self, busy: Office, tmp_path: Path, keep_copies: bool) -> None:
        other = Office(tmp_path / "autre")
        for rank in (31, 32, 33, 34):
            other.convert(solo(f"AU-{rank}", rank))
        shutil.copyfile(other.ledger, busy.ledger)
        if not keep_copies:
            shutil.rmtree(busy.out / "registre.sqlite3.sauvegardes")
        assert_stopped(busy.convert(solo("BC-9", 9), day=NEXT_DAY), busy, "un autre registre")

    def test_files_the_portal_handed_back_and_others_are_no_matter(self, busy: Office) -> None:
        shutil.copyfile(busy.handed_back(file_name(1), {"00001": accepted("A1")}), busy.emitted(file_name(1)))
        (busy.out / f"JSON-{ANS}-20261122-001 (1).json").write_text("{}")
        (busy.out / "JSON-notes.json").write_text("{}")
        assert busy.convert(solo("BC-9", 9)).counts == (1, 0, 0)

    def test_one_ledger_for_two_folders(self, office: Office, tmp_path: Path) -> None:
        ledger = tmp_path / "commun.sqlite3"
        second = Office(tmp_path / "deux")
        assert office.convert(solo("BC-1", 1), options=["--ledger", ledger]).counts == (1, 0, 0)
        assert numbers(second.convert(solo("BC-2", 2), options=["--ledger", ledger])) == ["00002"]
        assert numbers(office.convert(solo("BC-3", 3), options=["--ledger", ledger])) == ["00003"]

    def test_no_sentence_advises_what_would_start_a_second_ledger(self, busy: Office) -> None:
        busy.ledger.unlink()
        run = busy.convert(solo("BC-9", 9))
        assert "--out" not in run.stderr


class TestDamage:
    def test_a_byte_of_an_index_sends_nothing_again(self, busy: Office) -> None:
        whole = busy.ledger.read_bytes()
        with closing(sqlite3.connect(busy.ledger)) as db:
            (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'demandes_par_cle'").fetchone()
            (size,) = db.execute("PRAGMA page_size").fetchone()
        start = (page - 1) * size
        places = [found.start() for found in re.finditer(rb"BC-\d", whole) if start <= found.start() < start + size]
        assert places
        for place in places:
            busy.ledger.write_bytes(whole[: place + 3] + b"7" + whole[place + 4 :])
            run = busy.convert(solo("BC-1", 1), day=NEXT_DAY)
            assert_stopped(run, busy, "est abîmé", copies(busy)[-1].name)

    def test_a_value_changed_behind_our_back(self, busy: Office) -> None:
        with closing(sqlite3.connect(busy.ledger)) as db:
            db.execute("UPDATE demandes SET montantSegurHT = '1076.00' WHERE numeroEditeur = '00001'")
            db.commit()
        assert_stopped(busy.convert(solo("BC-1", 1), day=NEXT_DAY), busy, "est abîmé")
        assert busy.take_back(busy.handed_back(file_name(1), {"00001": accepted("A1")})).status == 2

    def test_a_file_no_longer_on_disk_is_told(self, busy: Office) -> None:
        shutil.rmtree(busy.emitted(file_name(2)).parent)
        run = busy.convert(solo("BC-4", 4))
        assert run.counts == (1, 0, 0)
        assert file_name(2) in plain(run.stderr)
        assert "n'est plus sur le disque" in plain(run.stderr)
        busy.emitted(file_name(1)).rename(busy.out / file_name(1))  # elsewhere in the folder: still there
        assert file_name(1) not in busy.convert(solo("BC-4", 4)).stderr

    def test_one_whose_answers_are_known_is_not(self, busy: Office) -> None:
        busy.answer(file_name(2), {"00002": accepted("A2")})
        shutil.rmtree(busy.emitted(file_name(2)).parent)
        assert file_name(2) not in busy.convert(solo("BC-4", 4)).stderr


class TestNamesAndLocks:
    @pytest.mark.parametrize(
        "url",
        [":memory:", ":MEMORY:", "sqlite:///:memory:", "file::memory:?cache=shared", "file:x.sqlite3?mode=memory"],
    )
    def test_a_ledger_that_would_not_last(self, office: Office, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        office.folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(office.folder)
        run = office.convert(solo(), options=["--ledger", url])
        assert_stopped(run, office, "ne serait gardé nulle part")
        assert not office.out.exists()

    @pytest.mark.skipif(os.name == "nt", reason="devices are files on POSIX systems")
    def test_a_device_is_no_ledger(self, office: Office) -> None:
        assert_stopped(office.convert(solo(), options=["--ledger", "/dev/null"]), office, "/dev/null")

    @pytest.mark.usefixtures("unlocked")
    def test_a_share_whose_locks_do_not_lock(self, busy: Office) -> None:
        run = busy.convert(solo("BC-9", 9))
        assert_stopped(run, busy, "une autre exécution a écrit", "verrous")
        assert "BC-9" not in references(busy.ledger)

    @pytest.fixture
    def unlocked(self, busy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another machine writes in the middle of the run, as it can where locks do nothing."""
        from converter.portal import rendering

        render = rendering.render

        def meanwhile(*arguments: object) -> bytes:
            with closing(sqlite3.connect(f"file:{busy.ledger}?vfs=unix-none", uri=True)) as db:
                db.execute("UPDATE lots SET sortie = sortie || '/'")
                db.commit()
            return render(*arguments)  # type: ignore[arg-type]

        for module in ("converter.portal.rendering.render", "converter.portal.batch_files.render"):
            monkeypatch.setattr(module, meanwhile, raising=False)


def test_a_first_ledger_says_where_numbers_begin(office: Office) -> None:
    run = office.convert(solo(), supplier=SUPPLIER)
    assert "converter adopt" in plain(run.stderr)
    assert "--out" not in run.stderr
