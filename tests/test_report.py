"""`rapport.html`: what it says, that it stands alone, that it is accessible and bounded, and how Chromium shows it."""

import re
import subprocess
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html

from converter import findings
from converter.findings import CatalogueEntry, Cell, Finding, Severity
from converter.portal.batch_files import Archive, EmittedFile
from converter.views.outcome import Fate, Outcome, RefusedInput, RequestFate
from converter.views.report import render_report

MARS = "ventes/mars.xlsx"
JSON = "JSON-0123456789-20261122-001.json"
JOUR = date(2026, 11, 22)


SENTENCES = ("La valeur «\u00a0{valeur}\u00a0» ne va pas.", "Écrivez-la en entier.")
ENTRIES = {
    "rpps-court": CatalogueEntry("rpps-court", Severity.ERROR, "RPPS trop court", *SENTENCES, {}),
    "cle": CatalogueEntry("cle", Severity.WARNING, "Clé de contrôle fausse", *SENTENCES, {}),
    "majuscules": CatalogueEntry("majuscules", Severity.CORRECTION, "Nom mis en majuscules", *SENTENCES, {}),
}


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "catalogue", lambda: ENTRIES)


def found(code: str, row: int, value: str = "100", tag: str = "RPPS", workbook: str = MARS) -> Finding:
    return Finding(code, Cell(workbook, "Demandes", row, "O"), ENTRIES[code].severity, tag, value)


def emitted(number: str, reference: str) -> RequestFate:
    return RequestFate(MARS, "Demandes", (5,), reference, Fate.EMITTED, "Émise", JSON, number, Decimal("5375"))


def held_back(reference: str, *rows: int, statut: str = "À corriger", workbook: str = MARS) -> RequestFate:
    return RequestFate(workbook, "Demandes", rows, reference, Fate.HELD_BACK, statut)


FULL = Outcome(
    "convert",
    JOUR,
    files=(
        EmittedFile(
            Path(JSON),
            2,
            Decimal("10750"),
            Decimal("3225.01"),
            (Archive(Path("PJ-0123456789-20261122-001-1.zip"), 12_360_000, ("MDV-LGC-Val-BDC-00001.pdf",)),),
        ),
    ),
    fates=(
        emitted("00001", "BC-1"),
        emitted("00002", "BC-2"),
        held_back("BC-3", 8, 9),
        RequestFate(MARS, "Demandes", (10,), "BC-4", Fate.ALREADY, "Déjà émise\u00a0: JSON-A-001.json, demande 00012"),
    ),
    findings=(
        found("rpps-court", 9, "1000123456"),
        found("rpps-court", 30, "1"),
        found("cle", 8),
        found("majuscules", 8, "Durand", "nomMedecin"),
    ),
    annotated={MARS: Path("mars-erreurs.xlsx")},
    refused=(RefusedInput("recus/vieux.xls", "fichier-xls", "Ce classeur est au format .xls."),),
    unused_documents=("scans/oublié.pdf",),
    recovered=("Le lot lot-20261121-01 a été terminé.",),
    batch=Path("out/lot-20261122-01"),
)


def page(outcome: Outcome) -> html.HtmlElement:
    return html.document_fromstring(render_report(outcome))


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def section(outcome: Outcome, title: str) -> list[html.HtmlElement]:
    """The elements between this h2 and the next."""
    heading = next(one for one in page(outcome).iter("h2") if text(one) == title)
    siblings = []
    for one in heading.itersiblings():
        if one.tag == "h2":
            break
        siblings.append(one)
    return siblings


def section_text(outcome: Outcome, title: str) -> str:
    return " ".join(text(one) for one in section(outcome, title))


def rows(outcome: Outcome, title: str) -> list[list[str]]:
    """The text of the body's cells of each table of a section."""
    return [
        [text(cell) for cell in row]
        for one in section(outcome, title)
        for row in one.xpath(".//tbody/tr")
    ]  # fmt: skip


