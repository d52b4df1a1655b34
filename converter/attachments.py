"""Documents: found, looked into, renamed and packed (guide § 3.3; interface.md)."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """One supporting document of a request. `path` is None with --no-attachments; `size` in bytes."""

    typeFichier: str  # BON_COMMANDE or PREUVE_HT
    formatFichier: str  # PDF, PNG or JPG
    path: Path | None = None
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document under the name that the portal wants."""

    nomFichier: str
    document: Document
