"""`template`, `convert`, `validate`: from workbooks to a batch."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from converter.checking.options import DOCUMENTS_FOLDER, Options, today
from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal

if TYPE_CHECKING:
    from converter.runs.convert import Progress
    from converter.views.outcome import Outcome


def template(arguments: argparse.Namespace) -> int:
    """Write the workbook to fill."""
    from converter.views.template import write_template

    if arguments.path.suffix.lower() != ".xlsx":
        raise Refusal("modele-pas-xlsx", nom=arguments.path.name)
    write_template(arguments.path)
    say(arguments, {"template": str(arguments.path)}, [f"Classeur à remplir\u00a0: {arguments.path}"])
    return DONE


def convert(arguments: argparse.Namespace) -> int:
    """Convert workbooks into a batch, and record its numbers in the ledger."""
    from converter.runs.convert import convert

    return _run(convert, arguments)


def validate(arguments: argparse.Namespace) -> int:
    """Make the same checks; nothing is emitted, and the ledger is only read."""
    from converter.runs.convert import validate

    return _run(validate, arguments)


def _run(job: "Callable[[Iterable[Path], Options, Progress | None], Outcome]", arguments: argparse.Namespace) -> int:
    with _progress() as progress:
        outcome = job(arguments.inputs, _options(arguments), progress)
    from converter.cli.summary import summary
    from converter.views.outcome import Fate
    from converter.views.run_document import run_document

    again = {workbook: _again(arguments, outcome, workbook) for workbook in {one.workbook for one in outcome.fates}}
    say(arguments, run_document(outcome), summary(outcome, again))
    return HELD_BACK if outcome.count(Fate.HELD_BACK) or outcome.refused or outcome.unfinished else DONE


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        out=arguments.out,
        day=arguments.date or today(),
        attachments=arguments.attachments,
        documents=not arguments.no_attachments,
        ledger=arguments.ledger,
        numeroAns=arguments.numero_ans,
        SIRET=arguments.siret,
        strict_keys=arguments.strict_keys,
        strict_rows=arguments.strict_rows,
        resend=arguments.renvoyer,
        mapping=arguments.correspondance,
    )


@contextmanager
def _progress() -> "Iterator[Progress | None]":
    """A bar on stderr for work over a second; nothing where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    form = "{desc}  {bar:24}  {n_fmt}/{total_fmt}  {elapsed}"
    with tqdm(bar_format=form, delay=1, leave=False) as bar:

        def show(done: int, total: int, what: str) -> None:
            bar.total, bar.n = total, done
            bar.set_description_str(what, refresh=False)
            bar.update(0)

        yield show


def _again(arguments: argparse.Namespace, outcome: "Outcome", workbook: str) -> str:
    """The options to convert the annotated copy of `workbook`: its documents and mapping, and the same ledger."""
    documents = arguments.attachments or Path(workbook).parent / DOCUMENTS_FOLDER
    words = ["--no-attachments"] if arguments.no_attachments else [f'--attachments "{documents}"']
    if workbook in outcome.mappings:
        words.append(f'--correspondance "{outcome.mappings[workbook]}"')
    if arguments.out != Path("out"):
        words.append(f'--out "{arguments.out}"')
    if arguments.ledger:
        words.append(f'--ledger "{arguments.ledger}"')
    return " ".join(words)
