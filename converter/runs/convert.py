"""`convert` turns workbooks into a batch of files; `validate` makes the same checks and emits nothing."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from converter.checking.mapping_values import chosen_mapping
from converter.checking.options import Options, today
from converter.checking.second_process import Worker, second_process
from converter.findings import Refusal
from converter.findings.french import long_date
from converter.reading.ahead import Reader, reading_ahead
from converter.reading.mapping import SourceMapping
from converter.runs.inputs import Input, find_workbooks, handed_over
from converter.runs.submitted import Submitted

if TYPE_CHECKING:
    from converter.documents.folder import Folder
    from converter.ledger.interface import Ledger
    from converter.views.outcome import Outcome

Progress = Callable[[int, int, str], None]
"""Called before each step: steps done, steps in all, what is being done now, in French."""
_FARTHEST = datetime.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run works with: its workbooks and their reader, its ledger, its second process.

    `submitted`: the workbooks that a program handed over, by the path that names them.
    """

    workbooks: Sequence[Path]
    submitted: Mapping[Path, Submitted]
    read: Reader
    options: Options
    ledger: "Ledger"
    worker: Worker
    step: Callable[[str], None]

    @property
    def contents(self) -> dict[Path, bytes]:
        """The bytes of the workbooks handed over."""
        return {path: one.content for path, one in self.submitted.items()}

    @property
    def folders(self) -> "dict[Path, Folder]":
        """The documents of the workbooks handed over."""
        return {path: one.folder for path, one in self.submitted.items()}


def convert(inputs: Iterable[Input], options: Options | None = None, progress: Progress | None = None) -> "Outcome":
    """Convert workbooks, or folders of them, into a batch under `options.out`, each number of it in the ledger.

    An input is a path, or a workbook handed over as bytes (`Submitted`).
    Refusal when nothing could be done. What is wrong in the workbooks is in `findings`; the requests that it holds
    back are in `fates`. Prints nothing; may be called from several threads.
    """
    with _opened(inputs, options or Options(), progress) as run:
        from converter.runs.road import convert_run  # imported while the first workbook is read

        return convert_run(run)


def validate(inputs: Iterable[Input], options: Options | None = None, progress: Progress | None = None) -> "Outcome":
    """The same checks, annotated copies and report; no number is taken, no JSON file made, the ledger is only read."""
    with _opened(inputs, options or Options(), progress) as run:
        from converter.runs.road import validate_run

        return validate_run(run)


def _refuse_far_day(day: datetime.date) -> None:
    """The upload day is that of the names of the files: a day so far ahead is a mistake."""
    if day > today() + _FARTHEST:
        raise Refusal("depot-lointain", jour=long_date(day), plus=str(_FARTHEST.days))


@contextmanager
def _opened(inputs: Iterable[Input], options: Options, progress: Progress | None) -> Iterator[Run]:
    """Workbooks being read, a second process where they are large, the ledger open; all of it closed at the end."""
    _refuse_far_day(options.day)
    inputs = list(inputs)
    submitted = handed_over(inputs)
    contents = {path: one.content for path, one in submitted.items()}
    workbooks = find_workbooks(inputs)
    mapping = chosen_mapping(options)

    def mapping_of(path: Path) -> SourceMapping | None:
        own = submitted[path].mapping if path in submitted else None
        return chosen_mapping(options, own) if own else mapping

    with (
        reading_ahead(workbooks, documents=options.documents, handed_over=contents, mapping_of=mapping_of) as read,
        second_process(workbooks, contents) as worker,
    ):
        from converter.ledger import open_ledger

        with closing(open_ledger(options.ledger, options.out, author=options.author)) as ledger:
            yield Run(workbooks, submitted, read, options, ledger, worker, _counted(progress, len(workbooks)))


def _counted(progress: Progress | None, workbooks: int) -> Callable[[str], None]:
    """A function that reports each step of the run to `progress`."""
    from converter.runs.road import STAGES

    done = 0

    def step(what: str) -> None:
        nonlocal done
        if progress is not None:
            progress(done, workbooks + len(STAGES), what)
        done += 1

    return step
