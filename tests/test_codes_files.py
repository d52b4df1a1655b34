"""Every code about the files that a run is given or is to write: what it is, then the sentence, or where it is told."""

import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import Convert, command
from package_parts import ONE_CELL, pack, parts, repack, sheet
from workbooks import rows_of, solo, write_workbook

from converter.reading.cells import column_letters
from converter.views.annotate import anomalies_sheet, marking


def pipe(path: Path) -> None:
    os.mkfifo(path)


def too_big(path: Path) -> None:
    path.touch()
    os.truncate(path, 60_000_001)


def a_part_that_leads_out(path: Path) -> None:
    pack(path, parts() | {"../xl/worksheets/sheet2.xml": sheet(ONE_CELL)})


def a_comment_among_the_cells(path: Path) -> None:
    pack(path, parts(sheet1=sheet(f"<!-- -->{ONE_CELL}")))


def many_errors(path: Path) -> None:
    """200,100 cells in error, in 100 columns."""
    row = '<row r="{row}">' + "".join(
        f'<c r="{column_letters(one)}{{row}}" t="e"><v>#N/A</v></c>' for one in range(1, 101)
    )
    rows = "".join(f"{row}</row>".format(row=number) for number in range(1, 2002))
    pack(path, parts(sheet1=sheet(rows)))


def much_text(path: Path) -> None:
    """4,100 cells that share a text of 30,000 characters: 123 Mo once each has its copy."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 4101))
    strings = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 30_000}</t></si></sst>'
    )
    pack(path, parts(sheet1=sheet(rows)) | {"xl/sharedStrings.xml": strings})


WORKBOOKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "fichier-illisible": (
        pipe,
        (
            "Le fichier « commandes.xlsx » ne peut pas être lu. Vérifiez vos droits sur ce fichier, fermez-le s'il est "
            "ouvert ailleurs, ou copiez-le sur votre poste.\n"
        ),
    ),
    "fichier-trop-gros": (
        too_big,
        (
            "Le fichier « commandes.xlsx » dépasse 60 Mo. Retirez-en les images et les feuilles inutiles, ou "
            "répartissez les demandes dans plusieurs classeurs.\n"
        ),
    ),
    "fichier-noms-internes": (
        a_part_that_leads_out,
        (
            "Le fichier « commandes.xlsx » n'a pas été ouvert : les noms de ses parties internes sont en double ou "
            "mènent hors du classeur. Demandez à son auteur d'où il vient ; s'il est sûr, ouvrez-le dans Excel et "
            "enregistrez-le de nouveau au format .xlsx.\n"
        ),
    ),
    "fichier-inhabituel": (
        a_comment_among_the_cells,
        (
            "Le classeur « commandes.xlsx » est écrit d'une façon inhabituelle, que le convertisseur ne lit pas "
            "sûrement. Ouvrez-le dans Excel et enregistrez-le de nouveau au format .xlsx.\n"
        ),
    ),
    "feuille-erreurs": (
        many_errors,
        (
            "La feuille « Demandes » de « commandes.xlsx » contient plus de 200 000 cellules en erreur (#N/A, #REF!…) "
            "ou dont la formule n'a pas de résultat. Corrigez les formules, ou collez les valeurs à leur place, puis "
            "enregistrez le classeur depuis Excel.\n"
        ),
    ),
    "feuille-texte": (
        much_text,
        (
            "La feuille « Demandes » de « commandes.xlsx » contient trop de texte pour être lue : plus de 120 Mo. "
            "Raccourcissez les cellules très longues, ou répartissez les demandes dans plusieurs classeurs.\n"
        ),
    ),
}


@pytest.mark.parametrize(("write", "sentence"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_workbook_that_is_not_read(
    convert: Convert, tmp_path: Path, write: Callable[[Path], None], sentence: str
) -> None:
    write(tmp_path / "commandes.xlsx")
    run = convert(tmp_path / "commandes.xlsx")
    assert (run.status, run.document) == (2, {})
    assert run.stderr.replace("\u00a0", " ") == sentence
    assert not (tmp_path / "out").exists()


def test_a_folder_that_took_the_place_of_a_workbook(
    convert: Convert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "commandes.xlsx").mkdir()
    monkeypatch.setattr("converter.runs.convert.find_workbooks", list)  # looked for just before
    run = convert(tmp_path / "commandes.xlsx")
    assert (run.status, run.document) == (2, {})
    assert run.stderr.replace("\u00a0", " ") == (
        "« commandes.xlsx » est un dossier, et non un classeur. Indiquez le classeur .xlsx qu'il contient.\n"
    )


def test_a_template_under_another_name(tmp_path: Path) -> None:
    run = command("template", tmp_path / "modele.xls")
    assert (run.status, run.document) == (2, {})
    assert run.stderr.replace("\u00a0", " ") == (
        "Le modèle ne peut pas s'appeler « modele.xls ». Donnez-lui un nom en .xlsx.\n"
    )


def test_nothing_of_the_user_s_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "suivi.xlsx").write_bytes(b"a garder")
    run = command("status", "--xlsx", tmp_path / "suivi.xlsx", "--out", tmp_path / "out")
    assert (run.status, run.document) == (2, {})
    assert run.stderr.replace("\u00a0", " ") == (
        f"Le fichier « {tmp_path}/suivi.xlsx » existe déjà : il n'a pas été remplacé. "
        "Donnez un autre nom, ou déplacez ce fichier.\n"
    )
    assert (tmp_path / "suivi.xlsx").read_bytes() == b"a garder"


# What the annotated copy says of itself, in « Anomalies »


def listed(convert: Convert, workbook: Path) -> list[tuple[int | None, str | None, str]]:
    """The row, column letter and code of each line of « Anomalies » in the annotated copy."""
    run = convert(workbook)
    assert run.status == 1
    (copy,) = run.document["annotated"]
    lines = openpyxl.load_workbook(copy)["Anomalies"].iter_rows(min_row=2, values_only=True)
    return [(line[1], line[2], line[6]) for line in lines]


def test_a_copy_that_loses_its_signature(convert: Convert, tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "commandes.xlsx", solo(regimeTVA="TVA"))
    repack(workbook, {"_xmlsignatures/sig1.xml": "<Signature/>"})
    assert listed(convert, workbook) == [(2, "D", "hors-liste"), (None, None, "copie-signature-retiree")]


def test_a_copy_with_more_to_say_than_a_workbook_holds(
    convert: Convert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOST_COMMENTS", 1)
    monkeypatch.setattr(anomalies_sheet, "MOST_LINKS", 1)
    workbook = write_workbook(
        tmp_path / "commandes.xlsx", rows_of(solo(regimeTVA="TVA"), solo("BC-2", 2, regimeTVA="TVA"))
    )
    assert listed(convert, workbook) == [
        (2, "D", "hors-liste"),
        (3, "D", "hors-liste"),
        (None, None, "copie-commentaires-limites"),
        (None, None, "copie-liens-limites"),
    ]
