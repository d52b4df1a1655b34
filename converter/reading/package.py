"""Checks a workbook before anything parses it: a file that is unsafe, broken or no workbook is refused in one sentence.

An .xlsx file is a zip of XML parts (ECMA-376). Parsers trust what it declares; this module verifies it.
Every part is unpacked once, in a stream, against bounds; an XML part with a document type is refused.
Bounds keep any conversion within 15 s and 1.5 GiB, and let through 100,000 rows of 31 columns (75 MB of sheet XML).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET  # nosec B405

from converter.findings import Refusal
from converter.findings.french import NBSP, thousands
from converter.reading.file_kind import refusal, vetted_content
from converter.reading.part_survey import MAX_TAGS, is_edited, is_well_made
from converter.reading.sheet_survey import (
    MAX_BROKEN,
    MAX_ROWS,
    MAX_TEXT,
    SheetFacts,
    scan_sheet,
    text_bound,
    text_volume,
)
from converter.reading.strikethrough import Strikes, struck_formats, struck_strings
from converter.reading.workbook_part import WORKBOOK_PART, SheetPart, defined_names, relation_targets, worksheets

MAX_ENTRIES = 5_000  # parts: a workbook of 200 sheets with images has under 1,000
MAX_PART = 250_000_000  # bytes of one unpacked part: 100,000 rows written with inline texts take 200 MB
MAX_TOTAL = 400_000_000  # bytes of all parts together
MAX_RATIO = 100  # unpacked over packed: real sheets stay under 30, a bomb reaches 1,000
RATIO_FROM = 10_000_000  # bytes: smaller parts do no harm whatever their ratio
MAX_SMALL = 10_000_000  # bytes of a part that is parsed as a tree here (workbook.xml, relations)
MAX_STYLES = 30_000_000  # bytes: Excel's own limit of 65,490 formats fits in
MAX_STRINGS = 3_500_000  # shared strings: one for each cell of the largest sheet
_PROLOG = 65_536  # bytes in which an XML part must reach its root element
_CHUNK = 1 << 20

_SHARED_STRINGS = "xl/sharedstrings.xml"
_STYLES = "xl/styles.xml"
# A part whose presence shows that the file is not a workbook.
_MARKERS = {
    "xl/workbook.bin": "Excel binaire (.xlsb)",
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "content.xml": "OpenDocument (.ods)",
    "index/document.iwa": "Numbers",
}
_ANNOUNCED = re.compile(rb"""\suniqueCount\s*=\s*["']\s*\+?(\d+)""")  # the reader reserves room for as many strings
_FIRST_STRING = re.compile(rb"[<:]si\b")
_UTF16_STARTS = {b"\xff\xfe": "utf-16-le", b"<\x00": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\x00<": "utf-16-be"}
# Each piece ends in one place only, so that nothing is tried twice (possessive groups misbehave before Python 3.11.5).
_SAFE_PROLOG = re.compile(r"(?:\s|<\?[^?]*(?:\?(?!>)[^?]*)*\?>|<!--[^-]*(?:-(?!->)[^-]*)*-->)*<[^\W\d]")
_DECLARED_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_OF_ADD_INS = re.compile(r"customxml/|xl/(?:[\w-]+/)*customproperty\d*\.bin$")
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii"}


@dataclass(frozen=True, slots=True)
class Package:
    """A vetted workbook: `content` is the whole file; `parts` gives each entry's name by its lower-case name.

    `defined_names`: workbook-wide names and the text they stand for (« Listes!$A$2:$A$356 »).
    `longest_string`: at most so many bytes in one shared string. `strikes`: what is struck through.
    """

    path: Path
    content: bytes
    sheets: tuple[SheetPart, ...]
    defined_names: Mapping[str, str]
    date1904: bool
    parts: Mapping[str, str]
    longest_string: int
    strikes: Strikes

    def read(self, part: str) -> bytes:
        """One part unpacked, within bounds, its XML prolog looked at. Refusal if it is absent or no longer safe."""
        with _opened(self.path, self.content) as archive:
            return _read(archive, self.path, self.parts.get(part.casefold(), part), MAX_PART)

    def starts(self, parts: Iterable[str], size: int) -> Iterator[bytes]:
        """The first `size` bytes of each of these parts, unpacked."""
        with _opened(self.path, self.content) as archive:
            for part in parts:
                with archive.open(self.parts.get(part.casefold(), part)) as stream:
                    yield stream.read(size)

    def shared_strings(self) -> bytes:
        """The part that holds the texts of the cells; b"" where there is none."""
        return self.read(_SHARED_STRINGS) if _SHARED_STRINGS in self.parts else b""

    def survey(self, sheet: SheetPart) -> SheetFacts:
        """The facts to know about a sheet before it is read; Refusal when it cannot be read within bounds."""
        data = self.read(sheet.part)
        facts = scan_sheet(data, self.strikes)
        names = {"fichier": self.path.name, "feuille": sheet.name}
        if facts.fault:
            raise Refusal(
                facts.fault, cellule=facts.far, lignes=thousands(MAX_ROWS), limite=thousands(MAX_BROKEN), **names
            )
        if text_bound(data, self.longest_string) > MAX_TEXT:
            volume = text_volume(data, self.shared_strings())
            if volume is None:
                raise refusal("fichier-abime", self.path)
            if volume > MAX_TEXT:
                raise Refusal("feuille-texte", limite=f"{MAX_TEXT // 1_000_000}{NBSP}Mo", **names)
        return facts


def open_package(path: Path, handed_over: bytes | None = None) -> Package:
    """Look at the file at `path`; a Refusal says in French what is wrong with it and what to do.

    `handed_over`: its bytes, where `path` is but a name."""
    content = vetted_content(path, handed_over)
    with _opened(path, content) as archive:
        infos = archive.infolist()
        parts = _entry_names(path, infos)
        _look_at_format(path, parts)
        _look_at_sizes(path, infos)
        for info in infos:
            _unpack_once(archive, path, info)
        longest, struck = _shared_strings(archive, path, parts)
        styles = _read(archive, path, parts[_STYLES], MAX_STYLES) if _STYLES in parts else b""
        root = _tree(archive, path, parts[WORKBOOK_PART])
        targets = _sheet_targets(archive, path, parts)
        _look_at_edited_parts(archive, path, parts, {*targets.values(), _SHARED_STRINGS})
    return Package(
        path,
        content,
        worksheets(path, root, targets, parts),
        defined_names(root),
        any(prop.get("date1904") in {"1", "true"} for prop in root.iterfind(".//{*}workbookPr")),
        parts,
        longest,
        Strikes(struck_formats(styles), struck),
    )


# What the zip holds


@contextmanager
def _opened(path: Path, content: bytes) -> Iterator[zipfile.ZipFile]:
    """The open zip, closed on exit; any exception of zipfile on a broken zip becomes a Refusal."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OverflowError) as error:
        raise refusal("fichier-tronque", path) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise refusal("fichier-illisible", path) from error


def _entry_names(path: Path, infos: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Entry names by lower-case name; refuses too many, names that lead out, and two that are the same."""
    if len(infos) > MAX_ENTRIES:
        raise refusal("fichier-bombe", path)
    parts: dict[str, str] = {}
    for info in infos:
        name = info.orig_filename
        steps = name.split("/")
        if name.startswith("/") or ".." in steps or re.search(r"[\\:\x00-\x1f]", name) or name.casefold() in parts:
            raise refusal("fichier-noms-internes", path)
        if info.flag_bits & 0x1:
            raise refusal("fichier-protege", path)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise refusal("fichier-tronque", path)
        parts[name.casefold()] = name
    return parts


def _look_at_format(path: Path, parts: Mapping[str, str]) -> None:
    """Refuse a zip that is another kind of document, or none."""
    if WORKBOOK_PART in parts:
        return
    for marker, name in _MARKERS.items():
        if marker in parts:
            raise refusal("fichier-autre-format", path, format=name)
    raise refusal("fichier-pas-classeur", path)


def _look_at_sizes(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what already declares too much, before anything is unpacked."""
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        raise refusal("fichier-bombe", path)
    for info in infos:
        suspect = info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size
        if suspect or info.file_size > MAX_PART:
            raise refusal("fichier-bombe", path)
        if info.filename.casefold() == _STYLES and info.file_size > MAX_STYLES:
            raise refusal("fichier-bombe", path)


def _unpack_once(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> None:
    """Unpack a part in a stream: its real size must be the declared one, its sum right, its prolog safe."""
    declared = info.file_size
    info.file_size = declared + 1  # zipfile stops at this size: one byte more shows a declaration that lies
    real = 0
    with archive.open(info) as stream:
        while chunk := stream.read(_PROLOG if real == 0 else _CHUNK):
            if real == 0:
                _look_at_prolog(path, info.filename, chunk)
            real += len(chunk)
    info.file_size = declared
    if real != declared:
        raise refusal("fichier-bombe" if real > declared else "fichier-tronque", path)


def _look_at_prolog(path: Path, name: str, head: bytes, *, parsed: bool = False) -> None:
    """Refuse an XML part with a document type (entities can stand nowhere else), or that we would misread.

    Pictures are never parsed; what add-ins keep neither, often in UTF-16 (Power Query's custom XML, properties of a
    sheet), but shows no document type. `parsed`: the part is about to be, whatever its name says.
    """
    folder = name.casefold()
    encoding = next((encoding for start, encoding in _UTF16_STARTS.items() if head.startswith(start)), "utf-8")
    text = head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if folder.startswith("xl/media/") or not text.startswith("<"):
        return
    declared = _DECLARED_ENCODING.match(text)
    foreign = encoding != "utf-8" or (declared and declared[1].lower() not in _ENCODINGS)
    if foreign and (parsed or not _OF_ADD_INS.match(folder)):
        raise refusal("fichier-inhabituel", path)
    if not _SAFE_PROLOG.match(text):
        raise refusal("fichier-xml-dangereux", path)


def _look_at_edited_parts(
    archive: zipfile.ZipFile, path: Path, parts: Mapping[str, str], others: Collection[str]
) -> None:
    """Refuse a badly made part among those that the annotated copy may edit, `others` apart."""
    for name, entry in parts.items():
        if name not in others and is_edited(name) and not is_well_made(name, _read(archive, path, entry, MAX_STYLES)):
            raise refusal("fichier-abime", path)


def _shared_strings(archive: zipfile.ZipFile, path: Path, parts: Mapping[str, str]) -> tuple[int, frozenset[int]]:
    """An upper bound, in bytes, on one shared string, and those that are struck through; refuses more strings than a
    workbook can use."""
    if _SHARED_STRINGS not in parts:
        return 0, frozenset()
    data = _read(archive, path, parts[_SHARED_STRINGS], MAX_PART)
    announced = _ANNOUNCED.search(data, 0, _PROLOG)
    if (announced and int(announced[1]) > MAX_STRINGS) or data.count(b"<si") + data.count(b":si") > MAX_STRINGS:
        raise refusal("fichier-bombe", path)
    if b"<![CDATA[" in data:  # the reader drops such text
        raise refusal("fichier-inhabituel", path)
    first = _FIRST_STRING.search(data)  # the opening of the table is no string
    longest = max(map(len, data[first.start() :].split(b"si>"))) if first else 0
    return longest, struck_strings(data)


def _read(archive: zipfile.ZipFile, path: Path, part: str, bound: int) -> bytes:
    """One part, unpacked within `bound` bytes, its prolog looked at."""
    try:
        with archive.open(part) as stream:
            data = stream.read(bound + 1)
    except KeyError as error:
        raise refusal("fichier-abime", path) from error
    if len(data) > bound:
        raise refusal("fichier-bombe", path)
    _look_at_prolog(path, part, data[:_PROLOG], parsed=True)
    return data


# What the workbook declares


def _tree(archive: zipfile.ZipFile, path: Path, part: str) -> ET.Element:
    """The root element of a small part."""
    data = _read(archive, path, part, MAX_SMALL)
    if data.count(b"<") > MAX_TAGS:
        raise refusal("fichier-bombe", path)
    try:
        # entities and external references need a document type, which `_read` has ruled out
        return ET.fromstring(data)  # noqa: S314  # nosec B314
    except (ET.ParseError, ValueError, LookupError) as error:
        raise refusal("fichier-abime", path) from error


def _sheet_targets(archive: zipfile.ZipFile, path: Path, parts: Mapping[str, str]) -> dict[str, str]:
    """The part of each sheet, in lower case, by the id of its relation."""
    package, workbook = parts.get("_rels/.rels"), parts.get("xl/_rels/workbook.xml.rels")
    if package is None or workbook is None:
        raise refusal("fichier-abime", path)
    return relation_targets(path, _tree(archive, path, package), _tree(archive, path, workbook))
