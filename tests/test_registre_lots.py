"""The ledger and the folders on disk: voided files set aside, killed runs finished or undone, nothing overwritten."""

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from registre_tools import DAY, convert, emitted, file_numbers, file_of, refusal, request

from converter.ledger import open_ledger, sql_ledger
from converter.ledger.interface import Ledger
from converter.ledger.model import StagedBatch, State
from converter.ledger.staging import staging

pytestmark = pytest.mark.usefixtures("either_ledger")

LOT = "lot-20261122-01"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger("", tmp_path, wait=5)) as opened:
        yield opened


def staged(ledger: Ledger, out: Path) -> StagedBatch:
    """A lot committed and not published, by a run that is over."""
    script = (
        "import os, sys, pathlib\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from registre_tools import DAY, request, file_of\n"
        "from converter.ledger.staging import staging\nfrom converter.ledger import open_ledger\n"
        f"out = pathlib.Path({str(out)!r})\n"
        f"ledger = open_ledger({str(ledger._name)!r}, out)\n"  # type: ignore[attr-defined]
        "with ledger.writing() as writer, staging(out, DAY, ledger.identifier) as batch:\n"
        "    (batch.staging / file_of(1)).write_text('00001 BC-1 10001234567\\nfin')\n"
        "    writer.emit([request('BC-1', '00001')], batch)\n"
        "print(batch.staging, batch.final, sep='\\n', flush=True)\nos._exit(9)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 9, run.stderr
    return StagedBatch(*(Path(line) for line in run.stdout.splitlines()))


def void(ledger: Ledger, name: str, out: Path) -> list[str]:
    with ledger.writing() as writer:
        writer.void(name)
    return ledger.recover(out)


def test_a_committed_lot_is_put_in_place_by_the_next_run(ledger: Ledger, tmp_path: Path) -> None:
    batch = staged(ledger, tmp_path)
    (told,) = ledger.recover(tmp_path)
    assert "interrompue après avoir inscrit ses demandes" in told
    assert LOT in told
    assert not batch.staging.exists()
    assert emitted(tmp_path) == {"BC-1": "00001"}
    assert ledger.recover(tmp_path) == []


def test_a_committed_lot_that_could_not_be_published_is_put_in_place_by_the_same_process(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: StagedBatch) -> Path:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patched, refusal("disque-plein"):
        patched.setattr(sql_ledger, "move_into_place", full)
        convert(tmp_path, ["BC-1"])
    assert len(ledger.recover(tmp_path)) == 1
    assert emitted(tmp_path) == {"BC-1": "00001"}
    assert ledger.unfinished() == []


def test_the_number_of_a_killed_run_taken_meanwhile(ledger: Ledger, tmp_path: Path) -> None:
    batch = staged(ledger, tmp_path)
    batch.final.mkdir()
    (told,) = ledger.recover(tmp_path)
    assert "lot-20261122-02" in told
    assert list(batch.final.iterdir()) == []


def test_a_lot_renamed_but_not_marked_is_found_again(ledger: Ledger, tmp_path: Path) -> None:
    batch = staged(ledger, tmp_path)
    elsewhere = tmp_path / "lot-20261122-05"
    batch.staging.rename(elsewhere)
    (told,) = ledger.recover(tmp_path)
    assert str(elsewhere) in told
    assert ledger.publish(batch) == elsewhere
    assert ledger.recover(tmp_path) == []


def test_a_committed_lot_that_vanished_is_told_once(ledger: Ledger, tmp_path: Path) -> None:
    shutil.rmtree(staged(ledger, tmp_path).staging)
    (told,) = ledger.recover(tmp_path)
    assert "n'est plus là" in told
    assert "converter void" in told
    assert ledger.recover(tmp_path) == []


def test_a_lot_left_in_another_output_folder_is_put_in_place_there(ledger: Ledger, tmp_path: Path) -> None:
    staged(ledger, tmp_path / "un")
    (told,) = ledger.recover(tmp_path / "deux")
    assert str(tmp_path / "un" / LOT) in told
    assert emitted(tmp_path / "un") == {"BC-1": "00001"}


def test_an_output_folder_moved_after_the_kill(ledger: Ledger, tmp_path: Path) -> None:
    staged(ledger, tmp_path / "un")
    (tmp_path / "un").rename(tmp_path / "deux")
    (told,) = ledger.recover(tmp_path / "deux")
    assert str(tmp_path / "deux" / LOT) in told
    assert emitted(tmp_path / "deux") == {"BC-1": "00001"}


def test_what_was_not_committed_is_removed_and_told(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    left = tmp_path / f".lot-20261122-02-{ledger.identifier}-0123abcd.part"
    other = tmp_path / ".lot-20261122-03-fedcba98-0123abcd.part"
    left.mkdir()
    other.mkdir()
    (told,) = ledger.recover(tmp_path)
    assert "avant d'inscrire quoi que ce soit" in told
    assert not left.exists()
    assert other.exists()  # another ledger's


def test_a_run_at_work_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.writing() as writer, staging(tmp_path, DAY, ledger.identifier) as batch:
        (batch.staging / file_of(1)).write_text("00001 BC-1 10001234567\nfin")
        writer.emit([request("BC-1", "00001")], batch)
    with closing(open_ledger("", tmp_path)) as other:
        assert other.recover(tmp_path) == []
    assert ledger.publish(batch) == tmp_path / LOT


def test_a_run_that_fails_after_writing_leaves_nothing(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])

    def fail_late() -> None:
        with ledger.writing() as writer:
            with staging(tmp_path, DAY, ledger.identifier) as batch:
                writer.emit([request("BC-2", "00002", file=2)], batch)
            raise KeyError

    with pytest.raises(KeyError):
        fail_late()
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("registre.")] == [LOT]
    assert [one.numeroEditeur for one in ledger.entries()] == ["00001"]


