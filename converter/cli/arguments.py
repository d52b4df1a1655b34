"""The arguments of each command, with their help in French and an example that runs; nothing else."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TypeAlias

from converter import __version__
from converter.cli.argument_types import amount, day, day_count, port
from converter.cli.output import put
from converter.findings import Refusal
from converter.findings.french import tidy
from converter.ledger.postgres_address import holds_secret

_STANDARD = {
    "usage: ": "usage\u00a0: ",
    "positional arguments": "arguments",
    "options": "options",
    "show this help message and exit": "affiche cette aide",
    "show program's version number and exit": "affiche la version",
    "the following arguments are required: %s": "il manque\u00a0: %s",
    "unrecognized arguments: %s": "arguments inconnus\u00a0: %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s\u00a0: %(message)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "ambiguous option: %(option)s could match %(matches)s": "option ambiguë\u00a0: %(option)s (%(matches)s)",
    "invalid choice: %(value)r (choose from %(choices)s)": "«\u00a0%(value)s\u00a0» est inconnu (%(choices)s)",
    "not allowed with argument %s": "incompatible avec %s",
}


class UsageError(Exception):
    """A command line that cannot be understood; `str()` is one French sentence."""


class _Help(argparse.HelpFormatter):
    """Leaves each command, indented below « COMMANDE », on the line of what it does."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self._action_max_length = len("correspondance") + self._indent_increment * 2


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: object = None) -> None:  # noqa: ARG002 — help is printed like results
        put(message)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"Commande mal formée\u00a0: {message}. Essayez «\u00a0{self.prog} --help\u00a0».")


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command and its options; UsageError when they make no sense. `--help` and `--version` exit with 0."""
    argparse._ = lambda text: _STANDARD.get(text, text)  # type: ignore[attr-defined]
    arguments = _parser().parse_args(argv)
    _refuse_undecodable(arguments)
    _refuse_passwords(arguments)
    return arguments


def _refuse_undecodable(arguments: argparse.Namespace) -> None:
    """Refuse arguments that the ledger may store and that are not valid text; a file to read may have any name."""
    for name, value in vars(arguments).items():
        words = value if isinstance(value, list) else [str(value.absolute()) if name == "out" else value]
        for word in words:
            if isinstance(word, str) and not _is_text(word):
                raise UsageError(
                    f"«\u00a0{tidy(word)}\u00a0» contient un caractère illisible\u00a0: donnez un autre nom."
                )


def _refuse_passwords(arguments: argparse.Namespace) -> None:
    """Refuse an address with a password: any user of the machine would read it in the list of processes."""
    addresses = [vars(arguments).get("ledger", ""), *vars(arguments).get("ledgers", ())]
    if any(holds_secret(one) for one in addresses):
        raise Refusal("registre-mot-de-passe")


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:  # surrogates, by which Python stands for bytes that are not UTF-8
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="converter",
        description="Du classeur Excel des commandes Ségur aux fichiers JSON-MDV du portail de l'ASP.",
        formatter_class=_Help,
        epilog="Exemple\u00a0: converter template, remplissez le classeur, puis converter convert mon-classeur.xlsx",
    )
    parser.add_argument("--version", action="version", version=f"converter {__version__}", help="affiche la version")
    commands = parser.add_subparsers(dest="command", metavar="COMMANDE", required=True, title="commandes")
    _template(commands)
    _convert(commands)
    _validate(commands)
    _correspondance(commands)
    _check(commands)
    _return(commands)
    _status(commands)
    _void(commands)
    _deposit(commands)
    _decision(commands)
    _adopt(commands)
    _ledger(commands)
    _web(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def _command(commands: _Commands, name: str, does: str, example: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"Exemple\u00a0: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DOSSIER", help="dossier des lots (out)")
    parser.add_argument(
        "--ledger",
        default="",
        metavar="URL",
        help="registre des numéros, fichier ou adresse postgresql:// (CONVERTER_LEDGER, ou registre.sqlite3 dans le "
        "dossier des lots)",
    )
    parser.add_argument("--json", action="store_true", help="un seul document JSON sur la sortie standard")
    return parser


def _template(commands: _Commands) -> None:
    parser = _command(commands, "template", "écrit le classeur vide à remplir", "converter template mon-classeur.xlsx")
    parser.add_argument("path", nargs="?", type=Path, default=Path("modele-mdv-lgc.xlsx"), metavar="FICHIER",
                        help="fichier à écrire (modele-mdv-lgc.xlsx)")  # fmt: skip


def _convert(commands: _Commands) -> None:
    does = "convertit des classeurs en fichiers JSON, archives de pièces, classeurs annotés et rapport"
    _run_options(_command(commands, "convert", does, "converter convert mon-classeur.xlsx --out out"))


def _validate(commands: _Commands) -> None:
    does = "contrôle des classeurs sans rien émettre\u00a0: classeurs annotés et rapport seulement"
    _run_options(_command(commands, "validate", does, "converter validate mon-classeur.xlsx"))


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs", nargs="+", type=Path, metavar="CLASSEUR", help="classeurs, ou dossiers qui en contiennent"
    )
    parser.add_argument("--date", type=day, default=None, metavar="AAAA-MM-JJ", help="jour du dépôt (aujourd'hui)")
    documents = parser.add_mutually_exclusive_group()
    documents.add_argument("--attachments", type=Path, default=None, metavar="DOSSIER",
                           help="dossier des pièces (pieces, à côté de chaque classeur)")  # fmt: skip
    documents.add_argument(
        "--no-attachments", action="store_true", help="ne regarde aucune pièce et ne fait pas d'archive"
    )
    _through_mapping(parser)
    parser.add_argument("--numero-ans", default="", metavar="NUMÉRO", help="numéro de référencement ANS du logiciel")
    parser.add_argument("--siret", default="", metavar="SIRET", help="SIRET du fournisseur")
    parser.add_argument(
        "--renvoyer", action="store_true", help="renvoie aussi les demandes refusées où rien n'a changé"
    )
    parser.add_argument("--strict-keys", action="store_true", help="une clé de contrôle fausse devient une erreur")
    parser.add_argument("--strict-rows", action="store_true", help="une ligne masquée ou filtrée retient sa commande")


def _through_mapping(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--correspondance", type=Path, default=None, metavar="FICHIER.toml",
                        help="dit quelle colonne de votre propre feuille est laquelle des nôtres")  # fmt: skip


def _correspondance(commands: _Commands) -> None:
    does = "écrit une première correspondance entre les colonnes de votre feuille et les nôtres"
    parser = _command(commands, "correspondance", does, "converter correspondance export-crm.xlsx")
    parser.add_argument("path", type=Path, metavar="CLASSEUR", help="votre classeur, tel qu'il est")
    parser.add_argument("target", nargs="?", type=Path, default=None, metavar="FICHIER.toml",
                        help="fichier à écrire (CLASSEUR-correspondance.toml, à côté du classeur)")  # fmt: skip
    parser.add_argument("--feuille", default="", metavar="NOM", help="feuille à lire (celle qui a le plus de titres)")


def _check(commands: _Commands) -> None:
    does = "joue les deux contrôles automatiques du portail sur des fichiers JSON-MDV"
    parser = _command(commands, "check", does, "converter check out/lot-20261122-01/JSON-0123456789-20261122-001.json")
    parser.add_argument("files", nargs="*", type=Path, metavar="FICHIER.json", help="fichiers à contrôler")
    parser.add_argument("--write-return", type=Path, default=None, metavar="DOSSIER",
                        help="écrit chaque fichier tel que le portail le rendrait")  # fmt: skip
    parser.add_argument("--model", type=Path, default=None, metavar="MODELE.json",
                        help="compare nos balises à celles du modèle vierge de l'ASP")  # fmt: skip


def _return(commands: _Commands) -> None:
    does = "prend en compte les fichiers rendus par le portail"
    parser = _command(commands, "return", does, "converter return JSON-0123456789-20261122-001.json")
    parser.add_argument("files", nargs="*", type=Path, metavar="FICHIER.json", help="fichiers rendus par le portail")
    parser.add_argument("--rejected", default="", metavar="NOM.json", help="fichier que le portail a rejeté en entier")
    parser.add_argument("--reason", default="", metavar="MOTIF", help="motif du rejet, tel que le portail l'a donné")
    parser.add_argument(
        "--a-corriger", action="store_true", help="écrit de nouveau le classeur des demandes refusées ou rejetées"
    )


def _status(commands: _Commands) -> None:
    parser = _command(commands, "status", "dit ce qu'est devenue chaque demande", "converter status --state refusée")
    parser.add_argument("number", nargs="?", default="", metavar="NUMÉRO",
                        help="numéro éditeur ou numéro ASP\u00a0: tout sur cette demande")  # fmt: skip
    parser.add_argument("--a-faire", action="store_true", help="ce qui attend quelqu'un, le plus urgent d'abord")
    parser.add_argument("--jours", type=day_count, default=60, metavar="N",
                        help="avec --a-faire\u00a0: jours d'attente d'une décision avant de le dire (60)")  # fmt: skip
    parser.add_argument("--date", type=day, default=None, metavar="AAAA-MM-JJ",
                        help="avec --a-faire\u00a0: le jour où l'on se place (aujourd'hui)")  # fmt: skip
    parser.add_argument("--state", action="append", default=[], metavar="ÉTAT",
                        help="émise, acceptée, refusée, attribuée, rejetée, payée, annulée ou abandonnée\u00a0; "
                             "peut être répété")  # fmt: skip
    parser.add_argument("--toutes", action="store_true", help="montre toutes les lignes, et non les 50 dernières")
    parser.add_argument("--xlsx", type=Path, default=None, metavar="FICHIER",
                        help="écrit le même tableau pour Excel\u00a0; rempli, donnez-le à decision")  # fmt: skip


def _void(commands: _Commands) -> None:
    does = "annule un fichier qui n'a jamais été déposé\u00a0: ses demandes sont de nouveau libres"
    parser = _command(commands, "void", does, "converter void JSON-0123456789-20261122-001.json")
    parser.add_argument("name", metavar="NOM.json", help="nom du fichier JSON à annuler")


def _deposit(commands: _Commands) -> None:
    does = "note le jour où un fichier a été déposé sur le portail"
    parser = _command(commands, "deposit", does, "converter deposit JSON-0123456789-20261122-001.json")
    parser.add_argument("name", metavar="NOM.json", help="nom du fichier JSON déposé")
    parser.add_argument("--le", type=day, default=None, metavar="AAAA-MM-JJ", help="jour du dépôt (aujourd'hui)")
    parser.add_argument("--rectifier", action="store_true", help="retire un dépôt noté par erreur")


def _decision(commands: _Commands) -> None:
    does = "note ce que l'ASP ou le client a décidé d'une demande acceptée, et l'avance versée"
    parser = _command(commands, "decision", does, "converter decision 00001 --abandonnée")
    parser.add_argument("targets", nargs="+", metavar="NUMÉRO|SUIVI.xlsx",
                        help="numéros éditeur ou ASP, ou le classeur de status --xlsx, rempli")  # fmt: skip
    said = parser.add_mutually_exclusive_group()
    said.add_argument("--attribuée", "--attribuee", dest="said", action="store_const", const="attribuée",
                      help="l'ASP a notifié l'attribution")  # fmt: skip
    said.add_argument("--rejetée", "--rejetee", dest="said", action="store_const", const="rejetée",
                      help="l'ASP a notifié le refus, après instruction")  # fmt: skip
    said.add_argument("--payée", "--payee", dest="paid", type=amount, default=None, metavar="MONTANT",
                      help="l'avance a été versée, de ce montant en euros")  # fmt: skip
    said.add_argument("--abandonnée", "--abandonnee", dest="said", action="store_const", const="abandonnée",
                      help="le client a renoncé")  # fmt: skip
    said.add_argument("--sans-décision", "--sans-decision", dest="said", action="store_const", const="sans décision",
                      help="retire une décision notée par erreur (avec --rectifier)")  # fmt: skip
    parser.add_argument("--le", type=day, default=None, metavar="AAAA-MM-JJ", help="jour de la décision (aujourd'hui)")
    parser.add_argument("--motif", default="", metavar="TEXTE", help="motif de la décision")
    parser.add_argument("--rectifier", action="store_true", help="corrige ce qui a été noté par erreur")


def _adopt(commands: _Commands) -> None:
    does = "inscrit au registre des demandes parties avant lui, ou refait un registre perdu"
    parser = _command(commands, "adopt", does, "converter adopt out")
    parser.add_argument("paths", nargs="+", type=Path, metavar="CHEMIN",
                        help="fichiers JSON-MDV émis ou rendus, classeurs, ou dossiers qui en contiennent")  # fmt: skip
    _through_mapping(parser)


def _ledger(commands: _Commands) -> None:
    does = "compare le registre aux fichiers des lots (check), le crée ou le met à jour (init), le copie (copy)"
    parser = _command(commands, "ledger", does, "converter ledger check --out out")
    parser.add_argument("action", choices=["check", "init", "copy"], metavar="check|init|copy",
                        help="check dit ce qui diffère, dans les deux sens\u00a0; init crée un registre ou le met à "
                             "jour\u00a0; copy DE VERS copie tout un registre dans un autre, vide")  # fmt: skip
    parser.add_argument("ledgers", nargs="*", default=[], metavar="DE VERS",
                        help="avec copy\u00a0: les deux registres, fichiers ou adresses postgresql://")  # fmt: skip


def _web(commands: _Commands) -> None:
    does = "ouvre la page où déposer, corriger, convertir et suivre, et sert son interface HTTP"
    parser = _command(commands, "web", does, "converter web --no-browser")
    parser.add_argument("--port", type=port, default=8765, metavar="PORT", help="port écouté (8765)")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADRESSE", help="adresse écoutée (127.0.0.1)")
    parser.add_argument("--data", type=Path, default=None, metavar="DOSSIER",
                        help="dossier de ce que les gens déposent (web, dans le dossier des lots)")  # fmt: skip
    parser.add_argument("--conserver", type=day_count, default=30, metavar="JOURS",
                        help="jours après lesquels ce qui est déposé est effacé (30)")  # fmt: skip
    parser.add_argument("--no-browser", action="store_true", help="n'ouvre pas le navigateur")
    parser.add_argument("--utilisateur-entete", default="", metavar="EN-TÊTE",
                        help="en-tête où le mandataire (proxy) nomme l'utilisateur")  # fmt: skip
    parser.add_argument("--proxy", default="", metavar="ADRESSE IP", help="adresse d'où cet en-tête est cru")
    parser.add_argument("--deposants", default="", metavar="NOMS",
                        help="qui convertit, reçoit les retours et voit tout (alice,bob)")  # fmt: skip
    parser.add_argument("--adresse", default="", metavar="URL",
                        help="adresse publique, si le mandataire en montre une autre que --host et --port")  # fmt: skip
