"""The ledger's numbers, states and history, through its interface."""

from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from registre_tools import ANS, DAY, NEXT_DAY, emit, file_of, refusal, request

from converter.ledger import open_registre
from converter.ledger.model import Cle, Etat, Registre


@pytest.fixture
def registre(tmp_path: Path):  # type: ignore[no-untyped-def]
    with closing(open_registre("", tmp_path / "out", wait=5)) as opened:
        yield opened


def test_an_absent_ledger_is_read_as_an_empty_one_and_not_created(registre: Registre, tmp_path: Path) -> None:
    with registre.reading() as lecture:
        assert lecture.find([Cle(ANS, "BC-1")]) == {}
        assert lecture.free_numbers(2, []) == ["00001", "00002"]
    assert registre.inscriptions() == []
    assert registre.identifiant == ""
    assert registre.recover(tmp_path / "out") == []
    assert list(tmp_path.iterdir()) == []


def test_what_was_emitted_is_read_back_as_it_was(registre: Registre) -> None:
    one = request("BC-1", "00001")
    by_number = replace(
        request("", "00002", line=2), cle=Cle(ANS, "", "00002"), beneficiaires=("750000001", "2A0000002")
    )
    emit(registre, one, by_number)
    assert registre.inscriptions() == [one, by_number]
    assert registre.file_holds(file_of(1)) == [one, by_number]
    with registre.reading() as lecture:
        asked = lecture.find([Cle(ANS, "BC-1"), Cle(ANS, "", "00002"), Cle(ANS, "BC-9"), Cle("0000000000", "BC-1")])
        assert asked == {Cle(ANS, "BC-1"): one, Cle(ANS, "", "00002"): by_number}
        assert lecture.holders(["00002", "00003"]) == {"00002": by_number}
        assert lecture.claims(["2A0000002", "750000009"]) == {"2A0000002": by_number}


