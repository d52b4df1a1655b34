"""Recognises what a file is by its name, size and first bytes: a workbook, or a Refusal that says what else it is.

Sources: [MS-CFB] for the old .xls and for protected workbooks, APPNOTE.TXT § 4.3 for the end of a zip.
"""

import os
import re
from pathlib import Path

from converter.findings import Refusal
from converter.reading.file_access import read_file

MAX_FILE = 60_000_000  # bytes on disk: five times a workbook of 100,000 rows
MAX_DIRECTORY = 1_000_000  # bytes of the zip's directory, read whole by zipfile: some 10,000 entries

_EXTENSIONS = {".xlsx", ".xlsm"}
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP_END = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_SEE_ZIP64 = 0xFFFFFFFF
_ZIP64_LOCATOR_SIZE = 20
_ZIP64_END_SIZE = 56
_KNOWN_FORMATS = {
    ".csv": "CSV",
    ".tsv": "CSV",
    ".txt": "texte",
    ".ods": "OpenDocument (.ods)",
    ".odt": "OpenDocument (.odt)",
    ".docx": "Word",
    ".doc": "Word",
    ".pptx": "PowerPoint",
    ".pdf": "PDF",
    ".xlsb": "Excel binaire (.xlsb)",
    ".numbers": "Numbers",
    ".json": "JSON",
    ".zip": "archive zip",
}


def vetted_content(path: Path, content: bytes | None = None) -> bytes:
    """The bytes of the workbook at `path`, read once and for all; or `content`, where a program hands it over.

    Refuses what cannot be read, and what is no zip of a size and name that a workbook has.
    """
    if content is None:
        content = _content(path)
    _look_at_size(path, content)
    suffix = path.suffix.lower()
    if content.startswith(_OLE2):
        raise refusal("fichier-protege" if _ENCRYPTED in content else "fichier-xls", path)
    if content.startswith(b"%PDF"):
        suffix = ".pdf"
    if suffix in _KNOWN_FORMATS:
        raise refusal("fichier-autre-format", path, format=_KNOWN_FORMATS[suffix])
    if not content.startswith(b"PK"):
        if _is_text(content):
            raise refusal("fichier-autre-format", path, format="CSV ou texte")
        raise refusal("fichier-pas-classeur", path)
    if suffix not in _EXTENSIONS:
        raise refusal("fichier-extension", path)
    _look_at_directory(path, content)
    return content


def _content(path: Path) -> bytes:
    """The bytes of the file; Refusal when it is no file, or cannot be read."""
    try:
        return read_file(path, MAX_FILE)
    except IsADirectoryError as error:
        raise refusal("fichier-dossier" if _is_listed(path) else "dossier-illisible", path) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refusal("fichier-absent", path) from error
    except (OSError, ValueError) as error:
        raise refusal("fichier-illisible", path) from error


def _look_at_size(path: Path, content: bytes) -> None:
    if not content:
        raise refusal("fichier-vide", path)
    if len(content) > MAX_FILE:
        raise refusal("fichier-trop-gros", path)


def _is_listed(folder: Path) -> bool:
    """Whether the contents of a folder can be listed."""
    try:
        with os.scandir(folder):
            return True
    except OSError:
        return False


def _is_text(content: bytes) -> bool:
    """Whether it looks like a text file: no control byte but tabs and line ends in its beginning."""
    return not re.search(rb"[\x00-\x08\x0e-\x1f]", content[:4096])


def _look_at_directory(path: Path, content: bytes) -> None:
    """Refuse a zip cut short, or whose directory is too large to be read or does not stand where it must.

    Readers look for the directory in different ways: one and only one reading is allowed.
    """
    end = content.rfind(_ZIP_END, max(0, len(content) - 65_557))
    if end < 0 or len(content) < end + 22:
        raise refusal("fichier-tronque", path)
    size, offset = _numbers(content, end + 12, 4)
    comment = int.from_bytes(content[end + 20 : end + 22], "little")
    stop = end
    locator = end - _ZIP64_LOCATOR_SIZE
    if content.startswith(_ZIP64_LOCATOR, max(0, locator)):
        stop = locator - _ZIP64_END_SIZE
        both = (size, offset), _numbers(content, max(0, stop) + 40, 8)
        if any(short not in (long, _SEE_ZIP64) for short, long in zip(*both, strict=True)):
            raise refusal("fichier-tronque", path)
        size, offset = both[1]
    if size > MAX_DIRECTORY:
        raise refusal("fichier-bombe", path)
    if offset + size != stop or end + 22 + comment != len(content):
        raise refusal("fichier-tronque", path)


def _numbers(content: bytes, at: int, width: int) -> tuple[int, int]:
    """Two little-endian numbers of `width` bytes each: the size of the zip's directory and its offset."""
    first, second = content[at : at + width], content[at + width : at + 2 * width]
    return int.from_bytes(first, "little"), int.from_bytes(second, "little")


def refusal(code: str, path: Path, **details: str) -> Refusal:
    """A Refusal about the file at `path`, named without its folder."""
    return Refusal(code, fichier=path.name or str(path), **details)
