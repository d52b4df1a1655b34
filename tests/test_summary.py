"""What the terminal and `--json` say of a run."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from converter import findings
from converter.cli.summary import summary
from converter.findings import CatalogueEntry, Cell, Finding, Severity, finding
from converter.portal.batch_files import Archive, EmittedFile
from converter.views.outcome import Fate, Outcome, RefusedInput, RequestFate
from converter.views.run_document import run_document

LOT = Path("out/lot-20261122-01")
AGAIN = {"ventes/mars.xlsx": '--attachments "ventes/pieces"'}
JOUR = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = ("La valeur «\u00a0{valeur}\u00a0» ne va pas.", "Écrivez {quoi}.")
    entries = {
        "rpps-court": CatalogueEntry("rpps-court", Severity.ERROR, "RPPS trop court", *sentences, {}),
        "cle": CatalogueEntry("cle", Severity.WARNING, "Clé de contrôle fausse", *sentences, {}),
        "majuscules": CatalogueEntry("majuscules", Severity.CORRECTION, "Nom mis en majuscules", *sentences, {}),
        **{f"kind-{i}": CatalogueEntry(f"kind-{i}", Severity.ERROR, f"Faute {i}", *sentences, {}) for i in range(14)},
    }
    monkeypatch.setattr(findings, "catalogue", lambda: entries)


def found(code: str, row: int | None, column: str = "O", workbook: str = "ventes/mars.xlsx") -> Finding:
    return finding(code, Cell(workbook, "Demandes", row, column), "RPPS", "100", quoi="onze chiffres")


def fate(fate: Fate, row: int) -> RequestFate:
    return RequestFate(
        "ventes/mars.xlsx", "Demandes", (row,), f"BC-{row}", fate, "statut", montantSegurHT=Decimal("1075.00")
    )


FICHIER = EmittedFile(
    Path("JSON-0123456789-20261122-001.json"),
    2,
    Decimal("10750"),
    Decimal("3225.01"),
    (Archive(Path("PJ-0123456789-20261122-001-1.zip"), 12_360_000, ("MDV-LGC-Val-BDC-00001.pdf",)),),
)


def plain(outcome: Outcome) -> list[str]:
    return [line.replace("\u00a0", " ") for line in summary(outcome, AGAIN)]


def test_the_summary_of_a_run_with_held_back_requests() -> None:
    outcome = Outcome(
        "convert",
        JOUR,
        files=(FICHIER,),
        fates=(fate(Fate.EMITTED, 5), fate(Fate.EMITTED, 6), fate(Fate.ALREADY, 7), fate(Fate.HELD_BACK, 8)),
        findings=(*(found("rpps-court", row) for row in (8, 12, 9, 14, 20, 30)), found("cle", 9, "P")),
        annotated={"ventes/mars.xlsx": Path("mars-erreurs.xlsx")},
    ).in_folder(LOT)
    assert plain(outcome) == [
        "1 fichier JSON écrit.",
        "  2 demandes, 10 750,00 €, 1 zip de 12,4 Mo : out/lot-20261122-01/JSON-0123456789-20261122-001.json",
        "Demandes : 2 émises, 1 déjà émise, 1 retenue.",
        "  BC-7 : statut",
        "Montant HT : 10 750,00 €, dont avance de 30 % : 3 225,01 €.",
        "",
        "Constats : 6 erreurs, 1 avertissement.",
        "  6 × RPPS trop court (colonne O : lignes 8, 9, 12, 14, 20…)",
        "  1 × Clé de contrôle fausse [avertissement] (colonne P : ligne 9)",
        "",
        "Classeur annoté : out/lot-20261122-01/mars-erreurs.xlsx",
        "Rapport : out/lot-20261122-01/rapport.html",
        "",
        "À faire : déposez chaque fichier JSON sur le portail de l'ASP, puis ses zips.",
        "Puis, sur chaque fichier que le portail rend : converter return FICHIER.json",
        "À corriger : les cellules rouges du classeur annoté ; enregistrez-le.",
        "Puis :",
        '  converter convert "out/lot-20261122-01/mars-erreurs.xlsx" --attachments "ventes/pieces"',
    ]


def test_a_path_stands_at_the_end_of_its_line_after_a_plain_space() -> None:
    outcome = Outcome("convert", JOUR, files=(FICHIER,), fates=(fate(Fate.EMITTED, 5),)).in_folder(LOT)
    paths = [line.rsplit(" ", 1)[1] for line in summary(outcome, AGAIN) if str(LOT) in line]
    assert paths == [f"{LOT}/JSON-0123456789-20261122-001.json", f"{LOT}/rapport.html"]


def test_a_run_with_nothing_says_so() -> None:
    assert plain(Outcome("convert", JOUR)) == [
        "Aucun fichier JSON écrit.",
        "Demandes : 0 émise, 0 déjà émise, 0 retenue.",
    ]


def test_validate_says_that_nothing_was_emitted_and_what_comes_next() -> None:
    outcome = Outcome("validate", JOUR, fates=(fate(Fate.VALID, 5),)).in_folder(LOT)
    assert plain(outcome) == [
        "Vérification seule : rien n'a été émis, aucun numéro n'a été pris.",
        "Demandes : 1 valide, 0 déjà émise, 0 retenue.",
        "",
        "Rapport : out/lot-20261122-01/rapport.html",
        "",
        "À faire, sur les mêmes classeurs : converter convert CLASSEUR",
    ]


def test_corrections_are_counted_but_not_listed() -> None:
    lines = plain(Outcome("convert", JOUR, findings=(found("majuscules", 5), found("majuscules", 6))))
    assert "Constats : 2 corrections." in lines
    assert not any("majuscules" in line for line in lines)


def test_ten_kinds_are_listed_errors_first_and_the_most_frequent_first() -> None:
    many = tuple(found(f"kind-{i}", row) for i in range(14) for row in range(5, 6 + i))
    warnings = tuple(found("cle", row) for row in range(5, 105))
    lines = plain(Outcome("convert", JOUR, findings=warnings + many))
    listed = [line for line in lines if "×" in line]
    assert [line.split(" (")[0].strip() for line in listed] == [f"{i + 1} × Faute {i}" for i in range(13, 3, -1)]
    assert "  et 5 autres sortes, dans le rapport." in lines


def test_several_workbooks_are_named_and_counted() -> None:
    both = (found("rpps-court", 5), found("rpps-court", 6, workbook="ventes/avril.xlsx"))
    lines = plain(Outcome("convert", JOUR, findings=both))
    assert "  2 × RPPS trop court (mars.xlsx, colonne O : ligne 5 ; et 1 autre endroit)" in lines


def test_workbooks_of_the_same_name_are_told_apart() -> None:
    both = (found("rpps-court", 5, workbook="nord/mars.xlsx"), found("cle", 6, workbook="sud/mars.xlsx"))
    lines = plain(Outcome("convert", JOUR, findings=both))
    assert "  1 × RPPS trop court (nord/mars.xlsx, colonne O : ligne 5)" in lines
    assert "  1 × Clé de contrôle fausse [avertissement] (sud/mars.xlsx, colonne O : ligne 6)" in lines


def test_a_finding_on_another_sheet_or_on_the_whole_workbook_says_where_it_can() -> None:
    on_parameters = finding("rpps-court", Cell("mars.xlsx", "Paramètres", 3, "B"), "SIRET", "1", quoi="le SIRET")
    on_workbook = finding("cle", Cell("mars.xlsx"), "", "", quoi="rien")
    lines = plain(Outcome("convert", JOUR, findings=(on_parameters, on_workbook)))
    assert "  1 × RPPS trop court (feuille « Paramètres », colonne B : ligne 3)" in lines
    assert "  1 × Clé de contrôle fausse [avertissement]" in lines


def test_unread_inputs_unused_documents_and_recovery_are_told() -> None:
    outcome = Outcome(
        "convert",
        JOUR,
        refused=(RefusedInput("recus/vieux.xls", "fichier-xls", "Ce classeur est au format .xls."),),
        unused_documents=("a.pdf", "b.pdf"),
        recovered=("Le lot lot-20261121-01 a été terminé.",),
    )
    lines = plain(outcome)
    assert lines[0] == "Reprise : Le lot lot-20261121-01 a été terminé."
    assert "Classeur non lu, vieux.xls : Ce classeur est au format .xls." in lines
    assert "2 documents du dossier des pièces qu'aucune ligne ne cite (liste dans le rapport)." in lines


def test_a_file_name_cannot_steer_the_terminal() -> None:
    outcome = Outcome(
        "convert",
        JOUR,
        annotated={"\x1b[31mrouge.xlsx": Path("\x1b[31mrouge-erreurs.xlsx")},
        refused=(RefusedInput("\x1b[2J\nfin.xlsx", "fichier-abime", "Illisible."),),
    ).in_folder(LOT)
    text = "".join(summary(outcome, {}))
    assert "\x1b" not in text
    assert "\n" not in text


def test_a_huge_run_takes_few_lines() -> None:
    outcome = Outcome(
        "convert",
        JOUR,
        files=(FICHIER,) * 100,
        fates=tuple(fate(Fate.HELD_BACK, row) for row in range(5, 5005)),
        findings=tuple(found(f"kind-{row % 14}", row) for row in range(5, 20_005)),
        annotated={f"{i}.xlsx": Path(f"{i}-erreurs.xlsx") for i in range(60)},
    ).in_folder(LOT)
    lines = plain(outcome)
    assert len(lines) <= 30
    assert "  … et 98 autres, dans le rapport." in lines
    assert "  1 428 × Faute 0 (mars.xlsx, colonne O : lignes 14, 28, 42, 56, 70…)" in lines


def test_json_follows_the_interface() -> None:
    outcome = Outcome(
        "convert",
        JOUR,
        files=(FICHIER,),
        fates=(fate(Fate.EMITTED, 5), fate(Fate.EMITTED, 6), fate(Fate.ALREADY, 7), fate(Fate.HELD_BACK, 8)),
        findings=(found("rpps-court", 8), finding("cle", Cell("ventes/mars.xlsx"), quoi="rien")),
        annotated={"ventes/mars.xlsx": Path("mars-erreurs.xlsx")},
    ).in_folder(LOT)
    assert json.loads(json.dumps(run_document(outcome))) == {
        "lot": "out/lot-20261122-01",
        "files": [
            {
                "path": "out/lot-20261122-01/JSON-0123456789-20261122-001.json",
                "requests": 2,
                "archives": ["out/lot-20261122-01/PJ-0123456789-20261122-001-1.zip"],
            }
        ],
        "requests": {"emitted": 2, "already_emitted": 1, "held_back": 1},
        "annotated": ["out/lot-20261122-01/mars-erreurs.xlsx"],
        "report": "out/lot-20261122-01/rapport.html",
        "findings": [
            {
                "workbook": "ventes/mars.xlsx",
                "sheet": "Demandes",
                "row": 8,
                "column": "O",
                "tag": "RPPS",
                "value": "100",
                "severity": "erreur",
                "code": "rpps-court",
                "message": "La valeur «\u00a0100\u00a0» ne va pas.",
                "remedy": "Écrivez onze chiffres.",
            },
            {
                "workbook": "ventes/mars.xlsx",
                "sheet": "",
                "row": None,
                "column": "",
                "tag": "",
                "value": "",
                "severity": "avertissement",
                "code": "cle",
                "message": "La valeur «\u00a0\u00a0» ne va pas.",
                "remedy": "Écrivez rien.",
            },
        ],
    }


def test_json_of_validate_has_no_file_and_nothing_emitted() -> None:
    told = run_document(Outcome("validate", JOUR, fates=(fate(Fate.VALID, 5), fate(Fate.HELD_BACK, 6))).in_folder(LOT))
    assert told["files"] == []
    assert told["requests"] == {"emitted": 0, "already_emitted": 0, "held_back": 1}


def test_json_of_a_run_that_wrote_nothing_has_neither_lot_nor_report() -> None:
    told = run_document(Outcome("convert", JOUR))
    assert (told["lot"], told["report"], told["annotated"]) == (None, None, [])
