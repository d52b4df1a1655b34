"""No order leaves in part: a row that may belong to an order holds it back; a row that is no order holds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from conftest import Convert, Run, Told, beneficiaries
from samples.spec import COLUMNS
from workbooks import (
    ORDER,
    Cell,
    Row,
    doctor,
    finess,
    group,
    mandate,
    open_workbook,
    rows_of,
    rpps,
    solo,
    structure,
    write_workbook,
)

E, W, C = "erreur", "avertissement", "correction"
LAST = solo("Z-9999", 99)
"""A right order at the foot of each sheet below: it always leaves."""


def who(run: Run) -> list[list[str]]:
    """The beneficiaries of each request that came out."""
    return [beneficiaries(request) for request in run.requests]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sheet (the last order is added to it), all that is told of it, and how many of its orders are held back."""

    name: str
    rows: Sequence[Row]
    told: Sequence[Told]
    held_back: int = 1
    leaving: Sequence[Sequence[str]] = ()


def head(reference: Cell, rank: int = 1, **changes: Cell) -> Row:
    return solo("", rank, **{"refCommande": reference, **changes})[0]


def nobody(reference: Cell, rank: int = 1) -> Row:
    """Everything of an order but its beneficiary."""
    return {tag: value for tag, value in head(reference, rank).items() if tag not in doctor(rank)}


