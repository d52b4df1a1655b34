"""`status`, `void`: what the ledger remembers, and what is taken back."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.output import DONE, ledger_name, say
from converter.findings import Refusal

if TYPE_CHECKING:
    from converter.ledger.model import Etat, Registre


def status(arguments: argparse.Namespace) -> int:
    """What has become of every request."""
    from converter.ledger import open_registre
    from converter.views.status import as_json, rows, table, write_xlsx

    with closing(open_registre(arguments.ledger, arguments.out)) as registre:
        lignes = rows(registre, [_state(text) for text in arguments.state])
    lines = [table(lignes), "", f"Registre\u00a0: {ledger_name(arguments)}"]
    if arguments.xlsx:
        write_xlsx(lignes, arguments.xlsx)
        lines.append(f"Classeur\u00a0: {arguments.xlsx}")
    say(arguments, as_json(lignes), lines)
    return DONE


def void(arguments: argparse.Namespace) -> int:
    """Take back a file that was never uploaded."""
    from converter.findings.french import counted
    from converter.ledger import open_registre

    name = Path(arguments.name).name
    with closing(open_registre(arguments.ledger, arguments.out)) as registre:
        refuse_absent(registre, arguments)
        recovered = registre.recover(arguments.out)
        with registre.writing() as ecriture:
            freed = ecriture.void(name)
        recovered += registre.recover(arguments.out)
    free = counted(len(freed), "demande est de nouveau libre", "demandes sont de nouveau libres")
    document = {"voided": name, "requests": [one.numeroEditeur for one in freed]}
    say(arguments, document, [*recovered, f"{name} est annulé\u00a0: {free}, sous le même numéro éditeur."])
    return DONE


def refuse_absent(registre: "Registre", arguments: argparse.Namespace) -> None:
    """Nothing can be answered or voided without the ledger that gave the numbers; and none is made for it."""
    if not registre.identifiant:
        raise Refusal("registre-absent", chemin=ledger_name(arguments))


def _state(text: str) -> "Etat":
    from converter.findings.text import fold
    from converter.ledger.model import Etat

    for etat in Etat:
        if fold(text) in (fold(etat.value), fold(etat.name)):
            return etat
    raise Refusal("etat-inconnu", etat=text)
