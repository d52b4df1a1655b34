"""`return`: what the portal handed back, taken into the ledger and never over what it knows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from portal_examples import NAME, file_of, practice, put, written

from converter.findings import Refusal
from converter.format.requests import RequestKey
from converter.ledger import open_ledger
from converter.ledger.interface import Ledger
from converter.ledger.model import LedgerEntry, State
from converter.ledger.snapshot import Snapshot, rendered_text
from converter.portal.return_document import to_json
from converter.portal.returns import ReturnOutcome, reject_whole, take_in
from converter.portal.spelling import Spelling

ANS = "0123456789"
GUIDE = Spelling()


def emitted(number: str, reference: str = "", name: str = NAME, ans: str = ANS) -> LedgerEntry:
    return LedgerEntry(
        key=RequestKey(ans, reference or f"BC-{number}"),
        numeroEditeur=number,
        state=State.EMITTED,
        file=name,
        numLigne=int(number),
        day=date(2026, 11, 22),
        SIRET="38042372300028",
        montantSegurHT=Decimal("1075.00"),
        beneficiaires=("88888888888", "77777777777", "66666666666"),
        snapshot=Snapshot(rendered_text(practice(number))),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in which 00001, 00002 and 00003 of one file wait for their answers."""
    with closing(open_ledger("", tmp_path / "out", wait=5)) as opened:
        with opened.writing() as writer:
            writer.emit([emitted("00001"), emitted("00002"), emitted("00003")], None)
        yield opened


def answered(number: str, code: Any = "0000", asp: Any = None, wording: Any = "Demande acceptée") -> dict[str, Any]:
    return practice(number) | {"codeTraitement": code, "libelleTraitement": wording, "numeroASP": asp}


def accepted(number: str, asp: str) -> dict[str, Any]:
    return answered(number, asp=asp)


def refused(number: str, code: str = "1234", wording: str = "RPPS inconnu") -> dict[str, Any]:
    return answered(number, code, wording=wording)


def taken(ledger: Ledger, folder: Path, *requests: Any, **header: Any) -> ReturnOutcome:
    return take_in(ledger, [put(folder, file_of(*requests) | header, "retour.json")], GUIDE)


def held(ledger: Ledger) -> dict[str, tuple[State, str, str, str]]:
    return {
        one.numeroEditeur: (one.state, one.numeroASP, one.codeTraitement, one.libelleTraitement)
        for one in ledger.entries()
    }


def said(outcome: ReturnOutcome) -> list[tuple[str, str]]:
    return [(one.numeroEditeur, one.code) for one in outcome.notices]


WAITING = (State.EMITTED, "", "", "")


