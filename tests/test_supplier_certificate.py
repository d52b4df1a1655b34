"""The supplier's certificate of « Paramètres »: what is told of it, to whom, and what comes back of it."""

import json
from pathlib import Path

import openpyxl
import pytest
from conftest import DAY, Run, command
from samples.documents import pdf
from workbooks import SUPPLIER, Row, solo, write_workbook

PDF = pdf("bon")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pieces").mkdir()
    for name in ("a.pdf", "b.pdf", "cert.pdf"):
        (tmp_path / "pieces" / name).write_bytes(PDF + name.encode())
    return tmp_path


def convert(folder: Path, rows: list[Row]) -> Run:
    supplier = {"preuveHT": "cert.pdf", **SUPPLIER}  # on row 2 of its sheet, where a request stands in « Demandes »
    workbook = write_workbook(folder / "commandes.xlsx", rows, supplier=supplier)
    return command("convert", workbook, "--out", folder / "out", "--date", DAY)


def test_its_absence_is_told_though_a_request_on_the_same_row_is_out(folder: Path) -> None:
    a = solo("A", 1, bonCommande="a.pdf")
    assert convert(folder, a).counts == (1, 0, 0)
    (folder / "pieces" / "cert.pdf").unlink()
    run = convert(folder, a + solo("B", 2, regimeTVA="HT", bonCommande="b.pdf"))
    assert run.counts == (0, 1, 1)
    [told] = run.document["findings"]
    assert (told["sheet"], told["code"]) == ("Paramètres", "document-absent")
    report = Path(run.document["report"]).read_text(encoding="utf-8")
    held_back = report[report.index("Demandes retenues") :]
    assert "cert.pdf" in held_back


def test_its_absence_no_longer_matters_once_the_request_is_out(folder: Path) -> None:
    rows = solo("A", 1, regimeTVA="HT", bonCommande="a.pdf")
    assert convert(folder, rows).counts == (1, 0, 0)
    (folder / "pieces" / "cert.pdf").unlink()
    again = convert(folder, rows)
    assert (again.counts, again.told) == ((0, 1, 0), [])


def test_it_comes_back_on_the_row_of_a_refused_request(folder: Path) -> None:
    [made] = convert(folder, solo("A", 1, regimeTVA="HT", bonCommande="a.pdf")).document["files"]
    name = Path(made["path"]).name
    taken = command("return", "--rejected", name, "--reason", "Essai", "--out", folder / "out")
    [to_correct] = taken.document["to_correct"]
    book = openpyxl.load_workbook(to_correct)
    assert "cert.pdf" in [cell.value for row in book["Demandes"].iter_rows() for cell in row]

    words = ("--out", folder / "out", "--date", DAY, "--attachments", folder / "pieces")
    again = command("convert", to_correct, *words)
    assert again.counts == (1, 0, 0)
    [made] = again.document["files"]
    [request] = json.loads(Path(made["path"]).read_text(encoding="utf-8"))["lignesImport"]
    assert [one["typeFichier"] for one in request["piecesJustificatives"]] == ["BON_COMMANDE", "PREUVE_HT"]
