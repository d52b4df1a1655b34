"""What the user asks of a run."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from converter.checking.supplier import SupplierOptions

DOCUMENTS_FOLDER = "pieces"
"""The folder of documents beside each workbook, unless another is named."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for. `attachments`: the folder of documents, None for `pieces` beside each workbook."""

    out: Path
    day: datetime.date
    attachments: Path | None = None
    documents: bool = True
    supplier: SupplierOptions = SupplierOptions()
    strict_keys: bool = False
