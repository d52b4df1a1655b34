"""Orders on other sheets than « Demandes »: read where their headings are ours, and always told."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from conftest import Convert, Run, beneficiaries
from package_parts import repack
from samples.spec import COLUMNS
from workbooks import SUPPLIER, Cell, Row, doctor, group, open_workbook, rows_of, rpps, solo, write_workbook

E, W, C = "erreur", "avertissement", "correction"
Grid = Iterable[Sequence[Cell]]


def grid(rows: Iterable[Row], header: Sequence[str] = COLUMNS) -> list[Sequence[Cell]]:
    return [header, *([row.get(tag) for tag in header] for row in rows)]


def write_sheets(path: Path, sheets: Mapping[str, Grid], hidden: Iterable[str] = ()) -> Path:
    """A workbook of these sheets by XlsxWriter, « Paramètres » last."""
    with xlsxwriter.Workbook(path) as book:
        for name, lines in {**sheets, "Paramètres": list(SUPPLIER.items())}.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                sheet.write_row(row, 0, line)
            if name in hidden:
                sheet.hide()
    return path


def told_on(run: Run) -> list[tuple[str, str, str, str]]:
    """Sheet, cell, severity, code of each finding."""
    sheets = [one["sheet"] for one in run.document["findings"]]
    return [(sheet, *told) for sheet, told in zip(sheets, run.told, strict=True)]


def who(run: Run) -> list[list[str]]:
    return [beneficiaries(request) for request in run.requests]


@pytest.mark.parametrize("name", ["Demandes (2)", "Décembre"])
def test_a_sheet_with_our_headings_is_read_as_well(tmp_path: Path, convert: Convert, name: str) -> None:
    sheets = {"Demandes": grid(solo("A", 1)), name: grid(solo("B", 2))}
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert told_on(run) == [(name, "", W, "feuille-lue")]
    assert who(run) == [[rpps(1)], [rpps(2)]]


def test_demandes_comes_first_wherever_it_stands(tmp_path: Path, convert: Convert) -> None:
    sheets = {"Décembre": grid(solo("B", 2)), "Demandes": grid(solo("A", 1))}
    assert who(convert(write_sheets(tmp_path / "a.xlsx", sheets))) == [[rpps(1)], [rpps(2)]]


def test_how_a_heading_is_said_in_japanese_is_no_part_of_it(tmp_path: Path, convert: Convert) -> None:
    path = write_sheets(tmp_path / "a.xlsx", {"Commandes": grid(solo("A", 1))})
    strings = "xl/sharedStrings.xml"
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(strings).decode()
    said = '<rPh sb="0" eb="1"><t>イ</t></rPh><phoneticPr fontId="1"/></si>'
    repack(path, {strings: xml.replace("</si>", said)})
    run = convert(path)
    assert (told_on(run), who(run)) == ([("Commandes", "", W, "feuille-lue")], [[rpps(1)]])


def test_one_sheet_with_our_headings_stands_for_demandes(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Commandes": grid(solo("A", 1)), "Notes": [["à rappeler"]]}))
    assert (told_on(run), who(run)) == ([("Commandes", "", W, "feuille-lue")], [[rpps(1)]])
    assert run.document["findings"][0]["remedy"] == ("Renommez «\u00a0Commandes\u00a0» en «\u00a0Demandes\u00a0».")


def test_a_blank_demandes_beside_a_sheet_of_orders(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Demandes": [], "Décembre": grid(solo("B", 2))}))
    assert (told_on(run), who(run)) == ([("Décembre", "", W, "feuille-lue")], [[rpps(2)]])


def test_all_the_sheets_of_orders_together_have_the_rows_of_one_at_most(tmp_path: Path, convert: Convert) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Demandes", "Décembre"):
            sheet = book.add_worksheet(name)
            for row, line in enumerate(grid(solo("A", 1))):
                sheet.write_row(row, 0, line)
            sheet.write(70_000, 0, "B")
    run = convert(path, options=["--numero-ans", "0123456789", "--siret", "38042372300028"])
    assert (run.status, run.document) == (2, {})
    assert "La feuille «\u00a0Décembre\u00a0» de «\u00a0a.xlsx\u00a0» est trop étendue" in run.stderr


def test_months_stand_for_demandes(tmp_path: Path, convert: Convert) -> None:
    sheets = {"Novembre": grid(solo("A", 1)), "Décembre": grid(solo("B", 2))}
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert told_on(run) == [("Novembre", "", W, "feuille-lue"), ("Décembre", "", W, "feuille-lue")]
    assert who(run) == [[rpps(1)], [rpps(2)]]


def test_the_template_s_own_headings_on_a_sheet_of_another_name(tmp_path: Path, convert: Convert) -> None:
    from conftest import command

    command("template", tmp_path / "modele.xlsx")
    book = openpyxl.load_workbook(tmp_path / "modele.xlsx")
    labels = [cell.value for cell in book["Demandes"][2]]
    rows = [["Commandes de décembre"], [], labels, *grid(solo("B", 2))[1:]]
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Demandes": grid(solo("A", 1)), "Décembre": rows}))
    assert who(run) == [[rpps(1)], [rpps(2)]]


NOT_OURS: Mapping[str, Grid] = {
    "notes": [["Nom du client", "Téléphone"], ["MÉLÈZE", "0199001234"]],
    "a directory of doctors": [
        ["Nom du médecin", "Courriel du médecin", "Téléphone du médecin", "Numéro RPPS"],
        ["MÉLÈZE", "m@cabinet.example", "0199001234", rpps(7)],
    ],
    "our headings, nothing below": grid([]),
    "a follow-up": [["Référence", "Montant HT", "État"], ["A", 1075, "acceptée"]],
    "nothing": [],
}


@pytest.mark.parametrize("name", NOT_OURS)
def test_a_sheet_that_is_not_of_orders_is_not_read(tmp_path: Path, convert: Convert, name: str) -> None:
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Demandes": grid(solo("A", 1)), "Autre": NOT_OURS[name]}))
    assert (run.told, who(run)) == ([], [[rpps(1)]])


def test_a_sheet_of_orders_without_all_our_columns_is_told(tmp_path: Path, convert: Convert) -> None:
    header = [tag for tag in COLUMNS if tag != "regimeTVA"]
    sheets = {"Demandes": grid(solo("A", 1)), "Décembre": grid(solo("B", 2), header)}
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert (told_on(run), who(run)) == ([("Décembre", "", W, "feuille-non-lue")], [[rpps(1)]])
    assert "il lui manque «\u00a0Régime de TVA\u00a0»" in run.document["findings"][0]["message"]


def test_without_demandes_the_columns_that_miss_on_the_only_sheet_are_said(tmp_path: Path, convert: Convert) -> None:
    header = [tag for tag in COLUMNS if tag != "regimeTVA"]
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Commandes": grid(solo("B", 2), header)}))
    assert (run.counts, told_on(run)) == (
        (0, 0, 1),
        [("Commandes", "", W, "feuille-lue"), ("Commandes", "1", E, "colonne-manquante")],
    )
    assert "«\u00a0Régime de TVA\u00a0»" in run.document["findings"][1]["message"]


def test_a_hidden_sheet_of_orders_is_told_and_not_sent(tmp_path: Path, convert: Convert) -> None:
    sheets = {"Demandes": grid(solo("A", 1)), "Ancien": grid(solo("B", 2))}
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets, hidden=["Ancien"]))
    assert (told_on(run), who(run)) == ([("Ancien", "", W, "feuille-non-lue")], [[rpps(1)]])


def test_the_rows_of_a_hidden_demandes_are_out_of_sight(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Notes": [["x"]], "Demandes": grid(solo("A", 1))}, ["Demandes"]))
    assert (told_on(run), who(run)) == ([("Demandes", "2", W, "ligne-masquee")], [[rpps(1)]])


def test_a_sheet_too_far_stretched_that_is_not_of_orders_disturbs_nothing(tmp_path: Path, convert: Convert) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, lines in {"Demandes": grid(solo("A", 1)), "Paramètres": list(SUPPLIER.items())}.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                sheet.write_row(row, 0, line)
        book.add_worksheet("Calculs").write(1_048_575, 16_383, "loin")
    assert who(convert(path)) == [[rpps(1)]]


def test_an_order_on_two_sheets_is_held_back_on_both(tmp_path: Path, convert: Convert) -> None:
    sheets = {
        "Demandes": grid([*solo("A", 1), *solo("C", 3)]),
        "Décembre": grid([{"refCommande": "A", **doctor(2)}, *solo("D", 4)]),
    }
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert told_on(run) == [("Décembre", "", W, "feuille-lue"), ("Décembre", "A2", E, "commande-en-double")]
    assert who(run) == [[rpps(3)], [rpps(4)]]


@pytest.mark.parametrize(
    ("order", "cell", "leaving"),
    [
        (group("A", 1), "A2", [rpps(1), rpps(2)]),
        (solo("", 1, numeroEditeur="00030"), "B2", [rpps(1)]),
    ],
    ids=["by reference", "by number"],
)
def test_an_order_copied_to_another_sheet_leaves_once(
    tmp_path: Path, convert: Convert, order: list[Row], cell: str, leaving: list[str]
) -> None:
    run = convert(write_sheets(tmp_path / "a.xlsx", {"Demandes": grid(order), "Demandes (2)": grid(order)}))
    assert [told for told in told_on(run) if told[2] == E] == [("Demandes (2)", cell, E, "commande-en-double")]
    assert who(run) == [leaving]


def test_an_order_copied_and_changed_is_held_back_on_both_sheets(tmp_path: Path, convert: Convert) -> None:
    sheets = {"Demandes": grid(solo("A", 1)), "Demandes (2)": grid(solo("A", 1, montantSegurHT="2150.00"))}
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert [code for _, severity, code in run.told if severity == E] == ["commande-en-double"]
    assert run.counts == (0, 0, 2)


def test_a_mistyped_reference_holds_the_order_of_another_sheet(tmp_path: Path, convert: Convert) -> None:
    sheets = {
        "Demandes": grid([*solo("BC-0001", 1), *solo("FA-7", 3)]),
        "Décembre": grid([*solo("X-200", 4), {"refCommande": "BC-OOO1", **doctor(2)}]),
    }
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert told_on(run)[1:] == [("Décembre", "A3", E, "reference-inconnue")]
    assert who(run) == [[rpps(3)], [rpps(4)]]
    assert "ligne 2 de la feuille «\u00a0Demandes\u00a0»" in run.document["findings"][1]["remedy"]


def test_each_sheet_read_is_marked_in_the_copy(tmp_path: Path, convert: Convert) -> None:
    """Findings, « Statut », and the copy read again, with its sheets and columns where they were."""
    sheets = {
        "Demandes": grid([*solo("A", 1, RPPS="1"), *solo("C", 3)]),
        "Décembre": grid([*solo("B", 2), *solo("D", 4, regimeTVA="TVA")]),
    }
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert who(run) == [[rpps(3)], [rpps(2)]]
    [copy] = run.document["annotated"]
    book = openpyxl.load_workbook(copy)
    for name, held, sent in (("Demandes", 2, 3), ("Décembre", 3, 2)):
        sheet = book[name]
        statut = next(cell.column for cell in sheet[1] if cell.value == "Statut")
        assert sheet.cell(held, statut).value == "À corriger"
        assert str(sheet.cell(sent, statut).value).startswith("Émise")
    assert book["Décembre"]["D3"].comment is not None
    assert [row[0].value for row in book["Anomalies"].iter_rows(min_row=2)] == ["Demandes", "Décembre", "Décembre"]
    again = convert(Path(copy))
    assert again.counts == (0, 2, 2)
    second = openpyxl.load_workbook(again.document["annotated"][0])
    assert [cell.value for cell in second["Décembre"][1]].count("Statut") == 1
    assert [cell.value for cell in second["Demandes"][1]].count("Statut") == 1


def test_rows_of_two_sheets_are_told_sheet_by_sheet(tmp_path: Path, convert: Convert) -> None:
    sheets = {
        "Demandes": grid(rows_of(solo("A", 1), solo("B", 2, RPPS="2"))),
        "Décembre": grid(solo("C", 3, RPPS="3")),
    }
    run = convert(write_sheets(tmp_path / "a.xlsx", sheets))
    assert told_on(run) == [
        ("Demandes", "O3", E, "longueur-exacte"),
        ("Décembre", "", W, "feuille-lue"),
        ("Décembre", "O2", E, "longueur-exacte"),
    ]


def test_a_sheet_by_another_writer_is_known_too(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook(solo("A", 1))
    for line in grid(solo("B", 2)):
        if "Décembre" not in book.sheetnames:
            book.create_sheet("Décembre")
        book["Décembre"].append(list(line))
    book.save(tmp_path / "a.xlsx")
    assert who(convert(tmp_path / "a.xlsx")) == [[rpps(1)], [rpps(2)]]


def test_writers_agree(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1), sheets=("Paramètres", "Commandes"))
    assert who(convert(path)) == [[rpps(1)]]
