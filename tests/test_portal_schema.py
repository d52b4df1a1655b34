"""The portal's controls as JSON Schemas, as others may use them: up to date, and of the same mind as `check`."""

import datetime
import json
import re
from typing import Any

import fastjsonschema
import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_examples import NAME, OPERATORS, changed, doctor, document, file_of, practice, raw, structure, written
from test_portal_controls import PRACTICE_WRONG, STRUCTURE_WRONG, alone

from converter.findings import Refusal
from converter.format.operators import operator_codes
from converter.format.template_files import template_path
from converter.portal.control_requests import first_unsaid, first_wrong
from converter.portal.control_structure import check_structure
from converter.portal.controls import control_file
from converter.portal.json_parsing import parse
from converter.portal.json_schema import kept_whole
from converter.portal.json_schema import written as generated
from converter.portal.patterns import REAL_DATE, small_letter
from converter.portal.spelling import Spelling

NAMES = ("json-mdv.schema.json", "json-mdv-complet.schema.json")
TEXTS = {name: template_path(name).read_text(encoding="utf-8") for name in NAMES}
KEPT = TEXTS[NAMES[0]]
WHOLE = json.loads(TEXTS[NAMES[1]])
NATIVE = jsonschema_rs.validator_for(kept_whole(Spelling(), OPERATORS))
UNSAID = {"CTL-LINE-NUMBER", "CTL-NUMBER-TWICE", "CTL-AMOUNT-DECIMALS", "CTL-DOCUMENT-NAME"}
"""What a JSON Schema cannot say, or not entirely."""


def accepts(document: Any, schema: Any = WHOLE) -> bool:
    """What another validator says of the file as written."""
    return jsonschema.Draft202012Validator(schema).is_valid(json.loads(written(document)))


def test_the_kept_schemas_are_those_that_the_fields_give() -> None:
    assert generated() == TEXTS, "à refaire : python -m converter.portal.json_schema"


