"""What is written inside one transaction of the SQLite ledger (`LedgerWriter` of the interface)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path

from converter.findings import Refusal
from converter.findings.french import counted
from converter.format.file_names import parse_json_file_name
from converter.ledger import adoption, deeds
from converter.ledger.author import login
from converter.ledger.database import Database
from converter.ledger.model import DECIDED, SENT_BACK, AdoptedFile, LedgerEntry, StagedBatch, State
from converter.ledger.queries import LAST_FILE, Queries, checked_file_number
from converter.ledger.rows import as_json, read, seal, values_of
from converter.ledger.staging import emitted_files

_MOST_FILES_NAMED = 10
_AT_ONCE = 2_000  # requests in memory with their contents


_WRITE = """
    INSERT INTO demandes (numeroEditeur, cle, etat, fichier, numLigne, SIRET, montantSegurHT, beneficiaires, contenu,
                          numeroASP, codeTraitement, libelleTraitement, lecture, chiffres, nombre, bonCommande,
                          decision, verse, motif, provenance, controle)
    VALUES (:numeroEditeur, :cle, :etat, :fichier_id, :numLigne, :SIRET, :montantSegurHT, :beneficiaires, :contenu,
            :numeroASP, :codeTraitement, :libelleTraitement, :lecture, :chiffres, :nombre, :bonCommande, :decision,
            :verse, :motif, :provenance, :controle)
    ON CONFLICT (numeroEditeur) DO UPDATE SET
        etat = excluded.etat, fichier = excluded.fichier, numLigne = excluded.numLigne, SIRET = excluded.SIRET,
        montantSegurHT = excluded.montantSegurHT, beneficiaires = excluded.beneficiaires, contenu = excluded.contenu,
        numeroASP = excluded.numeroASP, codeTraitement = excluded.codeTraitement,
        libelleTraitement = excluded.libelleTraitement, cle = excluded.cle, lecture = excluded.lecture,
        chiffres = excluded.chiffres, nombre = excluded.nombre, bonCommande = excluded.bonCommande,
        decision = excluded.decision, verse = excluded.verse, motif = excluded.motif, provenance = excluded.provenance,
        controle = excluded.controle"""


class Transaction(Queries):
    """Reads and writes `db` inside the caller's transaction.

    `author`: who does it, "" for « login@machine »; `machine`: to which new batches belong, "" for any.
    """

    def __init__(self, db: Database, author: str = "", machine: str = "") -> None:
        super().__init__(db, machine)
        self._author = author or login()
        self._reached: Counter[State] = Counter()
        self._files: dict[str, None] = {}
        self.staged: list[Path] = []

    def tell_recorded(self) -> None:
        """Report what this transaction changed as done for good; to be called once it is committed."""
        if self._reached:
            reached = (
                counted(count, f"demande {state}", f"demandes {state}s") for state, count in self._reached.items()
            )
            shown = [*islice(self._files, _MOST_FILES_NAMED), *["…"] * (len(self._files) > _MOST_FILES_NAMED)]
            deeds.done("fait-registre", demandes=", ".join(reached), fichiers=", ".join(shown))

    def emit(self, entries: Iterable[LedgerEntry], batch: StagedBatch | None) -> None:
        lot_id = self._record_batch(batch) if batch else None
        on_disk = cache(lambda: emitted_files(batch.staging.parent) if batch else {})  # nothing leaves of some batches
        files: dict[str, int] = {}
        entries = iter(entries)
        while part := list(islice(entries, _AT_ONCE)):
            causes = self._causes(part)
            _refuse_names_on_disk({one.file for one in part}, on_disk())
            self._record_files(part, lot_id, files)
            self._record_entries(part, files)
            self._record_events(part, State.EMITTED, (one.file for one in part), causes)

    def accept(self, numeroEditeur: str, numeroASP: str, code: str, libelle: str, file: str) -> None:
        self._answer(numeroEditeur, State.ACCEPTED, (numeroASP, code, libelle), file, f"numéro ASP {numeroASP}")

    def refuse(self, numeroEditeur: str, code: str, libelle: str, file: str) -> None:
        self._answer(numeroEditeur, State.REFUSED, ("", code, libelle), file, f"{code} {libelle}".strip())

    def deposit(self, file: str, day: date | None) -> Sequence[LedgerEntry]:
        file_id, voided, deposited = self._file(file)
        if file_id is None:
            raise Refusal("depot-fichier-inconnu", fichier=file)
        if voided:
            raise Refusal("depot-fichier-annule", fichier=file)
        written = day.isoformat() if day else ""
        if written == deposited:
            return ()
        self._db.execute("UPDATE fichiers SET depose = ? WHERE id = ?", (written, file_id))
        held = list(read(self._db, "WHERE fichier_id = ? ORDER BY numLigne", file_id))
        cause = f"Fichier déposé sur le portail le {_day(written)}" if day else "Dépôt noté par erreur, retiré"
        for state in State:
            ours = [one for one in held if one.state is state]
            self._record_events(ours, state, [file] * len(ours), [cause] * len(ours))
        return held

    def void(self, file: str) -> Sequence[LedgerEntry]:
        file_id, voided, deposited = self._file(file)
        if file_id is None:
            raise Refusal("annulation-fichier-inconnu", fichier=file)
        if voided:
            raise Refusal("annulation-deja-faite", fichier=file)
        if deposited:
            raise Refusal("annulation-deja-depose", fichier=file, jour=_day(deposited))
        held = list(read(self._db, "WHERE fichier_id = ? ORDER BY numLigne", file_id))
        for one in held:
            if one.answered is not State.EMITTED:
                raise Refusal(
                    "annulation-deja-repondue", fichier=file, numeroEditeur=one.numeroEditeur, etat=one.state.value
                )
        self._db.execute("UPDATE fichiers SET annule = 1 WHERE id = ?", (file_id,))
        freed = [one for one in held if one.state is State.EMITTED]  # an abandoned request stays abandoned
        numbers = [one.numeroEditeur for one in freed]
        self._db.executemany(
            "UPDATE demandes SET etat = ? WHERE numeroEditeur = ?", ((State.VOIDED, number) for number in numbers)
        )
        seal(self._db, numbers)
        causes = ["Fichier annulé\u00a0: jamais déposé sur le portail"] * len(freed)
        self._record_events(freed, State.VOIDED, [file] * len(freed), causes)
        return freed

    def decide(
        self, numeroEditeur: str, state: State, day: date | None, paid: Decimal | None, reason: str, cause: str
    ) -> None:
        held = self.holders([numeroEditeur])[numeroEditeur]
        query = "SELECT annule FROM fichiers WHERE id = (SELECT fichier FROM demandes WHERE numeroEditeur = ?)"
        if state is State.EMITTED and self._db.execute(query, (numeroEditeur,)).fetchone()[0]:
            state = State.VOIDED  # it was abandoned after its file was voided
        self._db.execute(
            "UPDATE demandes SET etat = ?, decision = ?, verse = ?, motif = ? WHERE numeroEditeur = ?",
            (state, day.isoformat() if day else "", "" if paid is None else str(paid), reason, numeroEditeur),
        )
        seal(self._db, [numeroEditeur])
        self._record_events([held], state, [held.file], [cause])

    def adopt(self, adopted: AdoptedFile) -> None:
        file_id = adoption.record_file(self._db, adopted, self._machine)
        self._record_entries(adopted.entries, {adopted.name: file_id})
        for state in State:
            ours = [one for one in adopted.entries if one.state is state]
            self._record_events(ours, state, [adopted.name] * len(ours), map(adoption.cause, ours))

    def identify(self, entry: LedgerEntry) -> None:
        self._db.execute(
            """UPDATE demandes SET cle = :cle, provenance = :provenance, lecture = :lecture, chiffres = :chiffres,
                                   nombre = :nombre WHERE numeroEditeur = :numeroEditeur""",
            values_of(entry),
        )
        seal(self._db, [entry.numeroEditeur])
        reference = entry.key.refCommande or "sans référence"
        self._record_events([entry], entry.state, [entry.file], [f"Reconnue dans un classeur\u00a0: {reference}"])

    def _file(self, name: str) -> tuple[int | None, bool, str]:
        """The identifier of the latest JSON file of that name, whether it is voided, and the day of its upload."""
        query = "SELECT id, annule, depose FROM fichiers WHERE nom = ? ORDER BY id DESC LIMIT 1"
        file_id, voided, deposited = self._db.execute(query, (name,)).fetchone() or (None, 0, "")
        return file_id, bool(voided), deposited

    def _record_batch(self, batch: StagedBatch) -> int:
        self.staged.append(batch.staging)
        where = (str(batch.staging.absolute().parent), batch.staging.name, batch.key, self._machine)
        recorded = self._db.execute(
            "INSERT INTO lots (sortie, attente, cle, machine) VALUES (?, ?, ?, ?) RETURNING id", where
        )
        return int(recorded.fetchone()[0])

    def _record_files(self, entries: Iterable[LedgerEntry], lot_id: int | None, files: dict[str, int]) -> None:
        """Record the JSON files of these requests that are not in `files` yet, and add them to it."""
        for one in entries:
            if one.file not in files:
                named = parse_json_file_name(one.file)  # None for a number past 999
                number = checked_file_number(named.number if named else LAST_FILE + 1, one.key.numeroAns, one.day)
                recorded = self._db.execute(
                    "INSERT INTO fichiers (nom, numeroAns, jour, numero, lot) VALUES (?, ?, ?, ?, ?) RETURNING id",
                    (one.file, one.key.numeroAns, one.day.isoformat(), number, lot_id),
                )
                files[one.file] = int(recorded.fetchone()[0])

    def _record_entries(self, entries: Sequence[LedgerEntry], files: Mapping[str, int]) -> None:
        """Write these requests; `files`: the identifier of each JSON file. A voided number may serve again."""
        self._db.executemany(_WRITE, (values_of(one) | {"fichier_id": files[one.file]} for one in entries))
        self._record_beneficiaries(entries)

    def _causes(self, entries: Sequence[LedgerEntry]) -> list[str]:
        """The cause of each emission, for the history; ValueError if its number is another's or in use."""
        held = self.holders([one.numeroEditeur for one in entries])
        before = self.find([one.key for one in entries])
        causes = []
        for one in entries:
            same, previous = held.get(one.numeroEditeur), before.get(one.key)
            if same and (same.key != one.key or same.state is not State.VOIDED):
                raise ValueError(f"numeroEditeur already held: {one.numeroEditeur}")
            if same:
                causes.append("Émise de nouveau, après l'annulation de son fichier")
            elif previous and previous.state not in SENT_BACK:
                raise ValueError(f"request already {previous.state.name}: {previous.numeroEditeur}")
            else:
                causes.append(
                    f"Émise de nouveau, {previous.numeroEditeur} ayant été {previous.state}" if previous else "Émise"
                )
        return causes

    def _answer(self, numeroEditeur: str, state: State, answer: tuple[str, str, str], file: str, cause: str) -> None:
        """Record the portal's answer once; ValueError where the request is not waiting for one.

        A request that was decided meanwhile (abandoned, say) keeps its state.
        """
        held = self.holders([numeroEditeur])[numeroEditeur]
        numeroASP, code, _ = answer
        same = held.numeroASP == numeroASP and (state is State.ACCEPTED or held.codeTraitement == code)
        if held.answered is state and same:
            return
        if not held.awaits_answer:
            raise ValueError(f"request already {held.state.name}: {numeroEditeur}")
        state = held.state if held.state in DECIDED else state
        self._db.execute(
            """UPDATE demandes SET etat = ?, numeroASP = ?, codeTraitement = ?, libelleTraitement = ?
               WHERE numeroEditeur = ?""",
            (state, *answer, numeroEditeur),
        )
        seal(self._db, [numeroEditeur])
        self._record_events([held], state, [file], [f"Réponse du portail : {cause}"])

    def _record_events(
        self, entries: Sequence[LedgerEntry], state: State, files: Iterable[str], causes: Iterable[str]
    ) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        self._reached[state] += len(entries)
        self._files |= dict.fromkeys(one.file for one in entries)
        rows = zip(entries, files, causes, strict=True)
        self._db.executemany(
            "INSERT INTO evenements (numeroEditeur, etat, quand, fichier, cause, auteur) VALUES (?, ?, ?, ?, ?, ?)",
            ((one.numeroEditeur, state, now, file, cause, self._author) for one, file, cause in rows),
        )

    def _record_beneficiaries(self, entries: Iterable[LedgerEntry]) -> None:
        """Record the doctors and sites of these requests, in place of those recorded before under their numbers."""
        lists = {one.numeroEditeur: one.beneficiaires for one in entries}
        query = "SELECT id, numeroEditeur FROM demandes WHERE numeroEditeur IN (SELECT value FROM json_each(?))"
        ranks = self._db.execute(query, (as_json(list(lists)),)).fetchall()
        old = "DELETE FROM beneficiaires WHERE demande IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        self._db.execute(old, (as_json([rank for rank, _ in ranks]),))
        self._db.executemany(
            "INSERT INTO beneficiaires (numero, demande) VALUES (?, ?) ON CONFLICT DO NOTHING",
            ((one, rank) for rank, number in ranks for one in lists[number]),
        )


def _day(written: str) -> str:
    return f"{date.fromisoformat(written):%d/%m/%Y}"


def _refuse_names_on_disk(names: Collection[str], on_disk: Mapping[str, Sequence[Path]]) -> None:
    for name in sorted(names):
        if name in on_disk:
            raise Refusal("fichier-deja-present", fichier=name, dossier=str(on_disk[name][0].parent))
