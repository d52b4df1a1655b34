"""Large workbooks, part of whose work is done by a second process: same files, and nobody left behind."""

import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from conftest import DAY, Convert, Run
from package_parts import repack
from workbooks import Row, rows_of, solo, structure, write_workbook

from converter.checking.second_process import Worker, second_process
from converter.findings import sentence
from converter.findings.door import on_page

ROOT = Path(__file__).parents[1]
PICTURE = random.Random(1).randbytes(600_000)  # noqa: S311 — what makes a workbook large, here
ROWS = rows_of(
    *(solo(f"BC-{rank}", rank) for rank in range(1, 430)),
    structure("BC-CDS", 500),
    solo("BC-FAUX", 600, RPPS="12"),
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="les processus se lisent dans /proc, sous Linux")


def large(folder: Path) -> Path:
    small = write_workbook(folder / "petit.xlsx", ROWS)
    return repack(Path(shutil.copy(small, folder / "grand.xlsx")), {"xl/media/image1.png": PICTURE})


def written(run: Run) -> dict[str, object]:
    """What a run has left in its folder: texts as they are, the parts of the annotated copy but for the picture."""
    found: dict[str, object] = {}
    for path in Path(run.document["lot"]).iterdir():
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                parts = {name: archive.read(name) for name in archive.namelist() if not name.startswith("xl/media")}
            found["copie"] = parts
        elif path.suffix == ".json":
            found[path.name] = path.read_bytes()
    return found


def test_the_same_files_with_and_without_a_second_process(convert: Convert, tmp_path: Path) -> None:
    run = convert(large(tmp_path), options=["--out", tmp_path / "a"])
    small = convert(tmp_path / "petit.xlsx", options=["--out", tmp_path / "b"])
    assert run.counts == small.counts == (430, 0, 1)
    assert run.told == small.told
    assert [len(file["lignesImport"]) for file in run.files] == [200, 200, 30]
    assert written(run) == written(small)
    assert set(written(run)) == {"copie", *(f"JSON-0123456789-20261122-00{number}.json" for number in (1, 2, 3))}


class Running:
    """A conversion of the large workbook in a process of its own, and the second process that it has started."""

    def __init__(self, folder: Path) -> None:
        words = ["convert", str(large(folder)), "--out", str(folder / "out"), "--date", DAY, "--no-attachments"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "converter", *words],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in the background
        )  # fmt: skip
        self.second = self._second()

    def _second(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for child in children.read_text().split():
                if b"converter.checking.second_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
            time.sleep(0.002)
        raise AssertionError("no second process")

    def ended(self) -> tuple[int, str]:
        """Its exit status and what it said on stderr; the second process has ended too."""
        _, stderr = self.process.communicate(timeout=60)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and Path(f"/proc/{self.second}").exists():
            time.sleep(0.01)
        assert not Path(f"/proc/{self.second}").exists()
        return self.process.returncode, stderr


@linux
@pytest.mark.parametrize("wait", [0.0, 0.15, 0.35])
def test_without_its_second_process_a_run_ends_all_the_same(wait: float, tmp_path: Path, convert: Convert) -> None:
    running = Running(tmp_path)
    time.sleep(wait)
    os.kill(running.second, signal.SIGKILL)
    assert running.ended() == (1, "")
    assert len(list((tmp_path / "out").glob("lot-*/JSON-*.json"))) == 3
    assert len(list((tmp_path / "out").glob("lot-*/grand-erreurs.xlsx"))) == 1
    assert convert(tmp_path / "grand.xlsx").counts == (0, 430, 1)


@linux
@pytest.mark.parametrize("wait", [0.0, 0.15, 0.35])
def test_a_killed_run_leaves_no_second_process(wait: float, tmp_path: Path, convert: Convert) -> None:
    running = Running(tmp_path)
    time.sleep(wait)
    running.process.kill()
    assert running.ended() == (-signal.SIGKILL, "")
    emitted, already, held_back = convert(tmp_path / "grand.xlsx").counts
    assert (emitted + already, held_back) == (430, 1)


@linux
@pytest.mark.parametrize("wait", [0.05, 0.2, 0.4])
def test_an_interruption_is_told_once(wait: float, tmp_path: Path, convert: Convert) -> None:
    running = Running(tmp_path)
    time.sleep(wait)
    os.killpg(running.process.pid, signal.SIGINT)
    status, stderr = running.ended()
    assert status in (2, -signal.SIGINT)  # Python's own, where it was importing
    assert stderr == "Interrompu à votre demande\u00a0: aucun fichier incomplet n'est laissé.\n"
    assert convert(tmp_path / "grand.xlsx").counts == (430, 0, 1)


PRESSED_DURING_AN_IMPORT = """
import os, signal, sys
from converter.cli import main

class Pressing:
    def find_spec(self, name, path=None, target=None):
        if name == "uuid" and "orjson" in sys.modules:  # native code of orjson asks for it
            print("pressed", flush=True)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Pressing())
sys.exit(main())
"""


@linux
def test_an_interruption_during_an_import_of_native_code_is_told_too(tmp_path: Path) -> None:
    words = ["convert", str(large(tmp_path)), "--out", str(tmp_path / "out")]
    ended = subprocess.run(
        [sys.executable, "-c", PRESSED_DURING_AN_IMPORT, *words], cwd=ROOT, capture_output=True, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler), check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "pressed\n")
    assert ended.stderr == "Interrompu à votre demande\u00a0: aucun fichier incomplet n'est laissé.\n"


