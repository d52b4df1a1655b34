"""Runs commands one by one, each in a process of its own that has everything imported, and measures them.

measured_runs.py    reads one JSON list of words a line; answers each by a line: status, seconds, MiB, stdout, stderr
"""

import contextlib
import io
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from converter.cli import main

PATIENCE = 20  # seconds: beyond, the run is ended, and its status is -14


def measured(words: list[str], folder: Path) -> dict[str, Any]:
    """One run: processor seconds, peak memory of its process in MiB."""
    out, err = folder / "out.txt", folder / "err.txt"
    child = os.fork()
    if child == 0:
        for path, descriptor in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        signal.alarm(PATIENCE)
        status = main(words)
        sys.stderr.flush()
        os._exit(status)
    began = time.monotonic()
    _, ended, usage = os.wait4(child, 0)
    return {
        "status": os.waitstatus_to_exitcode(ended),
        "seconds": usage.ru_utime + usage.ru_stime,
        "elapsed": time.monotonic() - began,
        "mebibytes": usage.ru_maxrss // 1024,
        "stdout": out.read_text(encoding="utf-8"),
        "stderr": err.read_text(encoding="utf-8"),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        workbook = sys.argv[1]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            main(["validate", workbook, "--out", str(Path(name, "chauffe")), "--no-attachments"])
        for line in sys.stdin:
            sys.stdout.write(json.dumps(measured(json.loads(line), Path(name))) + "\n")
            sys.stdout.flush()
