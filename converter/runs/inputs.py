"""The workbooks that a run takes: those named, and those of the folders named."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from converter.findings import Refusal

_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}  # those that cannot be read are told, not passed over


def find_workbooks(inputs: Iterable[Path]) -> list[Path]:
    """The workbooks named, and those of the folders named (subfolders too, but not the lots of earlier runs), once.

    Refusal where there is none.
    """
    inputs = list(inputs)
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
