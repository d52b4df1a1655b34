"""The annotated copy: the user's own workbook, with our marks and nothing lost (docs/adr-copie-annotee.md).

Only the parts that must change are written anew, and in them only the cells concerned; every other part keeps its
bytes.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from converter.findings import Finding
from converter.format.user_files import REQUESTS_SHEET
from converter.reading.file_access import read_file
from converter.reading.file_kind import MAX_FILE
from converter.views.annotate.copy_check import faults
from converter.views.annotate.marking import annotated
from converter.views.annotate.statut_column import StatutSheet
from converter.views.annotate.xml_text import AnnotationImpossible

# What a package that no usual program writes may lead to, in zipfile or in our own reading.
_UNREADABLE = (LookupError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)

__all__ = ["AnnotationImpossible", "StatutSheet", "annotate"]


def annotate(
    source: Path,
    findings: Sequence[Finding],
    statuts: Mapping[int, str],
    *,
    demandes_sheet: str = REQUESTS_SHEET,
    header_row: int | None = 1,
    other_sheets: Sequence[StatutSheet] = (),
) -> bytes:
    """The workbook `source` (already found safe) with these findings and follow-ups marked in it.

    All of them concern this workbook. Marks of an earlier run are taken away first. `header_row` is the row of the
    headers in `demandes_sheet`, where the column « Statut » goes, with `statuts` by row; None: no such column.
    `other_sheets`: those that have one as well.
    Raises AnnotationImpossible for a workbook of an unusual build, that we would rather not touch, and for a copy that
    has not come out sound.
    """
    sheets = [] if header_row is None else [StatutSheet(demandes_sheet, header_row, statuts)]
    target = io.BytesIO()
    try:
        content = read_file(source, MAX_FILE)
    except OSError as error:
        raise AnnotationImpossible("il ne peut plus être lu") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            package = annotated(archive, findings, [*sheets, *other_sheets])
            package.save(target)
            with zipfile.ZipFile(target) as copy:
                wrong = faults(copy, archive, package.written())
    except _UNREADABLE as error:
        raise AnnotationImpossible("sa construction est trop inhabituelle") from error
    if wrong:
        raise AnnotationImpossible(f"la copie n'aurait pas été un classeur sain ({min(wrong)})")
    return target.getvalue()
