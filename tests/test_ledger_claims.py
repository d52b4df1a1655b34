"""Nothing is claimed twice: what a person writes otherwise is still the same order, in a run or over several days."""

from pathlib import Path

import pytest
from conftest import DAY, Run
from ledger_tools import ANS, NEXT_DAY, Office, accepted, file_name, numbers, refused, told
from workbooks import SUPPLIER, finess, group, rows_of, rpps, solo, structure

pytestmark = pytest.mark.usefixtures("either_ledger")

E, W = "erreur", "avertissement"
OTHER_SIRET = "35600000000048"
OTHER_ANS = "9876543210"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def findings(run: Run, *codes: str) -> list[tuple[str, str, str]]:
    return [one for one in run.told if one[2] in codes]


class TestReferencesThatReadAlike:
    @pytest.mark.parametrize("written", ["bc 0001", "BC/0001", "BC0001", "Bc_0001", "  BC – 0001 ", "bç-0001"])
    def test_against_the_ledger(self, office: Office, written: str) -> None:
        office.convert(solo("BC-0001", 1))
        again = office.convert(solo(written, 2), day=NEXT_DAY)
        assert findings(again, "reference-semblable") == [("A2", E, "reference-semblable")]
        assert (again.status, again.counts) == (1, (0, 0, 1))
        (sentence,) = told(again, "reference-semblable")
        assert "« BC-0001 »" in sentence
        assert "22/11/2026" in sentence
        assert file_name(1) in sentence
        assert "« Commande distincte ? »" in sentence

    def test_in_one_run_the_second_is_told_and_names_the_first(self, office: Office) -> None:
        run = office.convert(rows_of(solo("BC-0001", 1), solo("BC 0001", 2)), solo("bc0001", 3))
        assert run.counts == (1, 0, 2)
        first, second = told(run, "reference-semblable")
        assert "« BC-0001 » (commandes0.xlsx, ligne 2)" in first
        assert "« BC-0001 » (commandes0.xlsx, ligne 2)" in second

    @pytest.mark.parametrize(
        ("one", "other"),
        [("2022-1-12", "2022-11-2"), ("BC-1", "BC-0001"), ("BC-12", "BC-1-2"), ("AB1", "BA1"), ("12", "00012")],
    )
    def test_what_only_looks_alike(self, office: Office, one: str, other: str) -> None:
        run = office.convert(rows_of(solo(one, 1), solo(other, 2)))
        assert (run.status, run.counts) == (0, (2, 0, 0))

    @pytest.mark.parametrize(("first", "second"), [("00123", 123), (123, "00123"), ("0123", 123.0)])
    def test_a_number_has_lost_its_leading_zeros(self, office: Office, first: str | int, second: str | int) -> None:
        sent = office.convert(solo("", 1, refCommande=first))
        assert sent.counts == (1, 0, 0)
        again = office.convert(solo("", 2, refCommande=second), day=NEXT_DAY)
        assert findings(again, "reference-semblable") == [("A2", E, "reference-semblable")]
        assert office.convert(rows_of(solo("", 1, refCommande=first), solo("", 2, refCommande=second))).counts == (
            0,
            1,
            1,
        )

    def test_of_two_softwares_they_are_two_references(self, office: Office) -> None:
        office.convert(solo("BC-0001", 1))
        other = office.convert(solo("BC 0001", 2), supplier={**SUPPLIER, "numeroAns": OTHER_ANS})
        assert (other.status, other.counts) == (0, (1, 0, 0))

    def test_once_refused_or_voided_another_spelling_may_leave_but_only_one(self, office: Office) -> None:
        office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
        office.answer(file_name(1), {"00001": refused(), "00002": accepted("A2")})
        again = office.convert(solo("BC 1", 3), day=NEXT_DAY)
        assert (again.counts, numbers(again)) == ((1, 0, 0), ["00003"])
        third = office.convert(solo("BC-1", 4), day=NEXT_DAY)
        assert third.counts == (0, 0, 1)
        assert findings(third, "reference-semblable") == [("A2", E, "reference-semblable")]

    def test_a_request_in_error_does_not_hold_back_the_other(self, office: Office) -> None:
        run = office.convert(rows_of(solo("BC-1", 1, RPPS="1234"), solo("BC 1", 2)))
        assert run.counts == (1, 0, 1)


