"""The result of a run, typed: the terminal, the report and `--json` all show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path

from converter.findings import Cell, Finding, Refusal
from converter.format.requests import RowPlace
from converter.portal.batch_files import EmittedFile

REPORT = "rapport.html"
"""The name of the report in the folder of a run."""


class Fate(Enum):
    """What a run did with a request."""

    EMITTED = "émise"
    ALREADY = "déjà émise"
    HELD_BACK = "retenue"
    VALID = "valide"  # `validate` only: nothing is emitted


@dataclass(frozen=True, slots=True)
class RequestFate:
    """One request of the input and its fate.

    `reference`: its refCommande, else its numeroEditeur, else ""; `rows`: its rows in the sheet (for the column
    « Statut »); `statut`: the sentence of that column; `file`, `numeroEditeur`: "" unless emitted now or before.
    `held_by`: rows of others, (sheet, row), that it waits for as long as they are in error.
    """

    workbook: str
    sheet: str
    rows: tuple[int, ...]
    reference: str
    fate: Fate
    statut: str
    file: str = ""
    numeroEditeur: str = ""
    montantSegurHT: Decimal | None = None
    held_by: tuple[RowPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedInput:
    """An input that could not be used at all, the sentence that says why, and the cell where one is the reason."""

    workbook: str
    code: str
    reason: str
    cell: Cell = Cell("")
    tag: str = ""

    @classmethod
    def of(cls, workbook: Path, refusal: Refusal) -> "RefusedInput":
        """The input at `workbook`, which this refusal stopped."""
        cell = refusal.cell or Cell(str(workbook))
        return cls(str(workbook), refusal.code, str(refusal), cell, refusal.tag)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole run. `annotated`: workbook → its annotated copy; `batch`: the folder of the run; `notes`: sentences
    about the whole run; `refused`: the workbooks that could not be read; `recovered`: what was recovered from a killed
    run; `unfinished`: whether something failed after everything was recorded; `mappings`: workbook → the file of the
    mapping through which it was read.

    Paths are bare names until the run is in its folder.
    """

    command: str  # "convert" or "validate"
    day: date
    files: tuple[EmittedFile, ...] = ()
    fates: tuple[RequestFate, ...] = ()
    findings: tuple[Finding, ...] = ()
    annotated: Mapping[str, Path] = field(default_factory=dict)
    refused: tuple[RefusedInput, ...] = ()
    unused_documents: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unfinished: bool = False
    mappings: Mapping[str, Path] = field(default_factory=dict)
    batch: Path | None = None

    @property
    def report(self) -> Path | None:
        """`rapport.html`; None if the run left nothing."""
        return self.batch / REPORT if self.batch else None

    def in_folder(self, folder: Path) -> "Outcome":
        """The same once its files are in `folder`."""
        return replace(
            self,
            batch=folder,
            files=tuple(one.in_folder(folder) for one in self.files),
            annotated={workbook: folder / copy.name for workbook, copy in self.annotated.items()},
        )

    @property
    def amount(self) -> Decimal:
        """The sum of its files' amounts, in euros."""
        return sum((made.amount for made in self.files), Decimal(0))

    @property
    def advance(self) -> Decimal:
        """The sum of its files' advances, in euros."""
        return sum((made.advance for made in self.files), Decimal(0))

    def count(self, fate: Fate) -> int:
        """How many requests had this fate."""
        return sum(one.fate is fate for one in self.fates)
