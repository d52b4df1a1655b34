"""What is asked and written inside one transaction of the SQLite ledger (`Ecriture` of the model)."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import orjson

from converter.findings import Refusal
from converter.findings.french import counted
from converter.format.file_names import parse_json_file_name
from converter.format.requests import RequestKey
from converter.ledger import deeds
from converter.ledger.model import LedgerEntry, StagedBatch, State
from converter.ledger.staging import json_files

_LAST_NUMBER = 99_999
_LAST_FILE = 999
_FILES_TOLD = 10


class Transaction:
    """Runs on `db` inside the caller's transaction; `before_change` is called once, before the first change."""

    def __init__(self, db: sqlite3.Connection, before_change: Callable[[], None]) -> None:
        self._db = db
        self._before_change = before_change
        self._changed = False
        self._reached: Counter[State] = Counter()
        self._files: dict[str, None] = {}
        self.staged: list[Path] = []

    def tell_recorded(self) -> None:
        """Once it is committed: say what it changed, as done for good."""
        if self._reached:
            reached = (
                counted(count, f"demande {state}", f"demandes {state}s") for state, count in self._reached.items()
            )
            shown = [*islice(self._files, _FILES_TOLD), *["…"] * (len(self._files) > _FILES_TOLD)]
            deeds.done("fait-registre", demandes=", ".join(reached), fichiers=", ".join(shown))

    def find(self, keys: Collection[RequestKey]) -> dict[RequestKey, LedgerEntry]:
        wanted = _as_json([_key_text(key) for key in keys])
        query = "SELECT * FROM inscriptions WHERE cle IN (SELECT value FROM json_each(?)) ORDER BY id"
        return {found.key: found for found in read(self._db, query, wanted)}

    def holders(self, numbers: Collection[str]) -> dict[str, LedgerEntry]:
        query = "SELECT * FROM inscriptions WHERE numeroEditeur IN (SELECT value FROM json_each(?))"
        return {found.numeroEditeur: found for found in read(self._db, query, _as_json(list(numbers)))}

    def claims(self, beneficiaires: Collection[str]) -> dict[str, LedgerEntry]:
        query = """
            SELECT * FROM inscriptions WHERE etat IN (?, ?) AND EXISTS (
                SELECT 1 FROM json_each(beneficiaires) WHERE value IN (SELECT value FROM json_each(?))
            ) ORDER BY id DESC"""
        wanted = set(beneficiaires)
        found = read(self._db, query, State.EMITTED, State.ACCEPTED, _as_json(list(wanted)))
        return {one: held for held in found for one in held.beneficiaires if one in wanted}

    def free_numbers(self, count: int, reserved: Collection[str]) -> list[str]:
        taken = {number for (number,) in self._db.execute("SELECT numeroEditeur FROM demandes")} | set(reserved)
        candidates = (f"{number:05d}" for number in range(1, _LAST_NUMBER + 1))
        free = list(islice((number for number in candidates if number not in taken), count))
        if len(free) < count:
            raise Refusal("numeros-editeur-epuises")
        return free

    def next_file_number(self, numeroAns: str, day: date) -> int:
        query = "SELECT max(numero) FROM fichiers WHERE numeroAns = ? AND jour = ? AND annule = 0"
        (last,) = self._db.execute(query, (numeroAns, day.isoformat())).fetchone()
        return _checked_file_number((last or 0) + 1, numeroAns, day)

    def emit(self, entries: Iterable[LedgerEntry], batch: StagedBatch | None) -> None:
        entries = list(entries)
        lot_id = self._record_batch(batch) if batch else None
        if not entries:
            return
        causes = self._causes(entries)
        if batch:
            _refuse_names_on_disk({one.file for one in entries}, batch.staging.parent)
        self._about_to_change()
        files = self._record_files(entries, lot_id)
        self._db.executemany(
            """INSERT INTO demandes (numeroEditeur, cle, etat, fichier, numLigne, SIRET, montantSegurHT,
                                     beneficiaires, contenu) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (numeroEditeur) DO UPDATE SET
                   etat = excluded.etat, fichier = excluded.fichier, numLigne = excluded.numLigne,
                   SIRET = excluded.SIRET, montantSegurHT = excluded.montantSegurHT,
                   beneficiaires = excluded.beneficiaires, contenu = excluded.contenu""",
            (_row(one, files[one.file]) for one in entries),
        )
        self._tell(entries, State.EMITTED, (one.file for one in entries), causes)

    def accept(self, numeroEditeur: str, numeroASP: str, code: str, libelle: str, file: str) -> None:
        self._answer(numeroEditeur, State.ACCEPTED, (numeroASP, code, libelle), file, f"numéro ASP {numeroASP}")

    def refuse(self, numeroEditeur: str, code: str, libelle: str, file: str) -> None:
        self._answer(numeroEditeur, State.REFUSED, ("", code, libelle), file, f"{code} {libelle}".strip())

    def void(self, file: str) -> Sequence[LedgerEntry]:
        query = "SELECT id, annule FROM fichiers WHERE nom = ? ORDER BY id DESC LIMIT 1"
        file_id, voided = self._db.execute(query, (file,)).fetchone() or (None, False)
        if file_id is None:
            raise Refusal("annulation-fichier-inconnu", fichier=file)
        if voided:
            raise Refusal("annulation-deja-faite", fichier=file)
        held = list(read(self._db, "SELECT * FROM inscriptions WHERE fichier_id = ? ORDER BY numLigne", file_id))
        for one in held:
            if one.state is not State.EMITTED:
                raise Refusal(
                    "annulation-deja-repondue", fichier=file, numeroEditeur=one.numeroEditeur, etat=one.state.value
                )
        self._about_to_change()
        self._db.execute("UPDATE fichiers SET annule = 1 WHERE id = ?", (file_id,))
        self._db.execute("UPDATE demandes SET etat = ? WHERE fichier = ?", (State.VOIDED, file_id))
        self._tell(
            held, State.VOIDED, [file] * len(held), ["Fichier annulé : jamais déposé sur le portail"] * len(held)
        )
        return held

    def _record_batch(self, batch: StagedBatch) -> int:
        self.staged.append(batch.staging)
        where = (str(batch.staging.absolute().parent), batch.staging.name)
        recorded = self._db.execute("INSERT INTO lots (sortie, attente) VALUES (?, ?)", where)
        return int(recorded.lastrowid or 0)

    def _record_files(self, entries: Iterable[LedgerEntry], lot_id: int | None) -> dict[str, int]:
        files: dict[str, int] = {}
        for one in entries:
            if one.file not in files:
                named = parse_json_file_name(one.file)  # None for a number past 999
                number = _checked_file_number(named.number if named else _LAST_FILE + 1, one.key.numeroAns, one.day)
                recorded = self._db.execute(
                    "INSERT INTO fichiers (nom, numeroAns, jour, numero, lot) VALUES (?, ?, ?, ?, ?)",
                    (one.file, one.key.numeroAns, one.day.isoformat(), number, lot_id),
                )
                files[one.file] = int(recorded.lastrowid or 0)
        return files

    def _causes(self, entries: Sequence[LedgerEntry]) -> list[str]:
        """Why each one is emitted; ValueError if its number belongs to another, or is in use."""
        held = self.holders([one.numeroEditeur for one in entries])
        before = self.find([one.key for one in entries])
        causes = []
        for one in entries:
            same, previous = held.get(one.numeroEditeur), before.get(one.key)
            if same and (same.key != one.key or same.state is not State.VOIDED):
                raise ValueError(f"numeroEditeur already held: {one.numeroEditeur}")
            if same:
                causes.append("Émise de nouveau, après l'annulation de son fichier")
            elif previous and previous.state is not State.REFUSED:
                raise ValueError(f"request already {previous.state.name}: {previous.numeroEditeur}")
            else:
                causes.append(f"Émise de nouveau, {previous.numeroEditeur} ayant été refusée" if previous else "Émise")
        return causes

    def _answer(self, numeroEditeur: str, state: State, answer: tuple[str, str, str], file: str, cause: str) -> None:
        """Record the portal's answer once; ValueError where the request is not waiting for one."""
        held = self.holders([numeroEditeur])[numeroEditeur]
        numeroASP, code, _ = answer
        if (
            held.state is state
            and held.numeroASP == numeroASP
            and (state is State.ACCEPTED or held.codeTraitement == code)
        ):
            return
        if not held.awaits_answer:
            raise ValueError(f"request already {held.state.name}: {numeroEditeur}")
        self._about_to_change()
        self._db.execute(
            """UPDATE demandes SET etat = ?, numeroASP = ?, codeTraitement = ?, libelleTraitement = ?
               WHERE numeroEditeur = ?""",
            (state, *answer, numeroEditeur),
        )
        self._tell([held], state, [file], [f"Réponse du portail : {cause}"])

    def _tell(self, entries: Sequence[LedgerEntry], state: State, files: Iterable[str], causes: Iterable[str]) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        self._reached[state] += len(entries)
        self._files |= dict.fromkeys(one.file for one in entries)
        rows = zip(entries, files, causes, strict=True)
        self._db.executemany(
            "INSERT INTO evenements (numeroEditeur, etat, quand, fichier, cause) VALUES (?, ?, ?, ?, ?)",
            ((one.numeroEditeur, state, now, file, cause) for one, file, cause in rows),
        )

    def _about_to_change(self) -> None:
        if not self._changed:
            self._changed = True
            self._before_change()


