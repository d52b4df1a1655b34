"""The annotated copies of a run: which workbooks get one, with which findings, under which name."""

import os
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.checking.examination import Examination
from converter.checking.second_process import Worker
from converter.findings import Cell, Finding, Severity, finding
from converter.format.user_files import ANNOTATED, FINDINGS_LIST
from converter.ledger.files import write_staged
from converter.reading.workbook import Workbook
from converter.views.annotate import AnnotationImpossible, StatutSheet, annotate
from converter.views.findings_workbook import findings_workbook
from converter.views.outcome import RequestFate

_LONGEST_NAME = 255  # bytes, of a file (ext4, APFS, most shares)


@dataclass(frozen=True, slots=True)
class Copying:
    """An annotated copy being made of the workbook at `path`, with these findings; `made` waits for it."""

    path: Path
    findings: Sequence[Finding]
    made: Callable[[], bytes]


def begin_copies(
    examinations: Sequence[Examination],
    findings: Sequence[Finding],
    fates: Sequence[RequestFate],
    worker: Worker,
    handed_over: Mapping[Path, bytes],
) -> list[Copying]:
    """The annotated copy of each workbook with an error or a warning; `handed_over`: the bytes of those in no file."""
    by_workbook: dict[str, list[Finding]] = {}
    for found in findings:
        by_workbook.setdefault(found.cell.workbook, []).append(found)
    of_workbook: dict[str, list[RequestFate]] = {}
    for fate in fates:
        of_workbook.setdefault(fate.workbook, []).append(fate)
    copies = []
    for one in examinations:
        path = one.workbook.path
        ours = by_workbook.get(str(path), [])
        if any(found.severity is not Severity.CORRECTION for found in ours):
            sheets = statut_sheets(one.workbook, of_workbook.get(str(path), ()))
            made = worker.begin(annotate, handed_over.get(path, path), ours, sheets)
            copies.append(Copying(path, ours, made))
    return copies


def statut_sheets(workbook: Workbook, fates: Sequence[RequestFate]) -> list[StatutSheet]:
    """The sheets of orders of a workbook, with the text of « Statut » for each row; `fates`: those of its requests."""
    statuts: dict[str, dict[int, str]] = {table.sheet: {} for table in workbook.tables}
    for fate in fates:
        statuts[fate.sheet].update(dict.fromkeys(fate.rows, fate.statut))
    return [
        StatutSheet(table.sheet, table.header_row, statuts[table.sheet], table.mapped.titles if table.mapped else ())
        for table in workbook.tables
    ]


def write_copies(folder: Path, copies: Sequence[Copying]) -> tuple[dict[str, Path], list[Finding]]:
    """The annotated copies, in `folder`: workbook → its name; and a finding for each one that cannot be made.

    In place of a copy that cannot be made, the list of findings is written as a workbook.
    """
    copies_of: dict[str, Path] = {}
    impossible = []
    taken: set[str] = set()
    for one in copies:
        try:
            data = one.made()
        except AnnotationImpossible as reason:
            name = _free_name(one.path, f"{FINDINGS_LIST}.xlsx", taken)
            data = findings_workbook(one.findings)
            impossible.append(finding("annotation-impossible", Cell(str(one.path)), raison=str(reason), liste=name))
        else:
            name = _free_name(one.path, f"{ANNOTATED}{one.path.suffix.lower()}", taken)
            copies_of[str(one.path)] = Path(name)
        taken.add(name)
        write_staged(folder / name, data)
    return copies_of, impossible


def _free_name(workbook: Path, ending: str, taken: Collection[str]) -> str:
    """`<workbook>-erreurs.xlsx`; a copy of a copy keeps its name, a second workbook of the same name gets a number."""
    stem, rank = workbook.stem.removesuffix(ANNOTATED), 1
    known = {_as_systems_compare(name) for name in taken}
    name = _short_enough(stem, ending)
    while _as_systems_compare(name) in known:
        rank += 1
        name = _short_enough(stem, f"-{rank}{ending}")
    return name


def _as_systems_compare(name: str) -> str:
    """A form equal for names that Windows, macOS and most shares take for one (case, Unicode composition)."""
    return unicodedata.normalize("NFC", name).casefold()


def _short_enough(stem: str, end: str) -> str:
    """`stem` and `end` together, `stem` cut where the name would be too long for file systems."""
    while len(os.fsencode(stem + end)) > _LONGEST_NAME:
        stem = stem[:-1]
    return stem + end
