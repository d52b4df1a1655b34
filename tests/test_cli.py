"""The command line as people meet it: help in French with an example that runs, one sentence when it goes wrong."""

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import DAY, command
from crm import deal, write_export
from samples.documents import pdf
from workbooks import rows_of, solo, write_workbook

from converter.cli import main

ONCE = (
    "template", "convert", "validate", "correspondance",
    "check", "return", "status", "void", "deposit", "decision", "adopt", "ledger",
)  # fmt: skip
"""The commands that end by themselves."""
COMMANDS = (*ONCE, "web")
ENGLISH = re.compile(r"\b(usage:|show this|positional|the following|expected|invalid|required|error|default)\b", re.I)
NUMERO_ANS = "0123456789"


def words_of(text: str) -> list[str]:
    return shlex.split(text, posix=True)


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_help_names_every_command_and_one_line_of_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys)
    assert [name for name in COMMANDS if not re.search(rf"^ +{name} +\w", text, re.M)] == []
    assert ENGLISH.findall(text) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_s_help_is_in_french_with_an_example(capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = help_of(capsys, name)
    assert ENGLISH.findall(text) == []
    assert f"Exemple\u00a0: converter {name}" in text
    assert all(option in text for option in ("--out", "--ledger", "--json"))


@pytest.mark.parametrize("name", ["convert", "validate"])
def test_the_options_of_a_run_are_all_explained(capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = help_of(capsys, name)
    for option in ("--date", "--attachments", "--no-attachments", "--numero-ans", "--siret", "--strict-keys"):
        assert option in text


@pytest.mark.parametrize("name", ONCE)
def test_the_example_of_each_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    example = re.search(rf"Exemple\u00a0: converter ({name}.*)", help_of(capsys, name))
    assert example is not None
    if name != "template":
        _someone_s_folder(tmp_path)
    run = command(*words_of(example[1]))
    assert (run.status, "Commande mal formée" in run.stderr) == (0, False), run.stderr


def _someone_s_folder(folder: Path) -> None:
    """The workbook and the files that the examples name, from a run of 22/11/2026."""
    (folder / "pieces").mkdir()
    (folder / "pieces" / "bdc.pdf").write_bytes(pdf("bon"))
    write_workbook(folder / "mon-classeur.xlsx", solo("A", 1, bonCommande="bdc.pdf"))
    write_export(folder / "export-crm.xlsx", [deal(1)])
    write_workbook(folder / "hier" / "hier.xlsx", solo("B", 2))
    assert command("convert", folder / "hier" / "hier.xlsx", "--date", DAY, "--no-attachments").status == 0
    made = folder / "out" / "lot-20261122-01" / f"JSON-{NUMERO_ANS}-20261122-001.json"
    (folder / made.name).write_bytes(made.read_bytes())


WRONG_USAGE: dict[str, Sequence[str]] = {
    "no command": (),
    "unknown command": ("convertir",),
    "no workbook": ("convert",),
    "unknown option": ("convert", "a.xlsx", "--vite"),
    "option without value": ("convert", "a.xlsx", "--date"),
    "wrong date": ("convert", "a.xlsx", "--date", "22/11/2026"),
    "impossible date": ("convert", "a.xlsx", "--date", "2026-02-31"),
    "two options that exclude each other": ("convert", "a.xlsx", "--no-attachments", "--attachments", "pieces"),
    "nothing to check": ("check",),
    "nothing returned": ("return",),
    "nothing to void": ("void",),
    "unknown state": ("status", "--state", "perdue"),
    "no port": ("web", "--port", "0"),
    "a page open to all": ("web", "--host", "192.0.2.1", "--no-browser"),
    "workbook absent": ("convert", "absent.xlsx"),
    "file unknown to the ledger": ("void", "JSON-0123456789-20261122-009.json"),
}


@pytest.mark.parametrize("case", WRONG_USAGE)
def test_wrong_usage_is_told_in_one_french_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status = main(WRONG_USAGE[case])
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.rstrip().endswith((".", "\u00a0»."))
    assert ENGLISH.findall(err) == []
    assert "Traceback" not in err


def test_a_person_reads_the_result_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_workbook(tmp_path / "a.xlsx", rows_of(solo("A", 1), solo("B", 2, RPPS="1")))
    status = main(["convert", str(path), "--out", str(tmp_path / "out"), "--date", DAY, "--no-attachments"])
    out, err = capsys.readouterr()
    assert (status, err) == (1, "")
    assert "1\u00a0fichier JSON écrit." in out
    assert "1\u00a0retenue" in out
    assert "\x1b" not in out


def test_a_defect_of_ours_shows_neither_traceback_nor_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from converter.runs import road

    def broken(*_: object) -> None:
        raise ValueError("DURAND")

    monkeypatch.setattr(road, "with_documents", broken)
    path = write_workbook(tmp_path / "a.xlsx", solo())
    assert main(["convert", str(path), "--out", str(tmp_path / "out"), "--no-attachments"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("Défaut du convertisseur (ValueError, ")
    assert err.count("\n") == 1
    assert "DURAND" not in err


def test_python_m_converter_is_the_same() -> None:
    words = [sys.executable, "-m", "converter", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    assert re.fullmatch(r"converter \d+\.\d+\S*\n", done.stdout)


def test_help_and_version_start_without_the_heavy_libraries() -> None:
    code = (
        "import sys\nfrom converter.cli import main\n"
        "try: main(['convert', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'pandera', 'openpyxl', 'jinja2', 'numpy', 'python_calamine', 'sqlite3'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_status_starts_without_pandas(tmp_path: Path) -> None:
    code = (
        f"import sys\nfrom converter.cli import main\nmain(['status', '--out', {str(tmp_path)!r}])\n"
        "sys.exit(', '.join({'pandas', 'pandera', 'openpyxl', 'numpy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_output_is_utf8_even_where_the_console_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "converter", "status", "--state", "perdue"],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    assert "état de demande" in done.stderr.decode("utf-8")
