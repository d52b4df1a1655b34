"""A batch as a JSON document: that of `convert --json`, its paths being addresses, with what became of its files."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from converter.ledger.pages import FileCount
from converter.views.run_record import RunRecord

Address = Callable[[str], str]
"""The address of a file of the batch, by its name."""


def lot_document(
    name: str,
    files: Iterable[tuple[FileCount, Path | None, tuple[Path, ...]]],
    workbooks: Iterable[Path],
    report: Path | None,
    record: RunRecord | None,
    address: Address,
) -> dict[str, Any]:
    """`files`: each with its path, None when it is no longer there, and its zips. Without `findings`, which may be
    many; « requests » and « held_back » are null for a batch that the command line made."""
    return {
        "lot": name,
        "files": [
            {
                "path": address(path.name) if path else None,
                "requests": counts.requests,
                "archives": [address(archive.name) for archive in archives],
                **_counts_document(counts),
            }
            for counts, path, archives in files
        ],
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


def _counts_document(one: FileCount) -> dict[str, Any]:
    return {
        "name": one.name,
        "numeroAns": one.numeroAns,
        "upload_day": one.day.isoformat(),
        "deposited": one.deposited.isoformat() if one.deposited else None,
        "voided": one.voided,
        "states": {state.value: count for state, count in one.states.items()},
        "montantSegurHT": float(one.montantSegurHT),
        "advance": float(one.advance),
    }
