"""`adopt`: requests sent before this ledger existed, entered into it; or a lost ledger rebuilt."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from converter.checking.mapping_values import chosen_mapping
from converter.checking.options import Options
from converter.findings import Refusal, Severity
from converter.ledger import open_ledger
from converter.ledger.recovery import VOIDED_SUFFIX
from converter.portal.adoption import AdoptionOutcome, adopt, read_all, unread_notices
from converter.portal.order_books import read_order_books
from converter.portal.returns import Notice
from converter.portal.spelling import load_spelling

_WORKBOOKS = (".xlsx", ".xlsm")
_MOST_REASONS = 10


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was entered; the notices about files and requests; the requests whose reference is not known.

    `recovered`: what was done for a killed run; `unfinished`: what could not be done once all was recorded.
    """

    outcome: AdoptionOutcome
    notices: tuple[Notice, ...]
    without_reference: tuple[str, ...]
    recovered: tuple[str, ...]
    unfinished: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether everything in the files was entered."""
        return not self.unfinished and all(one.severity != Severity.ERROR for one in self.notices)


def adopt_files(inputs: Iterable[Path], options: Options) -> Adopted:
    """Enter the requests of JSON-MDV files and the values of workbooks, those named and those of the folders named.

    Refusal when there is none that can be read.
    """
    mapping = chosen_mapping(options)
    found = sorted(set(_files(inputs)))
    books = {path for path in found if path.name.lower().endswith(_WORKBOOKS)}
    files, unread = read_all([path for path in found if path not in books], load_spelling())
    orders = read_order_books(sorted(books), options.day, mapping)
    unread += unread_notices(orders)
    if not (files or orders.requests or orders.followed):
        raise Refusal("adopt-rien", raisons=" ".join(one.message for one in unread[:_MOST_REASONS]))
    with closing(open_ledger(options.ledger, options.out, author=options.author)) as ledger:
        recovered = tuple(ledger.recover(options.out))
        outcome = adopt(ledger, files, orders, options.out)
        unnamed = [one.numeroEditeur for one in ledger.entries() if not one.key.refCommande]
        unfinished = tuple(ledger.safety_copy())
    return Adopted(outcome, (*unread, *outcome.notices), tuple(unnamed), recovered, unfinished)


def _files(inputs: Iterable[Path]) -> Iterator[Path]:
    """The files named, and the JSON files and workbooks of the folders named, hidden ones apart."""
    ends = (".json", f".json{VOIDED_SUFFIX}", *_WORKBOOKS)
    for given in inputs:
        if not given.is_dir():
            yield given
            continue
        for folder, below, names in os.walk(given):
            below[:] = [one for one in below if not one.startswith(".")]
            for name in names:
                if name.lower().endswith(ends) and not name.startswith((".", "~$")):
                    yield Path(folder, name)
