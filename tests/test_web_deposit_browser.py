"""Those who deposit, in a real browser: convert, deposit, hand the answers back, follow; with script and without."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import DESKTOP, PHONE, Visit, chromium, visit
from deposit_office import Office
from web_server import Server, running
from workbooks import solo

from converter.checking.options import today

pytestmark = pytest.mark.browser
WRONG = "1000123456"
FILE = f"JSON-0123456789-{today():%Y%m%d}-001.json"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "out") as server:
        yield server


@pytest.fixture
def office(server: Server, tmp_path: Path) -> Iterator[Office]:
    with server.client() as client:
        yield Office(client, tmp_path, tmp_path / "out" / "web")


@pytest.mark.parametrize("script", [True, False])
def test_from_the_workbook_to_the_payment(server: Server, office: Office, tmp_path: Path, script: bool) -> None:
    identifier = office.drop(solo("BC-1", 1), solo("BC-2", 2), solo("BC-3", 3, RPPS=WRONG))
    with chromium() as browser, visit(browser, server.address.replace("/?", "/aide?"), script=script) as person:
        page = person.page
        page.goto(f"{server.url}/classeurs/{identifier}/convertir")
        page.get_by_role("button", name="Convertir").click()
        page.wait_for_url("**/lots/lot-*")
        assert page.get_by_role("heading", name=f"1. {FILE}").is_visible()
        assert page.get_by_role("row", name="BC-3").get_by_role("link", name="4").is_visible()
        with page.expect_download() as zipped:
            page.get_by_role("link", name="Tout télécharger").click()
        assert zipped.value.suggested_filename == f"lot-{today():%Y%m%d}-01.zip"
        with page.expect_download() as json_file:
            page.get_by_role("link", name=FILE, exact=True).click()
        page.get_by_label("Déposé le").fill(today().isoformat())
        page.get_by_role("button", name=f"Noter le dépôt de {FILE}").click()
        assert page.get_by_role("status").first.inner_text().startswith(f"{FILE}\u00a0: déposé le")
        page.get_by_role("link", name="Retours", exact=True).click()
        answered = json.loads(json_file.value.path().read_bytes())
        first, second = answered["lignesImport"]
        first |= {"codeTraitement": "0000", "libelleTraitement": "Demande acceptée", "numeroASP": "ASP-1"}
        second |= {"codeTraitement": "1042", "libelleTraitement": "RPPS inconnu"}
        handed_back = tmp_path / FILE
        handed_back.write_text(json.dumps(answered), encoding="utf-8")
        page.get_by_label("Fichiers rendus par le portail").set_input_files(handed_back)
        page.get_by_role("button", name="Prendre les réponses").click()
        assert page.get_by_role("cell", name="ASP-1").is_visible()
        assert page.get_by_role("cell", name="1042 RPPS inconnu").is_visible()
        page.get_by_role("link", name="00001").click()
        page.get_by_label("Décision", exact=True).select_option("attribuée")
        page.get_by_role("button", name="Noter la décision").click()
        page.get_by_label("Décision", exact=True).select_option("payée")
        page.get_by_label("Montant payé (€)").fill("322,50")
        page.get_by_role("button", name="Noter la décision").click()
        page.get_by_role("navigation", name="Principale").get_by_role("link", name="Demandes").click()
        page.get_by_role("searchbox", name="Rechercher").fill("BC-1")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Tout montrer").wait_for()
        page.get_by_role("button", name="Montant HT").click()
        assert page.get_by_role("searchbox", name="Rechercher").input_value() == "BC-1"
        assert page.url == f"{server.url}/demandes"
        assert page.get_by_role("row", name="00001").get_by_text("payée").is_visible()
    assert office.states() == {"00001": "payée", "00002": "refusée"}


def test_a_button_pressed_twice_converts_once_by_the_keyboard_alone(server: Server, office: Office) -> None:
    identifier = office.drop(*(solo(f"BC-{rank}", rank) for rank in range(1, 60)))
    with chromium() as browser, visit(browser, server.address.replace("/?", "/aide?")) as person:
        page = person.page
        page.goto(f"{server.url}/classeurs/{identifier}/convertir")
        page.get_by_label("Jour du dépôt").focus()
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "Convertir":
                break
        page.evaluate("document.activeElement.click()")
        page.keyboard.press("Enter")
        page.wait_for_url("**/lots/lot-*")
        page.go_back()
        page.reload()
        assert page.get_by_text("59 demandes sont déjà parties").is_visible()
        assert page.get_by_role("button", name="Convertir").count() == 0
    assert len(office.client.get("/api/lots").json()["lots"]) == 1


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)])
def test_every_page_is_for_everybody(server: Server, office: Office, size: tuple[int, int], dark: bool) -> None:
    """No serious violation of WCAG 2.2 AA, nothing wider than the window, nothing that a page complains of."""
    identifier = office.drop(solo("BC-1", 1), solo("BC-2", 2), solo("BC-3", 3, RPPS=WRONG))
    waiting = office.drop(solo("BC-4", 4), name="avril.xlsx")
    lot = office.convert(identifier).json()
    file = office.answered(lot, {"00002": "RPPS inconnu"})
    open_file = office.convert(waiting).json()
    back = office.client.post("/retours", files=[("fichiers", file)]).headers["location"]
    later = office.drop(solo("BC-9", 9), name="mai.xlsx")
    addresses = [
        "/convertir", f"/classeurs/{later}/convertir", "/lots", f"/lots/{lot['lot']}", f"/lots/{open_file['lot']}",
        f"/lots/{open_file['lot']}/{open_file['files'][0]['name']}/annuler", "/retours", back, "/demandes",
        "/demandes?q=BC&etat=refusée", "/demandes/00001", "/a-faire", "/aide/interface",
        f"/conversions/{'k' * 24}",
    ]  # fmt: skip
    with (
        chromium() as browser,
        visit(browser, server.address.replace("/?", "/aide?"), size=size, dark=dark, complaints=["404"]) as person,
    ):
        wrong = {address: _faults(person, f"{server.url}{address}") for address in addresses}
    assert {address: faults for address, faults in wrong.items() if faults} == {}


def _faults(person: Visit, address: str) -> list[str]:
    person.page.goto(address)
    width = (person.page.viewport_size or {})["width"]
    person.picture(f"{address.partition('//')[2].partition('/')[2].replace('/', '_')}-{width}")
    wider = person.overflow()
    return person.serious() + ([f"{wider} pixels too wide"] if wider > 0 else [])
