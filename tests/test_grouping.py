"""Rows into requests: by purchase order, wherever they stand; what is said once holds for the whole request."""

from pathlib import Path

import pytest
from conftest import Convert, Run, beneficiaries
from workbooks import (
    SUPPLIER,
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


def who(run: Run) -> list[list[str]]:
    """The beneficiaries of each request that came out."""
    return [beneficiaries(request) for request in run.requests]


def test_rows_of_a_request_may_stand_anywhere(convert: Convert) -> None:
    a, b, c = group("A", 1), group("B", 11), structure("C", 21)
    run = convert([b[0], c[0], a[0], c[1], a[1], b[1]])
    assert run.told == []
    assert who(run) == [[rpps(11), rpps(12)], [finess(21), finess(22)], [rpps(1), rpps(2)]]
    assert [request["numLigne"] for request in run.requests] == [1, 2, 3]
    assert [request["numeroEditeur"] for request in run.requests] == ["00001", "00002", "00003"]


def test_references_are_compared_once_clean(convert: Convert) -> None:
    first, second = group("BC  1", 1, second={"refCommande": "BC\u00a01 "})
    run = convert([first, second])
    assert run.told == [("A2", C, "espaces"), ("A3", C, "espaces")]
    assert who(run) == [[rpps(1), rpps(2)]]


def test_a_value_of_the_request_may_stand_on_any_of_its_rows(convert: Convert) -> None:
    whole = solo("A", 1)[0]
    own = {tag: whole[tag] for tag in doctor(1)}
    rest = {tag: value for tag, value in whole.items() if tag not in own}
    run = convert([{"refCommande": "A", **own}, {**rest, **doctor(2)}])
    assert run.told == []
    assert who(run) == [[rpps(1), rpps(2)]]
    assert run.requests[0]["commande"] == {"dateCommande": "04/11/2026", "regimeTVA": "TTC", "montantSegurHT": 1075.0}


def test_the_same_value_on_every_row_is_no_contradiction(convert: Convert) -> None:
    first, second = group(
        "A", 1, second={"regimeTVA": "TTC", "montantSegurHT": "1 075,00", "dateCommande": "4/11/2026"}
    )
    run = convert([first, second])
    assert run.told == [("C3", C, "date"), ("E3", C, "montant")]
    assert run.counts == (1, 0, 0)


def test_a_contradiction_is_told_on_each_later_cell(convert: Convert) -> None:
    lines = [*group("A", 1, second={"regimeTVA": "HT"}), {"refCommande": "A", "regimeTVA": "HT", **doctor(3)}]
    run = convert([*lines, {"refCommande": "A", "regimeTVA": "TTC", **doctor(4)}])
    assert run.told == [("D3", E, "deux-valeurs"), ("D4", E, "deux-valeurs")]
    assert "«\u00a0TTC\u00a0», déjà donné" in run.document["findings"][0]["message"]


def test_what_is_missing_everywhere_is_told_on_the_first_row(convert: Convert) -> None:
    run = convert(rows_of(solo("A", 1), group("B", 11, dateCommande=None, isPFIToDMP=None)))
    assert run.told == [("C3", E, "obligatoire"), ("Y3", E, "obligatoire")]


def test_rows_without_reference_fold_by_number(convert: Convert) -> None:
    first, second = group("", 1, second={"numeroEditeur": 30}, numeroEditeur="00030")
    run = convert([first, *solo("A", 11), second])
    assert run.told == [("B4", C, "nombre-texte")]
    assert who(run) == [[rpps(1), rpps(2)], [rpps(11)]]
    assert [request["numeroEditeur"] for request in run.requests] == ["00030", "00031"]


def test_a_row_that_bears_only_the_number_joins_its_purchase_order(convert: Convert) -> None:
    first, second = group("A", 1, second={"refCommande": None, "numeroEditeur": "00030"}, numeroEditeur="00030")
    run = convert([second, first])
    assert run.told == []
    assert who(run) == [[rpps(2), rpps(1)]]


def test_two_references_under_one_number_hold_the_second_back(convert: Convert) -> None:
    run = convert(rows_of(solo("A", 1, numeroEditeur="00030"), solo("B", 2, numeroEditeur="00030")))
    assert run.told == [("B3", E, "numero-en-double")]
    assert who(run) == [[rpps(1)]]


def test_a_number_shared_is_told_on_the_row_that_gives_it(convert: Convert) -> None:
    run = convert(rows_of(solo("A", 1, numeroEditeur="00030"), group("B", 2, second={"numeroEditeur": "00030"})))
    assert run.told == [("B4", E, "numero-en-double")]
    assert who(run) == [[rpps(1)]]


def test_one_reference_under_two_numbers_is_held_back(convert: Convert) -> None:
    run = convert(group("A", 1, second={"numeroEditeur": "00031"}, numeroEditeur="00030"))
    assert run.told == [("B3", E, "deux-valeurs")]
    assert run.counts == (0, 0, 1)


def test_each_row_with_neither_is_told(convert: Convert) -> None:
    run = convert([*solo("", 1), *solo("", 2), *solo("A", 3)])
    assert run.told == [("A2", E, "reference-absente"), ("A3", E, "reference-absente")]
    assert run.counts == (1, 0, 2)


def test_blank_rows_are_skipped_and_rows_keep_their_number(convert: Convert) -> None:
    blanks: list[Row] = [{}, {"nomMedecin": "  "}, {"RPPS": "\u00a0", "nomMedecin": "\u200b"}]
    run = convert([{}, *solo("A", 1), *blanks, *solo("B", 2, RPPS="1"), {}])
    assert ("O7", E, "longueur-exacte") in run.told
    assert run.counts == (1, 0, 1)


def test_hidden_and_filtered_rows_are_read(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook(rows_of(solo("A", 1), solo("B", 2), solo("C", 3)))
    book["Demandes"].row_dimensions[3].hidden = True
    book["Demandes"].auto_filter.ref = "A1:AE4"
    book["Demandes"].column_dimensions["O"].hidden = True
    book.save(tmp_path / "a.xlsx")
    assert who(convert(tmp_path / "a.xlsx")) == [[rpps(1)], [rpps(2)], [rpps(3)]]


def test_a_merged_reference_stands_for_each_row_that_it_covers(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook(group("A", 1, second={"refCommande": None}) + solo("B", 3))
    book["Demandes"].merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert run.told == [("A3", C, "reference-fusionnee")]
    assert who(run) == [[rpps(1), rpps(2)], [rpps(3)]]


def test_another_merged_cell_has_one_value(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook(group("A", 1))
    book["Demandes"].merge_cells("O2:O3")
    book.save(tmp_path / "a.xlsx")
    assert convert(tmp_path / "a.xlsx").told == [("O3", E, "obligatoire")]


@pytest.mark.parametrize(
    ("rows", "isMandataire", "isClientUnique"),
    [
        (solo(), False, True),
        (group(), False, False),
        (mandate(), True, False),
        (structure(), False, False),
        (mandate(isMandataire="OUI"), True, False),
        (group(isMandataire="NON", isClientUnique="NON"), False, False),
        (structure(isMandataire="NON", isClientUnique="NON"), False, False),
    ],
    ids=("solo", "group", "mandate", "structure", "mandate said", "group said", "structure said"),
)
def test_the_two_booleans_are_derived_where_they_are_empty(
    convert: Convert, rows: list[Row], isMandataire: bool, isClientUnique: bool
) -> None:
    run = convert(rows)
    assert run.told == []
    told = run.requests[0]["beneficiaires"]
    assert (told["isMandataire"], told["isClientUnique"]) == (isMandataire, isClientUnique)
    assert (told["nomMandataire"] is not None) == isMandataire


def test_workbooks_of_one_supplier_are_pooled(tmp_path: Path, convert: Convert) -> None:
    other = {**SUPPLIER, "numeroAns": "LGC0000002"}
    run = convert(
        write_workbook(tmp_path / "a.xlsx", solo("A", 1)),
        write_workbook(tmp_path / "b.xlsx", solo("B", 2), supplier=other),
        write_workbook(tmp_path / "c.xlsx", solo("C", 3)),
    )
    assert [(file["numeroAns"], len(file["lignesImport"])) for file in run.files] == [
        ("0123456789", 2),
        ("LGC0000002", 1),
    ]
    assert [Path(one["path"]).name for one in run.document["files"]] == [
        "JSON-0123456789-20261122-001.json",
        "JSON-LGC0000002-20261122-001.json",
    ]


def test_two_sirets_of_one_software_make_two_files_of_the_day(tmp_path: Path, convert: Convert) -> None:
    other = {**SUPPLIER, "SIRET": "35600000000048"}
    run = convert(
        write_workbook(tmp_path / "a.xlsx", solo("A", 1)),
        write_workbook(tmp_path / "b.xlsx", solo("B", 2), supplier=other),
    )
    assert [
        (Path(one["path"]).name[-8:-5], file["SIRET"])
        for one, file in zip(run.document["files"], run.files, strict=True)
    ] == [
        ("001", "38042372300028"),
        ("002", "35600000000048"),
    ]


def test_the_same_reference_under_two_softwares_is_two_requests(tmp_path: Path, convert: Convert) -> None:
    other = {**SUPPLIER, "numeroAns": "LGC0000002"}
    run = convert(
        write_workbook(tmp_path / "a.xlsx", solo("A", 1)),
        write_workbook(tmp_path / "b.xlsx", solo("A", 2), supplier=other),
    )
    assert (run.told, run.counts) == ([], (2, 0, 0))


def test_the_same_number_in_two_workbooks_is_told_on_the_second(convert: Convert) -> None:
    run = convert(solo("A", 1, numeroEditeur="00030"), solo("B", 2, numeroEditeur="00030"))
    assert (run.told, run.counts) == ([("B2", E, "numero-deja-attribue")], (1, 0, 1))


def test_the_same_workbook_named_twice_is_read_once(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "classeurs" / "a.xlsx", solo("A", 1))
    assert convert(path, path.parent).counts == (1, 0, 0)
