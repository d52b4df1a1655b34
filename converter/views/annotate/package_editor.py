"""A workbook's package (zip of parts): read, change a few parts, write; the others keep every byte."""

import copy
import os
import posixpath
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from converter.views.annotate.xml_text import (
    STRICT,
    TRANSITIONAL,
    AnnotationImpossible,
    attribute,
    element,
    opening,
    plain,
    quoted,
)

_RELATIONSHIP = element("Relationship")
_TYPES = "[Content_Types].xml"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_SIGNATURES = "_xmlsignatures/"
_LEVEL = 2  # of zlib: as fast as 1 on a sheet, a fifth smaller
_LOCAL_HEADER = 30  # bytes before a part's name and extra field in the zip
_ENCRYPTED, _SIZES_FOLLOW = 1 << 0, 1 << 3  # flags of a zip entry
_NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One link of a part. `kind`: the last word of its type; `target`: a part's name, "" if it is external."""

    id: str
    kind: str
    target: str


class EditedPackage:
    """The parts of a workbook by name, without leading slash; names are matched whatever their case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {_key(info.filename): info for info in archive.infolist()}
        self._changed: dict[str, bytes | Iterable[bytes]] = {}
        self._added: dict[str, str] = {}
        self._removed: set[str] = set()
        main = next((one[0] for one in self._links("") if _kind(one[0]) == "officeDocument"), b"")
        self.dialect = STRICT if (attribute(main, "Type") or "").startswith(STRICT.relationships) else TRANSITIONAL

    def has(self, part: str) -> bool:
        key = _key(part)
        return key in self._added or (key in self._entries and key not in self._removed)

    def xml(self, part: str) -> bytes:
        """The part as it now stands, in the shape that `plain` gives."""
        changed = self._changed.get(_key(part))
        return changed if isinstance(changed, bytes) else plain(self.raw(part))

    def raw(self, part: str) -> bytes:
        """The part's bytes, as they were in the user's file."""
        return self._archive.read(self._entry(part))

    def start(self, part: str, size: int) -> bytes:
        """The first bytes of a part of the user's file (cheap on a large sheet)."""
        with self._archive.open(self._entry(part)) as stream:
            return stream.read(size)

    def _entry(self, part: str) -> zipfile.ZipInfo:
        entry = self._entries.get(_key(part))
        if entry is None:
            raise AnnotationImpossible("une partie annoncée par le classeur y manque")
        return entry

    def written(self) -> dict[str, bytes | None]:
        """The parts that are not as they were in the user's file; None for one that is written in chunks."""
        names = {key: self._added.get(key) or self._entries[key].filename for key in self._changed}
        return {names[key]: one if isinstance(one, bytes) else None for key, one in self._changed.items()}

    def write(self, part: str, content: bytes | Iterable[bytes]) -> None:
        """Set a part's content; chunks are written as they come, when the package is saved."""
        key = _key(part)
        self._removed.discard(key)
        if self._is_as_before(key, content):
            self._changed.pop(key, None)
            return
        if key not in self._entries:
            self._added[key] = part
        self._changed[key] = content

    def _is_as_before(self, key: str, content: bytes | Iterable[bytes]) -> bool:
        entry = self._entries.get(key)
        same_size = entry is not None and isinstance(content, bytes) and entry.file_size == len(content)
        return entry is not None and same_size and self._archive.read(entry) == content

    def remove(self, part: str) -> None:
        """Take a part away, with its relationships and their lines in the content types."""
        gone = {_key(part), _key(_rels_of(part))}
        for key in gone:
            self._removed.add(key)
            self._changed.pop(key, None)
            self._added.pop(key, None)
        types = self.xml(_TYPES)
        kept = element("Override").sub(
            lambda found: b"" if _key(attribute(found[0], "PartName") or "") in gone else found[0], types
        )
        self._change(_TYPES, types, kept)

    def free_name(self, pattern: str) -> str:
        """The first part's name not yet taken, numbered from 1: `xl/comments{}.xml` → `xl/comments1.xml`."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def relationships(self, part: str) -> list[Relationship]:
        """The links of a part ("" for the package's own)."""
        folder = posixpath.dirname(part)
        return [_relationship(found[0], folder) for found in self._links(part)]

    def _links(self, part: str) -> list[re.Match[bytes]]:
        name = _rels_of(part)
        return list(_RELATIONSHIP.finditer(self.xml(name))) if self.has(name) else []

    def related(self, part: str, kind: str) -> Relationship | None:
        """The first link of that kind."""
        return next((one for one in self.relationships(part) if one.kind == kind), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Link a part to another; the new link's id."""
        taken = {one.id for one in self.relationships(part)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        path = posixpath.relpath(target, posixpath.dirname(part) or ".")
        uri = f"{self.dialect.relationships}/{kind}"
        line = f'<Relationship Id="rId{number}" Type="{uri}" Target="{quoted(path)}"/>'.encode()
        name = _rels_of(part)
        if not self.has(name):  # some programs declare each part of links on its own
            self.declare_extension("rels", _RELS_TYPE)
        xml = self.xml(name) if self.has(name) else _NO_RELATIONSHIPS
        self.write(name, _inside(xml, "Relationships", line))
        return f"rId{number}"

    def unrelate(self, part: str, identifier: str) -> None:
        """Remove one link of a part, and its list of links when none is left."""
        name = _rels_of(part)
        links = [found[0] for found in self._links(part)]
        kept = [link for link in links if attribute(link, "Id") != identifier]
        if not kept:
            self.remove(name)
            return
        for link in links:
            if link not in kept:
                self.write(name, self.xml(name).replace(link, b"", 1))

    def declare(self, part: str, content_type: str) -> None:
        """Give a part its content type."""
        self._declare("Override", "PartName", f"/{part}", content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Give the parts of an extension their content type, unless they have one."""
        self._declare("Default", "Extension", extension, content_type)

    def _declare(self, name: str, key: str, value: str, content_type: str) -> None:
        types = self.xml(_TYPES)
        known = {(attribute(found[0], key) or "").lower() for found in opening(name).finditer(types)}
        if value.lower() not in known:
            line = f'<{name} {key}="{quoted(value)}" ContentType="{content_type}"/>'
            self.write(_TYPES, _inside(types, "Types", line.encode(), first=name == "Default"))

    def _change(self, part: str, before: bytes, after: bytes) -> None:
        if after != before:
            self.write(part, after)

    def drop_signatures(self) -> bool:
        """Remove digital signatures, which any change makes void; whether there were any."""
        signed = [info.filename for key, info in self._entries.items() if key.startswith(_SIGNATURES)]
        for part in signed:
            self.remove(part)
        for one in self.relationships(""):
            if one.target.lower().startswith(_SIGNATURES):
                self.unrelate("", one.id)
        return bool(signed)

    def save(self, target: IO[bytes]) -> None:
        """Write the package: the user's parts in their order, then the added ones."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            for key, entry in self._entries.items():
                if key in self._removed:
                    continue
                content = self._changed.get(key)
                if content is None:
                    self._copy(entry, archive)
                else:
                    _store(archive, entry.filename, entry.date_time, content)
            for key, part in self._added.items():
                _store(archive, part, _NO_DATE, self._changed[key])

    def _copy(self, entry: zipfile.ZipInfo, target: zipfile.ZipFile) -> None:
        """A part as it is, still compressed: neither time nor bytes are lost by packing it anew."""
        source, written = self._archive.fp, target.fp
        if source is None or written is None or entry.flag_bits & _ENCRYPTED:
            raise AnnotationImpossible("une partie du classeur est chiffrée")
        source.seek(entry.header_offset)
        header = source.read(_LOCAL_HEADER)
        source.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), os.SEEK_CUR)
        copied = copy.copy(entry)
        copied.flag_bits &= ~_SIZES_FOLLOW
        copied.extra = b""
        copied.header_offset = target.start_dir
        written.seek(target.start_dir)
        written.write(copied.FileHeader(zip64=False))
        written.write(source.read(entry.compress_size))
        target.filelist.append(copied)
        target.NameToInfo[copied.filename] = copied
        target.start_dir = written.tell()


_NO_RELATIONSHIPS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def _store(
    archive: zipfile.ZipFile, name: str, when: tuple[int, int, int, int, int, int], content: bytes | Iterable[bytes]
) -> None:
    if isinstance(content, bytes):
        archive.writestr(zipfile.ZipInfo(name, when), content, zipfile.ZIP_DEFLATED, _LEVEL)
        return
    with archive.open(name, "w") as stream:
        for chunk in content:
            stream.write(chunk)


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _rels_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relationship(line: bytes, folder: str) -> Relationship:
    target = attribute(line, "Target") or ""
    external = attribute(line, "TargetMode") == "External"
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return Relationship(attribute(line, "Id") or "", _kind(line), "" if external else path)


def _kind(line: bytes) -> str:
    return (attribute(line, "Type") or "").rpartition("/")[2]


def _inside(xml: bytes, root: str, line: bytes, *, first: bool = False) -> bytes:
    """`xml` with `line` as the first or last child of its root."""
    found = opening(root).search(xml)
    if found is None:
        raise AnnotationImpossible("la table des parties du classeur est illisible")
    if found[1]:
        return xml[: found.end() - 2] + b">" + line + b"</" + root.encode() + b">" + xml[found.end() :]
    at = found.end() if first else xml.rindex(b"</" + root.encode())
    return xml[:at] + line + xml[at:]
