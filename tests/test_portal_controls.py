"""`check`: the portal's two controls, each tag of the guide with values that it refuses."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_examples import (
    NAME,
    OPERATORS,
    changed,
    doctor,
    document,
    file_of,
    practice,
    put,
    raw,
    structure,
    written,
)

from converter.cli.control_table import table
from converter.portal.controls import FileControl, control_file, control_path, to_json
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import TAGS


def controlled(data: bytes, name: str = NAME, spelling: Spelling = Spelling()) -> FileControl:  # noqa: B008
    return control_file(name, data, spelling, OPERATORS)


def refused(*requests: dict[str, Any]) -> list[tuple[str | None, str]]:
    """(tag, code) of each request of a file, None and « 0000 » for those that pass."""
    control = controlled(written(file_of(*requests)))
    assert control.structure_error is None
    return [(one.tag, one.code) for one in control.requests]


def alone() -> dict[str, Any]:
    """A single doctor, without a mandate."""
    blank = {"nomMandataire": None, "emailMandataire": None, "telephoneMandataire": None}
    one = {"isMandataire": False, "isClientUnique": True, "liberal": [doctor("PETIT", "12345678901", "a@b.fr", "01")]}
    return changed(practice(), "beneficiaires", practice()["beneficiaires"] | blank | one)


class TestWhatPasses:
    def test_the_two_examples_of_the_guide(self) -> None:
        control = controlled(written(file_of(practice("00001", 1), structure("00002", 2))))
        assert control.accepted
        assert [(one.numLigne, one.numeroEditeur, one.code, one.message) for one in control.requests] == [
            (1, "00001", "0000", "Demande acceptée"),
            (2, "00002", "0000", "Demande acceptée"),
        ]

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("commande.dateCommande", "29/02/2024"),
            ("commande.montantSegurHT", raw("0.01")),
            ("beneficiaires.nomMandataire", "É" * 49),
            ("beneficiaires.emailMandataire", "a" * 140 + "@exemple1"),
            ("beneficiaires.telephoneMandataire", "+33 1 44 55 66 77"),
            ("scenarioInstallation.operateurMessagerie", None),
            ("piecesJustificatives.0", document("BON_COMMANDE", "MDV-LGC-Val-BDC-00001.jpg", "JPG")),
        ],
    )
    def test_values_at_the_edge(self, path: str, value: Any) -> None:
        at_the_edge = changed(practice(), path, value)
        assert refused(at_the_edge) == [(None, "0000")]
        wrong = changed(at_the_edge, "scenarioInstallation.isPFIToMSSCitoyen", "OUI")
        assert refused(wrong) == [("isPFIToMSSCitoyen", "CTL-NOT-BOOLEAN")]

    def test_a_single_doctor(self) -> None:
        assert refused(alone()) == [(None, "0000")]

    @pytest.mark.parametrize("tag", ["isMandataire", "isClientUnique"])
    def test_a_boolean_that_a_structure_has_left_empty(self, tag: str) -> None:
        """The guide's description says false, its last column « not to be filled in »."""
        assert refused(changed(structure(), f"beneficiaires.{tag}", None)) == [(None, "0000")]

    @pytest.mark.parametrize("tag", ["isMandataire", "isClientUnique"])
    def test_it_stays_so_where_another_value_is_wrong(self, tag: str) -> None:
        empty = changed(structure(), f"beneficiaires.{tag}", None)
        wrong = changed(empty, "beneficiaires.structure.nomResponsable", "Durand")
        assert refused(wrong) == [("nomResponsable", "CTL-NOT-UPPER")]

    @pytest.mark.parametrize("tag", ["isMandataire", "isClientUnique"])
    def test_a_text_in_a_boolean_of_a_structure(self, tag: str) -> None:
        assert refused(changed(structure(), f"beneficiaires.{tag}", "NON")) == [(tag, "CTL-NOT-BOOLEAN")]

    def test_a_corsican_site(self) -> None:
        assert refused(changed(structure(), "beneficiaires.structure.FINESSGeo", ["2A0000139"])) == [(None, "0000")]


