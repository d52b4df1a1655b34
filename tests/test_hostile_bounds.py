"""Files made to hurt: 5 seconds, 600 MiB, one sentence; never an abort, a traceback, a run that does not end."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_files import JSON_FILES, WORKBOOKS
from orders import write_orders

SERVER = Path(__file__).with_name("measured_runs.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SERVER.parent.parent)}
DAY = "2026-11-23"
MOST_BYTES = 10_000_000
MOST_SECONDS = 5
MOST_MEBIBYTES = 600

Measured = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """Runs a command in a process of its own; its status, time, memory and words."""
    warm = write_orders(tmp_path_factory.mktemp("chauffe") / "commandes.xlsx")
    with subprocess.Popen(
        [sys.executable, SERVER, warm], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as server:
        assert server.stdin
        assert server.stdout

        def run(*words: object) -> dict[str, Any]:
            assert server.stdin
            assert server.stdout
            server.stdin.write(json.dumps([*map(str, words)]) + "\n")
            server.stdin.flush()
            found: dict[str, Any] = json.loads(server.stdout.readline())
            return found

        yield run
        server.stdin.close()


def assert_bounded(one: dict[str, Any], *, statuses: tuple[int, ...]) -> None:
    assert one["status"] in statuses, one["stderr"][:500]
    assert "Traceback" not in one["stderr"]
    assert "Défaut du convertisseur" not in one["stderr"]
    assert one["stderr"].count("\n") <= 1
    assert one["seconds"] <= MOST_SECONDS
    assert one["mebibytes"] <= MOST_MEBIBYTES


@pytest.mark.parametrize("make", WORKBOOKS, ids=lambda make: make.__name__)
def test_a_workbook_made_to_hurt(measured: Measured, tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "commandes.xlsx"
    make(path)
    assert path.stat().st_size <= MOST_BYTES
    one = measured("convert", path, "--no-attachments", "--date", DAY, "--out", tmp_path / "out")
    assert_bounded(one, statuses=(1, 2))
    assert one["status"] == 1 or one["stderr"].count("\n") == 1


@pytest.mark.parametrize("command", ["check", "return"])
@pytest.mark.parametrize("make", JSON_FILES, ids=lambda make: make.__name__)
def test_a_json_file_made_to_hurt(measured: Measured, tmp_path: Path, make: Callable[[], str], command: str) -> None:
    out = tmp_path / "out"
    measured("convert", write_orders(tmp_path / "a.xlsx"), "--no-attachments", "--date", DAY, "--out", out)
    path = tmp_path / "JSON-1234567890-20261123-001.json"
    path.write_text(make(), encoding="utf-8")
    assert path.stat().st_size <= MOST_BYTES
    one = measured(command, path, *(["--out", out] if command == "return" else []))
    assert_bounded(one, statuses=(0, 1, 2) if command == "return" else (1, 2))  # 0: nothing in it is an answer
