"""Cells that show 0 because their formula points at an empty cell: they are empty, as the cell that they point at."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from conftest import Convert
from package_parts import repack
from samples.spec import COLUMNS
from workbooks import SUPPLIER, Row, solo

E = "erreur"


def written(path: Path, row: Row, formulas: dict[str, tuple[str, object]], entered: dict[str, object]) -> Path:
    """`row` as « Demandes » holds it, with formulas and their stored results; what was `entered` in « Saisie »."""
    with xlsxwriter.Workbook(path) as book:
        supplier = book.add_worksheet("Paramètres")
        for rank, pair in enumerate(SUPPLIER.items()):
            supplier.write_row(rank, 0, pair)
        sheet = book.add_worksheet("Demandes")
        sheet.write_row(0, 0, COLUMNS)
        for column, tag in enumerate(COLUMNS):
            if tag in formulas:
                sheet.write_formula(1, column, *(formulas[tag][0], None, formulas[tag][1]))
            elif row.get(tag) is not None:
                sheet.write(1, column, row[tag])
        entry = book.add_worksheet("Saisie du site")
        for address, value in entered.items():
            entry.write(address, value)
    return path


@pytest.mark.parametrize("formula", ["='Saisie du site'!B2", "='Saisie du site'!$B$2", "=AZ9"])
@pytest.mark.parametrize("tag", ["isPFIToDMP", "montantSegurHT", "dateCommande"])
def test_what_points_at_nothing_is_empty(tag: str, formula: str, tmp_path: Path, convert: Convert) -> None:
    row = {**solo()[0], "AZ": None}
    run = convert(written(tmp_path / "a.xlsx", row, {tag: (formula, 0)}, {"A1": "x"}))
    assert [(one["tag"], one["code"]) for one in run.document["findings"]] == [(tag, "obligatoire")]


def test_a_zero_that_was_entered_is_read(tmp_path: Path, convert: Convert) -> None:
    formulas = {"isPFIToDMP": ("='Saisie du site'!B2", 0)}
    run = convert(written(tmp_path / "a.xlsx", solo()[0], formulas, {"B2": 0}))
    assert run.counts == (1, 0, 0)
    assert run.requests[0]["scenarioInstallation"]["isPFIToDMP"] is False


def test_a_computed_zero_is_no_empty_cell(tmp_path: Path, convert: Convert) -> None:
    run = convert(written(tmp_path / "a.xlsx", solo()[0], {"montantSegurHT": ("=AZ8+AZ9", 0)}, {}))
    assert [(one["tag"], one["code"]) for one in run.document["findings"]] == [("montantSegurHT", "montant-nul")]


def test_formulas_filled_down_point_each_at_its_own_cell(tmp_path: Path, convert: Convert) -> None:
    """As Excel stores them: the first cell has the formula, the others share it."""
    formulas = dict.fromkeys(("isDirecToDMP", "isPFIToDMP"), ("='Saisie du site'!B2", 1))
    path = written(tmp_path / "a.xlsx", solo()[0], formulas, {"B2": "OUI"})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    first = b"<f>'Saisie du site'!B2</f><v>1</v>"
    assert sheet.count(first) == 2
    sheet = sheet.replace(first, b'<f t="shared" ref="X2:Y2" si="0">\'Saisie du site\'!B2</f><v>1</v>', 1)
    sheet = sheet.replace(first, b'<f t="shared" si="0"/><v>0</v>', 1)
    repack(path, {"xl/worksheets/sheet2.xml": sheet})
    run = convert(path)
    told = [(one["tag"], one["code"]) for one in run.document["findings"]]
    assert told == [("isDirecToDMP", "booleen"), ("isPFIToDMP", "obligatoire")]