@pytest.mark.parametrize("rows", [ROWS[:2], ROWS], ids=["ici", "à côté"])
def test_a_file_that_the_portal_would_refuse_never_leaves(
    rows: list[Row], tmp_path: Path, convert: Convert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of ours in the writing of the files: nothing is emitted, and no number is lost."""
    workbook = write_workbook(tmp_path / "commandes.xlsx", rows)
    if rows is ROWS:
        repack(workbook, {"xl/media/image1.png": PICTURE})
    with monkeypatch.context() as patch:
        patch.setattr("converter.portal.batch_files.render", lambda *_: b'{"impId": null}')
        run = convert(workbook)
    assert (run.status, run.document) == (2, {})
    assert run.stderr.startswith("Le fichier JSON-0123456789-20261122-00")
    assert "ne passe pas le contrôle du portail" in run.stderr
    assert run.stderr.count("\n") == 1
    assert list((tmp_path / "out").glob("*lot-*")) == []
    assert convert(workbook).requests[0]["numeroEditeur"] == "00001"


def test_what_it_writes_for_the_page_is_in_the_words_of_the_page() -> None:
    def elsewhere(work: Callable[[], Any]) -> "Future[Any]":
        answer: Future[Any] = Future()
        answer.set_result(Context().run(pickle.loads(pickle.dumps(work))))  # noqa: S301 — our own
        return answer

    worker = Worker(elsewhere)
    assert "--reason" in worker.begin(sentence, "rejected-without-reason")()
    with on_page():
        assert "--reason" not in worker.begin(sentence, "rejected-without-reason")()


AT_WORK = """
import pathlib, sys, time
from converter.checking.second_process import Worker, second_process
from converter.findings import sentence
from converter.findings.door import on_page
with second_process([pathlib.Path(sys.argv[1])]) as worker:
    answer = worker.begin(time.sleep, 60)
    print("begun", flush=True)
    answer()
"""


@linux
def test_a_second_process_at_work_ends_with_the_first(tmp_path: Path) -> None:
    words = [sys.executable, "-c", AT_WORK, str(large(tmp_path))]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "begun\n"
        (second,) = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
        time.sleep(1.5)  # it is at work
        first.kill()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and Path(f"/proc/{second}").exists():
        time.sleep(0.01)
    assert not Path(f"/proc/{second}").exists()


@linux
def test_a_second_process_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.checking.second_process._LONGEST", 0.5)
    with second_process([large(tmp_path)]) as worker:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGSTOP)
        assert worker.begin(abs, -7)() == 7
