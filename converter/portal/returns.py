"""The answers of the portal, recorded in the ledger (guide § 1, steps 5 and 6; docs/interface.md, `converter return`).

A request is found by numeroEditeur and numeroAns: the file's name may have changed. No answer of the portal is ever
overwritten; only an acceptance made up for a rehearsal is replaced by a true answer.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from typing_extensions import TypedDict

from converter.findings import Cell, Finding, Refusal, Severity, finding, shown
from converter.findings.french import tidy
from converter.ledger.interface import Ledger, LedgerWriter
from converter.ledger.model import DECIDED, FICTIF, WHOLE_FILE_REJECTED, LedgerEntry, State
from converter.portal.returned_file import Answer, HandedBack, Returned, SentValues, read_returned
from converter.portal.spelling import Spelling

_COMPARED = frozenset({"return-other-request", "return-asp-number-taken"})
"""Codes of answers that were read and compared with one of our requests, but not recorded."""
_EXAMINED = frozenset({State.AWARDED, State.REJECTED, State.PAID})
"""The states of a request that the portal must have accepted."""


class NoticeDocument(TypedDict):
    """Une remarque sur un fichier rendu, ou sur l'une de ses demandes (`numeroEditeur`, "" sinon)."""

    path: str
    numeroEditeur: str
    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about a file handed back, or about one of its requests (`numeroEditeur`, else "")."""

    path: str
    numeroEditeur: str
    code: str
    severity: str
    message: str

    def as_json(self) -> NoticeDocument:
        """As in the documents of `return` and `adopt`."""
        return {
            "path": self.path,
            "numeroEditeur": self.numeroEditeur,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
        }


def notice(path: Path | None, number: str, code: str, **details: str) -> Notice:
    """The notice of this code about a file (None: about no file), or about one of its requests."""
    return notice_of(path, number, finding(code, Cell(str(path or "")), "", "", None, **details))


def notice_of(path: Path | None, number: str, about: Finding) -> Notice:
    """The notice made from a finding about a file, or about one of its requests."""
    message = f"{about.message} {about.remedy}".strip()
    return Notice(str(path or ""), number, about.code, about.severity.value, message)


@dataclass(frozen=True, slots=True)
class ReturnOutcome:
    """`taken`: the requests whose answer was recorded, as the ledger now holds them; `already`: those known before."""

    taken: tuple[LedgerEntry, ...] = ()
    already: tuple[LedgerEntry, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def refused(self) -> tuple[LedgerEntry, ...]:
        """The refused requests among those just recorded."""
        return tuple(one for one in self.taken if one.state is State.REFUSED)

    @property
    def nothing_read(self) -> bool:
        """Whether no file held an answer that could be compared with one of our requests."""
        useless = all(one.severity == Severity.ERROR and one.code not in _COMPARED for one in self.notices)
        return useless and not (self.taken or self.already)


Keep = Callable[[LedgerWriter, ReturnOutcome], None]
"""Called with the outcome inside the transaction that records it."""


def _keep_nothing(_writer: LedgerWriter, _outcome: ReturnOutcome) -> None:
    """The `Keep` of callers who only want the answers recorded."""


def take_in(
    ledger: Ledger, files: Sequence[Path | HandedBack], spelling: Spelling, keep: Keep = _keep_nothing
) -> ReturnOutcome:
    """Record the answers of the files in one transaction; a file that is no return gets a notice instead.

    `keep` is called last in the transaction: what it stages is recorded with the answers, or not at all.
    """
    intake = Intake()
    returned = [one for file in files if (one := intake.read(file, spelling))]
    if returned:
        with ledger.writing() as writer:
            for one in returned:
                intake.take(one, writer)
            keep(writer, intake.outcome())
    return intake.outcome()


def reject_whole(ledger: Ledger, name: str, reason: str, keep: Keep = _keep_nothing) -> ReturnOutcome:
    """The portal rejected a whole file: each of its requests is refused for `reason`. `keep`: as for `take_in`.

    Refusal when the ledger does not know the file, when the portal accepted one of its requests, or without a reason.
    """
    name, reason = Path(name).name, " ".join(reason.split())
    if not reason:
        raise Refusal("rejected-without-reason")
    numbers = [one.numeroEditeur for one in ledger.file_holds(name)]
    if not numbers:
        raise Refusal("rejected-unknown-file", nom=shown(name))
    intake = Intake()
    with ledger.writing() as writer:
        held = writer.holders(numbers)
        if any(one.answered is State.ACCEPTED and not one.awaits_answer for one in held.values()):
            raise Refusal("rejected-but-accepted", nom=shown(name))
        for number in numbers:
            intake.answer(Path(name), held, Answer(number, "", WHOLE_FILE_REJECTED, reason), writer)
        keep(writer, intake.outcome())
    return intake.outcome()


@dataclass
class Intake:
    """Records the answers of files, and collects what was recorded, what was known, and the notices."""

    taken: list[LedgerEntry] = field(default_factory=list)
    already: list[LedgerEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def outcome(self) -> ReturnOutcome:
        return ReturnOutcome(tuple(self.taken), tuple(self.already), tuple(self.notices))

    def read(self, given: Path | HandedBack, spelling: Spelling) -> Returned | None:
        file = given if isinstance(given, HandedBack) else HandedBack(given, str(given))
        path = Path(file.name)
        try:
            returned = read_returned(file, spelling)
        except Refusal as refusal:
            self._add_notice(path, "", finding(refusal.code, Cell(str(path)), "", "", None, **refusal.details))
            return None
        for one in returned.malformed:
            self._say(path, "", "return-malformed", ligne=str(one.ligne), champ=one.tag)
        if returned.answers and not any(one.codeTraitement for one in returned.answers):
            self._say(path, "", "return-no-answer")
            return None
        return returned

    def take(self, returned: Returned, writer: LedgerWriter) -> None:
        held = {
            number: one
            for number, one in writer.holders([one.numeroEditeur for one in returned.answers]).items()
            if one.key.numeroAns == returned.numeroAns
        }
        if returned.answers and not held:
            self._say(returned.path, "", "return-not-ours", numero=shown(returned.numeroAns))
            return
        before = len(self.taken)
        for answer in returned.answers:
            number = answer.numeroEditeur
            if number not in held:
                details = {"demande": shown(number), "numero": shown(returned.numeroAns)}
                self._say(returned.path, number, "return-unknown-request", **details)
            else:
                self.take_one(returned.path, returned.SIRET, held, answer, writer)
        if made_up := sum(one.numeroASP.startswith(FICTIF) for one in self.taken[before:]):
            self._say(returned.path, "", "return-made-up", nombre=str(made_up))

    def take_one(
        self, path: Path, SIRET: str, held: dict[str, LedgerEntry], answer: Answer, writer: LedgerWriter
    ) -> None:
        """Record the answer to a request of ours, unless it is no answer, or another request's."""
        number = answer.numeroEditeur
        if not answer.codeTraitement:
            self._say(path, number, "return-unanswered", demande=number)
        elif answer.accepted and not answer.numeroASP:
            self._say(path, number, "return-without-asp-number", demande=number)
        elif difference := _difference(held[number], SIRET, answer.sent):
            self._say(path, number, "return-other-request", demande=number, **difference)
        elif bearer := other_bearer(answer, writer):
            details = {"recu": answer.numeroASP, "autre": bearer.numeroEditeur}
            self._say(path, number, "return-asp-number-taken", demande=number, **details)
        else:
            self.answer(path, held, answer, writer)

    def answer(self, path: Path, held: dict[str, LedgerEntry], answer: Answer, writer: LedgerWriter) -> None:
        """Record the answer to a request that waits for one; otherwise compare it with the known answer."""
        known = held[answer.numeroEditeur]
        conflict = _conflict(known, answer)
        waiting = known.awaits_answer and (answer.accepted or known.state not in _EXAMINED)
        if waiting and (known.answered is State.EMITTED or conflict):
            held[answer.numeroEditeur] = _written(known, answer, tidy(path.name), writer)
            self.taken.append(held[answer.numeroEditeur])
        elif conflict:
            code, details = conflict
            self._say(path, known.numeroEditeur, code, demande=known.numeroEditeur, **details)
        else:
            self.already.append(known)

    def _say(self, path: Path, number: str, code: str, **details: str) -> None:
        self._add_notice(path, number, finding(code, Cell(str(path)), "", "", None, **details))

    def _add_notice(self, path: Path, number: str, about: Finding) -> None:
        self.notices.append(notice_of(path, number, about))


