"""Which codes of the catalogue were met through the command line while the tests ran, or through the page's own doors:
a code that nobody can provoke is a sentence that nobody has read.

Loaded by conftest, for a whole session; what a test provokes otherwise does not count.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import converter.cli
from converter import findings
from converter.views import corrected_copy


class _Watched(dict[str, findings.CatalogueEntry]):
    """The catalogue, which remembers the codes asked of it while a user waits for an answer, in whatever thread."""

    inside = 0
    """How many commands and HTTP requests are being answered."""
    seen: set[str]

    def __getitem__(self, code: str) -> findings.CatalogueEntry:
        if self.inside:
            self.seen.add(code)
        return super().__getitem__(code)


CATALOGUE = _Watched(findings.catalogue())
CATALOGUE.seen = set()


@contextmanager
def at_the_door() -> Iterator[None]:
    """While a command or an HTTP request is being answered: what is asked of the catalogue is met by a user."""
    CATALOGUE.inside += 1
    try:
        yield
    finally:
        CATALOGUE.inside -= 1


def watch() -> None:
    """From here on, what these ask of the catalogue is remembered; called once, before any test is imported."""

    def watched(door: Callable[..., Any]) -> Callable[..., Any]:
        def entered(*arguments: Any) -> Any:
            with at_the_door():
                try:
                    return door(*arguments)
                except findings.Refusal as refusal:
                    str(refusal)  # it is worded when it is shown
                    raise

        return entered

    converter.cli.main = watched(converter.cli.main)
    corrected_copy.corrected = watched(corrected_copy.corrected)
    findings.catalogue = lambda: CATALOGUE  # type: ignore[assignment]


class CodesSeen:
    """Gathers what each worker has seen, and fails a whole session that has left a code out."""

    def __init__(self, config: pytest.Config) -> None:
        self._whole = config.args == config.getini("testpaths") and not config.option.keyword
        self._seen: set[str] = set()
        self._unseen: list[str] = []

    def pytest_testnodedown(self, node: Any) -> None:
        self._seen |= set(getattr(node, "workeroutput", {}).get("codes", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._seen |= CATALOGUE.seen
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["codes"] = sorted(self._seen)
        elif self._whole and not session.config.option.collectonly:
            self._unseen = sorted(CATALOGUE.keys() - self._seen)
            if self._unseen and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._unseen:
            terminalreporter.section(
                "CODES QUE NUL TEST NE PROVOQUE PAR UNE COMMANDE, NI PAR LA PAGE", sep="!", red=True, bold=True
            )
            terminalreporter.line(", ".join(self._unseen), red=True)
