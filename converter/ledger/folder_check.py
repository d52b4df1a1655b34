"""Whether a ledger fits its folder: the files that runs left there, and the safety copies beside it.

A ledger restored from an older copy, another publisher's or a new one would give numbers twice. It is recognised before
it gives any, by the files and copies that it does not know.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from converter.findings import Refusal
from converter.ledger.rows import read
from converter.ledger.safety_copies import newest, read_all, state_of
from converter.ledger.staging import emitted_files

_LOOKED_INTO = 5  # how many of the latest files of the ledger
_IDENTIFIER = re.compile(rb"[0-9AB]{5,}")


def refuse_new(path: Path, out: Path) -> None:
    """Refusal of a ledger that is absent or empty where there are safety copies of it, or emitted files."""
    if copy := newest(path):
        raise Refusal("registre-perdu", chemin=str(path), copie=str(copy))
    if on_disk := emitted_files(out):
        raise Refusal("registre-neuf", chemin=str(path), dossier=str(out), fichier=min(on_disk))


def refuse_misfit(db: sqlite3.Connection, path: Path, out: Path) -> None:
    """Refusal of a ledger that does not know its own safety copies, or the files of `out`."""
    here = state_of(db, path)
    for copy in read_all(path):
        if copy.identifier != here.identifier:
            raise Refusal("registre-autre-copies", chemin=str(path), copie=str(copy.path))
        later = copy.living - here.living if copy.last_event > here.last_event else frozenset()
        if unknown := (copy.files - here.files) | later:  # a voided file's name serves again
            raise Refusal("registre-ancien", chemin=str(path), copie=str(copy.path), fichier=max(unknown))
    on_disk = emitted_files(out)
    set_aside = {name for (name,) in db.execute("SELECT nom FROM fichiers WHERE ecarte = 1")} - here.living
    if strangers := on_disk.keys() - (here.files - set_aside):
        first = min(strangers)
        place = str(on_disk[first][0].parent)
        raise Refusal("fichier-inconnu", chemin=str(path), fichier=first, dossier=place)
    _refuse_other_contents(db, path, on_disk)


def missing_files(db: sqlite3.Connection, out: Path) -> list[str]:
    """The files whose requests wait for an answer and that are neither where they were put nor in `out`."""
    query = """
        SELECT DISTINCT nom, dossier FROM fichiers JOIN lots ON lots.id = lot JOIN demandes ON fichier = fichiers.id
        WHERE annule = 0 AND dossier != '' AND etat = 'émise' ORDER BY nom"""
    waiting = [(name, Path(folder)) for name, folder in db.execute(query)]
    gone = [name for name, folder in waiting if not (folder / name).exists()]
    on_disk = emitted_files(out) if gone else {}
    return [name for name in gone if name not in on_disk]


def _refuse_other_contents(db: sqlite3.Connection, path: Path, on_disk: Mapping[str, Sequence[Path]]) -> None:
    """Refusal where a file has the name of one of ours but other requests: it is another ledger's."""
    query = "SELECT max(id), nom FROM fichiers WHERE annule = 0 GROUP BY nom ORDER BY 1 DESC"
    known = [(rank, name) for rank, name in db.execute(query) if name in on_disk]
    for rank, name in known[:_LOOKED_INTO]:
        sent = list(read(db, "WHERE fichier_id = ?", rank))
        wanted = {text.encode() for one in sent for text in (one.numeroEditeur, *one.beneficiaires)}
        if not any(_holds(file, wanted) for file in on_disk[name]):
            raise Refusal(
                "fichier-autre-registre", chemin=str(path), fichier=name, dossier=str(on_disk[name][0].parent)
            )


def _holds(file: Path, wanted: Set[bytes]) -> bool:
    """Whether a file holds all these values, however it is laid out and its tags are spelled."""
    try:
        data = file.read_bytes()
    except OSError:
        return True  # what cannot be read proves nothing
    return wanted <= set(_IDENTIFIER.findall(data))
