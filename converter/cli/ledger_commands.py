"""`status`, `void`, `deposit`: the requests of the ledger; files voided or uploaded."""

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal

if TYPE_CHECKING:
    from converter.ledger.model import State


def status(arguments: argparse.Namespace) -> int:
    """Show every request, one of them, or the list of things to do."""
    if arguments.number:
        return _one_request(arguments)
    if arguments.a_faire:
        return _to_do(arguments)
    return _all_requests(arguments)


def _all_requests(arguments: argparse.Namespace) -> int:
    from converter.ledger import ledger_name, open_ledger
    from converter.views.status import MOST_LINES, as_json, status_rows, table, with_grand_total

    states = [_state(text) for text in arguments.state]
    with closing(open_ledger(arguments.ledger, arguments.out)) as ledger:
        every = arguments.toutes or arguments.json or arguments.xlsx
        rows = status_rows(ledger, states, None if every else MOST_LINES)
        totals = with_grand_total(ledger.totals(states))
    shown = rows if arguments.toutes else rows[-MOST_LINES:]
    lines = [table(shown, totals), "", f"Registre\u00a0: {ledger_name(arguments.ledger, arguments.out)}"]
    if arguments.xlsx:
        from converter.views.followup_workbook import write_followup

        write_followup(rows, arguments.xlsx)
        lines.append(f"Classeur\u00a0: {arguments.xlsx}")
    say(arguments, as_json(rows, totals) if arguments.json else {}, lines)
    return DONE


def _one_request(arguments: argparse.Namespace) -> int:
    from converter.checking.options import Options
    from converter.runs.browse import request_details
    from converter.views.request_details import as_json, lines

    found = request_details(arguments.number, Options(out=arguments.out, ledger=arguments.ledger))
    say(arguments, as_json(found.entry, found.history), lines(found.entry, found.history))
    return DONE


def _to_do(arguments: argparse.Namespace) -> int:
    from converter.checking.options import Options, today
    from converter.runs.browse import things_to_do
    from converter.views.to_do import as_json, table

    day = arguments.date or today()
    groups = things_to_do(day, arguments.jours, Options(out=arguments.out, ledger=arguments.ledger))
    tasks = [task for group in groups for task in group.tasks]
    lines = table(tasks, day, every=arguments.toutes)
    if arguments.xlsx:
        from converter.views.to_do_workbook import write_to_do

        write_to_do(tasks, arguments.xlsx)
        lines.append(f"Classeur\u00a0: {arguments.xlsx}")
    say(arguments, as_json(tasks, day), lines)
    return HELD_BACK if tasks else DONE


def void(arguments: argparse.Namespace) -> int:
    """Void a file that was never uploaded."""
    from converter.checking.options import Options
    from converter.runs.void import to_json, void_file

    voided = void_file(arguments.name, Options(out=arguments.out, ledger=arguments.ledger))
    say(arguments, to_json(voided), [*voided.recovered, voided.sentence, *voided.not_copied])
    return HELD_BACK if voided.not_copied else DONE


def deposit(arguments: argparse.Namespace) -> int:
    """Note the day on which a file was uploaded, or that this was noted by mistake."""
    from converter.checking.options import Options, today
    from converter.runs.deposit import note_deposit, to_json

    day = None if arguments.rectifier else arguments.le or today()
    noted = note_deposit(arguments.name, day, Options(out=arguments.out, ledger=arguments.ledger))
    what = f"déposé le {day:%d/%m/%Y}" if day else "pas encore déposé"
    done = f"{noted.name}\u00a0: {what}{'' if noted.requests else ', le registre le savait déjà'}."
    say(arguments, to_json(noted), [*noted.recovered, done, *noted.not_copied])
    return HELD_BACK if noted.not_copied else DONE


def _state(text: str) -> "State":
    from converter.findings.text import fold
    from converter.ledger.model import State

    for state in State:
        if fold(text) in (fold(state.value), fold(state.name)):
            return state
    raise Refusal("etat-inconnu", etat=text)
