"""The exit status never lies: 2 says that nothing was done, whatever goes wrong and wherever; 1, that something was."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import command
from samples.documents import document
from workbooks import rows_of, solo, write_workbook

STEPS = Path(__file__).with_name("fault_points.py")
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "", "PYTHONPATH": str(STEPS.parent.parent)}
DAY = "2026-11-22"


def workbook_of(folder: Path, *ranks: int, wrong: bool = False) -> Path:
    """A workbook with one request a rank, its order form beside it; and a request with a wrong cell if `wrong`."""
    requests = [solo(f"BC-{rank}", rank, bonCommande=f"bon{rank}.pdf") for rank in ranks]
    if wrong:
        requests.append(solo("BC-faux", 99, bonCommande="bon99.pdf", RPPS="12"))
    (folder / "pieces").mkdir(exist_ok=True)
    for rank in (*ranks, 99):
        (folder / "pieces" / f"bon{rank}.pdf").write_bytes(document(f"bon{rank}.pdf"))
    return write_workbook(folder / f"commandes-{ranks[0]}.xlsx", rows_of(*requests))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """An output folder from which two requests have left."""
    assert command("convert", workbook_of(tmp_path, 1, 2), "--out", tmp_path / "out", "--date", DAY).status == 0
    return tmp_path / "out"


def convert(base: Path) -> list[object]:
    return ["convert", workbook_of(base.parent, 3, wrong=True), "--out", base, "--date", DAY]


def return_(base: Path) -> list[object]:
    """One answer accepts, the other refuses: a workbook to correct is written."""
    (sent,) = base.glob("lot-*/JSON-*.json")
    rendered = json.loads(sent.read_bytes())
    accepted, refused = rendered["lignesImport"]
    accepted |= {"numeroASP": "ASP-1", "codeTraitement": "0000", "libelleTraitement": "Demande acceptée"}
    refused |= {"codeTraitement": "0011", "libelleTraitement": "Le RPPS est inconnu"}
    answer = base.with_name(sent.name)
    answer.write_text(json.dumps(rendered), encoding="utf-8")
    return ["return", answer, "--out", base]


def void(base: Path) -> list[object]:
    (sent,) = base.glob("lot-*/JSON-*.json")
    return ["void", sent.name, "--out", base]


def validate(base: Path) -> list[object]:
    return ["validate", workbook_of(base.parent, 3, wrong=True), "--out", base, "--date", DAY]


def status_to_excel(base: Path) -> list[object]:
    return ["status", "--out", base, "--xlsx", base / "suivi.xlsx"]


def decision(base: Path) -> list[object]:
    """One request is given up; the other cannot be paid yet: an annotated copy is written."""
    followed = base.parent / "suivi.xlsx"
    assert command("status", "--out", base, "--xlsx", followed).status == 0
    book = openpyxl.load_workbook(followed)
    sheet = book["Demandes"]
    (column,) = (cell.column for cell in sheet[1] if cell.value == "Décision")
    sheet.cell(2, column).value, sheet.cell(3, column).value = "abandonnée", "payée"
    book.save(followed)
    return ["decision", followed, "--out", base]


def adopt(base: Path) -> list[object]:
    """A request that another tool sent."""
    earlier = base.with_name("ailleurs")
    book = write_workbook(base.parent / "ancien.xlsx", solo("BC-7", 7, numeroEditeur="00077"))
    words = ["convert", book, "--out", earlier, "--date", DAY, "--no-attachments", "--numero-ans", "9876543210"]
    assert command(*words).status == 0
    return ["adopt", earlier, "--out", base]


COMMANDS: list[Callable[[Path], list[object]]] = [convert, return_, void, validate, status_to_excel, decision, adopt]


def steps(fault: str, base: Path, words: list[object]) -> list[dict[str, Any]]:
    call = [sys.executable, STEPS, fault, base, *words]
    run = subprocess.run([*map(str, call)], capture_output=True, text=True, timeout=300, env=ENVIRONMENT)
    assert run.returncode == 0, run.stderr
    result: list[dict[str, Any]] = json.loads(run.stdout)
    return result


@pytest.mark.parametrize("fault", ["full", "interrupted"])
@pytest.mark.parametrize("made", COMMANDS, ids=lambda made: made.__name__)
def test_a_fault_at_every_step_is_told_as_it_is(base: Path, made: Callable[[Path], list[object]], fault: str) -> None:
    found = steps(fault, base, made(base))
    assert len(found) > 5
    wrong = [(number, problem, one) for number, one in enumerate(found, start=1) if (problem := lie(one))]
    assert wrong == []


def lie(one: dict[str, Any]) -> str:
    """What the status or the sentence says that is not so; "" when both tell the truth."""
    status, stderr, changed, new = one["status"], one["stderr"], one["changed"], one["new"]
    if status not in (0, 1, 2) or "Traceback" in stderr or "Défaut" in stderr:
        return "no status or sentence of ours"
    if status == 2:
        if changed or new:
            return "2 though something was done"
        return "" if stderr.count("\n") == 1 else "not one sentence"
    if not stderr:
        return ""  # the fault came after all was said, or changed nothing
    untold = [file for _, _, file in changed if file not in stderr]
    if untold:
        return "a file that the ledger recorded is not told"
    return "" if all(folder in stderr for folder in one["folders"]) else "a folder that stands there is not told"


# The standard output as a shell gives it


def shell(line: str, **places: object) -> tuple[int, str]:
    """The status and stderr of a line of shell in which `converter` is a command."""
    words = line.replace("converter", f'"{sys.executable}" -m converter').format(**places)
    run = subprocess.run(["bash", "-c", words], capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
    return run.returncode, run.stderr


@pytest.mark.parametrize("to", [">&-", "> /dev/full", "| (exec <&-; sleep 3)"], ids=["closed", "full", "gone"])
@pytest.mark.parametrize("options", ["", "--json"])
def test_a_lot_that_left_is_never_told_as_nothing_done(tmp_path: Path, to: str, options: str) -> None:
    workbook = workbook_of(tmp_path, 3)
    line = "set -o pipefail; converter convert {workbook} --out {out} --date " + DAY + f" {options} {to}"
    status, stderr = shell(line, workbook=workbook, out=tmp_path / "out")
    (lot,) = (tmp_path / "out").glob("lot-*")
    assert status == 1
    assert lot.name in stderr
    assert next(lot.glob("JSON-*")).name in stderr
    assert "Traceback" not in stderr
    assert "Exception ignored" not in stderr


@pytest.mark.parametrize("to", [">&-", "> /dev/full"])
@pytest.mark.parametrize("words", ["status --out {out}", "check {json}", "--help", "--version", "convert --help"])
def test_what_could_not_be_said_was_not_done(base: Path, to: str, words: str) -> None:
    (sent,) = base.glob("lot-*/JSON-*.json")
    status, stderr = shell(f"converter {words} {to}", out=base, json=sent)
    assert (status, stderr.count("\n")) == (2, 1)
    assert "sortie standard" in stderr


def test_without_any_output_at_all_the_status_still_tells(tmp_path: Path) -> None:
    workbook = workbook_of(tmp_path, 3)
    line = "converter convert {workbook} --out {out} --date " + DAY
    for number, to in enumerate((">&- 2>&-", "> /dev/full 2> /dev/full", "<&- >&- 2>&-")):
        out = tmp_path / f"out{number}"
        assert shell(f"{line} {to}", workbook=workbook, out=out)[0] == 1
        assert len(list(out.glob("lot-*/JSON-*.json"))) == 1
        assert shell(f"converter status --out {{out}} {to}", out=out)[0] == 2
