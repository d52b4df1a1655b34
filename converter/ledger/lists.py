"""The queries behind the lists of requests; they read only the columns that lists show."""

import sqlite3
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import orjson

from converter.format.requests import RequestKey
from converter.ledger.model import LedgerFile, ListedRequest, State, StateTotal
from converter.ledger.rows import state_of

_OF_STATES = "(? = '[]' OR etat IN (SELECT value FROM json_each(?)))"
_CENTS = "CAST(round(montantSegurHT * 100) AS INTEGER)"  # amounts have two decimals: exact up to 10^13 euros
_ADVANCE_CENTS = f"(3 * {_CENTS} + 5) / 10"  # 30 %, half up to the cent, request by request


def listed(db: sqlite3.Connection, states: Collection[State], last: int | None) -> list[ListedRequest]:
    """Every request without its snapshot, by numeroEditeur."""
    wanted = _as_json(states)
    query = f"""
        SELECT numeroEditeur, cle, etat, nom, numLigne, jour, montantSegurHT, numeroASP, codeTraitement,
               libelleTraitement, decision, verse, motif
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier
        WHERE {_OF_STATES} ORDER BY numeroEditeur DESC LIMIT ?"""  # noqa: S608 — our own constants
    rows = db.execute(query, (wanted, wanted, -1 if last is None else last)).fetchall()
    return [_listed(*row) for row in reversed(rows)]


def totals(db: sqlite3.Connection, states: Collection[State]) -> list[StateTotal]:
    """One total for each state that has requests, in the order of `State`."""
    wanted = _as_json(states)
    query = f"""
        SELECT etat, count(*), sum({_CENTS}), sum({_ADVANCE_CENTS}) FROM demandes
        WHERE {_OF_STATES} GROUP BY etat"""  # noqa: S608 — our own constants
    found = {state_of(state): figures for state, *figures in db.execute(query, (wanted, wanted))}
    return [
        StateTotal(state, count, Decimal(cents).scaleb(-2), Decimal(advance).scaleb(-2))
        for state in State
        for count, cents, advance in [found.get(state, (0, 0, 0))]
        if count
    ]


def files(db: sqlite3.Connection) -> Iterator[LedgerFile]:
    """Every JSON file, in the order in which they were made."""
    query = """
        SELECT nom, numeroAns, jour, dossier, annule FROM fichiers LEFT JOIN lots ON lots.id = lot
        ORDER BY fichiers.id"""
    for name, numeroAns, day, dossier, annule in db.execute(query):
        yield LedgerFile(name, numeroAns, date.fromisoformat(day), Path(dossier) if dossier else None, bool(annule))


def _listed(
    number: str, key: str, state: str, file: str, line: int, day: str, amount: str, asp: str, code: str,
    wording: str, decided: str, paid: str, reason: str,
) -> ListedRequest:  # fmt: skip
    return ListedRequest(
        number, RequestKey(*orjson.loads(key)), state_of(state), file, line, _day(day), Decimal(amount), asp, code,
        wording, _day(decided) if decided else None, Decimal(paid) if paid else None, reason,
    )  # fmt: skip


@lru_cache(4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def _as_json(states: Collection[State]) -> str:
    return orjson.dumps([state.value for state in states]).decode()
