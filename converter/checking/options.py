"""What the user asks of a run."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from converter.checking.supplier import SupplierOptions

DOCUMENTS_FOLDER = "pieces"
"""The folder of documents beside each workbook, unless another is named."""


def today() -> datetime.date:
    """Today's date in the local time zone."""
    return datetime.datetime.now().astimezone().date()


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks of a run.

    `out`: where it leaves its folder; `day`: the upload day; `attachments`: the folder of documents, None for `pieces`
    beside each workbook; `documents`: False to look at no document and make no zip; `ledger`: its URL or path, "" for
    the one of `out`; `numeroAns`, `SIRET`: the supplier's, "" for those of « Paramètres »; `strict_keys`: a wrong check
    digit is an error; `strict_rows`: a hidden row is; `resend`: a request that the portal refused goes out again even
    unchanged; `key`: names what is asked, for a caller that may ask twice: a batch is made once under a key; `author`:
    who is named in the history of requests, "" for « login@machine »; `mapping`: the file that says how to read
    workbooks whose headings are not ours, None for the one that « Paramètres » names, if any.
    """

    out: Path = Path("out")
    day: datetime.date = field(default_factory=today)
    attachments: Path | None = None
    documents: bool = True
    ledger: str = ""
    numeroAns: str = ""
    SIRET: str = ""
    strict_keys: bool = False
    strict_rows: bool = False
    resend: bool = False
    key: str = ""
    author: str = ""
    mapping: Path | None = None

    @property
    def supplier(self) -> SupplierOptions:
        """The supplier's values that replace those of « Paramètres »."""
        return SupplierOptions(self.numeroAns, self.SIRET)
