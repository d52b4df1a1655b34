"""Archives of documents: which document goes into which zip, and the zip itself, a few documents in
memory at a time (guide § 3.3).

Documents are stored, not compressed: PDF, PNG and JPG already are, and the size of a zip is then known beforehand.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from converter.documents.attaching import NamedDocument
from converter.findings import Refusal
from converter.reading.file_access import read_files

# Guide: 200 Mo per zip file, read as the SI unit, the strict side (the guide, « Limits »).
MAX_ARCHIVE = 200_000_000
# Fixed parts of a zip without comment nor extra field (PKWARE APPNOTE 6.3.10, § 4.3.7, 4.3.12 and 4.3.16).
_LOCAL_HEADER, _DIRECTORY_HEADER, _END_OF_DIRECTORY = 30, 46, 22
_UNIX = 3
_REGULAR_FILE_RW_R = 0o100640


def plan(requests: Sequence[Sequence[NamedDocument]], limit: int = MAX_ARCHIVE) -> list[tuple[NamedDocument, ...]]:
    """The entries of each zip: requests in their order, whole ones, each zip at most `limit` bytes with its headers.

    Any two documents within their own limit fit in one zip, so a request always does.
    """
    archives: list[tuple[NamedDocument, ...]] = []
    current: tuple[NamedDocument, ...] = ()
    size = _END_OF_DIRECTORY
    for entries in requests:
        added = sum(_stored_size(entry) for entry in entries)
        if current and size + added > limit:
            archives.append(current)
            current, size = (), _END_OF_DIRECTORY
        current, size = (*current, *entries), size + added
    return [*archives, current] if current else archives


def write_archive(target: Path, entries: Sequence[NamedDocument]) -> int:
    """Write the zip `target` whole or not at all, and give its size in bytes; same entries, same bytes.

    Each document must be unchanged since it was checked: else a `Refusal`. `FileExistsError` if `target` stands there
    already, `OSError` if it cannot be written.
    """
    if target.exists():
        raise FileExistsError(target)
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with ZipFile(file, "w", ZIP_STORED, allowZip64=False) as archive:
                for entry, content in zip(entries, _unchanged(entries), strict=True):
                    _store(archive, entry, content)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        Path(temporary).chmod(0o640)
        Path(temporary).rename(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return size


def _stored_size(entry: NamedDocument) -> int:
    name = len(entry.nomFichier.encode("ascii"))
    return _LOCAL_HEADER + name + entry.document.size + _DIRECTORY_HEADER + name


def _store(archive: ZipFile, entry: NamedDocument, content: bytes) -> None:
    header = ZipInfo(entry.nomFichier, date_time=(1980, 1, 1, 0, 0, 0))
    header.create_system = _UNIX
    header.external_attr = _REGULAR_FILE_RW_R << 16
    archive.writestr(header, content)


def _unchanged(entries: Sequence[NamedDocument]) -> Iterator[bytes]:
    """The bytes of each document; a `Refusal` that names it as in the zip if they changed since they were checked."""
    paths = [path for entry in entries if (path := entry.document.path)]
    biggest = max((entry.document.size for entry in entries), default=0)
    for entry, content in zip(entries, read_files(paths, biggest), strict=True):
        if isinstance(content, OSError):
            raise Refusal("document-change", fichier=entry.nomFichier) from content
        if hashlib.sha256(content).hexdigest() != entry.document.sha256:
            raise Refusal("document-change", fichier=entry.nomFichier)
        yield content
