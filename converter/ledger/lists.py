"""The queries behind the lists of requests; they read only the columns that lists show."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import orjson

from converter.format.requests import RequestKey
from converter.ledger.database import Database
from converter.ledger.model import LedgerFile, ListedRequest, State, StateTotal
from converter.ledger.rows import state_of

_ALL = 2**62  # rows
_OF_STATES = "(? = '[]' OR etat IN (SELECT value FROM json_each(?)))"
CENTS = "CAST(round(CAST(montantSegurHT AS NUMERIC) * 100) AS BIGINT)"
"""The amount of a request in cents; amounts have two decimals: exact up to 10^13 euros."""
ADVANCE_CENTS = f"(3 * {CENTS} + 5) / 10"
"""The advance of a request in cents: 30 %, half up to the cent, request by request."""
FOLDER = "CASE WHEN machine IN ('', ?) THEN dossier END"
"""The folder of a file, where it is one of the machine that is asked for."""
LISTED = """
    SELECT numeroEditeur, cle, etat, nom, numLigne, jour, montantSegurHT, numeroASP, codeTraitement, libelleTraitement,
           decision, verse, motif
    FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier"""
"""The columns of a `ListedRequest` (`request_of` reads them)."""


def listed(db: Database, states: Collection[State], last: int | None) -> list[ListedRequest]:
    """Every request without its snapshot, by numeroEditeur."""
    wanted = _as_json(states)
    query = f"{LISTED} WHERE {_OF_STATES} ORDER BY numeroEditeur DESC LIMIT ?"
    rows = db.execute(query, (wanted, wanted, _ALL if last is None else last)).fetchall()
    return [request_of(*row) for row in reversed(rows)]


def totals(db: Database, states: Collection[State]) -> list[StateTotal]:
    """One total for each state that has requests, in the order of `State`."""
    wanted = _as_json(states)
    query = f"""
        SELECT etat, count(*), sum({CENTS}), sum({ADVANCE_CENTS}) FROM demandes
        WHERE {_OF_STATES} GROUP BY etat"""  # noqa: S608 — our own constants
    return totals_of(db.execute(query, (wanted, wanted)))


def totals_of(rows: Iterable[tuple[str, int, int, int]]) -> list[StateTotal]:
    """Rows of a state, its requests, their amount and their advance in cents; as totals, in the order of `State`."""
    found = {state_of(state): figures for state, *figures in rows}
    return [
        StateTotal(state, count, in_euros(cents), in_euros(advance))
        for state in State
        for count, cents, advance in [found.get(state, (0, 0, 0))]
        if count
    ]


def in_euros(cents: int) -> Decimal:
    """Cents as euros, with two decimals."""
    return Decimal(cents).scaleb(-2)


def files(db: Database, machine: str) -> Iterator[LedgerFile]:
    """Every JSON file, in the order in which they were made; without the folder of those of other machines."""
    query = f"""
        SELECT nom, numeroAns, jour, {FOLDER}, annule, depose FROM fichiers LEFT JOIN lots ON lots.id = lot
        ORDER BY fichiers.id"""  # noqa: S608 — our own constants
    for name, numeroAns, day, dossier, annule, depose in db.execute(query, (machine,)):
        folder, deposited = Path(dossier) if dossier else None, _day(depose) if depose else None
        yield LedgerFile(name, numeroAns, _day(day), folder, bool(annule), deposited)


def request_of(
    number: str, key: str, state: str, file: str, line: int, day: str, amount: str, asp: str, code: str,
    wording: str, decided: str, paid: str, reason: str,
) -> ListedRequest:  # fmt: skip
    """A row of `LISTED`."""
    return ListedRequest(
        number, RequestKey(*orjson.loads(key)), state_of(state), file, line, _day(day), Decimal(amount), asp, code,
        wording, _day(decided) if decided else None, Decimal(paid) if paid else None, reason,
    )  # fmt: skip


@lru_cache(4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def _as_json(states: Collection[State]) -> str:
    return orjson.dumps([state.value for state in states]).decode()