LONG = "A" * 50
PRACTICE_WRONG = [
    ("numLigne", 2, "CTL-LINE-NUMBER"),
    ("numLigne", "1", "CTL-LINE-NUMBER"),
    ("numLigne", True, "CTL-LINE-NUMBER"),
    ("numLigne", raw("1.0"), "CTL-LINE-NUMBER"),
    ("typeAction", "M", "CTL-CHOICE"),
    ("typeAction", None, "CTL-MISSING"),
    ("numeroASP", "12345", "CTL-ASP-FILLS"),
    ("numeroASP", "", "CTL-ASP-FILLS"),
    ("numeroEditeur", "0001", "CTL-EXACT-LENGTH"),
    ("numeroEditeur", 10000, "CTL-NOT-TEXT"),
    ("numeroEditeur", None, "CTL-MISSING"),
    ("numeroEditeur", "0000A", "CTL-CHARACTERS"),
    ("commande.dateCommande", "2022-11-04", "CTL-DATE-FORMAT"),
    ("commande.dateCommande", "4/11/2022", "CTL-DATE-FORMAT"),
    ("commande.dateCommande", "31/02/2022", "CTL-DATE-UNREAL"),
    ("commande.dateCommande", "04/11/2022\n", "CTL-DATE-FORMAT"),
    ("commande.dateCommande", None, "CTL-MISSING"),
    ("commande.regimeTVA", "ttc", "CTL-CHOICE"),
    ("commande.montantSegurHT", raw("1075"), "CTL-AMOUNT-DECIMALS"),
    ("commande.montantSegurHT", raw("1075.0"), "CTL-AMOUNT-DECIMALS"),
    ("commande.montantSegurHT", raw("1.07500e3"), "CTL-AMOUNT-DECIMALS"),
    ("commande.montantSegurHT", raw("1075.000"), "CTL-AMOUNT-DECIMALS"),
    ("commande.montantSegurHT", raw("0.00"), "CTL-AMOUNT-NOT-POSITIVE"),
    ("commande.montantSegurHT", raw("-1.00"), "CTL-AMOUNT-NOT-POSITIVE"),
    ("commande.montantSegurHT", "1075.00", "CTL-AMOUNT-NOT-NUMBER"),
    ("commande.montantSegurHT", True, "CTL-AMOUNT-NOT-NUMBER"),
    ("commande.montantSegurHT", None, "CTL-MISSING"),
    ("beneficiaires.commandePour", "Liberal", "CTL-CHOICE"),
    ("beneficiaires.isMandataire", "true", "CTL-NOT-BOOLEAN"),
    ("beneficiaires.isMandataire", None, "CTL-MISSING"),
    ("beneficiaires.isClientUnique", 0, "CTL-NOT-BOOLEAN"),
    ("beneficiaires.nomMandataire", "Durand", "CTL-NOT-UPPER"),
    ("beneficiaires.nomMandataire", LONG, "CTL-TOO-LONG"),
    ("beneficiaires.nomMandataire", None, "CTL-MISSING"),
    ("beneficiaires.nomMandataire", "DU\tRAND", "CTL-CONTROL-CHARACTER"),
    ("beneficiaires.emailMandataire", "a" * 141 + "@exemple1", "CTL-TOO-LONG"),
    ("beneficiaires.telephoneMandataire", "0" * 50, "CTL-TOO-LONG"),
    ("beneficiaires.telephoneMandataire", 144556677, "CTL-NOT-TEXT"),
    ("beneficiaires.liberal", [], "CTL-LIBERAL-EMPTY"),
    ("beneficiaires.liberal.0.nomMedecin", "durand", "CTL-NOT-UPPER"),
    ("beneficiaires.liberal.0.nomMedecin", "   ", "CTL-MISSING"),
    ("beneficiaires.liberal.1.emailMedecin", "d" * 138 + "@exemple.org", "CTL-TOO-LONG"),
    ("beneficiaires.liberal.1.telephoneMedecin", "", "CTL-MISSING"),
    ("beneficiaires.liberal.2.RPPS", "666666666666666", "CTL-EXACT-LENGTH"),
    ("beneficiaires.liberal.2.RPPS", "6666666666A", "CTL-CHARACTERS"),
    ("beneficiaires.structure", {"FINESSJuridique": "111111111"}, "CTL-STRUCTURE-FILLED"),
    ("scenarioInstallation.isCentreDeSante", "NON", "CTL-NOT-BOOLEAN"),
    ("scenarioInstallation.operateurMessagerie", "CH_28", "CTL-OPERATOR"),
    ("scenarioInstallation.operateurMessagerie", "", "CTL-OPERATOR"),
    ("scenarioInstallation.isProSanteConnectNeeded", None, "CTL-MISSING"),
    ("scenarioInstallation.isDirecToDMP", 1, "CTL-NOT-BOOLEAN"),
    ("scenarioInstallation.isPFIToDMP", "oui", "CTL-NOT-BOOLEAN"),
    ("scenarioInstallation.isDirectToMSSPro", None, "CTL-MISSING"),
    ("scenarioInstallation.isPFIToMSSPro", None, "CTL-MISSING"),
    ("scenarioInstallation.isDirectToMSSCitoyen", None, "CTL-MISSING"),
    ("scenarioInstallation.isPFIToMSSCitoyen", None, "CTL-MISSING"),
    ("piecesJustificatives", [], "CTL-ONE-ORDER"),
    ("piecesJustificatives", [practice()["piecesJustificatives"][0]] * 2, "CTL-ONE-ORDER"),
    ("piecesJustificatives.0.nomFichier", "bon.pdf", "CTL-DOCUMENT-NAME"),
    ("piecesJustificatives.0.nomFichier", "MDV-LGC-Val-BDC-00002.pdf", "CTL-DOCUMENT-NAME"),
    ("piecesJustificatives.0.nomFichier", "MDV-LGC-Val-BDC-00001.png", "CTL-DOCUMENT-NAME"),
    ("piecesJustificatives.0.nomFichier", "MDV-LGC-Val-BDC-00001", "CTL-DOCUMENT-NAME"),
    ("piecesJustificatives.0.nomFichier", None, "CTL-MISSING"),
    ("piecesJustificatives.0.formatFichier", "pdf", "CTL-CHOICE"),
    ("piecesJustificatives.0.typeFichier", "DEVIS", "CTL-CHOICE"),
    ("codeTraitement", "0000", "CTL-ASP-FILLS"),
    ("libelleTraitement", "Demande acceptée", "CTL-ASP-FILLS"),
]
STRUCTURE_WRONG = [
    ("beneficiaires.isMandataire", True, "CTL-STRUCTURE-BOOLEAN"),
    ("beneficiaires.isClientUnique", True, "CTL-STRUCTURE-BOOLEAN"),
    ("beneficiaires.nomMandataire", "DURAND", "CTL-NO-MANDATE"),
    ("beneficiaires.emailMandataire", "", "CTL-NO-MANDATE"),
    ("beneficiaires.telephoneMandataire", "01", "CTL-NO-MANDATE"),
    ("beneficiaires.liberal", [doctor("PETIT", "12345678901")], "CTL-LIBERAL-FILLED"),
    ("beneficiaires.structure.FINESSJuridique", "11111111", "CTL-EXACT-LENGTH"),
    ("beneficiaires.structure.FINESSJuridique", "11A111111", "CTL-CHARACTERS"),
    ("beneficiaires.structure.nomResponsable", "Durand", "CTL-NOT-UPPER"),
    ("beneficiaires.structure.emailResponsable", None, "CTL-MISSING"),
    ("beneficiaires.structure.telephoneResponsable", "0" * 50, "CTL-TOO-LONG"),
    ("beneficiaires.structure.FINESSGeo", [], "CTL-MISSING"),
    ("beneficiaires.structure.FINESSGeo", ["777777777", "88888888"], "CTL-EXACT-LENGTH"),
    ("beneficiaires.structure.FINESSGeo", [777777777], "CTL-NOT-TEXT"),
    ("piecesJustificatives", [document("BON_COMMANDE", "MDV-LGC-Val-BDC-00001.pdf")], "CTL-CERTIFICATES"),
]


