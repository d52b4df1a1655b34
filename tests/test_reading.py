"""The workbook as people have it: header near the top, names in any spelling, cells that Excel could not fill."""

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path

import office
import openpyxl
import pytest
import xlsxwriter
from conftest import DAY, Convert, beneficiaries, command
from samples.spec import COLUMNS, letters
from workbooks import SUPPLIER, Cell, Row, group, mandate, open_workbook, rows_of, rpps, solo, structure, write_workbook

E, W, C = "erreur", "avertissement", "correction"
LABELS = {
    "refCommande": "Référence du bon de commande",
    "numeroEditeur": "Numéro éditeur",
    "dateCommande": "Date de commande",
    "regimeTVA": "Régime de TVA",
    "montantSegurHT": "Montant Ségur HT (€)",
    "commandePour": "Commande pour",
    "isMandataire": "Mandataire ?",
    "isClientUnique": "Client unique ?",
    "nomMandataire": "Nom du mandataire",
    "emailMandataire": "Courriel du mandataire",
    "telephoneMandataire": "Téléphone du mandataire",
    "nomMedecin": "Nom du médecin",
    "emailMedecin": "Courriel du médecin",
    "telephoneMedecin": "Téléphone du médecin",
    "RPPS": "Numéro RPPS",
    "FINESSJuridique": "FINESS juridique",
    "nomResponsable": "Nom du responsable",
    "emailResponsable": "Courriel du responsable",
    "telephoneResponsable": "Téléphone du responsable",
    "FINESSGeo": "FINESS géographique",
    "isCentreDeSante": "Centre de santé ?",
    "operateurMessagerie": "Opérateur de messagerie",
    "isProSanteConnectNeeded": "Pro Santé Connect ?",
    "isDirecToDMP": "Envoi direct au DMP ?",
    "isPFIToDMP": "Envoi au DMP par un tiers ?",
    "isDirectToMSSPro": "Envoi direct en MSS Pro ?",
    "isPFIToMSSPro": "Envoi en MSS Pro par un tiers ?",
    "isDirectToMSSCitoyen": "Envoi direct en MSS Citoyen ?",
    "isPFIToMSSCitoyen": "Envoi en MSS Citoyen par un tiers ?",
    "bonCommande": "Fichier du bon de commande",
    "preuveHT": "Fichier de l'attestation HT",
    "commandeDistincte": "Commande distincte ?",
}
"""The columns' labels as the template shows them, kept by hand: workbooks in the field bear them."""
ALL = rows_of(solo("A", 1), mandate("B", 3), structure("C", 5))


@pytest.mark.parametrize(
    "header",
    [
        COLUMNS,
        tuple(LABELS[tag] for tag in COLUMNS),
        tuple(tag.upper() for tag in COLUMNS),
        tuple(f"  {tag.lower()} *" for tag in COLUMNS),
        tuple(LABELS[tag].upper().replace("É", "E").replace(" ", "  ") for tag in COLUMNS),
        tuple(LABELS[tag].replace(" ", "\u00a0").replace("é", "e\u0301") for tag in COLUMNS),
        tuple(LABELS[tag].replace(" ", "\n") if rank % 2 else tag for rank, tag in enumerate(COLUMNS)),
        tuple("isDirectToDMP" if tag == "isDirecToDMP" else tag for tag in COLUMNS),
    ],
    ids=("tags", "labels", "capitals", "lower case", "no accents", "no-break spaces", "mixed", "the other spelling"),
)
def test_a_column_is_known_by_tag_or_label_in_any_spelling(
    tmp_path: Path, convert: Convert, header: Sequence[str]
) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", ALL, headers=header))
    assert (run.told, run.counts) == ([], (3, 0, 0))


def test_the_template_s_own_header_has_these_labels(tmp_path: Path) -> None:
    command("template", tmp_path / "modele.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "modele.xlsx")["Demandes"]
    texts = {str(cell.value).removesuffix(" *") for row in sheet.iter_rows(max_row=10) for cell in row}
    assert [tag for tag in COLUMNS if LABELS[tag] not in texts] == []


def test_columns_may_stand_in_any_order(tmp_path: Path, convert: Convert) -> None:
    backwards = COLUMNS[::-1]
    rows = rows_of(solo("A", 1), solo("B", 2, RPPS="1"))
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, headers=backwards, tags=backwards))
    place = letters(COLUMNS[backwards.index("RPPS")])
    assert run.told == [(f"{place}3", E, "longueur-exacte")]


