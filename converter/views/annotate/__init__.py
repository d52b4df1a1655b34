"""The annotated copy: the user's own workbook with our marks, and nothing lost (docs/adr-copie-annotee.md).

Only the parts that must change are rewritten, and in them only the cells concerned; every other part keeps its bytes.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from converter.findings import Finding
from converter.reading.file_access import read_file
from converter.reading.file_kind import MAX_FILE
from converter.views.annotate.copy_check import faults
from converter.views.annotate.marking import annotated
from converter.views.annotate.statut_column import StatutSheet
from converter.views.annotate.xml_text import AnnotationImpossible

# The errors that an unusual package may raise, in zipfile or in our own code.
_UNREADABLE = (LookupError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)

__all__ = ["AnnotationImpossible", "StatutSheet", "annotate"]


def annotate(source: Path | bytes, findings: Sequence[Finding], sheets: Sequence[StatutSheet]) -> bytes:
    """The workbook `source`, a path or bytes (already found safe), with these findings marked in it.

    `findings`: all about this workbook; `sheets`: those that get a column « Statut ». Marks of an earlier run are
    removed first. Raises AnnotationImpossible for a workbook of unusual construction, which we do not edit, and for a
    copy that fails its checks.
    """
    target = io.BytesIO()
    try:
        content = source if isinstance(source, bytes) else read_file(source, MAX_FILE)
    except OSError as error:
        raise AnnotationImpossible("il ne peut plus être lu") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            package = annotated(archive, findings, sheets)
            package.save(target)
            with zipfile.ZipFile(target) as copy:
                wrong = faults(copy, archive, package.written())
    except _UNREADABLE as error:
        raise AnnotationImpossible("sa construction est trop inhabituelle") from error
    if wrong:
        raise AnnotationImpossible(f"la copie n'aurait pas été un classeur sain ({min(wrong)})")
    return target.getvalue()
