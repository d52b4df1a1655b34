"""What each command does, once its words are understood; each imports only what it needs, so that all start fast."""

import argparse
import dataclasses
import datetime
import gc
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converter.findings import Refusal, Severity

if TYPE_CHECKING:
    from converter.examine import Options
    from converter.outcome import Outcome
    from converter.pipeline import Progress
    from converter.portal.returns import ReturnOutcome
    from converter.registre.model import Etat, Inscription, Registre

DONE, HELD_BACK = 0, 1
_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}  # those that cannot be read are told, not passed over


def run(arguments: argparse.Namespace) -> int:
    """Run the command that `arguments` names; its exit status."""
    command = {
        "template": _template,
        "convert": _convert,
        "validate": _validate,
        "check": _check,
        "return": _return,
        "status": _status,
        "void": _void,
    }[arguments.command]
    with _without_collector():
        return command(arguments)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A short-lived process with millions of objects, and few cycles: looking for these takes a third of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor are they looked for when the process ends
        if enabled:
            gc.enable()


def _template(arguments: argparse.Namespace) -> int:
    from converter.template import write_template

    if arguments.path.suffix.lower() != ".xlsx":
        raise Refusal("modele-pas-xlsx", nom=arguments.path.name)
    write_template(arguments.path)
    _say(arguments, {"template": str(arguments.path)}, [f"Classeur à remplir\u00a0: {arguments.path}"])
    return DONE


def _convert(arguments: argparse.Namespace) -> int:
    from converter.ahead import reading_ahead

    workbooks = _workbooks(arguments.inputs)
    with reading_ahead(workbooks, documents=not arguments.no_attachments) as read:
        from converter.pipeline import convert
        from converter.portal.spelling import load_spelling
        from converter.registre import open_registre

        options, spelling = _options(arguments), load_spelling()
        registre = open_registre(arguments.ledger, arguments.out)
        try:
            with _progress(workbooks) as progress:
                outcome = convert(workbooks, read, options, registre, spelling, progress)
            return _told(arguments, outcome)
        finally:
            registre.close()


def _validate(arguments: argparse.Namespace) -> int:
    from converter.ahead import reading_ahead

    workbooks = _workbooks(arguments.inputs)
    with reading_ahead(workbooks, documents=not arguments.no_attachments) as read:
        from converter.pipeline import validate
        from converter.registre import open_registre

        options = _options(arguments)
        registre = open_registre(arguments.ledger, arguments.out)
        try:
            with registre.reading() as lecture, _progress(workbooks) as progress:
                outcome = validate(workbooks, read, options, lecture, progress)
            return _told(arguments, outcome)
        finally:
            registre.close()


def _check(arguments: argparse.Namespace) -> int:
    from converter.operators import operators
    from converter.portal.controls import control_path, to_json
    from converter.portal.handback import write_return
    from converter.portal.spelling import load_spelling
    from converter.portal.table import table

    if arguments.model:
        return _compare_model(arguments)
    if not any(path.is_file() for path in arguments.files):
        raise Refusal("check-sans-fichier")
    spelling = load_spelling()
    codes = frozenset(one.code for one in operators())
    controls = [control_path(path, spelling, codes) for path in arguments.files]
    if arguments.write_return:
        for path, control in zip(arguments.files, controls, strict=True):
            write_return(path, control, arguments.write_return, spelling)
    _say(arguments, to_json(controls), [table(control) for control in controls])
    return DONE if all(control.accepted for control in controls) else HELD_BACK


def _compare_model(arguments: argparse.Namespace) -> int:
    from converter.portal.model_file import compare_model, told
    from converter.portal.parsing import read_bounded
    from converter.portal.spelling import load_spelling

    comparison = compare_model(read_bounded(arguments.model), load_spelling())
    document = dataclasses.asdict(comparison) | {"same": comparison.same, "toml_lines": comparison.toml_lines}
    _say(arguments, document, told(comparison))
    return DONE if comparison.same else HELD_BACK


def _return(arguments: argparse.Namespace) -> int:
    from converter.portal.returns import reject_whole, take_in, to_json
    from converter.portal.spelling import load_spelling
    from converter.registre import open_registre

    if bool(arguments.files) == bool(arguments.rejected):
        raise Refusal("return-sans-fichier")
    registre = open_registre(arguments.ledger, arguments.out)
    try:
        _refuse_absent(registre, arguments)
        recovered = registre.recover(arguments.out)
        if arguments.rejected:
            outcome = reject_whole(registre, arguments.rejected, arguments.reason)
        else:
            outcome = take_in(registre, arguments.files, load_spelling())
    finally:
        registre.close()
    if not (outcome.taken or outcome.already) and all(one.severity == Severity.ERROR for one in outcome.notices):
        raise Refusal("return-rien-lu", raisons=" ".join(one.message for one in outcome.notices))
    written = _write_to_correct(outcome.refused, arguments.out)
    document = to_json(outcome) | {"to_correct": [str(path) for path in written]}
    _say(arguments, document, [*recovered, *_return_told(outcome, written)])
    return HELD_BACK if outcome.refused or any(one.severity == Severity.ERROR for one in outcome.notices) else DONE


