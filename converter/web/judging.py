"""What is to say of the workbooks at work: each read once, kept in memory, judged again at each change."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from converter.checking.options import Options, today
from converter.documents.attaching import Known
from converter.findings import Finding, Refusal
from converter.format.user_files import ANNOTATED, FINDINGS_LIST
from converter.reading.mapping import MappingFile
from converter.reading.workbook import Workbook
from converter.runs.review import annotated, read, review, with_text
from converter.runs.submitted import Submitted
from converter.views.annotate import AnnotationImpossible
from converter.views.corrected_copy import CellChange, corrected
from converter.views.finding_groups import Group, grouped
from converter.views.findings_workbook import findings_workbook
from converter.views.outcome import Outcome, RefusedInput, RequestFate
from converter.web.desk import StoredWorkbook, Upload
from converter.web.judged_sheet import JudgedSheet
from converter.web.settings import Settings

_MOST_CELLS = 4_000_000  # kept in memory, some 100 bytes each
_EARLIER_STATES = 8  # of a workbook, for « Annuler »
_STILL_TRUE = 3.0  # seconds: a page opened later is judged again, since the ledger may have changed


@dataclass(frozen=True)
class Judged:
    """A stored workbook and what is to say of it. `workbook`: None where it could not be read; `refusal`: why it could
    not, or cannot be used as it is."""

    stored: StoredWorkbook
    workbook: Workbook | None
    outcome: Outcome
    refusal: Refusal | None = None
    at: float = field(default_factory=time.monotonic)

    @property
    def etag(self) -> str:
        """The state of the workbook, for `If-Match`: every change of it gives another."""
        return f'"{self.stored.revision}"'

    @cached_property
    def sheets(self) -> tuple[JudgedSheet, ...]:
        """Its sheets of orders, with what is to say of each row; none where it could not be read."""
        tables = self.workbook.tables if self.workbook else ()
        findings: dict[str, dict[int, list[Finding]]] = {table.sheet: {} for table in tables}
        fates: dict[str, dict[int, RequestFate]] = {table.sheet: {} for table in tables}
        for one in self.outcome.findings:
            if one.row is not None and one.sheet in findings:
                findings[one.sheet].setdefault(one.row, []).append(one)
        for fate in self.outcome.fates:
            fates[fate.sheet].update(dict.fromkeys(fate.rows, fate))
        return tuple(
            JudgedSheet(
                table,
                findings[table.sheet],
                fates[table.sheet],
                frozenset((one.row, one.column) for one in self.stored.changes if one.sheet == table.sheet),
            )
            for table in tables
        )

    @cached_property
    def groups(self) -> list[Group]:
        """Its findings by kind, errors first, the most frequent first."""
        return grouped(self.outcome.findings)

    @cached_property
    def cells(self) -> int:
        """How many cells it keeps in memory."""
        tables = self.workbook.tables if self.workbook else ()
        return sum(len(table.rows) * len(table.columns) for table in tables)


_State = tuple[Upload | None, tuple[CellChange, ...]]


@dataclass
class _Kept:
    """A workbook in memory: what was found in its documents, its earlier states by their mapping and changes, and its
    judgement."""

    lock: Lock = field(default_factory=Lock)
    known: Known = field(default_factory=dict)
    states: OrderedDict[_State, Workbook] = field(default_factory=OrderedDict)
    judged: Judged | None = None
    submitted: Submitted | None = None  # kept as long as its documents are the same: they are looked up in an index


class Judge:
    """Judges stored workbooks; may be called from several threads. `most_cells`: how much is kept in memory."""

    def __init__(self, settings: Settings, most_cells: int = _MOST_CELLS) -> None:
        self._settings = settings
        self._most_cells = most_cells
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def judge(self, stored: StoredWorkbook, *, again: bool = False) -> Judged:
        """What is to say of it now. `again`: compare it with the ledger as it is now, if that is not just done."""
        kept = self._of(stored.id)
        with kept.lock:
            last = kept.judged
            if last and _same(last.stored, stored) and not _too_old(last, again=again):
                return last
            judged = self._judged(stored, kept)
            kept.judged = judged
        self._forget_oldest()
        return judged

    def last(self, stored: StoredWorkbook) -> Judged | None:
        """What was said of it, if that is in memory and its cells have not changed since."""
        kept = self._kept.get(stored.id)
        judged = kept.judged if kept else None
        return judged if judged and _same(judged.stored, stored) else None

    def forget(self, identifier: str) -> None:
        """Drop what is kept of a workbook that was deleted or converted."""
        with self._lock:
            self._kept.pop(identifier, None)

    def annotated(self, stored: StoredWorkbook) -> tuple[bytes, str]:
        """Its annotated copy with the corrections made in the page, and what its name ends in; the list of its findings
        where the workbook is too unusual for a copy."""
        judged = self.judge(stored)
        if judged.refusal or judged.workbook is None:
            raise judged.refusal or Refusal("classeur-illisible", classeur=stored.name)
        try:
            return annotated(judged.workbook, content_of(stored), judged.outcome), ANNOTATED
        except AnnotationImpossible:
            return findings_workbook(judged.outcome.findings), f"{FINDINGS_LIST}.xlsx"

    def _of(self, identifier: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(identifier, _Kept())
            self._kept.move_to_end(identifier)
            return kept

    def _judged(self, stored: StoredWorkbook, kept: _Kept) -> Judged:
        options = self._settings.options()
        workbook = None
        if kept.submitted is None or kept.submitted.documents != stored.documents:
            kept.submitted = Submitted(stored.name, b"", stored.documents, stored.id)
        submitted = kept.submitted
        try:
            workbook = _workbook(stored, kept, options)
            outcome = review(workbook, submitted, options, kept.known)
        except Refusal as refusal:
            refused = (RefusedInput.of(submitted.path, refusal),)
            return Judged(stored, workbook, Outcome("validate", options.day, refused=refused), refusal)
        return Judged(stored, workbook, outcome)

    def _forget_oldest(self) -> None:
        """Keep what was used last, within the bound; the last one stays, however large."""
        with self._lock:
            cells = {name: kept.judged.cells if kept.judged else 0 for name, kept in self._kept.items()}
            total = sum(cells.values())
            for name in list(cells)[:-1]:
                if total <= self._most_cells:
                    break
                total -= cells[name]
                del self._kept[name]


def content_of(stored: StoredWorkbook) -> bytes:
    """The bytes of the user's workbook with the corrections made in the page."""
    source = stored.source.read_bytes()
    return corrected(source, stored.changes) if stored.changes else source


