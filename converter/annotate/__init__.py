"""The annotated copy: the user's own workbook, with our marks and nothing lost (docs/adr-copie-annotee.md).

Only the parts that must change are written anew, and in them only the cells concerned; every other part keeps its
bytes.
"""

import errno
import os
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from converter.annotate.copy import annotated
from converter.annotate.xmltext import AnnotationImpossible
from converter.findings import Finding
from converter.outcome import Suivi

# What a package that no usual program writes may lead to, in zipfile or in our own reading.
_UNREADABLE = (IndexError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)

__all__ = ["AnnotationImpossible", "annotate"]


def annotate(
    source: Path,
    target: Path | BinaryIO,
    findings: Sequence[Finding],
    suivis: Sequence[Suivi],
    *,
    demandes_sheet: str = "Demandes",
    header_row: int | None = 1,
) -> None:
    """Write to `target` the workbook `source` (already found safe) with these findings and follow-ups marked in it.

    All of them concern this workbook. Marks of an earlier run are taken away first. `header_row` is the row of the
    headers in `demandes_sheet`, where the column « Statut » goes; None: no such column. A path given as `target` must
    be free, and holds the whole copy or nothing. Raises AnnotationImpossible for a workbook of an unusual build, that
    we would rather not touch; OSError as the disk says.
    """
    try:
        if isinstance(target, Path):
            _write_whole(source, target, findings, suivis, demandes_sheet, header_row)
        else:
            _write(source, target, findings, suivis, demandes_sheet, header_row)
    except _UNREADABLE as error:
        raise AnnotationImpossible("sa construction est trop inhabituelle") from error


def _write(
    source: Path,
    target: BinaryIO,
    findings: Sequence[Finding],
    suivis: Sequence[Suivi],
    demandes_sheet: str,
    header_row: int | None,
) -> None:
    with zipfile.ZipFile(source) as archive:
        annotated(archive, findings, suivis, demandes_sheet, header_row).save(target)


def _write_whole(
    source: Path,
    target: Path,
    findings: Sequence[Finding],
    suivis: Sequence[Suivi],
    demandes_sheet: str,
    header_row: int | None,
) -> None:
    """Through a temporary file of the same folder, so that nobody sees half a copy."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660), "wb") as stream:  # noqa: PTH123
            _write(source, stream, findings, suivis, demandes_sheet, header_row)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        temporary.rename(target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
