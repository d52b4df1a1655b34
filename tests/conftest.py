"""What the tests of the command line share: one run of it in this process, and what it left."""

import contextlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from codes_seen import CodesSeen, watch
from postgres_server import Server, new_schema
from workbooks import Row, write_workbook

watch()

from converter.cli import main  # noqa: E402 — the one that is watched
from converter.ledger import open_ledger  # noqa: E402

DAY = "2026-11-22"
"""The upload day of these tests."""
Told = tuple[str, str, str]
"""Address of a cell (« O3 »), severity, code."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its exit status, its `--json` document (empty if it printed none) and what it said on stderr."""

    status: int
    document: dict[str, Any]
    stderr: str

    @property
    def told(self) -> list[Told]:
        """Every finding, in the order of the document."""
        return [
            (f"{one['column']}{one['row'] or ''}", one["severity"], one["code"]) for one in self.document["findings"]
        ]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Requests emitted, already emitted, held back."""
        requests = self.document["requests"]
        return requests["emitted"], requests["already_emitted"], requests["held_back"]

    @property
    def files(self) -> list[dict[str, Any]]:
        """The JSON files that it made, parsed."""
        return [json.loads(Path(one["path"]).read_bytes()) for one in self.document["files"]]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests of all its JSON files."""
        return [request for file in self.files for request in file["lignesImport"]]


Convert = Callable[..., Run]


def command(*words: object) -> Run:
    """Runs `converter` with these words and `--json`."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([*map(str, words), "--json"])
    return Run(status, json.loads(out.getvalue()) if out.getvalue() else {}, err.getvalue())


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Runs `converter convert --no-attachments` on workbooks, or on rows written to one, into `tmp_path/out`."""

    def run(*inputs: Path | Iterable[Row], options: Iterable[object] = (), day: str = DAY) -> Run:
        paths = [
            one if isinstance(one, Path) else write_workbook(tmp_path / f"commandes{rank}.xlsx", one)
            for rank, one in enumerate(inputs)
        ]
        return command("convert", *paths, "--out", tmp_path / "out", "--date", day, "--no-attachments", *options)

    return run


def beneficiaries(request: dict[str, Any]) -> list[str]:
    """The RPPS or FINESSGeo of a request of a JSON file."""
    who = request["beneficiaires"]
    return [one["RPPS"] for one in who["liberal"]] or who["structure"]["FINESSGeo"]


NOT_STARTED = "PostgreSQL n'a pas démarré"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL, started for these tests; failed loudly where it cannot be, and CI wants it."""
    try:
        server = Server()
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{NOT_STARTED} ({type(error).__name__})")
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def shared_ledger(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new ledger in PostgreSQL, that of who names none; its address."""
    url = postgres.url_of(new_schema())
    monkeypatch.setenv("CONVERTER_LEDGER", url)
    with contextlib.closing(open_ledger("", Path())) as ledger:
        ledger.create()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def either_ledger(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on the ledger of a file, then on one in PostgreSQL."""
    if request.param == "postgresql":
        request.getfixturevalue("shared_ledger")
    return str(request.param)


PROGRAMS = {
    "office": ("soffice",),
    "browser": ("chromium", "pdfinfo", "pdftotext"),
    "proxy": ("nginx", "systemd-analyze"),
}
"""What the tests of a marker need beside Python."""
INSTALL = "apt install libreoffice-calc chromium poppler-utils nginx-light systemd"


def missing_for(marker: str) -> list[str]:
    return [program for program in PROGRAMS[marker] if shutil.which(program) is None]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CodesSeen(config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without LibreOffice, Chromium or nginx, what needs them is left out, loudly; never where changes are judged."""
    if os.environ.get("CI"):
        return
    for item in items:
        for marker in PROGRAMS:
            if item.get_closest_marker(marker) and missing_for(marker):
                item.add_marker(pytest.mark.skip(reason=f"il manque {', '.join(missing_for(marker))}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = [program for marker in PROGRAMS for program in missing_for(marker)]
    if missing:
        terminalreporter.section("TESTS NON FAITS", sep="!", red=True, bold=True)
        terminalreporter.line(f"Il manque {', '.join(missing)} : ce que les gens ouvrent n'a pas été ouvert.", red=True)
        terminalreporter.line(f"Pour tout vérifier : {INSTALL}", red=True)
    unstarted = [one for one in terminalreporter.getreports("skipped") if NOT_STARTED in str(one.longrepr)]
    if unstarted:
        terminalreporter.section("TESTS NON FAITS", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{NOT_STARTED} : {len(unstarted)} tests du registre partagé n'ont rien vérifié.", red=True
        )
