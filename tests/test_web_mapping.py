"""Order books unlike ours on the page and the HTTP interface: read, completed there, corrected, converted."""

import io
import re
import sqlite3
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import beneficiaries
from deposit_office import words
from page_workbooks import XLSX, documents, places
from web_server import page_client
from workbooks import SUPPLIER, rpps, solo, write_workbook

from converter.views.template import RowToWrite, write_filled
from converter.web.settings import Settings

HEADINGS = (
    "Order", "Signed on", "VAT", "Net amount", "Customer", "Doctor", "First name", "E-mail", "Phone", "RPPS", "DMP",
    "PDF",
)  # fmt: skip
MAPPING = """
feuille = "Orders"

[colonnes]
refCommande = "Order"
dateCommande = "Signed on"
regimeTVA = "VAT"
montantSegurHT = "Net amount"
commandePour = "Customer"
nomMedecin = "{Doctor} {First name}"
emailMedecin = "E-mail"
telephoneMedecin = "Phone"
RPPS = "RPPS"
isDirecToDMP = "DMP"
isPFIToDMP = "DMP"
bonCommande = "PDF"

[valeurs.regimeTVA]
"FR-20%" = "TTC"

[valeurs.commandePour]
"Practice" = "LIBERAL"

[valeurs.isDirecToDMP]
"Direct" = "OUI"
"Through a PFI" = "NON"

[valeurs.isPFIToDMP]
"Direct" = "NON"
"Through a PFI" = "OUI"

[constantes]
isCentreDeSante = "NON"
isProSanteConnectNeeded = "OUI"
isDirectToMSSPro = "OUI"
isPFIToMSSPro = "NON"
isDirectToMSSCitoyen = "OUI"
isPFIToMSSCitoyen = "NON"

[parametres]
numeroAns = "0123456789"
SIRET = "38042372300028"
"""
TYPED = '<textarea id="texte"[^>]*>\n(.*?)</textarea>'


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    with page_client(Settings(out=tmp_path / "out", data=tmp_path / "web")) as one:
        yield one


def order(rank: int, **changes: Any) -> dict[str, Any]:
    return {
        "Order": f"PO-{rank}", "Signed on": "12/10/2026", "VAT": "FR-20%", "Net amount": 1075, "Customer": "Practice",
        "Doctor": "Tilleul", "First name": "Zoé", "E-mail": f"doctor{rank}@practice.example", "Phone": "01 99 00 12 34",
        "RPPS": rpps(rank), "DMP": "Direct", "PDF": f"bon{rank}.pdf",
    } | changes  # fmt: skip


