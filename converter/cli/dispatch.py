"""From a parsed command to its function; each command imports only what it needs, so that all start fast."""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from converter.cli import adoption_commands as adoption
from converter.cli import decision_commands as decisions
from converter.cli import keeping_commands as keeping
from converter.cli import ledger_commands as ledger
from converter.cli import mapping_command as mapping
from converter.cli import portal_commands as portal
from converter.cli import run_commands as runs
from converter.cli import web_command as page

_TURN = 0.0005  # seconds; with Python's own 5 ms, the reading thread would wait that long at each turn
_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "template": runs.template,
    "convert": runs.convert,
    "validate": runs.validate,
    "check": portal.check,
    "return": portal.return_,
    "status": ledger.status,
    "void": ledger.void,
    "deposit": ledger.deposit,
    "decision": decisions.decision,
    "correspondance": mapping.correspondance,
    "adopt": adoption.adopt,
    "ledger": keeping.ledger,
    "web": page.web,
}


def run(arguments: argparse.Namespace) -> int:
    """Run the command that `arguments` names; its exit status."""
    sys.setswitchinterval(_TURN)
    with _without_collector():
        return _COMMANDS[arguments.command](arguments)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Run without garbage collection: in a short process with few cycles, it would take a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # no collection when the process ends either
        if enabled:
            gc.enable()
