"""Real processes on one ledger: at once, killed at any moment, out of disk. Every request goes out exactly once."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from conftest import command
from workbooks import rows_of, rpps, solo, write_workbook

from converter.ledger import open_ledger

VICTIM = Path(__file__).with_name("ledger_victim.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(VICTIM.parent.parent)}


def workbook_of(folder: Path, *ranks: int) -> Path:
    """A workbook with one request, of one doctor, a rank."""
    requests = [solo(f"BC-{rank}", rank) for rank in ranks]
    return write_workbook(folder / f"commandes-{ranks[0]}.xlsx", rows_of(*requests))


def victim(*words: object) -> dict[str, Any]:
    call = [sys.executable, VICTIM, *map(str, words)]
    run = subprocess.run(call, capture_output=True, text=True, timeout=120, env=ENVIRONMENT)
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def sent(out: Path) -> dict[str, str]:
    """RPPS → numeroEditeur in the whole JSON files of `out`, which agree with the ledger; no doctor twice."""
    found: dict[str, str] = {}
    places = set()
    for path in sorted(out.glob("lot-*/JSON-*.json")):
        for request in json.loads(path.read_bytes())["lignesImport"]:
            (doctor,) = request["beneficiaires"]["liberal"]
            assert doctor["RPPS"] not in found
            found[doctor["RPPS"]] = request["numeroEditeur"]
            places.add((request["numeroEditeur"], path.name, request["numLigne"]))
    with closing(open_ledger("", out)) as ledger:
        assert {(one.numeroEditeur, one.file, one.numLigne) for one in ledger.entries()} == places
    return found


def assert_exactly_once(out: Path, *ranks: int) -> None:
    """Each doctor once, numbers and files without a gap, and nothing left that is not whole."""
    found = sent(out)
    assert sorted(found) == sorted(rpps(rank) for rank in ranks)
    assert sorted(found.values()) == [f"{number:05d}" for number in range(1, len(ranks) + 1)]
    files = sorted(int(path.stem[-3:]) for path in out.glob("lot-*/JSON-*.json"))
    assert files == list(range(1, len(files) + 1))
    leftovers = [path for path in out.rglob("*") if path.name.startswith(".") or path.suffix == ".part"]
    assert leftovers == []
    assert not (out / "registre.sqlite3-journal").exists()


def test_eight_at_once_take_turns(tmp_path: Path) -> None:
    out = tmp_path / "out"
    shared = workbook_of(tmp_path, 1, 2, 3)  # in every run: only one of them sends it
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "converter", "convert", shared, workbook_of(tmp_path, 10 * n, 10 * n + 1),
             "--out", out, "--date", "2026-11-22", "--no-attachments"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
        )
        for n in range(1, 9)
    ]  # fmt: skip
    ended = [(*run.communicate(timeout=100), run.returncode) for run in runs]
    assert [(stderr, status) for _, stderr, status in ended] == [("", 0)] * 8
    assert [stdout for stdout, _, _ in ended if "interrompue" in stdout] == []
    assert_exactly_once(out, 1, 2, 3, *(10 * n + k for n in range(1, 9) for k in (0, 1)))
    assert sorted(path.name[-2:] for path in out.glob("lot-*")) == [f"{number:02d}" for number in range(1, 9)]


def test_fifty_kills_at_random_moments(tmp_path: Path) -> None:
    workbooks = [workbook_of(tmp_path, 2 * rank, 2 * rank + 1) for rank in range(51)]
    result = victim("random", tmp_path / "out", *workbooks, workbook_of(tmp_path / "tout", *range(102)))
    assert result["killed"] >= 40
    assert (result["last"], result["stderr"]) == (0, "")
    assert_exactly_once(tmp_path / "out", *range(102))


def test_killed_at_every_step(tmp_path: Path) -> None:
    base, workbook = started(tmp_path)
    result = victim("kill", base, workbook)
    assert len(result["statuses"]) > 60
    assert set(result["statuses"][:-1]) == {-9}
    assert set(result["last"]) == {0}
    for number in range(1, len(result["statuses"]) + 1):
        assert_exactly_once(Path(f"{base}-{number}"), 1, 2, 3)


def test_killed_at_every_step_of_the_very_first_run(tmp_path: Path) -> None:
    base = tmp_path / "out"
    base.mkdir()
    result = victim("kill", base, workbook_of(tmp_path, 1, 2))
    assert set(result["statuses"][:-1]) == {-9}
    assert set(result["last"]) == {0}
    for number in range(1, len(result["statuses"]) + 1):
        assert_exactly_once(Path(f"{base}-{number}"), 1, 2)


def test_a_disk_full_at_every_step(tmp_path: Path) -> None:
    base, workbook = started(tmp_path)
    result = victim("full", base, workbook)
    failed = [(status, error.splitlines()) for status, error in zip(result["statuses"], result["errors"], strict=True)]
    failed = [(status, lines) for status, lines in failed if status]
    assert len(failed) > 10
    assert {status for status, _ in failed} == {1, 2}
    not_copied = [lines for status, lines in failed if status == 1 and not lines]  # told on stdout, after all the rest
    assert 0 < len(not_copied) < 8
    failed = [(status, lines) for status, lines in failed if lines]
    assert [lines for _, lines in failed if "plus de place sur le disque" not in lines[-1]] == []
    assert [lines for status, lines in failed if status == 2 and len(lines) != 1] == []
    assert [lines for status, lines in failed if status == 1 and "a enregistré" not in lines[0]] == []
    assert set(result["last"]) == {0}
    for number in range(1, len(result["statuses"]) + 1):
        assert_exactly_once(Path(f"{base}-{number}"), 1, 2, 3)


def started(folder: Path) -> tuple[Path, Path]:
    """An output folder with one request sent, so that the next run makes a safety copy; and a workbook for it."""
    base = folder / "out"
    run = command("convert", workbook_of(folder, 1), "--out", base, "--date", "2026-11-22", "--no-attachments")
    assert run.status == 0
    return base, workbook_of(folder, 2, 3)
