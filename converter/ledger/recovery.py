"""The folders of recorded runs: published, recovered after a kill; the files of voided ones are renamed."""

from pathlib import Path

from converter.findings import sentence
from converter.format.file_names import parse_json_file_name
from converter.format.user_files import TO_CORRECT
from converter.ledger.database import Database
from converter.ledger.staging import discard, emitted_files, move_into_place, staged_by, sweep

VOIDED_SUFFIX = (
    ".annulé"  # added to the name of a voided file: nobody uploads it by mistake, and its name is free again
)


def identifier(db: Database) -> str:
    """The identifier of this ledger."""
    return str(db.execute("SELECT identifiant FROM registre").fetchone()[0])


def finish(db: Database, machine: str, out: Path) -> list[str]:
    """Publish the batches that killed runs recorded, remove the others; one French sentence for each.

    A batch recorded by another machine than `machine` is left to it: its folder here would be another one.

    Batches staged in another `--out` than today's are looked for there.
    """
    recorded = dict(db.execute("SELECT attente, machine FROM lots").fetchall())
    sentences = []
    for folder in sorted({out.absolute(), *(folder for folder, _ in pending(db, machine))}):
        for batch in staged_by(identifier(db), folder):
            owner = recorded.get(batch.staging.name)
            if owner in ("", machine):
                final = move_into_place(batch)
                remember(db, batch.staging.name, final)
                sentences.append(sentence(_taken_up(bool(emitted_files(final))), dossier=str(final)))
            elif owner is None:
                discard(batch.staging)
                sentences.append(sentence("lot-abandonne", dossier=str(folder)))
        sweep(folder)
    sentences += [
        _find_again(db, folder, name) for folder, name in pending(db, machine) if not (folder / name).exists()
    ]
    return sentences


def set_aside_voided(db: Database, machine: str, out: Path) -> list[str]:
    """Add `VOIDED_SUFFIX` to the names of voided files on disk; retried at the next run where that failed.

    Those of another machine than `machine` are left to it.

    A file is looked for where its run put it, then anywhere in `out`; a missing one is reported once.
    """
    query = """
        SELECT fichiers.id, nom, coalesce(dossier, '') FROM fichiers LEFT JOIN lots ON lots.id = lot
        WHERE annule = 1 AND ecarte = 0 AND (dossier IS NULL OR dossier != '' AND machine IN ('', ?))"""
    sentences = []
    for file_id, name, dossier in db.execute(query, (machine,)).fetchall():
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


def pending(db: Database, machine: str) -> list[tuple[Path, str]]:
    """The folder and the name of each batch of `machine` that is recorded and not in its place."""
    query = "SELECT sortie, attente FROM lots WHERE dossier = '' AND machine IN ('', ?)"
    return [(Path(folder), name) for folder, name in db.execute(query, (machine,)).fetchall()]


def _find_again(db: Database, folder: Path, staged: str) -> str:
    """The sentence for a batch no longer staged in `folder`: it was renamed just before the kill, or is gone."""
    query = "SELECT nom FROM fichiers JOIN lots ON lots.id = lot WHERE attente = ?"
    names = [name for (name,) in db.execute(query, (staged,))]
    on_disk = emitted_files(folder)
    found = [on_disk[name][0].parent for name in names if name in on_disk]
    final = found[0] if found else folder / staged[1:].rsplit("-", 2)[0]
    remember(db, staged, final)
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


def remember(db: Database, staged: str, final: Path) -> None:
    """Record where a batch is."""
    db.execute("UPDATE lots SET dossier = ? WHERE attente = ?", (str(final), staged))