def book_of(folder: Path, *orders: dict[str, Any], parametres: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for line in (HEADINGS, *([one[heading] for heading in HEADINGS] for one in orders)):
        sheet.append(line)
    if parametres:
        supplier = book.create_sheet("Paramètres")
        for line in parametres.items():
            supplier.append(line)
    book.save(folder / "orders.xlsx")
    return folder / "orders.xlsx"


def form(book: Path, *mappings: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    """What a form sends: the workbook, the order forms of three orders, mappings."""
    pieces = documents(book.parent / "pieces", 1, 2, 3)
    files = [("classeurs", (book.name, book.read_bytes(), XLSX))]
    files += [("pieces", (one.name, one.read_bytes(), "application/pdf")) for one in pieces]
    return files + [("correspondance", (f"crm{rank}.toml", one.encode(), "")) for rank, one in enumerate(mappings, 1)]


def dropped(client: Any, book: Path, mapping: str = MAPPING) -> dict[str, Any]:
    answer = client.post("/api/classeurs", files=form(book, mapping))
    assert answer.status_code == 201, answer.text
    (document,) = answer.json()
    return dict(document)


def ours(folder: Path) -> Path:
    """Our own template, with one order."""
    write_filled(folder / "ours.xlsx", SUPPLIER, [RowToWrite({**solo("BC-9", 9)[0], "bonCommande": "bon3.pdf"})])
    return folder / "ours.xlsx"


def on_the_page(client: Any, book: Path, *mappings: str) -> str:
    """Drop a workbook on the page; the address of its own page."""
    return str(client.post("/classeurs", files=form(book, *mappings)).headers["location"])


def typed(client: Any, address: str) -> str:
    """What stands in the field of the mapping."""
    return unescape(re.findall(TYPED, client.get(f"{address}/correspondance").text, re.S)[0])


def test_a_book_becomes_files_through_the_mapping_dropped_with_it(client: Any, tmp_path: Path) -> None:
    document = dropped(client, book_of(tmp_path, order(1)))
    assert places(document) == []
    lot = client.post("/api/lots", json={"classeurs": [document["id"]]}).json()
    (request,) = client.get(lot["files"][0]["path"]).json()["lignesImport"]
    assert request["commande"]["regimeTVA"] == "TTC"
    assert request["beneficiaires"]["liberal"][0]["nomMedecin"] == "TILLEUL ZOÉ"


def test_books_of_one_lot_are_each_read_through_their_own(client: Any, tmp_path: Path) -> None:
    documents_of = [
        dropped(client, book_of(tmp_path, order(1))),
        dropped(client, book_of(tmp_path, order(2, DMP="x")), MAPPING.replace('"Direct"', '"x"')),
        dropped(client, ours(tmp_path)),  # a filled template is read as ours, whatever is dropped with it
    ]
    lot = client.post("/api/lots", json={"classeurs": [one["id"] for one in documents_of]}).json()
    assert lot["requests"] == {"emitted": 3, "already_emitted": 0, "held_back": 0}
    requests = client.get(lot["files"][0]["path"]).json()["lignesImport"]
    assert [beneficiaries(one) for one in requests] == [[rpps(1)], [rpps(2)], [rpps(9)]]


def test_a_book_that_names_its_mapping_takes_the_one_dropped_with_it(client: Any, tmp_path: Path) -> None:
    book = book_of(tmp_path, order(1), parametres={"correspondance": "crm.toml"})
    refused = client.post("/api/classeurs", files=form(book))
    assert (refused.status_code, refused.json()["code"]) == (422, "correspondance-absente")
    assert "dans la page, au champ" in refused.json()["detail"]
    assert places(dropped(client, book)) == []


def test_the_first_mapping_is_completed_in_the_page(client: Any, tmp_path: Path) -> None:
    address = on_the_page(client, book_of(tmp_path, order(1)))
    assert f'href="{address}/correspondance"' in client.get(address).text
    first = typed(client, address)
    assert 'refCommande = "Order"' in first
    assert client.get(f"{address}/correspondance.toml").text == first
    answer = client.post(f"{address}/correspondance", data={"texte": first, "revision": "1"})
    assert answer.headers["location"] == f"{address}/correspondance"  # it is kept, and says what it lacks
    page = client.get(answer.headers["location"])
    assert "ne dit pas d'où viennent" in words(page)
    assert typed(client, address) == first
    answer = client.post(f"{address}/correspondance", data={"texte": MAPPING.replace("\n", "\r\n"), "revision": "2"})
    assert answer.headers["location"] == address
    assert "Demandes prêtes 1" in words(client.get(address))
    saved = client.get(f"{address}/correspondance.toml")
    assert 'filename="orders-correspondance.toml"' in saved.headers["content-disposition"]
    assert saved.text == MAPPING


def test_the_mapping_is_replaced_by_a_file_and_given_up(client: Any, tmp_path: Path) -> None:
    address = on_the_page(client, book_of(tmp_path, order(1)), MAPPING.replace('"Net amount"', '"Gross amount"'))
    assert "« Gross amount »" in words(client.get(f"{address}/correspondance"))
    files = {"correspondance": ("other.toml", MAPPING.encode(), "application/toml")}
    stale = client.post(f"{address}/correspondance", data={"revision": "9"}, files=files)
    assert stale.headers["location"] == f"{address}/correspondance"
    assert "a changé" in words(client.get(stale.headers["location"]))
    late = client.post(f"{address}/correspondance", data={"revision": "9", "texte": "# mon travail"})
    assert (late.status_code, "a changé" in words(late)) == (409, True)
    assert "« Relire le classeur » le met à la place" in words(late)
    assert re.findall(TYPED, late.text, re.S) == ["# mon travail"]  # still there, to be sent again
    assert 'name="revision" value="1"' in late.text
    assert client.post(f"{address}/correspondance", data={"revision": "1"}, files=files).headers["location"] == address
    assert "other.toml" in words(client.get(address))
    nothing = client.post(f"{address}/correspondance", data={"texte": " "})
    assert "Aucune correspondance n'a été reçue" in words(client.get(nothing.headers["location"]))
    western = {"correspondance": ("latin.toml", MAPPING.encode() + b"# \xe9", "")}
    assert client.post(f"{address}/correspondance", files=western).headers["location"] == f"{address}/correspondance"
    assert "Corrigez sa correspondance , ou le classeur dans Excel" in words(client.get(address))
    assert client.get(f"{address}/correspondance.toml").content == western["correspondance"][1]  # as it was given
    client.post(f"{address}/correspondance", data={"sans": "1", "texte": MAPPING})
    assert "other.toml" not in words(client.get(address))
    assert 'refCommande = "Order"' in typed(client, address)  # the first one again


def test_a_filled_template_says_that_it_needs_none(client: Any, tmp_path: Path) -> None:
    address = on_the_page(client, ours(tmp_path), MAPPING)
    assert "se lit sans « crm1.toml »" in words(client.get(f"{address}/correspondance"))


def test_cells_are_corrected_in_their_own_words(client: Any, tmp_path: Path) -> None:
    document = dropped(client, book_of(tmp_path, order(1, DMP="Perhaps", RPPS="123")))
    page = client.get(f"/classeurs/{document['id']}").text
    assert "RPPS (Numéro RPPS)" in words(client.get(f"/classeurs/{document['id']}"))
    assert re.search('<input[^>]*name="c.2.isDirecToDMP"', page)  # OUI would be said of both columns: no list
    cells = [{"row": 2, "tag": "isDirecToDMP", "value": "Direct"}, {"row": 2, "tag": "RPPS", "value": rpps(1)}]
    after = client.patch(f"/api/classeurs/{document['id']}/cellules", json=cells)
    assert places(after.json()) == []
    saved = client.get(f"/api/classeurs/{document['id']}/corrige.xlsx").content
    line = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(saved))["Orders"][2]]
    assert line == list(order(1, RPPS=rpps(1)).values())


