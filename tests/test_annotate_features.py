"""Whatever a workbook holds, its copy loses nothing of it, round after round."""

from pathlib import Path

import office
import pytest
from annotated import SHEET, corrected, followed, mark, warned, wrong
from copy_marks import Marks, hidden_statut, lost, marks
from excel_save import saved_by_excel
from feature_workbooks import FEATURES
from opened_package import Opened, problems

from converter.reading.package import open_package

FINDINGS = [wrong("A3"), warned("B3"), corrected("C4"), wrong("B2"), wrong("B5"), wrong("A1", sheet="Listes")]
EMITTED = "Émise : JSON-0123456789-20261122-001.json"
FOLLOWED = [followed((2, 3, 4), "À corriger"), followed((5,), EMITTED)]
COLOURS = {"A3": "erreur", "B3": "avertissement", "C4": "correction", "B2": "erreur", "B5": "erreur"}
ROUNDS = 10

every_feature = pytest.mark.parametrize("name", FEATURES)


def annotated(workbook: bytes, folder: Path) -> bytes:
    here = Opened(workbook).sheets
    return mark(workbook, folder, [one for one in FINDINGS if one.cell.sheet in here], FOLLOWED)


def seen(copy: bytes) -> Marks:
    return marks(Opened(copy), SHEET, 1)


@every_feature
def test_a_copy_has_every_mark_and_loses_nothing(name: str, tmp_path: Path) -> None:
    source = FEATURES[name]()
    copy = annotated(source, tmp_path)
    assert problems(copy) - problems(source) == {}
    shown = seen(copy)
    assert {address: one for (sheet, address), one in shown.colours.items() if sheet == SHEET} == COLOURS
    assert {address for sheet, address in shown.comments if sheet == SHEET} == COLOURS.keys()
    assert list(shown.statut.values())[-4:] == ["À corriger"] * 3 + [EMITTED]
    assert lost(Opened(source), Opened(copy), shown, SHEET) == []
    assert hidden_statut(Opened(copy), SHEET, shown) == []
    assert open_package(tmp_path / "source.xlsx").sheets  # what the converter itself reads
    assert next(iter(Opened(copy).sheets)) == "Anomalies"


@every_feature
def test_rounds_with_excel_between_them_change_nothing(name: str, tmp_path: Path) -> None:
    source = FEATURES[name]()
    copy = annotated(source, tmp_path)
    first, sizes = seen(copy), []
    for _ in range(ROUNDS):
        copy = annotated(saved_by_excel(copy), tmp_path)
        sizes.append(sum(map(len, Opened(copy).parts.values())))
    assert problems(copy) - problems(source) == {}
    assert seen(copy) == first
    assert lost(Opened(source), Opened(copy), first, SHEET) == []
    assert max(sizes[1:]) - min(sizes[1:]) < 200  # numbers are longer or shorter
    clean = mark(saved_by_excel(copy), tmp_path, [])
    bare = seen(clean)
    assert (bare.colours, bare.comments, len(bare.statut)) == ({}, {}, 1)
    assert lost(Opened(source), Opened(clean), bare, SHEET) == []


@every_feature
def test_rounds_on_the_copy_as_it_is_change_nothing(name: str, tmp_path: Path) -> None:
    first = annotated(FEATURES[name](), tmp_path)
    copy = first
    for _ in range(3):
        copy = annotated(copy, tmp_path)
    assert Opened(copy).parts == Opened(first).parts


def saved_by_libreoffice(copies: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Every workbook as one LibreOffice opens and saves it."""
    opened, saved = folder / "ouverts", folder / "enregistres"
    opened.mkdir(exist_ok=True)
    for name, data in copies.items():
        (opened / f"{name}.xlsx").write_bytes(data)
    office.convert(sorted(opened.iterdir()), saved)
    return {name: (saved / f"{name}.xlsx").read_bytes() for name in copies}


@pytest.mark.office
def test_rounds_with_libreoffice_between_them_keep_every_mark(tmp_path: Path) -> None:
    copies = {name: annotated(make(), tmp_path) for name, make in FEATURES.items()}
    first = {name: seen(copy) for name, copy in copies.items()}
    formats = []
    for _ in range(3):
        copies = {name: annotated(saved, tmp_path) for name, saved in saved_by_libreoffice(copies, tmp_path).items()}
        formats.append({name: len(Opened(copy).looks) for name, copy in copies.items()})
    assert {name: problems(copy) for name, copy in copies.items()} == {name: {} for name in copies}
    assert {name: seen(copy) for name, copy in copies.items()} == first
    assert all(formats[2][name] <= formats[1][name] for name in copies)
