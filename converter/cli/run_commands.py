"""`template`, `convert`, `validate`: from workbooks to a lot."""

import argparse
import dataclasses
import datetime
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.output import DONE, HELD_BACK, say
from converter.findings import Refusal

if TYPE_CHECKING:
    from converter.checking.options import Options
    from converter.convert import Progress
    from converter.views.outcome import Outcome

_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}  # those that cannot be read are told, not passed over


def template(arguments: argparse.Namespace) -> int:
    """Write the workbook to fill."""
    from converter.views.template import write_template

    if arguments.path.suffix.lower() != ".xlsx":
        raise Refusal("modele-pas-xlsx", nom=arguments.path.name)
    write_template(arguments.path)
    say(arguments, {"template": str(arguments.path)}, [f"Classeur à remplir\u00a0: {arguments.path}"])
    return DONE


def convert(arguments: argparse.Namespace) -> int:
    """Workbooks → a lot, every number of it in the ledger."""
    from converter.checking.second_process import working_beside
    from converter.reading.ahead import reading_ahead

    workbooks = _workbooks(arguments.inputs)
    with (
        reading_ahead(workbooks, documents=not arguments.no_attachments) as read,
        working_beside(workbooks) as beside,
    ):
        from converter import convert as pipeline
        from converter.ledger import open_ledger
        from converter.portal.spelling import load_spelling

        options, spelling = _options(arguments), load_spelling()
        with closing(open_ledger(arguments.ledger, arguments.out)) as ledger:
            with _progress(workbooks) as progress:
                outcome = pipeline.convert(workbooks, read, options, ledger, spelling, progress, beside)
            return _told(arguments, outcome)


def validate(arguments: argparse.Namespace) -> int:
    """The same checks; nothing is emitted, and the ledger is only read."""
    from converter.checking.second_process import working_beside
    from converter.reading.ahead import reading_ahead

    workbooks = _workbooks(arguments.inputs)
    with (
        reading_ahead(workbooks, documents=not arguments.no_attachments) as read,
        working_beside(workbooks) as beside,
    ):
        from converter import convert as pipeline
        from converter.ledger import open_ledger

        options = _options(arguments)
        with closing(open_ledger(arguments.ledger, arguments.out)) as ledger:
            with ledger.reading() as reader, _progress(workbooks) as progress:
                outcome = pipeline.validate(workbooks, read, options, reader, progress, beside)
            return _told(arguments, outcome)


def _options(arguments: argparse.Namespace) -> "Options":
    from converter.checking.options import Options
    from converter.checking.supplier import SupplierOptions

    return Options(
        out=arguments.out,
        day=arguments.date or datetime.datetime.now().astimezone().date(),
        attachments=arguments.attachments,
        documents=not arguments.no_attachments,
        supplier=SupplierOptions(arguments.numero_ans, arguments.siret),
        strict_keys=arguments.strict_keys,
    )


def _workbooks(inputs: Iterable[Path]) -> list[Path]:
    """The workbooks named, and those of the folders named (subfolders too, but not the lots of earlier runs), once."""
    found: dict[Path, Path] = {}
    for given in inputs:
        for path in sorted(_inside(given)) if given.is_dir() else [given]:
            found.setdefault(path.resolve(), path)
    if not found:
        raise Refusal("aucun-classeur", dossiers=", ".join(f"«\u00a0{given}\u00a0»" for given in inputs))
    return list(found.values())


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "~$", "lot-")) for part in parts)
        if path.suffix.lower() in _WORKBOOKS and not hidden and path.is_file():
            yield path


@contextmanager
def _progress(workbooks: Sequence[Path]) -> Iterator["Progress"]:
    """A bar on stderr for work over a second; nothing where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    from converter.convert import STAGES

    form = "{desc}  {bar:24}  {n_fmt}/{total_fmt}  {elapsed}"
    with tqdm(total=len(workbooks) + len(STAGES), bar_format=form, delay=1, leave=False) as bar:

        def show(what: str) -> None:
            bar.set_description_str(what, refresh=False)
            bar.update()

        yield show


def _told(arguments: argparse.Namespace, outcome: "Outcome") -> int:
    from converter.cli.summary import summary
    from converter.views.outcome import Fate
    from converter.views.run_document import run_document

    again = {workbook: _again(arguments, Path(workbook)) for workbook in outcome.annotated or {}}
    say(arguments, run_document(outcome), summary(dataclasses.replace(outcome, again=again)))
    return HELD_BACK if outcome.count(Fate.HELD_BACK) or outcome.refused else DONE


def _again(arguments: argparse.Namespace, workbook: Path) -> str:
    """The options that a copy of `workbook` needs where it is, in the lot: its documents, and the same ledger."""
    from converter.checking.options import DOCUMENTS_FOLDER

    pieces = arguments.attachments or workbook.parent / DOCUMENTS_FOLDER
    words = ["--no-attachments"] if arguments.no_attachments else [f'--attachments "{pieces}"']
    if arguments.out != Path("out"):
        words.append(f'--out "{arguments.out}"')
    if arguments.ledger:
        words.append(f'--ledger "{arguments.ledger}"')
    return " ".join(words)