class TestTakenIn:
    def test_accepted_and_refused(self, ledger: Ledger, tmp_path: Path) -> None:
        outcome = taken(ledger, tmp_path, accepted("00001", "MDV-1"), refused("00002"), accepted("00003", "MDV-3"))
        assert held(ledger) == {
            "00001": (State.ACCEPTED, "MDV-1", "0000", "Demande acceptée"),
            "00002": (State.REFUSED, "", "1234", "RPPS inconnu"),
            "00003": (State.ACCEPTED, "MDV-3", "0000", "Demande acceptée"),
        }
        assert outcome.taken == tuple(ledger.entries())
        assert [one.numeroEditeur for one in outcome.refused] == ["00002"]
        assert said(outcome) == []

    def test_the_history_keeps_the_file_and_the_answer(self, ledger: Ledger, tmp_path: Path) -> None:
        taken(ledger, tmp_path, accepted("00001", "MDV-1"), refused("00002"))
        first, second = (ledger.history(number)[-1] for number in ("00001", "00002"))
        assert (first.state, first.file) == (State.ACCEPTED, "retour.json")
        assert "MDV-1" in first.cause
        assert (second.state, second.file) == (State.REFUSED, "retour.json")
        assert "RPPS inconnu" in second.cause

    def test_again_changes_nothing(self, ledger: Ledger, tmp_path: Path) -> None:
        requests = accepted("00001", "MDV-1"), refused("00002")
        taken(ledger, tmp_path, *requests)
        history = ledger.history("00001")
        outcome = taken(ledger, tmp_path, *requests)
        assert outcome.taken == ()
        assert [one.numeroEditeur for one in outcome.already] == ["00001", "00002"]
        assert said(outcome) == []
        assert ledger.history("00001") == history

    def test_several_files_the_same_request_in_two(self, ledger: Ledger, tmp_path: Path) -> None:
        files = [
            put(tmp_path, file_of(accepted("00001", "MDV-1"), refused("00002")), "a.json"),
            put(tmp_path, file_of(accepted("00001", "MDV-1"), accepted("00003", "MDV-3")), "b.json"),
        ]
        outcome = take_in(ledger, files, GUIDE)
        assert [one.numeroEditeur for one in outcome.taken] == ["00001", "00002", "00003"]
        assert [one.numeroEditeur for one in outcome.already] == ["00001"]

    def test_a_number_without_quotes_and_a_wording_on_two_lines(self, ledger: Ledger, tmp_path: Path) -> None:
        taken(ledger, tmp_path, answered("00001", asp=123456, wording="Demande\n acceptée"))
        assert held(ledger)["00001"] == (State.ACCEPTED, "123456", "0000", "Demande acceptée")

    def test_a_file_with_a_bom(self, ledger: Ledger, tmp_path: Path) -> None:
        path = tmp_path / "retour.json"
        path.write_bytes(b"\xef\xbb\xbf" + written(file_of(accepted("00001", "MDV-1"))))
        assert len(take_in(ledger, [path], GUIDE).taken) == 1

    @pytest.mark.parametrize("emit_so", [True, False])
    def test_in_the_portal_s_spelling_or_the_guide_s(self, ledger: Ledger, tmp_path: Path, emit_so: bool) -> None:
        spelling = Spelling((("numeroASP", "numeroAsp"), ("lignesImport", "lignesimport"), ("numeroAns", "ans")))
        text = written(file_of(accepted("00001", "MDV-1"))).decode()
        path = tmp_path / "retour.json"
        path.write_text(spelling.apply_to_template(text) if emit_so else text, encoding="utf-8")
        take_in(ledger, [path], spelling)
        assert held(ledger)["00001"][:2] == (State.ACCEPTED, "MDV-1")


class TestNothingIsOverwritten:
    @pytest.mark.parametrize(
        ("first", "then", "code", "told"),
        [
            (accepted("00001", "A1"), accepted("00001", "B2"), "return-other-asp-number", "« A1 » ; ce fichier"),
            (accepted("00001", "A1"), refused("00001"), "return-refused-after-accepted", "Elle reste acceptée."),
            (refused("00001"), accepted("00001", "A1"), "return-accepted-after-refused", "numéro ASP « A1 »"),
            (refused("00001"), refused("00001", "9"), "return-refused-otherwise", "code « 1234 »"),
        ],
    )
    def test_by_a_contrary_answer(
        self, ledger: Ledger, tmp_path: Path, first: Any, then: Any, code: str, told: str
    ) -> None:
        taken(ledger, tmp_path, first)
        before = held(ledger)
        outcome = taken(ledger, tmp_path, then, accepted("00002", "A2"))
        assert said(outcome) == [("00001", code)]
        assert told in outcome.notices[0].message.replace("\u00a0", " ")
        assert held(ledger) == before | {"00002": (State.ACCEPTED, "A2", "0000", "Demande acceptée")}

    def test_the_same_file_saying_both(self, ledger: Ledger, tmp_path: Path) -> None:
        outcome = taken(ledger, tmp_path, accepted("00001", "A1"), accepted("00001", "B2"))
        assert said(outcome) == [("00001", "return-other-asp-number")]
        assert held(ledger)["00001"][1] == "A1"

    def test_a_voided_request(self, ledger: Ledger, tmp_path: Path) -> None:
        with ledger.writing() as writer:
            writer.void(NAME)
        outcome = taken(ledger, tmp_path, accepted("00001", "A1"))
        assert said(outcome) == [("00001", "return-voided")]
        assert held(ledger)["00001"][0] is State.VOIDED