def test_a_cell_that_joins_two_columns_is_not_changed_from_here(client: Any, tmp_path: Path) -> None:
    document = dropped(client, book_of(tmp_path, order(1, **{"Doctor": None, "First name": None})))
    page = client.get(f"/classeurs/{document['id']}")
    assert "Plusieurs colonnes y sont réunies" in words(page)
    assert "c.2.nomMedecin" not in page.text
    cells = [{"row": 2, "tag": "nomMedecin", "value": "Tilleul"}]
    refused = client.patch(f"/api/classeurs/{document['id']}/cellules", json=cells)
    assert (refused.status_code, refused.json()["code"]) == (422, "page-cellule-reunie")


def test_programs_change_the_mapping_too(client: Any, tmp_path: Path) -> None:
    document = dropped(client, book_of(tmp_path, order(1)))
    address = f"/api/classeurs/{document['id']}/correspondance"
    other = MAPPING.replace('"Practice"', '"Office"')
    after = client.put(address, files={"correspondance": ("b.toml", other.encode(), "")})
    assert (after.status_code, places(after.json())) == (200, [(2, "commandePour", "hors-liste")])
    assert after.headers["etag"] == '"2"'
    for ask in (client.delete, lambda *a, **k: client.put(*a, **k, files={"correspondance": ("c.toml", b"", "")})):
        late = ask(address, headers={"If-Match": '"1"'})
        assert (late.status_code, places(late.json())) == (409, [(2, "commandePour", "hors-liste")])
    without = client.delete(address).json()
    assert (without["id"], [one["code"] for one in without["findings"]]) == (document["id"], ["feuille-absente"])
    cases = {
        "page-sans-correspondance": [],
        "page-une-correspondance": [("correspondance", (name, b"a", "")) for name in ("a.toml", "b.toml")],
    }
    for code, files in cases.items():
        refused = client.put(address, files=files or {"autre": ("a.toml", b"", "")})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    long = {"correspondance": ("long.toml", b"#" * 200_001, "")}
    assert client.put(address, files=long).status_code == 413
    assert client.post(f"/classeurs/{document['id']}/correspondance", data={"texte": "#" * 200_001}).status_code == 413


def test_a_desk_of_an_earlier_version_takes_mappings_too(tmp_path: Path) -> None:
    settings = Settings(out=tmp_path / "out", data=tmp_path / "web")
    with page_client(settings) as client:
        earlier = on_the_page(client, write_workbook(tmp_path / "ours.xlsx", solo()))
    with sqlite3.connect(tmp_path / "web" / "bureau.sqlite3") as db:
        db.execute("DROP TABLE correspondances")
        db.execute("ALTER TABLE classeurs ADD COLUMN correspondance TEXT NOT NULL DEFAULT ''")
        db.execute("PRAGMA user_version = 0")
    with page_client(settings) as client:
        assert client.get(earlier).status_code == 200
        assert places(dropped(client, book_of(tmp_path, order(1)))) == []