class TestOrderForms:
    def test_of_another_day_another_reference_another_numero_ans(self, office: Office) -> None:
        bon, copie = office.document("bon1.pdf"), office.document("copie.pdf", like="bon1.pdf")
        office.convert(solo("BC-1", 1, bonCommande=bon), documents=True)
        again = office.convert(
            solo("BC-2", 2, bonCommande=copie),
            day=NEXT_DAY,
            documents=True,
            supplier={**SUPPLIER, "numeroAns": OTHER_ANS},
        )
        assert findings(again, "bon-commande-deja-servi") == [("AD2", E, "bon-commande-deja-servi")]
        assert again.counts == (0, 0, 1)
        (sentence,) = told(again, "bon-commande-deja-servi")
        assert "BC-1" in sentence
        assert file_name(1) in sentence

    def test_of_two_requests_of_a_run(self, office: Office) -> None:
        bon, other = office.document("bon1.pdf"), office.document("bon2.pdf")
        rows = rows_of(
            solo("BC-1", 1, bonCommande=bon), solo("BC-2", 2, bonCommande=other), solo("BC-3", 3, bonCommande=bon)
        )
        run = office.convert(rows, documents=True)
        assert (run.told, run.counts) == ([("AD4", E, "bon-commande-deja-servi")], (2, 0, 1))
        assert "BC-1 (commandes0.xlsx, ligne 2)" in told(run, "bon-commande-deja-servi")[0]

    @pytest.mark.parametrize("freed", ["voided", "refused"])
    def test_is_free_again(self, office: Office, freed: str) -> None:
        bon = office.document("bon1.pdf")
        office.convert(solo("BC-1", 1, bonCommande=bon), documents=True)
        if freed == "voided":
            office.void(file_name(1))
        else:
            office.answer(file_name(1), {"00001": refused()})
        assert office.convert(solo("BC-2", 2, bonCommande=bon), documents=True, day=NEXT_DAY).counts == (1, 0, 0)

    def test_of_the_request_itself_sent_again_is_no_other(self, office: Office) -> None:
        bon = office.document("bon1.pdf")
        office.convert(solo("BC-1", 1, bonCommande=bon), documents=True)
        office.answer(file_name(1), {"00001": refused()})
        again = office.convert(solo("BC-1", 2, bonCommande=bon), documents=True, day=NEXT_DAY)
        assert again.counts == (1, 0, 0)
        assert office.convert(solo("BC-1", 2, bonCommande=bon), documents=True, day=NEXT_DAY).counts == (0, 1, 0)


