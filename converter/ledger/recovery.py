"""The folders of recorded runs: published, recovered after a kill; the files of voided ones are renamed."""

import sqlite3
from pathlib import Path

from converter.findings import sentence
from converter.format.file_names import parse_json_file_name
from converter.format.user_files import TO_CORRECT
from converter.ledger.model import StagedBatch
from converter.ledger.staging import discard, emitted_files, move_into_place, staged_by, sweep

VOIDED_SUFFIX = (
    ".annulé"  # added to the name of a voided file: nobody uploads it by mistake, and its name is free again
)


def identifier(db: sqlite3.Connection) -> str:
    """The identifier of this ledger."""
    return str(db.execute("SELECT identifiant FROM registre").fetchone()[0])


def put_in_place(db: sqlite3.Connection, batch: StagedBatch) -> Path:
    """Rename a recorded batch and record where it is."""
    final = move_into_place(batch)
    _remember(db, batch.staging.name, final)
    return final


def finish(db: sqlite3.Connection, out: Path) -> list[str]:
    """Publish the batches that killed runs recorded, remove the others; one French sentence for each.

    Batches staged in another `--out` than today's are looked for there.
    """
    recorded = {name for (name,) in db.execute("SELECT attente FROM lots")}
    sentences = []
    for folder in sorted({out.absolute(), *(folder for folder, _ in _pending(db))}):
        for batch in staged_by(identifier(db), folder):
            if batch.staging.name in recorded:
                final = put_in_place(db, batch)
                sentences.append(sentence(_taken_up(bool(emitted_files(final))), dossier=str(final)))
            else:
                discard(batch.staging)
                sentences.append(sentence("lot-abandonne", dossier=str(folder)))
        sweep(folder)
    sentences += [_find_again(db, folder, name) for folder, name in _pending(db) if not (folder / name).exists()]
    return sentences


def set_aside_voided(db: sqlite3.Connection, out: Path) -> list[str]:
    """Add `VOIDED_SUFFIX` to the names of voided files on disk; retried at the next run where that failed.

    A file is looked for where its run put it, then anywhere in `out`; a missing one is reported once.
    """
    query = """
        SELECT fichiers.id, nom, coalesce(dossier, '') FROM fichiers LEFT JOIN lots ON lots.id = lot
        WHERE annule = 1 AND ecarte = 0 AND (dossier IS NULL OR dossier != '')"""
    sentences = []
    for file_id, name, dossier in db.execute(query).fetchall():
        there = _folder_of(name, dossier, out)
        try:
            _set_aside(there, name)
        except OSError:
            sentences.append(sentence("fichier-non-ecarte", fichier=name, dossier=str(there)))
            continue
        db.execute("UPDATE fichiers SET ecarte = 1 WHERE id = ?", (file_id,))
        if (there / f"{name}{VOIDED_SUFFIX}").exists():
            sentences.append(sentence("fichier-ecarte", fichier=name, dossier=str(there)))
        else:
            sentences.append(sentence("fichier-annule-introuvable", fichier=name, dossier=dossier or str(out)))
    return sentences


def _folder_of(name: str, dossier: str, out: Path) -> Path:
    """The folder of a voided file: the one where it was put, the same moved into `out`, or any other in `out`."""
    places = [Path(dossier), out / Path(dossier).name] if dossier else []
    places += [path.parent for path in emitted_files(out).get(name, ())]
    return next((folder for folder in places if _of_voided(folder, name)), places[0] if places else out)


def _pending(db: sqlite3.Connection) -> list[tuple[Path, str]]:
    query = "SELECT sortie, attente FROM lots WHERE dossier = ''"
    return [(Path(folder), name) for folder, name in db.execute(query).fetchall()]


def _find_again(db: sqlite3.Connection, folder: Path, staged: str) -> str:
    """The sentence for a batch no longer staged in `folder`: it was renamed just before the kill, or is gone."""
    query = "SELECT nom FROM fichiers JOIN lots ON lots.id = lot WHERE attente = ?"
    names = [name for (name,) in db.execute(query, (staged,))]
    on_disk = emitted_files(folder)
    found = [on_disk[name][0].parent for name in names if name in on_disk]
    final = found[0] if found else folder / staged[1:].rsplit("-", 2)[0]
    _remember(db, staged, final)
    if not names:  # workbooks to correct
        there = any(final.glob(f"*{TO_CORRECT}*"))
        return sentence("lot-a-corriger-repris" if there else "lot-a-corriger-introuvable", dossier=str(final))
    return sentence("lot-repris" if found else "lot-introuvable", dossier=str(final))


def _taken_up(emitted: bool) -> str:  # noqa: FBT001
    """The code for a batch published after a kill: it holds files to upload, or workbooks to correct."""
    return "lot-repris" if emitted else "lot-a-corriger-repris"


def _of_voided(folder: Path, name: str) -> list[Path]:
    """The voided file and its zips that are in `folder` under their own names."""
    named = parse_json_file_name(name)
    archives = sorted(folder.glob(named.archives)) if named else []
    return [path for path in (*archives, folder / name) if path.exists()]


def _set_aside(folder: Path, name: str) -> None:
    """Rename a voided file and its zips, if they are in `folder`; never onto another file."""
    for path in _of_voided(folder, name):
        target = path.with_name(path.name + VOIDED_SUFFIX)
        if target.exists():
            raise FileExistsError(target)
        path.rename(target)


def _remember(db: sqlite3.Connection, staged: str, final: Path) -> None:
    db.execute("UPDATE lots SET dossier = ? WHERE attente = ?", (str(final), staged))