@pytest.mark.parametrize("name", NAMES)
def test_they_are_schemas_of_draft_2020_12(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(TEXTS[name]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("request_", [practice(), structure(), alone()], ids=["cabinet", "structure", "seul"])
def test_the_examples_pass_under_two_other_validators(request_: dict[str, Any], name: str) -> None:
    document = json.loads(written(file_of(request_)))
    schema = json.loads(TEXTS[name])
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    fastjsonschema.compile(schema | {"$schema": "http://json-schema.org/draft-07/schema#"})(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("impId", 1),
        ("SIRET", "1"),
        ("SIRET", "38042372300028\n"),
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
    assert not accepts(wrong, json.loads(KEPT))
    assert not accepts(wrong)
    assert control_file(NAME, written(wrong), Spelling(), OPERATORS).structure_error


@pytest.mark.parametrize(("path", "value", "code"), PRACTICE_WRONG)
def test_what_control_2_refuses_in_an_order_of_doctors_the_whole_schema_refuses(
    path: str, value: Any, code: str
) -> None:
    assert accepts(file_of(changed(practice(), path, value))) <= (code in UNSAID)


@pytest.mark.parametrize(("path", "value", "code"), STRUCTURE_WRONG)
def test_what_control_2_refuses_in_an_order_of_a_structure_the_whole_schema_refuses(
    path: str, value: Any, code: str
) -> None:
    assert accepts(file_of(changed(structure(), path, value))) <= (code in UNSAID)


def test_it_knows_every_operator() -> None:
    assert WHOLE["$defs"]["operateurMessagerie"]["enum"] == sorted(
        operator_codes(), key=lambda code: int(code.rpartition("_")[2])
    )


def test_a_newer_list_of_operators_is_followed_without_making_the_schema_again() -> None:
    new = changed(practice(), "scenarioInstallation.operateurMessagerie", "NEW_356")
    data = written(file_of(new))
    assert not control_file(NAME, data, Spelling(), OPERATORS).accepted
    assert control_file(NAME, data, Spelling(), OPERATORS | {"NEW_356"}).accepted


def test_they_say_in_french_what_each_tag_is() -> None:
    for text in TEXTS.values():
        requests = json.loads(text)["properties"]["lignesImport"]["items"]["properties"]
        rpps = requests["beneficiaires"]["properties"]["liberal"]["items"]["properties"]["RPPS"]
        assert rpps["title"] == "Numéro RPPS"
        assert rpps["description"] == "Texte d'exactement 11 caractères. Obligatoire\u00a0: si LIBERAL."


def test_its_dates_are_those_of_the_calendar() -> None:
    days = [datetime.date(year, 1, 1) for year in (1, 4, 100, 1900, 1999, 2000, 2023, 2024, 9999)]
    written_days = [f"{day:02}/{month:02}/{one.year:04}" for one in days for month in range(14) for day in range(33)]
    written_days += [f"29/02/{year:04}" for year in range(10_000)]
    wrong = [text for text in written_days if bool(re.fullmatch(REAL_DATE, text)) != _exists(text)]
    assert wrong == []


def _exists(text: str) -> bool:
    try:
        datetime.date(int(text[6:]), int(text[3:5]), int(text[:2]))
    except ValueError:
        return False
    return True


def test_its_small_letters_are_those_that_have_a_capital() -> None:
    small = re.compile(small_letter())
    latin = [chr(code) for code in range(0x180)]
    assert [one for one in latin if bool(small.fullmatch(one)) != (one.upper() != one)] == []
    assert small.fullmatch("ß")
    assert small.fullmatch("œ")
    assert small.fullmatch("ω")
    assert not any(map(small.fullmatch, "ÉŒΩªĸ1 ’"))


# The property: the schema accepts what the explainer accepts, and nothing else

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
TYPICAL = st.sampled_from(
    [
        None, True, False, 0, 1, 2, -1, "", " ", "\u2003", "\n", "X", "DURAND", "Durand", "ÉLÉONORE", "ß", "ǅ", "ⅷ",
        "x@y.fr", "0144556677", "00001", "00002", "0000A", "88888888888", "888888888", "2A0000139", "12345678901\n",
        "É" * 49, "É" * 50, "a" * 149, "a" * 150, "04/11/2022", "29/02/2024", "29/02/2023", "04/11/2022 ", "TTC", "HT",
        "LIBERAL", "STRUCTURE", "PDF", "JPG", "pdf", "BON_COMMANDE", "PREUVE_HT", "C", "CH _28", "CH_28", "MAI_15",
        "MDV-LGC-Val-BDC-00001.pdf", "MDV-LGC-Val-BDC-00002.pdf", "MDV-LGC-Val-HT-00001.jpg",
        raw("1075.00"), raw("1075.0"), raw("0.00"), raw("-1.00"), raw("1e3"), raw("1.0"), raw("0.01"), "1075.00",
    ]
)  # fmt: skip
BLOCKS = st.sampled_from(
    [
        [], {}, [None], ["777777777"], ["777777777", "2B0000139"], ["1"], [777777777],
        [doctor("PETIT", "12345678901")], [doctor("PETIT", "12345678901", "a@b.fr", "01")],
        [doctor("PETIT", "12345678901", "a@b.fr", "01"), doctor("GRAND", "12345678902", "a@b.fr", "01")],
        structure()["beneficiaires"]["structure"], {"FINESSJuridique": "111111111"}, {"FINESSGeo": ["777777777"]},
        practice()["piecesJustificatives"], structure()["piecesJustificatives"],
        [*structure()["piecesJustificatives"], document("PREUVE_HT", "MDV-LGC-Val-HT-00001.png", "PNG")],
    ]
)  # fmt: skip


def paths(value: Any, before: str = "") -> list[str]:
    """Every place of a request, containers too."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [
        *([before] if before else []),
        *(path for key, one in inside for path in paths(one, f"{before}.{key}".lstrip("."))),
    ]


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A right request with up to four places changed, most of them to something that could stand there."""
    request = draw(st.sampled_from([practice(), structure(), alone()]))
    for _ in range(draw(st.integers(0, 4))):
        path = draw(st.sampled_from(paths(request)))
        request = changed(request, path, draw(st.one_of(TYPICAL, TYPICAL, TEXT, BLOCKS)))
    return request


@settings(max_examples=400, deadline=None)
@given(requests())
def test_the_schema_accepts_what_the_explainer_accepts_and_nothing_else(request: dict[str, Any]) -> None:
    parsed: Any = parse(written(file_of(request)))
    accepted = NATIVE.is_valid(parsed)
    try:
        check_structure(NAME, parsed, Spelling())
    except Refusal:
        assert not accepted
        return
    (one,) = parsed["lignesImport"]
    by_schema = accepted and first_unsaid(one, 1, {}) is None
    assert by_schema == (first_wrong(one, 1, {}, OPERATORS) is None)


@settings(max_examples=60, deadline=None)
@given(requests())
def test_another_validator_is_of_the_same_mind(request: dict[str, Any]) -> None:
    kept = kept_whole(Spelling(), OPERATORS)
    data = written(file_of(request))
    document = json.loads(data)
    assert jsonschema.Draft202012Validator(kept).is_valid(document) == NATIVE.is_valid(document)