def _write_to_correct(refused: Sequence["Inscription"], out: Path) -> list[Path]:
    """The refused requests as workbooks to correct, in a folder of this run."""
    if not refused:
        return []
    from converter.portal.to_correct import to_correct
    from converter.publication import publish, staging
    from converter.template import RowToWrite, write_filled

    workbooks = to_correct(refused)
    with staging(out, datetime.datetime.now().astimezone().date()) as lot:
        for one in workbooks:
            rows = [RowToWrite(row.values, row.highlight, row.note) for row in one.rows]
            write_filled(lot.staging / one.name, one.supplier, rows)
    folder = publish(lot)
    return [folder / one.name for one in workbooks]


def _return_told(outcome: "ReturnOutcome", written: Sequence[Path]) -> Iterator[str]:
    from converter.french import counted

    accepted = counted(len(outcome.taken) - len(outcome.refused), "demande acceptée", "demandes acceptées")
    refused = counted(len(outcome.refused), "refusée", "refusées")
    yield f"{accepted}, {refused}, {counted(len(outcome.already), 'déjà connue', 'déjà connues')}."
    yield from (f"{notice.path}\u00a0: {notice.message}" for notice in outcome.notices)
    if written:
        yield ""
        yield "À corriger, puis à convertir de nouveau (avec --attachments, le dossier de leurs pièces)\u00a0:"
        yield from (f"  {path}" for path in written)


def _status(arguments: argparse.Namespace) -> int:
    from converter.registre import open_registre
    from converter.statut import as_json, rows, table, write_xlsx

    registre = open_registre(arguments.ledger, arguments.out)
    try:
        lignes = rows(registre, [_state(text) for text in arguments.state])
    finally:
        registre.close()
    lines = [table(lignes), "", f"Registre\u00a0: {_ledger_name(arguments)}"]
    if arguments.xlsx:
        write_xlsx(lignes, arguments.xlsx)
        lines.append(f"Classeur\u00a0: {arguments.xlsx}")
    _say(arguments, as_json(lignes), lines)
    return DONE


def _state(text: str) -> "Etat":
    from converter.registre.model import Etat
    from converter.text import fold

    for etat in Etat:
        if fold(text) in (fold(etat.value), fold(etat.name)):
            return etat
    raise Refusal("etat-inconnu", etat=text)


def _void(arguments: argparse.Namespace) -> int:
    from converter.french import counted
    from converter.registre import open_registre

    registre = open_registre(arguments.ledger, arguments.out)
    name = Path(arguments.name).name
    try:
        _refuse_absent(registre, arguments)
        recovered = registre.recover(arguments.out)
        with registre.writing() as ecriture:
            freed = ecriture.void(name)
        recovered += registre.recover(arguments.out)
    finally:
        registre.close()
    free = counted(len(freed), "demande est de nouveau libre", "demandes sont de nouveau libres")
    document = {"voided": name, "requests": [one.numeroEditeur for one in freed]}
    _say(arguments, document, [*recovered, f"{name} est annulé\u00a0: {free}, sous le même numéro éditeur."])
    return DONE


def _refuse_absent(registre: "Registre", arguments: argparse.Namespace) -> None:
    """Nothing can be answered or voided without the ledger that gave the numbers; and none is made for it."""
    if not registre.identifiant:
        raise Refusal("registre-absent", chemin=_ledger_name(arguments))


def _ledger_name(arguments: argparse.Namespace) -> str:
    return arguments.ledger or str(arguments.out / "registre.sqlite3")


def _options(arguments: argparse.Namespace) -> "Options":
    from converter.examine import Options
    from converter.fournisseur import SupplierOptions

    return Options(
        out=arguments.out,
        jour=arguments.date or datetime.datetime.now().astimezone().date(),
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
    from tqdm import tqdm

    from converter.pipeline import STAGES

    form = "{desc}  {bar:24}  {n_fmt}/{total_fmt}  {elapsed}"
    with tqdm(total=len(workbooks) + len(STAGES), bar_format=form, delay=1, leave=False, disable=None) as bar:

        def show(what: str) -> None:
            bar.set_description_str(what, refresh=False)
            bar.update()

        yield show


def _told(arguments: argparse.Namespace, outcome: "Outcome") -> int:
    from converter.outcome import Sort
    from converter.summary import summary, to_json

    again = {workbook: _again(arguments, Path(workbook)) for workbook in outcome.annotated or {}}
    _say(arguments, to_json(outcome), summary(dataclasses.replace(outcome, again=again)))
    return HELD_BACK if outcome.count(Sort.HELD_BACK) or outcome.refused else DONE


def _again(arguments: argparse.Namespace, workbook: Path) -> str:
    """The options that a copy of `workbook` needs where it is, in the lot: its documents, and the same ledger."""
    from converter.examine import PIECES

    pieces = arguments.attachments or workbook.parent / PIECES
    words = ["--no-attachments"] if arguments.no_attachments else [f'--attachments "{pieces}"']
    if arguments.out != Path("out"):
        words.append(f'--out "{arguments.out}"')
    if arguments.ledger:
        words.append(f'--ledger "{arguments.ledger}"')
    return " ".join(words)


def _say(arguments: argparse.Namespace, document: dict[str, Any], lines: Iterable[str]) -> None:
    """The result: for a program on stdout when `--json`, with the words for a person on stderr then."""
    stream = sys.stderr if arguments.json else sys.stdout
    stream.write("".join(f"{line}\n" for line in lines))
    if arguments.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
