"""`portail.toml`: the one place where the portal's spelling of tags is told."""

import json
from pathlib import Path

import pytest
from portal_examples import file_of, practice, written

from converter.findings import Refusal
from converter.format.template_files import template_path
from converter.portal.spelling import Spelling, load_spelling


def told(folder: Path, text: str) -> Spelling:
    path = folder / "portail.toml"
    path.write_text(text, encoding="utf-8")
    return load_spelling(path)


def test_the_guide_s_spelling_is_the_default() -> None:
    assert load_spelling() == Spelling()
    assert load_spelling().emitted("isDirecToDMP") == "isDirecToDMP"


def test_each_example_of_the_file_is_one_line_to_uncomment(tmp_path: Path) -> None:
    text = template_path("portail.toml").read_text(encoding="utf-8")
    spelling = told(tmp_path, text.replace("# SIRET", "SIRET").replace("# isDirecToDMP", "isDirecToDMP"))
    assert spelling.emitted("SIRET") == "siret"
    assert spelling.emitted("isDirecToDMP") == "isDirectToDMP"
    assert spelling.emitted("RPPS") == "RPPS"


def test_a_template_is_written_in_the_emitted_spelling() -> None:
    spelling = Spelling((("SIRET", "siret"), ("structure", "etablissement")))
    source = '{"SIRET": {{ x["SIRET"] }}, "structure" : {}, "commandePour": "structure"}'
    assert spelling.apply_to_template(source) == (
        '{"siret": {{ x["SIRET"] }}, "etablissement" : {}, "commandePour": "structure"}'
    )


def test_two_tags_may_exchange_their_spellings(tmp_path: Path) -> None:
    spelling = told(tmp_path, '[balises]\nSIRET = "numeroAns"\nnumeroAns = "SIRET"')
    assert spelling.apply_to_template('{"SIRET": 1, "numeroAns": 2}') == '{"numeroAns": 1, "SIRET": 2}'
    assert spelling.to_guide({"numeroAns": 1, "SIRET": 2}) == {"SIRET": 1, "numeroAns": 2}


def test_what_was_emitted_is_read_back_in_the_guide_s_spelling_and_order() -> None:
    spelling = Spelling((("SIRET", "siret"), ("lignesImport", "lignes"), ("RPPS", "rpps"), ("FINESSGeo", "geo")))
    document = json.loads(written(file_of(practice())))
    emitted = json.loads(spelling.apply_to_template(json.dumps(document)))
    assert list(emitted) == ["impId", "numeroAns", "siret", "lignes"]
    assert emitted["lignes"][0]["beneficiaires"]["liberal"][0]["rpps"] == "88888888888"
    assert json.dumps(spelling.to_guide(emitted)) == json.dumps(document)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[balises]\nsiret = "SIRET"', "« siret », dans « portail.toml », n'est pas une balise du guide."),
        ('[balises]\nSIRET = "numeroAns"', "« numeroAns » et « SIRET » s'écriraient toutes deux « numeroAns »."),
        ('[balises]\nSIRET = "x"\nRPPS = "x"', "s'écriraient toutes deux « x »."),
        ("[balises]\nSIRET = 3", "ne peut pas s'écrire « 3 »."),
        ('[balises]\nSIRET = ""', "ne peut pas s'écrire « »."),
        ("[balises]\nSIRET = 'a\"b'", "ne peut pas s'écrire « a\"b »."),
        ("[balises]\nSIRET = 'é'", "ne peut pas s'écrire « é »."),
        ("[balises", "ne peut pas être lu."),
        ("balises = 1", "ne peut pas être lu."),
        ('SIRET = "siret"', "ne peut pas être lu."),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        told(tmp_path, text)
    assert sentence in str(refusal.value).replace("\u00a0", " ").replace("«  »", "« »")


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        load_spelling(tmp_path / "portail.toml")
