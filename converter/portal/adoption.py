"""Requests sent before this ledger existed, entered into it from their JSON files (`converter adopt`).

The files are those of earlier batches, return files of the portal, or files of another tool. A request found in several
files is entered once; one on which the files or the ledger disagree is reported, and not entered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from converter.findings import Refusal
from converter.ledger.interface import Ledger, LedgerWriter
from converter.ledger.model import FICTIF, AdoptedFile, LedgerEntry, State
from converter.portal.adopted_names import Naming
from converter.portal.existing_file import ExistingFile, ExistingRequest, read_existing
from converter.portal.order_books import OrderBooks
from converter.portal.returned_file import Answer
from converter.portal.returns import Intake, Notice, notice, notice_of
from converter.portal.spelling import Spelling


@dataclass(frozen=True, slots=True)
class AdoptionOutcome:
    """`entered`: new requests; `changed`: known requests that the files changed; `known`: those already up to date.

    `named`: how many requests got the reference and file names of a workbook; `decided`: how many got the decision of a
    follow-up workbook; `files`: how many files were read.
    """

    entered: tuple[LedgerEntry, ...]
    changed: tuple[LedgerEntry, ...]
    known: tuple[LedgerEntry, ...]
    named: int
    decided: int
    notices: tuple[Notice, ...]
    files: int


@dataclass(frozen=True, slots=True)
class _Version:
    """One request as one file holds it."""

    file: ExistingFile
    request: ExistingRequest

    @property
    def entry(self) -> LedgerEntry:
        return self.request.entry


def read_all(paths: Iterable[Path], spelling: Spelling) -> tuple[list[ExistingFile], list[Notice]]:
    """The JSON-MDV files among these, by day and number; and a notice for each file or part that cannot be read."""
    files: list[ExistingFile] = []
    notices: list[Notice] = []
    for path in paths:
        try:
            files.append(read_existing(path, spelling))
        except Refusal as refusal:
            notices.append(notice(path, "", "adopt-illisible", raison=str(refusal)))
    files.sort(key=lambda one: (one.name.day, one.name.number, str(one.path)))
    notices += [notice_of(one.path, "", finding) for one in files for finding in one.findings]
    return files, notices


def unread_notices(books: OrderBooks) -> list[Notice]:
    """A notice for each workbook of which nothing could be read."""
    return [notice(path, "", "adopt-classeur-illisible", raison=reason) for path, reason in books.unread]


def adopt(ledger: Ledger, files: Sequence[ExistingFile], books: OrderBooks, out: Path) -> AdoptionOutcome:
    """Enter the requests of these files and the values of these workbooks in one transaction. Idempotent."""
    intake = Intake()
    adoption, naming = _Adoption(out.absolute(), intake), Naming(intake)
    if files or books.requests or books.followed:
        with ledger.writing(mending=True) as writer:
            adoption.take(files, writer)
            naming.name(books.requests, ledger.entries(), writer)
            naming.follow(books.followed, writer)
    return AdoptionOutcome(
        tuple(adoption.entered),
        tuple(intake.taken),
        tuple(adoption.known),
        naming.named,
        naming.decided,
        (*adoption.notices, *naming.notices, *intake.notices),
        len(files),
    )


def same_request(one: LedgerEntry, other: LedgerEntry) -> bool:
    """Whether two entries are of one request: same software, supplier, beneficiaries, amount and day of the order."""
    return (
        one.key.numeroAns == other.key.numeroAns
        and one.SIRET == other.SIRET
        and Counter(one.beneficiaires) == Counter(other.beneficiaires)
        and one.montantSegurHT == other.montantSegurHT
        and one.snapshot.order_day == other.snapshot.order_day
    )


@dataclass
class _Adoption:
    """Enters the requests of files, and collects what was entered and the notices."""

    out: Path
    intake: Intake
    entered: list[LedgerEntry] = field(default_factory=list)
    known: list[LedgerEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    set_aside: frozenset[str] = frozenset()

    def take(self, files: Sequence[ExistingFile], writer: LedgerWriter) -> None:
        self.set_aside = frozenset(str(one.name) for one in files if one.voided)
        live = self._agreed(one for one in files if not one.voided)
        voided = self._agreed(one for one in files if one.voided)
        held = writer.holders({*live, *voided})
        gone = {number: versions for number, versions in voided.items() if number not in live}
        self._void(voided, live, held, writer)
        self._enter(gone, held, writer)
        held = writer.holders(live)
        self._enter(live, held, writer)
        for number, versions in live.items():
            if number in held:
                self._compare(versions, held[number], writer)

    def _agreed(self, files: Iterable[ExistingFile]) -> dict[str, list[_Version]]:
        """numeroEditeur → its versions, all of one request; a number used for two requests is reported and left out."""
        versions: dict[str, list[_Version]] = {}
        for file in files:
            for request in file.requests:
                versions.setdefault(request.entry.numeroEditeur, []).append(_Version(file, request))
        agreed = {}
        for number, found in versions.items():
            other = next((one for one in found if not _one_request(one.entry, found[0].entry)), None)
            if other:
                details = {"demande": number, "autre": str(found[0].file.path)}
                self._say(other.file.path, number, "adopt-deux-demandes", **details)
            else:
                agreed[number] = found
        return agreed

    def _enter(
        self, wanted: Mapping[str, list[_Version]], held: Mapping[str, LedgerEntry], writer: LedgerWriter
    ) -> None:
        """Enter the requests that the ledger does not know, or knows as voided though they were sent again; by file."""
        by_file: dict[str, list[_Version]] = {}
        for number, versions in wanted.items():
            if number not in held or self._left_again(held[number], versions[0]):
                by_file.setdefault(versions[0].entry.file, []).append(self._answered(versions))
        for name, versions in by_file.items():
            first = versions[0]
            known = {one.numeroEditeur for one in writer.file_holds(name) if one.state is not State.VOIDED}
            if not first.file.voided and not known <= {one.entry.numeroEditeur for one in first.file.requests}:
                self._say(first.file.path, "", "adopt-autre-fichier", fichier=name)
                continue
            entries = self._with_own_asp_numbers(versions, writer)
            folder = next((one.file.path.parent for one in versions if self._in_lot(one.file.path)), None)
            ans, day = first.file.name.numeroAns, first.file.name.day
            writer.adopt(AdoptedFile(name, ans, day, folder, first.file.voided, entries))
            self.entered += entries

    def _with_own_asp_numbers(self, versions: Sequence[_Version], writer: LedgerWriter) -> tuple[LedgerEntry, ...]:
        """The requests of a file; an acceptance with the numeroASP of another request is reported, and not entered."""
        entries = []
        bearers = {number: one.numeroEditeur for number, one in writer.bearers(_asp_numbers(versions)).items()}
        for one in sorted(versions, key=lambda version: version.entry.numLigne):
            entry, number = one.entry, one.entry.numeroASP
            bearer = bearers.setdefault(number, entry.numeroEditeur) if number else entry.numeroEditeur
            if bearer != entry.numeroEditeur:
                details = {"demande": entry.numeroEditeur, "recu": number, "autre": bearer}
                self._say(one.file.path, entry.numeroEditeur, "return-asp-number-taken", **details)
                entry = replace(entry, state=State.EMITTED, numeroASP="", codeTraitement="", libelleTraitement="")
            entries.append(entry)
        if made_up := sum(one.numeroASP.startswith(FICTIF) for one in entries):
            self._say(versions[0].file.path, "", "return-made-up", nombre=str(made_up))
        return tuple(entries)

    def _answered(self, versions: Sequence[_Version]) -> _Version:
        """The request with its documents and the answer of one of its files; contradictory answers are reported."""
        answers = {_meaning(one.request.answer): one for one in versions if one.request.answer.codeTraitement}
        true = {meaning: one for meaning, one in answers.items() if not meaning[0].startswith(FICTIF)} or answers
        fullest = max(versions, key=lambda one: (self._in_lot(one.file.path), one.entry.snapshot.size))
        if len(true) > 1:
            first, other, *_ = true.values()
            number = fullest.entry.numeroEditeur
            self._say(other.file.path, number, "adopt-deux-reponses", demande=number, autre=str(first.file.path))
            return fullest
        for chosen in true.values():
            answer = chosen.request.answer
            if answer.accepted and not answer.numeroASP:
                details = {"demande": answer.numeroEditeur}
                self._say(chosen.file.path, answer.numeroEditeur, "return-without-asp-number", **details)
                return fullest
            state = State.ACCEPTED if answer.accepted else State.REFUSED
            entry = replace(
                fullest.entry,
                state=state,
                numeroASP=answer.numeroASP if answer.accepted else "",
                codeTraitement=answer.codeTraitement,
                libelleTraitement=answer.libelleTraitement,
            )
            return _Version(fullest.file, replace(fullest.request, entry=entry))
        return fullest

    def _compare(self, versions: Sequence[_Version], held: LedgerEntry, writer: LedgerWriter) -> None:
        """Record the answer that the files give to a request that the ledger knows, as `return` would."""
        for one in versions:
            if not same_request(one.entry, held):
                details = {"demande": held.numeroEditeur, "fichier": held.file}
                self._say(one.file.path, held.numeroEditeur, "adopt-autre-demande", **details)
                return
        answered = [one for one in versions if one.request.answer.codeTraitement]
        true = [one for one in answered if not one.request.answer.numeroASP.startswith(FICTIF)] or answered
        before, entries = len(self.intake.taken), {held.numeroEditeur: held}
        for one in true:
            self.intake.take_one(one.file.path, one.entry.SIRET, entries, one.request.answer, writer)
        if len(self.intake.taken) == before:
            self.known.append(held)

    def _void(
        self,
        voided: Mapping[str, list[_Version]],
        live: Mapping[str, list[_Version]],
        held: Mapping[str, LedgerEntry],
        writer: LedgerWriter,
    ) -> None:
        """Void the files that the ledger takes for uploaded, and that were voided after the ledger was copied."""
        gone: dict[str, Path] = {}
        for number, versions in voided.items():
            known, name = held.get(number), versions[0].entry.file
            still_there = any(one.entry.file == name for one in live.get(number, ()))
            if known and known.state is State.EMITTED and known.file == name and not still_there:
                gone[name] = versions[0].file.path
        for name, path in gone.items():
            try:
                self.intake.taken += [replace(one, state=State.VOIDED) for one in writer.void(name)]
            except Refusal as refusal:
                self._say(path, "", "adopt-illisible", raison=str(refusal))

    def _left_again(self, held: LedgerEntry, version: _Version) -> bool:
        """Whether a file shows that a number, voided in the ledger, was sent again."""
        if held.state is not State.VOIDED or version.file.voided or version.request.answer.codeTraitement:
            return False
        return held.file != version.entry.file or version.entry.file in self.set_aside

    def _in_lot(self, path: Path) -> bool:
        """Whether a file is where this ledger's own runs leave theirs."""
        return self.out in path.absolute().parents

    def _say(self, path: Path, number: str, code: str, **details: str) -> None:
        self.notices.append(notice(path, number, code, **details))


def _one_request(one: LedgerEntry, other: LedgerEntry) -> bool:
    return one.file == other.file and same_request(one, other)


def _asp_numbers(versions: Sequence[_Version]) -> list[str]:
    return [one.entry.numeroASP for one in versions if one.entry.numeroASP]


def _meaning(answer: Answer) -> tuple[str, str]:
    """The values by which two answers are compared."""
    return answer.numeroASP if answer.accepted else "", answer.codeTraitement
