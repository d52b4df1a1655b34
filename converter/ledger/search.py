"""Requests of the ledger found by words, sorted and counted by the database, a page at a time.

A word is compared as people compare texts (`fold`), which no two databases do alike. So SQL first keeps the rows that
may hold the words (a pattern in which each letter that could bear an accent stands for any character), and those alone
are read and compared here.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path

import orjson

from converter.findings.text import fold
from converter.ledger.database import Database
from converter.ledger.lists import ADVANCE_CENTS, CENTS, FOLDER, LISTED, in_euros, request_of, totals_of
from converter.ledger.model import ListedRequest, State
from converter.ledger.pages import PAGE, FileCount, Found, Search, Sort, Waiting
from converter.ledger.rows import as_json, state_of
from converter.ledger.snapshot import Snapshot

_MAY_DIFFER = frozenset("aceinouy")  # letters that may bear an accent
_SEPARATORS = str.maketrans("", "", " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_NO_LETTER = re.compile(r"[^\w\n]|_")
_NAMED = ("nomMedecin", "RPPS", "FINESSGeo", "FINESSJuridique", "nomMandataire", "nomResponsable")
_BETWEEN_LETTERS = "-' /._"  # what most often stands inside a name or a reference, and nobody types
_WRITTEN = "upper(numeroEditeur || '\n' || numeroASP || '\n' || nom || '\n' || cle || '\n' || contenu)"
_SQL_QUOTED = {"'": "''"}
_TEXT = reduce(lambda text, one: f"replace({text}, '{_SQL_QUOTED.get(one, one)}', '')", _BETWEEN_LETTERS, _WRITTEN)


_BATCHES_IN = r"""SELECT lots.id FROM lots JOIN json_each(?) ON replace(dossier, '\', '/') LIKE value
                  WHERE machine IN ('', ?)"""
"""The batches of a machine whose folders are like one of a list."""
_RANKS = " ".join(f"WHEN '{state.value}' THEN {rank}" for rank, state in enumerate(State))
_ORDER: Mapping[Sort, str] = {
    Sort.NUMBER: "numeroEditeur",
    Sort.REFERENCE: "lecture",
    Sort.STATE: f"CASE etat {_RANKS} END",
    Sort.AMOUNT: CENTS,
    Sort.DAY: "jour",
    Sort.ASP_NUMBER: "numeroASP",
}


def found(db: Database, asked: Search) -> Found:
    """The page of `asked`, and the totals by state of all the requests that it means."""
    where, values = _where(db, asked)
    totals = f"""SELECT etat, count(*), sum({CENTS}), sum({ADVANCE_CENTS})
                 FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier {where} GROUP BY etat"""  # noqa: S608
    page = f"{LISTED} {where} {_order(asked)} LIMIT ? OFFSET ?"
    rows = db.execute(page, (*values, PAGE, (asked.page - 1) * PAGE)).fetchall()
    return Found(tuple(request_of(*row) for row in rows), tuple(totals_of(db.execute(totals, values))))


def every_found(db: Database, asked: Search) -> list[ListedRequest]:
    """All the requests that `asked` means, in its order."""
    where, values = _where(db, asked)
    return [request_of(*row) for row in db.execute(f"{LISTED} {where} {_order(asked)}", values)]


def waiting(db: Database) -> list[Waiting]:
    """The requests that the portal or the ASP owes an answer, by state and by the day from which they wait."""
    query = f"""
        SELECT etat, CASE WHEN decision != '' THEN decision ELSE jour END AS depuis, count(*), sum({CENTS})
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier
        WHERE etat IN (?, ?, ?) GROUP BY etat, depuis ORDER BY depuis, etat"""  # noqa: S608 — our own constants
    states = (State.EMITTED, State.ACCEPTED, State.AWARDED)
    return [
        Waiting(state_of(state), date.fromisoformat(since), count, in_euros(cents))
        for state, since, count, cents in db.execute(query, [one.value for one in states])
    ]


def file_counts(
    db: Database, machine: str, folders: Collection[str] | None = None, *, inside: bool = True
) -> list[FileCount]:
    """Each JSON file with what it holds, the latest first; without the folder of those of other machines.

    `folders`: the names of folders; only the files of the batches in these, or of no such batch if not `inside`.
    """
    chosen, values = "", [machine]
    if folders is not None:
        chosen = f"WHERE lot IN ({_BATCHES_IN})" if inside else f"WHERE lot IS NULL OR lot NOT IN ({_BATCHES_IN})"
        values += [as_json([f"%/{name}" for name in folders]), machine]
    query = f"""
        SELECT fichiers.id, nom, numeroAns, jour, {FOLDER}, annule, depose, etat, count(*), sum({CENTS}),
               sum({ADVANCE_CENTS})
        FROM fichiers LEFT JOIN lots ON lots.id = lot JOIN demandes ON demandes.fichier = fichiers.id {chosen}
        GROUP BY fichiers.id, nom, numeroAns, jour, machine, dossier, annule, depose, etat
        ORDER BY fichiers.id DESC"""  # noqa: S608 — our own constants
    files: dict[int, list[tuple[str, ...]]] = {}
    for file_id, *rest in db.execute(query, values):
        files.setdefault(file_id, []).append(tuple(rest))
    return [_file_count(rows) for rows in files.values()]


def folders_of(db: Database, machine: str, file: str) -> list[Path]:
    """The folders of the batches of this machine that hold a JSON file of that name, the latest first."""
    query = """SELECT dossier FROM fichiers JOIN lots ON lots.id = lot
               WHERE nom = ? AND machine IN ('', ?) AND dossier != '' ORDER BY fichiers.id DESC"""
    return [Path(folder) for (folder,) in db.execute(query, (file, machine))]


def _file_count(rows: Sequence[Sequence[str]]) -> FileCount:
    name, numeroAns, day, folder, voided, deposited, *_ = rows[0]
    return FileCount(
        name=name,
        numeroAns=numeroAns,
        day=date.fromisoformat(day),
        folder=Path(folder) if folder else None,
        voided=bool(voided),
        deposited=date.fromisoformat(deposited) if deposited else None,
        states={state_of(row[6]): int(row[7]) for row in rows},
        montantSegurHT=in_euros(sum(int(row[8]) for row in rows)),
        advance=in_euros(sum(int(row[9]) for row in rows)),
    )


def _order(asked: Search) -> str:
    """By the column asked for, then by number, so that a page is the same each time."""
    way = "DESC" if asked.descending else "ASC"
    return f"ORDER BY {_ORDER[asked.sort]} {way}, numeroEditeur {way}"


def _where(db: Database, asked: Search) -> tuple[str, list[str]]:
    """The condition, and the values of its question marks."""
    conditions, values = [], []
    if asked.states:
        conditions.append("etat IN (SELECT value FROM json_each(?))")
        values.append(as_json([one.value for one in asked.states]))
    words = [folded for word in asked.words.split() if (folded := fold(word))]
    if words:
        conditions.append("numeroEditeur IN (SELECT value FROM json_each(?))")
        values.append(as_json(list(_holding(db, words))))
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", values


def _holding(db: Database, words: Collection[str]) -> Iterator[str]:
    """The numeroEditeur of the requests that hold each of these folded words."""
    query = f"""
        SELECT numeroEditeur, numeroASP, nom, cle, contenu
        FROM demandes JOIN fichiers ON fichiers.id = demandes.fichier
        WHERE {" AND ".join([f"{_TEXT} LIKE ?"] * len(words))}"""  # noqa: S608 — our own constants
    for number, asp, file, key, rendered in db.execute(query, [_pattern(word) for word in words]):
        sent = Snapshot(rendered)
        texts = [number, asp, file, orjson.loads(key)[1]]
        texts += [one[tag] for one in (sent.values, *sent.beneficiaries) for tag in _NAMED if tag in one]
        text = _folded("\n".join(texts))
        if all(word in text for word in words):
            yield number


def _folded(lines: str) -> str:
    """Each line as `fold` makes it, a whole request at once.

    >>> _folded("L'Haÿ\\nBC-0001") == "\\n".join(map(fold, ("L'Haÿ", "BC-0001")))
    True
    """
    if lines.isascii():
        return lines.lower().translate(_SEPARATORS)
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", lines).casefold())


def _pattern(word: str) -> str:
    """What SQL looks for, in upper case.

    >>> _pattern("lefevre")
    '%L_F_VR_%'
    """
    return f"%{''.join('_' if one in _MAY_DIFFER or not one.isascii() else one.upper() for one in word)}%"