class TestEachTagRefusesItsWrongValue:
    @pytest.mark.parametrize(("path", "value", "code"), PRACTICE_WRONG)
    def test_in_a_liberal_order(self, path: str, value: Any, code: str) -> None:
        tag = [step for step in path.split(".") if not step.isdigit()][-1]
        assert refused(changed(practice(), path, value)) == [(tag, code)]

    @pytest.mark.parametrize(("path", "value", "code"), STRUCTURE_WRONG)
    def test_in_an_order_for_a_structure(self, path: str, value: Any, code: str) -> None:
        assert refused(changed(structure(), path, value)) == [(path.split(".")[-1], code)]

    def test_no_tag_of_the_guide_is_left_out(self) -> None:
        tested = {step for path, _, _ in PRACTICE_WRONG + STRUCTURE_WRONG for step in path.split(".")}
        assert set(TAGS) - tested == {"impId", "numeroAns", "SIRET", "lignesImport"}  # of the file: control 1

    def test_a_structure_without_its_block(self) -> None:
        assert refused(changed(structure(), "beneficiaires.structure", {})) == [("FINESSJuridique", "CTL-MISSING")]


class TestRulesBetweenTags:
    def test_mandate_and_single_client_contradict_each_other(self) -> None:
        wrong = changed(practice(), "beneficiaires.isClientUnique", True)
        assert refused(wrong) == [("isMandataire", "CTL-MANDATE-AND-SINGLE")]

    def test_single_client_with_three_doctors(self) -> None:
        doctors = practice()["beneficiaires"]["liberal"]
        assert refused(changed(alone(), "beneficiaires.liberal", doctors)) == [("isClientUnique", "CTL-SINGLE-COUNT")]

    def test_several_clients_with_one_doctor(self) -> None:
        one = changed(practice(), "beneficiaires.liberal", [doctor("PETIT", "12345678901")])
        assert refused(one) == [("isClientUnique", "CTL-SINGLE-COUNT")]

    def test_a_doctor_without_mandate_needs_an_email(self) -> None:
        wrong = changed(alone(), "beneficiaires.liberal.0.emailMedecin", None)
        assert refused(wrong) == [("emailMedecin", "CTL-MISSING")]

    def test_a_mandataire_without_mandate(self) -> None:
        wrong = changed(alone(), "beneficiaires.nomMandataire", "PETIT")
        assert refused(wrong) == [("nomMandataire", "CTL-NO-MANDATE")]

    def test_a_certificate_without_need(self) -> None:
        documents = structure()["piecesJustificatives"]
        wrong = changed(practice(), "piecesJustificatives", documents)
        assert refused(wrong) == [("piecesJustificatives", "CTL-CERTIFICATE-UNNEEDED")]

    def test_a_number_twice_in_a_file(self) -> None:
        twice = refused(practice("00007", 1), structure("00007", 2), practice("00008", 3))
        assert twice == [(None, "0000"), ("numeroEditeur", "CTL-NUMBER-TWICE"), (None, "0000")]


