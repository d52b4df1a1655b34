"""Every code of the ledger and of the batches of killed runs: what befell them, then the sentence and exit status."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import DAY, Convert, Run, command
from workbooks import rows_of, solo, write_workbook

from converter import ledger
from converter.ledger import queries
from converter.ledger.model import StagedBatch
from converter.ledger.reconciliation import ToEmit
from converter.ledger.sqlite import SqliteLedger
from converter.portal.numbering import number
from converter.runs import road

NAME = "JSON-0123456789-20261122-001.json"


def said(run: Run) -> str:
    return run.stderr.replace("\u00a0", " ")


def refused(run: Run) -> str:
    """The sentence of a run that did nothing."""
    assert (run.status, run.document) == (2, {})
    return said(run)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where `convert` leaves its batches."""
    return tmp_path / "out"


# The file, and the numbers that it gives


def test_a_damaged_ledger(convert: Convert, out: Path) -> None:
    convert(solo())
    path = out / "registre.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    sentence = refused(command("status", "--out", out))
    assert sentence.startswith(f"Le registre « {path} » est abîmé : rien n'y a été écrit. ")


def test_a_ledger_that_another_run_keeps_busy(convert: Convert, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    convert(solo("BC-1", 1))
    path = out / "registre.sqlite3"
    monkeypatch.setattr(ledger.open_ledger, "__defaults__", (0.25,))  # seconds, where a run waits for a minute
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert refused(convert(solo("BC-2", 2))) == (
            f"Le registre « {path} » est resté occupé par une autre exécution pendant 0,25 secondes : rien n'a été "
            "fait. Attendez que l'autre exécution se termine, puis relancez la commande.\n"
        )


def test_not_enough_numbers_left(convert: Convert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_LAST_NUMBER", 1)
    assert refused(convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))) == (
        "Il ne reste pas assez de numeroEditeur libres : le dernier possible est 99999, et aucun ne sert deux fois. "
        "Faites moins de demandes à la fois, et voyez avec l'ASP comment numéroter la suite.\n"
    )


def test_no_file_number_left_for_the_day(convert: Convert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LAST_FILE", 1)
    assert convert(solo("BC-1", 1)).status == 0
    assert refused(convert(solo("BC-2", 2))) == (
        "Le logiciel 0123456789 a déjà ses 999 fichiers du 22/11/2026 : le nom d'un fichier n'a que trois chiffres "
        "pour son numéro. Relancez la commande pour un autre jour de dépôt, avec --date.\n"
    )


# Batches of runs that were killed, or that met another


def killed(workbook: Path, out: Path, at: str) -> Path:
    """The staging folder of a run killed as it calls `at`."""
    script = (
        "import os\n"
        "from converter.cli import main\n"
        "from converter.ledger.sqlite import SqliteLedger\n"
        "from converter.runs import road\n"
        f"{at} = lambda *_, **__: os._exit(9)\n"
        f"main(['convert', {str(workbook)!r}, '--out', {str(out)!r}, '--date', {DAY!r}, '--no-attachments'])\n"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 9
    (staged,) = out.glob(".lot-*.part")
    return staged


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_workbook(tmp_path / "commandes.xlsx", solo())


def test_a_batch_that_a_killed_run_had_recorded_is_put_in_place(convert: Convert, workbook: Path, out: Path) -> None:
    killed(workbook, out, "SqliteLedger.publish")
    run = convert(workbook)
    assert (run.status, run.counts) == (0, (0, 1, 0))
    assert (
        "Une exécution précédente a été interrompue après avoir inscrit ses demandes au registre : son dossier a été "
        f"mis en place, « {out}/lot-20261122-01 ». Ses fichiers sont entiers : déposez-les comme les autres.\n"
    ) in said(run)
    assert (out / "lot-20261122-01" / NAME).is_file()


def test_a_batch_that_a_killed_run_had_recorded_is_gone(convert: Convert, workbook: Path, out: Path) -> None:
    shutil.rmtree(killed(workbook, out, "SqliteLedger.publish"))
    run = convert(workbook)
    assert (run.status, run.counts) == (0, (0, 1, 0))
    assert (
        f"Une exécution précédente a été interrompue et son dossier « {out}/lot-20261122-01 » n'est plus là, alors "
        "que le registre tient ses demandes pour émises. Retrouvez ce dossier ; si ses fichiers sont perdus et n'ont "
        "pas été déposés, annulez chacun par « converter void ».\n"
    ) in said(run)


def test_a_batch_that_a_killed_run_had_not_recorded_is_removed(convert: Convert, workbook: Path, out: Path) -> None:
    convert(solo("BC-2", 2))
    staged = killed(workbook, out, "road.write_files")
    run = convert(workbook)
    assert (run.status, run.counts) == (0, (1, 0, 0))
    assert (
        "Une exécution précédente a été interrompue avant d'inscrire quoi que ce soit : ses fichiers inachevés ont "
        f"été retirés de « {out} ». Aucun numéro n'a été pris : ses demandes partent à la prochaine conversion.\n"
    ) in said(run)
    assert not staged.exists()


def test_a_batch_that_another_run_has_put_in_place(
    convert: Convert, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = SqliteLedger.publish

    def overtaken(self: SqliteLedger, batch: StagedBatch) -> Path:
        batch.staging.rename(batch.final)
        return publish(self, batch)

    monkeypatch.setattr(SqliteLedger, "publish", overtaken)
    run = convert(solo())
    assert (run.status, run.document) == (1, {})
    assert said(run) == (
        f"Le registre a enregistré : 1 demande émise ({NAME}). « converter status » le redit.\n"
        "Les fichiers de cette exécution sont inscrits au registre, mais leur dossier a été mis en place par une "
        f"autre exécution. Cherchez le dossier « lot-… » le plus récent dans « {out} » ; « converter status » montre "
        "les noms des fichiers.\n"
    )


def test_a_voided_file_whose_other_name_is_taken(convert: Convert, out: Path) -> None:
    convert(solo())
    (out / "lot-20261122-01" / f"{NAME}.annulé").mkdir()
    run = command("void", NAME, "--out", out)
    assert (run.status, run.document) == (0, {"voided": NAME, "requests": ["00001"]})
    assert (
        f"Le fichier annulé « {NAME} » ou l'une de ses archives n'a pas pu être renommé dans "
        f"« {out}/lot-20261122-01 ». Fermez le programme qui l'ouvre, puis relancez la commande ; ne le déposez pas "
        "sur le portail.\n"
    ) in said(run)


def test_a_file_of_the_same_name_that_comes_during_the_run(
    convert: Convert, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied_there_meanwhile(*arguments: Any) -> list[ToEmit]:
        (out / NAME).write_text("{}")
        return number(*arguments)

    monkeypatch.setattr(road, "number", copied_there_meanwhile)
    out.mkdir()
    assert refused(convert(solo())) == (
        f"Le fichier « {NAME} », que cette exécution allait faire, existe déjà dans « {out} » : rien n'a été écrit. "
        "S'il est annulé ou n'a jamais été déposé, sortez-le de ce dossier ; sinon, donnez par --ledger le registre "
        "qui a servi à l'émettre.\n"
    )
    assert list(out.glob("lot-*")) == []
