"""The workbooks that a run takes: those named, and those of the folders named."""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from converter.findings import Refusal
from converter.format.file_names import ANY_JSON_FILE, BATCH_FOLDER
from converter.reading.file_access import ask
from converter.runs.submitted import Submitted
from converter.views.outcome import REPORT

Input: TypeAlias = str | PathLike[str] | Submitted
"""A workbook or a folder of workbooks, by its path; or a workbook handed over."""

_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}  # also formats that cannot be read, so that they are reported
_NOT_OF_USERS = (".", "~$")  # hidden, or Excel's own mark on a workbook that is open


def handed_over(inputs: Iterable[Input]) -> dict[Path, Submitted]:
    """The workbooks handed over, by the path that names each of them."""
    return {one.path: one for one in inputs if isinstance(one, Submitted)}


def find_workbooks(inputs: Iterable[Input]) -> list[Path]:
    """The workbooks named or handed over, and those of the folders named, once: subfolders too, but not the lots of
    earlier runs.

    A folder that cannot be listed is among them, so that reading it reports why. Refusal where there is none.
    """
    inputs = list(inputs)
    found: dict[str, Path] = {}
    for one in inputs:
        if isinstance(one, Submitted):
            found[f"\0{one.path}"] = one.path  # no path of a file holds this character
            continue
        given = Path(one)
        for path in sorted(_inside(given)) if ask(given, given.is_dir) else [given]:
            found.setdefault(ask(path, partial(os.path.realpath, path)), path)
    if not found:
        raise Refusal("aucun-classeur", dossiers=", ".join(f"«\u00a0{given}\u00a0»" for given in inputs))
    return list(found.values())


def none_readable(refusals: Sequence[Refusal]) -> Refusal:
    """What to say where no workbook can be read; each of `refusals` says why one cannot."""
    if len(refusals) == 1:
        return refusals[0]
    return Refusal("aucun-classeur-lisible", raisons=" ".join(map(str, refusals)))


def _inside(folder: Path) -> Iterator[Path]:
    unreadable: list[OSError] = []
    walk = os.walk(folder, onerror=unreadable.append)
    while listed := ask(folder, partial(next, walk, None)):
        at, folders, files = listed
        here = Path(at)
        folders[:] = [name for name in folders if not name.startswith(_NOT_OF_USERS) and not _is_lot(here / name)]
        for name in files:
            path = here / name
            if path.suffix.lower() in _WORKBOOKS and not name.startswith(_NOT_OF_USERS) and ask(path, path.is_file):
                yield path
    yield from (Path(error.filename) for error in unreadable)


def _is_lot(folder: Path) -> bool:
    """Whether a run of ours made this folder, by its name and by what it holds."""
    if not BATCH_FOLDER.fullmatch(folder.name):
        return False
    return (folder / REPORT).is_file() or next(folder.glob(ANY_JSON_FILE), None) is not None
