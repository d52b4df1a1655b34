"""`take_return`: return files of the portal, into the ledger; refused requests, into workbooks to correct."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from converter.checking.options import Options
from converter.findings import Refusal, Severity
from converter.ledger import ledger_name, open_ledger
from converter.ledger.interface import Ledger, LedgerWriter
from converter.ledger.model import SENT_BACK, LedgerEntry, StagedBatch
from converter.ledger.pages import Need
from converter.ledger.staging import publish, staging
from converter.portal.returned_file import HandedBack
from converter.portal.returns import Keep, ReturnOutcome, reject_whole, take_in
from converter.portal.spelling import load_spelling
from converter.portal.to_correct import WorkbookToCorrect, to_correct
from converter.views.template import RowToWrite, write_filled


@dataclass(frozen=True, slots=True)
class TakenReturn:
    """The recorded answers; the workbooks to correct, for the refused requests; what was recovered from a killed run.

    `not_copied`: why no safety copy of the ledger could be made; `requests`: the numeroEditeur under which the requests
    of each workbook to correct had left.
    """

    outcome: ReturnOutcome
    to_correct: tuple[Path, ...]
    recovered: tuple[str, ...]
    not_copied: tuple[str, ...] = ()
    requests: tuple[tuple[str, ...], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every answer was recorded, all are acceptances, and the ledger was copied."""
        return (
            not self.not_copied
            and not self.outcome.refused
            and all(one.severity != Severity.ERROR for one in self.outcome.notices)
        )


def take_return(
    files: Iterable[str | PathLike[str] | HandedBack], options: Options | None = None, *, again: bool = False
) -> TakenReturn:
    """Record the answers of files that the portal handed back; Refusal when none of them could be read.

    A file is a path, or one that a program was given under another name (`HandedBack`).
    `again`: workbooks to correct are also made for requests already known to be refused.
    """
    spelling = load_spelling()
    given = [one if isinstance(one, HandedBack) else Path(one) for one in files]
    return _taken(lambda ledger, keep: take_in(ledger, given, spelling, keep), options or Options(), again=again)


def reject_file(name: str, reason: str, options: Options | None = None, *, again: bool = False) -> TakenReturn:
    """The portal rejected the whole file `name`, for `reason`; Refusal when that cannot be. `again`: see above."""
    return _taken(lambda ledger, keep: reject_whole(ledger, name, reason, keep), options or Options(), again=again)


def correct_again(options: Options | None = None) -> TakenReturn:
    """The workbooks to correct of every refused or rejected request that nothing has replaced since."""
    options = options or Options()
    with closing(open_ledger(options.ledger, options.out)) as ledger:
        refuse_absent(ledger, options)
        recovered = tuple(ledger.recover(options.out))
        with ledger.reading() as reader:
            found = reader.pending(options.day).requests.get(Need.CORRECTION)
            held = reader.holders([one.numeroEditeur for one in found.first]) if found else {}
    waiting = sorted(held.values(), key=lambda one: one.numeroEditeur)
    if not waiting:
        return TakenReturn(ReturnOutcome(already=()), (), recovered)
    with staging(options.out, options.day) as batch:
        written = _write_to_correct(waiting, batch)
    folder = publish(batch)
    return TakenReturn(
        outcome=ReturnOutcome(already=tuple(waiting)),
        to_correct=tuple(folder / one.name for one in written),
        recovered=recovered,
        requests=tuple(one.requests for one in written),
    )


def refuse_absent(ledger: Ledger, options: Options) -> None:
    """Refusal when there is no ledger: only the one that gave the numbers can record answers or voids."""
    if not ledger.identifier:
        raise Refusal("registre-absent", chemin=ledger_name(options.ledger, options.out))


def _taken(work: Callable[[Ledger, Keep], ReturnOutcome], options: Options, *, again: bool) -> TakenReturn:
    """Record the answers, and with them the workbooks to correct: a stopped run leaves both or none."""
    staged: list[tuple[StagedBatch, list[WorkbookToCorrect]]] = []
    with closing(open_ledger(options.ledger, options.out, author=options.author)) as ledger:

        def keep(writer: LedgerWriter, outcome: ReturnOutcome) -> None:
            known = [one for one in outcome.already if again and one.state in SENT_BACK]
            if refused := [*outcome.refused, *known]:
                with staging(options.out, options.day, ledger.identifier) as batch:
                    workbooks = _write_to_correct(refused, batch)
                    writer.emit((), batch)
                staged.append((batch, workbooks))

        refuse_absent(ledger, options)
        recovered = tuple(ledger.recover(options.out))
        outcome = work(ledger, keep)
        written = [(folder / one.name, one.requests) for folder, made in _published(ledger, staged) for one in made]
        not_copied = tuple(ledger.safety_copy())
    if outcome.nothing_read:
        raise Refusal("return-rien-lu", raisons=" ".join(one.message for one in outcome.notices))
    return TakenReturn(
        outcome, tuple(path for path, _ in written), recovered, not_copied, tuple(numbers for _, numbers in written)
    )


def _published(
    ledger: Ledger, staged: Sequence[tuple[StagedBatch, list[WorkbookToCorrect]]]
) -> list[tuple[Path, list[WorkbookToCorrect]]]:
    return [(ledger.publish(batch), workbooks) for batch, workbooks in staged]


def _write_to_correct(refused: Sequence[LedgerEntry], batch: StagedBatch) -> list[WorkbookToCorrect]:
    """Refused or rejected requests as workbooks to correct, in a folder being staged."""
    workbooks = to_correct(refused)
    for one in workbooks:
        rows = [RowToWrite(row.values, row.highlight, row.note) for row in one.rows]
        write_filled(batch.staging / one.name, one.supplier, rows, one.notes)
    return workbooks
