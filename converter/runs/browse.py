"""What people look up in the ledger: pages of requests, one request, files, things to do. Nothing is written."""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from converter.checking.options import Options
from converter.findings import Refusal
from converter.ledger import open_ledger
from converter.ledger.model import Event, LedgerEntry, ListedRequest
from converter.ledger.pages import FileCount, Found, Search, Waiting
from converter.ledger.staging import emitted_files
from converter.views.to_do import TaskGroup, to_do


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """One request, with its history, oldest first."""

    entry: LedgerEntry
    history: tuple[Event, ...]


def search(asked: Search, options: Options) -> Found:
    """One page of the requests asked for, and the totals of all of them."""
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return reader.search(asked)


def every_found(asked: Search, options: Options) -> list[ListedRequest]:
    """All the requests asked for."""
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return reader.every_found(asked)


def waiting(options: Options) -> list[Waiting]:
    """What waits for the portal or the ASP, by state and day."""
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return reader.waiting()


def file_counts(folders: Collection[str], options: Options, *, inside: bool = True) -> list[FileCount]:
    """The JSON files of the batches in folders of these names, the latest first; the others if not `inside`."""
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return reader.file_counts(folders, inside=inside)


def folders_of(file: str, options: Options) -> list[Path]:
    """The folders of the batches that hold a JSON file of that name, the latest first."""
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return reader.folders_of(file)


def request_details(number: str, options: Options) -> RequestDetails:
    """The request of this numeroEditeur or numeroASP; Refusal when there is none."""
    with closing(open_ledger(options.ledger, options.out)) as ledger:
        with ledger.reading() as reader:
            entry = reader.holders([number]).get(number) or reader.bearers([number]).get(number)
        if entry is None:
            raise Refusal("status-demande-inconnue", numero=number)
        return RequestDetails(entry, tuple(ledger.history(entry.numeroEditeur)))


def entries(numbers: Collection[str], options: Options) -> list[LedgerEntry]:
    """The requests of these numeroEditeur, those that the ledger knows."""
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        return list(reader.holders(numbers).values())


def requests_of(file: str, options: Options) -> Sequence[LedgerEntry]:
    """The requests of the latest JSON file of that name."""
    with closing(open_ledger(options.ledger, options.out)) as ledger:
        return ledger.file_holds(file)


def things_to_do(day: date, patience: int, options: Options, most: int | None = None) -> list[TaskGroup]:
    """What waits for a person on that day, most urgent first; `patience`: in days, for a decision.

    `most`: how many tasks of each kind are made, None for all, with the requests of each file.
    """
    on_disk = cache(lambda: emitted_files(options.out))
    with closing(open_ledger(options.ledger, options.out)) as ledger, ledger.reading() as reader:
        pending = reader.pending(day - timedelta(days=patience), most)
        awaiting = reader.awaiting_answer() if most is None else ()
    return to_do(pending, awaiting, on_disk, day, most)


def answers(options: Options) -> bool:
    """Whether the ledger can be read."""
    try:
        with closing(open_ledger(options.ledger, options.out)) as ledger:
            return isinstance(ledger.identifier, str)
    except (Refusal, OSError):
        return False
