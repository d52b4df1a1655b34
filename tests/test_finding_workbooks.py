"""Every workbook of a folder is read, or told: only the lots of earlier runs, and hidden files, are passed over."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Convert
from workbooks import solo, write_workbook


@pytest.mark.parametrize("name", ["lot-novembre.xlsx", "lot-20261122-01.xlsx", "Lot-1.XLSX", "a.xlsx"])
def test_a_workbook_is_read_whatever_its_name(tmp_path: Path, convert: Convert, name: str) -> None:
    write_workbook(tmp_path / "classeurs" / name, solo("A", 1))
    assert convert(tmp_path / "classeurs").counts == (1, 0, 0)


@pytest.mark.parametrize("name", ["lot-novembre", "lot-20261122-01", "lot-1", "sous/lot-2"])
def test_a_folder_of_theirs_is_searched_whatever_its_name(tmp_path: Path, convert: Convert, name: str) -> None:
    write_workbook(tmp_path / "classeurs" / name / "a.xlsx", solo("A", 1))
    assert convert(tmp_path / "classeurs").counts == (1, 0, 0)


def test_the_lots_of_earlier_runs_are_not(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [*solo("A", 1), *solo("B", 2, RPPS="1")])
    first = convert(path)
    assert [Path(copy).parent.name for copy in first.document["annotated"]] == ["lot-20261122-01"]
    again = convert(tmp_path)
    assert (again.counts, {one["workbook"] for one in again.document["findings"]}) == ((0, 1, 1), {str(path)})


def test_a_lot_of_validate_is_ours_too(tmp_path: Path, convert: Convert) -> None:
    from conftest import DAY, command

    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1, RPPS="1"))
    command("validate", path, "--out", tmp_path / "out", "--date", DAY, "--no-attachments")
    again = convert(tmp_path)
    assert again.counts == (0, 0, 1)


@pytest.mark.parametrize("name", [".caché.xlsx", "~$a.xlsx", ".dossier/a.xlsx"])
def test_hidden_files_are_no_workbooks_of_theirs(tmp_path: Path, convert: Convert, name: str) -> None:
    write_workbook(tmp_path / "classeurs" / "a.xlsx", solo("A", 1))
    write_workbook(tmp_path / "classeurs" / name, solo("B", 2))
    assert convert(tmp_path / "classeurs").counts == (1, 0, 0)


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the system does not let us list."""
    folder = tmp_path / "classeurs" / "novembre"
    write_workbook(folder / "a.xlsx", solo("B", 2))
    listed = os.scandir

    def refusing(path: str | Path = ".") -> "Iterator[os.DirEntry[str]]":
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    return folder


def test_a_subfolder_that_cannot_be_read_is_told(tmp_path: Path, convert: Convert, locked: Path) -> None:
    write_workbook(tmp_path / "classeurs" / "a.xlsx", solo("A", 1))
    run = convert(tmp_path / "classeurs")
    assert (run.status, run.counts) == (1, (1, 0, 0))
    [told] = run.document["findings"]
    assert (told["workbook"], told["severity"], told["code"]) == (str(locked), "erreur", "dossier-illisible")
    assert told["message"].startswith("Le dossier «\u00a0novembre\u00a0» ne peut pas être ouvert")


def test_alone_it_stops_the_run(tmp_path: Path, convert: Convert, locked: Path) -> None:
    run = convert(tmp_path / "classeurs")
    assert (run.status, run.document) == (2, {})
    assert "«\u00a0novembre\u00a0»" in run.stderr
    assert convert(locked).status == 2
