"""`check`: the portal's two automatic controls, on any JSON-MDV file (guide § 1)."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from converter.findings import Refusal
from converter.format.operators import operator_codes
from converter.portal.controls import FileControl, control_path
from converter.portal.rehearsal import write_return
from converter.portal.spelling import load_spelling
from converter.reading.file_access import ask


def check(files: Iterable[str | PathLike[str]], write_return_in: Path | None = None) -> list[FileControl]:
    """What the portal would say of each file; one that cannot be read is rejected whole.

    `write_return_in`: a folder in which each file is written as the portal would hand it back.
    Refusal when none of them is a file.
    """
    paths = [Path(one) for one in files]
    if not any(ask(path, path.is_file) for path in paths):
        raise Refusal("check-sans-fichier")
    spelling = load_spelling()
    controls = [control_path(path, spelling, operator_codes()) for path in paths]
    if write_return_in:
        for path, control in zip(paths, controls, strict=True):
            write_return(path, control, write_return_in, spelling)
    return controls
