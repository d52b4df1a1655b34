"""`converter`: the command line. The only place, with `commands`, that prints; exceptions become exit statuses here.

0: all done, nothing held back; 1: done, and at least one request held back or refused; 2: nothing done.
"""

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from converter.cli.arguments import UsageError, parse
from converter.findings import Refusal

NOTHING_DONE = 2
_SYSTEM_REASONS = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "dossier en lecture seule",
    errno.ENOENT: "dossier introuvable",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EDQUOT: "plus de place sur le disque",
    errno.EMFILE: "trop de fichiers ouverts",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Whatever goes wrong is told in one French sentence on stderr."""
    _speak_utf8()
    os.umask(0o027)  # files hold personal data: for their owner, and its group at most
    try:
        arguments = parse(argv)
        from converter.cli import dispatch  # the parser alone answers --help, and fast

        status = dispatch.run(arguments)
        sys.stdout.flush()
    except (Refusal, UsageError) as reason:
        return _told(str(reason))
    except KeyboardInterrupt:
        return _told("Interrompu à votre demande\u00a0: aucun fichier incomplet n'est laissé.")
    except BrokenPipeError:
        sys.stdout = io.StringIO()  # whoever read us has gone: nothing is left to flush at exit
        return NOTHING_DONE
    except MemoryError:
        return _told("Mémoire insuffisante\u00a0: partagez le classeur en plusieurs, puis recommencez.")
    except OSError as error:
        return _told(f"Lecture ou écriture impossible\u00a0: {_reason(error)}. Vérifiez le dossier et vos droits.")
    except Exception as error:  # noqa: BLE001 — a defect of ours must not show a traceback, which may hold personal data
        return _told(f"Défaut du convertisseur ({type(error).__name__}, {_where(error)})\u00a0: signalez-le-nous.")
    return status


def _told(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return NOTHING_DONE


def _reason(error: OSError) -> str:
    """What the system says, in French, and where: a folder, since a file may bear a person's name."""
    reason = _SYSTEM_REASONS.get(error.errno or 0, "le système refuse")
    return f"{reason} («\u00a0{Path(str(error.filename)).parent}\u00a0»)" if error.filename else reason


def _where(error: Exception) -> str:
    """The place in our code, without any value."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "converter" in one.filename]
    return f"{Path(frames[-1].filename).name} ligne {frames[-1].lineno}" if frames else "lieu inconnu"


def _speak_utf8() -> None:
    """French is written whatever the console's own encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