class TestSameBeneficiaryDateAndAmount:
    def test_out_already_under_another_reference(self, office: Office) -> None:
        office.convert(group("BC-1", 1))
        again = office.convert(solo("XY-9", 2), day=NEXT_DAY)
        assert (again.told, again.counts) == ([("O2", E, "commande-deja-demandee")], (0, 0, 1))
        (sentence,) = told(again, "commande-deja-demandee")
        assert "BC-1" in sentence
        assert file_name(1) in sentence

    def test_in_one_run(self, office: Office) -> None:
        run = office.convert(rows_of(structure("BC-1", 1), structure("XY-9", 5, FINESSGeo=finess(2))))
        assert (run.told, run.counts) == ([("T4", E, "commande-deja-demandee")], (1, 0, 1))
        assert "BC-1 (commandes0.xlsx, ligne 2)" in told(run, "commande-deja-demandee")[0]

    @pytest.mark.parametrize("change", [{"montantSegurHT": "1000.00"}, {"dateCommande": "05/11/2026"}])
    def test_the_same_beneficiary_alone_is_a_warning(self, office: Office, change: dict[str, str]) -> None:
        office.convert(solo("BC-1", 1))
        again = office.convert(solo("XY-9", 1, **change), day=NEXT_DAY)
        assert (again.told, again.counts) == ([("O2", W, "beneficiaire-autre-demande")], (1, 0, 0))

    def test_an_amount_written_otherwise_is_the_same(self, office: Office) -> None:
        office.convert(solo("BC-1", 1, montantSegurHT="1 075,00 €"))
        assert office.convert(solo("XY-9", 1, montantSegurHT=1075), day=NEXT_DAY).counts == (0, 0, 1)

    def test_everything_again_under_another_numero_ans(self, office: Office) -> None:
        rows = rows_of(solo("BC-1", 1), group("BC-2", 2), structure("BC-3", 1))
        assert office.convert(rows).counts == (3, 0, 0)
        other = office.convert(rows, supplier={**SUPPLIER, "numeroAns": OTHER_ANS}, day=NEXT_DAY)
        assert (other.status, other.counts, other.document["files"]) == (1, (0, 0, 3), [])

    def test_free_again_once_voided_or_refused(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        office.void(file_name(1))
        assert office.convert(solo("XY-9", 1)).counts == (1, 0, 0)


class TestTrulyAnotherOrder:
    def test_yes_makes_the_three_errors_warnings(self, office: Office) -> None:
        bon = office.document("bon1.pdf")
        office.convert(solo("BC-1", 1, bonCommande=bon), documents=True)
        rows = solo("BC 1", 1, bonCommande=bon, commandeDistincte="oui")
        again = office.convert(rows, documents=True, day=NEXT_DAY)
        assert sorted((severity, code) for _, severity, code in again.told if severity != "correction") == [
            (W, "bon-commande-deja-servi"),
            (W, "commande-deja-demandee"),
            (W, "reference-semblable"),
        ]
        assert (again.status, again.counts) == (0, (1, 0, 0))
        assert "commandeDistincte" not in str(again.files)
        assert office.convert(rows, documents=True, day=NEXT_DAY).counts == (0, 1, 0)

    def test_yes_in_one_run(self, office: Office) -> None:
        run = office.convert(rows_of(solo("BC-1", 1), solo("BC 1", 1, commandeDistincte="OUI")))
        assert (run.status, run.counts) == (0, (2, 0, 0))

    @pytest.mark.parametrize("answer", ["NON", "", None])
    def test_anything_else_leaves_them_errors(self, office: Office, answer: str | None) -> None:
        office.convert(solo("BC-1", 1))
        assert office.convert(solo("BC 1", 1, commandeDistincte=answer), day=NEXT_DAY).counts == (0, 0, 1)

    def test_it_comes_back_with_the_request_to_correct(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        office.convert(solo("BC 1", 1, commandeDistincte="OUI"), day=NEXT_DAY)
        answered = office.answer(file_name(1, NEXT_DAY), {"00002": refused("Nom du médecin inconnu")})
        to_correct = Path(answered.document["to_correct"][0])
        again = office.convert(to_correct, day=NEXT_DAY, options=["--renvoyer"])
        assert (again.status, again.counts, numbers(again)) == (0, (1, 0, 0), ["00003"])

    def test_answered_after_the_request_left_changes_nothing(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        assert office.convert(solo("BC-1", 1, commandeDistincte="OUI"), day=NEXT_DAY).counts == (0, 1, 0)


class TestSiret:
    def test_changed_since_is_told_on_its_cell_with_the_requests(self, office: Office) -> None:
        office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
        supplier = {**SUPPLIER, "SIRET": OTHER_SIRET}
        again = office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2), solo("BC-3", 3)), supplier=supplier)
        assert findings(again, "siret-change") == [("B2", E, "siret-change")]
        (sentence,) = told(again, "siret-change")
        assert "38042372300028" in sentence
        assert OTHER_SIRET in sentence
        assert "BC-1, BC-2" in sentence
        assert again.counts == (1, 0, 2)
        assert again.files[0]["SIRET"] == OTHER_SIRET

    def test_by_the_option(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        again = office.convert(solo("BC-1", 1), options=["--siret", OTHER_SIRET])
        assert findings(again, "siret-change") == [("", E, "siret-change")]
        assert "--siret" in told(again, "siret-change")[0]
        assert (again.status, again.counts) == (1, (0, 0, 1))

    def test_a_refused_request_goes_out_under_the_new_one(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        office.answer(file_name(1), {"00001": refused("SIRET inconnu")})
        again = office.convert(solo("BC-1", 1), supplier={**SUPPLIER, "SIRET": OTHER_SIRET}, day=NEXT_DAY)
        assert (again.status, again.counts) == (0, (1, 0, 0))


class TestRefused:
    def test_unchanged_is_held_back_with_the_portal_s_words(self, office: Office) -> None:
        office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
        office.answer(file_name(1), {"00001": refused("Le RPPS est inconnu", "1042"), "00002": accepted("A2")})
        again = office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)), day=NEXT_DAY)
        assert (again.status, again.counts) == (1, (0, 1, 1))
        assert findings(again, "refusee-inchangee") == [("A2", E, "refusee-inchangee")]
        (sentence,) = told(again, "refusee-inchangee")
        assert "1042 Le RPPS est inconnu" in sentence
        assert "--renvoyer" in sentence

    def test_once_a_value_changed_it_goes_out(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        office.answer(file_name(1), {"00001": refused()})
        again = office.convert(solo("BC-1", 1, RPPS=rpps(7)), day=NEXT_DAY)
        assert (again.status, again.counts, numbers(again)) == (0, (1, 0, 0), ["00002"])

    def test_once_its_document_changed_it_goes_out(self, office: Office) -> None:
        office.convert(solo("BC-1", 1, bonCommande=office.document("bon.pdf")), documents=True)
        office.answer(file_name(1), {"00001": refused("Bon de commande illisible")})
        office.document("bon.pdf", like="mieux.pdf")
        assert office.convert(solo("BC-1", 1, bonCommande="bon.pdf"), documents=True, day=NEXT_DAY).counts == (1, 0, 0)

    def test_with_the_option_it_goes_out_and_that_is_told(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        office.answer(file_name(1), {"00001": refused()})
        looked = office.convert(solo("BC-1", 1), day=NEXT_DAY, options=["--renvoyer"], does="validate")
        assert (looked.status, looked.told) == (0, [("A2", W, "refusee-inchangee")])
        again = office.convert(solo("BC-1", 1), day=NEXT_DAY, options=["--renvoyer"])
        assert (again.status, again.told, again.counts) == (0, [("A2", W, "refusee-inchangee")], (1, 0, 0))
        assert numbers(again) == ["00002"]

    def test_after_a_file_rejected_whole_it_goes_out_freely(self, office: Office) -> None:
        office.convert(solo("BC-1", 1))
        office.reject(file_name(1))
        again = office.convert(solo("BC-1", 1), day=NEXT_DAY)
        assert (again.status, again.told, again.counts) == (0, [], (1, 0, 0))

    @pytest.mark.parametrize("first", ["workbook", "to_correct"])
    def test_without_reference_it_leaves_once_with_its_workbook_to_correct(self, office: Office, first: str) -> None:
        workbook = office.workbook(solo("", 1, numeroEditeur="00044"))
        office.convert(workbook)
        answered = office.answer(file_name(1), {"00044": refused()})
        to_correct = Path(answered.document["to_correct"][0])
        corrected = office.workbook(solo("", 1, numeroEditeur="00044", RPPS=rpps(8)), "commandes")
        both = [corrected, to_correct] if first == "workbook" else [to_correct, corrected]
        assert office.convert(*both, day=NEXT_DAY, options=["--renvoyer"]).counts == (1, 0, 1)
        assert office.convert(*both, day=NEXT_DAY, options=["--renvoyer"]).document["files"] == []


class TestNumbers:
    def test_go_on_after_the_highest_ever_known(self, office: Office) -> None:
        assert numbers(office.convert(solo("BC-1", 1, numeroEditeur="00340"))) == ["00340"]
        assert numbers(office.convert(solo("BC-2", 2), day=NEXT_DAY)) == ["00341"]
        office.void(file_name(1, NEXT_DAY))
        assert numbers(office.convert(solo("BC-3", 3), day=NEXT_DAY)) == ["00342"]

    def test_those_typed_in_the_same_run_count(self, office: Office) -> None:
        run = office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2, numeroEditeur="00340"), solo("BC-3", 3)))
        assert numbers(run) == ["00341", "00340", "00342"]

    def test_past_the_last_one_the_lowest_free(self, office: Office) -> None:
        rows = rows_of(solo("BC-1", 1, numeroEditeur="00001"), solo("BC-2", 2, numeroEditeur="99998"))
        assert office.convert(rows).counts == (2, 0, 0)
        assert numbers(office.convert(rows_of(solo("BC-3", 3), solo("BC-4", 4)), day=NEXT_DAY)) == ["99999", "00002"]