def _written(known: LedgerEntry, answer: Answer, file: str, writer: LedgerWriter) -> LedgerEntry:
    code, libelle = answer.codeTraitement, answer.libelleTraitement
    if answer.accepted:
        writer.accept(known.numeroEditeur, answer.numeroASP, code, libelle, file)
        state, numeroASP = State.ACCEPTED, answer.numeroASP
    else:
        writer.refuse(known.numeroEditeur, code, libelle, file)
        state, numeroASP = State.REFUSED, ""
    state = known.state if known.state in DECIDED else state
    return replace(known, state=state, numeroASP=numeroASP, codeTraitement=code, libelleTraitement=libelle)


def _difference(known: LedgerEntry, SIRET: str, sent: SentValues | None) -> dict[str, str] | None:
    """The first value that differs between a request of a file and the one sent under its number; None if none does.

    Neither order nor layout counts; the amount is compared as a number.
    """
    sent = sent or SentValues()
    tag = "FINESSGeo" if known.snapshot.is_structure else "RPPS"
    theirs, ours = Counter(sent.beneficiaries), Counter(known.beneficiaires)
    if theirs != ours:
        return _differing(tag, ", ".join(theirs - ours), ", ".join(ours - theirs))
    if sent.montantSegurHT != known.montantSegurHT:
        amount = "" if sent.montantSegurHT is None else str(sent.montantSegurHT)
        return _differing("montantSegurHT", amount, str(known.montantSegurHT))
    if sent.dateCommande != known.snapshot.order_day:
        return _differing("dateCommande", sent.dateCommande, known.snapshot.order_day)
    return None if SIRET == known.SIRET else _differing("SIRET", SIRET, known.SIRET)