DOUBTS = (
    Doubt(
        "the reference written once",
        [head("BC-0001"), doctor(2), doctor(3)],
        [("A3", E, "reference-absente"), ("A4", E, "reference-absente")],
    ),
    Doubt("of a structure", [structure("BC-0001")[0], {"FINESSGeo": finess(2)}], [("A3", E, "reference-absente")]),
    Doubt("of a mandate", [*mandate("BC-0001"), doctor(3)], [("A4", E, "reference-absente")]),
    Doubt("below blank rows", [head("BC-0001"), {}, {}, doctor(2)], [("A5", E, "reference-absente")]),
    Doubt(
        "below a total",
        [head("BC-0001"), {"refCommande": "Total", "montantSegurHT": 1075}, doctor(2)],
        [("A3", W, "ligne-hors-commande"), ("A4", E, "reference-absente")],
    ),
    Doubt(
        "above an order that lacks a value",
        [doctor(2), head("BC-0001", regimeTVA=None)],
        [("A2", E, "reference-absente"), ("D3", E, "obligatoire")],
    ),
    Doubt("above every order", [doctor(2), head("BC-0001")], [("A2", E, "reference-absente")]),
    Doubt(
        "some values repeated",
        [head("BC-0001"), {"commandePour": "LIBERAL", "regimeTVA": "TTC", **doctor(2)}],
        [("A3", E, "reference-absente")],
    ),
    Doubt(
        "every value repeated, inside the order",
        [head("BC-0001"), head("", 2), head("BC-0001", 3)],
        [("A3", E, "reference-absente")],
    ),
    Doubt(
        "every value repeated twice, inside the order",
        [head("BC-0001"), head("", 2), head("", 3), head("BC-0001", 4)],
        [("A3", E, "reference-absente"), ("A4", E, "reference-absente")],
    ),
    Doubt(
        "every value repeated, after an order that repeats them",
        [head("BC-0001"), head("BC-0001", 2), head("", 3)],
        [("A4", E, "reference-absente")],
    ),
    Doubt(
        "every value repeated, after two rows that repeat them and one that does not",
        [head("BC-0001"), {"refCommande": "BC-0001", **doctor(2)}, head("BC-0001", 3), head("BC-0001", 4), head("", 5)],
        [("A6", E, "reference-absente")],
    ),
    Doubt(
        "every value repeated, before two rows that repeat them and one that does not",
        [head("", 5), head("BC-0001"), head("BC-0001", 2), {"refCommande": "BC-0001", **doctor(3)}],
        [("A2", E, "reference-absente")],
    ),
    Doubt("a name alone", [head("BC-0001"), {"nomMedecin": "MÉLÈZE"}], [("A3", E, "reference-absente")]),
    Doubt(
        "an amount alone that is no sum",
        [head("BC-0001"), {"montantSegurHT": 500}],
        [("A3", E, "reference-absente")],
    ),
    Doubt(
        "a wrong number in the row",
        [head("BC-0001"), {**doctor(2), "RPPS": "123"}],
        [("A3", E, "reference-absente"), ("O3", E, "longueur-exacte")],
    ),
    Doubt(
        "only the order above",
        [head("BC-0001"), head("BC-0002", 2), doctor(3), head("BC-0003", 4)],
        [("A4", E, "reference-absente")],
        leaving=[[rpps(1)], [rpps(4)]],
    ),
    Doubt(
        "a doctor under a structure",
        [*structure("BC-0001"), doctor(4)],
        [("A4", E, "reference-absente")],
    ),
    Doubt(
        "the same doctor again",
        [head("BC-0001"), doctor(1)],
        [("A3", E, "reference-absente")],
    ),
    Doubt(
        "letters for zeros",
        [head("BC-0001"), {"refCommande": "BC-OOO1", **doctor(2)}, head("FA-7", 4)],
        [("A3", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    Doubt(
        "another spelling",
        [head("BC-0001"), head("FA-7", 4), {"refCommande": "bc 0001", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    Doubt(
        "a number that lost its zeros",
        [head("00123"), {"refCommande": 123, **doctor(2)}],
        [("A3", E, "reference-inconnue")],
    ),
    Doubt(
        "a letter doubled, far from its order",
        [head("BC-0001"), head("FA-7", 4), {"refCommande": "BCC-0001", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    *(
        Doubt(
            f"more than the reference: {name}",
            [head("BC-0001"), head("FA-7", 4), {"refCommande": name, **doctor(2)}],
            [("A4", E, "reference-inconnue")],
            leaving=[[rpps(4)]],
        )
        for name in ("BC-0001 bis", "BC-0001 (suite)", "Commande BC 0001")
    ),
    Doubt(
        "alike but for the last figures",
        [head("2026-CMD-100"), head("FA-7", 4), {"refCommande": "2026-CMD-279", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        leaving=[[rpps(1)]],
    ),
    Doubt(
        "less than the reference",
        [head("BC-0001 Dr Mélèze"), head("FA-7", 4), {"refCommande": "BC-0001", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    Doubt(
        "two letters swapped",
        [head("FACTURE"), head("X-200", 4), {"refCommande": "FATCURE", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    Doubt(
        "a digit that may come from two orders",
        [head("BC-0001"), head("BC-0002", 4), {"refCommande": "BC-0009", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        held_back=2,
    ),
    Doubt(
        "a reference like no other",
        [head("BC-0001"), {"refCommande": "2022", **doctor(2)}],
        [("A3", E, "reference-inconnue")],
    ),
    Doubt(
        "a mistyped reference on two rows",
        [head("BC-0001"), {"refCommande": "BC-O001", **doctor(2)}, {"refCommande": "BC-O001", **doctor(3)}],
        [("A3", E, "reference-inconnue"), ("A4", E, "reference-inconnue")],
    ),
    Doubt(
        "« idem » under two orders",
        [
            head("BC-0001"),
            {"refCommande": "idem", **doctor(2)},
            head("FA-7", 4),
            {"refCommande": "idem", **doctor(5)},
        ],
        [("A3", E, "reference-inconnue"), ("A5", E, "reference-inconnue")],
        held_back=2,
    ),
    Doubt(
        "by number",
        [head("", numeroEditeur="00030"), {"numeroEditeur": "00031", **doctor(2)}],
        [("B3", E, "reference-inconnue")],
    ),
    Doubt(
        "the number of another order",
        [
            head("BC-0001"),
            {"refCommande": "BC-O001", "numeroEditeur": "00031", **doctor(2)},
            head("FA-7", 4, numeroEditeur="00031"),
        ],
        [("A3", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    Doubt(
        "some values, and a reference nearly right",
        [head("BC-0001"), head("FA-7", 4), {"refCommande": "BC-O001", "commandePour": "LIBERAL", **doctor(2)}],
        [("A4", E, "reference-inconnue")],
        leaving=[[rpps(4)]],
    ),
    Doubt(
        "a reference begun and nothing else",
        [head("BC-0001"), {"refCommande": "BC-0777"}],
        [("A3", E, "commande-vide")],
        leaving=[[rpps(1)]],
    ),
)


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda one: one.name)
def test_a_row_that_may_belong_to_an_order_holds_it_back(convert: Convert, doubt: Doubt) -> None:
    run = convert([*doubt.rows, *LAST])
    assert run.told == list(doubt.told)
    assert who(run) == [*doubt.leaving, [rpps(99)]]
    assert (run.status, run.counts[2]) == (1, doubt.held_back)


OWN = (
    ("a whole order without a reference", [head("BC-0001"), head("", 2, dateCommande="05/11/2026")], [[rpps(1)]]),
    ("the same day and amount", [head("BC-0001"), head("", 2)], [[rpps(1)]]),
    (
        "another day, before an order that repeats its values",
        [head("FA-7", 4), head("", 2, dateCommande="05/11/2026"), head("BC-0001"), head("BC-0001", 3)],
        [[rpps(4)], [rpps(1), rpps(3)]],
    ),
    ("after a single client", [head("BC-0001", isClientUnique="OUI"), head("", 2)], [[rpps(1)]]),
)


@pytest.mark.parametrize(("rows", "leaving"), [one[1:] for one in OWN], ids=[one[0] for one in OWN])
def test_a_whole_order_without_a_reference_holds_only_itself_back(
    convert: Convert, rows: list[Row], leaving: list[list[str]]
) -> None:
    run = convert([*rows, *LAST])
    assert (run.told, who(run)) == ([("A3", E, "reference-absente")], [*leaving, [rpps(99)]])


@pytest.mark.parametrize(
    ("rows", "leaving"),
    [([head("BC-0001"), head("", 2), head("BC-0001", 3)], []), ([head("BC-0001"), head("", 2)], [[rpps(1)]])],
    ids=["inside the last order", "below it"],
)
def test_a_whole_order_without_a_reference_at_the_foot(
    convert: Convert, rows: list[Row], leaving: list[list[str]]
) -> None:
    run = convert(rows)
    assert (run.told, who(run)) == ([("A3", E, "reference-absente")], leaving)


def test_the_sentence_names_the_order_above_and_what_to_do(convert: Convert) -> None:
    [told] = convert([head("BC-0001"), doctor(2), *LAST]).document["findings"]
    assert told["remedy"] == (
        "Si cette ligne continue la commande BC-0001 de la ligne 2, recopiez-y sa référence\u00a0; "
        "si c'est un total ou une remarque, supprimez-la."
    )


def test_the_sentence_names_the_near_reference(convert: Convert) -> None:
    [told] = convert([head("BC-0001"), {"refCommande": "BC-OOO1", **doctor(2)}, *LAST]).document["findings"]
    assert (told["tag"], told["value"]) == ("refCommande", "BC-OOO1")
    assert "«\u00a0BC-0001\u00a0»" in told["remedy"]
    assert "ligne 2" in told["remedy"]


def test_a_lone_order_that_lacks_everything_is_told_what_it_lacks(convert: Convert) -> None:
    run = convert([{"refCommande": "BC-0001", **doctor(1)}])
    assert {code for _, _, code in run.told} == {"obligatoire"}
    assert len(run.told) == 12


def test_an_order_held_back_with_a_row_says_so_in_the_copy_and_the_report(convert: Convert) -> None:
    run = convert([head("BC-0001"), doctor(2), head("BC-0002", 3), {"refCommande": "BC-0009", **doctor(4)}, *LAST])
    sheet = openpyxl.load_workbook(run.document["annotated"][0])["Demandes"]
    [statut] = [cell.column for cell in sheet[1] if cell.value == "Statut"]
    shown = [sheet.cell(row, statut).value for row in range(2, 7)]
    awaits = "À corriger, avec la ligne 5"
    assert shown[:4] == [awaits, awaits, "À corriger", "À corriger"]
    assert shown[4].startswith("Émise")
    assert "BC-0002" in Path(run.document["report"]).read_text(encoding="utf-8")


LABELS = {"nomMedecin": "Nom du médecin", "RPPS": "Numéro RPPS", "refCommande": "Référence du bon de commande"}
NO_ORDERS: dict[str, tuple[Row, str]] = {
    "total": ({"refCommande": "TOTAL", "montantSegurHT": 1075}, "A"),
    "sub-total by its words": ({"dateCommande": "Sous-total novembre", "montantSegurHT": "3 225,00 €"}, "C"),
    "total where names are": ({"nomMedecin": "Total général", "montantSegurHT": 12, "RPPS": 3}, "E"),
    "sum": ({"montantSegurHT": 2150}, "E"),
    "sum under a count": ({"refCommande": "2 commandes", "montantSegurHT": "2 150,00 €"}, "A"),
    "sum and count": ({"montantSegurHT": 2150.0, "RPPS": 2}, "E"),
    "headings repeated": (dict(zip(COLUMNS, COLUMNS, strict=True)), "A"),
    "a few headings": (LABELS, "A"),
    "a remark": ({"refCommande": "Commandes à envoyer avant la fin du mois"}, "A"),
    "a remark further on": ({"dateCommande": "voir avec le service commercial"}, "C"),
    "the month": ({"refCommande": "Novembre"}, "A"),
}


@pytest.mark.parametrize("name", NO_ORDERS)
def test_a_row_that_is_no_order_is_told_once_and_holds_nothing_back(convert: Convert, name: str) -> None:
    row, column = NO_ORDERS[name]
    run = convert([*solo("BC-0001", 1), *solo("BC-0002", 2), row, *LAST])
    assert run.told == [(f"{column}4", W, "ligne-hors-commande")]
    assert (run.status, who(run)) == (0, [[rpps(1)], [rpps(2)], [rpps(99)]])


def test_a_row_of_tags_under_the_labels(tmp_path: Path, convert: Convert) -> None:
    tags: Row = dict(zip(COLUMNS, COLUMNS, strict=True))
    run = convert(write_workbook(tmp_path / "a.xlsx", [tags, *LAST]))
    assert (run.told, run.counts) == ([("A2", W, "ligne-hors-commande")], (1, 0, 0))


def test_a_total_said_in_a_column_of_their_own(tmp_path: Path, convert: Convert) -> None:
    rows = [*solo("BC-0001", 1), {"montantSegurHT": 99, "note": "Total du mois"}, *LAST]
    path = write_workbook(tmp_path / "a.xlsx", rows, headers=[*COLUMNS, "Note"], tags=[*COLUMNS, "note"])
    run = convert(path)
    assert (run.told, run.counts) == ([("E3", W, "ligne-hors-commande")], (2, 0, 0))


def test_a_total_by_a_formula_that_excel_has_not_computed(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook([*solo("BC-0001", 1), {"refCommande": "Total", "montantSegurHT": "=SUM(E2:E2)"}])
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert (run.told, run.counts) == ([("A3", W, "ligne-hors-commande")], (1, 0, 0))


def test_an_error_of_excel_in_the_reference_holds_the_order_above(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook([head("BC-0001"), {"refCommande": "#N/A", **doctor(2)}, *LAST])
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert (run.told, run.counts) == ([("A3", E, "valeur-erreur")], (1, 0, 1))


def test_orders_whose_reference_is_an_error_of_excel_are_not_one_order(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook([head("BC-0001"), *(head("#REF!", rank, montantSegurHT=900 + rank) for rank in (2, 3)), *LAST])
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert (run.told, run.counts) == ([("A3", E, "valeur-erreur"), ("A4", E, "valeur-erreur")], (2, 0, 2))


def test_a_doctor_of_the_name_of_total_is_no_total(convert: Convert) -> None:
    run = convert(rows_of(group("BC-0001", 1, nomMedecin="TOTAL"), LAST))
    assert (run.told, run.counts) == ([], (2, 0, 0))


def test_an_order_as_large_as_those_above_together_is_no_sum(convert: Convert) -> None:
    run = convert(rows_of(solo("BC-0001", 1), solo("BC-0002", 2), solo("BC-0003", 3, montantSegurHT=2150)))
    assert (run.told, run.counts) == ([], (3, 0, 0))


def test_orders_without_any_of_their_values_are_each_told(convert: Convert) -> None:
    """Nothing says which rows belong together: none of them leaves."""
    run = convert([{"refCommande": f"BC-{rank:04d}", **doctor(rank)} for rank in range(1, 4)])
    assert run.counts == (0, 0, 3)
    assert ORDER.keys() >= {"dateCommande"}
