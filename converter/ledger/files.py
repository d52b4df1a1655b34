"""New files, written whole or not at all, closed to all but their owner and its group; nothing is ever overwritten."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from converter.findings import Refusal
from converter.ledger import deeds

FILE_MODE = 0o640
FOLDER_MODE = 0o750


def write_new(path: Path, data: bytes) -> None:
    """Write a whole new file or nothing; Refusal if the name is taken: nothing of the user's is overwritten."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}.part")
    with writable(path.parent):
        if path.exists():
            raise Refusal("fichier-existant", chemin=str(path))
        stream = _created(temporary)
        try:
            with stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.rename(path)
        finally:  # the disk decides: an interruption may come just after the renaming
            if temporary.exists():
                temporary.unlink()
            else:
                deeds.done("fait-fichier", chemin=str(path))
        sync(path.parent)


def write_staged(path: Path, data: bytes) -> None:
    """Write a new file of a staging folder, which is flushed to disk as a whole."""
    with writable(path.parent), _created(path) as stream:
        stream.write(data)


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Turn the error of a full disk, or of a folder that cannot be written, into a Refusal."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refusal("disque-plein", dossier=str(folder)) from error
        about = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
        unusable = about in (folder, *folder.parents) and error.errno in (errno.ENOTDIR, errno.EEXIST)
        forbidden = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        if unusable or (forbidden and _near(about, folder)):
            raise Refusal("dossier-non-inscriptible", dossier=str(folder)) from error
        raise


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    if os.name == "nt" and path.is_dir():  # Windows does not open folders
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _created(path: Path) -> BinaryIO:
    """A file that was not there, open to be written."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb")


def _near(path: Path | None, folder: Path) -> bool:
    return path is not None and (folder in (path, *path.parents) or path in folder.parents)
