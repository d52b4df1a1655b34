"""A run as the `--json` document of docs/interface.md. The types are also what the HTTP interface declares: their
docstrings are read there."""

from typing import NotRequired

from typing_extensions import TypedDict

from converter.findings import Finding, Severity
from converter.views.outcome import Fate, Outcome, RefusedInput


class FindingDocument(TypedDict):
    """Un constat : sa cellule, sa gravité, son code, sa phrase et son remède."""

    workbook: str
    sheet: str
    row: int | None
    column: str
    tag: str
    value: str
    severity: str
    code: str
    message: str
    remedy: str


class FileDocument(TypedDict):
    """Un fichier JSON-MDV et ses zips."""

    path: str | None
    requests: int
    archives: list[str]


class CountsDocument(TypedDict):
    """Combien de demandes, par sort ; `valid` (prêtes à partir) pour un classeur au travail."""

    emitted: int
    already_emitted: int
    held_back: int
    valid: NotRequired[int]


class RunDocument(TypedDict):
    """Le document de `convert --json` et de `validate --json`."""

    lot: str | None
    files: list[FileDocument]
    requests: CountsDocument
    annotated: list[str]
    report: str | None
    findings: list[FindingDocument]


def run_document(outcome: Outcome) -> RunDocument:
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


def finding_document(one: Finding) -> FindingDocument:
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


def _refused_to_json(one: RefusedInput) -> FindingDocument:
    """An input that could not be used, as an error about the whole workbook, or about the cell that is the reason."""
    return {
        "workbook": one.workbook,
        "sheet": one.cell.sheet,
        "row": one.cell.row,
        "column": one.cell.column,
        "tag": one.tag,
        "value": "",
        "severity": Severity.ERROR.value,
        "code": one.code,
        "message": one.reason,
        "remedy": "",
    }
