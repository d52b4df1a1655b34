"""References given to adopted requests from workbooks, and the answers and decisions of lost files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from converter.format.requests import Request, RequestKey
from converter.ledger.interface import LedgerWriter
from converter.ledger.model import DECIDED, LedgerEntry, State
from converter.ledger.transitions import Decision, cause
from converter.portal.controls import ACCEPTED_CODE, ACCEPTED_WORDING
from converter.portal.order_books import FollowedRequest, identified
from converter.portal.returned_file import Answer
from converter.portal.returns import Intake, Notice, notice

_FOLLOW_UP = "classeur de suivi"


@dataclass
class Naming:
    """Completes adopted requests. `named`, `decided`: how many requests got a reference, a decision."""

    intake: Intake
    named: int = 0
    decided: int = 0
    notices: list[Notice] = field(default_factory=list)

    def name(self, requests: Sequence[Request], entries: Iterable[LedgerEntry], writer: LedgerWriter) -> None:
        """Give the requests that the ledger knows by number alone their references and file names from workbooks."""
        found, doubtful = identified(requests, entries)
        self._identify(found, writer)
        for references in doubtful:
            self.notices.append(notice(None, "", "adopt-references-douteuses", references=", ".join(references)))

    def follow(self, followed: Sequence[FollowedRequest], writer: LedgerWriter) -> None:
        """Copy the references, answers and decisions that the ledger lacks from a follow-up workbook."""
        held = writer.holders([one.numeroEditeur for one in followed])
        for one in followed:
            entry = held.get(one.numeroEditeur)
            if entry is None or entry.key.numeroAns != one.numeroAns:
                continue
            if one.refCommande and not entry.key.refCommande:
                entry = replace(entry, key=RequestKey(one.numeroAns, one.refCommande))
                self._identify([entry], writer)
            if entry.answered is State.EMITTED and not entry.codeTraitement:
                entry = self._answer(one, entry, writer)
            if one.state in DECIDED and entry.state not in (*DECIDED, State.VOIDED):
                self._decide(one, entry, writer)

    def _identify(self, entries: Sequence[LedgerEntry], writer: LedgerWriter) -> None:
        for one in entries:
            writer.identify(one)
        self.named += len(entries)

    def _answer(self, one: FollowedRequest, entry: LedgerEntry, writer: LedgerWriter) -> LedgerEntry:
        """Record an answer whose file is lost: an acceptance with its numeroASP, or a refusal with its reason."""
        number = entry.numeroEditeur
        if one.numeroASP and one.state is not State.REFUSED and one.numeroASP not in writer.bearers([one.numeroASP]):
            answer = Answer(number, one.numeroASP, ACCEPTED_CODE, ACCEPTED_WORDING)
        elif one.state is State.REFUSED and one.refusal:
            code, _, wording = one.refusal.partition(" ")
            answer = Answer(number, "", code, wording)
        else:
            return entry
        known = {number: entry}
        self.intake.answer(Path(_FOLLOW_UP), known, answer, writer)
        return known[number]

    def _decide(self, one: FollowedRequest, entry: LedgerEntry, writer: LedgerWriter) -> None:
        """Record again a lost decision, unless the request has another numeroASP."""
        if one.state is None or one.numeroASP != entry.numeroASP:
            return
        decision = Decision(one.state, one.decided, one.paid, one.reason)
        sentence = cause(entry, decision, one.decided or entry.day)
        number = entry.numeroEditeur
        writer.decide(
            number, one.state, one.decided, one.paid, one.reason, f"Reprise du classeur de suivi\u00a0: {sentence}"
        )
        self.decided += 1
