"""A batch as a JSON document: that of `convert --json`, its paths being addresses, with what became of its files."""

from collections.abc import Callable, Iterable
from pathlib import Path

from typing_extensions import TypedDict

from converter.ledger.pages import FileCount
from converter.views.run_document import CountsDocument, FileDocument, FindingDocument
from converter.views.run_record import RunRecord


class DepositDocument(FileDocument):
    """Un fichier à déposer, et ce que le registre en sait ; `path` est null quand il n'est plus dans son dossier."""

    name: str
    numeroAns: str
    upload_day: str
    deposited: str | None
    voided: bool
    states: dict[str, int]
    montantSegurHT: float
    advance: float


class HeldBackDocument(TypedDict):
    """Une demande retenue, et pourquoi."""

    workbook: str
    sheet: str
    rows: list[int]
    reference: str
    statut: str


class LotDocument(TypedDict):
    """Un lot : le document de `convert --json` sans ses constats, les chemins étant des adresses ; `requests` et
    `held_back` sont null pour un lot fait en ligne de commande."""

    lot: str
    files: list[DepositDocument]
    requests: CountsDocument | None
    annotated: list[str]
    report: str | None
    held_back: list[HeldBackDocument] | None


class WholeLotDocument(LotDocument):
    """Un lot et ses constats."""

    findings: list[FindingDocument]


class LotsDocument(TypedDict):
    """Les lots, le plus récent d'abord."""

    lots: list[LotDocument]


Address = Callable[[str], str]
"""The address of a file of the batch, by its name."""


def lot_document(
    name: str,
    files: Iterable[tuple[FileCount, Path | None, tuple[Path, ...]]],
    workbooks: Iterable[Path],
    report: Path | None,
    record: RunRecord | None,
    address: Address,
) -> LotDocument:
    """`files`: each with its path, None when it is no longer there, and its zips. Without `findings`, which may be
    many; « requests » and « held_back » are null for a batch that the command line made."""
    return {
        "lot": name,
        "files": [_deposit_document(*one, address) for one in files],
        "requests": record.document["requests"] if record else None,
        "annotated": [address(path.name) for path in workbooks],
        "report": address(report.name) if report else None,
        "held_back": [
            {
                "workbook": one.workbook,
                "sheet": one.sheet,
                "rows": list(one.rows),
                "reference": one.reference,
                "statut": one.statut,
            }
            for one in record.held_back
        ]
        if record
        else None,
    }


def _deposit_document(
    counts: FileCount, path: Path | None, archives: tuple[Path, ...], address: Address
) -> DepositDocument:
    return {
        "path": address(path.name) if path else None,
        "requests": counts.requests,
        "archives": [address(archive.name) for archive in archives],
        "name": counts.name,
        "numeroAns": counts.numeroAns,
        "upload_day": counts.day.isoformat(),
        "deposited": counts.deposited.isoformat() if counts.deposited else None,
        "voided": counts.voided,
        "states": {state.value: count for state, count in counts.states.items()},
        "montantSegurHT": float(counts.montantSegurHT),
        "advance": float(counts.advance),
    }
