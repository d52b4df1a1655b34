"""The rows and cells of a sheet's XML, each with its number or address written first, as nearly every writer puts it.

What judges a sheet and what edits it both look for `<row r="3"` and `<c r="B3"`. Where a writer left addresses out,
wrote them in another way or put other attributes before them, the tags are written again here, and nothing else.
Source: ECMA-376, § 18.3.1.4 (`c`), § 18.3.1.73 (`row`): both addresses are optional.
"""

import re
from collections.abc import Collection, Iterator

from converter.reading.cells import column_index, column_letters

MAX_TAG = 1_000  # bytes of a cell's or row's tag; Excel's take under 100

_NOT_ADDRESSED = re.compile(rb'<(?:row(?! r="\d)|c(?! r="[A-Z]))(?=[\s/>])')
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>")
_ANY_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:row|c)(?=[\s/>])")
_ATTRIBUTE = re.compile(rb"\s([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_WORD = re.compile(rb"\s*([\w.]*)")
_NUMBER = re.compile(rb"\s*(\d{1,7})$")
_ADDRESS = re.compile(rb"\s*([A-Za-z]{1,3})(\d{1,7})$")


class StrangeCellsError(ValueError):
    """Cells or rows as no usual program writes them."""


def addressed(cells: bytes, kept: Collection[bytes] = ()) -> bytes:
    """The same rows and cells, addresses first, in capitals and double quotes.

    `kept`: the only other attributes to keep, and of each the first word; none: all, as they are. Cells without an
    address follow one another; so do rows, unless the first cell says where they are. Raises StrangeCellsError at a tag
    that a reader might take for another: far too long or badly made, with a number or an address that is none of
    Excel's.
    """
    if not kept and _NOT_ADDRESSED.search(cells) is None:
        return cells
    return b"".join(_addressed(cells, kept))


def _addressed(cells: bytes, kept: Collection[bytes]) -> Iterator[bytes]:
    row = column = copied = count = 0
    for tag in _TAG.finditer(cells):
        count += 1
        element, written, closed = tag.groups()
        attributes = _attributes(written)
        place = attributes.pop(b"r", None)
        if element == b"row":
            row, column = _row_number(place, cells, tag.end()) or row + 1, 0
            address = b"%d" % row
        else:
            given = _given(_ADDRESS, place)
            column = column_index(given[1].decode()) if given else column + 1
            address = b"%s%d" % (column_letters(column).encode(), int(given[2]) if given else row)
        if kept:
            attributes = {name: _first_word(attributes[name]) for name in kept if name in attributes}
        rest = [b' %s="%s"' % one for one in attributes.items()]
        yield b'%s<%s r="%s"%s%s>' % (cells[copied : tag.start()], element, address, b"".join(rest), closed)
        copied = tag.end()
    yield cells[copied:]
    if count != sum(1 for _ in _ANY_TAG.finditer(cells)):
        raise StrangeCellsError


def _attributes(written: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag and their values, as double quotes would hold them."""
    if len(written) > MAX_TAG:
        raise StrangeCellsError
    return {name: plain or other.replace(b'"', b"&quot;") for name, plain, other in _ATTRIBUTE.findall(written)}


def _first_word(value: bytes) -> bytes:
    found = _WORD.match(value)
    return found[1] if found else b""


def _row_number(place: bytes | None, cells: bytes, end: int) -> int | None:
    """The number that a row bears, else that of the cell that follows its tag; None if neither says."""
    if given := _given(_NUMBER, place):
        return int(given[1])
    following = _TAG.search(cells, end)
    if following is None or following[1] != b"c":
        return None
    given = _given(_ADDRESS, _attributes(following[2]).get(b"r"))
    return int(given[2]) if given else None


def _given(pattern: re.Pattern[bytes], place: bytes | None) -> re.Match[bytes] | None:
    """What is written as an address, which must be one."""
    found = None if place is None else pattern.match(place)
    if place is not None and found is None:
        raise StrangeCellsError
    return found
