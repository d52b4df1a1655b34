"""Control 1's schema, as others may use it: up to date, and of the same mind under another validator."""

import json
from typing import Any

import fastjsonschema
import jsonschema
import pytest
from portal_examples import NAME, OPERATORS, changed, file_of, practice, structure, written

from converter.format.template_files import template_path
from converter.portal.controls import control_file
from converter.portal.json_schema import written as generated
from converter.portal.spelling import Spelling

KEPT = template_path("json-mdv.schema.json").read_text(encoding="utf-8")


def test_the_kept_schema_is_the_one_that_the_fields_give() -> None:
    assert generated() == KEPT, "à refaire : python -m converter.portal.json_schema"


def test_it_is_a_schema_of_draft_2020_12() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(KEPT))


@pytest.mark.parametrize("request_", [practice(), structure()], ids=["cabinet", "structure"])
def test_the_examples_pass_under_two_other_validators(request_: dict[str, Any]) -> None:
    document = json.loads(written(file_of(request_)))
    jsonschema.validate(document, json.loads(KEPT), jsonschema.Draft202012Validator)
    fastjsonschema.compile(json.loads(KEPT) | {"$schema": "http://json-schema.org/draft-07/schema#"})(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("impId", 1),
        ("SIRET", "1"),
        ("numeroAns", None),
        ("autre", 1),
        ("lignesImport", []),
        ("lignesImport", [json.loads(written(practice()))] * 201),
        ("lignesImport.0.commande.RegimeTVA", "HT"),
        ("lignesImport.0.beneficiaires.structure", []),
        ("lignesImport.0.beneficiaires.liberal", {}),
        ("lignesImport.0.codeTraitement", {}),
    ],
)
def test_what_control_1_rejects_they_reject(path: str, value: Any) -> None:
    wrong = changed(file_of(practice()), path, value)
    assert not jsonschema.Draft202012Validator(json.loads(KEPT)).is_valid(json.loads(written(wrong)))
    assert control_file(NAME, written(wrong), Spelling(), OPERATORS).structure_error


def test_it_says_in_french_what_each_tag_is() -> None:
    requests = json.loads(KEPT)["properties"]["lignesImport"]["items"]["properties"]
    rpps = requests["beneficiaires"]["properties"]["liberal"]["items"]["properties"]["RPPS"]
    assert rpps["title"] == "Numéro RPPS"
    assert rpps["description"] == "Texte d'exactement 11 caractères. Obligatoire\u00a0: si LIBERAL."
