"""The page for tests: in this process, by a client that counts the codes it meets; or as a real process."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import httpx2
from codes_seen import at_the_door

from converter.web.application import create_app
from converter.web.settings import Settings

ADDRESS = "http://127.0.0.1:8765"


@contextmanager
def page_client(settings: Settings, peer: str = "127.0.0.1", **headers: str) -> "Iterator[Any]":
    """A client of the application in this process, which sends `headers` from the address `peer`.

    With the token, unless a proxy says who comes. Codes of the catalogue that it meets count as met by users.
    """
    from starlette.testclient import TestClient

    app = create_app(settings)

    async def door(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["server"] = ("127.0.0.1", settings.port)
        with at_the_door():
            await app(scope, receive, send)

    token = {} if settings.behind_proxy else {"Authorization": f"Bearer {settings.token}"}
    with TestClient(
        door, settings.origin, headers=token | headers, client=(peer, 50000), follow_redirects=False
    ) as client:
        yield client


@dataclass
class Server:
    """`converter web` as a process: `address` is what a person opens, `url` the same without path and token."""

    process: "subprocess.Popen[str]"
    address: str
    log: TextIO
    token: str = field(init=False)
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url, _, query = self.address.partition("/?")
        self.url = self.url.removesuffix("/")
        self.token = query.removeprefix("jeton=")

    @property
    def headers(self) -> dict[str, str]:
        """What a program sends to be let in."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def client(self, **headers: str) -> httpx2.Client:
        """A client that is let in."""
        return httpx2.Client(base_url=self.url, headers=self.headers | headers, timeout=60, trust_env=False)

    def stderr(self) -> str:
        """All that it has logged."""
        self.log.flush()
        return Path(self.log.name).read_text("utf-8")

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(
    out: Path, *options: object, port: int | None = None, env: dict[str, str] | None = None
) -> Iterator[Server]:
    """A real server on a free port, its lots and its ledger in `out`; ended, by force if need be, with the block."""
    words = ["web", "--no-browser", "--out", out, "--port", port or free_port(), *options]
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "converter", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=Path(__file__).parents[1],
            env=os.environ | (env or {}),
        )
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert re.match(r"https?://", address), Path(log.name).read_text("utf-8")
            yield Server(process, address, log)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
