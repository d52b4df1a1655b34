"""Files that left before this ledger, recorded in it."""

from converter.format.file_names import parse_json_file_name
from converter.ledger.database import Database
from converter.ledger.model import AdoptedFile, LedgerEntry, State


def record_file(db: Database, adopted: AdoptedFile, machine: str) -> int:
    """The identifier of a file, recorded unless the ledger knows it already; its folder is one of `machine`."""
    voided = int(adopted.voided)
    query = "SELECT id FROM fichiers WHERE nom = ? AND annule = ? ORDER BY id DESC LIMIT 1"
    known = db.execute(query, (adopted.name, voided)).fetchone()
    if known:
        return int(known[0])
    recorded = db.execute(
        """INSERT INTO fichiers (nom, numeroAns, jour, numero, lot, annule, ecarte) VALUES (?, ?, ?, ?, ?, ?, ?)
           RETURNING id""",
        (
            adopted.name,
            adopted.numeroAns,
            adopted.day.isoformat(),
            named.number if (named := parse_json_file_name(adopted.name)) else 0,
            _lot_in(db, adopted, machine),
            voided,
            voided,
        ),
    )
    return int(recorded.fetchone()[0])


def cause(one: LedgerEntry) -> str:
    """The sentence of the history, from the answer that the file holds."""
    match one.state:
        case State.ACCEPTED:
            return f"Reprise d'un fichier existant : acceptée, numéro ASP {one.numeroASP}"
        case State.REFUSED:
            return f"Reprise d'un fichier existant : refusée, {one.codeTraitement} {one.libelleTraitement}".strip()
        case State.VOIDED:
            return "Reprise d'un fichier existant, annulé"
        case _:
            return "Reprise d'un fichier existant, sans réponse"


def _lot_in(db: Database, adopted: AdoptedFile, machine: str) -> int | None:
    """The batch recorded for the folder of the file, as if this ledger had made that folder."""
    if adopted.folder is None:
        return None
    folder = str(adopted.folder.absolute())
    known = db.execute("SELECT id FROM lots WHERE dossier = ? AND machine = ?", (folder, machine)).fetchone()
    if known:
        return int(known[0])
    recorded = db.execute(
        "INSERT INTO lots (sortie, attente, dossier, machine) VALUES (?, ?, ?, ?) RETURNING id",
        (str(adopted.folder.absolute().parent), " ".join(filter(None, ("adopté", machine, folder))), folder, machine),
    )
    return int(recorded.fetchone()[0])
