"""`check`, `return`: the portal, before and after."""

import argparse
import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.ledger_commands import refuse_absent
from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal, Severity

if TYPE_CHECKING:
    from converter.ledger.model import LedgerEntry
    from converter.portal.returns import ReturnOutcome


def check(arguments: argparse.Namespace) -> int:
    """The portal's two controls on JSON files, or our tags against those of the blank model."""
    from converter.cli.control_table import table
    from converter.format.operators import operator_codes
    from converter.portal.controls import control_path, to_json
    from converter.portal.rehearsal import write_return
    from converter.portal.spelling import load_spelling

    if arguments.model:
        return _compare_model(arguments)
    if not any(path.is_file() for path in arguments.files):
        raise Refusal("check-sans-fichier")
    spelling = load_spelling()
    controls = [control_path(path, spelling, operator_codes()) for path in arguments.files]
    if arguments.write_return:
        for path, control in zip(arguments.files, controls, strict=True):
            write_return(path, control, arguments.write_return, spelling)
    say(arguments, to_json(controls), [table(control) for control in controls])
    return DONE if all(control.accepted for control in controls) else HELD_BACK


def _compare_model(arguments: argparse.Namespace) -> int:
    from converter.portal.blank_model import compare_model, told
    from converter.portal.json_parsing import read_bounded
    from converter.portal.spelling import load_spelling

    comparison = compare_model(read_bounded(arguments.model), load_spelling())
    document = dataclasses.asdict(comparison) | {"same": comparison.same, "toml_lines": comparison.toml_lines}
    say(arguments, document, told(comparison))
    return DONE if comparison.same else HELD_BACK


def return_(arguments: argparse.Namespace) -> int:
    """What the portal handed back, into the ledger; its refusals, into workbooks to correct."""
    from converter.ledger import open_ledger
    from converter.portal.returns import reject_whole, take_in, to_json
    from converter.portal.spelling import load_spelling

    if bool(arguments.files) == bool(arguments.rejected):
        raise Refusal("return-sans-fichier")
    with closing(open_ledger(arguments.ledger, arguments.out)) as ledger:
        refuse_absent(ledger, arguments)
        recovered = ledger.recover(arguments.out)
        if arguments.rejected:
            outcome = reject_whole(ledger, arguments.rejected, arguments.reason)
        else:
            outcome = take_in(ledger, arguments.files, load_spelling())
    if not (outcome.taken or outcome.already) and all(one.severity == Severity.ERROR for one in outcome.notices):
        raise Refusal("return-rien-lu", raisons=" ".join(one.message for one in outcome.notices))
    written = _write_to_correct(outcome.refused, arguments.out)
    document = to_json(outcome) | {"to_correct": [str(path) for path in written]}
    say(arguments, document, [*recovered, *_return_told(outcome, written)])
    return HELD_BACK if outcome.refused or any(one.severity == Severity.ERROR for one in outcome.notices) else DONE


def _write_to_correct(refused: Sequence["LedgerEntry"], out: Path) -> list[Path]:
    """The refused requests as workbooks to correct, in a folder of this run."""
    if not refused:
        return []
    from converter.ledger.staging import publish, staging
    from converter.portal.to_correct import to_correct
    from converter.views.template import RowToWrite, write_filled

    workbooks = to_correct(refused)
    with staging(out, datetime.datetime.now().astimezone().date()) as batch:
        for one in workbooks:
            rows = [RowToWrite(row.values, row.highlight, row.note) for row in one.rows]
            write_filled(batch.staging / one.name, one.supplier, rows)
    folder = publish(batch)
    return [folder / one.name for one in workbooks]


def _return_told(outcome: "ReturnOutcome", written: Sequence[Path]) -> Iterator[str]:
    from converter.findings.french import counted

    accepted = counted(len(outcome.taken) - len(outcome.refused), "demande acceptée", "demandes acceptées")
    refused = counted(len(outcome.refused), "refusée", "refusées")
    yield f"{accepted}, {refused}, {counted(len(outcome.already), 'déjà connue', 'déjà connues')}."
    yield from (f"{notice.path}\u00a0: {notice.message}" for notice in outcome.notices)
    if written:
        yield ""
        yield "À corriger, puis à convertir de nouveau (avec --attachments, le dossier de leurs pièces)\u00a0:"
        yield from (f"  {path}" for path in written)
