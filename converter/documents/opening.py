"""Whether a person could open a document: PDF by PDFium, PNG and JPG by Pillow, in a process of its own.

In that process, a malicious file cannot hang the run, exhaust its memory or crash it: a document is limited to
`_PROCESSOR`, `_SECONDS` and `_MEMORY`, and the process is restarted when a document ends it. Meanwhile, the first
process reads the next documents.
pypdfium2 rather than pikepdf: 0.03 s to import for 0.06 s, 10 MB for 17 MB, the same verdict on what is cut short.
"""

import faulthandler
import io
import json
import os
import signal
import subprocess  # nosec B404
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from converter.checking.second_process import start_python
from converter.findings import Refusal
from converter.reading.file_access import read_file

OPENS, PROTECTED, CUT_SHORT, WRONG = "", "protege", "coupe", "illisible"
"""What is wrong with a document: nothing; a password; its end is missing; nothing can be made of it."""
Defect = str
_LONGEST = 10_000_000  # bytes: a document of an accepted size has fewer
_PROCESSOR = 10.0  # seconds of work: a scan of 3 Mo takes 0.05
_SECONDS = 120.0  # in all, for what waits instead of working: a busy machine must not make a right document wrong
_MEMORY = 1 << 30  # bytes of addresses: what is shared by every process takes 0.3 of it
_MOST_PIXELS = 50_000_000  # A3 at 400 points an inch; beyond, an image is not decoded, only followed to its end
_READY = "pret"
_SERVE = "from converter.documents.opening import serve; serve()"


def defect_of(content: bytes, kind: str) -> Defect:
    """What keeps a person from opening this PDF, PNG or JPG; OPENS if nothing does."""
    return _pdf(content) if kind == "PDF" else _image(content, "PNG" if kind == "PNG" else "JPEG")


def _pdf(content: bytes) -> Defect:
    """A PDF that is only protected against changes opens without a password, and is right."""
    import pypdfium2

    if b"%%EOF" not in content:
        return CUT_SHORT
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            document[0].close()
    except pypdfium2.PdfiumError as error:
        # the code is that of an earlier document where PDFium gives none: a protected one says so in its trailer too
        locked = error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
        return PROTECTED if locked and b"/Encrypt" in content else WRONG
    return OPENS


def _image(content: bytes, kind: str) -> Defect:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the pixels are counted below
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            pixels = image.width * image.height
            image.verify()  # a PNG is followed to its end
        if not pixels:
            return WRONG
        if pixels <= _MOST_PIXELS:
            with Image.open(io.BytesIO(content), formats=(kind,)) as image:
                image.draft("L", (1, 1))  # a JPG is decoded at an eighth of its size
                image.load()
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001 — what Pillow raises depends on where the file is broken
        return CUT_SHORT if "truncated" in str(error).lower() else WRONG
    return OPENS


# The process of its own


Ask = Callable[[Path, str], Callable[[], Defect]]
"""Takes a document's path and kind; returns a function that waits for its defect."""


@contextmanager
def opening() -> Iterator[Ask]:
    """Opens documents one after the other in a second process, which starts with the first of them."""
    opener = _Opener()
    asking = ThreadPoolExecutor(1)
    try:
        yield lambda path, kind: asking.submit(opener.defect, path, kind).result
    finally:
        asking.shutdown(cancel_futures=True)
        opener.end()


class _Opener:
    """The second process, restarted when a document ends it; where none is allowed, this one opens the documents."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._possible = True

    def defect(self, path: Path, kind: str) -> Defect:
        process = self._started()
        if process is None or process.stdin is None or process.stdout is None:
            return _defect_at(path, kind)
        with suppress(OSError):  # it is no longer there
            process.stdin.write(f"{json.dumps([os.fspath(path), kind])}\n".encode("ascii"))
            process.stdin.flush()
        answer = process.stdout.readline().decode("ascii")
        if answer.endswith("\n"):
            return answer.rstrip("\r\n")
        self.end()
        return WRONG

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes] | None:
        if self._process is None and self._possible:
            self._process = _start()
            self._possible = self._process is not None
        return self._process


def _start() -> subprocess.Popen[bytes] | None:
    """The second process, ready; None where the system does not allow any."""
    process = start_python(_SERVE)
    if process is None or (process.stdout is not None and process.stdout.readline().decode().strip() == _READY):
        return process
    process.kill()
    process.communicate()
    return None


def serve() -> None:
    """The second process: opens the documents that it is asked about, within its bounds."""
    _bound_memory()
    sys.stdout.write(f"{_READY}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        path, kind = json.loads(line)
        with _bounded():
            defect = _defect_at(Path(path), kind)
        sys.stdout.write(f"{defect}\n")
        sys.stdout.flush()


@contextmanager
def _bounded() -> Iterator[None]:
    """Ends this process, even within a library, when the body takes too long."""
    faulthandler.dump_traceback_later(_SECONDS, exit=True)
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, _PROCESSOR)  # nobody handles its signal, which ends the process
    yield
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, 0)
    faulthandler.cancel_dump_traceback_later()


def _defect_at(path: Path, kind: str) -> Defect:
    try:
        content = read_file(path, _LONGEST, follow=False)
    except (OSError, Refusal):
        return WRONG
    return defect_of(content, kind)


def _bound_memory() -> None:
    """Limit the memory of this process where the system can; a document that needs more is refused."""
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
