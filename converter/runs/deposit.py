"""`deposit`: the day on which a person uploaded a JSON file to the portal, noted in the ledger."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from converter.checking.options import Options, today
from converter.findings import Refusal
from converter.ledger import open_ledger
from converter.ledger.model import LedgerEntry
from converter.runs.take_return import refuse_absent


@dataclass(frozen=True, slots=True)
class NotedDeposit:
    """The file, and the day of its upload (None: it was not); its requests, none where the ledger knew that already.

    `not_copied`: why no safety copy of the ledger could be made.
    """

    name: str
    day: date | None
    requests: tuple[LedgerEntry, ...]
    recovered: tuple[str, ...]
    not_copied: tuple[str, ...]


def note_deposit(name: str, day: date | None, options: Options) -> NotedDeposit:
    """Note the day on which a file was uploaded; None: that was noted by mistake.

    Refusal if the ledger does not know the file, if it is voided, or for a day to come.
    """
    name = Path(name).name
    if day and day > today():
        raise Refusal("depot-a-venir", jour=f"{day:%d/%m/%Y}")
    with closing(open_ledger(options.ledger, options.out, author=options.author)) as ledger:
        refuse_absent(ledger, options)
        recovered = tuple(ledger.recover(options.out))
        with ledger.writing() as writer:
            noted = tuple(writer.deposit(name, day))
        not_copied = tuple(ledger.safety_copy()) if noted else ()
    return NotedDeposit(name, day, noted, recovered, not_copied)


def to_json(noted: NotedDeposit) -> dict[str, str | list[str] | None]:
    """The document of `deposit --json`."""
    return {
        "file": noted.name,
        "deposited": noted.day.isoformat() if noted.day else None,
        "requests": [one.numeroEditeur for one in noted.requests],
    }
