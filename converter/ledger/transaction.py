"""What is asked and written inside one transaction of the SQLite ledger (`Ecriture` of the model)."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import orjson

from converter.findings import Refusal
from converter.ledger.model import Cle, Etat, Inscription, Lot
from converter.ledger.staging import json_files

_LAST_NUMBER = 99_999
_LAST_FILE = 999


class Transaction:
    """Runs on `db` inside the caller's transaction; `before_change` is called once, before the first change."""

    def __init__(self, db: sqlite3.Connection, before_change: Callable[[], None]) -> None:
        self._db = db
        self._before_change = before_change
        self._changed = False
        self.staged: list[Path] = []

    def find(self, cles: Collection[Cle]) -> dict[Cle, Inscription]:
        wanted = _as_json([_key_text(cle) for cle in cles])
        query = "SELECT * FROM inscriptions WHERE cle IN (SELECT value FROM json_each(?)) ORDER BY id"
        return {found.cle: found for found in read(self._db, query, wanted)}

    def holders(self, numeros: Collection[str]) -> dict[str, Inscription]:
        query = "SELECT * FROM inscriptions WHERE numeroEditeur IN (SELECT value FROM json_each(?))"
        return {found.numeroEditeur: found for found in read(self._db, query, _as_json(list(numeros)))}

    def claims(self, beneficiaires: Collection[str]) -> dict[str, Inscription]:
        query = """
            SELECT * FROM inscriptions WHERE etat IN (?, ?) AND EXISTS (
                SELECT 1 FROM json_each(beneficiaires) WHERE value IN (SELECT value FROM json_each(?))
            ) ORDER BY id DESC"""
        wanted = set(beneficiaires)
        found = read(self._db, query, Etat.EMISE, Etat.ACCEPTEE, _as_json(list(wanted)))
        return {one: held for held in found for one in held.beneficiaires if one in wanted}

    def free_numbers(self, count: int, reserved: Collection[str]) -> list[str]:
        taken = {numero for (numero,) in self._db.execute("SELECT numeroEditeur FROM demandes")} | set(reserved)
        candidates = (f"{number:05d}" for number in range(1, _LAST_NUMBER + 1))
        free = list(islice((numero for numero in candidates if numero not in taken), count))
        if len(free) < count:
            raise Refusal("numeros-editeur-epuises")
        return free

    def next_file_number(self, numeroAns: str, jour: date) -> int:
        query = "SELECT max(numero) FROM fichiers WHERE numeroAns = ? AND jour = ? AND annule = 0"
        (last,) = self._db.execute(query, (numeroAns, jour.isoformat())).fetchone()
        return _checked_file_number((last or 0) + 1, numeroAns, jour)

    def emit(self, inscriptions: Iterable[Inscription], lot: Lot | None) -> None:
        inscriptions = list(inscriptions)
        lot_id = self._record_lot(lot) if lot else None
        if not inscriptions:
            return
        causes = self._causes(inscriptions)
        if lot:
            _refuse_names_on_disk({one.fichier for one in inscriptions}, lot.staging.parent)
        self._about_to_change()
        files = self._record_files(inscriptions, lot_id)
        self._db.executemany(
            """INSERT INTO demandes (numeroEditeur, cle, etat, fichier, numLigne, SIRET, montantSegurHT,
                                     beneficiaires, contenu) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (numeroEditeur) DO UPDATE SET
                   etat = excluded.etat, fichier = excluded.fichier, numLigne = excluded.numLigne,
                   SIRET = excluded.SIRET, montantSegurHT = excluded.montantSegurHT,
                   beneficiaires = excluded.beneficiaires, contenu = excluded.contenu""",
            (_row(one, files[one.fichier]) for one in inscriptions),
        )
        self._tell(inscriptions, Etat.EMISE, (one.fichier for one in inscriptions), causes)

    def accept(self, numeroEditeur: str, numeroASP: str, code: str, libelle: str, fichier: str) -> None:
        self._answer(numeroEditeur, Etat.ACCEPTEE, (numeroASP, code, libelle), fichier, f"numéro ASP {numeroASP}")

    def refuse(self, numeroEditeur: str, code: str, libelle: str, fichier: str) -> None:
        self._answer(numeroEditeur, Etat.REFUSEE, ("", code, libelle), fichier, f"{code} {libelle}".strip())

    def void(self, fichier: str) -> Sequence[Inscription]:
        query = "SELECT id, annule FROM fichiers WHERE nom = ? ORDER BY id DESC LIMIT 1"
        file_id, voided = self._db.execute(query, (fichier,)).fetchone() or (None, False)
        if file_id is None:
            raise Refusal("annulation-fichier-inconnu", fichier=fichier)
        if voided:
            raise Refusal("annulation-deja-faite", fichier=fichier)
        held = list(read(self._db, "SELECT * FROM inscriptions WHERE fichier_id = ? ORDER BY numLigne", file_id))
        for one in held:
            if one.etat is not Etat.EMISE:
                raise Refusal(
                    "annulation-deja-repondue", fichier=fichier, numeroEditeur=one.numeroEditeur, etat=one.etat.value
                )
        self._about_to_change()
        self._db.execute("UPDATE fichiers SET annule = 1 WHERE id = ?", (file_id,))
        self._db.execute("UPDATE demandes SET etat = ? WHERE fichier = ?", (Etat.ANNULEE, file_id))
        self._tell(
            held, Etat.ANNULEE, [fichier] * len(held), ["Fichier annulé : jamais déposé sur le portail"] * len(held)
        )
        return held

    def _record_lot(self, lot: Lot) -> int:
        self.staged.append(lot.staging)
        where = (str(lot.staging.absolute().parent), lot.staging.name)
        recorded = self._db.execute("INSERT INTO lots (sortie, attente) VALUES (?, ?)", where)
        return int(recorded.lastrowid or 0)

    def _record_files(self, inscriptions: Iterable[Inscription], lot_id: int | None) -> dict[str, int]:
        files: dict[str, int] = {}
        for one in inscriptions:
            if one.fichier not in files:
                numero = int(one.fichier.removesuffix(".json").rsplit("-", 1)[1])
                _checked_file_number(numero, one.cle.numeroAns, one.jour)
                recorded = self._db.execute(
                    "INSERT INTO fichiers (nom, numeroAns, jour, numero, lot) VALUES (?, ?, ?, ?, ?)",
                    (one.fichier, one.cle.numeroAns, one.jour.isoformat(), numero, lot_id),
                )
                files[one.fichier] = int(recorded.lastrowid or 0)
        return files

    def _causes(self, inscriptions: Sequence[Inscription]) -> list[str]:
        """Why each one is emitted; ValueError if its number belongs to another, or is in use."""
        held = self.holders([one.numeroEditeur for one in inscriptions])
        before = self.find([one.cle for one in inscriptions])
        causes = []
        for one in inscriptions:
            same, previous = held.get(one.numeroEditeur), before.get(one.cle)
            if same and (same.cle != one.cle or same.etat is not Etat.ANNULEE):
                raise ValueError(f"numeroEditeur already held: {one.numeroEditeur}")
            if same:
                causes.append("Émise de nouveau, après l'annulation de son fichier")
            elif previous and previous.etat is not Etat.REFUSEE:
                raise ValueError(f"request already {previous.etat.name}: {previous.numeroEditeur}")
            else:
                causes.append(f"Émise de nouveau, {previous.numeroEditeur} ayant été refusée" if previous else "Émise")
        return causes

    def _answer(self, numeroEditeur: str, etat: Etat, answer: tuple[str, str, str], fichier: str, cause: str) -> None:
        """Record the portal's answer once; ValueError where the request is not waiting for one."""
        held = self.holders([numeroEditeur])[numeroEditeur]
        numeroASP, code, _ = answer
        if held.etat is etat and held.numeroASP == numeroASP and (etat is Etat.ACCEPTEE or held.codeTraitement == code):
            return
        if not held.awaits_answer:
            raise ValueError(f"request already {held.etat.name}: {numeroEditeur}")
        self._about_to_change()
        self._db.execute(
            """UPDATE demandes SET etat = ?, numeroASP = ?, codeTraitement = ?, libelleTraitement = ?
               WHERE numeroEditeur = ?""",
            (etat, *answer, numeroEditeur),
        )
        self._tell([held], etat, [fichier], [f"Réponse du portail : {cause}"])

    def _tell(
        self, inscriptions: Sequence[Inscription], etat: Etat, fichiers: Iterable[str], causes: Iterable[str]
    ) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        rows = zip(inscriptions, fichiers, causes, strict=True)
        self._db.executemany(
            "INSERT INTO evenements (numeroEditeur, etat, quand, fichier, cause) VALUES (?, ?, ?, ?, ?)",
            ((one.numeroEditeur, etat, now, fichier, cause) for one, fichier, cause in rows),
        )

    def _about_to_change(self) -> None:
        if not self._changed:
            self._changed = True
            self._before_change()