def read(db: sqlite3.Connection, query: str, *values: object) -> Iterator[LedgerEntry]:
    """The inscriptions that a query on the view of the same name gives."""
    for row in db.execute(query, values):
        _, key, number, state, file, ligne, day, siret, amount, beneficiaires, snapshot, asp, code, libelle, _ = row
        yield LedgerEntry(
            RequestKey(*orjson.loads(key)), number, State(state), file, ligne, date.fromisoformat(day), siret,
            Decimal(amount), tuple(orjson.loads(beneficiaires)), orjson.loads(snapshot), asp, code, libelle,
        )  # fmt: skip


def _row(one: LedgerEntry, file_id: int) -> tuple[object, ...]:
    return (
        one.numeroEditeur, _key_text(one.key), State.EMITTED, file_id, one.numLigne, one.SIRET, str(one.montantSegurHT),
        _as_json(one.beneficiaires), _as_json(dict(one.snapshot)),
    )  # fmt: skip


def _as_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _key_text(key: RequestKey) -> str:
    return _as_json((key.numeroAns, key.refCommande, key.numeroEditeur))


def _checked_file_number(number: int, numeroAns: str, day: date) -> int:
    if number > _LAST_FILE:
        raise Refusal("numeros-de-fichier-epuises", numeroAns=numeroAns, jour=f"{day:%d/%m/%Y}")
    return number


def _refuse_names_on_disk(names: Collection[str], out: Path) -> None:
    on_disk = json_files(out)
    for name in sorted(names):
        if name in on_disk:
            raise Refusal("fichier-deja-present", fichier=name, dossier=str(on_disk[name].parent))
