"""A conversion asked for twice under one key: one batch, even after a kill, even by two programs at once."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from workbooks import solo, write_workbook

from converter import Options, Submitted
from converter.checking.options import today
from converter.ledger import open_ledger
from converter.runs.once import MadeBatch, convert_once
from converter.views.run_record import read_findings, read_record

WRONG = "1000123456"
KILLED = """
import os, signal, sys
from pathlib import Path
from converter.ledger.sqlite import SqliteLedger
from converter.runs.once import convert_once
from converter import Options, Submitted
{method} = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
workbook = Submitted("commandes.xlsx", Path(sys.argv[1]).read_bytes())
convert_once([workbook], Options(out=Path(sys.argv[2]), documents=False, key="k1"))
"""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_workbook(tmp_path / "commandes.xlsx", [*solo(), *solo("BC-2", 2), *solo("BC-3", 3, RPPS=WRONG)])


def once(workbook: Path, out: Path, key: str = "k1") -> MadeBatch:
    handed_over = Submitted("commandes.xlsx", workbook.read_bytes(), identity="4f2a")
    return convert_once([handed_over], Options(out=out, documents=False, key=key))


def emitted(out: Path) -> list[str]:
    with closing(open_ledger("", out)) as ledger:
        return [one.numeroEditeur for one in ledger.listed()]


def lots(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if "lot-" in path.name)


def test_the_same_key_gives_the_same_batch(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first, second = once(workbook, out), once(workbook, out)
    assert (first.folder, first.is_new, second.is_new) == (second.folder, True, False)
    assert (emitted(out), lots(out)) == (["00001", "00002"], [first.folder.name])
    other = once(workbook, out, "k2")
    assert (other.is_new, emitted(out)) == (True, ["00001", "00002"])


def test_a_batch_without_any_file_is_also_made_once(tmp_path: Path) -> None:
    wrong, out = write_workbook(tmp_path / "commandes.xlsx", solo(RPPS=WRONG)), tmp_path / "out"
    first, second = once(wrong, out), once(wrong, out)
    assert (first.folder, second.is_new) == (second.folder, False)
    assert (emitted(out), lots(out)) == ([], [first.folder.name])


def test_what_a_batch_keeps_of_its_run(workbook: Path, tmp_path: Path) -> None:
    folder = once(workbook, tmp_path / "out").folder
    record = read_record(folder)
    assert record is not None
    assert record.document["requests"] == {"emitted": 2, "already_emitted": 0, "held_back": 1}
    (file,) = record.document["files"]
    assert file["path"] == f"JSON-0123456789-{today():%Y%m%d}-001.json"
    (held,) = record.held_back
    assert (held.reference, held.rows, Path(held.workbook).parts) == ("BC-3", (4,), ("4f2a", "commandes.xlsx"))
    assert [(one["row"], one["tag"], one["code"]) for one in read_findings(folder)] == [(4, "RPPS", "longueur-exacte")]


@pytest.mark.parametrize(
    ("method", "recorded"), [("SqliteLedger.publish", True), ("sys.modules['converter.runs.once'].convert", False)]
)
def test_after_a_kill_the_same_key_gives_one_batch(workbook: Path, tmp_path: Path, method: str, recorded: bool) -> None:
    out = tmp_path / "out"
    script = KILLED.format(method=method)
    ended = subprocess.run([sys.executable, "-c", script, workbook, out], check=False, env={**os.environ})
    assert ended.returncode == -signal.SIGKILL
    made = once(workbook, out)
    assert made.is_new is not recorded
    assert (emitted(out), lots(out)) == (["00001", "00002"], [made.folder.name])
    assert len(list(made.folder.glob("JSON-*.json"))) == 1
    assert read_record(made.folder) is not None


def test_two_at_once_make_one_batch(workbook: Path, tmp_path: Path) -> None:
    out, made = tmp_path / "out", []
    both = [threading.Thread(target=lambda: made.append(once(workbook, out))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(one.is_new for one in made) == [False, True]
    assert len({one.folder for one in made}) == 1
    assert (emitted(out), lots(out)) == (["00001", "00002"], [made[0].folder.name])
