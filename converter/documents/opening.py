"""Whether a person could open a document: PDF by PDFium, PNG and JPG by Pillow, in a process of its own.

In that process, a malicious file cannot hang the run, exhaust its memory or crash it: the documents handed over
together are limited to `_PROCESSOR`, `_SECONDS` and `_MEMORY`. When they end the process, each is opened again on its
own, within the same limits. Meanwhile, the first process reads the next documents.
pypdfium2 rather than pikepdf: 0.03 s to import for 0.06 s, 10 MB for 17 MB, the same verdict on what is cut short.
"""

import faulthandler
import io
import json
import signal
import subprocess  # nosec B404
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from converter.checking.second_process import start_python

OPENS, PROTECTED, CUT_SHORT, WRONG = "", "protege", "coupe", "illisible"
"""What is wrong with a document: nothing; a password; its end is missing; nothing can be made of it."""
Defect = str
_TOGETHER, _AT_ONCE = 200, 1_000_000  # documents, and bytes from which no other is added
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
    """A PDF that is only protected against changes opens without a password, and is right.

    What its first page holds is not read: PDFium finds no fault in it, and would take nine tenths of the time for its
    letters.
    """
    import pypdfium2

    if b"%%EOF" not in content:
        return CUT_SHORT
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            document.get_page_size(0)
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unopened(Generic[T]):
    """The bytes of a document, its kind (PDF, PNG, JPG), and what the caller knows it by."""

    known_as: T
    content: bytes
    kind: str


def defects(documents: Iterable[Unopened[T]]) -> Iterator[tuple[T, Defect]]:
    """What is wrong with each document, in their order.

    A second process opens some while this one takes the next ones out of `documents`: `_TOGETHER` and `_AT_ONCE` bound
    how much of them is in memory.
    """
    opener = _Opener()
    asked: list[Unopened[T]] = []
    try:
        for together in _batches(documents):
            yield from opener.answers(asked)
            opener.ask(together)
            asked = together
        yield from opener.answers(asked)
    finally:
        opener.end()


def _batches(documents: Iterable[Unopened[T]]) -> Iterator[list[Unopened[T]]]:
    batch: list[Unopened[T]] = []
    size = 0
    for one in documents:
        batch.append(one)
        size += len(one.content)
        if len(batch) == _TOGETHER or size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Opener:
    """The second process, restarted when a document ends it; where none is allowed, this one opens the documents."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._possible = True

    def ask(self, documents: Sequence[Unopened[Any]]) -> None:
        """Hand documents over; their `answers` must be taken before others are handed over."""
        process = self._started()
        if process is None or process.stdin is None:
            return
        with suppress(OSError):  # it is no longer there
            process.stdin.write(f"{json.dumps([(one.kind, len(one.content)) for one in documents])}\n".encode("ascii"))
            process.stdin.writelines(one.content for one in documents)
            process.stdin.flush()

    def answers(self, documents: Sequence[Unopened[T]]) -> Iterator[tuple[T, Defect]]:
        """What was found in the documents handed over last; when one ended the process, each is opened on its own."""
        if not documents:
            return
        for one, defect in zip(documents, self._defects(documents), strict=True):
            yield one.known_as, defect

    def _defects(self, documents: Sequence[Unopened[Any]]) -> list[Defect]:
        if self._process is None or self._process.stdout is None:
            return [defect_of(one.content, one.kind) for one in documents]
        answer = self._process.stdout.readline().decode("ascii")
        if answer.endswith("\n"):
            found: list[Defect] = json.loads(answer)
            return found
        self.end()
        return [WRONG] if len(documents) == 1 else [self._alone(one) for one in documents]

    def _alone(self, document: Unopened[Any]) -> Defect:
        """Its answer, once a document ended the process: this may be the one, so that it is never opened here."""
        self.ask([document])
        return self._defects([document])[0] if self._process else WRONG

    def end(self) -> None:
        """End the process, whatever it is doing."""
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
    """The second process: opens the documents that it is handed, within its bounds."""
    _bound_memory()
    sys.stdout.write(f"{_READY}\n")
    sys.stdout.flush()
    for line in sys.stdin.buffer:
        contents = [(sys.stdin.buffer.read(size), kind) for kind, size in json.loads(line)]
        with _bounded():
            found = [defect_of(content, kind) for content, kind in contents]
        sys.stdout.write(f"{json.dumps(found)}\n")
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


def _bound_memory() -> None:
    """Limit the memory of this process where the system can; a document that needs more is refused."""
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
