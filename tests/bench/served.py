"""The page's speed against its goals: a real server, a real browser, and many people at once over HTTP."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.bench.goals import Line, Sizes, count, number
from tests.bench.measure import ROOT

_CHANGES = 3
"""Cells that each person corrects."""
_PAUSE = 2.0
"""Seconds that a person takes between two acts, at most: somebody at work reads what the page says."""
_MIB = "\u00a0Mio"
_S = "\u00a0s"


@dataclass
class Served:
    """What was measured, in seconds and MiB; `browser`: None where there is no Chromium."""

    shown_small: float = 0.0
    shown_medium: float = 0.0
    browser: float | None = None
    cell_small: float = 0.0
    cell_medium: float = 0.0
    answers: list[float] = field(default_factory=list)
    errors: int = 0
    server: float = 0.0

    @property
    def p95(self) -> float:
        """The time within which 95 answers of 100 came."""
        return sorted(self.answers)[max(0, -(-95 * len(self.answers) // 100) - 1)]


def measured(folder: Path, sizes: Sizes, people: int, runs: int) -> Served:
    """A server of its own in `folder`, warm, then each thing in turn; the shortest of `runs` where one is alone."""
    found = Served()
    small, medium = folder / f"{sizes.small}.xlsx", folder / f"{sizes.medium}.xlsx"
    with _serving(folder / "served") as (address, pid):
        url, _, token = address.partition("/?jeton=")

        def client() -> httpx2.Client:
            headers = {"Authorization": f"Bearer {token}"}
            return httpx2.Client(base_url=url, headers=headers, timeout=120, trust_env=False)

        with client() as one:
            found.cell_small = _cell(one, small, runs)
            found.cell_medium = _cell(one, medium, runs)
            found.shown_small, found.shown_medium = (_shown(one, book, runs) for book in (small, medium))
        _crowd(client, small, people, found)
        if shutil.which("chromium"):
            _in_browser(address, (small, medium), runs, found)
        found.server = _memory(pid, "VmHWM")
    return found


def lines(found: Served, sizes: Sizes, people: int) -> list[Line]:
    """The goals of the page, with what was measured."""
    small, medium = f"{count(sizes.small)} lignes", f"{count(sizes.medium)} lignes"
    crowd = f"page, {people} personnes à la fois, {small}"
    screen = "jusqu'à l'écran" if found.browser is not None else "jusqu'à la page, sans navigateur"
    told = [
        _within(f"page, {small} déposées", screen, found.shown_small, 0.5),
        _within(f"page, cellule corrigée, {small}", "jusqu'au nouveau jugement", found.cell_small, 0.15),
        _within(f"page, cellule corrigée, {medium}", "jusqu'au nouveau jugement", found.cell_medium, 1),
        _within(f"page, {medium} déposées", screen, found.shown_medium, 3),
        _within(crowd, "95 réponses sur 100", found.p95, 2),
        Line(
            f"page, {people} personnes à la fois, {small}",
            "réponses en erreur",
            str(found.errors),
            "0",
            not found.errors,
        ),
        _mib(crowd, "mémoire du serveur au plus haut", found.server, 1024),
    ]
    if found.browser is not None:
        told.insert(4, _mib(f"page, {medium} déposées", "mémoire de l'onglet", found.browser, 200))
    return told


def _within(work: str, what: str, seconds: float, at_most: float) -> Line:
    return Line(work, what, f"{number(seconds)}{_S}", f"≤ {number(at_most)}{_S}", seconds <= at_most)


def _mib(work: str, what: str, size: float, at_most: float) -> Line:
    return Line(work, what, f"{size:.0f}{_MIB}", f"≤ {at_most:.0f}{_MIB}", size <= at_most)


@contextmanager
def _serving(out: Path) -> Iterator[tuple[str, int]]:
    """The address of a server that has just started, token included, and its process."""
    words = [sys.executable, "-m", "converter", "web", "--no-browser", "--out", str(out), "--port", str(_free_port())]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("no first line")
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        process.wait(60)


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _dropped(client: httpx2.Client, book: Path) -> dict[str, Any]:
    answer = client.post("/api/classeurs", files=[("classeurs", (book.name, book.read_bytes()))])
    answer.raise_for_status()
    (document,) = answer.json()
    return dict(document)


def _changes(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Changes of a cell that is wrong, each another text."""
    wrong = next(one for one in document["findings"] if one["severity"] == "erreur" and one["row"] and one["tag"])
    return [{"row": wrong["row"], "tag": wrong["tag"], "value": f"essai {rank}"} for rank in range(100)]


