"""The server's process: the port, the first line, the browser, and an end that finishes what has begun."""

import errno
import logging
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import uvicorn

from converter.findings import Refusal
from converter.web.application import create_app
from converter.web.settings import Settings
from converter.web.upkeep import warm_up

_WAITING = 128  # connections that may wait for their turn


def serve(settings: Settings, announce: Callable[[str], None], settled: Callable[[], None], *, browser: bool) -> None:
    """Serve until Ctrl-C or SIGTERM; work in progress is finished. `announce` gets the address once it answers.

    `settled` is called once what every workbook needs is loaded. `browser`: whether to open the address.
    Refusal if the port is taken or the host is not one of this machine's.
    """
    listening = _listening(settings)
    _log()
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # it is our gate that believes a proxy, or not
        ws="none",
        lifespan="on",
    )
    server = uvicorn.Server(config)
    with _ending_quietly(server):
        announce(settings.address_to_open)
        if browser:
            threading.Thread(target=webbrowser.open, args=(settings.address_to_open,), daemon=True).start()
        threading.Thread(target=warm_up, args=(settled,), daemon=True).start()
        server.run(sockets=[listening])


def _listening(settings: Settings) -> socket.socket:
    """The port, taken: whoever connects from now on waits for an answer."""
    with ExitStack() as undo:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            opened = undo.enter_context(socket.socket(family, kind, protocol))
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(address)
            opened.listen(_WAITING)
        except OSError as error:
            taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
            code = "page-port-pris" if taken else "page-adresse-inconnue"
            raise Refusal(code, port=str(settings.port), hote=settings.host) from error
        undo.pop_all()
    return opened


def _log() -> None:
    """What the server reports goes to stderr: one line a request, without any value of it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    own = logging.getLogger("converter.web")
    own.setLevel(logging.INFO)
    own.propagate = False
    own.handlers = [handler]
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # its errors quote what was received


@contextmanager
def _ending_quietly(server: uvicorn.Server) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the server, and are no failure: uvicorn would raise them again for whoever ran it."""

    def end(*_: object) -> None:
        server.should_exit = True

    usual = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
