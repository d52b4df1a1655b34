"""`convert_once`: one batch for one key, however often it is asked for, and even if the program was killed meanwhile.

The key is recorded in the transaction that gives the numbers: a batch exists under it, or none does.
"""

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from converter.checking.options import Options
from converter.findings import Refusal
from converter.ledger import ledger_name, open_ledger
from converter.ledger.interface import LedgerReader
from converter.ledger.model import KeyedBatch
from converter.runs.convert import Progress, convert
from converter.runs.inputs import Input

_WAIT = 60.0  # seconds, for a batch that another program has just recorded and is moving into place
_TURN = 0.1


class KeyTakenError(Exception):
    """A batch is recorded under the key of this run, which has made nothing."""


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """The folder of the batch; whether this call made it; what happened after it was recorded, in French."""

    folder: Path
    is_new: bool
    notes: tuple[str, ...] = ()


def refuse_made(key: str, reader: LedgerReader) -> None:
    """KeyTakenError if the ledger knows a batch of that key; to be asked in the transaction that records it."""
    if key and reader.keyed_batch(key):
        raise KeyTakenError


def batch_of_key(options: Options) -> Path | None:
    """The folder of the batch made under `options.key`, once it is in place; None where there is none.

    A batch that a killed run left is put in place first.
    """
    with closing(open_ledger(options.ledger, options.out)) as ledger:

        def known() -> KeyedBatch | None:
            with ledger.reading() as reader:
                return reader.keyed_batch(options.key)

        end = time.monotonic() + _WAIT
        while (found := known()) and found.folder is None:
            ledger.recover(options.out)
            if time.monotonic() > end:
                raise Refusal(
                    "registre-occupe", chemin=ledger_name(options.ledger, options.out), attente=f"{_WAIT:.0f}"
                )
            time.sleep(_TURN)
    return found.folder if found else None


def convert_once(inputs: Iterable[Input], options: Options, progress: Progress | None = None) -> MadeBatch:
    """The batch of `options.key`: made of these inputs by `convert`, or the one made under that key before."""
    if made := batch_of_key(options):
        return MadeBatch(made, is_new=False)
    try:
        outcome = convert(inputs, options, progress)
    except KeyTakenError:  # another program made it meanwhile
        folder = batch_of_key(options)
        if folder is None:  # unrecorded since: a ledger never forgets a batch
            raise
        return MadeBatch(folder, is_new=False)
    if outcome.batch is None:
        raise AssertionError("a run that ended has a folder")
    return MadeBatch(outcome.batch, is_new=True, notes=outcome.notes)
