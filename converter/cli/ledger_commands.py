"""`status`, `void`: what the ledger remembers, and what is taken back."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal

if TYPE_CHECKING:
    from converter.ledger.model import State


def status(arguments: argparse.Namespace) -> int:
    """What has become of every request."""
    from converter.ledger import ledger_name, open_ledger
    from converter.views.status import as_json, status_rows, table, write_xlsx

    with closing(open_ledger(arguments.ledger, arguments.out)) as ledger:
        rows = status_rows(ledger, [_state(text) for text in arguments.state])
    lines = [table(rows), "", f"Registre\u00a0: {ledger_name(arguments.ledger, arguments.out)}"]
    if arguments.xlsx:
        write_xlsx(rows, arguments.xlsx)
        lines.append(f"Classeur\u00a0: {arguments.xlsx}")
    say(arguments, as_json(rows), lines)
    return DONE


def void(arguments: argparse.Namespace) -> int:
    """Take back a file that was never uploaded."""
    from converter.checking.options import Options
    from converter.findings.french import counted
    from converter.ledger import open_ledger
    from converter.runs.take_return import refuse_absent

    name = Path(arguments.name).name
    with closing(open_ledger(arguments.ledger, arguments.out)) as ledger:
        refuse_absent(ledger, Options(out=arguments.out, ledger=arguments.ledger))
        recovered = ledger.recover(arguments.out)
        with ledger.writing() as writer:
            freed = writer.void(name)
        recovered += ledger.recover(arguments.out)
        not_copied = ledger.safety_copy()
    free = counted(len(freed), "demande est de nouveau libre", "demandes sont de nouveau libres")
    document = {"voided": name, "requests": [one.numeroEditeur for one in freed]}
    voided = f"{name} est annulé\u00a0: {free}, sous le même numéro éditeur."
    say(arguments, document, [*recovered, voided, *not_copied])
    return HELD_BACK if not_copied else DONE


def _state(text: str) -> "State":
    from converter.findings.text import fold
    from converter.ledger.model import State

    for state in State:
        if fold(text) in (fold(state.value), fold(state.name)):
            return state
    raise Refusal("etat-inconnu", etat=text)
