"""Columns under the names that people give them; what is only near a name is offered, never taken."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from conftest import Convert
from openpyxl.utils import get_column_letter
from samples.spec import COLUMNS
from workbooks import Row, mandate, rows_of, rpps, solo, structure, write_workbook

E, W, C = "erreur", "avertissement", "correction"
ALL = rows_of(solo("A", 1), mandate("B", 3), structure("C", 5))


def under(path: Path, names: Mapping[str, str], rows: Sequence[Row] = tuple(ALL)) -> Path:
    """A workbook whose columns of these tags bear these names."""
    return write_workbook(path, rows, headers=[names.get(tag, tag) for tag in COLUMNS])


USUAL = {
    "refCommande": (
        "Réf.",
        "N° commande",
        "Nº de commande",
        "N° de bon de commande",
        "Référence",
        "Ref. commande",
        "N° BC",
    ),
    "dateCommande": ("Date de signature", "Date du bon de commande", "Date de commande (JJ/MM/AAAA)"),
    "regimeTVA": ("TVA", "Régime TVA"),
    "montantSegurHT": ("Montant HT", "Montant", "Montant hors taxes", "Montant Ségur HT (en €)", "Prix HT"),
    "nomMedecin": ("Nom du praticien", "Nom médecin", "Nom", "Nom du Dr"),
    "emailMedecin": ("E-mail", "Mail", "Email", "Courriel", "Adresse e-mail", "e-mail du médecin", "Mail praticien"),
    "telephoneMedecin": (
        "Tél.",
        "Portable",
        "Téléphone",
        "Tél. portable",
        "Mobile",
        "N° de téléphone",
        "Tél. du médecin",
    ),
    "RPPS": ("N° RPPS", "Nº RPPS", "No RPPS", "Num. RPPS", "RPPS du médecin", "Code RPPS", "n°rpps"),
    "FINESSJuridique": ("FINESS EJ", "N° FINESS EJ", "Finess jur.", "FINESS entité juridique"),
    "FINESSGeo": ("FINESS ET", "N° FINESS ET", "FINESS géo", "FINESS établissement"),
    "nomMandataire": ("Nom mandataire",),
    "emailMandataire": ("E-mail du mandataire", "Mail mandataire"),
    "telephoneMandataire": ("Tél. mandataire",),
    "emailResponsable": ("E-mail du responsable", "Mail"),
    "telephoneResponsable": ("Tél. responsable", "Tél."),
    "operateurMessagerie": ("Opérateur MSS", "Opérateur", "Opérateur messagerie"),
    "isProSanteConnectNeeded": ("PSC", "Pro santé connect"),
    "isDirecToDMP": ("DMP direct", "Envoi direct DMP"),
    "isPFIToMSSPro": ("MSS Pro par PFI", "Envoi MSS Pro par un tiers"),
    "bonCommande": ("Bon de commande", "PDF du bon de commande"),
    "preuveHT": ("Attestation HT",),
}


@pytest.mark.parametrize(("tag", "name"), [(tag, name) for tag, names in USUAL.items() for name in names])
def test_a_column_is_known_by_its_usual_names(tmp_path: Path, convert: Convert, tag: str, name: str) -> None:
    run = convert(under(tmp_path / "a.xlsx", {tag: name}))
    assert (run.told, run.counts) == ([], (3, 0, 0))


def test_bare_names_are_those_of_the_person_on_their_left(tmp_path: Path, convert: Convert) -> None:
    people = ("Mandataire", "Medecin", "Responsable")
    bare = {f"email{one}": "E-mail" for one in people} | {f"telephone{one}": "Tél." for one in people}
    run = convert(under(tmp_path / "a.xlsx", bare))
    assert (run.told, run.counts) == ([], (3, 0, 0))
    who = run.requests[1]["beneficiaires"]
    assert (who["emailMandataire"], who["liberal"][0]["emailMedecin"]) == ("medecin3@cabinet.example",) * 2
    assert run.requests[2]["beneficiaires"]["structure"]["emailResponsable"] == "direction@centre.example"


def test_of_two_telephones_the_first_is_read_and_the_other_told(tmp_path: Path, convert: Convert) -> None:
    place = COLUMNS.index("telephoneMedecin")
    headers = [*COLUMNS[:place], "Tél.", "Portable", *COLUMNS[place + 1 :]]
    tags = [*COLUMNS[:place], "telephoneMedecin", "portable", *COLUMNS[place + 1 :]]
    rows = [{**solo("A", 1)[0], "portable": "0699001234"}]
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, headers=headers, tags=tags))
    assert run.told == [("O1", W, "colonne-non-lue")]
    assert run.requests[0]["beneficiaires"]["liberal"][0]["telephoneMedecin"] == "0199001234"


def test_a_usual_name_beside_the_label_is_left_to_the_label(tmp_path: Path, convert: Convert) -> None:
    headers, tags = (*COLUMNS, "Montant HT"), (*COLUMNS, "autre")
    run = convert(write_workbook(tmp_path / "a.xlsx", [{**solo("A", 1)[0], "autre": "9"}], headers=headers, tags=tags))
    assert run.told == [(f"{get_column_letter(len(headers))}1", W, "colonne-non-lue")]
    assert run.requests[0]["commande"]["montantSegurHT"] == 1075.0
    empty = convert(write_workbook(tmp_path / "b.xlsx", solo("B", 2), headers=headers, tags=tags))
    assert empty.told == []


@pytest.mark.parametrize("name", ["Montant TTC (€)", "Montant TTC", "Total TTC", "Montant (TTC)", "Prix TTC"])
def test_an_amount_with_tax_is_never_the_amount(tmp_path: Path, convert: Convert, name: str) -> None:
    run = convert(under(tmp_path / "a.xlsx", {"montantSegurHT": name}))
    assert (run.status, run.requests) == (1, [])
    sentence = f"La colonne «\u00a0{name}\u00a0» n'est pas lue\u00a0: il faut le montant hors taxes du bon de commande."
    assert [(one["code"], sentence in f"{one['message']} {one['remedy']}") for one in run.document["findings"]] == [
        ("colonne-manquante", False),
        ("colonne-mal-orthographiee", True),
    ]


def test_an_amount_with_tax_beside_the_right_one_is_a_column_of_theirs(tmp_path: Path, convert: Convert) -> None:
    headers, tags = (*COLUMNS, "Montant TTC (€)"), (*COLUMNS, "ttc")
    run = convert(write_workbook(tmp_path / "a.xlsx", [{**solo("A", 1)[0], "ttc": 1290}], headers=headers, tags=tags))
    assert (run.told, run.requests[0]["commande"]["montantSegurHT"]) == ([], 1075.0)


NEAR = {
    "telephoneMedecin": (("telefoneMedecin", "Téléphone du médcin"), "Téléphone du médecin"),
    "RPPS": (("RPSP", "Numéro RPPPS"), "Numéro RPPS"),
    "FINESSGeo": (("FINESS géografique",), "FINESS géographique"),
    "operateurMessagerie": (("Opérateur de mesagerie",), "Opérateur de messagerie"),
}


@pytest.mark.parametrize(
    ("tag", "name", "label"), [(tag, name, label) for tag, (names, label) in NEAR.items() for name in names]
)
def test_a_misspelt_heading_is_offered_its_label(
    tmp_path: Path, convert: Convert, tag: str, name: str, label: str
) -> None:
    run = convert(under(tmp_path / "a.xlsx", {tag: name}))
    told = [one for one in run.document["findings"] if one["code"] == "colonne-mal-orthographiee"]
    assert [(one["severity"], one["tag"], one["value"]) for one in told] == [(W, tag, name)]
    assert f"«\u00a0{label}\u00a0»" in told[0]["remedy"]


@pytest.mark.parametrize("name", ["Téléphone du cabinet", "Adresse", "Fax", "Commercial", "Ville", "Date de relance"])
def test_a_heading_of_another_meaning_is_not_offered(tmp_path: Path, convert: Convert, name: str) -> None:
    run = convert(under(tmp_path / "a.xlsx", {"telephoneMandataire": name}, solo("A", 1)))
    assert (run.told, run.counts) == ([], (1, 0, 0))


def test_a_heading_that_may_be_two_columns_is_offered_both(tmp_path: Path, convert: Convert) -> None:
    kept = [tag for tag in COLUMNS if tag != "FINESSJuridique"]
    headers = [{"FINESSGeo": "FINESS"}.get(tag, tag) for tag in kept]
    run = convert(write_workbook(tmp_path / "a.xlsx", solo("A", 1), headers=headers, tags=kept))
    [told] = run.document["findings"]
    assert told["code"] == "colonne-mal-orthographiee"
    assert "«\u00a0FINESS juridique\u00a0»" in told["remedy"]
    assert "«\u00a0FINESS géographique\u00a0»" in told["remedy"]


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (rows_of(solo("A", 1), solo("B", 2)), {"RPPS": "Numéro RPPS"}),
        (rows_of(solo("A", 1), solo("B", 2)), {"nomMedecin": "Nom du médecin", "RPPS": "Numéro RPPS"}),
        (rows_of(structure("A", 1), structure("B", 3)), {"FINESSJuridique": "FINESS juridique"}),
        (rows_of(structure("A", 1), structure("B", 3)), {"FINESSGeo": "FINESS géographique"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_a_needed_column_that_is_not_there_is_told_once_on_the_heading_row(
    tmp_path: Path, convert: Convert, rows: list[Row], missing: dict[str, str]
) -> None:
    kept = [tag for tag in COLUMNS if tag not in missing]
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, headers=kept, tags=kept, titles=[["Commandes"]]))
    assert run.told == [("2", E, "colonne-manquante")] * len(missing)
    assert [one["message"].partition("\u00a0: ")[0] for one in run.document["findings"]] == [
        f"La colonne «\u00a0{label}\u00a0» manque" for label in missing.values()
    ]
    assert run.counts == (0, 0, 2)


def test_a_missing_column_holds_back_only_the_orders_that_need_it(tmp_path: Path, convert: Convert) -> None:
    kept = [tag for tag in COLUMNS if tag != "FINESSGeo"]
    rows = rows_of(solo("A", 1), structure("B", 3))
    run = convert(write_workbook(tmp_path / "a.xlsx", rows, headers=kept, tags=kept))
    assert (run.told, run.counts) == ([("1", E, "colonne-manquante")], (1, 0, 1))
    assert run.requests[0]["beneficiaires"]["liberal"][0]["RPPS"] == rpps(1)


def test_no_name_is_that_of_two_columns() -> None:
    from converter.format.fields import FIELDS
    from converter.reading.headings import plain

    names: dict[str, set[str]] = {}
    for one in FIELDS:
        for name in one.names:
            names.setdefault(plain(name), set()).add(one.tag)
    assert {name: tags for name, tags in names.items() if len(tags) > 1} == {}