@pytest.mark.parametrize("above", [1, 4, 9])
def test_titles_may_stand_above_the_header(tmp_path: Path, convert: Convert, above: int) -> None:
    below: list[list[Cell]] = [["", "du mois"] for _ in range(above - 1)]
    titles: list[list[Cell]] = [["Commandes Ségur", "RPPS", None], *below]
    run = convert(write_workbook(tmp_path / "a.xlsx", rows_of(solo("A", 1), solo("B", 2, RPPS="1")), titles=titles))
    assert run.told == [(f"O{above + 3}", E, "longueur-exacte")]
    assert run.counts == (1, 0, 1)


def test_columns_that_are_not_needed_may_be_missing(tmp_path: Path, convert: Convert) -> None:
    kept = [tag for tag in COLUMNS if solo("A", 1)[0].get(tag) is not None]
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1), headers=kept, tags=kept))
    assert (run.told, run.counts) == ([], (1, 0, 0))


def test_unknown_columns_are_ignored_and_kept_in_the_annotated_copy(tmp_path: Path, convert: Convert) -> None:
    tags = ["commercial", *COLUMNS[:5], "note", *COLUMNS[5:]]
    header = ["Commercial", *COLUMNS[:5], "Ma note à moi", *COLUMNS[5:]]
    rows = [{**row, "commercial": "Nord", "note": "rappeler"} for row in solo("A", 1, RPPS="1")]
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, headers=header, tags=tags))
    assert run.told == [("Q2", E, "longueur-exacte")]
    sheet = openpyxl.load_workbook(run.document["annotated"][0])["Demandes"]
    assert [sheet["A1"].value, sheet["A2"].value, sheet["G1"].value, sheet["G2"].value] == [
        "Commercial", "Nord", "Ma note à moi", "rappeler",
    ]  # fmt: skip


def test_a_misspelt_column_is_told_with_the_nearest_name(tmp_path: Path, convert: Convert) -> None:
    header = [{"telephoneMedecin": "telefoneMedecin"}.get(tag, tag) for tag in COLUMNS]
    run = convert(write_workbook(tmp_path / "a.xlsx", mandate("A", 1), headers=header))
    assert run.told == [("N1", W, "colonne-mal-orthographiee")]
    assert "telephoneMedecin" in run.document["findings"][0]["remedy"]


def test_a_misspelt_parameter_is_told(tmp_path: Path, convert: Convert) -> None:
    supplier = {**SUPPLIER, "profilz": "Mailiz"}
    del supplier["profils"]
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1), supplier=supplier))
    assert run.told == [("A3", W, "parametre-mal-orthographie")]
    assert run.document["findings"][0]["sheet"] == "Paramètres"


def without(*tags: str) -> list[str]:
    return [tag for tag in COLUMNS if tag not in tags]


NEEDED = (
    "dateCommande", "regimeTVA", "montantSegurHT", "commandePour", "isCentreDeSante", "isProSanteConnectNeeded",
    "isDirecToDMP", "isPFIToDMP", "isDirectToMSSPro", "isPFIToMSSPro", "isDirectToMSSCitoyen", "isPFIToMSSCitoyen",
)  # fmt: skip


@pytest.mark.parametrize("tag", NEEDED)
def test_a_needed_column_that_is_missing_is_told_once_on_the_heading_row(
    tmp_path: Path, convert: Convert, tag: str
) -> None:
    kept = without(tag)
    rows = rows_of(solo("A", 1), group("B", 2), structure("C", 4))
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, headers=kept, tags=kept))
    assert (run.status, run.told, run.counts) == (1, [("1", E, "colonne-manquante")], (0, 0, 3))
    assert run.document["findings"][0]["message"] == (
        f"La colonne «\u00a0{LABELS[tag]}\u00a0» manque\u00a0: ajoutez-la sur cette ligne de titres."
    )
    assert [Path(one).name for one in run.document["annotated"]] == ["a-erreurs.xlsx"]


def test_several_missing_columns_and_one_misspelt(tmp_path: Path, convert: Convert) -> None:
    headers = [{"regimeTVA": "regimTVA"}.get(tag, tag) for tag in without("dateCommande")]
    run = convert(
        write_workbook(tmp_path / "a.xlsx", solo("A", 1), headers=headers, tags=without("dateCommande")),
    )
    assert run.counts == (0, 0, 1)
    assert sorted(run.told) == [
        ("1", E, "colonne-manquante"),
        ("1", E, "colonne-manquante"),
        ("C1", W, "colonne-mal-orthographiee"),
    ]