def submitted_of(stored: StoredWorkbook) -> Submitted:
    """What the runs take: its name, its corrected bytes and its documents."""
    return Submitted(stored.name, content_of(stored), stored.documents, stored.id, mapping_of(stored))


def mapping_of(stored: StoredWorkbook) -> MappingFile | None:
    """How to read it when its headings are not ours."""
    return MappingFile(stored.mapping.name, stored.mapping.path.read_bytes()) if stored.mapping else None


def _same(one: StoredWorkbook, other: StoredWorkbook) -> bool:
    return (one.revision, one.changes, one.documents, one.mapping) == (
        other.revision,
        other.changes,
        other.documents,
        other.mapping,
    )


def _too_old(judged: Judged, *, again: bool) -> bool:
    return judged.outcome.day != today() or (again and time.monotonic() - judged.at > _STILL_TRUE)


def _workbook(stored: StoredWorkbook, kept: _Kept, options: Options) -> Workbook:
    """The workbook with its changes: the nearest state in memory with those that follow, else read from its bytes."""
    for length in range(len(stored.changes), -1, -1):
        start = kept.states.get((stored.mapping, stored.changes[:length]))
        if start is not None:
            break
    else:
        length, start = 0, None
    workbook: Workbook | None = start
    for change in stored.changes[length:] if start else ():
        workbook = _changed(workbook, change) if workbook else None
    if workbook is None:
        workbook = read(submitted_of(stored), options)
    state = (stored.mapping, stored.changes)
    kept.states[state] = workbook
    kept.states.move_to_end(state)
    while len(kept.states) > _EARLIER_STATES:
        kept.states.popitem(last=False)
    return workbook


def _changed(workbook: Workbook, change: CellChange) -> Workbook | None:
    """The workbook after a change; None when it must be read again."""
    table = next((one for one in workbook.tables if one.sheet == change.sheet), None)
    if table is None:
        return None
    return with_text(workbook, change.sheet, change.row, table.tag_at(change.column), change.text)