def test_a_name_already_on_disk_stops_the_run(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    stray = tmp_path / LOT / file_of(2)
    stray.write_text("à quelqu'un d'autre")
    with refusal("fichier-inconnu") as refused:
        convert(tmp_path, ["BC-2"])
    assert file_of(2) in str(refused.value)
    assert stray.read_text() == "à quelqu'un d'autre"
    assert len(ledger.entries()) == 1
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("registre.")] == [LOT]


def test_a_voided_file_and_its_zips_are_set_aside_and_its_number_serves_again(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    archives = [tmp_path / LOT / f"PJ-1234567890-20261122-00{file}-{k}.zip" for file, k in ((1, 1), (1, 2), (2, 1))]
    for archive in archives:
        archive.write_bytes(b"zip")
    (told,) = void(ledger, file_of(1), tmp_path)
    assert "Ne les déposez pas" in told
    assert sorted(path.name for path in (tmp_path / LOT).iterdir()) == [
        "JSON-1234567890-20261122-001.json.annulé",
        "PJ-1234567890-20261122-001-1.zip.annulé",
        "PJ-1234567890-20261122-001-2.zip.annulé",
        "PJ-1234567890-20261122-002-1.zip",
        "rapport.html",
    ]
    assert ledger.recover(tmp_path) == []
    assert convert(tmp_path, ["BC-2"]) == []
    assert file_numbers(tmp_path) == [1]
    assert emitted(tmp_path) == {"BC-2": "00002"}


def test_voiding_a_file_that_is_no_longer_there(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    shutil.rmtree(tmp_path / LOT)
    (told,) = void(ledger, file_of(1), tmp_path)
    assert "n'est plus dans" in told
    assert ledger.recover(tmp_path) == []
    assert [one.state for one in ledger.entries()] == [State.VOIDED]


def test_voiding_after_the_output_folder_was_moved_tells_where_the_file_is(tmp_path: Path) -> None:
    convert(tmp_path / "un", ["BC-1"])
    (tmp_path / "un").rename(tmp_path / "deux")
    with closing(open_ledger("", tmp_path / "deux")) as ledger:
        (told,) = void(ledger, file_of(1), tmp_path / "deux")
    assert str(tmp_path / "deux" / LOT) in told
    assert str(tmp_path / "un") not in told
    assert (tmp_path / "deux" / LOT / f"{file_of(1)}.annulé").is_file()


def test_killed_between_the_void_and_the_renaming(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    with ledger.writing() as writer:
        writer.void(file_of(1))
    (told,) = convert(tmp_path, ["BC-2"])
    assert file_of(1) in told
    assert emitted(tmp_path) == {"BC-2": "00002"}


def test_a_voided_file_that_cannot_be_renamed_is_told_until_it_can(ledger: Ledger, tmp_path: Path) -> None:
    convert(tmp_path, ["BC-1"])
    obstacle = tmp_path / LOT / f"{file_of(1)}.annulé"
    obstacle.mkdir()
    (told,) = void(ledger, file_of(1), tmp_path)
    assert "n'a pas pu être renommé" in told
    with refusal("fichier-deja-present"):
        convert(tmp_path, ["BC-2"])
    obstacle.rmdir()
    (told,) = ledger.recover(tmp_path)
    assert "ont été renommés" in told
