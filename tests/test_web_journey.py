"""A person who never saw the page, in the browser alone: from the template to the numeroASP of their requests."""

import json
import signal
from pathlib import Path

import openpyxl
import pytest
from browser import Visit, chromium, visit
from page_workbooks import SHORT, documents, order
from samples.documents import pdf
from samples.spec import COLUMNS
from web_server import free_port, running
from workbooks import SUPPLIER, Row, rows_of, rpps, write_workbook

from converter.checking.options import today

pytestmark = pytest.mark.browser
TTC = "1 075,50 € TTC"
NOWHERE = "Hôpital de nulle part"
ROWS = rows_of(
    order(1, RPPS=SHORT, telephoneMedecin="019900", emailMedecin="pas une adresse"),
    order(2, dateCommande="31/02/2026", regimeTVA="peut-être", montantSegurHT=TTC),
    order(3, nomMedecin="12345678901", operateurMessagerie=NOWHERE, isDirecToDMP="parfois", isPFIToDMP="au choix"),
    order(4, bonCommande="oublie.pdf"),
    order(5),
)
FIRST = 3
"""The row of the first order, under the two rows of headings of the template."""
CORRECTED = {
    ("Courriel du médecin", FIRST): "medecin1@cabinet.example",
    ("Téléphone du médecin", FIRST): "0199001234",
    ("Numéro RPPS", FIRST): rpps(1),
    ("Date de commande", FIRST + 1): "04/11/2026",
    ("Régime de TVA", FIRST + 1): "TTC",
    ("Montant Ségur HT (€)", FIRST + 1): "1075,50",
    ("Nom du médecin", FIRST + 2): "ÉGLANTIER",
    ("Opérateur de messagerie", FIRST + 2): "CH _28",
    ("Envoi direct au DMP ?", FIRST + 2): "OUI",
    ("Envoi au DMP par un tiers ?", FIRST + 2): "NON",
}
FILE = f"JSON-{SUPPLIER['numeroAns']}-{today():%Y%m%d}-001.json"


def fill(template: Path, rows: list[Row]) -> None:
    """What a person types in the downloaded template."""
    book = openpyxl.load_workbook(template)
    for row in book["Paramètres"].iter_rows(min_row=2):
        row[1].value = SUPPLIER.get(str(row[0].value))
    for number, values in enumerate(rows, start=FIRST):
        for column, tag in enumerate(COLUMNS, start=1):
            book["Demandes"].cell(number, column, values.get(tag))
    book.save(template)


def put_right(person: Visit, label: str, row: int, value: str) -> None:
    """Type the right value in a wrong cell, and keep it by Enter."""
    cell = person.cell(label, row)
    if cell.evaluate("one => one.tagName") == "SELECT":
        cell.select_option(value)
    else:
        cell.fill(value)
        cell.press("Enter")
    cell.wait_for(state="detached")


def test_from_the_template_to_the_number_of_the_portal(tmp_path: Path) -> None:
    with running(tmp_path / "out") as server, chromium() as browser, visit(browser, server.address) as person:
        page = person.page
        with page.expect_download() as template:
            page.get_by_role("link", name="Modèle à remplir").click()
        book = tmp_path / "Mes commandes.xlsx"
        template.value.save_as(book)
        fill(book, ROWS)
        page.get_by_label("Classeurs", exact=True).set_input_files(book)
        page.get_by_label("Pièces justificatives").set_input_files(documents(tmp_path / "pieces", 1, 2, 3, 5))
        person.picture("1-accueil")
        page.get_by_role("button", name="Contrôler").click()
        page.wait_for_url("**/classeurs/*")
        person.picture("2-a-corriger")
        assert page.locator("td.erreur").count() == len(CORRECTED) + 1
        for (label, row), value in CORRECTED.items():
            put_right(person, label, row, value)
        scan = tmp_path / "numérisé 4.pdf"
        scan.write_bytes(pdf("bon4"))
        page.get_by_label(f"Bon de commande à joindre, ligne {FIRST + 3}").set_input_files(scan)
        page.get_by_text("Plus rien à corriger.").first.wait_for()
        person.picture("3-juste")
        page.get_by_role("link", name="Convertir").click()
        person.picture("4-convertir")
        page.get_by_role("button", name="Convertir").click()
        page.wait_for_url("**/lots/lot-*")
        person.picture("5-lot")
        with page.expect_download() as zipped:
            page.get_by_role("link", name="Tout télécharger").click()
        assert zipped.value.suggested_filename.endswith(".zip")
        with page.expect_download() as emitted:
            page.get_by_role("link", name=FILE, exact=True).click()
        page.get_by_role("navigation", name="Principale").get_by_role("link", name="Retours").click()
        page.get_by_label("Fichiers rendus par le portail").set_input_files(answered(emitted.value.path(), tmp_path))
        page.get_by_role("button", name="Prendre les réponses").click()
        page.get_by_role("cell", name="ASP-00005").wait_for()
        person.picture("6-retour")
        page.get_by_role("navigation", name="Principale").get_by_role("link", name="Demandes", exact=True).click()
        assert page.get_by_role("row", name="ASP-00001").get_by_text("acceptée").is_visible()
        person.picture("7-demandes")