def test_the_lowest_numbers_that_nobody_ever_held_are_free(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"), request("BC-2", "00003", line=2))
    with registre.reading() as lecture:
        assert lecture.free_numbers(3, ["00004"]) == ["00002", "00005", "00006"]


def test_no_number_past_99999(registre: Registre) -> None:
    reserved = [f"{number:05d}" for number in range(1, 99_999)]
    with registre.reading() as lecture:
        assert lecture.free_numbers(1, reserved) == ["99999"]
        with refusal("numeros-editeur-epuises"):
            lecture.free_numbers(2, reserved)


def test_files_are_counted_by_day_and_software(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001", file=1), request("BC-2", "00002", file=2))
    with registre.reading() as lecture:
        assert lecture.next_file_number(ANS, DAY) == 3
        assert lecture.next_file_number(ANS, NEXT_DAY) == 1
        assert lecture.next_file_number("0987654321", DAY) == 1


def test_no_file_past_999(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001", file=999))
    with registre.reading() as lecture, refusal("numeros-de-fichier-epuises"):
        lecture.next_file_number(ANS, DAY)
    with refusal("numeros-de-fichier-epuises"):
        emit(registre, request("BC-2", "00002", file=1000))
    assert [one.numeroEditeur for one in registre.inscriptions()] == ["00001"]


def test_a_number_is_never_given_twice(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"))
    with pytest.raises(ValueError, match="already held"):
        emit(registre, request("BC-2", "00001", file=2))
    with pytest.raises(ValueError, match="already EMISE"):
        emit(registre, request("BC-1", "00002", file=2))
    assert [(one.cle.refCommande, one.numeroEditeur) for one in registre.inscriptions()] == [("BC-1", "00001")]


def test_an_exception_undoes_the_whole_transaction(registre: Registre) -> None:
    def emit_twice() -> None:
        with registre.writing() as ecriture:
            ecriture.emit([request("BC-1", "00001")], None)
            ecriture.emit([request("BC-1", "00001")], None)

    with pytest.raises(ValueError, match="already held"):
        emit_twice()
    assert registre.inscriptions() == []


def test_an_accepted_request_keeps_what_the_portal_gave_it_and_its_history(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"))
    for _ in range(2):  # the same answer twice
        with registre.writing() as ecriture:
            ecriture.accept("00001", "ASP-77", "0000", "Demande acceptée", "retour.json")
    (held,) = registre.inscriptions([Etat.ACCEPTEE])
    assert (held.numeroASP, held.codeTraitement, held.libelleTraitement) == ("ASP-77", "0000", "Demande acceptée")
    assert [(one.etat, one.fichier, one.cause) for one in registre.history("00001")] == [
        (Etat.EMISE, file_of(1), "Émise"),
        (Etat.ACCEPTEE, "retour.json", "Réponse du portail\u00a0: numéro ASP ASP-77"),
    ]


def test_answers_that_contradict_the_ledger_are_bugs_of_the_caller(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"), request("BC-2", "00002", line=2))
    with registre.writing() as ecriture:
        ecriture.accept("00001", "ASP-77", "0000", "Demande acceptée", "retour.json")
        ecriture.refuse("00002", "E12", "RPPS inconnu", "retour.json")
    with registre.writing() as ecriture:
        with pytest.raises(ValueError, match="already ACCEPTEE"):
            ecriture.accept("00001", "ASP-78", "0000", "Demande acceptée", "retour.json")
        with pytest.raises(ValueError, match="already ACCEPTEE"):
            ecriture.refuse("00001", "E12", "RPPS inconnu", "retour.json")
        with pytest.raises(ValueError, match="already REFUSEE"):
            ecriture.accept("00002", "ASP-79", "0000", "Demande acceptée", "retour.json")
    assert [one.etat for one in registre.inscriptions()] == [Etat.ACCEPTEE, Etat.REFUSEE]


def test_a_refused_request_goes_out_again_under_a_new_number(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"))
    with registre.writing() as ecriture:
        ecriture.refuse("00001", "E12", "RPPS inconnu", "retour.json")
    again = request("BC-1", "00002", file=2)
    emit(registre, again)
    with registre.reading() as lecture:
        assert lecture.find([Cle(ANS, "BC-1")]) == {Cle(ANS, "BC-1"): again}
    assert [one.etat for one in registre.inscriptions()] == [Etat.REFUSEE, Etat.EMISE]
    assert registre.history("00002")[0].cause == "Émise de nouveau, 00001 ayant été refusée"


def test_doctors_of_refused_or_voided_requests_are_not_claimed(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"), request("BC-2", "00002", file=2))
    with registre.writing() as ecriture:
        ecriture.refuse("00001", "E12", "RPPS inconnu", "retour.json")
        ecriture.void(file_of(2))
        assert ecriture.claims(["10001234567"]) == {}


def test_a_voided_request_keeps_its_number_and_goes_out_again(registre: Registre) -> None:
    first = request("BC-1", "00001")
    emit(registre, first)
    with registre.writing() as ecriture:
        assert ecriture.void(file_of(1)) == [first]
    (voided,) = registre.inscriptions([Etat.ANNULEE])
    assert voided == replace(first, etat=Etat.ANNULEE)
    with registre.reading() as lecture:
        assert lecture.free_numbers(1, []) == ["00002"]
        assert lecture.next_file_number(ANS, DAY) == 1
    again = replace(first, montantSegurHT=Decimal("2000.00"))
    emit(registre, again)
    assert registre.inscriptions() == [again]
    assert registre.file_holds(file_of(1)) == [again]
    assert [one.etat for one in registre.history("00001")] == [Etat.EMISE, Etat.ANNULEE, Etat.EMISE]


def test_a_voided_file_number_serves_again_only_if_nothing_later_was_emitted(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001", file=1), request("BC-2", "00002", file=2))
    with registre.writing() as ecriture:
        ecriture.void(file_of(1))
        assert ecriture.next_file_number(ANS, DAY) == 3
        ecriture.void(file_of(2))
        assert ecriture.next_file_number(ANS, DAY) == 1


def test_what_a_reused_name_held_before_is_not_mixed_in(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001"))
    with registre.writing() as ecriture:
        ecriture.void(file_of(1))
    emit(registre, request("BC-2", "00002"))
    assert [one.numeroEditeur for one in registre.file_holds(file_of(1))] == ["00002"]


def test_voiding_is_refused_where_it_makes_no_sense(registre: Registre) -> None:
    emit(registre, request("BC-1", "00001", file=1), request("BC-2", "00002", file=2))
    with registre.writing() as ecriture:
        ecriture.accept("00001", "ASP-77", "0000", "Demande acceptée", "retour.json")
        ecriture.void(file_of(2))
    with registre.writing() as ecriture:
        with refusal("annulation-fichier-inconnu") as unknown:
            ecriture.void("JSON-inconnu.json")
        with refusal("annulation-deja-repondue") as answered:
            ecriture.void(file_of(1))
        with refusal("annulation-deja-faite") as voided:
            ecriture.void(file_of(2))
    assert "ne connaît aucun fichier «\u00a0JSON-inconnu.json\u00a0»" in str(unknown.value)
    assert "(demande 00001 acceptée)" in str(answered.value)
    assert "est déjà annulé" in str(voided.value)
