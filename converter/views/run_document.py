"""A run as the `--json` document of docs/interface.md."""

from typing import Any

from converter.findings import Finding, Severity
from converter.views.outcome import Fate, Outcome, RefusedInput


def run_document(outcome: Outcome) -> dict[str, Any]:
    """The document of `--json` (docs/interface.md); `validate` has no files and 0 emitted; paths are under the lot."""
    return {
        "lot": str(outcome.batch) if outcome.batch else None,
        "files": [
            {
                "path": str(made.path),
                "requests": made.requests,
                "archives": [str(archive.path) for archive in made.archives],
            }
            for made in outcome.files
        ],
        "requests": {
            "emitted": outcome.count(Fate.EMITTED),
            "already_emitted": outcome.count(Fate.ALREADY),
            "held_back": outcome.count(Fate.HELD_BACK),
        },
        "annotated": [str(copy) for copy in outcome.annotated.values()],
        "report": str(outcome.report) if outcome.report else None,
        "findings": [finding_document(one) for one in outcome.findings]
        + [_refused_to_json(one) for one in outcome.refused],
    }


def finding_document(one: Finding) -> dict[str, Any]:
    """A finding, as in docs/interface.md."""
    return {
        "workbook": one.cell.workbook,
        "sheet": one.cell.sheet,
        "row": one.cell.row,
        "column": one.cell.column,
        "tag": one.tag,
        "value": one.value,
        "severity": one.severity.value,
        "code": one.code,
        "message": one.message,
        "remedy": one.remedy,
    }


def _refused_to_json(one: RefusedInput) -> dict[str, Any]:
    """An input that could not be used, as an error about the whole workbook, or about the cell that is the reason."""
    place = {"sheet": one.cell.sheet, "row": one.cell.row, "column": one.cell.column, "tag": one.tag, "value": ""}
    error = {"severity": Severity.ERROR.value, "code": one.code, "message": one.reason, "remedy": ""}
    return {"workbook": one.workbook, **place, **error}