class TestFirstErrorOnly:
    @pytest.mark.parametrize(
        ("first", "then"),
        [
            (("numLigne", 5), ("numeroEditeur", "1")),
            (("numeroEditeur", "1"), ("commande.regimeTVA", "HC")),
            (("commande.dateCommande", ""), ("commande.montantSegurHT", raw("0.00"))),
            (("commande.regimeTVA", "HC"), ("beneficiaires.commandePour", "")),
            (("beneficiaires.nomMandataire", ""), ("beneficiaires.liberal.0.RPPS", "1")),
            (("beneficiaires.liberal.2.RPPS", "1"), ("scenarioInstallation.isCentreDeSante", 1)),
            (("scenarioInstallation.operateurMessagerie", "?"), ("scenarioInstallation.isDirecToDMP", 1)),
            (("scenarioInstallation.isPFIToMSSCitoyen", 1), ("piecesJustificatives.0.nomFichier", "x")),
            (("piecesJustificatives.0.typeFichier", "x"), ("codeTraitement", "1")),
        ],
    )
    def test_in_the_order_of_the_guide(self, first: tuple[str, Any], then: tuple[str, Any]) -> None:
        wrong = changed(changed(practice(), *then), *first)
        assert [tag for tag, _ in refused(wrong)] == [first[0].split(".")[-1]]

    def test_each_request_for_itself(self) -> None:
        three = refused(
            changed(practice("00001", 1), "commande.regimeTVA", "x"),
            practice("00002", 2),
            changed(structure("00003", 3), "beneficiaires.structure.FINESSGeo", ["1"]),
        )
        assert [tag for tag, _ in three] == ["regimeTVA", None, "FINESSGeo"]


def structure_error(document: Any, name: str = NAME) -> str:
    control = controlled(document if isinstance(document, bytes) else written(document), name)
    assert control.structure_error is not None
    assert control.requests == ()
    assert not control.accepted
    return control.structure_error.replace("\u00a0", " ")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


