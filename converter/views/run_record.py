"""What a batch made under a key keeps of its run, in a hidden file beside its files: written with them, or not at all.

Two lines of JSON: the document of `--json` without its findings, with the requests held back; then the findings, which
may be many. Paths are bare names, since the folder gets its own only later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from converter.views.outcome import Fate, Outcome
from converter.views.run_document import FindingDocument, run_document

RECORD = ".passage.jsonl"
"""The name of that file."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A request that stayed behind. `workbook`: the path by which the run named it; `statut`: why, in a few words."""

    workbook: str
    sheet: str
    rows: tuple[int, ...]
    reference: str
    statut: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as its batch records it. `document`: as of `--json`, without findings, its paths bare names; `notes`:
    sentences about the whole run; `refused`: workbooks that could not be read, with the reason of each."""

    document: Mapping[str, Any]
    held_back: tuple[HeldBack, ...]
    refused: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def run_record(outcome: Outcome) -> bytes:
    """The record of a run that is not in its folder yet."""
    document = run_document(outcome)
    findings = document["findings"]
    without = {name: value for name, value in document.items() if name != "findings"}
    held_back = [
        {
            "workbook": one.workbook,
            "sheet": one.sheet,
            "rows": one.rows,
            "reference": one.reference,
            "statut": one.statut,
        }
        for one in outcome.fates
        if one.fate is Fate.HELD_BACK
    ]
    refused = [(one.workbook, one.reason) for one in outcome.refused]
    head = {"document": without, "held_back": held_back, "refused": refused, "notes": outcome.notes}
    return b"\n".join([orjson.dumps(head), orjson.dumps(findings)]) + b"\n"


def read_record(folder: Path) -> RunRecord | None:
    """The record of the batch in `folder`, without its findings; None for a batch that was made without a key."""
    try:
        with (folder / RECORD).open("rb") as stream:
            head = orjson.loads(stream.readline())
    except FileNotFoundError:
        return None
    return RunRecord(
        document=head["document"],
        held_back=tuple(HeldBack(**{**one, "rows": tuple(one["rows"])}) for one in head["held_back"]),
        refused=tuple((name, reason) for name, reason in head["refused"]),
        notes=tuple(head["notes"]),
    )


def read_findings(folder: Path) -> list[FindingDocument]:
    """The findings of the same batch, as in the document of `--json`; none for a batch made without a key."""
    try:
        with (folder / RECORD).open("rb") as stream:
            stream.readline()
            found: list[FindingDocument] = orjson.loads(stream.readline())
    except FileNotFoundError:
        return []
    return found
