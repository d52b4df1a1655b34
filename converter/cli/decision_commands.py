"""`decision`: what the ASP or the client decided, by number or by the follow-up workbook."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal, Severity

if TYPE_CHECKING:
    from converter.ledger.transitions import Decision
    from converter.runs.decide import NotedDecisions

_WORKBOOKS = (".xlsx", ".xlsm")


def decision(arguments: argparse.Namespace) -> int:
    """Record decisions; those that cannot be recorded are reported on their cells."""
    from converter.checking.options import Options
    from converter.portal.decisions import to_json
    from converter.runs.decide import decide_by_numbers, decide_by_workbook
    from converter.views.run_document import finding_document

    options = Options(out=arguments.out, ledger=arguments.ledger)
    wanted = _decision(arguments)
    if wanted:
        noted = decide_by_numbers(arguments.targets, wanted, options, rectify=arguments.rectifier)
    else:
        noted = decide_by_workbook(Path(arguments.targets[0]), options, rectify=arguments.rectifier)
    document = to_json(noted.outcome) | {
        "annotated": [str(path) for path in noted.annotated],
        "findings": [finding_document(one) for one in noted.outcome.findings],
    }
    say(arguments, document, _lines(noted))
    return DONE if noted.complete else HELD_BACK


def _decision(arguments: argparse.Namespace) -> "Decision | None":
    """The decision given by options; None for a workbook, which holds its own. Refusal for a mixture."""
    from converter.ledger.model import State
    from converter.ledger.transitions import Decision
    from converter.portal.followup_columns import WORDS

    given = bool(arguments.said or arguments.paid)
    workbooks = [one for one in arguments.targets if one.lower().endswith(_WORKBOOKS)]
    if workbooks:
        if given or arguments.le or arguments.motif or len(arguments.targets) > 1:
            raise Refusal("decision-sans-cible")
        return None
    if not given:
        raise Refusal("decision-sans-cible")
    state = WORDS[arguments.said] if arguments.said else State.PAID
    return Decision(state, arguments.le, arguments.paid, " ".join(arguments.motif.split()))


def _lines(noted: "NotedDecisions") -> Iterator[str]:
    from converter.findings.french import counted
    from converter.ledger.model import State

    outcome = noted.outcome
    yield from noted.recovered
    refused = sum(one.severity is Severity.ERROR for one in outcome.findings)
    count = counted(len(outcome.noted), "décision notée", "décisions notées")
    yield f"{count}, {counted(len(outcome.already), 'déjà connue', 'déjà connues')}, {counted(refused, 'erreur')}."
    for one in outcome.findings:
        where = f"{one.cell}\u00a0: " if one.cell.row else ""
        yield f"  {where}{one.message} {one.remedy}"
    if any(one.state is State.REJECTED for one in outcome.noted):
        yield "Demandes rejetées, à corriger puis à convertir de nouveau\u00a0: converter return --a-corriger"
    yield from (f"Classeur annoté\u00a0: {path}" for path in noted.annotated)
    yield from noted.unfinished
