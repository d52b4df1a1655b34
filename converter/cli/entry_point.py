"""`converter`: the command line. The only place, with the rest of `cli`, that prints.

The exit status is decided here, and here alone. 0: all done, nothing held back. 1: done, and at least one request was
held back or refused; or something was done for good before the run failed. 2: nothing was done.
"""

import errno
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from converter.cli.arguments import UsageError, parse
from converter.cli.output import HELD_BACK, NOTHING_DONE, UnheardError, open_streams, whisper
from converter.findings import Refusal
from converter.ledger import deeds, waiting

_INTERRUPTED = "Interrompu à votre demande\u00a0: aucun fichier incomplet n'est laissé."
_SYSTEM_REASONS = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "dossier en lecture seule",
    errno.ENOENT: "dossier introuvable",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EDQUOT: "plus de place sur le disque",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ELOOP: "boucle de liens",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Any failure is reported in one French sentence on stderr.

    The sentences of what was done for good before the failure are written first.
    """
    with (
        deeds.hearing() as done,
        waiting.reporting_to(lambda line: whisper(f"{line}\n")),
        _interruptible(ends_here=argv is None) as deafen,
    ):
        try:
            status, failure = _attempt(argv)
            deafen()
        except KeyboardInterrupt:  # while the sentence of a failure was being made
            deafen()
            failure = _INTERRUPTED
        if not failure:
            return status
        whisper("".join(f"{line}\n" for line in (*done, failure)))
        return HELD_BACK if done else NOTHING_DONE


def _attempt(argv: Sequence[str] | None) -> tuple[int, str]:
    """The status of a command that ran to its end, or else what stopped it, in one French sentence."""
    try:
        open_streams()
        os.umask(0o027)  # files hold personal data: for their owner, and its group at most
        arguments = parse(argv)
        _import_orjson()
        from converter.cli import dispatch  # the parser alone answers --help, and fast

        return dispatch.run(arguments), ""
    except SystemExit:  # --help or --version was printed
        raise
    except BaseException as error:  # noqa: BLE001 — no caller is left to report it
        return NOTHING_DONE, _sentence(error)


def _import_orjson() -> None:
    """Import orjson before anything else needs it, and let a Ctrl-C wait meanwhile.

    Its native code imports modules and does not expect that to fail: an interruption there would crash Python.
    """
    if threading.current_thread() is not threading.main_thread():
        import_module("orjson")
        return
    pressed: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        import_module("orjson")
    finally:
        signal.signal(signal.SIGINT, usual)
    if pressed and usual is not signal.SIG_IGN:
        raise KeyboardInterrupt


@contextmanager
def _interruptible(*, ends_here: bool) -> Iterator[Callable[[], None]]:
    """Give a function that disables Ctrl-C, so that nothing interrupts the report of how the run ended.

    `ends_here`: whether the process ends afterwards; if not, Ctrl-C is enabled again.
    """
    if threading.current_thread() is not threading.main_thread():  # only the main thread is interrupted
        yield lambda: None
        return
    usual = signal.getsignal(signal.SIGINT)
    try:
        yield lambda: _ignore(signal.SIGINT)
    finally:
        if not ends_here:
            signal.signal(signal.SIGINT, usual)


def _ignore(number: int) -> None:
    signal.signal(number, signal.SIG_IGN)


def _sentence(error: BaseException) -> str:
    match error:
        case Refusal() | UsageError():
            return str(error)
        case UnheardError():
            return f"Le résultat n'a pas pu être affiché\u00a0: la sortie standard {error}."
        case KeyboardInterrupt():
            return _INTERRUPTED
        case MemoryError():
            return "Mémoire insuffisante\u00a0: partagez le classeur en plusieurs, puis recommencez."
        case OSError():
            return f"Lecture ou écriture impossible\u00a0: {_reason(error)}. Vérifiez le dossier et vos droits."
    # a defect of ours, reported without its message, which may hold personal data
    return f"Défaut du convertisseur ({type(error).__name__}, {_where(error)})\u00a0: signalez-le-nous."


def _reason(error: OSError) -> str:
    """What the system says, in French, and where: a folder, since a file may bear a person's name."""
    reason = _SYSTEM_REASONS.get(error.errno or 0, "le système refuse")
    return f"{reason} («\u00a0{Path(str(error.filename)).parent}\u00a0»)" if error.filename else reason


def _where(error: BaseException) -> str:
    """The place in our code, without any value."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "converter" in one.filename]
    return f"{Path(frames[-1].filename).name} ligne {frames[-1].lineno}" if frames else "lieu inconnu"
