"""The names that the portal wants, written and read back (guide § 3.3).

A JSON file: `JSON-numeroAns-AAAAMMJJ-NNN.json`; its zips: `PJ-numeroAns-AAAAMMJJ-NNN-K.zip`; a document:
`MDV-LGC-Val-BDC-00001.pdf`.
"""

import datetime
import re
from dataclasses import dataclass

DOCUMENT_CODES = {"BON_COMMANDE": "BDC", "PREUVE_HT": "HT"}
"""typeFichier → code in the document's name."""
DOCUMENT_TAGS = {"BON_COMMANDE": "bonCommande", "PREUVE_HT": "preuveHT"}
"""typeFichier → tag of the cell that names the document."""
EXTENSIONS = {".pdf": "PDF", ".png": "PNG", ".jpg": "JPG", ".jpeg": "JPG"}
"""Extension of a user's document → formatFichier."""
DOCUMENT_FORMATS = tuple(dict.fromkeys(EXTENSIONS.values()))
_PREFIX = "MDV-LGC-Val"
ANY_JSON_FILE = "JSON-*.json"
"""Pattern of the names of JSON files, for a folder."""
BATCH_FOLDER = re.compile(r"lot-(?P<jour>[0-9]{8})-(?P<numero>[0-9]{2,})")
"""The name of the folder of a batch: the upload day, the run of that day."""
_JSON_FILE = re.compile(r"JSON-([0-9A-Za-z]+)-([0-9]{8})-([0-9]{3})\.json", re.ASCII)
_DOCUMENT = re.compile(
    rf"{_PREFIX}-(?:{'|'.join(DOCUMENT_CODES.values())})-(.*)\.(?:{'|'.join(map(str.lower, DOCUMENT_FORMATS))})"
)


@dataclass(frozen=True, slots=True)
class JsonFileName:
    """The three parts of a JSON file's name; `number` (NNN) counts from 1 each day."""

    numeroAns: str
    day: datetime.date
    number: int

    def __str__(self) -> str:
        return f"JSON-{self._parts}.json"

    def archive(self, rank: int) -> str:
        """The name of the `rank`-th zip that goes with the file, from 1."""
        return f"PJ-{self._parts}-{rank}.zip"

    @property
    def archives(self) -> str:
        """Pattern of the names of its zips, for a folder."""
        return f"PJ-{self._parts}-*.zip"

    @property
    def _parts(self) -> str:
        return f"{self.numeroAns}-{self.day:%Y%m%d}-{self.number:03d}"


def parse_json_file_name(name: str) -> JsonFileName | None:
    """The parts of `name` (no folder); None where it is not the name of a JSON file."""
    written = _JSON_FILE.fullmatch(name)
    if not written or written[3] == "000":
        return None
    try:
        day = datetime.datetime.strptime(written[2], "%Y%m%d").date()  # noqa: DTZ007 — a day, without time
    except ValueError:
        return None
    return JsonFileName(written[1], day, int(written[3]))


def document_name(typeFichier: str, numeroEditeur: str, formatFichier: str) -> str:
    """`MDV-LGC-Val-BDC-00001.pdf`."""
    return f"{_PREFIX}-{DOCUMENT_CODES[typeFichier]}-{numeroEditeur}.{formatFichier.lower()}"


def number_in_document_name(name: str) -> str | None:
    """The numeroEditeur that a document's name bears; None where it is not such a name."""
    written = _DOCUMENT.fullmatch(name)
    return written[1] if written else None
