"""Conversions asked for in the page or by a program: each done once, in a thread, and followed by its key.

A key is the asker's own word for what is asked: another user's same word is another key. What a server that was killed
had recorded is found again in the ledger (`converter.runs.once`).
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from starlette.requests import Request

from converter.checking.options import Options
from converter.findings import Refusal
from converter.runs.once import MadeBatch, convert_once
from converter.web.desk import Desk, StoredWorkbook
from converter.web.judging import Judge, submitted_of
from converter.web.users import User
from converter.web.work import Work

_MOST_KEPT = 500  # conversions that ended, so that a page opened late still says what became of them


@dataclass
class Conversion:
    """One conversion. `done` of `total` steps, `what` is being done now; `future` gives its batch, or why there is
    none."""

    done: int = 0
    total: int = 1
    what: str = "En attente de son tour"
    future: "Future[MadeBatch]" = field(default_factory=Future)

    def progress(self, done: int, total: int, what: str) -> None:
        """As `convert` reports it."""
        self.done, self.total, self.what = done, total, what

    @property
    def made(self) -> MadeBatch | None:
        """Its batch; None while it runs, and where it failed."""
        ended = self.future.done() and not self.future.cancelled() and not self.future.exception()
        return self.future.result() if ended else None

    @property
    def failure(self) -> BaseException | None:
        """Why there is no batch: a `Refusal`, or a defect of ours; None while it runs, and where it succeeded."""
        return self.future.exception() if self.future.done() else None


class Conversions:
    """The conversions of this server, by key."""

    def __init__(self, work: Work, desk: Desk, judge: Judge) -> None:
        self._work = work
        self._desk = desk
        self._judge = judge
        self._kept: OrderedDict[str, Conversion] = OrderedDict()
        self._lock = Lock()

    def start(self, options: Options, workbooks: Sequence[StoredWorkbook]) -> Conversion:
        """The conversion of `options.key`: the one that was begun, or a new one; one that failed may be begun again."""
        with self._lock:
            known = self._kept.get(options.key)
            if known and not known.failure:
                return known
            conversion = Conversion()
            conversion.future = self._work.start(lambda: self._converted(workbooks, options, conversion))
            self._kept[options.key] = conversion
            self._kept.move_to_end(options.key)
            self._forget_oldest()
            return conversion

    def get(self, key: str) -> Conversion | None:
        """The conversion of this key, if this server began it."""
        with self._lock:
            return self._kept.get(key)

    def _converted(self, workbooks: Sequence[StoredWorkbook], options: Options, conversion: Conversion) -> MadeBatch:
        """The batch, which its workbooks remember; what was said of them before is no longer true."""
        try:
            made = convert_once([submitted_of(one) for one in workbooks], options, conversion.progress)
            self._desk.converted([one.id for one in workbooks], made.folder.name)
        finally:
            for one in workbooks:
                self._judge.forget(one.id)
        return made

    def _forget_oldest(self) -> None:
        ended = [key for key, one in self._kept.items() if one.future.done()]
        for key in ended[: max(len(self._kept) - _MOST_KEPT, 0)]:
            del self._kept[key]


async def stored_workbooks(request: Request, user: User, identifiers: Iterable[str]) -> list[StoredWorkbook]:
    """The workbooks to convert, each once; Problem 404 for one that this user may not see."""
    desk: Desk = request.app.state.desk
    work: Work = request.app.state.work
    return await work.run(lambda: [desk.get(user, one) for one in dict.fromkeys(identifiers)])


def ledger_key(user: str, asked: str) -> str:
    """The key under which the ledger records what `user` asked for by the word `asked`; it shows neither."""
    return hashlib.sha256(f"{user}\0{asked}".encode()).hexdigest()


def sentence_of(failure: BaseException) -> str:
    """Why a conversion failed, for a person; a defect of ours is raised."""
    if isinstance(failure, Refusal):
        return str(failure)
    raise failure
