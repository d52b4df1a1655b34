"""What waits for somebody, found by the database: files without an answer, requests that need something."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from converter.ledger.database import Database
from converter.ledger.lists import ADVANCE_CENTS, CENTS, FOLDER, LISTED, in_euros, request_of
from converter.ledger.model import FICTIF, LedgerFile, ListedRequest, State
from converter.ledger.pages import InNeed, Need, Pending, UnansweredFile

_ALL = 2**62  # requests
_MADE_UP = f"substr(numeroASP, 1, {len(FICTIF)}) = '{FICTIF}'"
_AWAITS_ANSWER = f"(etat = '{State.EMITTED}' OR (etat = '{State.ACCEPTED}' AND {_MADE_UP}))"
_PAID_CENTS = "CAST(round(CAST(NULLIF(verse, '') AS NUMERIC) * 100) AS BIGINT)"
_REPLACED = f"""EXISTS (
    SELECT 1 FROM demandes AS autre JOIN fichiers AS sien ON sien.id = autre.fichier
    WHERE autre.cle = demandes.cle AND autre.etat != '{State.VOIDED}'
      AND (sien.jour, sien.nom, autre.numLigne) > (fichiers.jour, fichiers.nom, demandes.numLigne))"""  # noqa: S608 — our own constants
"""Whether the same order left again later, in a file that was not voided."""
_NEED = f"""CASE
    WHEN etat IN ('{State.REFUSED}', '{State.REJECTED}') THEN CASE WHEN NOT {_REPLACED} THEN '{Need.CORRECTION}' END
    WHEN etat = '{State.ACCEPTED}' THEN CASE WHEN jour < ? AND NOT {_MADE_UP} THEN '{Need.DECISION}' END
    WHEN etat = '{State.AWARDED}' THEN '{Need.PAYMENT}'
    WHEN etat = '{State.PAID}' THEN CASE WHEN {_PAID_CENTS} != {ADVANCE_CENTS} THEN '{Need.EXPLANATION}' END END"""
_SINCE = f"""CASE WHEN decision != '' AND etat IN ('{State.REJECTED}', '{State.AWARDED}', '{State.PAID}')
    THEN decision ELSE jour END"""
"""The day since when a request waits: that of the decision, else that of its upload."""


def pending(db: Database, machine: str, before: date, most: int | None) -> Pending:
    """What waits. `before`: a request accepted from that day on needs no decision yet; `most`: how many requests of
    each need to read, None for all."""
    return Pending(tuple(_unanswered(db, machine)), _in_need(db, before, most))


def awaiting_answer(db: Database) -> list[ListedRequest]:
    """The requests that the portal has not answered, file by file."""
    query = f"{LISTED} WHERE annule = 0 AND {_AWAITS_ANSWER} ORDER BY nom, numLigne"
    return [request_of(*row) for row in db.execute(query)]


def _unanswered(db: Database, machine: str) -> list[UnansweredFile]:
    query = f"""
        SELECT nom, numeroAns, jour, {FOLDER}, depose, vivantes, attendues, cents
        FROM (SELECT fichier, count(*) AS vivantes, sum(CASE WHEN {_AWAITS_ANSWER} THEN 1 ELSE 0 END) AS attendues,
                     sum(CASE WHEN {_AWAITS_ANSWER} THEN {CENTS} ELSE 0 END) AS cents
              FROM demandes WHERE etat NOT IN ('{State.VOIDED}', '{State.ABANDONED}') GROUP BY fichier) AS comptes
             JOIN fichiers ON fichiers.id = fichier LEFT JOIN lots ON lots.id = lot
        WHERE annule = 0 AND attendues > 0 ORDER BY fichiers.id"""  # noqa: S608 — our own constants
    return [
        UnansweredFile(
            LedgerFile(
                name,
                numeroAns,
                date.fromisoformat(day),
                Path(folder) if folder else None,
                voided=False,
                deposited=date.fromisoformat(deposited) if deposited else None,
            ),
            requests,
            int(waiting),
            in_euros(int(cents)),
        )
        for name, numeroAns, day, folder, deposited, requests, waiting, cents in db.execute(query, (machine,))
    ]


def _in_need(db: Database, before: date, most: int | None) -> Mapping[Need, InNeed]:
    query = f"""
        WITH besoins AS (
            SELECT demandes.id AS la_demande, nom AS le_fichier, numLigne AS la_ligne, {_SINCE} AS depuis,
                   {_NEED} AS besoin
            FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier),
        rangs AS (
            SELECT la_demande, besoin, count(*) OVER (PARTITION BY besoin) AS combien,
                   row_number() OVER (PARTITION BY besoin ORDER BY depuis, le_fichier, la_ligne) AS rang
            FROM besoins WHERE besoin IS NOT NULL)
        SELECT besoin, combien, {LISTED.lstrip().removeprefix("SELECT")} JOIN rangs ON la_demande = demandes.id
        WHERE rang <= ? ORDER BY besoin, rang"""  # noqa: S608 — our own constants
    found: dict[Need, tuple[int, list[ListedRequest]]] = {}
    for need, count, *row in db.execute(query, (before.isoformat(), _ALL if most is None else most)):
        found.setdefault(Need(need), (count, []))[1].append(request_of(*row))
    return {need: InNeed(count, tuple(first)) for need, (count, first) in found.items()}
