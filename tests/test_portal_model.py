"""`check --model`: our tags against the blank model of the ASP."""

import json
from typing import Any

import pytest
from portal_examples import file_of, practice, structure, written

from converter.findings import Refusal
from converter.portal.blank_model import compare_model, report_lines
from converter.portal.spelling import Spelling


def blank() -> dict[str, Any]:
    """A model with one doctor and one structure, every value empty."""
    model: dict[str, Any] = json.loads(written(file_of(practice())))
    request = model["lignesImport"][0]
    request["beneficiaires"]["structure"] = structure()["beneficiaires"]["structure"]
    return model


def data(model: Any) -> bytes:
    return json.dumps(model).encode()


def renamed(block: dict[str, Any], tag: str, other: str) -> None:
    """The same block with one tag spelled otherwise, in its place."""
    pairs = [(other if name == tag else name, value) for name, value in block.items()]
    block.clear()
    block.update(pairs)


def test_the_same_tags() -> None:
    comparison = compare_model(data(blank()), Spelling())
    assert comparison.same
    assert list(report_lines(comparison)) == ["Le modèle porte les mêmes balises que nos fichiers, dans le même ordre."]


def test_other_spellings_give_the_lines_to_write() -> None:
    model = blank()
    renamed(model["lignesImport"][0]["scenarioInstallation"], "isDirecToDMP", "isDirectToDMP")
    renamed(model["lignesImport"][0]["beneficiaires"]["structure"], "FINESSGeo", "finessGeo")
    renamed(model, "lignesImport", "lignesimport")
    renamed(model, "SIRET", "siret")
    comparison = compare_model(data(model), Spelling())
    assert comparison.toml_lines == (
        'SIRET = "siret"',
        'lignesImport = "lignesimport"',
        'FINESSGeo = "finessGeo"',
        'isDirecToDMP = "isDirectToDMP"',
    )
    assert (comparison.missing, comparison.unknown, comparison.misplaced) == ((), (), ())
    lines = list(report_lines(comparison))
    assert lines[0] == "Autre graphie\u00a0: SIRET chez nous, siret dans le modèle."
    assert lines[-4:] == list(comparison.toml_lines)


def test_lines_already_written_are_not_asked_again() -> None:
    model = blank()
    renamed(model, "SIRET", "siret")
    assert compare_model(data(model), Spelling((("SIRET", "siret"),))).same
    back = compare_model(data(blank()), Spelling((("SIRET", "siret"),)))
    assert back.toml_lines == ('SIRET = "SIRET"',)


def test_missing_unknown_and_misplaced_tags() -> None:
    model = blank()
    commande = model["lignesImport"][0]["commande"]
    commande["devise"] = commande.pop("dateCommande")
    commande["regimeTVA"] = commande.pop("regimeTVA")
    comparison = compare_model(data(model), Spelling())
    assert comparison.missing == ("lignesImport › commande › dateCommande",)
    assert comparison.unknown == ("lignesImport › commande › devise",)
    assert comparison.misplaced == (("lignesImport › commande", ("montantSegurHT", "regimeTVA")),)
    assert comparison.toml_lines == ()
    assert "L'ordre se change dans templates/demandes.json.j2." in list(report_lines(comparison))


def test_blocks_that_the_model_leaves_empty_are_said() -> None:
    model = blank()
    model["lignesImport"][0]["beneficiaires"] |= {"structure": {}, "liberal": []}
    comparison = compare_model(b"\xef\xbb\xbf" + data(model), Spelling())
    assert comparison.same
    assert comparison.not_compared == ("liberal", "structure")


@pytest.mark.parametrize("model", [b"[]", b"{", b"", b"[" * 9000])
def test_what_is_no_model(model: bytes) -> None:
    with pytest.raises(Refusal):
        compare_model(model, Spelling())
