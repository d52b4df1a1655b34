"""The last check of a copy before it is written: Excel must open it without offering to repair it.

It shares no code with what has written the copy. Looked at: the parts written anew are XML; every link leads to a
part, under an id of its own; every part has a content type, and every type a part; the lists of formats are as long as
they say, and nobody asks for a format beyond them. What was already so in the user's workbook is no fault of the copy.
Of a large sheet, the first and last rows are looked at.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from xml.etree import ElementTree as ET  # nosec B405
from xml.parsers import expat

_TYPES = "[content_types].xml"
_LARGE = 1_000_000  # bytes of a part: 10 ms to parse
_ROW_END = b"</row>"
_STYLE = re.compile(rb'<(?:c|row) [^<>]*?\bs="(\d+)"')
_LISTS = {"fonts": "fontId", "fills": "fillId", "borders": "borderId"}


def faults(copy: zipfile.ZipFile, source: zipfile.ZipFile, parts: Mapping[str, bytes | None]) -> set[str]:
    """What is wrong in the copy and was not in its source.

    `parts`: those that are not the user's any more, with their content if it is at hand.
    """
    written = {part: _shortened(copy.read(part) if data is None else data) for part, data in parts.items()}
    broken = {part for part, data in written.items() if not _is_xml(data)}
    broken -= {part for part in broken & set(source.namelist()) if not _is_xml(source.read(part))}
    found = {f"{part} n'est pas du XML" for part in broken}
    tied = set(_faults(copy, written))
    return found | (tied - set(_faults(source, {})) if tied else tied)


def _is_xml(data: bytes) -> bool:
    parser = expat.ParserCreate()
    try:
        parser.Parse(data, True)  # noqa: FBT003 — the last piece; the method takes no keyword
    except expat.ExpatError:
        return False
    return True


def _shortened(data: bytes) -> bytes:
    """A large sheet without the rows in its middle: they are written as the others are."""
    if len(data) <= _LARGE:
        return data
    start, end = data.rfind(_ROW_END, 0, _LARGE // 2), data.find(_ROW_END, len(data) - _LARGE // 2)
    return data[:start] + data[end:] if start >= 0 and end >= 0 else data


def _faults(archive: zipfile.ZipFile, written: Mapping[str, bytes]) -> Iterator[str]:
    package = _SmallParts(archive)
    if len(package.names) < len(archive.namelist()):
        yield "deux parties du même nom"
    yield from _wrong_links(package)
    yield from _wrong_types(package)
    yield from _wrong_formats(package, written)


class _SmallParts:
    """The parts of a package that tie the others together, as trees. Names of parts are in lower case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.names = {name.casefold(): name for name in archive.namelist()}
        self._archive = archive

    def root(self, part: str) -> ET.Element:
        """The root of a part; an empty element if it is no XML."""
        try:
            return ET.fromstring(self._archive.read(self.names[part]))  # noqa: S314  # nosec B314 — found safe before
        except ET.ParseError:
            return ET.Element("vide")

    def links(self, rels: str) -> list[tuple[str, str, str]]:
        """Id, kind and target of each link in a part of links; external ones left out."""
        if rels not in self.names:
            return []
        folder = posixpath.dirname(posixpath.dirname(rels))
        found = []
        for one in self.root(rels).iterfind("{*}Relationship"):
            target = one.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if one.get("TargetMode") != "External":
                found.append((one.get("Id", ""), one.get("Type", "").rpartition("/")[2], path.casefold()))
        return found

    @cached_property
    def of_workbook(self) -> list[tuple[str, str, str]]:
        """The links of the workbook's own part."""
        main = next((target for _, kind, target in self.links("_rels/.rels") if kind == "officeDocument"), "")
        return self.links(posixpath.join(posixpath.dirname(main), "_rels", f"{posixpath.basename(main)}.rels"))


def _wrong_links(package: _SmallParts) -> Iterator[str]:
    for rels in (part for part in package.names if part.endswith(".rels")):
        links = package.links(rels)
        yield from (f"{rels} mène à {target}" for _, _, target in links if target not in package.names)
        yield from (f"{rels} a deux liens {one}" for one, count in Counter(x[0] for x in links).items() if count > 1)


def _wrong_types(package: _SmallParts) -> Iterator[str]:
    root = package.root(_TYPES)
    extensions = {one.get("Extension", "").casefold() for one in root.iterfind("{*}Default")}
    named = Counter(one.get("PartName", "").casefold().lstrip("/") for one in root.iterfind("{*}Override"))
    yield from (f"{part} a deux types" for part, count in named.items() if count > 1)
    yield from (f"un type pour {part}, absente" for part in named if part not in package.names)
    for part in package.names:
        known = part in named or part.rpartition(".")[2] in extensions
        if not (known or part == _TYPES or part.endswith("/")):
            yield f"{part} n'a pas de type"


def _wrong_formats(package: _SmallParts, written: Mapping[str, bytes]) -> Iterator[str]:
    styles = next((target for _, kind, target in package.of_workbook if kind == "styles"), "")
    if styles not in package.names:
        return
    root = package.root(styles)
    lists = {name: root.find(f"{{*}}{name}") for name in (*_LISTS, "cellXfs")}
    sizes = {name: 0 if items is None else len(items) for name, items in lists.items()}
    for name, items in lists.items():
        if items is not None and items.get("count", str(len(items))) != str(len(items)):
            yield f"{name} se compte mal"
    for name, key in _LISTS.items():
        beyond = [one for one in root.iterfind("{*}cellXfs/{*}xf") if int(one.get(key, "0")) >= sizes[name]]
        yield from (f"un format demande {key} {one.get(key)}" for one in beyond)
    sheets = {target for _, kind, target in package.of_workbook if kind == "worksheet"}
    for part, data in written.items():
        asked = max(map(int, set(_STYLE.findall(data))), default=0) if part.casefold() in sheets else 0
        if asked >= max(sizes["cellXfs"], 1):
            yield f"une cellule demande le format {asked}"
