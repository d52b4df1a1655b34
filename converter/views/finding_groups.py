"""Findings grouped by code and tag for the screen and the report: a hundred thousand become a few lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from converter.findings import Cell, Finding, Severity
from converter.findings.french import NBSP, counted, thousands, tidy
from converter.format.user_files import REQUESTS_SHEET
from converter.views.outcome import Outcome

RANK = {Severity.STOP: 0, Severity.ERROR: 1, Severity.WARNING: 2, Severity.CORRECTION: 3}
_ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """One column of one sheet, and the rows (as Excel numbers them, ascending) where a finding stands."""

    workbook: str
    sheet: str
    column: str
    rows: tuple[int, ...]

    @property
    def text(self) -> str:
        """« colonne O : lignes 5, 9, 14… », without the workbook; "" for a finding on the workbook itself."""
        sheet = f"feuille «{NBSP}{tidy(self.sheet)}{NBSP}»" if self.sheet not in ("", REQUESTS_SHEET) else ""
        column = f"colonne{NBSP}{self.column}" if self.column else ""
        where = ", ".join(part for part in (sheet, column) if part)
        return f"{NBSP}: ".join(part for part in (where, rows_text(self.rows)) if part)


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one code about one tag; `first` is the one to quote."""

    severity: Severity
    tag: str
    count: int
    places: tuple[GroupPlace, ...]
    first: Finding

    @property
    def title(self) -> str:
        return self.first.title


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Errors before warnings before corrections, then the most frequent first."""
    kinds: dict[tuple[Severity, str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.severity, one.code, one.tag), []).append(one)
    groups = [
        Group(severity, tag, len(same), _places(one.cell for one in same), same[0])
        for (severity, _, tag), same in kinds.items()
    ]
    return sorted(groups, key=lambda group: (RANK[group.severity], -group.count, group.first.code, group.tag))


def _places(cells: Iterable[Cell]) -> tuple[GroupPlace, ...]:
    rows: dict[tuple[str, str, str], set[int]] = {}
    for cell in cells:
        here = rows.setdefault((cell.workbook, cell.sheet, cell.column), set())
        if cell.row:
            here.add(cell.row)
    return tuple(GroupPlace(*where, tuple(sorted(numbers))) for where, numbers in rows.items())


def rows_text(rows: tuple[int, ...]) -> str:
    """« ligne 5 », « lignes 5, 9, 14… »; "" without rows."""
    if not rows:
        return ""
    listed = ", ".join(thousands(row) for row in rows[:_ROWS_SHOWN]) + ("…" if len(rows) > _ROWS_SHOWN else "")
    return f"{'lignes' if len(rows) > 1 else 'ligne'}{NBSP}{listed}"


def listed_places(group: Group, names: Mapping[str, str], limit: int) -> list[str]:
    """Where a group stands, in at most `limit` places; the workbooks are named where the run has several."""
    texts = [_placed(place, names if len(names) > 1 else {}) for place in group.places[:limit]]
    more = len(group.places) - limit
    if more > 0:
        texts.append(f"et {counted(more, 'autre endroit', 'autres endroits')}")
    return [text for text in texts if text]


def _placed(place: GroupPlace, names: Mapping[str, str]) -> str:
    return ", ".join(text for text in (names.get(place.workbook, ""), place.text) if text)


def workbook_names(outcome: Outcome) -> dict[str, str]:
    """Each workbook of the run → its file name, or its path where two have the same name."""
    paths = dict.fromkeys(
        [
            *(fate.workbook for fate in outcome.fates),
            *(one.cell.workbook for one in outcome.findings),
            *outcome.annotated,
        ]
    )
    seen: dict[str, int] = {}
    for path in paths:
        seen[Path(path).name] = seen.get(Path(path).name, 0) + 1
    return {path: tidy(Path(path).name if seen[Path(path).name] == 1 else path) for path in paths}