class TestStructure:
    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "ligne 1, colonne 1"),
            (b'{"impId": null,\n  "numeroAns" "1"}', "ligne 2, colonne 15"),
            (b"\xef\xbb\xbf" + written(file_of(practice())), "BOM"),
            (written(file_of(practice())).decode().encode("utf-16"), "UTF-8"),
            (b'{"impId": "\xff"}', "UTF-8"),
            (b'{"impId": "\\ud800"}', "UTF-8"),
            (b'{"impId": null, "impId": null}', "« impId » figure deux fois"),
            (b'{"impId": NaN}', "« NaN »"),
            (b'{"impId": 1' + b"0" * 5000 + b"}", "démesuré"),
            (b'{"impId": 1' + b"0" * 5000 + b".0e9999999999999}", "« numeroAns » manque"),
            (b"[" * 100_000, "démesuré"),
            (b"[]", "« le fichier » doit être un objet { … }"),
            (b'"x"', "« le fichier » doit être un objet { … }"),
        ],
        ids=lambda one: one if isinstance(one, str) else str(len(one)),
    )
    def test_what_is_not_our_json(self, data: bytes, told: str) -> None:
        assert told in structure_error(data)

    @pytest.mark.parametrize("depth", [50, 200, 500, 900, 5000])
    def test_blocks_in_blocks(self, depth: int) -> None:
        assert structure_error(b'{"impId": ' + b"[" * depth + b"]" * depth + b"}")

    def test_a_file_past_any_size(self) -> None:
        assert "20 Mo" in structure_error(b" " * 20_000_001)

    @pytest.mark.parametrize(
        ("path", "value", "told"),
        [
            ("impId", "1", "balise « impId »"),
            ("numeroAns", "012345678", "« numeroAns » doit compter exactement 10 caractères"),
            ("numeroAns", None, "« numeroAns » n'est pas renseigné"),
            ("SIRET", "3804237230002", "« SIRET » doit compter exactement 14 caractères"),
            ("SIRET", 38042372300028, "« SIRET » doit être un texte"),
            ("lignesImport", [], "0 demandes"),
            ("lignesImport", {}, "« lignesImport » doit être un tableau"),
            ("lignesImport.0", None, "(demande n° 1)"),
            ("lignesImport.0.commande", None, "« commande » doit être un objet { … } (demande n° 1, commande)"),
            ("lignesImport.0.commande.regimeTVA", [], "« regimeTVA » doit être une valeur simple"),
            ("lignesImport.0.beneficiaires.liberal", None, "« liberal » doit être un tableau"),
            ("lignesImport.0.beneficiaires.liberal.1.RPPS", {}, "(demande n° 1, beneficiaires, liberal n° 2, RPPS)"),
            ("lignesImport.0.beneficiaires.structure", None, "« structure » doit être un objet"),
            ("lignesImport.0.piecesJustificatives", {}, "« piecesJustificatives » doit être un tableau"),
            ("lignesImport.0.scenarioInstallation", [], "« scenarioInstallation » doit être un objet"),
            ("siret", "1", "La balise « siret » n'existe pas à cet endroit du format (en-tête du fichier)."),
            ("lignesImport.0.commande.RegimeTVA", "HT", "Vouliez-vous dire « regimeTVA » ?"),
        ],
    )
    def test_a_wrong_header_tag_or_container(self, path: str, value: Any, told: str) -> None:
        assert told in structure_error(changed(file_of(practice()), path, value))

    def test_an_absent_tag_is_named_with_its_place(self) -> None:
        document = file_of(practice(), practice("00002", 2))
        del document["lignesImport"][1]["commande"]["regimeTVA"]
        assert "La balise « regimeTVA » manque (demande n° 2, commande)." in structure_error(document)

    def test_201_requests_are_one_too_many(self) -> None:
        requests = [practice(f"{number:05d}", number) for number in range(1, 202)]
        assert "201 demandes" in structure_error(file_of(*requests))
        assert controlled(written(file_of(*requests[:200]))).accepted

    @pytest.mark.parametrize(
        "name",
        [
            "demandes.json",
            "JSON-0123456789-20261122-1.json",
            "JSON-0123456789-20261122-000.json",
            "JSON-0123456789-20261131-001.json",
            "JSON-0123456789-20261122-001.JSON",
            "JSON-0123456789-20261122-001 (1).json",
            "JSON-0123456789-20261122-٠٠١.json",
        ],
    )
    def test_a_wrong_file_name(self, name: str) -> None:
        assert f"« {name} »" in structure_error(file_of(practice()), name)

    def test_the_number_in_the_name_is_the_one_inside(self) -> None:
        told = structure_error(file_of(practice()), "JSON-9876543210-20261122-001.json")
        assert "« 0123456789 »" in told


