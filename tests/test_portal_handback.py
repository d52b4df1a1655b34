"""`check --write-return`: the file as the portal would hand it back."""

import json
from pathlib import Path
from typing import Any

import pytest
from portal_examples import NAME, OPERATORS, changed, file_of, practice, put, structure, written

from converter.findings import Refusal
from converter.portal.controls import control_path
from converter.portal.rehearsal import write_return
from converter.portal.spelling import Spelling

GUIDE = Spelling()


def handed_back(path: Path, into: Path, spelling: Spelling = GUIDE) -> Any:
    target = write_return(path, control_path(path, spelling, OPERATORS), into, spelling)
    assert target == into / path.name
    return json.loads(target.read_bytes())


def test_each_request_gets_its_answer_and_nothing_else_changes(tmp_path: Path) -> None:
    sent = file_of(practice("00001", 1), changed(structure("00002", 2), "commande.regimeTVA", "HC"))
    back = handed_back(put(tmp_path, sent), tmp_path / "retour")
    accepted, refused = back["lignesImport"]
    assert accepted["codeTraitement"] == "0000"
    assert accepted["libelleTraitement"] == "Demande acceptée"
    assert accepted["numeroASP"].startswith("FICTIF-")
    assert refused["codeTraitement"] == "CTL-CHOICE"
    assert refused["libelleTraitement"].startswith("«\u00a0regimeTVA\u00a0» doit valoir")
    assert refused["numeroASP"] is None
    assert back["impId"].startswith("FICTIF-")
    for one in (accepted, refused):
        one |= {"codeTraitement": None, "libelleTraitement": None, "numeroASP": None}
    assert back | {"impId": None} == json.loads(written(sent))


def test_the_layout_and_the_amounts_stay_as_they_were_written(tmp_path: Path) -> None:
    path = put(tmp_path, file_of(practice()))
    path.write_bytes(path.read_bytes().replace(b'"numLigne": 1,', b'"numLigne"\t:\t1,'))
    handed_back(path, tmp_path / "retour")
    before, after = (folder.joinpath(NAME).read_text() for folder in (tmp_path, tmp_path / "retour"))
    changed_lines = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert [a.strip() for a, _ in changed_lines] == [
        '"impId": null,',
        '"numeroASP": null,',
        '"codeTraitement": null,',
        '"libelleTraitement": null',
    ]
    assert '"montantSegurHT": 1075.00' in after


def test_a_text_that_looks_like_a_tag_is_left_alone(tmp_path: Path) -> None:
    tricky = 'A", "CODETRAITEMENT": "\\ IMPID'
    back = handed_back(
        put(tmp_path, file_of(changed(practice(), "beneficiaires.nomMandataire", tricky))), tmp_path / "r"
    )
    assert back["lignesImport"][0]["beneficiaires"]["nomMandataire"] == tricky
    assert back["lignesImport"][0]["codeTraitement"] == "0000"


def test_the_same_request_always_gets_the_same_number_and_another_one_another(tmp_path: Path) -> None:
    first = handed_back(put(tmp_path, file_of(practice("00001"), practice("00002", 2))), tmp_path / "r")
    later = "JSON-0123456789-20261123-004.json"
    second = handed_back(put(tmp_path, file_of(practice("00002")), later), tmp_path / "r")
    numbers = [one["numeroASP"] for one in first["lignesImport"]]
    assert numbers[0] != numbers[1] == second["lignesImport"][0]["numeroASP"]


def test_it_is_spelled_as_it_was(tmp_path: Path) -> None:
    spelling = Spelling((("SIRET", "siret"), ("codeTraitement", "code"), ("impId", "ImpId")))
    path = tmp_path / NAME
    path.write_text(spelling.apply_to_template(written(file_of(practice())).decode()), encoding="utf-8")
    back = handed_back(path, tmp_path / "retour", spelling)
    assert list(back) == ["ImpId", "numeroAns", "siret", "lignesImport"]
    assert back["lignesImport"][0]["code"] == "0000"


def test_a_file_rejected_whole_does_not_come_back(tmp_path: Path) -> None:
    path = put(tmp_path, [])
    assert write_return(path, control_path(path, GUIDE, OPERATORS), tmp_path / "retour", GUIDE) is None
    assert not (tmp_path / "retour").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = put(tmp_path, file_of(practice()))
    before = path.read_bytes()
    with pytest.raises(Refusal, match="existe déjà"):
        write_return(path, control_path(path, GUIDE, OPERATORS), tmp_path, GUIDE)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    path = put(tmp_path, file_of(practice()))
    with pytest.raises(Refusal):
        write_return(path, control_path(path, GUIDE, OPERATORS), path / "retour", GUIDE)
