"""`ledger check`, `ledger init`, `ledger copy`: the ledger itself, and not its requests."""

import argparse
from collections.abc import Callable, Mapping
from contextlib import closing

from converter.cli.arguments import UsageError
from converter.cli.output import DONE, HELD_BACK, say


def ledger(arguments: argparse.Namespace) -> int:
    """Check, create or copy a ledger."""
    if len(arguments.ledgers) != (2 if arguments.action == "copy" else 0):
        raise UsageError("Commande mal formée\u00a0: copy veut deux registres, DE et VERS\u00a0; check et init, aucun.")
    return _ACTIONS[arguments.action](arguments)


def _init(arguments: argparse.Namespace) -> int:
    """Create a ledger, or bring it to the version of this program."""
    from converter.ledger import ledger_name, open_ledger

    name = ledger_name(arguments.ledger, arguments.out)
    with closing(open_ledger(arguments.ledger, arguments.out)) as opened:
        was_there = opened.create()
    made = "est à jour" if was_there else "est créé, vide"
    say(arguments, {"ledger": name, "created": not was_there}, [f"Le registre {name} {made}."])
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    """Compare the ledger with the lots on disk, once what a stopped run left there is settled."""
    from converter.checking.options import Options
    from converter.ledger import ledger_name, open_ledger
    from converter.portal.ledger_check import check_ledger
    from converter.portal.spelling import load_spelling
    from converter.runs.take_return import refuse_absent
    from converter.views.run_document import finding_document

    with closing(open_ledger(arguments.ledger, arguments.out)) as opened:
        refuse_absent(opened, Options(out=arguments.out, ledger=arguments.ledger))
        settled = opened.settle(arguments.out)
        comparison = check_ledger(opened, arguments.out, load_spelling())
    document = {
        "files": comparison.files,
        "requests": comparison.requests,
        "elsewhere": comparison.elsewhere,
        "differences": [finding_document(one) for one in comparison.differences],
    }
    say(arguments, document, [*settled, *comparison.lines(ledger_name(arguments.ledger, arguments.out))])
    return HELD_BACK if comparison.differences else DONE


def _copy(arguments: argparse.Namespace) -> int:
    """Copy a whole ledger into an empty one."""
    from converter.findings.french import counted
    from converter.ledger import copy_ledger, ledger_name

    source, target = arguments.ledgers
    rows = copy_ledger(source, target, arguments.out)
    names = [ledger_name(one, arguments.out) for one in (source, target)]
    what = f"{counted(rows['demandes'], 'demande')}, {counted(rows['fichiers'], 'fichier')}"
    done = f"{what}, {counted(rows['evenements'], 'événement')} copiés de {names[0]} dans {names[1]}"
    same = "puis relus des deux côtés\u00a0: ils disent la même chose."
    alone = "deux registres d'un même éditeur donneraient deux fois les mêmes numéros."
    lines = [f"{done}, {same}", f"Ne vous servez plus que de {names[1]}\u00a0: {alone}"]
    say(arguments, {"from": names[0], "to": names[1], "rows": rows}, lines)
    return DONE


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {"check": _check, "init": _init, "copy": _copy}
