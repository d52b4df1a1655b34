"""The annotated copy: the user's own workbook with our marks, and nothing lost (docs/adr-copie-annotee.md).

Only the parts that must change are rewritten, and in them only the cells concerned; every other part keeps its bytes.
"""

from collections.abc import Sequence
from pathlib import Path

from converter.findings import Finding
from converter.reading.file_access import read_file
from converter.reading.file_kind import MAX_FILE
from converter.views.annotate.edited_copy import checked_copy
from converter.views.annotate.marking import annotate_package
from converter.views.annotate.statut_column import StatutSheet
from converter.views.annotate.xml_text import AnnotationImpossible

__all__ = ["AnnotationImpossible", "StatutSheet", "annotate"]


def annotate(source: Path | bytes, findings: Sequence[Finding], sheets: Sequence[StatutSheet]) -> bytes:
    """The workbook `source`, a path or bytes (already found safe), with these findings marked in it.

    `findings`: all about this workbook; `sheets`: those that get a column « Statut ». Marks of an earlier run are
    removed first. Raises AnnotationImpossible for a workbook of unusual construction, which we do not edit, and for a
    copy that fails its checks.
    """
    try:
        content = source if isinstance(source, bytes) else read_file(source, MAX_FILE)
    except OSError as error:
        raise AnnotationImpossible("il ne peut plus être lu") from error
    return checked_copy(content, lambda package: annotate_package(package, findings, sheets))