class TestChangedSince:
    def emitted(self, office: Office, *, accept: bool) -> str:
        office.convert(rows_of(solo("BC-1", 1), structure("BC-2", 1)))
        if accept:
            office.answer(file_name(1), {"00001": accepted("ASP-1"), "00002": accepted("ASP-2")})
        return "demande-modifiee-acceptee" if accept else "demande-modifiee"

    def test_an_accepted_order_with_a_doctor_more(self, office: Office) -> None:
        code = self.emitted(office, accept=True)
        again = office.convert(group("BC-1", 1), day=NEXT_DAY)
        (sentence,) = told(again, code)
        assert f"acceptée avec 1 médecin, en compte 2 : nouveau RPPS {rpps(2)}" in sentence
        assert "ASP-1" in sentence
        assert "un autre bon de commande" in sentence
        assert "une autre référence" in sentence
        assert findings(again, code) == [("O3", E, code)]

    def test_an_accepted_order_with_a_site_less(self, office: Office) -> None:
        code = self.emitted(office, accept=True)
        (sentence,) = told(office.convert(structure("BC-2", 1)[:1], day=NEXT_DAY), code)
        assert f"acceptée avec 2 sites, en compte 1 : sans le FINESS géographique {finess(2)}" in sentence

    def test_another_doctor_in_its_place(self, office: Office) -> None:
        code = self.emitted(office, accept=False)
        (sentence,) = told(office.convert(solo("BC-1", 1, RPPS=rpps(9)), day=NEXT_DAY), code)
        assert f"nouveau RPPS {rpps(9)}, sans le RPPS {rpps(1)}" in sentence
        assert f"converter void {file_name(1)}" in sentence

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"montantSegurHT": "1200"}, "« Montant Ségur HT (€) » valait 1 075,00 €, vaut 1 200,00 €"),
            ({"dateCommande": "05/11/2026"}, "« Date de commande » valait « 04/11/2026 », vaut « 05/11/2026 »"),
            ({"operateurMessagerie": None}, "« Opérateur de messagerie » valait « CH _28 », est vide"),
            ({"isPFIToDMP": "OUI"}, "« Envoi au DMP par un tiers ? » valait « NON », vaut « OUI »"),
        ],
    )
    @pytest.mark.parametrize("accept", [False, True])
    def test_another_value(self, office: Office, change: dict[str, str | None], words: str, accept: bool) -> None:
        code = self.emitted(office, accept=accept)
        (sentence,) = told(office.convert(solo("BC-1", 1, **change), day=NEXT_DAY), code)
        assert words in sentence

    def test_another_order_form(self, office: Office) -> None:
        office.convert(solo("BC-1", 1, bonCommande=office.document("bon.pdf")), documents=True)
        office.document("bon.pdf", like="autre.pdf")
        again = office.convert(solo("BC-1", 1, bonCommande="bon.pdf"), documents=True, day=NEXT_DAY)
        (sentence,) = told(again, "demande-modifiee")
        assert "« bon.pdf » n'a plus le même contenu" in sentence


def test_the_next_day_is_as_quiet_as_before(office: Office) -> None:
    rows = rows_of(solo("BC-1", 1), group("BC-2", 2), structure("BC-3", 1))
    assert office.convert(rows).counts == (3, 0, 0)
    again = office.convert(rows, day=NEXT_DAY)
    assert (again.status, again.told, again.counts) == (0, [], (0, 3, 0))
    assert {state for _, state, _ in office.states().values()} == {"émise"}
    assert DAY < NEXT_DAY
    assert ANS in file_name(1)
