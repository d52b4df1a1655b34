"""`take_return`: what the portal handed back, into the ledger; its refusals, into workbooks to correct."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from converter.checking.options import Options
from converter.findings import Refusal, Severity
from converter.ledger import ledger_name, open_ledger
from converter.ledger.model import Ledger, LedgerEntry
from converter.ledger.staging import publish, staging
from converter.portal.returns import ReturnOutcome, reject_whole, take_in
from converter.portal.spelling import load_spelling
from converter.portal.to_correct import to_correct
from converter.views.template import RowToWrite, write_filled


@dataclass(frozen=True, slots=True)
class TakenReturn:
    """What was taken in; the workbooks to correct, for the refused requests; what was done for a killed run.

    `not_copied`: why no safety copy of the ledger could be made.
    """

    outcome: ReturnOutcome
    to_correct: tuple[Path, ...]
    recovered: tuple[str, ...]
    not_copied: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every request of every file was taken in, and accepted, and the ledger copied."""
        return (
            not self.not_copied
            and not self.outcome.refused
            and all(one.severity != Severity.ERROR for one in self.outcome.notices)
        )


def take_return(files: Iterable[str | PathLike[str]], options: Options | None = None) -> TakenReturn:
    """Take in the files that the portal handed back; Refusal when none of them could be read."""
    spelling = load_spelling()
    paths = [Path(one) for one in files]
    return _taken(lambda ledger: take_in(ledger, paths, spelling), options or Options())


def reject_file(name: str, reason: str, options: Options | None = None) -> TakenReturn:
    """The portal rejected the whole file `name`, for `reason`; Refusal when that cannot be."""
    return _taken(lambda ledger: reject_whole(ledger, name, reason), options or Options())


def refuse_absent(ledger: Ledger, options: Options) -> None:
    """Nothing can be answered or voided without the ledger that gave the numbers; and none is made for it."""
    if not ledger.identifier:
        raise Refusal("registre-absent", chemin=ledger_name(options.ledger, options.out))


def _taken(work: Callable[[Ledger], ReturnOutcome], options: Options) -> TakenReturn:
    with closing(open_ledger(options.ledger, options.out)) as ledger:
        refuse_absent(ledger, options)
        recovered = tuple(ledger.recover(options.out))
        outcome = work(ledger)
        not_copied = tuple(ledger.safety_copy())
    if outcome.nothing_read:
        raise Refusal("return-rien-lu", raisons=" ".join(one.message for one in outcome.notices))
    return TakenReturn(outcome, _write_to_correct(outcome.refused, options), recovered, not_copied)


def _write_to_correct(refused: Sequence[LedgerEntry], options: Options) -> tuple[Path, ...]:
    """The refused requests as workbooks to correct, in a folder of this run."""
    if not refused:
        return ()
    workbooks = to_correct(refused)
    with staging(options.out, options.day) as batch:
        for one in workbooks:
            rows = [RowToWrite(row.values, row.highlight, row.note) for row in one.rows]
            write_filled(batch.staging / one.name, one.supplier, rows)
    folder = publish(batch)
    return tuple(folder / one.name for one in workbooks)
