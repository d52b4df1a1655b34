"""The ledger's numbers, states and history, through its interface."""

from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from registre_tools import ANS, DAY, NEXT_DAY, emit, file_of, refusal, request

from converter.format.requests import RequestKey
from converter.ledger import open_ledger
from converter.ledger.interface import Ledger
from converter.ledger.model import State

pytestmark = pytest.mark.usefixtures("either_ledger")


@pytest.fixture
def ledger(tmp_path: Path):  # type: ignore[no-untyped-def]
    with closing(open_ledger("", tmp_path / "out", wait=5)) as opened:
        yield opened


@pytest.mark.parametrize("either_ledger", ["sqlite"], indirect=True)
def test_an_absent_ledger_is_read_as_an_empty_one_and_not_created(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.reading() as reader:
        assert reader.find([RequestKey(ANS, "BC-1")]) == {}
        assert reader.free_numbers(2, []) == ["00001", "00002"]
    assert ledger.entries() == []
    assert ledger.identifier == ""
    assert ledger.recover(tmp_path / "out") == []
    assert list(tmp_path.iterdir()) == []


def test_what_was_emitted_is_read_back_as_it_was(ledger: Ledger) -> None:
    one = request("BC-1", "00001")
    by_number = replace(
        request("", "00002", line=2), key=RequestKey(ANS, "", "00002"), beneficiaires=("750000001", "2A0000002")
    )
    emit(ledger, one, by_number)
    assert ledger.entries() == [one, by_number]
    assert ledger.file_holds(file_of(1)) == [one, by_number]
    with ledger.reading() as reader:
        asked = reader.find(
            [
                RequestKey(ANS, "BC-1"),
                RequestKey(ANS, "", "00002"),
                RequestKey(ANS, "BC-9"),
                RequestKey("0000000000", "BC-1"),
            ]
        )
        assert asked == {RequestKey(ANS, "BC-1"): one, RequestKey(ANS, "", "00002"): by_number}
        assert reader.holders(["00002", "00003"]) == {"00002": by_number}
        assert reader.claims(["2A0000002", "750000009"]) == {"2A0000002": (by_number,)}


def test_the_numbers_after_the_highest_that_was_ever_held_are_free(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"), request("BC-2", "00003", line=2))
    with ledger.reading() as reader:
        assert reader.free_numbers(3, ["00004"]) == ["00005", "00006", "00007"]


def test_no_number_past_99999(ledger: Ledger) -> None:
    reserved = [f"{number:05d}" for number in range(1, 99_999)]
    with ledger.reading() as reader:
        assert reader.free_numbers(1, reserved) == ["99999"]
        with refusal("numeros-editeur-epuises"):
            reader.free_numbers(2, reserved)


def test_files_are_counted_by_day_and_software(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001", file=1), request("BC-2", "00002", file=2))
    with ledger.reading() as reader:
        assert reader.next_file_number(ANS, DAY) == 3
        assert reader.next_file_number(ANS, NEXT_DAY) == 1
        assert reader.next_file_number("0987654321", DAY) == 1


def test_no_file_past_999(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001", file=999))
    with ledger.reading() as reader, refusal("numeros-de-fichier-epuises"):
        reader.next_file_number(ANS, DAY)
    with refusal("numeros-de-fichier-epuises"):
        emit(ledger, request("BC-2", "00002", file=1000))
    assert [one.numeroEditeur for one in ledger.entries()] == ["00001"]


def test_a_number_is_never_given_twice(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"))
    with pytest.raises(ValueError, match="already held"):
        emit(ledger, request("BC-2", "00001", file=2))
    with pytest.raises(ValueError, match="already EMITTED"):
        emit(ledger, request("BC-1", "00002", file=2))
    assert [(one.key.refCommande, one.numeroEditeur) for one in ledger.entries()] == [("BC-1", "00001")]


def test_an_exception_undoes_the_whole_transaction(ledger: Ledger) -> None:
    def emit_twice() -> None:
        with ledger.writing() as writer:
            writer.emit([request("BC-1", "00001")], None)
            writer.emit([request("BC-1", "00001")], None)

    with pytest.raises(ValueError, match="already held"):
        emit_twice()
    assert ledger.entries() == []


def test_an_accepted_request_keeps_what_the_portal_gave_it_and_its_history(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"))
    for _ in range(2):  # the same answer twice
        with ledger.writing() as writer:
            writer.accept("00001", "ASP-77", "0000", "Demande acceptée", "retour.json")
    (held,) = ledger.entries([State.ACCEPTED])
    assert (held.numeroASP, held.codeTraitement, held.libelleTraitement) == ("ASP-77", "0000", "Demande acceptée")
    assert [(one.state, one.file, one.cause) for one in ledger.history("00001")] == [
        (State.EMITTED, file_of(1), "Émise"),
        (State.ACCEPTED, "retour.json", "Réponse du portail\u00a0: numéro ASP ASP-77"),
    ]


def test_answers_that_contradict_the_ledger_are_bugs_of_the_caller(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"), request("BC-2", "00002", line=2))
    with ledger.writing() as writer:
        writer.accept("00001", "ASP-77", "0000", "Demande acceptée", "retour.json")
        writer.refuse("00002", "E12", "RPPS inconnu", "retour.json")
    with ledger.writing() as writer:
        with pytest.raises(ValueError, match="already ACCEPTED"):
            writer.accept("00001", "ASP-78", "0000", "Demande acceptée", "retour.json")
        with pytest.raises(ValueError, match="already ACCEPTED"):
            writer.refuse("00001", "E12", "RPPS inconnu", "retour.json")
        with pytest.raises(ValueError, match="already REFUSED"):
            writer.accept("00002", "ASP-79", "0000", "Demande acceptée", "retour.json")
    assert [one.state for one in ledger.entries()] == [State.ACCEPTED, State.REFUSED]


def test_a_refused_request_goes_out_again_under_a_new_number(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"))
    with ledger.writing() as writer:
        writer.refuse("00001", "E12", "RPPS inconnu", "retour.json")
    again = request("BC-1", "00002", file=2)
    emit(ledger, again)
    with ledger.reading() as reader:
        assert reader.find([RequestKey(ANS, "BC-1")]) == {RequestKey(ANS, "BC-1"): again}
    assert [one.state for one in ledger.entries()] == [State.REFUSED, State.EMITTED]
    assert ledger.history("00002")[0].cause == "Émise de nouveau, 00001 ayant été refusée"


def test_doctors_of_refused_or_voided_requests_are_not_claimed(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"), request("BC-2", "00002", file=2))
    with ledger.writing() as writer:
        writer.refuse("00001", "E12", "RPPS inconnu", "retour.json")
        writer.void(file_of(2))
        assert writer.claims(["10001234567"]) == {}


def test_a_voided_request_keeps_its_number_and_goes_out_again(ledger: Ledger) -> None:
    first = request("BC-1", "00001")
    emit(ledger, first)
    with ledger.writing() as writer:
        assert writer.void(file_of(1)) == [first]
    (voided,) = ledger.entries([State.VOIDED])
    assert voided == replace(first, state=State.VOIDED)
    with ledger.reading() as reader:
        assert reader.free_numbers(1, []) == ["00002"]
        assert reader.next_file_number(ANS, DAY) == 1
    again = replace(first, montantSegurHT=Decimal("2000.00"))
    emit(ledger, again)
    assert ledger.entries() == [again]
    assert ledger.file_holds(file_of(1)) == [again]
    assert [one.state for one in ledger.history("00001")] == [State.EMITTED, State.VOIDED, State.EMITTED]


def test_a_voided_file_number_serves_again_only_if_nothing_later_was_emitted(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001", file=1), request("BC-2", "00002", file=2))
    with ledger.writing() as writer:
        writer.void(file_of(1))
        assert writer.next_file_number(ANS, DAY) == 3
        writer.void(file_of(2))
        assert writer.next_file_number(ANS, DAY) == 1


def test_what_a_reused_name_held_before_is_not_mixed_in(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001"))
    with ledger.writing() as writer:
        writer.void(file_of(1))
    emit(ledger, request("BC-2", "00002"))
    assert [one.numeroEditeur for one in ledger.file_holds(file_of(1))] == ["00002"]


def test_voiding_is_refused_where_it_makes_no_sense(ledger: Ledger) -> None:
    emit(ledger, request("BC-1", "00001", file=1), request("BC-2", "00002", file=2))
    with ledger.writing() as writer:
        writer.accept("00001", "ASP-77", "0000", "Demande acceptée", "retour.json")
        writer.void(file_of(2))
    with ledger.writing() as writer:
        with refusal("annulation-fichier-inconnu") as unknown:
            writer.void("JSON-inconnu.json")
        with refusal("annulation-deja-repondue") as answered:
            writer.void(file_of(1))
        with refusal("annulation-deja-faite") as voided:
            writer.void(file_of(2))
    assert "ne connaît aucun fichier «\u00a0JSON-inconnu.json\u00a0»" in str(unknown.value)
    assert "(demande 00001 acceptée)" in str(answered.value)
    assert "est déjà annulé" in str(voided.value)
