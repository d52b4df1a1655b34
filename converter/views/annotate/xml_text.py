"""XML as text: what is needed to change a few elements of a part and leave every other byte alone.

A part is `bytes`, in UTF-8, with the spreadsheet's namespace as default one (see `plain`). No tree is ever built: the
sheet of 20,000 rows is 24 MB of XML, of which we change one percent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from converter.reading import cells
from converter.reading.cells import LONGEST_TEXT
from converter.reading.xml_prefix import without_prefix

_ATTRIBUTES = rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?"  # a value may hold a raw « > »
_TAG = re.compile(rb"<(/?)([\w:.-]+)(" + _ATTRIBUTES + rb")(/?)>")
_ROOT = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)(" + _ATTRIBUTES + rb")/?>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff&<>]|_x")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class AnnotationImpossible(Exception):  # noqa: N818 — shown to the user as it is, not an error of the program
    """The workbook has an unusual construction that we do not edit; `str()` says which, in French."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The two namespaces of a workbook's parts: Excel's usual ones, or those of « Open XML strict »."""

    main: str
    relationships: str


TRANSITIONAL = Dialect(
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT = Dialect(
    "http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships"
)


def plain(xml: bytes) -> bytes:
    """The same XML in UTF-8 and without a prefix on the spreadsheet's own elements (`<x:row>` → `<row>`)."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        xml = re.sub(rb"^<\?xml[^>]*\?>", b"", xml.decode("utf-16").encode())
    xml = xml.removeprefix(b"\xef\xbb\xbf")
    if b"!" in xml and b"<!" in xml:  # the rarer character first: the search is much faster
        raise AnnotationImpossible("une partie du classeur contient des commentaires ou des sections XML brutes")
    root = _ROOT.search(xml)
    if root is None:
        raise AnnotationImpossible("une partie du classeur n'est pas du XML")
    if root[1] is None or _default_is_main(root[0]):
        return xml
    return _with_default(xml, root[1])


def _default_is_main(root: bytes) -> bool:
    """Whether elements without a prefix are the spreadsheet's, though the root has one (`<xm:macrosheet>`)."""
    return attribute(root, "xmlns") in (TRANSITIONAL.main, STRICT.main)


def _with_default(xml: bytes, prefix: bytes) -> bytes:
    """The same XML, the namespace of `prefix` declared as the default one, and the prefix removed."""
    declared = re.search(rb"\sxmlns:%s=([\"'])(.*?)\1" % re.escape(prefix), xml)
    if declared is None or re.search(rb"\sxmlns=", xml):
        raise AnnotationImpossible("une partie du classeur mêle plusieurs espaces de noms XML")
    start = declared.start()
    xml = xml[:start] + b' xmlns="' + declared[2] + b'"' + xml[start:]
    return without_prefix(xml, prefix)


@cache
def element(name: str) -> re.Pattern[bytes]:
    """A whole element of that name, which holds none of the same name: [1] what it holds, None if it is empty."""
    tag = re.escape(name.encode())
    return re.compile(rb"<%s(?=[\s/>])%s(?:/>|>(.*?)</%s\s*>)" % (tag, _ATTRIBUTES, tag), re.DOTALL)


@cache
def opening(name: str) -> re.Pattern[bytes]:
    """The opening or empty tag of an element: [1] is "/" if it is empty."""
    return re.compile(rb"<%s(?=[\s/>])%s(/?)>" % (re.escape(name.encode()), _ATTRIBUTES))


def opening_end(xml: bytes, start: int = 0) -> int:
    """Where the tag that begins at `start` ends."""
    found = _TAG.match(xml, start)
    if found is None:
        raise AnnotationImpossible("une partie du classeur est illisible")
    return found.end()


def text(value: str) -> str:
    """`value` as the content of an element: no control character, no `_x0041_` that Excel would decode, no overlong."""
    if len(value) <= LONGEST_TEXT // 2 and not _SPECIAL.search(value):
        return value
    value = _LOOKS_ESCAPED.sub("_x005F_", _FORBIDDEN.sub("", value))
    if len(value) > LONGEST_TEXT // 2:
        value = value.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fits_a_cell(value: str) -> bool:
    """Whether `value` can be the text of a cell as it is: nothing that XML leaves out, nothing too long for Excel."""
    return not _FORBIDDEN.search(value) and len(value.encode("utf-16-le")) <= 2 * LONGEST_TEXT


def inline_text(value: str) -> str:
    """What follows the address and format of a cell that holds this text, which Excel never reads as a formula."""
    return f' t="inlineStr"><is><t xml:space="preserve">{text(value)}</t></is></c>'


def quoted(value: str) -> str:
    """`value` as the content of an attribute between double quotes."""
    return text(value).replace('"', "&quot;")


def unescaped(xml: bytes) -> str:
    """The text encoded by the content of an element or attribute."""
    read = re.sub(rb"&#(x?)([0-9a-fA-F]+);", lambda m: chr(int(m[2], 16 if m[1] else 10)).encode(), xml).decode()
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        read = read.replace(entity, character)
    return read


def attribute(tag: bytes, name: str) -> str | None:
    """The value of an attribute in an opening tag, None if it has none."""
    found = _attribute(name).match(tag)
    return None if found is None else unescaped(found[3])


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """The opening tag with this attribute set (in place, or as the last one)."""
    setting = f' {name}="{quoted(value)}"'.encode()
    found = _attribute(name).match(tag)
    if found is not None:
        return found[1] + setting + tag[found.end() :]
    end = opening_end(tag) - 1
    end -= tag[end - 1 : end] == b"/"
    return tag[:end].rstrip() + setting + tag[end:]


def without_attribute(tag: bytes, name: str) -> bytes:
    """The opening tag without this attribute."""
    return _attribute(name).sub(rb"\1", tag, count=1)


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    """[1] what stands before it in its tag, [3] its value."""
    before = rb"(<[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*?)"
    return re.compile(before + rb"\s+%s\s*=\s*([\"'])(.*?)\2" % re.escape(name.encode()), re.DOTALL)


def children(xml: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each element of the first level in `xml`, the inside of an element or part of it."""
    depth, start, name = 0, 0, ""
    for found in _TAG.finditer(xml):
        if found[1]:
            depth -= 1
            if depth < 0:
                return
            if depth == 0:
                yield name, start, found.end()
            continue
        if depth == 0:
            start, name = found.start(), found[2].decode()
            if found[4]:
                yield name, start, found.end()
        depth += not found[4]


def insert_ordered(xml: bytes, element: bytes, name: str, order: str) -> bytes:
    """`xml` (see `children`) with `element` placed behind those that the schema's `order` puts before it."""
    names = order.split()
    earlier = names[: names.index(name)]
    at = max((end for other, _, end in children(xml) if other in earlier), default=0)
    return xml[:at] + element + xml[at:]


def corner(reference: str) -> tuple[int, int]:
    """Row and column of a cell's address, which must be one."""
    found = cells.corner(reference)
    if found is None:
        raise AnnotationImpossible(f"une adresse de cellule est illisible ({reference[:20]})")
    return found


def span(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row, last column of a range: `A1:B3` → (1, 1, 3, 2)."""
    first, _, last = reference.partition(":")
    return (*corner(first), *corner(last or first))


def sheet_reference(sheet: str) -> str:
    """A sheet's name as formulas and links spell it: always between apostrophes."""
    return "'" + sheet.replace("'", "''") + "'"
