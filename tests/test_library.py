"""The library: the names that `converter` offers, each called as another program would call it."""

import gc
import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from samples.documents import pdf
from workbooks import solo, write_workbook

import converter
from converter import Finding, Options, Refusal, check, convert, take_return, validate
from converter.ledger import open_ledger
from converter.ledger.model import State
from converter.ledger.transitions import Decision
from converter.runs.decide import decide_by_numbers
from converter.runs.void import void_file

DAY = converter.Options().day.replace(year=2026, month=11, day=22)
WRONG = "1000123456"


def options(tmp_path: Path) -> Options:
    return Options(out=tmp_path / "out", day=DAY, documents=False)


def process_settings() -> tuple[object, ...]:
    umask = os.umask(0)
    os.umask(umask)
    return umask, gc.isenabled(), gc.get_freeze_count(), sys.getswitchinterval()


def test_a_workbook_becomes_files_and_findings(tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "a.xlsx", [*solo(), *solo(refCommande="BC-2", RPPS=WRONG)])
    outcome = convert([workbook], options(tmp_path))
    (file,) = outcome.files
    assert file.path == tmp_path / "out" / "lot-20261122-01" / "JSON-0123456789-20261122-001.json"
    assert (file.requests, file.archives) == (1, ())
    assert len(json.loads(file.path.read_bytes())["lignesImport"]) == 1
    (finding,) = outcome.findings
    assert isinstance(finding, Finding)
    assert (finding.tag, finding.row, finding.code, finding.severity) == ("RPPS", 3, "longueur-exacte", "erreur")
    assert finding.column.isalpha()
    assert finding.message
    assert finding.remedy
    assert outcome.report == tmp_path / "out" / "lot-20261122-01" / "rapport.html"
    assert outcome.report.is_file()
    assert outcome.annotated[str(workbook)].name == "a-erreurs.xlsx"
    assert outcome.annotated[str(workbook)].is_file()


def test_documents_go_into_archives(tmp_path: Path) -> None:
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces" / "bon.pdf").write_bytes(pdf("bon"))
    workbook = write_workbook(tmp_path / "a.xlsx", solo(bonCommande="bon.pdf"))
    (file,) = convert([workbook], Options(out=tmp_path / "out", day=DAY)).files
    (archive,) = file.archives
    assert archive.path == file.path.with_name("PJ-0123456789-20261122-001-1.zip")
    assert archive.path.is_file()


def test_validate_takes_no_number(tmp_path: Path) -> None:
    outcome = validate([write_workbook(tmp_path / "a.xlsx", solo())], options(tmp_path))
    assert outcome.files == ()
    assert not list((tmp_path / "out").rglob("*.sqlite3"))


def test_what_the_portal_says_and_answers(tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "a.xlsx", solo())
    (file,) = convert([workbook], options(tmp_path)).files
    (control,) = check([file.path], write_return_in=tmp_path / "rendu")
    assert control.accepted
    taken = take_return([tmp_path / "rendu" / file.path.name], options(tmp_path))
    assert [one.numeroEditeur for one in taken.outcome.taken] == ["00001"]
    assert taken.complete


def test_what_cannot_be_done_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="absent"):
        convert([tmp_path / "absent.xlsx"], options(tmp_path))
    with pytest.raises(Refusal):
        take_return([tmp_path / "absent.json"], options(tmp_path))


def test_it_prints_nothing_and_changes_no_setting_of_the_process(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = process_settings()
    convert([write_workbook(tmp_path / "a.xlsx", [*solo(), *solo(refCommande="BC-2", RPPS=WRONG)])], options(tmp_path))
    assert process_settings() == before
    assert capfd.readouterr() == ("", "")


def test_each_step_is_told_with_how_many_there_are(tmp_path: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    convert([write_workbook(tmp_path / "a.xlsx", solo())], options(tmp_path), lambda *step: steps.append(step))
    assert [done for done, _, _ in steps] == [0, 1, 2, 3, 4]
    assert {total for _, total, _ in steps} == {5}
    assert steps[0][2] == "Lecture de a.xlsx"


def test_threads_may_call_it_at_once_on_one_ledger(tmp_path: Path) -> None:
    workbooks = [write_workbook(tmp_path / f"{n}.xlsx", solo(f"BC-{n}", n)) for n in range(4)]
    numbers: list[str] = []

    def run(workbook: Path) -> None:
        (file,) = convert([workbook], options(tmp_path)).files
        numbers.append(json.loads(file.path.read_bytes())["lignesImport"][0]["numeroEditeur"])

    threads = [threading.Thread(target=run, args=(one,)) for one in workbooks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == ["00001", "00002", "00003", "00004"]


def test_importing_it_loads_neither_pandas_nor_pandera() -> None:
    code = "import sys, converter; sys.exit(bool({'pandas', 'pandera', 'openpyxl'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_public_name_is_there_and_no_other() -> None:
    assert sorted(converter._HOMES) == sorted(converter.__all__)
    for name in converter.__all__:
        assert getattr(converter, name).__doc__
    with pytest.raises(AttributeError):
        _ = converter.absent


def test_the_history_names_who_a_program_says_did_it(tmp_path: Path) -> None:
    lea, bob = (replace(options(tmp_path), author=name) for name in ("léa", "bob"))
    workbook = write_workbook(tmp_path / "a.xlsx", solo())
    (file,) = convert([workbook], lea).files
    check([file.path], write_return_in=tmp_path / "rendu")
    void_file(file.path.name, bob)
    (file,) = convert([workbook], lea).files
    take_return([tmp_path / "rendu" / file.path.name], bob)
    decide_by_numbers(["00001"], Decision(State.ABANDONED), lea)
    with closing(open_ledger("", tmp_path / "out")) as ledger:
        told = [(one.state.value, one.author) for one in ledger.history("00001")]
    done = [("émise", "léa"), ("annulée", "bob"), ("émise", "léa"), ("acceptée", "bob"), ("abandonnée", "léa")]
    assert told == done
