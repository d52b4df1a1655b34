"""`adopt`: requests that left before the ledger, or a ledger made again from the files that tell of it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import command
from crm import deal, write_export, write_mapping
from publisher import Publisher
from samples.documents import pdf
from workbooks import group, mandate, rows_of, solo, structure

DAY = "2022-11-07"
FILE = "JSON-0123456789-20221107-001.json"


@pytest.fixture
def office(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def remembered(office: Publisher) -> dict[str, Any]:
    """Everything that the ledger tells of each request but its history."""
    numbers = [one["numeroEditeur"] for one in office.run("status").document["requests"]]
    told = {number: office.run("status", number).document for number in numbers}
    return {number: {"request": one["request"], "sent": one["sent"]} for number, one in told.items()}


def lose(office: Publisher) -> None:
    office.ledger.unlink()
    shutil.rmtree(f"{office.ledger}.sauvegardes", ignore_errors=True)


def codes(run: Any) -> list[tuple[str, str]]:
    return [(one["numeroEditeur"], one["code"]) for one in run.document["notices"]]


class TestOwnLots:
    def test_a_ledger_made_again_is_equal_to_the_lost_one(self, office: Publisher) -> None:
        order = {"dateCommande": "04/11/2022"}
        pieces = office.folder / "pieces"
        pieces.mkdir()
        for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"):
            (pieces / name).write_bytes(pdf(name))
        rows = rows_of(
            solo("BC-1", 1, bonCommande="a.pdf", **order),
            group("BC-2", 2, bonCommande="b.pdf", **order),
            mandate("BC-3", 4, bonCommande="c.pdf", **order),
            structure("BC-4", 6, bonCommande="d.pdf", **order),
            solo("BC-5", 8, bonCommande="e.pdf", regimeTVA="HT", preuveHT="e.pdf", **order),
        )
        book = office.workbook("commandes.xlsx", rows)
        emitted = office.run("convert", book, "--date", DAY)
        assert emitted.counts == (5, 0, 0), emitted.document["findings"]
        handed_back = office.answer(FILE, {"00002": "RPPS inconnu"}, silent=["00003"])
        office.run("return", handed_back)
        before = remembered(office)
        lose(office)
        rebuilt = office.run("adopt", office.out, handed_back, book)
        assert (rebuilt.status, rebuilt.document["without_reference"]) == (0, [])
        assert remembered(office) == before
        assert office.run("convert", book, "--date", "2022-11-08").counts == (0, 4, 1)  # the refused one, unchanged

    def test_numbers_and_names_go_on_after_the_highest(self, office: Publisher) -> None:
        book = office.workbook("commandes.xlsx", rows_of(solo("BC-1", 1), solo("BC-2", 2)))
        office.convert("2026-11-22", book)
        lose(office)
        office.run("adopt", office.out)
        more = office.convert("2026-11-22", office.workbook("plus.xlsx", solo("BC-3", 3)))
        assert [one["numeroEditeur"] for one in more.requests] == ["00003"]
        assert Path(more.document["files"][0]["path"]).name == "JSON-0123456789-20261122-002.json"

    def test_twice_changes_nothing(self, office: Publisher) -> None:
        office.convert(DAY, office.workbook("commandes.xlsx", solo("BC-1", 1, dateCommande="04/11/2022")))
        before, data = remembered(office), office.ledger.read_bytes()
        run = office.run("adopt", office.out)
        assert (run.status, run.document["entered"], run.document["already_known"]) == (0, [], 1)
        assert (remembered(office), office.ledger.read_bytes()) == (before, data)

    def test_a_voided_file_and_what_left_again_under_its_name(self, office: Publisher) -> None:
        order = {"dateCommande": "04/11/2022"}
        book = office.workbook("commandes.xlsx", rows_of(solo("BC-1", 1, **order), solo("BC-2", 2, **order)))
        office.convert(DAY, book)
        office.run("void", FILE)
        office.convert(DAY, office.workbook("une.xlsx", solo("BC-2", 2, **order)))
        before = office.states()
        assert before == {"00001": "annulée", "00002": "émise"}
        lose(office)
        assert office.run("adopt", office.out).status == 0
        assert office.states() == before
        assert office.run("adopt", office.out).document["entered"] == []
        again = office.convert(DAY, office.workbook("deux.xlsx", solo("BC-1", 1, **order)))
        assert [one["numeroEditeur"] for one in again.requests] == ["00003"]  # its reference is not known any more

    def test_an_older_copy_is_brought_up_to_date(self, office: Publisher) -> None:
        order = {"dateCommande": "04/11/2022"}
        office.convert(DAY, office.workbook("un.xlsx", rows_of(solo("BC-1", 1, **order), solo("BC-2", 2, **order))))
        older = office.ledger.read_bytes()
        office.run("void", FILE)
        office.convert(DAY, office.workbook("deux.xlsx", solo("BC-2", 2, **order)))
        office.convert("2022-11-08", office.workbook("trois.xlsx", solo("BC-3", 3, **order)))
        office.run("return", office.answer("JSON-0123456789-20221108-001.json"))
        before = office.states()
        lose(office)
        office.ledger.write_bytes(older)
        run = office.run("adopt", office.out, office.folder / "retours")
        assert run.status == 0, run.stderr
        assert office.states() == before == {"00001": "annulée", "00002": "émise", "00003": "acceptée"}

    def test_a_zip_that_cannot_be_read(self, office: Publisher) -> None:
        office.convert("2026-11-22", office.workbook("commandes.xlsx", solo("BC-1", 1)))
        (office.out / "lot-20261122-01" / "PJ-0123456789-20261122-001-1.zip").write_bytes(b"pas un zip")
        lose(office)
        run = office.run("adopt", office.out)
        assert (run.status, codes(run), len(run.document["entered"])) == (0, [("", "adopt-zip-illisible")], 1)

    def test_an_older_copy_of_what_left_again_under_another_name(self, office: Publisher) -> None:
        book = office.workbook("un.xlsx", rows_of(*(solo(f"BC-{n}", n, dateCommande="04/11/2022") for n in (1, 2))))
        office.convert(DAY, book)
        older = office.ledger.read_bytes()
        office.run("void", FILE)
        office.convert("2022-11-08", book)
        lose(office)
        office.ledger.write_bytes(older)
        run = office.run("adopt", office.out)
        assert run.status == 0, run.stderr
        files = {one["file"] for one in office.run("status").document["requests"]}
        assert (files, office.run("ledger", "check").status) == ({"JSON-0123456789-20221108-001.json"}, 0)


class TestAnswers:
    @pytest.fixture
    def emitted(self, office: Publisher) -> Publisher:
        rows = rows_of(*(solo(f"BC-{rank}", rank, dateCommande="04/11/2022") for rank in (1, 2)))
        office.convert(DAY, office.workbook("commandes.xlsx", rows))
        return office

    def test_of_several_versions_the_one_with_answers_wins(self, emitted: Publisher) -> None:
        answered = emitted.answer(FILE, {"00002": "RPPS inconnu"})
        partly = emitted.answer(FILE, silent=["00001", "00002"], folder="vides")
        lose(emitted)
        renamed = answered.rename(answered.with_name(f"{answered.stem} (1).json"))
        assert emitted.run("adopt", emitted.out, renamed, partly).status == 0
        assert emitted.states() == {"00001": "acceptée", "00002": "refusée"}

    def test_contrary_answers_are_told_and_not_entered(self, emitted: Publisher) -> None:
        one, other = emitted.answer(FILE), emitted.answer(FILE, {"00002": "RPPS inconnu"}, folder="autres")
        lose(emitted)
        run = emitted.run("adopt", emitted.out, one, other)
        assert (run.status, codes(run)) == (1, [("00002", "adopt-deux-reponses")])
        assert emitted.states() == {"00001": "acceptée", "00002": "émise"}

    def test_an_answer_that_differs_from_the_ledger_is_told_and_not_entered(self, emitted: Publisher) -> None:
        emitted.run("return", emitted.answer(FILE))
        run = emitted.run("adopt", emitted.answer(FILE, {"00002": "RPPS inconnu"}, folder="autres"))
        assert (run.status, codes(run)) == (1, [("00002", "return-refused-after-accepted")])
        assert set(emitted.states().values()) == {"acceptée"}

    def test_a_number_that_asp_gave_to_two_requests(self, emitted: Publisher) -> None:
        path = emitted.answer(FILE)
        handed_back = json.loads(path.read_bytes())
        handed_back["lignesImport"][1]["numeroASP"] = "MDV-00001"
        path.write_text(json.dumps(handed_back), encoding="utf-8")
        lose(emitted)
        run = emitted.run("adopt", emitted.out, path)
        assert (run.status, codes(run)) == (1, [("00002", "return-asp-number-taken")])
        assert emitted.states() == {"00001": "acceptée", "00002": "émise"}


def changed(path: Path, **values: Any) -> Path:
    """The file with values of its first request changed; `tag=value` in `commande`, or of the request itself."""
    parsed = json.loads(path.read_bytes())
    first = parsed["lignesImport"][0]
    for tag, value in values.items():
        (first["commande"] if tag in first["commande"] else first)[tag] = value
    path.write_text(json.dumps(parsed), encoding="utf-8")
    return path


class TestForeignFiles:
    @pytest.fixture
    def copy(self, office: Publisher) -> Path:
        """A file of two requests, outside `out`, and a ledger that knows it."""
        rows = rows_of(*(solo(f"BC-{rank}", rank, dateCommande="04/11/2022") for rank in (1, 2)))
        office.convert(DAY, office.workbook("commandes.xlsx", rows))
        return Path(shutil.copy(office.file(FILE), office.folder / FILE))

    def test_two_requests_under_one_number_are_told_and_not_entered(self, office: Publisher, copy: Path) -> None:
        lose(office)
        run = office.run("adopt", office.out, changed(copy, montantSegurHT=99.0))
        assert (run.status, codes(run)) == (1, [("00001", "adopt-deux-demandes")])
        assert office.states() == {"00002": "émise"}

    def test_nor_is_the_number_of_another_request_of_the_ledger(self, office: Publisher, copy: Path) -> None:
        before = remembered(office)
        run = office.run("adopt", changed(copy, montantSegurHT=99.0))
        assert (run.status, codes(run)) == (1, [("00001", "adopt-autre-demande")])
        assert remembered(office) == before

    def test_nor_are_other_requests_under_the_name_of_a_file(self, office: Publisher, copy: Path) -> None:
        parsed = json.loads(copy.read_bytes())
        parsed["lignesImport"] = parsed["lignesImport"][:1]
        copy.write_text(json.dumps(parsed))
        run = office.run("adopt", changed(copy, numeroEditeur="00077",
                                          piecesJustificatives=[{
                                              "nomFichier": "MDV-LGC-Val-BDC-00077.pdf", "formatFichier": "PDF",
                                              "typeFichier": "BON_COMMANDE"}]))  # fmt: skip
        assert (run.status, codes(run)) == (1, [("", "adopt-autre-fichier")])
        assert sorted(office.states()) == ["00001", "00002"]

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"montantSegurHT": "1075"}, "adopt-demande-fausse"),
            ({"numeroEditeur": "1"}, "adopt-demande-fausse"),
            ({"numeroEditeur": None}, "return-malformed"),
            ({"codeTraitement": 0}, "return-malformed"),
            ({"codeTraitement": "1042", "montantSegurHT": "beaucoup"}, "adopt-demande-illisible"),
        ],
    )
    def test_a_request_that_is_none(self, office: Publisher, copy: Path, values: dict[str, Any], code: str) -> None:
        lose(office)
        run = office.run("adopt", changed(copy, **values), "--ledger", office.folder / "autre.sqlite3")
        assert (run.status, [told for _, told in codes(run)]) == (1, [code])
        assert [one["numeroEditeur"] for one in run.document["entered"]] == ["00002"]

    @pytest.mark.parametrize(
        "data", [b"", b"{}", b"[]", b"null", b'{"numeroAns": "0123456789"}', b"[" * 100_000, b"\xff\xfe", b"PK\x03\x04"]
    )
    def test_a_file_that_is_none(self, office: Publisher, copy: Path, data: bytes) -> None:
        before = remembered(office)
        copy.with_name("JSON-0123456789-20221108-001.json").write_bytes(data)
        (office.folder / "notes.json").write_text("{}")
        (office.folder / "commandes.xlsx").unlink()
        run = office.run("adopt", office.folder)
        assert (run.status, [code for _, code in codes(run)]) == (1, ["adopt-illisible"] * 2)
        assert remembered(office) == before

    def test_nothing_at_all(self, office: Publisher) -> None:
        run = office.run("adopt", office.folder / "rien")
        assert (run.status, run.document, run.stderr.count("\n")) == (2, {}, 1)
        assert not office.ledger.exists()

    def test_another_publisher_s_file_is_another_software_s(self, office: Publisher, copy: Path) -> None:
        text = copy.read_text().replace("0123456789", "9876543210")
        other = copy.with_name(FILE.replace("0123456789", "9876543210"))
        other.write_text(text)
        run = office.run("adopt", other)
        assert (run.status, codes(run)) == (1, [("00001", "adopt-autre-demande"), ("00002", "adopt-autre-demande")])

    def test_the_words_for_a_person(self, office: Publisher, copy: Path) -> None:
        lose(office)
        told = command("adopt", copy, "--out", office.folder / "neuf").stderr.replace("\u00a0", " ")
        assert "1 fichier lu : 2 demandes entrées au registre" in told
        assert "Sans référence : 2 demandes (00001, 00002)" in told
        assert "converter decision" in told


class TestReferences:
    def test_from_an_order_book_later(self, office: Publisher) -> None:
        book = office.workbook("commandes.xlsx", rows_of(solo("BC-1", 1), solo("BC-2", 2)))
        office.convert("2026-11-22", book)
        lose(office)
        assert office.run("adopt", office.out).document["without_reference"] == ["00001", "00002"]
        named = office.run("adopt", book)
        assert (named.status, named.document["named"], named.document["without_reference"]) == (0, 2, [])
        assert office.run("adopt", book).document["named"] == 0
        other = office.workbook("commandes.xlsx", solo("BC-1", 1, montantSegurHT="2.00"))
        told = office.convert("2026-11-23", other).told
        assert [code for _, _, code in told if code.startswith("demande")] == ["demande-modifiee"]

    def test_from_an_order_book_unlike_ours(self, office: Publisher, tmp_path: Path) -> None:
        book = write_export(tmp_path / "export.xlsx", [deal(1)])
        through = ("--correspondance", write_mapping(tmp_path / "crm.toml"))
        command("convert", book, *through, "--out", office.out, "--no-attachments")
        lose(office)
        assert office.run("adopt", office.out).document["without_reference"] == ["00001"]
        assert office.run("adopt", book).status == 2  # nothing here is known without it
        assert office.run("adopt", book, *through).document["named"] == 1

    def test_two_orders_of_the_same_contents_keep_their_numbers(self, office: Publisher) -> None:
        rows = rows_of(solo("BC-1", 1, montantSegurHT="10.00"), solo("BC-2", 2))
        office.convert("2026-11-22", office.workbook("commandes.xlsx", rows))
        lose(office)
        twins = rows_of(solo("BC-1", 1, montantSegurHT="10.00"), solo("BC-9", 1, montantSegurHT="10.00"))
        run = office.run("adopt", office.out, office.workbook("jumelles.xlsx", twins))
        assert (run.document["without_reference"], [code for _, code in codes(run)]) == (
            ["00001", "00002"], ["adopt-references-douteuses"],
        )  # fmt: skip

    def test_a_workbook_that_tells_nothing(self, office: Publisher) -> None:
        office.convert("2026-11-22", office.workbook("commandes.xlsx", solo("BC-1", 1)))
        (office.folder / "abime.xlsx").write_bytes(b"pas un classeur")
        run = office.run("adopt", office.out, office.folder / "abime.xlsx")
        assert (run.status, [code for _, code in codes(run)]) == (0, ["adopt-classeur-illisible"])