def _cell(client: httpx2.Client, book: Path, runs: int) -> float:
    """From a correction to what is said after it."""
    document = _dropped(client, book)
    address = f"/api/classeurs/{document['id']}"
    changes = iter(_changes(document))
    took = [_timed(lambda: client.patch(f"{address}/cellules", json=[next(changes)])) for _ in range(runs + 1)]
    client.delete(address)
    return min(took[1:])


def _shown(client: httpx2.Client, book: Path, runs: int) -> float:
    """From a drop to the page of its result, as a browser would ask for it."""

    def drop() -> httpx2.Response:
        sent = client.post("/classeurs", files=[("classeurs", (book.name, book.read_bytes()))])
        return client.get(sent.headers["location"])

    return min(_timed(drop) for _ in range(runs))


def _crowd(client: Callable[[], httpx2.Client], book: Path, people: int, found: Served) -> None:
    """Many people at work at once: each drops, reads, corrects, takes the annotated copy away, and deletes."""
    lock = threading.Lock()

    def ask(one: httpx2.Client, method: str, address: str, **sent: Any) -> httpx2.Response:
        start = time.perf_counter()
        answer = one.request(method, address, **sent)
        with lock:
            found.answers.append(time.perf_counter() - start)
            found.errors += answer.status_code >= 400
        return answer

    def person(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 — the same crowd each time

        def think() -> None:
            time.sleep(chance.uniform(0, _PAUSE))

        try:
            with client() as one:
                think()
                sent = [("classeurs", (book.name, book.read_bytes()))]
                (document,) = ask(one, "POST", "/api/classeurs", files=sent).json()
                address = f"/api/classeurs/{document['id']}"
                ask(one, "GET", f"/classeurs/{document['id']}")
                for change in _changes(document)[:_CHANGES]:
                    think()
                    ask(one, "PATCH", f"{address}/cellules", json=[change])
                think()
                ask(one, "GET", f"{address}/annote.xlsx")
                ask(one, "DELETE", address)
        except Exception:  # noqa: BLE001 — counted
            with lock:
                found.errors += 1

    crowd = [threading.Thread(target=person, args=(rank,)) for rank in range(people)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()


def _in_browser(address: str, books: Sequence[Path], runs: int, found: Served) -> None:
    """The same drops in Chromium, from the button to the sheet on screen; and the memory of that tab."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        took = []
        for book in books:
            times = []
            for _ in range(runs):
                page.goto(address.partition("?")[0])
                page.get_by_label("Classeurs", exact=True).set_input_files(book)
                start = time.perf_counter()
                page.get_by_role("button", name="Contrôler").click()
                page.wait_for_url("**/classeurs/*")
                page.locator("tbody[id^=ligne-]").first.wait_for()
                times.append(time.perf_counter() - start)
            took.append(min(times))
        found.shown_small, found.shown_medium = took
        found.browser = max(
            (_memory(pid, "RssAnon") for pid in _descendants(os.getpid()) if _is_a_tab(pid)), default=0.0
        )
        browser.close()


def _timed(job: Callable[[], httpx2.Response]) -> float:
    start = time.perf_counter()
    job().raise_for_status()
    return time.perf_counter() - start


def _descendants(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from _descendants(child)


def _is_a_tab(pid: int) -> bool:
    return b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _memory(pid: int, kind: str) -> float:
    """What Linux says of the memory of a process, in MiB: VmHWM, the most it held; RssAnon, its own; 0 elsewhere."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith(kind)]
    return int(kilobytes) / 1024
