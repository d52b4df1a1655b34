"""`web`: the page and the HTTP interface, until Ctrl-C."""

import argparse
import gc
import sys

from converter.cli.output import DONE, say
from converter.findings import Refusal

_PYTHON_S_TURN = 0.005  # seconds
_COLLECTING = (100_000, 50, 100)


def web(arguments: argparse.Namespace) -> int:
    """Serve the page; the first line on stdout is the address to open."""
    try:
        from converter.web.server import serve
        from converter.web.settings import Settings
    except ModuleNotFoundError as error:
        raise Refusal("page-paquets", paquet=str(error.name)) from error
    settings = Settings(
        host=arguments.host,
        port=arguments.port,
        data=arguments.data or arguments.out / "web",
        out=arguments.out,
        ledger=arguments.ledger,
        keep_days=arguments.conserver,
        user_header=arguments.utilisateur_entete,
        proxy=arguments.proxy,
        depositors=frozenset(name.strip() for name in arguments.deposants.split(",") if name.strip()),
        public_address=arguments.adresse,
    )
    gc.enable()  # unlike a command, a server lasts
    sys.setswitchinterval(_PYTHON_S_TURN)

    def announce(address: str) -> None:
        say(arguments, {"address": address}, [address])

    serve(settings, announce, _settle, browser=not arguments.no_browser)
    return DONE


def _settle() -> None:
    """What is loaded stays, and is not looked at again; judging 20,000 rows would take half as long again otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
