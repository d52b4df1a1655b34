"""Bytes of users on the server's disk: files that only the server's user can read, under names that owe nothing to
theirs, and that never change."""

import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from converter.ledger.files import sync, writable

_FOLDER = "fichiers"
_BEING_SENT = 86_400.0  # seconds during which a file may still be coming in, or wait to be kept


class StoredFiles:
    """The files in `data`."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder = data / _FOLDER

    def path(self, name: str) -> Path:
        """Where the file of this name is."""
        return self._folder / name

    def write(self, content: bytes) -> Path:
        """A new file with this content."""
        with self.creating() as (path, stream):
            stream.write(content)
        return path

    def again(self, path: Path) -> Path:
        """Another file with the bytes of one that is kept here, which may be removed apart from it; FileNotFoundError
        where it is no longer kept."""
        other = self._folder / secrets.token_hex(16)
        try:
            os.link(path, other)
        except FileNotFoundError:
            raise
        except OSError:  # a disk without links
            return self.write(path.read_bytes())
        return other

    @contextmanager
    def creating(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file to write, on the disk once the block ends; removed if it ends by an exception."""
        self._make_folders()
        path = self._folder / secrets.token_hex(16)
        with writable(self._folder):
            try:
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                    yield path, stream
                    stream.flush()
                    os.fsync(stream.fileno())
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            sync(self._folder)

    def make_private(self, path: Path) -> None:
        """An empty file of the server's folder, closed to everybody else, unless it exists."""
        self._make_folders()
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))

    def sweep(self, used: Collection[str]) -> None:
        """Remove the files that are not `used`, but those that may just have come in and wait to be kept."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.name not in used and time.time() - path.stat().st_mtime > _BEING_SENT:
                path.unlink(missing_ok=True)

    def remove(self, names: Collection[str]) -> None:
        """Remove these files."""
        remove_files(map(self.path, names))

    def _make_folders(self) -> None:
        with writable(self._data):
            self._data.mkdir(0o700, parents=True, exist_ok=True)
            self._folder.mkdir(0o700, exist_ok=True)


def remove_files(paths: Iterable[Path]) -> None:
    """Remove these files, those that are there."""
    for path in paths:
        path.unlink(missing_ok=True)