def _differing(tag: str, theirs: str, ours: str) -> dict[str, str]:
    return {"balise": tag, "recu": shown(theirs) or "rien", "connu": shown(ours) or "rien"}


def other_bearer(answer: Answer, writer: LedgerWriter) -> LedgerEntry | None:
    """The other request that already has the numeroASP of an answer."""
    bearer = writer.bearers([answer.numeroASP]).get(answer.numeroASP) if answer.accepted else None
    return bearer if bearer and bearer.numeroEditeur != answer.numeroEditeur else None


def _conflict(known: LedgerEntry, answer: Answer) -> tuple[str, dict[str, str]] | None:
    """The code and details of what contradicts the ledger; None when the answer is the one it holds."""
    if known.state is State.VOIDED:
        return "return-voided", {"recu": answer.codeTraitement}
    if known.answered is State.ACCEPTED or known.state in _EXAMINED:
        if not answer.accepted:
            return "return-refused-after-accepted", {"connu": known.numeroASP, "recu": answer.codeTraitement}
        if answer.numeroASP != known.numeroASP:
            return "return-other-asp-number", {"connu": known.numeroASP, "recu": answer.numeroASP}
        return None
    if answer.accepted:
        return "return-accepted-after-refused", {"recu": answer.numeroASP}
    if (answer.codeTraitement, answer.libelleTraitement) != (known.codeTraitement, known.libelleTraitement):
        return "return-refused-otherwise", {"connu": known.codeTraitement, "recu": answer.codeTraitement}
    return None