class TestRehearsed:
    """Answers made up by `check --write-return`, taken in as if they were the portal's."""

    @pytest.fixture
    def rehearsed(self, ledger: Ledger, tmp_path: Path) -> Ledger:
        taken(ledger, tmp_path, accepted("00001", "FICTIF-0000000001"), accepted("00002", "FICTIF-0000000002"))
        return ledger

    def test_it_is_told_once_a_file(self, ledger: Ledger, tmp_path: Path) -> None:
        requests = accepted("00001", "FICTIF-0000000001"), accepted("00002", "FICTIF-0000000002"), refused("00003")
        outcome = taken(ledger, tmp_path, *requests)
        assert [(one.numeroEditeur, one.code, one.severity) for one in outcome.notices] == [
            ("", "return-made-up", "avertissement")
        ]
        assert "2 de ses numéros ASP sont fictifs" in outcome.notices[0].message.replace("\u00a0", " ")
        assert said(taken(ledger, tmp_path, *requests)) == []

    def test_true_answers_take_its_place(self, rehearsed: Ledger, tmp_path: Path) -> None:
        outcome = taken(rehearsed, tmp_path, accepted("00001", "MDV-1"), refused("00002"))
        assert said(outcome) == []
        assert [one.numeroEditeur for one in outcome.taken] == ["00001", "00002"]
        assert held(rehearsed) == {
            "00001": (State.ACCEPTED, "MDV-1", "0000", "Demande acceptée"),
            "00002": (State.REFUSED, "", "1234", "RPPS inconnu"),
            "00003": WAITING,
        }
        assert [one.state for one in rehearsed.history("00002")] == [State.EMITTED, State.ACCEPTED, State.REFUSED]

    def test_but_it_never_takes_the_place_of_a_true_one(self, ledger: Ledger, tmp_path: Path) -> None:
        taken(ledger, tmp_path, accepted("00001", "MDV-1"))
        outcome = taken(ledger, tmp_path, accepted("00001", "FICTIF-0000000001"))
        assert said(outcome) == [("00001", "return-other-asp-number")]
        assert held(ledger)["00001"][1] == "MDV-1"

    def test_the_portal_may_still_reject_the_whole_file(self, rehearsed: Ledger) -> None:
        assert len(reject_whole(rehearsed, NAME, "Structure").refused) == 3
        assert {state for state, *_ in held(rehearsed).values()} == {State.REFUSED}


class TestSaidAndTheRestTakenIn:
    @pytest.mark.parametrize(
        ("request_", "expected"),
        [
            (accepted("00009", "A9"), ("00009", "return-unknown-request")),
            (answered("00002", None), ("00002", "return-unanswered")),
            (answered("00002", ""), ("00002", "return-unanswered")),
            (answered("00002", asp=None), ("00002", "return-without-asp-number")),
            (answered("00002", asp="  "), ("00002", "return-without-asp-number")),
            (answered("00002", asp=True), ("", "return-malformed")),
            (answered("00002", 0), ("", "return-malformed")),
            (answered("00002", ["0000"]), ("", "return-malformed")),
            (answered("00002", "1", wording="x" * 4001), ("", "return-malformed")),
            (practice(2), ("", "return-malformed")),  # type: ignore[arg-type]
            (practice(""), ("", "return-malformed")),
            ("00002", ("", "return-malformed")),
            (None, ("", "return-malformed")),
            ({}, ("", "return-malformed")),
        ],
    )
    def test_one_request(self, ledger: Ledger, tmp_path: Path, request_: Any, expected: tuple[str, str]) -> None:
        outcome = taken(ledger, tmp_path, accepted("00001", "A1"), request_, refused("00003"))
        assert said(outcome) == [expected]
        assert [one.numeroEditeur for one in outcome.taken] == ["00001", "00003"]
        assert held(ledger)["00002"] == WAITING

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "return-unreadable"),
            (b"PK\x03\x04", "return-unreadable"),
            (b'{"numeroAns": "\xff"}', "return-unreadable"),
            (b'{"a": ' * 50_000, "return-unreadable"),
            (b"[" * 900 + b"]" * 900, "return-shape"),
            (b'{"numeroAns": "1", "numeroAns": "2"}', "return-unreadable"),
            (b" " * 20_000_001, "return-unreadable"),
            (b"null", "return-shape"),
            (b"{}", "return-shape"),
            (b'{"numeroAns": "0123456789", "lignesImport": []}', "return-shape"),
            (b'{"numeroAns": "0123456789", "lignesImport": [' + b"1," * 200 + b"1]}", "return-shape"),
            (b'{"numeroAns": 1, "lignesImport": [1]}', "return-shape"),
            (written(file_of(practice("00001"), practice("00002"))), "return-no-answer"),
            (written(file_of(accepted("00008", "A8"), accepted("00009", "A9"))), "return-not-ours"),
            (written(file_of(accepted("00001", "A1")) | {"numeroAns": "9999999999"}), "return-not-ours"),
        ],
        ids=lambda one: one if isinstance(one, str) else str(len(one)),
    )
    def test_one_file(self, ledger: Ledger, tmp_path: Path, data: bytes, code: str) -> None:
        wrong = tmp_path / "autre.json"
        wrong.write_bytes(data)
        outcome = take_in(ledger, [wrong, put(tmp_path, file_of(accepted("00001", "A1")))], GUIDE)
        assert [(one.path, one.code) for one in outcome.notices] == [(str(wrong), code)]
        assert outcome.notices[0].message.endswith(".")
        assert [one.numeroEditeur for one in outcome.taken] == ["00001"]

    def test_absent_files_leave_the_ledger_alone(self, ledger: Ledger, tmp_path: Path) -> None:
        outcome = take_in(ledger, [tmp_path / "rien.json", tmp_path], GUIDE)
        assert [one.code for one in outcome.notices] == ["return-unreadable", "return-unreadable"]
        assert set(held(ledger).values()) == {WAITING}

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.binary(max_size=60), at=st.integers(0, 3000), length=st.integers(0, 30))
    def test_a_damaged_file_never_breaks(
        self, ledger: Ledger, tmp_path: Path, data: bytes, at: int, length: int
    ) -> None:
        whole = written(file_of(accepted("00001", "A1"), refused("00002")))
        path = tmp_path / "abime.json"
        path.write_bytes(whole[:at] + data + whole[at + length :])
        for one in take_in(ledger, [path], GUIDE).notices:
            assert one.message


