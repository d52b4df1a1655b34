"""A workbook's edited copy, looked at before it is given away."""

import io
import zipfile
import zlib
from collections.abc import Callable
from xml.etree import ElementTree as ET  # nosec B405

from converter.views.annotate.copy_check import faults
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.xml_text import AnnotationImpossible

# The errors that an unusual package may raise, in zipfile or in our own code.
_UNREADABLE = (
    LookupError, NotImplementedError, RuntimeError, ValueError, ET.ParseError, zipfile.BadZipFile, zlib.error
)  # fmt: skip


def checked_copy(content: bytes, edit: Callable[[EditedPackage], None]) -> bytes:
    """The workbook `content` (already found safe) once `edit` has changed its package.

    Raises AnnotationImpossible for a workbook of unusual construction, which we do not edit, and for a copy that fails
    its checks.
    """
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            package = EditedPackage(archive)
            edit(package)
            package.save(target)
            with zipfile.ZipFile(target) as copy:
                wrong = faults(copy, archive, package.written())
    except _UNREADABLE as error:
        raise AnnotationImpossible("sa construction est trop inhabituelle") from error
    if wrong:
        raise AnnotationImpossible(f"la copie n'aurait pas été un classeur sain ({min(wrong)})")
    return target.getvalue()
