"""The workbook's version, and its saving: atomic, never over another file, the same bytes each time."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.writer.excel import ExcelWriter

from converter.format.template_version import TEMPLATE_VERSION, VERSION_NAME
from converter.ledger.files import FOLDER_MODE, writable, write_new

_ONE_DAY = datetime(2022, 11, 4)  # noqa: DTZ001 — the guide's version: a date that never changes
_ZIP_DAY = (2022, 11, 4, 0, 0, 0)


def stamp(workbook: Workbook) -> None:
    """Add the template's version, as a defined name, and fixed dates."""
    workbook.defined_names[VERSION_NAME] = DefinedName(VERSION_NAME, attr_text=f'"{TEMPLATE_VERSION}"')
    workbook.properties = DocumentProperties(
        creator="converter",
        title="Demandes d'avance MDV-LGC",
        language="fr-FR",
        version=TEMPLATE_VERSION,
        created=_ONE_DAY,
        modified=_ONE_DAY,
    )


def save(workbook: Workbook, path: Path) -> None:
    """Write the workbook to `path` (its folder is made if need be); Refusal if it exists or cannot be written."""
    with writable(path.parent):
        path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    write_new(path, _package(workbook))


def _package(workbook: Workbook) -> bytes:
    """The .xlsx file. `Workbook.save` would write today's date in it, in the properties and beside each part."""
    dated = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(dated, "w")).save()
    undated = io.BytesIO()
    with zipfile.ZipFile(dated) as parts, zipfile.ZipFile(undated, "w", zipfile.ZIP_DEFLATED) as package:
        for part in parts.namelist():
            package.writestr(zipfile.ZipInfo(part, _ZIP_DAY), parts.read(part), zipfile.ZIP_DEFLATED)
    return undated.getvalue()