class TestContent:
    def test_the_title_bears_the_day(self) -> None:
        assert text(page(FULL).find(".//h1")) == "Rapport de conversion du 22 novembre 2026"

    def test_the_totals(self) -> None:
        totals = {text(one.find("dt")): one.find("dd").text for one in page(FULL).xpath("//dl/div")}
        assert totals == {
            "Demandes émises": "2",
            "Déjà émises": "1",
            "Retenues": "1",
            "Montant HT": "10\u00a0750,00\u00a0€",
            "Avance de 30 %": "3\u00a0225,01\u00a0€",
        }

    def test_each_file_has_its_line_with_its_zip(self) -> None:
        assert rows(FULL, "Fichiers à déposer") == [
            [
                JSON,
                "2",
                "10 750,00 €",
                "PJ-0123456789-20261122-001-1.zip – 12,4 Mo 1 document MDV-LGC-Val-BDC-00001.pdf",
            ]
        ]

    def test_the_numbers_given_are_kept_beside_their_orders(self) -> None:
        assert "00001 – BC-1 – 5 375,00 € 00002 – BC-2 – 5 375,00 €" in section_text(FULL, "Fichiers à déposer")

    def test_a_held_back_request_has_the_errors_of_its_rows_and_a_link_to_the_annotated_copy(self) -> None:
        assert rows(FULL, "Demandes retenues") == [
            ["BC-3", "mars.xlsx, lignes 8, 9", "O9 : La valeur « 1000123456 » ne va pas."]
        ]
        links = [one.xpath(".//a/@href") for one in section(FULL, "Demandes retenues")]
        assert links == [["mars-erreurs.xlsx"]]

    def test_a_held_back_request_without_an_error_of_its_own_says_its_status(self) -> None:
        outcome = Outcome("convert", JOUR, fates=(held_back("", 8, statut="Retenue\u00a0: SIRET absent"),))
        assert rows(outcome, "Demandes retenues") == [
            ["sans référence", "mars.xlsx, ligne 8", "Retenue : SIRET absent"]
        ]

    def test_the_annotated_workbooks_with_their_counts(self) -> None:
        assert rows(FULL, "Classeurs annotés") == [
            ["mars.xlsx", "mars-erreurs.xlsx", "2 erreurs, 1 avertissement, 1 correction"]
        ]

    def test_findings_are_grouped_by_kind_and_column(self) -> None:
        sentence = "La valeur « {} » ne va pas. Écrivez-la en entier."
        assert rows(FULL, "Constats par nature") == [
            ["erreur", "RPPS trop court", sentence.format("1000123456"),
             "Numéro RPPS RPPScolonne O : lignes 9, 30", "2"],
            ["avertissement", "Clé de contrôle fausse", sentence.format("100"),
             "Numéro RPPS RPPScolonne O : ligne 8", "1"],
            ["correction", "Nom mis en majuscules", sentence.format("Durand"),
             "Nom du médecin nomMedecincolonne O : ligne 8", "1"],
        ]  # fmt: skip

    def test_the_picture_says_in_words_what_it_draws(self) -> None:
        drawn = page(FULL).find(".//svg")
        assert drawn.get("role") == "img"
        assert set(drawn.get("aria-labelledby").split()) == set(drawn.xpath("./*[@id]/@id"))
        assert text(drawn.find("desc")) == (
            "RPPS trop court : 2 erreurs ; Clé de contrôle fausse : 1 avertissement ; "
            "Nom mis en majuscules : 1 correction."
        )
        assert [bar.get("width") for bar in drawn.iter("rect")] == ["600", "300", "300"]

    def test_already_emitted_unread_unused_and_recovered(self) -> None:
        assert rows(FULL, "Demandes déjà émises") == [
            ["BC-4", "mars.xlsx", "Déjà émise : JSON-A-001.json, demande 00012"]
        ]
        assert rows(FULL, "Classeurs qui n'ont pas pu être lus") == [["vieux.xls", "Ce classeur est au format .xls."]]
        assert "scans/oublié.pdf" in section_text(FULL, "Documents qu'aucune ligne ne cite")
        assert "Le lot lot-20261121-01 a été terminé." in section_text(FULL, "Reprise d'une exécution interrompue")

    def test_what_to_do_next_is_in_order(self) -> None:
        steps = [text(one) for one in section(FULL, "À faire maintenant")[0].iter("strong")]
        assert steps == [
            "Déposez ces fichiers sur le portail de l'ASP",
            "Ne renommez et ne modifiez aucun fichier",
            "Quand le portail rend le fichier JSON",
            "Corrigez les demandes retenues",
            "Remplacez les classeurs qui n'ont pas pu être lus",
        ]
        assert "converter return" in section_text(FULL, "À faire maintenant")

    def test_the_controls_that_are_not_made_are_named(self) -> None:
        told = section_text(FULL, "Ce que ces contrôles ne disent pas")
        assert [word for word in ("RPPS", "plafonds", "documents", "FINESS") if word not in told] == []

    def test_an_empty_run(self) -> None:
        empty = Outcome("convert", JOUR)
        assert [text(one) for one in page(empty).iter("h2")] == [
            "À faire maintenant",
            "Demandes retenues",
            "Constats par nature",
            "Ce que ces contrôles ne disent pas",
        ]
        assert "Rien à déposer et rien à corriger." in section_text(empty, "À faire maintenant")

    def test_validate_says_that_nothing_was_emitted(self) -> None:
        valid = RequestFate(MARS, "Demandes", (5,), "BC-1", Fate.VALID, "Valide", montantSegurHT=Decimal("1075.5"))
        told = text(page(Outcome("validate", JOUR, fates=(valid,))))
        assert "Rapport de vérification du 22 novembre 2026" in told
        assert "Rien n'a été émis." in told
        assert "1 075,50 €" in told
        assert "Déposez" not in told
        assert "Rien n'a été émis." not in text(page(FULL))

    def test_a_file_without_zip_says_so(self) -> None:
        outcome = Outcome("convert", JOUR, files=(EmittedFile(Path(JSON), 1, Decimal(1), Decimal("0.30")),))
        assert rows(outcome, "Fichiers à déposer")[0][3] == "Aucun zip : les documents sont à joindre par vos soins."


