"""The list of things to do, as a workbook (`status --a-faire --xlsx`)."""

from collections.abc import Sequence
from pathlib import Path

from converter.findings.french import tidy
from converter.ledger.files import write_new
from converter.views.table_workbook import Column, Format, Value, table_workbook
from converter.views.to_do import Task

_COLUMNS = (
    Column("À faire"),
    Column("Demande"),
    Column("Référence"),
    Column("Fichier"),
    Column("Depuis le", Format.DAY),
    Column("Demandes", Format.NUMBER),
    Column("Montant HT", Format.AMOUNT),
    Column("Quoi"),
    Column("Comment"),
)


def write_to_do(tasks: Sequence[Task], path: Path) -> None:
    """Write it as a new workbook; Refusal if `path` exists or cannot be written."""
    write_new(path, to_do_workbook(tasks))


def to_do_workbook(tasks: Sequence[Task]) -> bytes:
    """Its bytes."""
    return table_workbook("À faire", _COLUMNS, [_row(task) for task in tasks])


def _row(task: Task) -> tuple[Value, ...]:
    alone = task.requests[0] if len(task.requests) == 1 else None
    return (
        task.title, alone.numeroEditeur if alone else "", tidy(alone.key.refCommande) if alone else "", task.file,
        task.since, task.count, task.amount, task.message, task.remedy,
    )  # fmt: skip
