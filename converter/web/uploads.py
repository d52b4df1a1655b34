"""Files of a form, written to disk as they come in, within bounds: nothing is ever whole in memory."""

from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import parse_qsl

from anyio import to_thread
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from converter.web.problems import Problem
from converter.web.stored_files import StoredFiles, remove_files

MOST_BYTES = 700_000_000
"""Of one request with files."""
MOST_TEXT = 5_000_000
"""Bytes of a request without files, and of the texts of one with files."""
_BOUND = "bound"  # in the state of a request
_MOST_PARTS = 20_000
_LONGEST_NAME = 1_000  # characters

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

Limit = Callable[[str], int]
"""The most bytes of a file, by its name."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came in: its field, the user's name for it, and where its bytes are."""

    field: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """What a form sent: its texts by field (the last one of a field), and its files."""

    texts: Mapping[str, str]
    files: tuple[ReceivedFile, ...]

    def discard(self) -> None:
        """Remove its files."""
        remove_files(one.path for one in self.files)


@dataclass(frozen=True, slots=True)
class Bound:
    """The most bytes of a body, and the code of the sentence that says why there are no more."""

    most: int
    code: str = "page-trop-gros"


def bound_of(state: MutableMapping[str, Any]) -> Bound:
    """The bound of the body of a request in this state: that of a body without files, until its route takes some."""
    bound: Bound = state.get(_BOUND, Bound(MOST_TEXT))
    return bound


async def receive(
    request: Request, files: StoredFiles, limits: Mapping[str, Limit], room: int = MOST_BYTES
) -> ReceivedForm:
    """The form of a request; files of fields that are not in `limits` are dropped. `room`: bytes left to its sender.

    TooLarge or Problem 413 as soon as something is too large, Problem 422 for what is no form; nothing is left on disk
    then. Files are written outside the event loop.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        text = (await request.body()).decode("utf-8", "replace")
        return ReceivedForm(dict(parse_qsl(text, keep_blank_values=True)), ())
    bound = Bound(MOST_BYTES) if room >= MOST_BYTES else Bound(room, "page-place")
    setattr(request.state, _BOUND, bound)
    if not (boundary := options.get(b"boundary")):
        raise Problem(422, "page-requete")
    return await _parts(request.stream(), boundary, _Parts(files, limits))


async def _parts(pieces: AsyncIterator[bytes], boundary: bytes, parts: "_Parts") -> ReceivedForm:
    try:
        parser = MultipartParser(boundary, parts.callbacks)
        async for piece in pieces:
            await to_thread.run_sync(parser.write, piece)
        await to_thread.run_sync(parser.finalize)
        if not parts.ended:
            raise Problem(422, "page-requete")
    except (MultipartParseError, ClientDisconnect, ValueError) as error:
        parts.discard()
        raise Problem(422, "page-requete") from error
    except BaseException:
        parts.discard()
        raise
    return ReceivedForm(parts.texts, tuple(parts.files))


@dataclass
class _Parts:
    """The parts of a form as they come in."""

    store: StoredFiles
    limits: Mapping[str, Limit]
    texts: dict[str, str] = field(default_factory=dict)
    files: list[ReceivedFile] = field(default_factory=list)
    ended: bool = False
    _count: int = 0
    _all_text: int = 0
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _text: bytearray | None = None
    _name: str = ""
    _stream: BinaryIO | None = None
    _left: int = 0
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._open_part,
            "on_end": self._all_read,
        }

    def discard(self) -> None:
        """Remove what came in."""
        self._open.close()
        remove_files(one.path for one in self.files)

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_PARTS:
            raise Problem(413, "page-trop-de-fichiers", nombre=str(_MOST_PARTS))
        self._disposition, self._text, self._stream = b"", None, None

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _open_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        field_name = options.get(b"name", b"").decode("utf-8", "replace")
        self._name = field_name
        if b"filename" not in options:
            self._text = bytearray()
            return
        name = options[b"filename"].decode("utf-8", "replace")[-_LONGEST_NAME:]
        if field_name in self.limits and name:
            self._left = self.limits[field_name](name)
            path, self._stream = self._open.enter_context(self.store.creating())
            self.files.append(ReceivedFile(field_name, name, path))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._stream is not None:
            self._left -= end - start
            if self._left < 0:
                raise Problem(413, "page-fichier-trop-gros", fichier=self.files[-1].name)
            self._stream.write(data[start:end])
        elif self._text is not None:
            self._all_text += end - start
            if self._all_text > MOST_TEXT:
                raise Problem(413, "page-trop-gros", limite=whole_megabytes(MOST_TEXT))
            self._text += data[start:end]

    def _end(self) -> None:
        if self._stream is not None:
            self._open.close()
        elif self._text is not None:
            self.texts[self._name] = self._text.decode("utf-8", "replace")

    def _all_read(self) -> None:
        self.ended = True


def whole_megabytes(size: int) -> str:
    """A bound as sentences give it."""
    return f"{size // 1_000_000}\u00a0Mo"
