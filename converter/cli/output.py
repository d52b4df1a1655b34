"""What every command shares: exit statuses, and printing of results."""

import argparse
import errno
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TextIO

DONE, HELD_BACK, NOTHING_DONE = 0, 1, 2


class UnheardError(Exception):
    """The standard output cannot be written: closed, full, or no longer read; `str()` says which, in French."""


class _Closed(io.TextIOBase):
    """Stands for a standard stream that the process was started without."""

    def write(self, _: str) -> int:
        raise OSError(errno.EBADF, "closed")


def open_streams() -> None:
    """Three standard streams whatever the process was started with, in UTF-8 whatever the console's own encoding.

    A descriptor left closed would be given to the next file that is opened: the ledger, say, and any library that
    writes on « stderr » would write into it.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the system gives the lowest free descriptor: this one
    sys.stdout, sys.stderr = sys.stdout or _Closed(), sys.stderr or _Closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):
                stream.reconfigure(encoding="utf-8", errors="replace")


def say(arguments: argparse.Namespace, document: Mapping[str, Any], lines: Iterable[str]) -> None:
    """The result: for a program on stdout when `--json`, with the words for a person on stderr then.

    UnheardError when stdout does not take it whole.
    """
    text = "".join(f"{line}\n" for line in lines)
    if arguments.json:
        whisper(text)
        text = _as_json(document)
    put(text)


def _as_json(document: Mapping[str, Any]) -> str:
    """One indented document, written by native code: 100,000 requests would take two seconds otherwise."""
    import orjson  # only `--json` needs it

    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:  # a file's name that is not UTF-8
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def put(text: str) -> None:
    """Write all of it on stdout; UnheardError when that fails."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        _give_up(sys.stdout, sys.__stdout__)
        raise UnheardError(_reason(error)) from error


def whisper(text: str) -> None:
    """Write on stderr; a failure to do so is ignored."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        _give_up(sys.stderr, sys.__stderr__)


def _reason(error: OSError | ValueError) -> str:
    number = error.errno if isinstance(error, OSError) else errno.EBADF
    reasons = {errno.ENOSPC: "est pleine", errno.EPIPE: "n'est plus lue par personne", errno.EBADF: "est fermée"}
    return reasons.get(number or 0, "n'accepte rien")


def _give_up(stream: TextIO, own: TextIO | None) -> None:
    """Drop the rest of the buffer of a standard stream, so that Python does not fail on it again when the process ends.

    `own`: the process's own stream, the only one whose descriptor is ours.
    """
    if stream is own and isinstance(stream, io.TextIOWrapper):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
