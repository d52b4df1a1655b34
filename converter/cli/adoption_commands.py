"""`adopt`: a ledger made from existing files."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from converter.cli.output import DONE, HELD_BACK, say

if TYPE_CHECKING:
    from converter.ledger.model import LedgerEntry
    from converter.runs.adopt import Adopted

_NUMBERS_SHOWN = 10


def adopt(arguments: argparse.Namespace) -> int:
    """Enter requests sent before this ledger existed, or rebuild a lost one."""
    from converter.checking.options import Options
    from converter.ledger import ledger_name
    from converter.runs.adopt import adopt_files

    options = Options(out=arguments.out, ledger=arguments.ledger, mapping=arguments.correspondance)
    adopted = adopt_files(arguments.paths, options)
    say(arguments, _document(adopted), _lines(adopted, ledger_name(arguments.ledger, arguments.out)))
    return DONE if adopted.complete else HELD_BACK


def _document(adopted: "Adopted") -> dict[str, Any]:
    outcome = adopted.outcome
    return {
        "files": outcome.files,
        "entered": [_request(one) for one in outcome.entered],
        "changed": [_request(one) for one in outcome.changed],
        "already_known": len(outcome.known),
        "named": outcome.named,
        "decided": outcome.decided,
        "without_reference": list(adopted.without_reference),
        "notices": [one.as_json() for one in adopted.notices],
    }


def _request(one: "LedgerEntry") -> dict[str, Any]:
    return {
        "numeroEditeur": one.numeroEditeur,
        "numeroAns": one.key.numeroAns,
        "state": one.state.value,
        "file": one.file,
        "numeroASP": one.numeroASP or None,
    }


def _lines(adopted: "Adopted", name: str) -> Iterator[str]:
    from converter.findings.french import counted
    from converter.ledger.model import State

    outcome, unnamed = adopted.outcome, adopted.without_reference
    yield from adopted.recovered
    yield (
        f"{counted(outcome.files, 'fichier lu', 'fichiers lus')}\u00a0: "
        f"{counted(len(outcome.entered), 'demande entrée', 'demandes entrées')} au registre, "
        f"{counted(len(outcome.changed), 'mise à jour', 'mises à jour')}, "
        f"{counted(len(outcome.known), 'déjà connue', 'déjà connues')}."
    )
    for state in State:
        if count := sum(one.state is state for one in outcome.entered):
            yield f"  {counted(count, state.value)}"
    if outcome.named:
        yield f"{counted(outcome.named, 'référence reprise', 'références reprises')} des classeurs."
    if outcome.decided:
        yield f"{counted(outcome.decided, 'décision reprise', 'décisions reprises')} du classeur de suivi."
    yield f"Registre\u00a0: {name}"
    yield from (f"{one.path}\u00a0: {one.message}" if one.path else one.message for one in adopted.notices)
    if unnamed:
        numbers = ", ".join(unnamed[:_NUMBERS_SHOWN]) + (", …" if len(unnamed) > _NUMBERS_SHOWN else "")
        yield (
            f"Sans référence\u00a0: {counted(len(unnamed), 'demande')} ({numbers}), que le registre connaît par leur "
            "numéro et leur contenu. Donnez à converter adopt les classeurs de ces commandes, annotés ou non, ou le "
            "classeur de suivi."
        )
    if outcome.entered and not outcome.decided:
        yield (
            "Les fichiers JSON ne disent ni les décisions de l'ASP ni les versements\u00a0: reprenez-les du classeur "
            "de suivi (converter adopt SUIVI.xlsx), ou notez-les par converter decision."
        )
    yield from adopted.unfinished
