"""Rows of the ledger read as requests and back; each row has a checksum of its own values (`controle`).

The checksum covers every column of the view `inscriptions`, so that a value changed by another program or a failing
disk is never taken for what was sent. Code that changes a row must call `seal` afterwards.
"""

import dataclasses
import hashlib
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

import orjson

from converter.format.requests import RequestKey
from converter.ledger.database import Database
from converter.ledger.model import LedgerEntry, State
from converter.ledger.snapshot import Snapshot

_SEALED = (
    "cle", "numeroEditeur", "etat", "fichier", "numLigne", "jour", "SIRET", "montantSegurHT", "beneficiaires",
    "contenu", "numeroASP", "codeTraitement", "libelleTraitement", "lecture", "chiffres", "nombre", "bonCommande",
    "decision", "verse", "motif", "provenance",
)  # fmt: skip
FIRST_SEALED = 2
"""The first version of the tables whose rows bear a checksum."""
_SEALED_SINCE = {"decision": 3, "verse": 3, "motif": 3, "provenance": 5}
_COLUMNS = ", ".join((*_SEALED, "controle"))
_SOURCE = tuple(one.name for one in dataclasses.fields(Snapshot) if one.name != "rendered")


class DamagedRowError(Exception):
    """The checksum of a row does not match its values."""


def read(db: Database, chosen: str, *values: object) -> Iterator[LedgerEntry]:
    """The requests that `chosen` (« WHERE … ORDER BY … ») selects in the view `inscriptions`; DamagedRowError."""
    for *sealed, check in db.execute(f"SELECT {_COLUMNS} FROM inscriptions {chosen}", values):  # noqa: S608 — our words
        if _check(sealed) != check:
            raise DamagedRowError
        key, number, state, file, line, day, siret, amount, beneficiaires, rendered, asp, code, wording, *more = sealed
        _, _, is_number, _, decided, paid, reason, source = more
        yield LedgerEntry(
            RequestKey(*orjson.loads(key)), number, State(state), file, line, date.fromisoformat(day), siret,
            Decimal(amount), tuple(orjson.loads(beneficiaires)),
            Snapshot(rendered, **orjson.loads(source)), asp, code, wording,
            numeric_reference=bool(is_number), decided=date.fromisoformat(decided) if decided else None,
            paid=Decimal(paid) if paid else None, reason=reason,
        )  # fmt: skip


def values_of(one: LedgerEntry) -> dict[str, object]:
    """The row of a request, by column of the view, its checksum included."""
    reading = one.reading
    values: dict[str, object] = {
        "cle": key_text(one.key),
        "numeroEditeur": one.numeroEditeur,
        "etat": one.state.value,
        "fichier": one.file,
        "numLigne": one.numLigne,
        "jour": one.day.isoformat(),
        "SIRET": one.SIRET,
        "montantSegurHT": str(one.montantSegurHT),
        "beneficiaires": as_json(one.beneficiaires),
        "contenu": one.snapshot.rendered,
        "numeroASP": one.numeroASP,
        "codeTraitement": one.codeTraitement,
        "libelleTraitement": one.libelleTraitement,
        "lecture": reading.runs,
        "chiffres": reading.digits,
        "nombre": int(reading.is_number),
        "bonCommande": one.order_form,
        "decision": one.decided.isoformat() if one.decided else "",
        "verse": "" if one.paid is None else str(one.paid),
        "motif": one.reason,
        "provenance": source_text(one.snapshot),
    }
    return values | {"controle": _check([values[column] for column in _SEALED])}


def state_of(text: str) -> State:
    """The state that a row names; DamagedRowError for one that is none."""
    try:
        return State(text)
    except ValueError as error:
        raise DamagedRowError from error


def seal(db: Database, numbers: Collection[str] | None = None) -> None:
    """Compute again the checksum of the requests of these numeroEditeur (None: of all of them)."""
    chosen = "" if numbers is None else "WHERE numeroEditeur IN (SELECT value FROM json_each(?))"
    values = () if numbers is None else (as_json(list(numbers)),)
    found = db.execute(f"SELECT id, {', '.join(_SEALED)} FROM inscriptions {chosen}", values).fetchall()  # noqa: S608
    db.executemany("UPDATE demandes SET controle = ? WHERE id = ?", ((_check(row), rank) for rank, *row in found))


def verify(db: Database, version: int) -> None:
    """DamagedRowError unless each row of a ledger of this version, from `FIRST_SEALED` on, bears its checksum."""
    sealed_then = [column for column in _SEALED if _SEALED_SINCE.get(column, FIRST_SEALED) <= version]
    for check, *sealed in db.execute(f"SELECT controle, {', '.join(sealed_then)} FROM inscriptions"):  # noqa: S608
        if _check(sealed) != check:
            raise DamagedRowError


def as_json(value: object) -> str:
    """`value` as the JSON text that the ledger stores."""
    return orjson.dumps(value).decode()


def key_text(key: RequestKey) -> str:
    """A key as the JSON text that the ledger stores."""
    return as_json((key.numeroAns, key.refCommande, key.numeroEditeur))


def source_text(snapshot: Snapshot) -> str:
    """What a snapshot holds beside the request that was sent, as the JSON text that the ledger stores."""
    return as_json({name: getattr(snapshot, name) for name in _SOURCE})


def _check(sealed: list[object]) -> str:
    return hashlib.blake2b(orjson.dumps(sealed, default=repr), digest_size=8).hexdigest()
