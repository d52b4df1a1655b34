"""`rapport.html`: the whole run on one French page that works offline, without scripts, on screen and on paper.

Whatever the run, the page stays bounded: findings are grouped by kind, long lists are cut with their count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from converter.findings import Severity
from converter.findings.door import is_page
from converter.findings.french import counted, euros, long_date, megabytes, thousands, tidy
from converter.findings.text import fold
from converter.format.fields import BY_TAG, PARAMETRES
from converter.format.file_names import parse_json_file_name
from converter.format.requests import RowPlace
from converter.format.template_files import template_path
from converter.format.user_files import SUPPLIER_SHEET
from converter.views.finding_groups import Group, grouped, listed_places, rows_text, workbook_names
from converter.views.outcome import Fate, Outcome, RequestFate

_TEMPLATE = "rapport.html.j2"
_REQUESTS_SHOWN = 500
_REASONS_SHOWN = 4
_PLACES_SHOWN = 3
_BARS_SHOWN = 12
_DOCUMENTS_SHOWN = 500
_BAR_WIDTH = 600
_LABELS = {one.tag: one.label for one in (*PARAMETRES, *BY_TAG.values())}


@dataclass(frozen=True, slots=True)
class ReportTotal:
    """One of the big figures at the top."""

    label: str
    figure: str


@dataclass(frozen=True, slots=True)
class Zip:
    name: str
    link: str
    size: str
    entries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Made:
    """A JSON file; `numeroAns`: what the portal asks for beside it; `requests`: (numeroEditeur, reference, amount) of
    each request it holds."""

    name: str
    numeroAns: str
    link: str
    count: str
    amount: str
    zips: Sequence[Zip]
    requests: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A workbook to open: its annotated copy, and how many findings of each severity it shows."""

    workbook: str
    copy: str
    link: str
    counts: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A request held back; `reasons`: (cell, sentence); `more`: how many are not listed; `link`: its annotated copy."""

    reference: str
    rows: str
    workbook: str
    link: str
    reasons: Sequence[tuple[str, str]]
    more: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture; `y` and `width` in the picture's units."""

    label: str
    severity: Severity
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One line of the table of findings."""

    severity: Severity
    title: str
    message: str
    remedy: str
    tag: str
    label: str
    where: Sequence[str]
    count: str


def render_report(outcome: Outcome) -> str:
    """The HTML page of a run, for the run's folder (its links are relative to it). Pure: writes nothing."""
    names = workbook_names(outcome)
    groups = grouped(outcome.findings)
    held_back = _of(outcome, Fate.HELD_BACK)
    already = _of(outcome, Fate.ALREADY)
    html = _template().render(
        page=is_page(),
        validating=outcome.command == "validate",
        any_valid=bool(outcome.count(Fate.VALID)),
        day=long_date(outcome.day),
        totals=_totals(outcome),
        made=_made(outcome),
        annotated=_annotated(outcome, names),
        held_back=_held_back(outcome, held_back[:_REQUESTS_SHOWN], names),
        held_back_more=max(0, len(held_back) - _REQUESTS_SHOWN),
        bars=_bars(groups),
        bar_width=_BAR_WIDTH,
        kinds=[_kind(group, names) for group in groups],
        already=[(one.reference, names[one.workbook], one.statut) for one in already[:_REQUESTS_SHOWN]],
        already_more=max(0, len(already) - _REQUESTS_SHOWN),
        refused=[(tidy(Path(one.workbook).name), one.reason) for one in outcome.refused],
        unused=[tidy(name) for name in outcome.unused_documents[:_DOCUMENTS_SHOWN]],
        unused_more=max(0, len(outcome.unused_documents) - _DOCUMENTS_SHOWN),
        recovered=outcome.recovered,
        notes=outcome.notes,
    )
    return html.encode("utf-8", "replace").decode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(template_path(_TEMPLATE).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = thousands
    return environment.get_template(_TEMPLATE)


def _of(outcome: Outcome, fate: Fate) -> list[RequestFate]:
    return [one for one in outcome.fates if one.fate is fate]


def _totals(outcome: Outcome) -> list[ReportTotal]:
    if outcome.command == "validate":
        valid = _of(outcome, Fate.VALID)
        first = ReportTotal("Demandes valides", thousands(len(valid)))
        amount = sum((one.montantSegurHT or Decimal(0) for one in valid), Decimal(0))
    else:
        first = ReportTotal("Demandes émises", thousands(outcome.count(Fate.EMITTED)))
        amount = outcome.amount
    return [
        first,
        ReportTotal("Déjà émises", thousands(outcome.count(Fate.ALREADY))),
        ReportTotal("Retenues", thousands(outcome.count(Fate.HELD_BACK))),
        ReportTotal("Montant HT", euros(amount)),
        ReportTotal("Avance de 30\u00a0%", euros(outcome.advance)),
    ]


def _link(name: str) -> str:
    """A relative link to a file of the run's folder; any character may be in its name."""
    return quote(name, safe="", errors="replace")


def _made(outcome: Outcome) -> list[Made]:
    requests: dict[str, list[tuple[str, str, str]]] = {made.name: [] for made in outcome.files}
    for fate in _of(outcome, Fate.EMITTED):
        amount = euros(fate.montantSegurHT) if fate.montantSegurHT is not None else ""
        requests[fate.file].append((fate.numeroEditeur, fate.reference, amount))
    return [
        Made(
            made.name,
            named.numeroAns if (named := parse_json_file_name(made.name)) else "",
            _link(made.name),
            thousands(made.requests),
            euros(made.amount),
            [Zip(one.name, _link(one.name), megabytes(one.size), one.entries) for one in made.archives],
            sorted(requests[made.name]),
        )
        for made in outcome.files
    ]


def _annotated(outcome: Outcome, names: dict[str, str]) -> list[Annotated]:
    tally: dict[str, dict[Severity, int]] = {}
    for one in outcome.findings:
        counts = tally.setdefault(one.cell.workbook, dict.fromkeys(Severity, 0))
        counts[one.severity] += 1
    copies = {workbook: copy.name for workbook, copy in outcome.annotated.items()}
    return [
        Annotated(names[workbook], tidy(copy), _link(copy), _counts(tally.get(workbook, {})))
        for workbook, copy in copies.items()
    ]


def _counts(tally: dict[Severity, int]) -> str:
    return ", ".join(counted(number, severity.value) for severity, number in tally.items() if number)


def _held_back(outcome: Outcome, shown: Sequence[RequestFate], names: dict[str, str]) -> list[HeldBack]:
    """The requests with the errors on their rows, or else the errors on the supplier's values."""
    elsewhere: dict[str, list[tuple[str, str]]] = {}
    for one in outcome.findings:
        if one.severity is Severity.ERROR and fold(one.cell.sheet) == fold(SUPPLIER_SHEET):
            elsewhere.setdefault(one.cell.workbook, []).append((f"{one.cell.sheet}, {one.cell}", one.message))
    reasons = _reasons(outcome, shown)
    copies = {workbook: copy.name for workbook, copy in outcome.annotated.items()}
    requests = []
    for fate in shown:
        its_own = [reason for sheet, row in _rows_that_hold(fate) for reason in reasons[fate.workbook, sheet, row]]
        its_own = its_own or elsewhere.get(fate.workbook, [])
        requests.append(
            HeldBack(
                fate.reference,
                rows_text(fate.rows),
                names[fate.workbook],
                _link(copies.get(fate.workbook, "")),
                its_own[:_REASONS_SHOWN] or [("", fate.statut)],
                max(0, len(its_own) - _REASONS_SHOWN),
            )
        )
    return requests


def _rows_that_hold(fate: RequestFate) -> dict[RowPlace, None]:
    """The rows whose errors hold a request back, each once: its own, and those that it waits for."""
    return dict.fromkeys([*((fate.sheet, row) for row in fate.rows), *fate.held_by])


def _reasons(outcome: Outcome, shown: Sequence[RequestFate]) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    reasons: dict[tuple[str, str, int], list[tuple[str, str]]] = {
        (fate.workbook, sheet, row): [] for fate in shown for sheet, row in _rows_that_hold(fate)
    }
    for one in outcome.findings:
        if one.severity is Severity.ERROR and one.cell.row is not None:
            row = reasons.get((one.cell.workbook, one.cell.sheet, one.cell.row))
            if row is not None:
                row.append((str(one.cell), one.message))
    return reasons


def _bars(groups: Sequence[Group]) -> list[Bar]:
    """The most frequent kinds of findings, one bar each, the longest as wide as the picture."""
    counts: dict[tuple[Severity, str], int] = {}
    for group in groups:
        counts[group.severity, group.title] = counts.get((group.severity, group.title), 0) + group.count
    most = sorted(counts.items(), key=lambda kind: -kind[1])[:_BARS_SHOWN]
    return [
        Bar(
            f"{title}\u00a0: {counted(count, severity.value)}",
            severity,
            36 * place,
            max(3, _BAR_WIDTH * count // most[0][1]),
        )
        for place, ((severity, title), count) in enumerate(most)
    ]


def _kind(group: Group, names: dict[str, str]) -> FindingKind:
    return FindingKind(
        group.severity,
        group.title,
        group.first.message,
        group.first.remedy,
        group.tag,
        group.first.headings.get(label := _LABELS.get(group.tag, ""), label),
        listed_places(group, names, _PLACES_SHOWN),
        thousands(group.count),
    )
