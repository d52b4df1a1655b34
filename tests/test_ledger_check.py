"""`ledger check`: the ledger held against the lots on disk, both ways, and nothing changed by it."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from publisher import Publisher
from samples.documents import pdf
from workbooks import rows_of, solo

FILE = "JSON-0123456789-20221107-001.json"
ZIP = "PJ-0123456789-20221107-001-1.zip"


@pytest.fixture
def office(tmp_path: Path) -> Publisher:
    """Two requests with their documents, left on 7 November 2022."""
    made = Publisher(tmp_path)
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    for name in ("a.pdf", "b.pdf"):
        (pieces / name).write_bytes(pdf(name))
    order = {"dateCommande": "04/11/2022"}
    rows = rows_of(solo("BC-1", 1, bonCommande="a.pdf", **order), solo("BC-2", 2, bonCommande="b.pdf", **order))
    run = made.run("convert", made.workbook("commandes.xlsx", rows), "--date", "2022-11-07")
    assert run.counts == (2, 0, 0), run.document["findings"]
    return made


def differences(office: Publisher) -> list[str]:
    before = office.ledger.read_bytes()
    run = office.run("ledger", "check")
    found = [one["code"] for one in run.document["differences"]]
    assert (run.status, office.ledger.read_bytes()) == (1 if found else 0, before)
    return found


def edit(path: Path, **values: Any) -> None:
    parsed = json.loads(path.read_bytes())
    parsed["lignesImport"][0]["commande"] |= values
    path.write_text(json.dumps(parsed))


def test_nothing_differs(office: Publisher) -> None:
    assert differences(office) == []
    run = office.run("ledger", "check")
    assert (run.document["files"], run.document["requests"]) == (1, 2)
    assert "disent la même chose" in run.stderr


def test_whatever_its_lot_is_called(office: Publisher) -> None:
    (office.out / "lot-20221107-01").rename(office.out / "novembre")
    assert differences(office) == []


def test_a_file_that_is_gone(office: Publisher) -> None:
    office.file(FILE).unlink()
    assert differences(office) == ["check-fichier-disparu"]


def test_a_file_that_the_ledger_does_not_know(office: Publisher) -> None:
    shutil.copy(office.file(FILE), office.out / FILE.replace("-001", "-002"))
    assert differences(office) == ["check-fichier-inconnu"]


def test_a_file_that_is_damaged(office: Publisher) -> None:
    office.file(FILE).write_text("{")
    assert differences(office) == ["check-fichier-illisible"]


def test_a_request_that_is_another(office: Publisher) -> None:
    edit(office.file(FILE), montantSegurHT=9.99)
    assert differences(office) == ["check-demande-autre"]


def test_a_request_more_or_less(office: Publisher) -> None:
    path = office.file(FILE)
    parsed = json.loads(path.read_bytes())
    parsed["lignesImport"][0]["numeroEditeur"] = "00007"
    parsed["lignesImport"][0]["piecesJustificatives"][0]["nomFichier"] = "MDV-LGC-Val-BDC-00007.pdf"
    path.write_text(json.dumps(parsed))
    assert differences(office) == ["check-demande-absente", "check-demande-inconnue"]


def test_documents_that_are_gone_or_others(office: Publisher) -> None:
    archive = office.file(FILE).with_name(ZIP)
    archive.unlink()
    assert differences(office) == ["check-document-absent"] * 2
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("MDV-LGC-Val-BDC-00001.pdf", pdf("a.pdf"))
        package.writestr("MDV-LGC-Val-BDC-00002.pdf", pdf("une autre"))
    assert differences(office) == ["check-document-autre"]


def test_a_voided_file_that_is_still_under_its_name(office: Publisher) -> None:
    office.run("void", FILE)
    assert differences(office) == []
    aside = office.file(f"{FILE}.annulé")
    aside.rename(aside.with_name(FILE))
    assert differences(office) == ["check-annule-en-place"]


def test_a_lot_that_was_recorded_and_not_put_in_place(office: Publisher) -> None:
    (office.out / "lot-20221107-01").rename(office.out / ".lot-20221107-01-0123abcd-0123abcd.part")
    with closing(sqlite3.connect(office.ledger)) as db:
        db.execute("UPDATE lots SET dossier = ''")
        db.commit()
    assert differences(office) == ["check-lot-inacheve"]


def test_no_ledger(tmp_path: Path) -> None:
    run = Publisher(tmp_path).run("ledger", "check")
    assert (run.status, run.document, run.stderr.count("\n")) == (2, {}, 1)
