"""Every code about documents: what stands in the folder and what the cell says, then the code on that cell."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import DAY, Run, command
from samples.documents import pdf
from workbooks import Row, solo, write_workbook

from converter.runs import judging

PDF = pdf("Bon de commande")
PNG = b"\x89PNG\r\n\x1a\n"


def converted(tmp_path: Path, rows: list[Row]) -> Run:
    """A run with the documents of the folder « pieces » beside the workbook."""
    workbook = write_workbook(tmp_path / "commandes.xlsx", rows)
    return command("convert", workbook, "--out", tmp_path / "out", "--date", DAY)


def nothing(folder: Path) -> None:
    assert not list(folder.iterdir())


def bon(folder: Path, name: str = "bon.pdf", content: bytes = PDF) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def two_alike(folder: Path) -> None:
    bon(folder, "Bon.pdf")
    bon(folder, "BON.pdf", PDF + b"\n")


def in_two_folders(folder: Path) -> None:
    bon(folder, "cabinet-a/bon.pdf")
    bon(folder, "cabinet-b/bon.pdf", PDF + b"\n")


def link(folder: Path) -> None:
    bon(folder, "vrai.pdf")
    (folder / "bon.pdf").symlink_to(folder / "vrai.pdf")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "bon.pdf")


def too_heavy(folder: Path) -> None:
    bon(folder)
    os.truncate(folder / "bon.pdf", 3_000_001)


def empty(folder: Path) -> None:
    bon(folder, content=b"")


def picture(folder: Path) -> None:
    bon(folder, content=PNG)


def none_at_all(folder: Path) -> None:
    folder.rmdir()


ORDERS: list[tuple[Callable[[Path], None], str | None, str]] = [
    (none_at_all, "bon.pdf", "dossier-pieces-absent"),
    (nothing, None, "document-manquant"),
    (nothing, "bon.pdf", "document-absent"),
    (bon, "../bon.pdf", "document-hors-dossier"),
    (bon, "bon.docx", "document-format-inconnu"),
    (two_alike, "bon.PDF", "document-jumeaux"),
    (in_two_folders, "bon.pdf", "document-plusieurs-dossiers"),
    (in_two_folders, "cabinet-a", "document-est-dossier"),
    (link, "bon.pdf", "document-lien"),
    (pipe, "bon.pdf", "document-illisible"),
    (empty, "bon.pdf", "document-vide"),
    (too_heavy, "bon.pdf", "document-trop-lourd"),
    (picture, "bon.pdf", "document-contenu"),
]


@pytest.mark.parametrize(("fill", "typed", "code"), ORDERS, ids=[one[2] for one in ORDERS])
def test_an_order_form_that_cannot_go_out(
    tmp_path: Path, fill: Callable[[Path], None], typed: str | None, code: str
) -> None:
    (tmp_path / "pieces").mkdir()
    fill(tmp_path / "pieces")
    run = converted(tmp_path, solo(bonCommande=typed))
    assert (run.status, run.counts, run.told) == (1, (0, 0, 1), [("AD2", "erreur", code)])


def test_a_certificate_that_is_named_nowhere(tmp_path: Path) -> None:
    (tmp_path / "pieces").mkdir()
    bon(tmp_path / "pieces")
    run = converted(tmp_path, solo(bonCommande="bon.pdf", regimeTVA="HT"))
    assert (run.status, run.counts, run.told) == (1, (0, 0, 1), [("AE2", "erreur", "attestation-manquante")])


def test_a_document_changed_while_the_run_is_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pieces").mkdir()
    bon(tmp_path / "pieces")
    meanwhile = judging.reconcile

    def changed_meanwhile(*arguments: Any, **named: Any) -> Any:
        bon(tmp_path / "pieces", content=PDF + b"\n")
        return meanwhile(*arguments, **named)

    monkeypatch.setattr(judging, "reconcile", changed_meanwhile)
    run = converted(tmp_path, solo(bonCommande="bon.pdf"))
    assert (run.status, run.document) == (2, {})
    assert run.stderr.replace("\u00a0", " ") == (
        "Le document destiné à devenir « MDV-LGC-Val-BDC-00001.pdf » a été modifié, déplacé ou supprimé pendant la "
        "conversion ; rien n'a été émis. Fermez les programmes qui l'utilisent, puis relancez la conversion.\n"
    )
    assert list((tmp_path / "out").glob("lot-*")) == []
