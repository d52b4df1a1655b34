"""Files that leave: always as attachments, under names that are ours or those of the files on disk."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response

from converter.web.answers import etag_of

_PIECE = 1 << 18
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"


def attachment(name: str) -> dict[str, str]:
    """The header by which a browser saves a file under this name."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}


def workbook(content: bytes, name: str) -> Response:
    """A workbook to save."""
    headers = {**attachment(name), "ETag": etag_of(content)}
    return Response(content, media_type=XLSM if name.lower().endswith(".xlsm") else XLSX, headers=headers)


def zipped(files: Iterable[Path]) -> Iterator[bytes]:
    """A zip of these files, piece by piece: it is never whole in memory nor on disk."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in files:
            entry = zipfile.ZipInfo.from_file(path, path.name)
            entry.compress_type = zipfile.ZIP_STORED if path.suffix == ".zip" else zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while piece := source.read(_PIECE):
                    target.write(piece)
                    yield from pieces.taken()
    yield from pieces.taken()


class _Pieces(io.RawIOBase):
    """What is written, until it is taken; it cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]
        self._written.append(piece)
        return len(piece)

    def taken(self) -> Iterator[bytes]:
        taken, self._written = self._written, []
        yield from taken
