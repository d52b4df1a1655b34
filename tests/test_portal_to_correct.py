"""Refused requests as the rows of a workbook to correct."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from converter.format.fields import BY_TAG
from converter.format.requests import RequestKey
from converter.ledger.model import LedgerEntry, State
from converter.ledger.snapshot import Snapshot, rendered_text
from converter.portal.to_correct import named_tag, rows_to_correct, to_correct

PRACTICE = Snapshot(
    rendered_text(
        {
            "commande": {"dateCommande": "04/11/2022", "montantSegurHT": 1075.0},
            "beneficiaires": {
                "commandePour": "LIBERAL",
                "isMandataire": True,
                "nomMandataire": "DURAND",
                "liberal": [
                    {"nomMedecin": "DURAND", "RPPS": "88888888888"},
                    {"nomMedecin": "LEFÈVRE", "RPPS": "77777777777"},
                ],
                "structure": {},
            },
            "scenarioInstallation": {},
        }
    ),
    cells={"bonCommande": "bon.pdf"},
    workbook="commandes.xlsx",
    fingerprints={"BON_COMMANDE": "ab12"},
)


def refused(
    wording: str,
    snapshot: Snapshot = PRACTICE,
    key: RequestKey = RequestKey("0123456789", "BC-1"),  # noqa: B008
) -> LedgerEntry:
    return LedgerEntry(
        key, "00012", State.REFUSED, "JSON-0123456789-20261122-001.json", 1, date(2026, 11, 22), "38042372300028",
        Decimal("1075.00"), (), snapshot, "", "1234", wording,
    )  # fmt: skip


def test_one_row_per_doctor_and_the_request_on_the_first() -> None:
    first, second = rows_to_correct(refused("Erreur technique"))
    assert first.values == {
        "refCommande": "BC-1",
        "dateCommande": "04/11/2022",
        "montantSegurHT": "1075.00",
        "commandePour": "LIBERAL",
        "isMandataire": "OUI",
        "nomMandataire": "DURAND",
        "nomMedecin": "DURAND",
        "RPPS": "88888888888",
        "bonCommande": "bon.pdf",
    }
    assert second.values == {"refCommande": "BC-1", "nomMedecin": "LEFÈVRE", "RPPS": "77777777777"}


def test_one_row_per_site() -> None:
    sites = [str(rank) * 9 for rank in range(12)]
    who = {"commandePour": "STRUCTURE", "liberal": [], "structure": {"FINESSGeo": sites}}
    sent = rendered_text({"commande": {}, "beneficiaires": who, "scenarioInstallation": {}})
    rows = rows_to_correct(refused("x", Snapshot(sent)))
    assert [row.values["FINESSGeo"] for row in rows] == [str(rank) * 9 for rank in range(12)]
    assert rows[0].values["commandePour"] == "STRUCTURE"


def test_a_wording_that_names_nothing_marks_each_row_whole() -> None:
    rows = rows_to_correct(refused("Erreur technique"))
    assert [row.highlight for row in rows] == [None, None]
    assert {row.note for row in rows} == {"Refusée par le portail (code\u00a01234)\u00a0: Erreur technique"}


def test_a_value_of_the_request_is_marked_once() -> None:
    rows = rows_to_correct(refused("La balise montantSegurHT dépasse le plafond"))
    assert [(row.highlight, bool(row.note)) for row in rows] == [("montantSegurHT", True), (None, False)]


def test_a_beneficiary_is_marked_where_the_wording_quotes_it() -> None:
    rows = rows_to_correct(refused("RPPS 77777777777 inconnu"))
    assert [(row.highlight, bool(row.note)) for row in rows] == [(None, False), ("RPPS", True)]
    rows = rows_to_correct(refused("RPPS inconnu"))
    assert [(row.highlight, bool(row.note)) for row in rows] == [("RPPS", True), ("RPPS", True)]


@pytest.mark.parametrize(
    ("wording", "tag"),
    [
        ("Le champ rpps est invalide", "RPPS"),
        ("Numéro RPPS inconnu", "RPPS"),
        ("FINESS GEOGRAPHIQUE déjà financé", "FINESSGeo"),
        ("nomResponsable/FINESSJuridique", "FINESSJuridique"),
        ("Le courriel du mandataire manque", "emailMandataire"),
        ("isDirectToDMP n'est pas un booléen", "isDirecToDMP"),
        ("Pièce BON_COMMANDE absente", "bonCommande"),
        ("PREUVE_HT illisible", "preuveHT"),
        ("Le régime de TVA est faux", "regimeTVA"),
        ("Le RPPSX est faux", None),
        ("Erreur 500", None),
        ("", None),
    ],
)
def test_the_tag_that_a_wording_names(wording: str, tag: str | None) -> None:
    assert named_tag(wording) == tag


def test_every_column_is_named_by_its_tag_and_its_label() -> None:
    assert [tag for tag in BY_TAG if named_tag(f"Erreur sur {tag}.") != tag] == []
    assert [tag for tag, field in BY_TAG.items() if named_tag(f"«\u00a0{field.label.upper()}\u00a0»") != tag] == []


def test_the_old_number_is_not_used_again() -> None:
    rows = rows_to_correct(refused("x", key=RequestKey("0123456789", "", "00012")))
    assert [row.values.get("numeroEditeur") for row in rows] == [None, None]
    assert [row.values["refCommande"] for row in rows] == ["Reprise de 00012"] * 2


def test_one_workbook_for_each_source_and_supplier() -> None:
    requests = [
        refused("x"),
        refused("x", replace(PRACTICE, workbook="mars.xlsx")),
        refused("x"),
        refused("x", key=RequestKey("9999999999", "BC-9")),
        refused("x", replace(PRACTICE, workbook="avril-a-corriger.xlsx")),
    ]
    made = to_correct(requests)
    assert [(one.name, one.supplier["numeroAns"], len(one.rows)) for one in made] == [
        ("commandes-a-corriger.xlsx", "0123456789", 4),
        ("mars-a-corriger.xlsx", "0123456789", 2),
        ("commandes-2-a-corriger.xlsx", "9999999999", 2),
        ("avril-a-corriger.xlsx", "0123456789", 2),
    ]
    assert made[0].supplier == {"numeroAns": "0123456789", "SIRET": "38042372300028"}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("avril-erreurs.xlsx", "avril-a-corriger.xlsx"),
        ("avril-a-corriger-erreurs.xlsx", "avril-a-corriger.xlsx"),
        ("avril-erreurs-a-corriger-erreurs.xlsx", "avril-a-corriger.xlsx"),
        ("erreurs.xlsx", "erreurs-a-corriger.xlsx"),
        ("-erreurs.xlsx", "demandes-a-corriger.xlsx"),
        ("", "demandes-a-corriger.xlsx"),
    ],
)
def test_names_do_not_pile_up_from_round_to_round(source: str, name: str) -> None:
    (made,) = to_correct([refused("x", replace(PRACTICE, workbook=source))])
    assert made.name == name


def test_the_supplier_s_profiles_come_back_and_its_certificate_stands_on_the_row() -> None:
    (made,) = to_correct(
        [
            refused(
                "x",
                replace(PRACTICE, profils="Centre de santé ; Mailiz", cells={**PRACTICE.cells, "preuveHT": "ht.pdf"}),
            )
        ]
    )
    assert made.supplier == {
        "numeroAns": "0123456789",
        "SIRET": "38042372300028",
        "profils": "Centre de santé ; Mailiz",
    }
    assert [row.values.get("preuveHT") for row in made.rows] == ["ht.pdf", None]
    assert "profils" not in made.rows[0].values
