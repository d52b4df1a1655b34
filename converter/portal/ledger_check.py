"""The ledger compared with the batches on disk, in both directions (`converter ledger check`). Nothing is changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.french import counted
from converter.ledger.interface import Ledger
from converter.ledger.model import LedgerEntry, LedgerFile, State
from converter.ledger.staging import emitted_files
from converter.portal.adoption import same_request
from converter.portal.existing_file import ExistingFile, read_existing
from converter.portal.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many files and requests the ledger knows, and the differences with the files on disk.

    `elsewhere`: how many of the files were adopted from outside `--out`, and are not looked for.
    """

    files: int
    requests: int
    elsewhere: int
    differences: tuple[Finding, ...]

    def lines(self, name: str) -> Iterator[str]:
        """The lines for a terminal; `name`: where the ledger is."""
        yield f"{counted(self.files, 'fichier')}, {counted(self.requests, 'demande')} au registre {name}."
        if self.elsewhere:
            adopted = counted(self.elsewhere, "fichier repris d'ailleurs n'est", "fichiers repris d'ailleurs ne sont")
            yield f"{adopted} pas dans ce dossier\u00a0: pas de comparaison."
        yield from (f"{one.message} {one.remedy}" for one in self.differences)
        if not self.differences:
            yield "Le registre et les fichiers des lots disent la même chose."


def check_ledger(ledger: Ledger, out: Path, spelling: Spelling) -> Comparison:
    """Compare every file that the ledger knows with those of `out`, and the other way round."""
    with ledger.reading():  # the same state of the ledger for every question
        files = ledger.files()
        held: dict[str, list[LedgerEntry]] = {}
        for entry in ledger.entries():
            held.setdefault(entry.file, []).append(entry)
        unfinished = ledger.unfinished()
    checking = _Checking(out, spelling, emitted_files(out), held)
    for folder in unfinished:
        checking.report("check-lot-inacheve", dossier=str(folder))
    for file in files:
        if not unfinished or file.folder:
            checking.compare(file)
    checking.report_unknown({file.name for file in files if not file.voided})
    return Comparison(len(files), sum(map(len, held.values())), checking.elsewhere, tuple(checking.differences))


@dataclass
class _Checking:
    """Collects the differences. `held`: the requests of each file, by its name."""

    out: Path
    spelling: Spelling
    on_disk: Mapping[str, Sequence[Path]]
    held: Mapping[str, Sequence[LedgerEntry]]
    differences: list[Finding] = field(default_factory=list)
    voided: set[str] = field(default_factory=set)
    elsewhere: int = 0

    def compare(self, file: LedgerFile) -> None:
        places = [file.folder / file.name] if file.folder and (file.folder / file.name).is_file() else []
        places += [path for path in self.on_disk.get(file.name, ()) if path not in places]
        if file.voided:
            self.voided.add(file.name)
            return
        ours = [one for one in self.held.get(file.name, ()) if one.state is not State.VOIDED]
        if not places and file.folder is None:
            self.elsewhere += 1
            return
        if not places:
            count = counted(len(ours), "demande")
            self.report("check-fichier-disparu", fichier=file.name, nombre=count, dossier=str(file.folder))
            return
        try:
            existing = read_existing(places[0], self.spelling)
        except Refusal as refusal:
            self.report("check-fichier-illisible", fichier=str(places[0]), raison=str(refusal))
            return
        self._compare_requests(existing, ours)

    def report_unknown(self, known: set[str]) -> None:
        """Report the files on disk that the ledger does not know, or knows as voided."""
        for name, places in sorted(self.on_disk.items()):
            if name in known:
                continue
            if name in self.voided:
                self.report("check-annule-en-place", fichier=name, dossier=str(places[0].parent))
            else:
                self.report("check-fichier-inconnu", fichier=str(places[0]))

    def report(self, code: str, **details: str) -> None:
        self.differences.append(finding(code, Cell(str(self.out)), "", "", None, **details))

    def _compare_requests(self, existing: ExistingFile, ours: Sequence[LedgerEntry]) -> None:
        path = str(existing.path)
        for unread in existing.findings:
            self.report("check-fichier-illisible", fichier=path, raison=unread.message)
        theirs = {one.entry.numeroEditeur: one.entry for one in existing.requests}
        for one in ours:
            other = theirs.pop(one.numeroEditeur, None)
            if other is None:
                self.report("check-demande-absente", demande=one.numeroEditeur, fichier=path)
            elif not same_request(one, other):
                self.report("check-demande-autre", demande=one.numeroEditeur, fichier=path)
            else:
                self._compare_documents(one, other, path)
        for number in theirs:
            self.report("check-demande-inconnue", demande=number, fichier=path)

    def _compare_documents(self, one: LedgerEntry, other: LedgerEntry, path: str) -> None:
        found = other.snapshot.fingerprints
        for document, digest in one.snapshot.fingerprints.items():
            if found.get(document) != digest:
                code = "check-document-autre" if document in found else "check-document-absent"
                self.report(code, document=document, demande=one.numeroEditeur, fichier=path)
