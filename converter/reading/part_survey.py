"""Looks over what stands around the cells of a workbook: formats, comments, links, merged ranges, names.

The annotated copy edits these parts as text, by patterns that take for granted that what is opened is closed, and that
there is no more of anything than Excel writes. Source of the limits: « Excel specifications and limits » (Microsoft).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from xml.parsers import expat

from converter.reading.cells import LAST_COLUMN, corner

MAX_TAGS = 500_000  # of a part that is read as a tree: a workbook with 100,000 names has 200,000
MAX_LINKS = 65_530  # of a sheet
MAX_MERGES = 200_000  # ranges of a sheet
MAX_MERGED = 500_000  # cells in them, ranges as large as whole columns apart
MAX_VIEWS = 1_000

_EDITED = re.compile(r"(?:xl/|_rels/|\[content_types\]).*\.(?:xml|rels|vml)")
_NOT_EDITED = ("xl/media/", "xl/pivotcache/", "xl/externallinks/", "xl/calcchain.xml")  # some are long
_SHAPES = re.compile(rb"<(/?[\w.-]+):shape[\s>]")
_UNCLOSED = 100  # shapes of a drawing: a few may end in « /> »
_MERGED = re.compile(rb"[<:]mergeCell\s[^<>:]*?\bref\s*=\s*[\"']([A-Z0-9:]+)[\"']")
_AREA_COUNTED = 10_000  # cells: a larger range is a whole column, or nearly


def is_edited(part: str) -> bool:
    """Whether the annotated copy may edit the part of this name (in lower case), sheets and strings apart."""
    return _EDITED.fullmatch(part) is not None and not part.startswith(_NOT_EDITED)


def is_well_made(part: str, data: bytes) -> bool:
    """Whether everything opened in a part is closed. Drawings of comments are not always XML, even Excel's own."""
    if part.endswith(".vml"):
        shapes = Counter(_SHAPES.findall(data))
        opened = (prefix for prefix in shapes if not prefix.startswith(b"/"))
        return all(shapes[prefix] - shapes[b"/" + prefix] <= _UNCLOSED for prefix in opened)
    try:
        expat.ParserCreate().Parse(data, True)  # noqa: FBT003 — its name cannot be given
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True


def merged_ranges(tail: bytes) -> list[str]:
    """The merged ranges of a sheet (« A1:B2 ») from what follows its cells."""
    return [found.decode() for found in _MERGED.findall(tail)]


def fault_around_cells(head: bytes, tail: bytes, merged: Iterable[str]) -> str:
    """The code of the Refusal that a sheet calls for by what stands before or after its cells, else ""."""
    counts: Mapping[bytes, tuple[bytes, int]] = {
        b"sheetView ": (head, MAX_VIEWS),
        b"col ": (head, LAST_COLUMN),
        b"hyperlink ": (tail, MAX_LINKS),
    }
    if any(where.count(element) > limit for element, (where, limit) in counts.items()):
        return "fichier-inhabituel"
    if tail.count(b"mergeCell ") > MAX_MERGES or sum(map(_area, merged)) > MAX_MERGED:
        return "feuille-fusions"
    return ""


def _area(merged: str) -> int:
    """How many cells of a merged range count."""
    first, _, last = merged.partition(":")
    top, left = corner(first) or (0, 0)
    bottom, right = corner(last or first) or (0, 0)
    area = (bottom - top + 1) * (right - left + 1)
    return area if 0 < area <= _AREA_COUNTED else 0
