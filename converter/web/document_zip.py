"""A zip of documents, unpacked within bounds: plain files alone, each under its own relative path, which is never used
as the name of a file on disk."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from converter.web.problems import Problem
from converter.web.stored_files import StoredFiles, remove_files

MOST_ZIPPED = 500_000_000
"""Bytes of a zip of documents."""
LARGEST_DOCUMENT = 20_000_000
"""Bytes; the portal takes 3 Mo, which the check of each document reports on its cell."""
_MOST_UNPACKED = 1_000_000_000
_MOST_FILES = 10_000
_PIECE = 1 << 18
_OF_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def is_zip(name: str) -> bool:
    """Whether a document of this name is a zip of documents."""
    return name.lower().endswith(".zip")


def unpacked(archive: Path, store: StoredFiles) -> dict[str, Path]:
    """The documents of a zip, by their relative paths in it. Problem 422 for what is no such zip, 413 for a bomb."""
    made: dict[str, Path] = {}
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in _documents(opened):
                if entry.file_size > min(left, LARGEST_DOCUMENT):
                    raise Problem(413, "page-zip-trop-gros", fichier=entry.filename)
                with opened.open(entry) as source, store.creating() as (path, target):
                    left -= _copied(source, target, min(left, LARGEST_DOCUMENT), entry.filename)
                made[_relative(entry.filename)] = path
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        remove_files(made.values())
        raise Problem(422, "page-zip-illisible") from error
    except BaseException:
        remove_files(made.values())
        raise
    return made


def _documents(opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    entries = [one for one in opened.infolist() if not one.is_dir() and not _is_of_a_system(one.filename)]
    if len(entries) > _MOST_FILES:
        raise Problem(413, "page-trop-de-fichiers", nombre=str(_MOST_FILES))
    for one in entries:
        kind = stat.S_IFMT(one.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or not _relative(one.filename):
            raise Problem(422, "page-zip-chemin", fichier=one.filename)
        yield one


def _relative(name: str) -> str:
    """The relative path of an entry; "" for one that leads elsewhere."""
    path = PurePosixPath(name.replace("\\", "/"))
    leads_away = path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name
    return "" if leads_away else str(path)


def _is_of_a_system(name: str) -> bool:
    return name.startswith(_OF_SYSTEMS[0]) or name.rpartition("/")[2] in _OF_SYSTEMS[1:]


def _copied(source: IO[bytes], target: BinaryIO, most: int, name: str) -> int:
    """Copy an entry, whatever size it claims; the bytes copied."""
    size = 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > most:
            raise Problem(413, "page-zip-trop-gros", fichier=name)
        target.write(piece)
    return size