SUPPLIER_LINES = list(SUPPLIER.items())
REFUSED: dict[str, tuple[str, dict[str, object]]] = {
    # code: (what the sentence says, how the workbook is written)
    "feuille-absente": (
        "n'a pas de feuille «\u00a0Demandes\u00a0»",
        {"sheets": ("Paramètres", "Feuil1"), "headers": [f"Colonne {tag}" for tag in COLUMNS]},
    ),
    "entete-introuvable": ("aucune des dix premières lignes", {"titles": [["titre"]] * 10}),
    "colonne-absente": (
        "La colonne «\u00a0refComande\u00a0» n'est pas connue",
        {"headers": [{"refCommande": "refComande", "numeroEditeur": "n"}.get(tag, tag) for tag in COLUMNS]},
    ),
    "colonne-en-double": (
        "la colonne «\u00a0RPPS\u00a0» figure deux fois (O et AG)",
        {"headers": (*COLUMNS, "Numéro RPPS"), "tags": (*COLUMNS, "RPPS")},
    ),
    "parametre-absent": ("ne donne pas «\u00a0SIRET\u00a0»", {"supplier": {"numeroAns": "0123456789"}}),
    "parametre-invalide": (
        "«\u00a0numeroAns\u00a0» (Numéro de référencement ANS) est incorrect\u00a0: «\u00a0123\u00a0»",
        {"supplier": {**SUPPLIER, "numeroAns": "123"}},
    ),
    "parametre-en-double": (
        "donne deux valeurs à «\u00a0SIRET\u00a0»",
        {"supplier": {**SUPPLIER, "SIRET du fournisseur": "35600000000048"}},
    ),
}
"""Workbooks that cannot be used at all: status 2, one sentence, nothing written."""


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, convert: Convert, code: str) -> None:
    sentence, written = REFUSED[code]
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1), **written))  # type: ignore[arg-type]
    assert (run.status, run.document) == (2, {})
    assert sentence in run.stderr
    assert run.stderr.count("\n") == 1
    assert [path for path in (tmp_path / "out").glob("**/*") if path.suffix != ".sqlite3"] == []


def test_both_columns_of_reference_missing(tmp_path: Path, convert: Convert) -> None:
    kept = without("refCommande", "numeroEditeur")
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1), headers=kept, tags=kept))
    assert run.status == 2
    assert "«\u00a0refCommande\u00a0» (Référence du bon de commande)" in run.stderr


def test_the_column_of_purchase_orders_is_needed_unless_documents_are_left_aside(
    tmp_path: Path, convert: Convert
) -> None:
    kept = without("bonCommande")
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1), headers=kept, tags=kept)
    assert convert(path).counts == (1, 0, 0)
    run = command("convert", path, "--out", tmp_path / "out")
    assert (run.status, run.told, run.counts) == (1, [("1", E, "colonne-manquante")], (0, 0, 1))
    assert "«\u00a0Fichier du bon de commande\u00a0»" in run.document["findings"][0]["message"]


def test_a_sheet_without_any_row_is_refused(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", []))
    assert run.status == 2
    assert "ne contient aucune ligne remplie" in run.stderr  # aucune-ligne


def test_a_sheet_of_blank_rows_is_refused(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", [{"nomMedecin": " "}, {"RPPS": "\u00a0"}]))
    assert run.status == 2
    assert "ne contient aucune ligne remplie" in run.stderr


def test_no_workbook_at_all(tmp_path: Path, convert: Convert) -> None:
    (tmp_path / "vide").mkdir()
    run = convert(tmp_path / "vide")
    assert run.status == 2
    assert run.stderr.startswith("Aucun classeur .xlsx n'a été trouvé dans")  # aucun-classeur


def test_a_cell_that_makes_no_sense(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1))
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, whole.read(name).replace(b'<c r="A2" t="s">', b'<c r="A2" t="inconnu">'))
    run = convert(tmp_path / "b.xlsx")
    assert run.status == 2
    assert "«\u00a0b.xlsx\u00a0» ne se lit pas comme un classeur Excel" in run.stderr  # classeur-illisible


def test_several_workbooks_none_of_which_can_be_read(tmp_path: Path, convert: Convert) -> None:
    bad = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    bad[0].write_bytes(b"")
    bad[1].write_bytes(b"x" * 100)
    run = convert(*bad)
    assert run.status == 2
    assert run.stderr.startswith("Aucun des classeurs donnés ne peut être lu.")  # aucun-classeur-lisible
    assert "«\u00a0a.xlsx\u00a0»" in run.stderr
    assert "«\u00a0b.xlsx\u00a0»" in run.stderr


def test_a_bad_workbook_among_good_ones_is_named_and_the_others_go_through(tmp_path: Path, convert: Convert) -> None:
    (tmp_path / "b.xlsx").write_bytes(b"")
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1)), tmp_path / "b.xlsx")
    assert (run.status, run.counts) == (1, (1, 0, 0))
    assert "b.xlsx" in Path(run.document["report"]).read_text(encoding="utf-8")


