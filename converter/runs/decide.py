"""`decide`: decisions of the ASP or of the client about requests, into the ledger."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from converter.checking.options import Options, today
from converter.findings import Refusal
from converter.ledger import open_ledger
from converter.ledger.interface import Ledger
from converter.ledger.staging import publish, staging
from converter.ledger.transitions import Decision
from converter.portal.decisions import DecisionOutcome, take_decisions
from converter.portal.followup_sheet import Asked, FollowUpSheet, read_followup
from converter.runs.take_return import refuse_absent
from converter.views.annotate import StatutSheet, annotate
from converter.views.copies import Copying, write_copies


@dataclass(frozen=True, slots=True)
class NotedDecisions:
    """What was noted; the annotated copy of a workbook with errors; what was recovered from a killed run.

    `unfinished`: what could not be done after everything was recorded.
    """

    outcome: DecisionOutcome
    annotated: tuple[Path, ...] = ()
    recovered: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every decision that was asked for is recorded."""
        return not (self.outcome.held_back or self.unfinished)


def decide_by_numbers(
    numbers: Sequence[str], decision: Decision, options: Options, *, rectify: bool = False
) -> NotedDecisions:
    """Record one decision about several requests, each named by its numeroEditeur or its numeroASP.

    Refusal when none of them could be recorded.
    """
    asked = [Asked(one, one, decision) for one in dict.fromkeys(numbers)]

    def work(ledger: Ledger) -> NotedDecisions:
        outcome = take_decisions(ledger, asked, today(), rectify=rectify)
        if not (outcome.noted or outcome.already):
            reasons = " ".join(f"{one.message} {one.remedy}" for one in outcome.findings)
            raise Refusal("decision-rien-note", raisons=reasons)
        return NotedDecisions(outcome)

    return _noted(work, options)


def decide_by_workbook(path: Path, options: Options, *, rectify: bool = False) -> NotedDecisions:
    """Record the decisions of a follow-up workbook; its errors are reported on its cells. Refusal if it is none."""

    def work(ledger: Ledger) -> NotedDecisions:
        read = read_followup(path)
        outcome = take_decisions(ledger, read.asked, today(), rectify=rectify)
        outcome = replace(outcome, findings=(*read.findings, *outcome.findings))
        return NotedDecisions(outcome, _annotated(read, outcome, options))

    return _noted(work, options)


def _noted(work: Callable[[Ledger], NotedDecisions], options: Options) -> NotedDecisions:
    with closing(open_ledger(options.ledger, options.out, author=options.author)) as ledger:
        refuse_absent(ledger, options)
        recovered = tuple(ledger.recover(options.out))
        noted = work(ledger)
        unfinished = tuple(ledger.safety_copy()) if noted.outcome.noted else ()
    return replace(noted, recovered=recovered, unfinished=unfinished)


def _annotated(read: FollowUpSheet, outcome: DecisionOutcome, options: Options) -> tuple[Path, ...]:
    """The copy of the workbook with its errors on its cells and the recorded decisions beside them, in a new folder.

    Where it cannot be copied, the list of its errors."""
    if not outcome.findings:
        return ()
    sheet = read.sheet
    statut_sheet = StatutSheet(sheet.name, sheet.header_row, outcome.statuts)
    made = partial(annotate, sheet.workbook, outcome.findings, [statut_sheet])
    with staging(options.out, options.day) as batch:
        copies, impossible = write_copies(batch.staging, [Copying(sheet.workbook, outcome.findings, made)])
    names = [*map(str, copies.values()), *(one.details["liste"] for one in impossible)]
    folder = publish(batch)
    return tuple(folder / name for name in names)