class TestJson:
    def test_what_was_taken_in_and_said(self, ledger: Ledger, tmp_path: Path) -> None:
        told = to_json(taken(ledger, tmp_path, accepted("00001", "A1"), refused("00002"), accepted("00009", "A9")))
        assert [one["numeroASP"] for one in told["accepted"]] == ["A1"]
        assert told["refused"] == [
            {
                "numeroEditeur": "00002",
                "refCommande": "BC-00002",
                "numeroASP": "",
                "codeTraitement": "1234",
                "libelleTraitement": "RPPS inconnu",
            }
        ]
        assert told["already_known"] == []
        assert [one["severity"] for one in told["notices"]] == ["erreur"]


class TestRejectedWhole:
    def test_each_request_is_refused_for_the_reason(self, ledger: Ledger) -> None:
        outcome = reject_whole(ledger, f"depot/{NAME}", "Structure du fichier\n non conforme")
        assert len(outcome.refused) == 3
        assert set(held(ledger).values()) == {(State.REFUSED, "", "REJET", "Structure du fichier non conforme")}
        assert ledger.history("00003")[-1].file == NAME

    def test_again_changes_nothing(self, ledger: Ledger) -> None:
        reject_whole(ledger, NAME, "Structure")
        outcome = reject_whole(ledger, NAME, "Structure")
        assert (outcome.taken, len(outcome.already), outcome.notices) == ((), 3, ())

    def test_only_the_requests_of_that_file(self, ledger: Ledger) -> None:
        other = "JSON-0123456789-20261122-002.json"
        with ledger.writing() as writer:
            writer.emit([replace(emitted("00004"), file=other, numLigne=1)], None)
        reject_whole(ledger, other, "Structure")
        assert [number for number, state in held(ledger).items() if state[0] is State.REFUSED] == ["00004"]

    @pytest.mark.parametrize(
        ("name", "reason", "code"),
        [
            ("JSON-0123456789-20261122-009.json", "Structure", "rejected-unknown-file"),
            (NAME, "  ", "rejected-without-reason"),
        ],
    )
    def test_refused(self, ledger: Ledger, name: str, reason: str, code: str) -> None:
        with pytest.raises(Refusal) as refusal:
            reject_whole(ledger, name, reason)
        assert refusal.value.code == code
        assert set(held(ledger).values()) == {WAITING}

    def test_not_once_a_request_was_accepted(self, ledger: Ledger, tmp_path: Path) -> None:
        taken(ledger, tmp_path, accepted("00002", "A2"))
        with pytest.raises(Refusal, match="déjà acceptées"):
            reject_whole(ledger, NAME, "Structure")
        assert held(ledger)["00001"] == WAITING