class TestSafe:
    def test_values_never_become_markup(self) -> None:
        hostile = "<img src=x onerror=alert(1)>\"'&"
        outcome = Outcome(
            "convert",
            JOUR,
            fates=(held_back(hostile, 8, workbook=f"{hostile}.xlsx"),),
            findings=(found("rpps-court", 8, hostile, workbook=f"{hostile}.xlsx"),),
            annotated={f"{hostile}.xlsx": Path(f"{hostile}-erreurs.xlsx")},
            refused=(RefusedInput(hostile, "fichier-abime", hostile),),
            unused_documents=(hostile,),
            recovered=(hostile,),
        )
        made = page(outcome)
        assert list(made.iter("img", "script")) == []
        assert text(made).count("onerror=alert(1)") >= 8

    def test_links_are_relative_whatever_the_name(self) -> None:
        outcome = Outcome("convert", JOUR, annotated={"a.xlsx": Path("javascript:a#b?c é.xlsx")})
        assert page(outcome).xpath("//a/@href") == ["javascript%3Aa%23b%3Fc%20%C3%A9.xlsx"]

    def test_it_asks_for_nothing_and_runs_nothing(self) -> None:
        source = render_report(FULL)
        made = html.document_fromstring(source)
        assert made.xpath("//script | //link | //iframe | //@src | //@onclick | //form") == []
        assert re.findall(r"https?:|//|@import|url\(", source) == []

    def test_a_name_that_cannot_be_encoded_does_not_stop_the_page(self) -> None:
        made = render_report(Outcome("convert", JOUR, unused_documents=("bon\udce9.pdf",)))
        assert b".pdf" in made.encode("utf-8")


class TestAccessible:
    def test_language_headings_and_tables(self) -> None:
        made = page(FULL)
        assert made.get("lang") == "fr"
        levels = [int(one.tag[1]) for one in made.iter("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        tables = list(made.iter("table"))
        assert len(tables) == 6
        assert [one for one in tables if one.find("caption") is None] == []
        assert [one for one in made.iter("th") if one.get("scope") not in ("col", "row")] == []

    def test_text_colours_contrast_enough_with_their_grounds(self) -> None:
        colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", render_report(FULL)))
        inks = ("ink", "soft", "link", "erreur", "avertissement", "correction")
        grounds = ("#ffffff", colours["tint"])
        poor = [(ink, ground) for ink in inks for ground in grounds if contrast(colours[ink], ground) < 4.5]
        assert poor == []


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 between two colours, `#rrggbb`."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestBounded:
    def test_a_huge_run_is_grouped_and_cut(self) -> None:
        outcome = Outcome(
            "convert",
            JOUR,
            fates=tuple(held_back(f"BC-{row}", row) for row in range(5, 20_005)),
            findings=tuple(found("rpps-court", 5 + i % 20_000) for i in range(100_000)),
        )
        assert len(render_report(outcome)) < 500_000
        assert len(rows(outcome, "Demandes retenues")) == 500
        assert "… et 19 500 autres, voir le classeur annoté." in section_text(outcome, "Demandes retenues")
        assert [row[-1] for row in rows(outcome, "Constats par nature")] == ["100 000"]

    def test_the_reasons_of_a_request_are_cut_with_their_count(self) -> None:
        errors = tuple(found("rpps-court", 8, str(i)) for i in range(7))
        reasons = rows(Outcome("convert", JOUR, fates=(held_back("BC-3", 8),), findings=errors), "Demandes retenues")
        assert reasons[0][2].endswith("et 3 autres erreurs, voir le classeur annoté")

    def test_already_emitted_requests_are_cut_with_their_count(self) -> None:
        many = tuple(
            RequestFate(MARS, "Demandes", (row,), f"BC-{row}", Fate.ALREADY, "Déjà émise") for row in range(5, 506)
        )
        told = section_text(Outcome("convert", JOUR, fates=many), "Demandes déjà émises")
        assert "… et 1 autre ; converter status les donne toutes." in told


@pytest.mark.browser
def test_chromium_prints_it_on_a4_and_draws_it(tmp_path: Path) -> None:
    source = tmp_path / "rapport.html"
    source.write_text(render_report(FULL), encoding="utf-8")
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    subprocess.run(
        ["chromium", *flags, f"--print-to-pdf={tmp_path / 'rapport.pdf'}", source.as_uri()],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    told = subprocess.run(
        ["pdfinfo", tmp_path / "rapport.pdf"], check=True, capture_output=True, text=True, timeout=30
    ).stdout
    assert re.search(r"Page size: .*\(A4\)", told)
    printed = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "rapport.pdf", "-"], check=True, capture_output=True, text=True, timeout=30
    ).stdout
    assert "Rapport de conversion du 22" in printed.replace("\u00a0", " ")
    assert "10 750,00 €" in printed.replace("\u00a0", " ")
