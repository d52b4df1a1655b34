"""What a run leaves appears all at once: staged in a hidden folder of `--out`, then renamed `lot-AAAAMMJJ-NN`.

    with staging(out, jour) as lot:               # validate: nothing but the folder
        ...                                       # write into lot.staging
        dossier = publish(lot)

    with registre.writing() as ecriture, staging(out, jour, registre.identifiant) as lot:      # convert
        ...                                       # write into lot.staging
        ecriture.emit(inscriptions, lot)
    dossier = registre.publish(lot)               # only after the commit: `Registre.recover` finishes it if killed here

A staging folder belongs to the ledger whose identifier its name bears, which alone decides what becomes of it.
"""

import errno
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from converter.format.file_names import parse_json_file_name
from converter.ledger import deeds
from converter.ledger.files import FOLDER_MODE, sync, writable
from converter.ledger.model import StagedBatch

if sys.platform != "win32":
    import fcntl

_WITHOUT_LEDGER = "sans"
_STAGED = re.compile(r"\.lot-(?P<jour>\d{8})-(?P<numero>\d{2,})-(?P<registre>\w+)-[0-9a-f]{8}\.part")
_PUBLISHED = re.compile(r"lot-(?P<jour>\d{8})-(?P<numero>\d{2,})")
_ONE_DAY = 86_400.0
_DEEPEST = 6  # levels of folders below `--out` in which its files are looked for
_locks: dict[Path, int] = {}  # staging folder → descriptor whose lock says « a living process is at work here »


@contextmanager
def staging(out: Path, day: date, identifier: str = "") -> Iterator[StagedBatch]:
    """A new staging folder in `out`; flushed to disk when left normally, removed when left by an exception.

    Held until it is published, so that no other run takes it for a dead one's.
    `identifiant`: the ledger's, "" without ledger. Refusal if `out` cannot be written or the disk is full.
    """
    with writable(out):
        out.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        sweep(out)
        batch = _new_batch(out, day, identifier or _WITHOUT_LEDGER)
        try:
            with deeds.hearing():  # what stands in a staging folder is not there for good
                yield batch
            if batch.staging.exists():
                _flush(batch.staging)
        except BaseException:
            discard(batch.staging)
            raise


def publish(batch: StagedBatch) -> Path:
    """Put a staged lot that no ledger knows in its place; its folder, under the next number if taken meanwhile."""
    with writable(batch.final.parent):
        _flush(batch.staging)
        return move_into_place(batch)


def move_into_place(batch: StagedBatch) -> Path:
    """Rename a flushed lot, never onto another one; its final folder."""
    final = batch.final
    day = _parts(_PUBLISHED, final)["jour"]
    try:
        while True:
            try:
                # os.rename would replace an empty folder; a lot that another run has just made is never empty
                if final.exists():
                    raise FileExistsError(errno.EEXIST, "taken", str(final))
                batch.staging.rename(final)
                break
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
                final = final.with_name(f"lot-{day}-{_next_number(final.parent, day):02d}")
        sync(final.parent)
    finally:  # asked of the disk: an interruption may come just after the renaming
        if not batch.staging.exists():
            deeds.done("fait-lot", dossier=str(final))
        _unlock(batch.staging)
    return final


def discard(staged: Path) -> None:
    """Remove a staging folder, whether or not it is still there."""
    shutil.rmtree(staged, ignore_errors=True)
    _unlock(staged)


def staged_by(identifier: str, out: Path) -> list[StagedBatch]:
    """The lots that this ledger's dead runs left staged in `out`; the caller moves into place or discards each."""
    return [
        StagedBatch(folder, folder.with_name(f"lot-{parts['jour']}-{parts['numero']}"))
        for folder, parts in _staged(out)
        if parts["registre"] == identifier and _seize(folder) is not False
    ]


def emitted_files(out: Path) -> dict[str, list[Path]]:
    """The JSON files of `out`, by name, in whatever folder of it they are now; not those of a lot still being made."""
    found: dict[str, list[Path]] = {}
    deepest = len(out.parts) + _DEEPEST
    for folder, below, names in os.walk(out):
        place = Path(folder)
        below[:] = sorted(one for one in below if not one.startswith(".")) if len(place.parts) < deepest else []
        for name in names:
            if name.startswith("JSON-") and parse_json_file_name(name):
                found.setdefault(name, []).append(place / name)
    return found


def _new_batch(out: Path, day: date, identifier: str) -> StagedBatch:
    name = f"lot-{day:%Y%m%d}-{_next_number(out, f'{day:%Y%m%d}'):02d}"
    while True:
        # the random part: a name that once was committed must never be met again by a run that was not
        staged = (out / f".{name}-{identifier}-{secrets.token_hex(4)}.part").absolute()
        staged.mkdir(FOLDER_MODE)
        with suppress(FileNotFoundError):
            _seize(staged)
            if staged.exists():  # not swept away by another run in between
                return StagedBatch(staged, staged.with_name(name))
        _unlock(staged)


def _next_number(out: Path, day: str) -> int:
    names = [found for path in out.iterdir() for kind in (_PUBLISHED, _STAGED) if (found := kind.fullmatch(path.name))]
    return max((int(name["numero"]) for name in names if name["jour"] == day), default=0) + 1


def _staged(out: Path) -> list[tuple[Path, dict[str, str]]]:
    folders = sorted(out.glob(".lot-*.part")) if out.is_dir() else []
    return [(folder.absolute(), _parts(_STAGED, folder)) for folder in folders if _STAGED.fullmatch(folder.name)]


def _parts(kind: re.Pattern[str], folder: Path) -> dict[str, str]:
    found = kind.fullmatch(folder.name)
    if found is None:
        raise ValueError(f"not the folder of a lot: {folder.name}")
    return found.groupdict()


def sweep(out: Path) -> None:
    """Remove what killed runs without ledger left."""
    for folder, parts in _staged(out):
        if parts["registre"] == _WITHOUT_LEDGER:
            with suppress(FileNotFoundError):  # published or removed meanwhile
                seized = _seize(folder)
                if seized or (seized is None and time.time() - folder.stat().st_mtime > _ONE_DAY):
                    discard(folder)


def _flush(folder: Path) -> None:
    """On disk, down to the last file, and closed to all but the owner and the group."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(path.stat().st_mode & 0o770)
        sync(path)


def _seize(folder: Path) -> bool | None:
    """Claim a staging folder until `_unlock`; False if a living process has it, None where the system cannot tell."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # some network shares know no locks
            os.close(descriptor)
            return False if isinstance(error, BlockingIOError) else None
        _locks[folder] = descriptor
        return True
    return None


def _unlock(folder: Path) -> None:
    descriptor = _locks.pop(folder, None)
    if descriptor is not None:
        os.close(descriptor)
