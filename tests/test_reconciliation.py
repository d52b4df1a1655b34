"""What becomes of each request of a run beside a ledger: sent, known, held back, and why; on a ledger in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pytest
from memory_ledger import FILE, WORKBOOK, adopted, entry, form, requests_of, sort
from workbooks import Row, rows_of, solo, structure

from converter.ledger.model import WHOLE_FILE_REJECTED, LedgerEntry, State

E, W, C = "erreur", "avertissement", "correction"
OTHER_SIRET = "35600000000048"
IN_FILE = f"émise dans {FILE}, le 07/11/2022"


def sent_back(state: State = State.REFUSED, rows: Sequence[Row] = tuple(solo()), **changes: str) -> LedgerEntry:
    answer = {"codeTraitement": "1042", "libelleTraitement": "RPPS inconnu"} if state is State.REFUSED else {}
    return entry(rows, state=state, **{**answer, **changes})


class TestByItsState:
    @pytest.mark.parametrize("state", [State.EMITTED, State.ACCEPTED, State.AWARDED, State.PAID, State.ABANDONED])
    def test_out_already_or_abandoned_it_is_known(self, state: State) -> None:
        sent = entry(solo(), state=state)
        requests = requests_of(solo())
        made = sort(requests, sent)
        assert (made.told, made.sent, made.known) == ([], [], ["BC-1"])
        assert sort(requests, sent, wrong=requests) == replace(made, known=[])

    def test_abandoned_it_may_change(self) -> None:
        made = sort(requests_of(solo(montantSegurHT=1200)), entry(solo(), state=State.ABANDONED))
        assert (made.told, made.known) == ([], ["BC-1"])

    @pytest.mark.parametrize(
        ("typed", "sent", "told"),
        [
            (None, [("BC-1", "00001")], []),
            ("00001", [("BC-1", "00001")], []),
            ("00044", [], [("numero-conserve", "B2", E)]),
        ],
    )
    def test_voided_it_keeps_its_number(
        self, typed: str | None, sent: list[tuple[str, str]], told: list[tuple[str, str, str]]
    ) -> None:
        made = sort(requests_of(solo(numeroEditeur=typed)), entry(solo(), state=State.VOIDED))
        assert (made.sent, made.told) == (sent, told)

    @pytest.mark.parametrize(
        ("sent", "code", "words"),
        [
            (sent_back(), "refusee-inchangee", "sous le numéro 00001 (« 1042 RPPS inconnu »)"),
            (sent_back(libelleTraitement=""), "refusee-inchangee", "(« 1042 »)"),
            (sent_back(codeTraitement=""), "refusee-inchangee", "(« RPPS inconnu »)"),
            (sent_back(State.REJECTED, reason="non signé"), "rejetee-inchangee", "sous le numéro 00001 (non signé)"),
            (sent_back(State.REJECTED), "rejetee-inchangee", "(sans motif noté)"),
        ],
        ids=["refused", "no label", "no code", "rejected", "no reason"],
    )
    def test_sent_back_it_leaves_once_changed_or_asked_for(self, sent: LedgerEntry, code: str, words: str) -> None:
        held = sort(requests_of(solo()), sent)
        assert (held.told, held.sent) == ([(code, "A2", E)], [])
        assert words in held.sentences[0]
        asked = sort(requests_of(solo()), sent, resend=True)
        assert (asked.told, asked.sent) == ([(code, "A2", W)], [("BC-1", "")])
        changed = sort(requests_of(solo(montantSegurHT=1200)), sent)
        assert (changed.told, changed.sent) == ([], [("BC-1", "")])

    def test_under_another_siret_or_with_its_whole_file_it_leaves(self) -> None:
        for sent in (sent_back(SIRET=OTHER_SIRET), sent_back(codeTraitement=WHOLE_FILE_REJECTED)):
            made = sort(requests_of(solo()), sent)
            assert (made.told, made.sent) == ([], [("BC-1", "")])

    def test_known_by_its_number_alone_it_is_told_on_its_number(self) -> None:
        rows = solo("", numeroEditeur="00001")
        made = sort(requests_of(rows), sent_back(rows=rows))
        assert (made.told, made.sent) == ([("numero-renouvele", "B2", C), ("refusee-inchangee", "B2", E)], [])

    def test_without_its_documents_it_does_not_leave(self) -> None:
        made = sort(requests_of(rows_of(solo(), solo("BC-2", 2))), sent_back(), documents=[[], []])
        assert (made.told, made.sent) == ([], [])


class TestNumbers:
    def test_that_of_another_request(self) -> None:
        made = sort(requests_of(solo("BC-2", 2, numeroEditeur="00001")), entry(solo()))
        assert (made.told, made.sent) == ([("numero-deja-attribue", "B2", E)], [])
        assert f"({FILE})" in made.sentences[0]

    def test_that_of_another_request_that_was_refused(self) -> None:
        made = sort(requests_of(solo("BC-2", 2, numeroEditeur="00001")), sent_back())
        assert (made.told, made.sent) == ([("numero-deja-attribue", "B2", E)], [])

    def test_another_than_its_own(self) -> None:
        made = sort(requests_of(solo(numeroEditeur="00044")), entry(solo()))
        assert made.told == [("numero-conserve", "B2", E)]
        assert f"le numéro éditeur 00001 (fichier {FILE}) : « 00044 »" in made.sentences[0]

    def test_the_one_under_which_it_was_refused_before_it_left_again(self) -> None:
        again = entry(solo(), "00002")
        assert sort(requests_of(solo(numeroEditeur="00001")), sent_back(), again).known == ["BC-1"]

    def test_the_one_under_which_it_was_refused(self) -> None:
        made = sort(requests_of(solo(numeroEditeur="00001", montantSegurHT=1200)), sent_back())
        assert (made.told, made.sent) == ([("numero-renouvele", "B2", C)], [("BC-1", "")])

    def test_one_for_two_requests_of_the_run(self) -> None:
        rows = rows_of(solo("BC-1", 1, numeroEditeur="00007"), solo("BC-2", 1, numeroEditeur="00008", regimeTVA="HT"))
        later = requests_of(solo("BC-3", 1, numeroEditeur="00007", montantSegurHT=1200), "autre.xlsx")
        made = sort([*requests_of(rows), *later])
        assert made.sent == [("BC-1", "00007")]
        assert made.told == [
            ("commande-deja-demandee", "O3", E), ("numero-deja-attribue", "B2", E),
            ("beneficiaire-autre-demande", "O2", W),
        ]  # fmt: skip
        assert f"(BC-1 ({WORKBOOK}, ligne 2))" in made.sentences[1]


class TestTwiceInTheRun:
    def test_the_same_order_leaves_once(self) -> None:
        made = sort([*requests_of(solo()), *requests_of(solo(), "autre.xlsx")])
        assert made.sent == [("BC-1", "")]
        assert made.told == [("commande-en-double", "A2", E), ("beneficiaire-autre-demande", "O2", W)]
        assert f"(BC-1 ({WORKBOOK}, ligne 2))" in made.sentences[0]

    def test_known_by_its_number_it_is_told_there(self) -> None:
        rows = solo("", numeroEditeur="00007")
        made = sort([*requests_of(rows), *requests_of(rows, "autre.xlsx")])
        assert made.told[0] == ("commande-en-double", "B2", E)

    def test_of_a_split_order_no_part_leaves(self) -> None:
        first, second = requests_of(solo()), requests_of(solo("BC-1", 2), "autre.xlsx")
        made = sort([*first, *second])
        assert (made.told, made.sent) == ([("commande-en-double", "A2", E), ("commande-en-double", "A2", E)], [])
        assert "(BC-1 (autre.xlsx, ligne 2))" in made.sentences[0]
        assert "(BC-1 (commandes.xlsx, ligne 2))" in made.sentences[1]
        assert sort([*first, *second], wrong=first).sent == [("BC-1", "")]

    def test_one_that_the_ledger_knows_is_not_split(self) -> None:
        first, second = requests_of(solo("BC-1", 2)), requests_of(solo("BC-1", 3), "autre.xlsx")
        made = sort([*first, *second], sent_back())
        assert (made.told, made.sent) == ([("commande-en-double", "A2", E)], [("BC-1", "")])


class TestAdoptedFromItsFileAlone:
    def test_the_same_contents_are_known(self) -> None:
        made = sort(requests_of(solo()), adopted(entry(solo())))
        assert (made.told, made.sent, made.known) == ([], [], ["BC-1"])

    def test_other_contents_are_another_order(self) -> None:
        made = sort(requests_of(solo(dateCommande="05/11/2026")), adopted(entry(solo())))
        assert (made.told, made.sent) == ([("beneficiaire-autre-demande", "O2", W)], [("BC-1", "")])
        assert f": 00001 ({IN_FILE})" in made.sentences[0]

    def test_a_distinct_order_is_said_to_be_another(self) -> None:
        made = sort(requests_of(solo(commandeDistincte="OUI")), adopted(entry(solo())))
        assert (made.told, made.sent) == ([("commande-deja-demandee", "O2", W)], [("BC-1", "")])


class TestSiret:
    def test_changed_since_is_told_once_a_workbook_with_ten_names(self) -> None:
        references = [f"BC-{rank}" for rank in range(1, 12)]
        sent = [entry(solo(one, rank), f"{rank:05}") for rank, one in enumerate(references, start=1)]
        rows = rows_of(*(solo(one, rank) for rank, one in enumerate(references, start=1)))
        made = sort(requests_of(rows, SIRET=OTHER_SIRET), *sent)
        assert (made.told, made.sent, made.known) == ([("siret-change", "B2", E)], [], [])
        assert f"pour : {', '.join(references[:10])}, …." in made.sentences[0]
        made = sort(requests_of(rows[:10], SIRET=OTHER_SIRET), *sent)
        assert f"pour : {', '.join(references[:10])}." in made.sentences[0]

    def test_of_a_workbook_without_a_cell_for_it(self) -> None:
        made = sort(requests_of(solo(), "autre.xlsx", SIRET=OTHER_SIRET), entry(solo()))
        assert made.told == [("siret-change", "", E)]


@dataclass(frozen=True, slots=True)
class Claimed:
    """Requests of a run beside those of the ledger: what is told of them, which ones leave, and some of the words."""

    rows: Sequence[Row]
    told: Collection[tuple[str, str, str]]
    sent: Collection[str]
    words: str = ""
    ledger: Sequence[Row] = ()


OTHER = {"dateCommande": "05/11/2026"}
"""Another order of the same doctor."""
CLAIMS = [
    Claimed(solo("bc 1", 2), [("reference-semblable", "A2", E)], [],
            f"« bc 1 » se lit comme « BC-1 » ({IN_FILE})", solo()),
    Claimed(solo("BC-01", 2), [], ["BC-01"], ledger=solo()),
    Claimed(rows_of(solo("BC-1", 1), solo("bc 1", 2)), [("reference-semblable", "A3", E)], ["BC-1"],
            f"« BC-1 » ({WORKBOOK}, ligne 2)"),
    Claimed(rows_of(solo("00123", 1), solo("", 2, refCommande=123)), [("reference-semblable", "A3", E)], ["00123"]),
    Claimed(rows_of(solo("", 1, refCommande=123), solo("00123", 2)), [("reference-semblable", "A3", E)], ["123"]),
    Claimed(rows_of(solo("00123", 1), solo("123", 2)), [], ["00123", "123"]),
    Claimed(rows_of(solo("123", 1), solo("123.", 2)), [("reference-semblable", "A3", E)], ["123"]),
    Claimed(rows_of(solo("", 1, refCommande=123), solo("", 2, refCommande=124)), [], ["123", "124"]),
    Claimed(solo("XY-9", 1), [("commande-deja-demandee", "O2", E)], [], f": BC-1 ({IN_FILE})", solo()),
    Claimed(solo("XY-9", 1, **OTHER), [("beneficiaire-autre-demande", "O2", W)], ["XY-9"], f": BC-1 ({IN_FILE})",
            solo()),
    Claimed(solo("XY-9", 1, montantSegurHT=1200), [("beneficiaire-autre-demande", "O2", W)], ["XY-9"], "", solo()),
    Claimed(rows_of(solo("BC-1", 1), solo("XY-9", 1)), [("commande-deja-demandee", "O3", E)], ["BC-1"],
            f": BC-1 ({WORKBOOK}, ligne 2)"),
    Claimed(rows_of(solo("BC-1", 1), solo("XY-9", 1, **OTHER)), [("beneficiaire-autre-demande", "O3", W)],
            ["BC-1", "XY-9"], f": BC-1 ({WORKBOOK}, ligne 2)"),
    Claimed(rows_of(structure(), structure("XY-9", 2)), [("commande-deja-demandee", "T4", E)], ["BC-1"]),
    Claimed(solo("bc 1", 1, commandeDistincte="OUI"),
            [("reference-semblable", "A2", W), ("commande-deja-demandee", "O2", W)], ["bc 1"], "", solo()),
    Claimed(rows_of(solo("BC-1", 1, montantSegurHT=1200), solo("XY-9", 1, montantSegurHT=1200)),
            [("demande-modifiee", "E2", E), ("commande-deja-demandee", "O3", E)], [], "", solo()),
]  # fmt: skip


class TestNothingIsClaimedTwice:
    @pytest.mark.parametrize("case", CLAIMS, ids=lambda case: f"{case.told} {case.sent}")
    def test_whatever_it_is(self, case: Claimed) -> None:
        made = sort(requests_of(case.rows), *([entry(case.ledger)] if case.ledger else []))
        assert (made.told, [name for name, _ in made.sent]) == (list(case.told), list(case.sent))
        assert case.words in made.sentences[0] if case.words else True

    def test_each_software_has_its_own_references_but_not_its_own_doctors(self) -> None:
        made = sort(requests_of(solo("bc 1", 1), numeroAns="9876543210"), entry(solo()))
        assert (made.told, made.sent) == ([("commande-deja-demandee", "O2", E)], [])
        made = sort([*requests_of(solo()), *requests_of(solo("bc 1", 2), numeroAns="9876543210")])
        assert made.told == []

    def test_of_one_in_error_only_who_else_orders_is_told(self) -> None:
        for rows, ledger in (
            (solo("BC-2", 1), [entry(solo())]),
            (rows_of(solo("BC-1", 1), solo("BC-2", 1)), []),
        ):
            requests = requests_of(rows)
            made = sort(requests, *ledger, wrong=requests[-1:])
            assert [code for code, _, _ in made.told] == ["beneficiaire-autre-demande"]

    def test_one_that_cannot_be_named(self) -> None:
        requests = requests_of(rows_of(solo("", 1), solo("BC-2", 1)))
        made = sort(requests, wrong=requests[:1])
        assert made.told == [("beneficiaire-autre-demande", "O3", W)]
        assert f": sans référence ({WORKBOOK}, ligne 2)" in made.sentences[0]

    def test_numbers_that_are_none_are_not_compared(self) -> None:
        requests = requests_of(rows_of(solo("BC-1", RPPS="12"), solo("BC-2", RPPS="12")))
        assert sort(requests, wrong=requests).told == []

    def test_the_order_form_of_another_request(self) -> None:
        sent = entry(solo(), documents=[form("1")])
        rows = solo("BC-2", 2, bonCommande="a.pdf")
        made = sort(requests_of(rows), sent, documents=[[form("3", "PREUVE_HT"), form("1")]])
        assert (made.told, made.sent) == ([("bon-commande-deja-servi", "AD2", E)], [])
        assert f"« a.pdf » est aussi celui d'une autre demande : BC-1 ({IN_FILE})" in made.sentences[0]
        assert sort(requests_of(rows), sent, documents=[[form("1", "PREUVE_HT"), form("2")]]).told == []
        assert sort(requests_of(solo(montantSegurHT=1200)), sent_back(), documents=[[form("1")]]).told == []

    def test_one_order_form_for_two_requests_of_the_run(self) -> None:
        requests = requests_of(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
        made = sort(requests, documents=[[form("1")], [form("1")]])
        assert (made.told, made.sent) == ([("bon-commande-deja-servi", "AD3", E)], [("BC-1", "")])
        assert f": BC-1 ({WORKBOOK}, ligne 2)" in made.sentences[0]
        assert sort(requests, documents=[[form("")], [form("")]]).told == []
        assert sort(requests, documents=[[form("1", "PREUVE_HT")], [form("2", "PREUVE_HT")]]).told == []
