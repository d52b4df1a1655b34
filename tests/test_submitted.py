"""Workbooks handed over as bytes by a program, and judged again at each change that a person makes."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from samples.documents import pdf
from workbooks import SUPPLIER, group, rows_of, rpps, solo, write_workbook

import converter
from converter import Options, Outcome, Refusal, Submitted, convert, validate
from converter.runs.review import annotated, read, review, with_text

DAY = converter.Options().day.replace(year=2026, month=11, day=22)
WRONG = "1000123456"


def submitted(tmp_path: Path, rows: list[Any], name: str = "commandes.xlsx", **more: Any) -> Submitted:
    path = write_workbook(tmp_path / "made.xlsx", rows, **more.pop("book", {}))
    content = path.read_bytes()
    path.unlink()
    return Submitted(name, content, **more)


def options(tmp_path: Path, **more: Any) -> Options:
    return Options(out=tmp_path / "out", day=DAY, **more)


def places(outcome: Outcome) -> list[tuple[int | None, str, str]]:
    return [(one.row, one.tag, one.code) for one in outcome.findings]


def test_it_becomes_files_under_the_name_that_its_user_gave(tmp_path: Path) -> None:
    rows = [*solo(), *solo(refCommande="BC-2", RPPS=WRONG)]
    outcome = convert([submitted(tmp_path, rows, "Été 2026.xlsx")], options(tmp_path, documents=False))
    (file,) = outcome.files
    assert len(json.loads(file.path.read_bytes())["lignesImport"]) == 1
    (copy,) = outcome.annotated.values()
    assert copy.name == "Été 2026-erreurs.xlsx"
    assert "Anomalies" in openpyxl.load_workbook(copy).sheetnames
    assert places(outcome) == [(3, "RPPS", "longueur-exacte")]


@pytest.mark.parametrize(
    "name", ["../../dehors.xlsx", r"C:\dehors.xlsx", "a/b\\dehors.xlsx", 'de"ho:rs?.xlsx', "d" * 300 + ".xlsx"]
)
def test_no_name_leads_out_of_the_batch(tmp_path: Path, name: str) -> None:
    rows = [*solo(), *solo(refCommande="BC-2", RPPS=WRONG)]
    outcome = convert([submitted(tmp_path, rows, name)], options(tmp_path, documents=False))
    (copy,) = outcome.annotated.values()
    assert copy.parent == tmp_path / "out" / "lot-20261122-01"
    assert copy.is_file()
    assert not set(copy.name) & set('<>:"/\\|?*')


def test_its_documents_go_into_the_archives(tmp_path: Path) -> None:
    stored = tmp_path / "5f1c"
    stored.write_bytes(pdf("bon"))
    book = submitted(tmp_path, solo(bonCommande="bons/Bon 1.pdf"), documents={"bons/bon 1.PDF": stored})
    (file,) = convert([book], options(tmp_path)).files
    assert [archive.path.name for archive in file.archives] == ["PJ-0123456789-20261122-001-1.zip"]


def test_what_is_wrong_with_a_document_is_said_by_the_name_of_its_user(tmp_path: Path) -> None:
    stored = tmp_path / "5f1c"
    stored.write_bytes(pdf("bon"))
    unused = tmp_path / "77aa"
    unused.write_bytes(pdf("autre"))
    book = submitted(tmp_path, solo(bonCommande="bon.jpg"), documents={"bon.jpg": stored, "autre.pdf": unused})
    outcome = validate([book], options(tmp_path))
    assert places(outcome) == [(2, "bonCommande", "document-contenu")]
    assert outcome.findings[0].remedy == "Renommez le fichier en «\u00a0bon.pdf\u00a0» et corrigez cette cellule."
    assert outcome.unused_documents == ("autre.pdf",)


def test_two_of_one_name_are_two(tmp_path: Path) -> None:
    books = [
        submitted(tmp_path, [*solo(f"BC-{n}", n), *solo(f"BD-{n}", n, RPPS=WRONG)], identity=str(n)) for n in (1, 2)
    ]
    outcome = convert(books, options(tmp_path, documents=False))
    assert sorted(copy.name for copy in outcome.annotated.values()) == [
        "commandes-2-erreurs.xlsx",
        "commandes-erreurs.xlsx",
    ]


@pytest.mark.parametrize(("content", "code"), [(b"", "fichier-vide"), (b"a;b;c", "fichier-autre-format")])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        convert([Submitted("a.xlsx", content)], options(tmp_path))
    assert refusal.value.code == code


_RPPS_MISSING, _RPPS_SHORT = (2, "RPPS", "obligatoire"), (3, "RPPS", "longueur-exacte")


@pytest.mark.parametrize(
    ("row", "tag", "text", "expected"),
    [
        (3, "RPPS", rpps(2), {_RPPS_MISSING}),
        (2, "RPPS", rpps(1), {_RPPS_SHORT}),
        (2, "refCommande", "BC-9", {_RPPS_MISSING, _RPPS_SHORT}),
        (2, "dateCommande", "31/02/2026", {(2, "dateCommande", "date-inexistante"), _RPPS_MISSING, _RPPS_SHORT}),
    ],
)
def test_a_change_is_judged_as_if_it_stood_in_the_file(
    tmp_path: Path, row: int, tag: str, text: str, expected: set[tuple[int, str, str]]
) -> None:
    rows = rows_of(solo(RPPS=""), solo("BC-2", 2, RPPS=WRONG))
    book, asked = submitted(tmp_path, rows), options(tmp_path, documents=False)
    workbook = with_text(read(book, asked), "Demandes", row, tag, text)
    assert workbook is not None
    assert set(places(review(workbook, book, asked, {}))) == expected
    changed = [{**one, tag: text} if number == row else one for number, one in enumerate(rows, 2)]
    assert set(places(validate([submitted(tmp_path, changed)], asked))) == expected


def test_a_change_that_only_the_file_can_tell_is_left_to_it(tmp_path: Path) -> None:
    book, asked = submitted(tmp_path, group()), options(tmp_path, documents=False)
    workbook = read(book, asked)
    assert with_text(workbook, "Demandes", 2, "RPPS", "") is None  # the row might then be empty
    assert with_text(workbook, "Demandes", 9, "RPPS", "1") is None
    assert with_text(workbook, "Paramètres", 1, "SIRET", "1") is None


def test_a_review_leaves_nothing_behind(tmp_path: Path) -> None:
    book, asked = submitted(tmp_path, solo()), options(tmp_path, documents=False)
    outcome = review(read(book, asked), book, asked, {})
    assert [one.statut for one in outcome.fates] == ["Valide"]
    assert not (tmp_path / "out").exists()


def test_a_document_is_opened_once_for_all_reviews(tmp_path: Path) -> None:
    stored = tmp_path / "5f1c"
    stored.write_bytes(pdf("bon"))
    book = submitted(tmp_path, solo(bonCommande="bon.pdf"), documents={"bon.pdf": stored})
    known: dict[Any, Any] = {}
    asked = options(tmp_path)
    workbook = read(book, asked)
    assert places(review(workbook, book, asked, known)) == []
    stored.unlink()
    assert places(review(workbook, book, asked, known)) == []
    assert places(review(workbook, book, asked, {})) == [(2, "bonCommande", "document-illisible")]


def test_the_annotated_copy_of_a_review(tmp_path: Path) -> None:
    book, asked = submitted(tmp_path, solo(RPPS=WRONG), book={"supplier": SUPPLIER}), options(tmp_path, documents=False)
    workbook = read(book, asked)
    (tmp_path / "copie.xlsx").write_bytes(annotated(workbook, book.content, review(workbook, book, asked, {})))
    sheet = openpyxl.load_workbook(tmp_path / "copie.xlsx")["Demandes"]
    assert [cell.value for cell in sheet[1]][-1] == "Statut"
    assert [cell.value for cell in sheet[2]][-1] == "À corriger"
