"""The ledger as a file: what is refused and left untouched, its safety copies, its schema, its rights, its lock."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from registre_tools import DAY, convert, emit, file_of, refusal, request

from converter.ledger import open_ledger
from converter.ledger import tables as schema

LEDGER = "registre.sqlite3"


def copies(out: Path) -> list[Path]:
    return sorted((out / f"{LEDGER}.sauvegardes").iterdir())


@pytest.mark.parametrize("url", ["{}/autre.sqlite3", "sqlite:///{}/autre.sqlite3"])
def test_the_ledger_stands_where_it_is_told_to(tmp_path: Path, url: str) -> None:
    with closing(open_ledger(url.format(tmp_path), tmp_path / "out")) as ledger:
        emit(ledger, request("BC-1", "00001"))
    assert (tmp_path / "autre.sqlite3").is_file()
    assert not (tmp_path / "out").exists()


def test_another_kind_of_database_is_refused_clearly(tmp_path: Path) -> None:
    with refusal("registre-url-inconnue") as refused:
        open_ledger("mysql://serveur/registre", tmp_path)
    assert "mysql" in str(refused.value)
    assert "--ledger" in str(refused.value)


@pytest.mark.parametrize("content", [b"bonjour", b"SQLite format 3\0" + bytes(200), b"PK\x03\x04" + bytes(200)])
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LEDGER).write_bytes(content)
    with refusal("registre-etranger"):
        open_ledger("", tmp_path)
    assert (tmp_path / LEDGER).read_bytes() == content


def test_the_database_of_another_program_is_left_as_it_was(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / LEDGER)) as other:
        other.execute("CREATE TABLE clients (nom TEXT)")
    before = (tmp_path / LEDGER).read_bytes()
    with refusal("registre-etranger"):
        open_ledger("", tmp_path)
    assert (tmp_path / LEDGER).read_bytes() == before


def test_a_ledger_of_a_newer_version_is_left_as_it_was(tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    with closing(sqlite3.connect(tmp_path / LEDGER)) as newer:
        newer.execute("PRAGMA user_version = 99")
    before = (tmp_path / LEDGER).read_bytes()
    with refusal("registre-plus-recent") as refused:
        open_ledger("", tmp_path)
    assert f"schéma 99, ici {len(schema.STEPS)}" in str(refused.value)
    assert (tmp_path / LEDGER).read_bytes() == before


def test_an_older_ledger_is_copied_then_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    convert(tmp_path, ["BC-1"])
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, ("CREATE TABLE nouveaute (x TEXT)",)))
    monkeypatch.setattr("converter.ledger.sqlite.STEPS", schema.STEPS)
    with closing(open_ledger("", tmp_path)) as ledger:
        assert [one.numeroEditeur for one in ledger.entries()] == ["00001"]
    assert schema.version_of(tmp_path / LEDGER) == len(schema.STEPS)
    assert [schema.version_of(copy) for copy in copies(tmp_path)] == [len(schema.STEPS) - 1] * 2


def test_a_damaged_ledger_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    convert(tmp_path, ["BC-2"])
    damaged = bytearray((tmp_path / LEDGER).read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    (tmp_path / LEDGER).write_bytes(damaged)
    with refusal("registre-abime") as refused:
        convert(tmp_path, ["BC-3"])
    assert f"{LEDGER}.sauvegardes" in str(refused.value)
    assert (tmp_path / LEDGER).read_bytes() == damaged
    *_, copy = copies(tmp_path)
    (tmp_path / LEDGER).write_bytes(copy.read_bytes())
    with closing(open_ledger("", tmp_path)) as ledger:  # as the sentence tells to do
        assert [one.key.refCommande for one in ledger.entries()] == ["BC-1", "BC-2"]


def test_the_last_ten_copies_are_kept_each_a_whole_ledger(tmp_path: Path) -> None:
    for number in range(1, 14):
        convert(tmp_path, [f"BC-{number}"])
    held = []
    for copy in copies(tmp_path):
        with closing(open_ledger(str(copy), tmp_path)) as ledger:
            held.append(len(ledger.entries()))
    assert held == [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]


def test_a_run_that_changes_nothing_pushes_no_copy_out(tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    for _ in range(3):
        convert(tmp_path, ["BC-1"])
    assert len(copies(tmp_path)) == 1


def test_an_empty_ledger_in_a_folder_that_holds_files_is_refused(tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    (tmp_path / LEDGER).unlink()
    shutil.rmtree(tmp_path / f"{LEDGER}.sauvegardes")
    with refusal("registre-neuf") as refused:
        convert(tmp_path, ["BC-2"])
    assert file_of(1) in str(refused.value)
    assert "--ledger" in str(refused.value)
    assert not (tmp_path / LEDGER).exists()
    (tmp_path / LEDGER).touch()
    with refusal("registre-neuf"):
        convert(tmp_path, ["BC-2"])


def test_a_busy_ledger_is_waited_for_then_told(tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    with closing(open_ledger("", tmp_path)) as busy, busy.writing():
        with refusal("registre-occupe") as refused:
            convert(tmp_path, ["BC-2"], wait=0.2)
        with closing(open_ledger("", tmp_path, wait=0.2)) as reader:  # reading is still possible
            assert len(reader.entries()) == 1
    assert "pendant 0,2 secondes" in str(refused.value)
    convert(tmp_path, ["BC-2"], wait=0.2)


def test_a_folder_where_a_file_is_expected(tmp_path: Path) -> None:
    (tmp_path / LEDGER).mkdir()
    with refusal("registre-inaccessible"):
        open_ledger("", tmp_path)


def test_a_ledger_under_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("x")
    with refusal("registre-inaccessible"):
        open_ledger(str(tmp_path / "fichier" / LEDGER), tmp_path)


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    with closing(open_ledger("", tmp_path)) as ledger:
        with refusal("disque-plein"), ledger.writing() as writer:
            writer._db.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # SQLite's own « full »
            writer.emit([request(f"BC-{n}", f"{n:05d}", file=2, line=n) for n in range(2, 200)], None)
        assert len(ledger.entries()) == 1


def test_files_are_closed_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        convert(tmp_path / "out", ["BC-1"])
        convert(tmp_path / "out", ["BC-2"])
    finally:
        os.umask(before)
    open_to_others = [
        path for path in (tmp_path / "out").rglob("*") if stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO
    ]
    assert open_to_others == []
    assert (tmp_path / "out" / f"lot-{DAY:%Y%m%d}-02").is_dir()
