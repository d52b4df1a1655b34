"""LibreOffice for tests: opens workbooks and saves them, or turns them into something else."""

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

XLSX = "xlsx:Calc MS Excel 2007 XML"


@cache
def _profile() -> str:
    """One profile for all the tests of this process: LibreOffice takes seconds to make another."""
    folder = Path(tempfile.mkdtemp(prefix="libreoffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"-env:UserInstallation={folder.as_uri()}"


def convert(files: Sequence[Path], to: Path, kind: str = XLSX) -> None:
    """These files, opened and saved in the folder `to` under their names."""
    words = ["soffice", _profile(), "--headless", "--convert-to", kind, "--outdir", str(to), *map(str, files)]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