def read(db: sqlite3.Connection, query: str, *values: object) -> Iterator[Inscription]:
    """The inscriptions that a query on the view of the same name gives."""
    for row in db.execute(query, values):
        _, cle, numero, etat, fichier, ligne, jour, siret, montant, beneficiaires, contenu, asp, code, libelle, _ = row
        yield Inscription(
            Cle(*orjson.loads(cle)), numero, Etat(etat), fichier, ligne, date.fromisoformat(jour), siret,
            Decimal(montant), tuple(orjson.loads(beneficiaires)), orjson.loads(contenu), asp, code, libelle,
        )  # fmt: skip


def _row(one: Inscription, file_id: int) -> tuple[object, ...]:
    return (
        one.numeroEditeur, _key_text(one.cle), Etat.EMISE, file_id, one.numLigne, one.SIRET, str(one.montantSegurHT),
        _as_json(one.beneficiaires), _as_json(dict(one.contenu)),
    )  # fmt: skip


def _as_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _key_text(cle: Cle) -> str:
    return _as_json((cle.numeroAns, cle.refCommande, cle.numeroEditeur))


def _checked_file_number(numero: int, numeroAns: str, jour: date) -> int:
    if numero > _LAST_FILE:
        raise Refusal("numeros-de-fichier-epuises", numeroAns=numeroAns, jour=f"{jour:%d/%m/%Y}")
    return numero


def _refuse_names_on_disk(names: Collection[str], out: Path) -> None:
    on_disk = json_files(out)
    for name in sorted(names):
        if name in on_disk:
            raise Refusal("fichier-deja-present", fichier=name, dossier=str(on_disk[name].parent))
