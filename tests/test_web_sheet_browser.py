"""A workbook in a real browser: dropped, corrected with the keyboard alone, its documents joined, taken away."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from browser import DESKTOP, PHONE, Visit, chromium, visit
from page_workbooks import SHORT, documents, order, two_mistakes
from test_web_mapping import MAPPING, book_of
from test_web_mapping import order as sale
from web_server import Server, running
from workbooks import rows_of, rpps, write_workbook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("page") / "out") as one:
        yield one


@pytest.fixture
def person(browser: "Browser", server: Server) -> Iterator[Visit]:
    with visit(browser, server.address, size=DESKTOP) as one:
        yield one


def drop(person: Visit, book: Path, pieces: list[Path]) -> None:
    """Choose files with the fields of the page, and wait for the result."""
    person.page.get_by_label("Classeurs", exact=True).set_input_files(book)
    person.page.get_by_label("Pièces justificatives", exact=True).set_input_files(pieces)
    person.page.get_by_role("button", name="Contrôler").click()
    person.page.wait_for_url("**/classeurs/*")


def says(person: Visit, text: str) -> None:
    """Wait until the page announces this."""
    from playwright.sync_api import expect

    expect(person.page.get_by_role("status").filter(has_text=text)).to_be_visible()


def gone(person: Visit, label: str, row: int) -> None:
    """Wait until a cell has nothing to correct any more."""
    from playwright.sync_api import expect

    expect(person.cell(label, row)).to_have_count(0)


def has_focus(person: Visit, label: str, row: int) -> None:
    """Wait until the field of a cell has the focus."""
    from playwright.sync_api import expect

    expect(person.cell(label, row)).to_be_focused()


def test_cells_are_corrected_with_the_keyboard_alone(person: Visit, tmp_path: Path) -> None:
    drop(person, *two_mistakes(tmp_path))
    person.picture("classeur")
    cell = person.cell("Numéro RPPS", 2)
    told = cell.get_attribute("aria-describedby") or ""
    assert "11 chiffres" in person.page.locator(f"[id='{told}']").inner_text()
    cell.focus()
    cell.fill(rpps(1))
    cell.press("Enter")
    gone(person, "Numéro RPPS", 2)
    has_focus(person, "Régime de TVA", 3)
    person.page.keyboard.press("ArrowUp")  # walking through the list keeps nothing yet
    person.page.keyboard.press("ArrowDown")
    assert person.cell("Régime de TVA", 3).input_value() == "TTC"
    person.page.keyboard.press("Enter")
    gone(person, "Régime de TVA", 3)
    says(person, "Plus rien à corriger.")
    person.picture("classeur-juste")
    person.page.get_by_role("button", name="Annuler").press("Enter")
    person.cell("Régime de TVA", 3).wait_for()
    assert person.cell("Régime de TVA", 3).input_value() == "peut-être"
    assert person.serious() == []


def test_what_was_corrected_is_there_after_a_reload_and_in_the_workbook(person: Visit, tmp_path: Path) -> None:
    drop(person, *two_mistakes(tmp_path))
    person.cell("Numéro RPPS", 2).fill(rpps(1))
    person.cell("Numéro RPPS", 2).press("Enter")
    person.page.reload()  # perhaps before the answer has come
    gone(person, "Numéro RPPS", 2)
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="Enregistrer le classeur corrigé").click()
    download.value.save_as(tmp_path / "corrige.xlsx")
    header, first = list(openpyxl.load_workbook(tmp_path / "corrige.xlsx")["Demandes"].values)[:2]
    assert dict(zip(header, first, strict=True))["RPPS"] == rpps(1)


def test_a_lost_connection_loses_no_correction(person: Visit, tmp_path: Path) -> None:
    drop(person, *two_mistakes(tmp_path))
    person.context.set_offline(True)
    person.cell("Numéro RPPS", 2).fill(rpps(1))
    person.cell("Numéro RPPS", 2).press("Enter")
    person.page.get_by_text("Connexion perdue").wait_for()
    person.context.set_offline(False)
    gone(person, "Numéro RPPS", 2)
    person.page.get_by_text("Connexion perdue").wait_for(state="hidden")
    person.complaints[:] = [one for one in person.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_two_tabs_on_one_workbook_lose_nothing_of_each_other(person: Visit, tmp_path: Path) -> None:
    drop(person, *two_mistakes(tmp_path))
    second = person.another_tab()
    second.goto(person.page.url)
    person.cell("Numéro RPPS", 2).fill(rpps(1))
    person.cell("Numéro RPPS", 2).press("Enter")
    gone(person, "Numéro RPPS", 2)
    second.get_by_label("Régime de TVA, ligne 3", exact=True).select_option("TTC")
    second.get_by_text("Plus rien à corriger.").first.wait_for()
    person.page.reload()
    person.page.get_by_text("Plus rien à corriger.").first.wait_for()
    person.complaints[:] = [one for one in person.complaints if "409" not in one]


def test_the_same_cell_in_two_tabs_is_told(person: Visit, tmp_path: Path) -> None:
    drop(person, *two_mistakes(tmp_path))
    second = person.another_tab()
    second.goto(person.page.url)
    person.cell("Numéro RPPS", 2).fill("99900")
    person.cell("Numéro RPPS", 2).press("Enter")
    says(person, "« 99900 »")
    late = second.get_by_label("Numéro RPPS, ligne 2", exact=True)
    late.fill(rpps(5))
    late.press("Enter")
    second.get_by_role("status").filter(has_text="dans une autre fenêtre").wait_for()
    assert late.input_value() == "99900"
    person.complaints[:] = [one for one in person.complaints if "409" not in one]


def test_a_missing_document_is_joined_where_it_is_missing(person: Visit, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "b.xlsx", rows_of(order(1), order(2, bonCommande="absent.pdf")))
    first, second = documents(tmp_path / "pieces", 1, 2)
    drop(person, book, [first])
    person.page.get_by_label("Bon de commande à joindre, ligne 3").set_input_files(second)
    says(person, "1 pièce jointe.")
    gone(person, "Fichier du bon de commande", 3)


def test_a_document_is_dropped_on_its_cell(person: Visit, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "b.xlsx", rows_of(order(1), order(2, bonCommande="absent.pdf")))
    first, second = documents(tmp_path / "pieces", 1, 2)
    drop(person, book, [first])
    carried = person.page.evaluate_handle(
        """text => { const one = new DataTransfer();
        one.items.add(new File([text], "scan.pdf", { type: "application/pdf" })); return one; }""",
        second.read_bytes().decode("latin-1"),
    )
    cell = person.page.locator("td[data-document='3.bonCommande']")
    cell.dispatch_event("dragover", {"dataTransfer": carried})
    cell.dispatch_event("drop", {"dataTransfer": carried})
    says(person, "1 pièce jointe.")


def test_rows_are_filtered_searched_and_opened(person: Visit, tmp_path: Path) -> None:
    book, pieces = two_mistakes(tmp_path)
    drop(person, book, pieces)
    person.page.get_by_label("Lignes à corriger seulement").uncheck()
    person.page.locator("#ligne-4").wait_for()
    person.page.get_by_label("Chercher").fill("bc-3")
    person.page.locator("#ligne-2").wait_for(state="detached")
    person.page.get_by_role("link", name="4", exact=True).press("Enter")
    person.cell("Nom du médecin", 4).wait_for()
    has_focus(person, "Référence du bon de commande", 4)
    person.cell("Nom du médecin", 4).fill("TILLEUL")
    person.cell("Nom du médecin", 4).press("Tab")
    says(person, "Nom du médecin, ligne 4\u00a0: c'est juste.")
    assert person.cell("Nom du médecin", 4).input_value() == "TILLEUL"  # the row is still open
    person.picture("ligne-ouverte")
    person.page.get_by_label("Chercher").fill("")
    person.page.get_by_role("link", name="Longueur incorrecte").click()
    person.page.locator("#ligne-3").wait_for(state="detached")
    assert person.cell("Numéro RPPS", 2).input_value() == SHORT


def test_contrôler_pressed_twice_takes_the_workbook_once(person: Visit, tmp_path: Path, server: Server) -> None:
    book = write_workbook(tmp_path / "une-fois.xlsx", order(1))
    person.page.get_by_label("Classeurs", exact=True).set_input_files(book)
    person.page.get_by_role("button", name="Contrôler").dblclick()
    person.page.wait_for_url("**/classeurs/*")
    person.page.goto(server.url)
    assert person.page.get_by_role("link", name="une-fois.xlsx").count() == 1


@pytest.mark.parametrize("dark", [False, True], ids=["clair", "sombre"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "360"])
def test_it_is_read_and_used_by_everybody(
    browser: "Browser", server: Server, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    with visit(browser, server.address, size=size, dark=dark) as person:
        name = f"{size[0]}{'-sombre' if dark else ''}"
        assert (person.serious(), person.overflow()) == ([], 0)
        person.picture(f"accueil-{name}")
        book, pieces = two_mistakes(tmp_path)
        drop(person, book, pieces[1:])
        assert (person.serious(), person.overflow()) == ([], 0)
        person.picture(f"classeur-{name}")


def test_an_order_book_unlike_ours_is_read_once_its_columns_are_told(person: Visit, tmp_path: Path) -> None:
    book = book_of(tmp_path, sale(1))
    person.page.get_by_label("Classeurs", exact=True).set_input_files(book)
    person.page.get_by_role("button", name="Contrôler").click()
    person.page.get_by_role("link", name="dites quelle colonne est laquelle").click()
    person.picture("correspondance")
    field = person.page.get_by_label("Correspondance", exact=True)
    assert 'refCommande = "Order"' in field.input_value()
    person.page.get_by_role("button", name="Relire le classeur").click()
    person.page.get_by_text("ne dit pas d'où viennent").wait_for()
    person.picture("correspondance-incomplete")
    assert (person.serious(), person.overflow()) == ([], 0)
    field.fill(MAPPING)
    person.page.get_by_role("button", name="Relire le classeur").click()
    person.page.wait_for_url("**/classeurs/*")
    person.page.get_by_label("Fichier du bon de commande, ligne 2").wait_for()
    person.picture("classeur-correspondance")
    person.page.goto(person.page.url.partition("/classeurs")[0])
    carried = person.page.evaluate_handle(
        """([book, mapping]) => { const one = new DataTransfer();
        one.items.add(new File([book], "orders.xlsx")); one.items.add(new File([mapping], "orders.toml"));
        return one; }""",
        ["PK", MAPPING],
    )
    person.page.locator(".drop").dispatch_event("drop", {"dataTransfer": carried})
    chosen = person.page.get_by_label("Correspondance", exact=True)
    assert chosen.evaluate("one => [...one.files].map(file => file.name)") == ["orders.toml"]


def test_without_script_a_workbook_is_dropped_read_corrected_and_taken_away(
    browser: "Browser", server: Server, tmp_path: Path
) -> None:
    with visit(browser, server.address, script=False) as person:
        drop(person, *two_mistakes(tmp_path))
        person.cell("Numéro RPPS", 2).fill(rpps(1))
        person.page.get_by_role("button", name="Enregistrer les corrections").click()
        gone(person, "Numéro RPPS", 2)
        person.page.get_by_label("Lignes à corriger seulement").uncheck()
        person.page.get_by_role("button", name="Afficher").click()
        person.page.locator("#ligne-4").wait_for()
        with person.page.expect_download() as download:
            person.page.get_by_role("link", name="Classeur annoté").click()
        assert download.value.suggested_filename == "Commandes-erreurs.xlsx"
