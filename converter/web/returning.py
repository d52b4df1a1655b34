"""Files that the portal handed back, taken in; what was said of them is kept, for the page that shows it."""

import datetime
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request

from converter.ledger.files import write_new
from converter.portal.return_document import ReturnDocument, to_json
from converter.portal.returned_file import HandedBack
from converter.runs.take_return import TakenReturn, take_return
from converter.web.asked import options
from converter.web.settings import Settings

_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class WorkbookToCorrect:
    """A workbook of refused requests: its batch, its name in it, and the numeroEditeur under which they left."""

    lot: str
    name: str
    requests: tuple[str, ...]


class TakenDocument(ReturnDocument):
    """Le document de `return --json` ; `to_correct` : les adresses des classeurs à corriger."""

    to_correct: list[str]


def document_of(taken: TakenReturn) -> TakenDocument:
    """The document of `return --json`, the workbooks to correct by their addresses."""
    addresses = [f"/api/lots/{path.parent.name}/{path.name}" for path in taken.to_correct]
    return {**to_json(taken.outcome), "to_correct": addresses}


def workbooks_of(document: Mapping[str, Any]) -> list[WorkbookToCorrect]:
    """The workbooks to correct that a document names."""
    parts = [address.split("/") for address in document["to_correct"]]
    numbers = document.get("requests") or [()] * len(parts)
    return [WorkbookToCorrect(lot, name, tuple(ours)) for (*_, lot, name), ours in zip(parts, numbers, strict=True)]


async def take_in(request: Request, files: Iterable[HandedBack]) -> TakenReturn:
    """Take in files that the portal handed back."""
    handed_back, asked = list(files), options(request)
    taken: TakenReturn = await request.app.state.work.run(lambda: take_return(handed_back, asked))
    return taken


async def kept(request: Request, job: Callable[[], TakenReturn]) -> str:
    """Do a job of return files, and keep what it says; the identifier under which it is shown."""
    settings: Settings = request.app.state.settings

    def work() -> str:
        taken = job()
        more = {"said": [*taken.recovered, *taken.not_copied], "requests": taken.requests}
        identifier = secrets.token_hex(16)
        folder = _folder(settings)
        folder.mkdir(0o700, parents=True, exist_ok=True)
        write_new(folder / identifier, orjson.dumps({**document_of(taken), **more}))
        return identifier

    identifier: str = await request.app.state.work.run(work)
    return identifier


def shown(request: Request, identifier: str) -> dict[str, Any] | None:
    """What was kept under this identifier; None where there is nothing, or no more."""
    path = _folder(request.app.state.settings) / identifier
    if not _IDENTIFIER.fullmatch(identifier) or not path.is_file():
        return None
    document: dict[str, Any] = orjson.loads(path.read_bytes())
    return document


def forget_old(settings: Settings, now: datetime.datetime) -> None:
    """Delete what was kept for as long as things are kept here."""
    oldest = (now - datetime.timedelta(days=settings.keep_days)).timestamp()
    folder = _folder(settings)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.data / "retours"