class TestAnythingAtAll:
    @settings(max_examples=200, deadline=None)
    @given(damage=st.binary(max_size=40), at=st.integers(0, 3500), length=st.integers(0, 20))
    def test_a_damaged_file_is_judged(self, damage: bytes, at: int, length: int) -> None:
        whole = written(file_of(practice("00001", 1), structure("00002", 2)))
        control = controlled(whole[:at] + damage + whole[at + length :])
        assert control.structure_error or len(control.requests) == 2
        assert table(control).encode()

    @settings(max_examples=200, deadline=None)
    @given(path=st.sampled_from([path for path, _, _ in PRACTICE_WRONG]), value=ANY_JSON)
    def test_any_value_anywhere_is_judged(self, path: str, value: Any) -> None:
        control = controlled(written(file_of(changed(practice(), path, value))))
        assert control.structure_error or control.requests[0].code
        assert table(control).encode()


class TestSpelling:
    SPELLING = Spelling((("SIRET", "siret"), ("isDirecToDMP", "isDirectToDMP"), ("lignesImport", "lignesimport")))

    def test_a_file_in_the_portal_s_spelling_passes(self) -> None:
        data = self.SPELLING.apply_to_template(written(file_of(practice())).decode()).encode()
        assert controlled(data, spelling=self.SPELLING).accepted
        assert "La balise « SIRET » manque (en-tête du fichier). Le fichier porte « siret » à sa place." in (
            structure_error(data)
        )

    def test_then_the_guide_s_spelling_does_not(self) -> None:
        control = controlled(written(file_of(practice())), spelling=self.SPELLING)
        assert control.structure_error is not None
        assert "Le fichier porte «\u00a0SIRET\u00a0» à sa place." in control.structure_error

    def test_a_wrong_value_is_named_by_the_guide_s_tag(self) -> None:
        wrong = written(file_of(changed(practice(), "scenarioInstallation.isDirecToDMP", 1))).decode()
        control = controlled(self.SPELLING.apply_to_template(wrong).encode(), spelling=self.SPELLING)
        assert [one.tag for one in control.requests] == ["isDirecToDMP"]


class TestWhatIsShown:
    def test_json(self) -> None:
        wrong = changed(practice("00002", 2), "commande.regimeTVA", "HC")
        shown = to_json([controlled(written(file_of(practice(), wrong))), controlled(b"[]")])
        assert shown["files"][0]["structure_ok"] is True
        assert shown["files"][0]["structure_error"] is None
        assert shown["files"][0]["requests"][1] == {
            "numLigne": 2,
            "numeroEditeur": "00002",
            "accepted": False,
            "tag": "regimeTVA",
            "code": "CTL-CHOICE",
            "message": "«\u00a0regimeTVA\u00a0» doit valoir «\u00a0TTC\u00a0» ou «\u00a0HT\u00a0», "
            "et non «\u00a0HC\u00a0». Écrivez «\u00a0TTC\u00a0» ou «\u00a0HT\u00a0».",
        }
        assert shown["files"][1]["structure_ok"] is False
        assert shown["files"][1]["requests"] == []

    def test_table(self) -> None:
        wrong = changed(practice("00002", 2), "beneficiaires.nomMandataire", "Durand\u001b[31m")
        lines = table(controlled(written(file_of(practice(), wrong)))).splitlines()
        assert lines[0].replace("\u00a0", " ") == f"{NAME} : 1 demande acceptée, 1 refusée"
        assert lines[1].split() == ["Ligne", "Numéro", "Résultat", "Balise", "Message"]
        assert lines[2].split() == ["1", "00001", "0000", "Demande", "acceptée"]
        assert lines[3].split()[:4] == ["2", "00002", "CTL-CONTROL-CHARACTER", "nomMandataire"]
        assert "\u001b" not in lines[3]

    def test_the_near_operator_is_offered(self) -> None:
        wrong = changed(practice(), "scenarioInstallation.operateurMessagerie", "CH_28")
        message = controlled(written(file_of(wrong))).requests[0].message
        assert "CH _28 – CH DE LA DRACENIE" in message

    def test_a_file_that_cannot_be_read(self, tmp_path: Any) -> None:
        control = control_path(tmp_path / NAME, Spelling(), OPERATORS)
        assert control.structure_error is not None
        assert control.structure_error.startswith("Le fichier ne peut pas être ouvert.")
        assert control_path(put(tmp_path, file_of(practice())), Spelling(), OPERATORS).accepted
