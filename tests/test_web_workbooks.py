"""Workbooks through the HTTP interface and through pages without script: dropped, read, corrected, taken away."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from annotated import parts
from package_parts import repack
from page_workbooks import SHORT, XLSX, documents, drop, order, places, two_mistakes
from web_server import page_client
from workbooks import SUPPLIER, rows_of, rpps, solo, write_workbook

from converter.web.settings import Settings

WRONG = [(2, "RPPS", "longueur-exacte"), (3, "regimeTVA", "hors-liste")]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    with page_client(Settings(data=tmp_path / "data", out=tmp_path / "out")) as one:
        yield one


@pytest.fixture
def dropped(client: Any, tmp_path: Path) -> dict[str, Any]:
    return drop(client, *two_mistakes(tmp_path / "drop"))


def patch(client: Any, document: dict[str, Any], *cells: dict[str, Any], **headers: str) -> Any:
    return client.patch(f"/api/classeurs/{document['id']}/cellules", json=list(cells), headers=headers)


def sheet(content: bytes, name: str = "Demandes") -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content))[name].values]


class TestInterface:
    def test_a_dropped_workbook_is_judged_with_its_documents(self, dropped: dict[str, Any]) -> None:
        assert dropped["nom"] == "Commandes.xlsx"
        assert places(dropped) == WRONG
        assert dropped["requests"] == {"emitted": 0, "already_emitted": 0, "held_back": 2, "valid": 1}
        assert dropped["findings"][0]["workbook"].endswith("Commandes.xlsx")

    def test_a_corrected_cell_is_judged_again_and_bears_another_etag(
        self, client: Any, dropped: dict[str, Any]
    ) -> None:
        before = client.get(f"/api/classeurs/{dropped['id']}")
        after = patch(client, dropped, {"row": 2, "tag": "RPPS", "value": rpps(1)})
        assert after.status_code == 200
        assert places(after.json()) == WRONG[1:]
        assert after.headers["etag"] != before.headers["etag"]
        assert client.get(f"/api/classeurs/{dropped['id']}").json() == after.json()

    def test_a_stale_state_is_not_changed_and_the_present_one_is_given(
        self, client: Any, dropped: dict[str, Any]
    ) -> None:
        seen = client.get(f"/api/classeurs/{dropped['id']}").headers["etag"]
        regime = {"row": 3, "tag": "regimeTVA", "value": "TTC"}
        first = patch(client, dropped, {"row": 2, "tag": "RPPS", "value": rpps(1)}, **{"If-Match": seen})
        assert first.status_code == 200
        late = patch(client, dropped, regime, **{"If-Match": seen})
        assert late.status_code == 409
        assert places(late.json()) == WRONG[1:]
        again = patch(client, dropped, regime, **{"If-Match": late.headers["etag"]})
        assert places(again.json()) == []

    def test_several_cells_change_together_or_not_at_all(self, client: Any, dropped: dict[str, Any]) -> None:
        refused = patch(
            client, dropped, {"row": 2, "tag": "RPPS", "value": rpps(1)}, {"row": 99, "tag": "RPPS", "value": rpps(9)}
        )
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        assert "ligne 99" in refused.json()["detail"]
        assert places(client.get(f"/api/classeurs/{dropped['id']}").json()) == WRONG

    def test_the_corrected_workbook_is_the_users_own_with_these_cells_changed(
        self, client: Any, dropped: dict[str, Any], tmp_path: Path
    ) -> None:
        patch(client, dropped, {"row": 2, "tag": "RPPS", "value": rpps(1)})
        answer = client.get(f"/api/classeurs/{dropped['id']}/corrige.xlsx")
        assert "Commandes-corrige.xlsx" in answer.headers["content-disposition"]
        was = sheet((tmp_path / "drop" / "Commandes.xlsx").read_bytes())
        now = sheet(answer.content)
        changed = [
            (row, was[0][column])
            for row, (old, new) in enumerate(zip(was, now, strict=True), start=1)
            for column, (one, other) in enumerate(zip(old, new, strict=True))
            if one != other
        ]
        assert changed == [(2, "RPPS")]
        assert rpps(1) in now[1]

    def test_the_annotated_copy_tells_what_is_left(self, client: Any, dropped: dict[str, Any]) -> None:
        patch(client, dropped, {"row": 2, "tag": "RPPS", "value": rpps(1)})
        answer = client.get(f"/api/classeurs/{dropped['id']}/annote.xlsx")
        assert "Commandes-erreurs.xlsx" in answer.headers["content-disposition"]
        told = [row[1] for row in sheet(answer.content, "Anomalies")[1:] if row[5] == "erreur"]
        assert told == [3]

    def test_an_unusual_workbook_gives_the_list_of_its_findings(self, client: Any, tmp_path: Path) -> None:
        book, pieces = two_mistakes(tmp_path / "drop")
        repack(book, {"xl/styles.xml": parts(book.read_bytes())["xl/styles.xml"].replace(b"<fonts", b"<!-- --><fonts")})
        answer = client.get(f"/api/classeurs/{drop(client, book, pieces)['id']}/annote.xlsx")
        assert "Commandes-anomalies.xlsx" in answer.headers["content-disposition"]
        assert [row[1] for row in sheet(answer.content, "Anomalies")[1:] if row[5] == "erreur"] == [2, 3]

    def test_a_document_that_comes_later_is_found(self, client: Any, tmp_path: Path) -> None:
        book = write_workbook(tmp_path / "b.xlsx", order(1))
        document = drop(client, book, [])
        assert places(document) == [(2, "bonCommande", "document-absent")]
        assert "parmi les pièces jointes" in document["findings"][0]["message"]
        told = sheet(client.get(f"/api/classeurs/{document['id']}/annote.xlsx").content, "Anomalies")
        assert "parmi les pièces jointes" in str(told[1][7])
        (bon,) = documents(tmp_path / "pieces", 1)
        files = [("pieces", (bon.name, bon.read_bytes(), "application/pdf"))]
        after = client.post(f"/api/classeurs/{document['id']}/pieces", files=files)
        assert places(after.json()) == []

    def test_a_missing_value_of_parametres_is_given_and_written(self, client: Any, tmp_path: Path) -> None:
        bare = {tag: value for tag, value in SUPPLIER.items() if tag != "SIRET"}
        book = write_workbook(tmp_path / "b.xlsx", order(1), supplier=bare)
        document = drop(client, book, documents(tmp_path / "pieces", 1))
        assert places(document) == [(None, "SIRET", "parametre-absent")]
        page = client.get(f"/classeurs/{document['id']}").text
        assert "Plus rien à corriger." not in page
        assert re.search(r'aria-label="SIRET[^"]*, Paramètres" aria-describedby="p-aide-SIRET refus-phrase"', page)
        cell = {"row": 1, "tag": "SIRET", "value": SUPPLIER["SIRET"], "sheet": "Paramètres"}
        assert places(patch(client, document, cell).json()) == []
        rows = sheet(client.get(f"/api/classeurs/{document['id']}/corrige.xlsx").content, "Paramètres")
        assert ["SIRET", SUPPLIER["SIRET"]] in [row[:2] for row in rows]

    @pytest.mark.parametrize(
        ("tag", "value", "code", "row"),
        [
            ("SIRET", "380", "parametre-invalide", 2),
            ("numeroAns", "123", "parametre-invalide", 1),
            ("SIRET", "38042372300029", "siret-cle", 2),
        ],
    )
    def test_a_wrong_value_of_parametres_is_told_on_its_cell_and_corrected_there(
        self, client: Any, tmp_path: Path, tag: str, value: str, code: str, row: int
    ) -> None:
        book = write_workbook(tmp_path / "b.xlsx", order(1), supplier={**SUPPLIER, tag: value})
        document = drop(client, book, documents(tmp_path / "pieces", 1))
        assert places(document) == [(row, tag, code)]
        assert {(one["sheet"], one["column"]) for one in document["findings"]} == {("Paramètres", "B")}
        page = client.get(f"/classeurs/{document['id']}").text
        (field,) = re.findall(rf'<input class="cell" [^>]*name="p.{tag}"[^>]*>', page)
        assert ('aria-invalid="true"' in field) == (code == "parametre-invalide")
        assert ('href="#parametres"' in page) == (code == "siret-cle")
        cell = {"row": row, "tag": tag, "value": SUPPLIER[tag], "sheet": "Paramètres"}
        assert places(patch(client, document, cell).json()) == []

    def test_a_workbook_that_cannot_be_read_is_told_in_its_place(self, client: Any, tmp_path: Path) -> None:
        good = write_workbook(tmp_path / "b.xlsx", solo()).read_bytes()
        files = [("classeurs", ("mauvais.xlsx", b"PK no", XLSX)), ("classeurs", ("bon.xlsx", good, XLSX))]
        answer = client.post("/api/classeurs", files=files)
        assert answer.status_code == 201
        assert [(one["nom"], one["id"] is None) for one in answer.json()] == [
            ("mauvais.xlsx", True),
            ("bon.xlsx", False),
        ]
        alone = client.post("/api/classeurs", files=files[:1])
        assert alone.status_code == 422

    @pytest.mark.parametrize(
        ("content", "code"),
        [(b"PK no", "fichier-tronque"), (None, "parametre-invalide")],
        ids=["illisible", "inutilisable"],
    )
    def test_a_refused_workbook_is_neither_converted_nor_annotated(
        self, client: Any, tmp_path: Path, content: bytes | None, code: str
    ) -> None:
        supplier = {**SUPPLIER, "SIRET": "380"}
        content = content or write_workbook(tmp_path / "b.xlsx", solo(), supplier=supplier).read_bytes()
        here = client.post("/classeurs", files=[("classeurs", ("b.xlsx", content, XLSX))]).headers["location"]
        page = client.get(here).text
        assert ("/convertir" in page.partition("<main")[2], "annote.xlsx" in page) == (False, False)
        assert re.search(r"disabled> b\.xlsx</label> <a[^>]*>(Illisible|À compléter)", client.get("/convertir").text)
        assert "<button" not in client.get(f"{here}/convertir").text.partition("<main")[2]
        annotated = client.get(f"/api{here}/annote.xlsx")
        made = client.post("/api/lots", json={"classeurs": [here.rpartition("/")[2]]})
        assert [(one.status_code, one.json()["code"]) for one in (annotated, made)] == [(422, code)] * 2

    def test_a_workbook_handed_over_alone_bears_its_etag(self, client: Any, tmp_path: Path) -> None:
        book = write_workbook(tmp_path / "b.xlsx", solo())
        answer = client.post("/api/classeurs", files=[("classeurs", (book.name, book.read_bytes(), XLSX))])
        assert answer.headers["etag"] == client.get(f"/api/classeurs/{answer.json()[0]['id']}").headers["etag"]

    def test_a_deleted_workbook_is_gone(self, client: Any, dropped: dict[str, Any]) -> None:
        assert client.delete(f"/api/classeurs/{dropped['id']}").status_code == 204
        assert client.get(f"/api/classeurs/{dropped['id']}").status_code == 404


class TestWithoutScript:
    def test_the_whole_correction_is_made_with_forms(self, client: Any, dropped: dict[str, Any]) -> None:
        here = f"/classeurs/{dropped['id']}"
        page = client.get(here).text
        assert 'aria-label="Numéro RPPS, ligne 2"' in page
        assert SHORT in page
        typed = {"revision": revision(page), "c.2.RPPS": rpps(1), "c.3.regimeTVA": "TTC"}
        answer = client.post(f"{here}/cellules", data=typed)
        assert answer.status_code == 303
        after = client.get(here).text
        assert "Plus rien à corriger." in after
        assert client.post(f"{here}/annuler", data={"revision": revision(after)}).status_code == 303
        assert places(client.get(f"/api/classeurs/{dropped['id']}").json()) == WRONG

    def test_a_form_sent_twice_changes_once(self, client: Any, dropped: dict[str, Any]) -> None:
        here = f"/classeurs/{dropped['id']}"
        typed = {"revision": revision(client.get(here).text), "c.2.RPPS": rpps(1)}
        assert client.post(f"{here}/cellules", data=typed).status_code == 303
        assert client.post(f"{here}/cellules", data=typed).status_code == 303
        undone = {"revision": revision(client.get(here).text)}
        client.post(f"{here}/annuler", data=undone)
        client.post(f"{here}/annuler", data=undone)
        assert places(client.get(f"/api/classeurs/{dropped['id']}").json()) == WRONG

    def test_rows_are_filtered_by_kind_and_searched_without_a_name_in_an_address(
        self, client: Any, dropped: dict[str, Any]
    ) -> None:
        here = f"/classeurs/{dropped['id']}"
        assert rows(client.get(here).text) == [2, 3]
        assert rows(client.get(f"{here}?lignes=toutes").text) == [2, 3, 4]
        assert rows(client.get(f"{here}?constat=longueur-exacte:RPPS").text) == [2]
        found = client.post(here, data={"vue": "1", "q": "églantier 3"})
        assert found.status_code == 200
        assert rows(found.text) == [4]
        assert rows(client.post(here, data={"vue": "1", "q": "EGLANTIER 3"}).text) == [4]

    def test_a_page_never_holds_more_than_a_hundred_rows(self, client: Any, tmp_path: Path) -> None:
        book = write_workbook(tmp_path / "b.xlsx", rows_of(*[order(rank) for rank in range(1, 251)]))
        here = f"/classeurs/{drop(client, book, [])['id']}"
        assert [len(rows(client.get(f"{here}?page={page}").text)) for page in (1, 2, 3, 4)] == [100, 100, 50, 50]
        assert rows(client.get(f"{here}?ligne=240").text)[0] == 202  # a link to a row leads to its page

    def test_a_correction_stays_on_its_page(self, client: Any, tmp_path: Path) -> None:
        wrong = [order(rank, RPPS=SHORT) for rank in range(1, 131)]
        book = write_workbook(tmp_path / "b.xlsx", rows_of(*wrong))
        here = f"/classeurs/{drop(client, book, [])['id']}"
        page = client.get(f"{here}?page=2").text
        shown = {"vue": "1", "lignes": "a-corriger", "page": "2", "revision": revision(page)}
        after = client.post(f"{here}/cellules", data={**shown, "c.120.RPPS": rpps(119)}, headers={"X-Fragment": "1"})
        assert rows(after.text)[0] == 102

    def test_a_document_is_joined_to_its_cell_under_its_own_name(self, client: Any, tmp_path: Path) -> None:
        bons = documents(tmp_path / "pieces", 1, 2)
        book = write_workbook(tmp_path / "b.xlsx", rows_of(order(1), order(2, bonCommande="absent.pdf")))
        document = drop(client, book, bons[:1])
        here = f"/classeurs/{document['id']}"
        files = [("pieces", ("bon1.pdf", bons[1].read_bytes(), "application/pdf"))]  # a name that another order uses
        answer = client.post(f"{here}/pieces", data={"cellule": "3.bonCommande"}, files=files)
        assert answer.status_code == 303
        assert places(client.get(f"/api/classeurs/{document['id']}").json()) == []
        assert "bon1 (2).pdf" in sheet(client.get(f"{here}/corrige.xlsx").content)[2]

    def test_the_model_is_there(self, client: Any) -> None:
        answer = client.get("/modele.xlsx")
        assert "attachment" in answer.headers["content-disposition"]
        assert "Demandes" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames

    def test_an_unreadable_workbook_says_why_and_is_taken_off(self, client: Any) -> None:
        answer = client.post("/classeurs", files=[("classeurs", ("mauvais.xlsx", b"PK no", XLSX))])
        assert answer.status_code == 303
        here = answer.headers["location"]
        assert "mauvais.xlsx" in client.get(here).text
        assert "Illisible" in client.get("/").text
        assert client.post(f"{here}/supprimer").status_code == 303
        assert client.get(here).status_code == 404


ENDLESS = "9" * 5_000


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"revision": ENDLESS, "c.2.RPPS": rpps(1)}, WRONG[1:]),  # no revision: whatever it is
        ({f"c.{ENDLESS}.RPPS": rpps(1)}, WRONG),  # no such row
    ],
)
def test_a_number_of_thousands_of_digits_is_none(
    client: Any, dropped: dict[str, Any], fields: dict[str, str], expected: list[Any]
) -> None:
    answer = client.post(f"/classeurs/{dropped['id']}/cellules", data=fields, follow_redirects=False)
    assert answer.status_code == 303
    assert places(client.get(f"/api/classeurs/{dropped['id']}").json()) == expected


def test_a_document_on_a_row_of_thousands_of_digits_is_on_none(client: Any, dropped: dict[str, Any]) -> None:
    answer = client.post(
        f"/classeurs/{dropped['id']}/pieces",
        data={"cellule": f"{ENDLESS}.bonCommande"},
        files={"pieces": ("autre.pdf", b"%PDF-1.4")},
        follow_redirects=False,
    )
    assert answer.status_code == 303


def revision(page: str) -> str:
    """The state that the forms of a page send back."""
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def rows(page: str) -> list[int]:
    """The numbers of the rows that a page shows."""
    return [int(number) for number in re.findall(r'<tbody id="ligne-(\d+)"', page)]
