"""`check`, `return`: the portal's controls before the upload, its answers after it."""

import argparse
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal
from converter.findings.french import tidy

if TYPE_CHECKING:
    from converter.portal.returns import ReturnOutcome


def check(arguments: argparse.Namespace) -> int:
    """The portal's two controls on JSON files, or our tags against those of the blank model."""
    if arguments.model:
        return _compare_model(arguments)
    from converter.cli.control_table import table
    from converter.portal.controls import to_json
    from converter.runs.check import check

    controls = check(arguments.files, arguments.write_return)
    say(arguments, to_json(controls), [table(control) for control in controls])
    return DONE if all(control.accepted for control in controls) else HELD_BACK


def _compare_model(arguments: argparse.Namespace) -> int:
    from converter.portal.blank_model import compare_model, report_lines
    from converter.portal.json_parsing import read_bounded
    from converter.portal.spelling import load_spelling

    comparison = compare_model(read_bounded(arguments.model), load_spelling())
    document = dataclasses.asdict(comparison) | {"same": comparison.same, "toml_lines": comparison.toml_lines}
    say(arguments, document, report_lines(comparison))
    return DONE if comparison.same else HELD_BACK


def return_(arguments: argparse.Namespace) -> int:
    """Record the answers of the portal; write refused requests into workbooks to correct."""
    from converter.checking.options import Options
    from converter.portal.return_document import to_json
    from converter.runs.take_return import correct_again, reject_file, take_return

    options, again = Options(out=arguments.out, ledger=arguments.ledger), arguments.a_corriger
    if arguments.rejected and not arguments.files:
        taken = reject_file(arguments.rejected, arguments.reason, options, again=again)
    elif arguments.files and not arguments.rejected:
        taken = take_return(arguments.files, options, again=again)
    elif again and not arguments.files:
        taken = correct_again(options)
    else:
        raise Refusal("return-sans-fichier")
    document = to_json(taken.outcome) | {"to_correct": [str(path) for path in taken.to_correct]}
    say(arguments, document, [*taken.recovered, *_return_lines(taken.outcome, taken.to_correct), *taken.not_copied])
    return DONE if taken.complete else HELD_BACK


def _return_lines(outcome: "ReturnOutcome", written: Sequence[Path]) -> Iterator[str]:
    from converter.findings.french import counted

    accepted = counted(len(outcome.taken) - len(outcome.refused), "demande acceptée", "demandes acceptées")
    refused = counted(len(outcome.refused), "refusée", "refusées")
    yield f"{accepted}, {refused}, {counted(len(outcome.already), 'déjà connue', 'déjà connues')}."
    yield from (f"{tidy(notice.path)}\u00a0: {notice.message}" for notice in outcome.notices)
    if written:
        yield ""
        yield "À corriger, puis à convertir de nouveau (avec --attachments, le dossier de leurs pièces)\u00a0:"
        yield from (f"  {path}" for path in written)
