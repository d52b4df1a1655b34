"""A real browser for the tests of the page: Debian's Chromium, driven by Playwright, that speaks to our server alone.

What a page complains of (a script that fails, something that the Content-Security-Policy forbids, an address that is
not there, a request to any other machine) fails the test that opened it.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

DESKTOP = (1280, 800)
PHONE = (360, 740)
PICTURES = os.environ.get("PAGE_PICTURES", "")
"""The folder in which pictures of the pages are kept to be looked at; none are taken where it is empty."""
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
_LOOPBACK = ("127.0.0.1", "localhost")
_SERIOUS = ("serious", "critical")
_PATIENCE = 15_000  # milliseconds: the machine of tests may be busy


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "il manque chromium : apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A person's browser: `page` is the tab in front; `complaints`: what its pages complained of."""

    context: "BrowserContext"
    page: "Page"
    complaints: list[str] = field(default_factory=list)
    expected: Sequence[str] = ()

    def another_tab(self) -> "Page":
        """A second tab of the same person."""
        page = self.context.new_page()
        _listen(page, self.complaints)
        return page

    def cell(self, label: str, row: int) -> "Locator":
        """The field of a cell of the sheet, by its accessible name."""
        return self.page.get_by_label(f"{label}, ligne {row}", exact=True)

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page, where pictures are asked for."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)

    def serious(self) -> list[str]:
        """The serious violations of WCAG 2.2 AA that axe finds in the page: rule, and the first element concerned."""
        from axe_playwright_python.sync_playwright import Axe

        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": rules}}).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in _SERIOUS]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window: people would have to scroll sideways to read it."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider


@contextmanager
def visit(
    browser: "Browser",
    address: str,
    *,
    size: tuple[int, int] = DESKTOP,
    dark: bool = False,
    script: bool = True,
    complaints: Sequence[str] = (),
    **options: Any,
) -> Iterator[Visit]:
    """A person who opens `address`, the token in it. `complaints`: those that the test provokes, by a part of each."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        locale="fr-FR",
        accept_downloads=True,
        **options,
    )
    context.set_default_timeout(_PATIENCE)
    try:
        one = Visit(context, context.new_page())
        _listen(one.page, one.complaints)
        one.page.goto(address)
        yield one
        unexpected = [text for text in one.complaints if not any(part in text for part in complaints)]
        assert not unexpected, unexpected
    finally:
        context.close()


def _listen(page: "Page", complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(f"script : {error}"))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)

    def asked(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _LOOPBACK:
            complaints.append(f"requête vers {parts.hostname}")

    page.on("request", asked)