def answered(emitted: Path, folder: Path) -> Path:
    """The JSON file as the portal hands it back, every request accepted."""
    file = json.loads(emitted.read_bytes())
    assert len(file["lignesImport"]) == len(ROWS)
    for one in file["lignesImport"]:
        one |= {"codeTraitement": "0000", "libelleTraitement": "Demande acceptée"}
        one["numeroASP"] = f"ASP-{one['numeroEditeur']}"
    handed_back = folder / FILE
    handed_back.write_text(json.dumps(file), encoding="utf-8")
    return handed_back


def test_a_server_killed_and_started_again_has_lost_nothing(tmp_path: Path) -> None:
    out, port = tmp_path / "out", free_port()
    book = write_workbook(tmp_path / "b.xlsx", rows_of(order(1, RPPS=SHORT), order(2, regimeTVA="peut-être")))
    with chromium() as browser, running(out, port=port) as server, visit(browser, server.address) as person:
        person.page.get_by_label("Classeurs", exact=True).set_input_files(book)
        person.page.get_by_label("Pièces justificatives").set_input_files(documents(tmp_path, 1, 2))
        person.page.get_by_role("button", name="Contrôler").click()
        person.page.wait_for_url("**/classeurs/*")
        put_right(person, "Numéro RPPS", 2, rpps(1))
        here = person.page.url
        server.end(signal.SIGKILL)
        person.cell("Régime de TVA", 3).select_option("TTC")
        person.page.get_by_text("Connexion perdue").wait_for()
        with running(out, port=port) as again:
            second = person.another_tab()
            second.goto(again.address)
            person.page.get_by_text("Connexion perdue").wait_for(state="hidden")
            second.goto(here)
            second.get_by_text("Plus rien à corriger.").first.wait_for()
        person.complaints.clear()  # of the connection that was lost


def test_twenty_thousand_rows_are_shown_a_hundred_at_a_time(tmp_path: Path) -> None:
    rows = rows_of(*[order(rank, **({"RPPS": SHORT} if rank % 100 == 0 else {})) for rank in range(1, 20_001)])
    book = write_workbook(tmp_path / "b.xlsx", rows)
    with running(tmp_path / "out") as server, chromium() as browser, visit(browser, server.address) as person:
        person.page.get_by_label("Classeurs", exact=True).set_input_files(book)
        person.page.get_by_role("button", name="Contrôler").click()
        person.page.wait_for_url("**/classeurs/*", timeout=60_000)
        assert person.page.locator("tbody[id^=ligne-]").count() == 100
        heap = person.page.evaluate("performance.memory.usedJSHeapSize")
        assert heap < 50_000_000
        person.page.get_by_label("Nature").select_option("longueur-exacte:RPPS")
        person.cell("Numéro RPPS", 101).fill(rpps(100))
        person.cell("Numéro RPPS", 101).press("Enter")
        person.cell("Numéro RPPS", 101).wait_for(state="detached", timeout=60_000)
