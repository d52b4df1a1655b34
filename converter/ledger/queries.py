"""What is asked of the SQLite ledger inside one transaction (`LedgerReader` of the interface)."""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

from converter.findings import Refusal
from converter.format.references import Reading, read_alike
from converter.format.requests import RequestKey
from converter.ledger import pending, search
from converter.ledger.database import Database
from converter.ledger.model import KeyedBatch, LedgerEntry, ListedRequest
from converter.ledger.pages import FileCount, Found, Pending, Search, Waiting
from converter.ledger.rows import as_json, key_text, read

LAST_FILE = 999
_LAST_NUMBER = 99_999
Named = TypeVar("Named")
Value = TypeVar("Value")


class Queries:
    """Reads `db` inside the caller's transaction; `machine`: the one whose folders are here, "" for any."""

    def __init__(self, db: Database, machine: str = "") -> None:
        self._db = db
        self._machine = machine

    def find(self, keys: Collection[RequestKey]) -> dict[RequestKey, LedgerEntry]:
        chosen = "WHERE cle IN (SELECT value FROM json_each(?)) ORDER BY id"
        return {found.key: found for found in read(self._db, chosen, as_json([key_text(key) for key in keys]))}

    def holders(self, numbers: Collection[str]) -> dict[str, LedgerEntry]:
        chosen = "WHERE numeroEditeur IN (SELECT value FROM json_each(?))"
        return {found.numeroEditeur: found for found in read(self._db, chosen, as_json(list(numbers)))}

    def claims(self, beneficiaires: Collection[str]) -> dict[str, tuple[LedgerEntry, ...]]:
        chosen = """WHERE id IN (SELECT demande FROM beneficiaires WHERE numero IN (SELECT value FROM json_each(?)))
                    ORDER BY id DESC"""
        wanted = set(beneficiaires)
        return self._out(chosen, wanted, lambda found: wanted.intersection(found.beneficiaires))

    def alike(self, readings: Collection[Reading]) -> dict[Reading, tuple[LedgerEntry, ...]]:
        by_runs = _grouped((one.runs, one) for one in readings if one.runs)
        by_digits = _grouped((one.digits, one) for one in readings if one.digits)
        chosen = "WHERE lecture IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
        same = self._out(chosen, by_runs, lambda found: by_runs[found.reading.runs])
        chosen = "WHERE chiffres != '' AND chiffres IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
        digits = self._out(
            chosen,
            by_digits,
            lambda found: [one for one in by_digits[found.reading.digits] if read_alike(one, found.reading)],
        )
        return {one: (*same.get(one, ()), *digits.get(one, ())) for one in {*same, *digits}}

    def order_forms(self, fingerprints: Collection[str]) -> dict[str, tuple[LedgerEntry, ...]]:
        chosen = "WHERE bonCommande != '' AND bonCommande IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
        return self._out(chosen, fingerprints, lambda found: [found.order_form])

    def bearers(self, numerosASP: Collection[str]) -> dict[str, LedgerEntry]:
        chosen = "WHERE numeroASP != '' AND numeroASP IN (SELECT value FROM json_each(?))"
        return {found.numeroASP: found for found in read(self._db, chosen, as_json(list(numerosASP)))}

    def file_holds(self, file: str) -> list[LedgerEntry]:
        return list(
            read(self._db, "WHERE fichier_id = (SELECT max(id) FROM fichiers WHERE nom = ?) ORDER BY numLigne", file)
        )

    def free_numbers(self, count: int, reserved: Collection[str], leaving: Collection[str] = ()) -> list[str]:
        (last,) = self._db.execute("SELECT max(numeroEditeur) FROM demandes").fetchone()
        highest = int(max((last or "0", *leaving)))
        kept = {*reserved, *leaving}
        after = (f"{one:05d}" for one in range(highest + 1, _LAST_NUMBER + 1))
        free = list(islice((number for number in after if number not in kept), count))
        if len(free) < count:
            kept.update(number for (number,) in self._db.execute("SELECT numeroEditeur FROM demandes"))
            before = (f"{one:05d}" for one in range(1, highest))
            free += islice((number for number in before if number not in kept), count - len(free))
        if len(free) < count:
            raise Refusal("numeros-editeur-epuises")
        return free

    def next_file_number(self, numeroAns: str, day: date) -> int:
        query = "SELECT max(numero) FROM fichiers WHERE numeroAns = ? AND jour = ? AND annule = 0"
        (last,) = self._db.execute(query, (numeroAns, day.isoformat())).fetchone()
        return checked_file_number((last or 0) + 1, numeroAns, day)

    def keyed_batch(self, key: str) -> KeyedBatch | None:
        found = self._db.execute("SELECT dossier FROM lots WHERE cle != '' AND cle = ?", (key,)).fetchone()
        return KeyedBatch(Path(found[0]) if found[0] else None) if found else None

    def search(self, asked: Search) -> Found:
        return search.found(self._db, asked)

    def every_found(self, asked: Search) -> list[ListedRequest]:
        return search.every_found(self._db, asked)

    def waiting(self) -> list[Waiting]:
        return search.waiting(self._db)

    def file_counts(self, folders: Collection[str] | None = None, *, inside: bool = True) -> list[FileCount]:
        return search.file_counts(self._db, self._machine, folders, inside=inside)

    def folders_of(self, file: str) -> list[Path]:
        return search.folders_of(self._db, self._machine, file)

    def pending(self, before: date, most: int | None = None) -> Pending:
        return pending.pending(self._db, self._machine, before, most)

    def awaiting_answer(self) -> list[ListedRequest]:
        return pending.awaiting_answer(self._db)

    def _out(
        self, chosen: str, wanted: Collection[str], named_by: Callable[[LedgerEntry], Iterable[Named]]
    ) -> dict[Named, tuple[LedgerEntry, ...]]:
        """The chosen requests that are out, grouped by the names that `named_by` gives each of them."""
        found = (one for one in read(self._db, chosen, as_json(list(wanted))) if one.is_out)
        return {
            name: tuple(held) for name, held in _grouped((name, one) for one in found for name in named_by(one)).items()
        }


def checked_file_number(number: int, numeroAns: str, day: date) -> int:
    """`number`, the NNN of a file name; Refusal when it is past 999."""
    if number > LAST_FILE:
        raise Refusal("numeros-de-fichier-epuises", numeroAns=numeroAns, jour=f"{day:%d/%m/%Y}")
    return number


def _grouped(pairs: Iterable[tuple[Named, Value]]) -> dict[Named, list[Value]]:
    groups: dict[Named, list[Value]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups
