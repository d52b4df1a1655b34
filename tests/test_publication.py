"""Lots appear whole or not at all, under a number of the day that nothing else has."""

import errno
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from registre_tools import refusal

from converter.ledger import staging as publication
from converter.ledger.files import write_new
from converter.ledger.staging import emitted_files, publish, staging

DAY = date(2026, 11, 22)


def make(out: Path, text: str = "rapport") -> Path:
    with staging(out, DAY) as batch:
        (batch.staging / "rapport.html").write_text(text)
    return publish(batch)


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


def test_runs_of_a_day_are_numbered_and_leave_nothing_else(tmp_path: Path) -> None:
    first, second = make(tmp_path, "un"), make(tmp_path, "deux")
    assert names(tmp_path) == ["lot-20261122-01", "lot-20261122-02"]
    assert ((first / "rapport.html").read_text(), (second / "rapport.html").read_text()) == ("un", "deux")


def test_days_are_numbered_apart_and_past_99(tmp_path: Path) -> None:
    (tmp_path / "lot-20261121-07").mkdir()
    (tmp_path / "lot-20261122-99").mkdir()
    (tmp_path / "lot-20261122-brouillon").mkdir()
    assert make(tmp_path).name == "lot-20261122-100"


def test_nothing_is_seen_before_it_is_whole(tmp_path: Path) -> None:
    with staging(tmp_path, DAY) as batch:
        (batch.staging / "rapport.html").write_text("rapport")
        assert not batch.final.exists()
        assert [name for name in names(tmp_path) if not name.startswith(".")] == []
    assert publish(batch) == batch.final


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    def make_twice() -> None:
        with staging(tmp_path, DAY) as batch:
            (batch.staging / "a").mkdir()
            (batch.staging / "a").mkdir()

    with pytest.raises(FileExistsError):
        make_twice()
    assert names(tmp_path) == []


def test_a_number_taken_meanwhile_is_left_to_who_took_it(tmp_path: Path) -> None:
    with staging(tmp_path, DAY) as batch:
        (batch.staging / "rapport.html").write_text("le nôtre")
    batch.final.mkdir()  # empty: a rename alone would replace it
    assert publish(batch).name == "lot-20261122-02"
    assert list(batch.final.iterdir()) == []


def test_two_at_work_take_two_numbers(tmp_path: Path) -> None:
    with staging(tmp_path, DAY) as one, staging(tmp_path, DAY) as other:
        (one.staging / "a").write_text("a")
        (other.staging / "b").write_text("b")
    assert [publish(other).name, publish(one).name] == ["lot-20261122-02", "lot-20261122-01"]


def test_what_a_killed_run_left_goes_at_the_next_one_and_a_living_one_is_left_alone(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, datetime\nfrom converter.ledger.staging import staging\n"
        f"with staging(pathlib.Path({str(tmp_path)!r}), datetime.date(2026, 11, 22)) as lot:\n"
        "    (lot.staging / 'a').write_text('a')\n    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 9
    (killed,) = names(tmp_path)
    with staging(tmp_path, DAY) as living:
        assert killed not in names(tmp_path)
        make(tmp_path)
        assert living.staging.exists()
    publish(living)
    assert len(names(tmp_path)) == 2


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    def fill() -> None:
        with staging(tmp_path, DAY) as batch:
            (batch.staging / "a").write_text("a")
            raise full

    with refusal("disque-plein"):
        fill()
    assert names(tmp_path) == []


def test_an_output_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with refusal("dossier-non-inscriptible") as refused, staging(tmp_path / "out", DAY):
        pass
    assert f"«\u00a0{tmp_path / 'out'}\u00a0»" in str(refused.value)


def test_other_errors_are_left_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), staging(tmp_path, DAY):
        (tmp_path / "absent").read_text()


def test_files_in_sight_are_those_of_the_folder_wherever_they_were_moved_to(tmp_path: Path) -> None:
    first, second, third, fourth, fifth = (f"JSON-0123456789-20261122-00{number}.json" for number in range(1, 6))
    for path in (
        first,
        f"lot-20261122-01/{second}",
        f"lot-20261122-01/{third}.annulé",
        f"autre/2026/{fourth}",
        f"autre/{second}",
        f".lot-20261122-02-sans-01234567.part/{fifth}",
        "JSON-notes.json",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).touch()
    assert emitted_files(tmp_path) == {
        first: [tmp_path / first],
        second: [tmp_path / "autre" / second, tmp_path / "lot-20261122-01" / second],
        fourth: [tmp_path / "autre" / "2026" / fourth],
    }


def test_a_new_file_never_replaces_another(tmp_path: Path) -> None:
    write_new(tmp_path / "suivi.xlsx", b"un")
    with refusal("fichier-existant"):
        write_new(tmp_path / "suivi.xlsx", b"deux")
    assert (tmp_path / "suivi.xlsx").read_bytes() == b"un"
    assert names(tmp_path) == ["suivi.xlsx"]


def test_a_new_file_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publication.os, "fsync", full)
    with refusal("disque-plein"):
        write_new(tmp_path / "suivi.xlsx", b"un")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 — as short as it gets
