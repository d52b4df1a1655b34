"""Whether a ledger fits its folder: the files that runs left there, and the safety copies beside it.

A ledger restored from an older copy, another publisher's or a new one would give numbers twice. It is recognised before
it gives any, by the files and copies that it does not know.
"""

import re
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from converter.findings import Refusal
from converter.ledger.database import Database
from converter.ledger.rows import read
from converter.ledger.safety_copies import newest, read_all, state_of
from converter.ledger.staging import emitted_files

_LOOKED_INTO = 5  # how many of the latest files of the ledger
_IDENTIFIER = re.compile(rb"[0-9AB]{5,}")


def refuse_new(name: str, out: Path) -> None:
    """Refusal of a ledger that is absent or empty where there are emitted files; `name`: how sentences name it."""
    if on_disk := emitted_files(out):
        raise Refusal("registre-neuf", chemin=name, dossier=str(out), fichier=min(on_disk))


def refuse_lost(path: Path) -> None:
    """Refusal of a ledger file that is absent or empty where there are safety copies of it."""
    if copy := newest(path):
        raise Refusal("registre-perdu", chemin=str(path), copie=str(copy))


def refuse_older(db: Database, path: Path) -> None:
    """Refusal of a ledger file that does not know its own safety copies."""
    here = state_of(db, path)
    for copy in read_all(path):
        if copy.identifier != here.identifier:
            raise Refusal("registre-autre-copies", chemin=str(path), copie=str(copy.path))
        later = copy.living - here.living if copy.last_event > here.last_event else frozenset()
        if unknown := (copy.files - here.files) | later:  # a voided file's name serves again
            raise Refusal("registre-ancien", chemin=str(path), copie=str(copy.path), fichier=max(unknown))


def refuse_misfit(db: Database, name: str, out: Path) -> None:
    """Refusal of a ledger that does not know the files of `out`; `name`: how sentences name the ledger."""
    on_disk = emitted_files(out)
    living = {name for (name,) in db.execute("SELECT nom FROM fichiers WHERE annule = 0")}
    voided = {name for (name,) in db.execute("SELECT nom FROM fichiers WHERE annule = 1 AND ecarte = 0")}
    if strangers := on_disk.keys() - living - voided:
        first = min(strangers)
        place = str(on_disk[first][0].parent)
        raise Refusal("fichier-inconnu", chemin=name, fichier=first, dossier=place)
    _refuse_other_contents(db, name, on_disk)


def missing_files(db: Database, machine: str, out: Path) -> list[str]:
    """The files of `machine` whose requests wait for an answer, and that are neither in their place nor in `out`."""
    query = """
        SELECT nom, dossier FROM fichiers JOIN lots ON lots.id = lot
        WHERE annule = 0 AND dossier != '' AND machine IN ('', ?)
              AND EXISTS (SELECT 1 FROM demandes WHERE demandes.fichier = fichiers.id AND etat = 'émise')
        ORDER BY nom"""
    waiting = [(name, Path(folder)) for name, folder in db.execute(query, (machine,))]
    gone = [name for name, folder in waiting if not (folder / name).exists()]
    on_disk = emitted_files(out) if gone else {}
    return [name for name in gone if name not in on_disk]


def _refuse_other_contents(db: Database, name: str, on_disk: Mapping[str, Sequence[Path]]) -> None:
    """Refusal where a file has the name of one of ours but other requests: it is another ledger's."""
    query = "SELECT max(id), nom FROM fichiers WHERE annule = 0 GROUP BY nom ORDER BY 1 DESC"
    known = [(rank, file) for rank, file in db.execute(query) if file in on_disk]
    for rank, file in known[:_LOOKED_INTO]:
        sent = list(read(db, "WHERE fichier_id = ?", rank))
        wanted = {text.encode() for one in sent for text in (one.numeroEditeur, *one.beneficiaires)}
        if not any(_holds(path, wanted) for path in on_disk[file]):
            raise Refusal("fichier-autre-registre", chemin=name, fichier=file, dossier=str(on_disk[file][0].parent))


def _holds(file: Path, wanted: Set[bytes]) -> bool:
    """Whether a file holds all these values, however it is laid out and its tags are spelled."""
    try:
        data = file.read_bytes()
    except OSError:
        return True  # what cannot be read proves nothing
    return wanted <= set(_IDENTIFIER.findall(data))
