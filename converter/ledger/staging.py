"""The folder of a run appears all at once: filled under a hidden name in `--out`, then renamed `lot-AAAAMMJJ-NN`.

    with staging(out, day) as batch:              # validate: nothing but the folder
        ...                                       # write into batch.staging
        folder = publish(batch)

    with ledger.writing() as writer, staging(out, day, ledger.identifier) as batch:            # convert
        ...                                       # write into batch.staging
        writer.emit(entries, batch)
    folder = ledger.publish(batch)                # only after the commit: `Ledger.recover` finishes it if killed here

A staging folder bears the identifier of its ledger; only that ledger publishes or removes it.
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

from converter.format.file_names import BATCH_FOLDER, parse_json_file_name
from converter.ledger import deeds
from converter.ledger.files import FOLDER_MODE, sync, writable
from converter.ledger.model import StagedBatch

if sys.platform != "win32":
    import fcntl

_WITHOUT_LEDGER = "sans"
_STAGED = re.compile(r"\.lot-(?P<jour>\d{8})-(?P<numero>\d{2,})-(?P<registre>\w+)-[0-9a-f]{8}\.part")
_ONE_DAY = 86_400.0
_DEEPEST = 6  # levels of folders below `--out` in which its files are looked for
_locks: dict[Path, int] = {}  # staging folder → descriptor of the lock that a living process holds


@contextmanager
def staging(out: Path, day: date, identifier: str = "") -> Iterator[StagedBatch]:
    """A new staging folder in `out`; flushed to disk when left normally, removed when left by an exception.

    Locked until it is published, so that no other run takes it for the folder of a dead run.
    `identifier`: the ledger's, "" without ledger. Refusal if `out` cannot be written or the disk is full.
    """
    with writable(out):
        out.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        sweep(out)
        batch = _new_batch(out, day, identifier or _WITHOUT_LEDGER)
        try:
            with deeds.hearing():  # files of a staging folder may still be removed
                yield batch
            if batch.staging.exists():
                _flush(batch.staging)
        except BaseException:
            discard(batch.staging)
            raise


def publish(batch: StagedBatch) -> Path:
    """Rename a staged batch that no ledger knows; its final folder, under the next number if its own was taken."""
    with writable(batch.final.parent):
        _flush(batch.staging)
        return move_into_place(batch)


def move_into_place(batch: StagedBatch) -> Path:
    """Rename a flushed batch, never onto another one; its final folder."""
    final = batch.final
    day = _parts(BATCH_FOLDER, final)["jour"]
    try:
        while True:
            try:
                # os.rename would replace an empty folder; a batch that another run has just published is never empty
                if final.exists():
                    raise FileExistsError(errno.EEXIST, "taken", str(final))
                batch.staging.rename(final)
                break
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
                final = final.with_name(f"lot-{day}-{_next_number(final.parent, day):02d}")
        sync(final.parent)
    finally:  # the disk decides: an interruption may come just after the renaming
        if not batch.staging.exists():
            deeds.done("fait-lot", dossier=str(final))
        _unlock(batch.staging)
    return final


def discard(staged: Path) -> None:
    """Remove a staging folder, if it is still there."""
    shutil.rmtree(staged, ignore_errors=True)
    _unlock(staged)


def leave(staged: Path) -> None:
    """Keep a staging folder as a killed run would: the next run publishes or removes it."""
    _unlock(staged)


def staged_by(identifier: str, out: Path) -> list[StagedBatch]:
    """The batches that dead runs of this ledger left staged in `out`; the caller publishes or discards each."""
    return [
        StagedBatch(folder, folder.with_name(f"lot-{parts['jour']}-{parts['numero']}"))
        for folder, parts in _staged(out)
        if parts["registre"] == identifier and _seize(folder) is not False
    ]


def emitted_files(out: Path) -> dict[str, list[Path]]:
    """The JSON files in `out` and its subfolders, by name; not those of a batch that is still staged."""
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
        # the random part: an uncommitted run must never get the name of a committed one
        staged = (out / f".{name}-{identifier}-{secrets.token_hex(4)}.part").absolute()
        staged.mkdir(FOLDER_MODE)
        with suppress(FileNotFoundError):
            _seize(staged)
            if staged.exists():  # not swept away by another run in between
                return StagedBatch(staged, staged.with_name(name))
        _unlock(staged)


def _next_number(out: Path, day: str) -> int:
    names = [
        found for path in out.iterdir() for kind in (BATCH_FOLDER, _STAGED) if (found := kind.fullmatch(path.name))
    ]
    return max((int(name["numero"]) for name in names if name["jour"] == day), default=0) + 1


def _staged(out: Path) -> list[tuple[Path, dict[str, str]]]:
    folders = sorted(out.glob(".lot-*.part")) if out.is_dir() else []
    return [(folder.absolute(), _parts(_STAGED, folder)) for folder in folders if _STAGED.fullmatch(folder.name)]


def _parts(kind: re.Pattern[str], folder: Path) -> dict[str, str]:
    found = kind.fullmatch(folder.name)
    if found is None:
        raise ValueError(f"not the folder of a batch: {folder.name}")
    return found.groupdict()


def sweep(out: Path) -> None:
    """Remove the staging folders that killed runs without ledger left."""
    for folder, parts in _staged(out):
        if parts["registre"] == _WITHOUT_LEDGER:
            with suppress(FileNotFoundError):  # published or removed meanwhile
                seized = _seize(folder)
                if seized or (seized is None and time.time() - folder.stat().st_mtime > _ONE_DAY):
                    discard(folder)


def _flush(folder: Path) -> None:
    """Flush every file of a folder to disk, and close it to all but the owner and the group."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(path.stat().st_mode & 0o770)
        sync(path)


def _seize(folder: Path) -> bool | None:
    """Lock a staging folder until `_unlock`; False if a living process holds it, None where locks do not work."""
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