def test_error_values_and_formulas_without_result_are_told_as_what_they_are(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook(rows_of(solo("A", 1), solo("B", 2), solo("C", 3), solo("D", 4)))
    sheet = book["Demandes"]
    sheet["O3"] = "#N/A"
    sheet["E3"] = "#REF!"
    sheet["D4"] = '=UPPER("ttc")'
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert run.told == [("E3", E, "valeur-erreur"), ("O3", E, "valeur-erreur"), ("D4", E, "formule-sans-resultat")]
    assert run.document["findings"][1]["value"] == "#N/A"
    assert [beneficiaries(request) for request in run.requests] == [[rpps(1)], [rpps(4)]]


def test_a_formula_with_its_result_is_read_as_the_result(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1))
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        supplier_cells, requests = book.add_worksheet("Paramètres"), book.add_worksheet("Demandes")
        for row, pair in enumerate(SUPPLIER_LINES):
            supplier_cells.write_row(row, 0, pair)
        requests.write_row(0, 0, COLUMNS)
        for column, tag in enumerate(COLUMNS):
            requests.write(1, column, solo("B", 2)[0].get(tag))
        requests.write_formula("D2", '=UPPER("ttc")', None, "TTC")
        requests.write_formula("E2", "=1000+75", None, 1075)
    run = convert(path, tmp_path / "b.xlsx")
    assert (run.told, run.counts) == ([], (2, 0, 0))


def test_a_workbook_that_counts_days_from_1904(tmp_path: Path, convert: Convert) -> None:
    day = datetime.datetime(2022, 11, 4)  # noqa: DTZ001 — a day of a sheet has no time zone
    rows = rows_of(solo("A", 1, dateCommande=day), solo("B", 2, dateCommande=44869))
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, date1904=True))
    assert run.told == [("C3", E, "date-illisible")]  # a bare serial number has two readings there
    assert run.requests[0]["commande"]["dateCommande"] == "04/11/2022"


@pytest.mark.parametrize(
    ("sheets", "supplier"),
    [
        (("PARAMETRES", "demandes"), SUPPLIER),
        (("Parametres ", " DEMANDES"), {"Numéro de référencement ANS": "0123456789", "siret": "38042372300028"}),
        (
            ("Paramètres", "Demandes"),
            {"Nom": "Valeur", "Numéro ANS": "0123456789", "SIRET du fournisseur": "38042372300028"},
        ),
        (("Paramètres", "Demandes"), {"": None, "numeroAns": 1234567890, "SIRET": 38042372300028, "rappel": "Mailiz"}),
    ],
    ids=("capitals", "labels", "title line", "numbers"),
)
def test_sheets_and_parameters_in_other_spellings(
    tmp_path: Path, convert: Convert, sheets: tuple[str, str], supplier: dict[str, Cell]
) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1), sheets=sheets, supplier=supplier))
    assert run.counts == (1, 0, 0)
    assert [told for told in run.told if told[2] != "nombre-texte"] == []
    number = str(supplier.get("numeroAns") or "0123456789")
    assert (run.files[0]["numeroAns"], run.files[0]["SIRET"]) == (number, "38042372300028")


def test_options_stand_for_a_workbook_without_parameters(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1), supplier=None)
    run = convert(path, options=["--numero-ans", "0123456789", "--siret", "380 423 723 00028"])
    assert run.counts == (1, 0, 0)
    assert (run.files[0]["numeroAns"], run.files[0]["SIRET"]) == ("0123456789", "38042372300028")


class TestWriters:
    """The same table by openpyxl, XlsxWriter and LibreOffice gives the same requests."""

    ROWS: tuple[Row, ...] = tuple(
        rows_of(solo("A", 1, montantSegurHT=1075.5, isDirecToDMP=True), group("B", 3), structure("C", 5))
    )

    @pytest.fixture
    def expected(self, tmp_path: Path) -> list[dict[str, object]]:
        return self.requests_of(write_workbook(tmp_path / "xlsxwriter" / "a.xlsx", self.ROWS))

    def test_openpyxl(self, tmp_path: Path, expected: list[dict[str, object]]) -> None:
        (tmp_path / "openpyxl").mkdir()
        open_workbook(self.ROWS).save(tmp_path / "openpyxl" / "a.xlsx")
        assert self.requests_of(tmp_path / "openpyxl" / "a.xlsx") == expected

    @pytest.mark.office
    def test_libreoffice(self, tmp_path: Path, expected: list[dict[str, object]]) -> None:
        open_workbook(self.ROWS).save(tmp_path / "a.xlsx")
        office.convert([tmp_path / "a.xlsx"], tmp_path / "office", "xlsx")
        assert self.requests_of(tmp_path / "office" / "a.xlsx") == expected

    def requests_of(self, path: Path) -> list[dict[str, object]]:
        """What comes out of this workbook, converted beside it; nothing is told of it."""
        run = command("convert", path, "--out", path.parent / "out", "--date", DAY, "--no-attachments")
        assert (run.told, run.counts) == ([], (3, 0, 0)), run.stderr
        return run.requests
