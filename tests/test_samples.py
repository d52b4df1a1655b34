"""The cases of `sample_sheets/`, converted by the command line: what comes out is what `attendu/` says."""

import csv
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from samples.cases import DAY, Case, batch, cabinet, centre
from samples.common_errors import common_errors
from samples.spec import as_text, documents_of, exactly, json_files

SAMPLES = Path(__file__).parents[1] / "sample_sheets"
CASES = {case.folder: case for case in (cabinet(), centre(), batch(), common_errors())}
EMITTED = {
    "1-cabinet-mandataire": (0, 1, 0),
    "2-centre-de-sante": (0, 1, 0),
    "3-plus-de-200-demandes": (0, 450, 0),
    "4-erreurs-courantes": (1, 16, 41),
}


@dataclass(frozen=True)
class Run:
    """A case converted: its exit status, what `--json` says, the files that it made by name."""

    case: Case
    folder: Path
    status: int
    said: dict[str, Any]
    made: dict[str, Path]


@pytest.fixture(scope="module", params=list(CASES))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder, out = SAMPLES / request.param, tmp_path_factory.mktemp("lots") / "out"
    command = [sys.executable, "-m", "converter", "convert", str(folder), "--out", str(out), "--date", DAY, "--json"]
    done = subprocess.run(command, cwd=SAMPLES.parent, capture_output=True, text=True, timeout=120)
    said = json.loads(done.stdout)
    made = {path.name: path for path in Path(said["lot"]).iterdir()}
    return Run(CASES[request.param], folder, done.returncode, said, made)


def test_the_json_files_are_those_expected(run: Run) -> None:
    expected = {path.name: path.read_text(encoding="utf-8") for path in (run.folder / "attendu").glob("*.json")}
    made = {name: path.read_text(encoding="utf-8") for name, path in run.made.items() if name.startswith("JSON-")}
    assert sorted(made) == sorted(expected)
    for name, text in made.items():
        assert exactly(text) == exactly(expected[name])


def test_what_is_told_is_what_is_expected(run: Run) -> None:
    with (run.folder / "attendu" / "anomalies.csv").open(encoding="utf-8", newline="") as lines:
        expected = [tuple(line.values()) for line in csv.DictReader(lines)]
    told = [
        (Path(one["workbook"]).name, str(one["row"]), one["column"], one["severity"], one["code"])
        for one in run.said["findings"]
    ]
    assert sorted(told) == sorted(expected)


def test_requests_are_counted_and_the_status_says_whether_some_are_held_back(run: Run) -> None:
    requests = run.said["requests"]
    assert (run.status, requests["emitted"], requests["held_back"]) == EMITTED[run.case.folder]


def test_each_zip_holds_the_documents_that_its_json_names(run: Run) -> None:
    kept = {path.read_bytes() for path in (run.folder / "pieces").iterdir()}
    for file in run.said["files"]:
        named = list(documents_of(json.loads(Path(file["path"]).read_text(encoding="utf-8"))))
        packed: dict[str, bytes] = {}
        for archive in file["archives"]:
            with zipfile.ZipFile(archive) as entries:
                packed |= {name: entries.read(name) for name in entries.namelist()}
        assert sorted(packed) == sorted(named)
        assert set(packed.values()) <= kept


def test_what_is_kept_is_up_to_date_with_the_tables(run: Run) -> None:
    """If it is not: `python tests/samples/build.py`."""
    rows = [row for sheet in run.case.sheets for row in sheet.valid]
    files = json_files(run.case.sheets[0].supplier, rows)
    kept = sorted((run.folder / "attendu").glob("*.json"))
    assert [path.read_text(encoding="utf-8") for path in kept] == [as_text(file) for file in files]
