"""A workbook's package as an independent reader sees it (lxml, nothing of ours): what it holds, what is wrong in it."""

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

# Children of the elements that a copy changes, in the order of ECMA-376, part 1 (sml.xsd); "*": anything may follow.
ORDER = {
    "worksheet": (
        "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
        "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
        "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks "
        "customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture "
        "oleObjects controls webPublishItems tableParts extLst"
    ),
    "workbook": (
        "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences "
        "definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing "
        "fileRecoveryPr webPublishObjects extLst"
    ),
    "styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
    "table": "autoFilter sortState tableColumns tableStyleInfo extLst",
    "comments": "authors commentList extLst",
    "row": "c extLst",
    "c": "f v is extLst",
}
COUNTED = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "tableColumns")
_XML = re.compile(r"\.(xml|rels|vml)$")


@dataclass(frozen=True)
class Link:
    """One relationship: `target` is a part's name, "" where it leads outside."""

    id: str
    kind: str
    target: str


def local(element: etree._Element) -> str:
    """The element's name without its namespace, "" for a comment or an instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def named(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iter(f"{{*}}{name}")


class Opened:
    """The parts of a workbook, and how they hang together."""

    def __init__(self, workbook: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
            self.names = archive.namelist()
            self.parts = {name.lower(): archive.read(name) for name in self.names}

    def tree(self, part: str) -> etree._Element:
        parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
        return etree.fromstring(self.parts[part.lower()], parser)

    def links(self, part: str) -> list[Link]:
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels").lower()
        if rels not in self.parts:
            return []
        found = []
        for one in named(self.tree(rels), "Relationship"):
            target = one.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            outside = one.get("TargetMode") == "External" or target.startswith("#") or "NULL" in target
            found.append(
                Link(one.get("Id", ""), one.get("Type", "").rpartition("/")[2], "" if outside else path.lower())
            )
        return found

    def linked(self, part: str, kind: str) -> str:
        return next((one.target for one in self.links(part) if one.kind == kind), "")

    @cached_property
    def book(self) -> str:
        return self.linked("", "officeDocument")

    @cached_property
    def sheets(self) -> dict[str, str]:
        """The part of each worksheet, by name, in the order of the tabs."""
        worksheets = {one.id: one.target for one in self.links(self.book) if one.kind == "worksheet"}
        found = {}
        for tag in named(self.tree(self.book), "sheet"):
            identifier = next((value for key, value in tag.items() if etree.QName(key).localname == "id"), "")
            if identifier in worksheets:
                found[tag.get("name", "")] = worksheets[identifier]
        return found

    @cached_property
    def strings(self) -> list[str]:
        part = self.linked(self.book, "sharedStrings")
        if part not in self.parts:
            return []
        return ["".join(one.text or "" for one in named(item, "t")) for item in named(self.tree(part), "si")]

    @cached_property
    def looks(self) -> list[str]:
        """Each cell format with its font, fill and border in full."""
        part = self.linked(self.book, "styles")
        if part not in self.parts:
            return []
        root = self.tree(part)
        lists = {name: list(next(named(root, name), ())) for name in ("fonts", "fills", "borders", "cellXfs")}
        formats = {one.get("numFmtId"): one.get("formatCode") for one in named(root, "numFmt")}
        found = []
        for xf in lists["cellXfs"]:
            kinds = (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId"))
            pieces = [_piece(lists[many], xf.get(one)) for many, one in kinds]
            code = formats.get(xf.get("numFmtId"), xf.get("numFmtId"))
            found.append("|".join([str(code), xf.get("quotePrefix", "0"), *pieces, *(canonical(one) for one in xf)]))
        return found

    def cells(self, sheet: str) -> dict[str, tuple[str, str, str]]:
        """Address → (value, formula, look) of each cell of a worksheet that has a value or a format."""
        found = {}
        row = column = 0
        for line in named(self.tree(self.sheets[sheet]), "row"):
            row, column = int(line.get("r", row + 1)), 0
            for cell in (one for one in line if local(one) == "c"):
                address = cell.get("r") or f"{letters(column + 1)}{row}"
                column = index(address.rstrip("0123456789"))
                style = int(cell.get("s", 0))
                look = self.looks[style] if style < len(self.looks) else ""
                value, formula = self._value(cell), next((one.text or "=" for one in cell if local(one) == "f"), "")
                if value or formula or style:
                    found[address] = (value, formula, look)
        return found

    def _value(self, cell: etree._Element) -> str:
        value = next((one.text or "" for one in cell if local(one) == "v"), "")
        if cell.get("t") == "s" and value:
            return self.strings[int(value)]
        return value or "".join(one.text or "" for one in named(cell, "t"))


def letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def index(column: str) -> int:
    number = 0
    for one in column:
        number = number * 26 + ord(one) - 64
    return number


def _piece(items: list[etree._Element], number: str | None) -> str:
    place = int(number or 0)
    return canonical(items[place]) if place < len(items) else "?"


def canonical(element: etree._Element) -> str:
    """What an element says, whatever its prefixes and the order of its attributes."""
    inside = "".join(canonical(one) for one in element)
    return f"<{local(element)} {sorted(element.attrib.items())}>{(element.text or '').strip()}{inside}"


def problems(workbook: bytes) -> Counter[str]:
    """What a strict reader would hold against the package."""
    opened = Opened(workbook)
    found: Counter[str] = Counter()
    doubled = [name for name, count in Counter(name.lower() for name in opened.names).items() if count > 1]
    found.update(f"two parts named {name}" for name in doubled)
    for name in opened.parts:
        if _XML.search(name):
            try:
                found.update(_faults(opened.tree(name)))
            except etree.XMLSyntaxError:
                found[f"{name} is no XML"] += 1
    if not any(fault.endswith("is no XML") for fault in found):
        found.update(_dangling(opened))
        found.update(_untyped(opened))
        found.update(_bad_formats(opened))
        found.update(_bad_book(opened))
    return found


def _faults(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        name = local(element)
        if name in COUNTED and element.get("count") not in (None, str(len(element))):
            yield f"{name} counts {element.get('count')} for {len(element)}"
        if name in ORDER and etree.QName(element).namespace == etree.QName(root).namespace:
            order = ORDER[name].split()
            known = [order.index(local(one)) for one in element if local(one) in order]
            if known != sorted(known):
                yield f"children of {name} out of order"


def _dangling(opened: Opened) -> Iterator[str]:
    for part in ["", *opened.parts]:
        links = opened.links(part)
        yield from (f"{part} leads to {one.target}" for one in links if one.target and one.target not in opened.parts)
        yield from (f"{part} has two links {one}" for one, n in Counter(x.id for x in links).items() if n > 1)


def _untyped(opened: Opened) -> Iterator[str]:
    types = opened.tree("[content_types].xml")
    extensions = {one.get("Extension", "").lower() for one in named(types, "Default")}
    overrides = Counter(one.get("PartName", "").lower().lstrip("/") for one in named(types, "Override"))
    yield from (f"two types for {part}" for part, count in overrides.items() if count > 1)
    yield from (f"a type for {part}, which is not there" for part in overrides if part not in opened.parts)
    for part in opened.parts:
        known = part in overrides or part.rpartition(".")[2] in extensions
        if not (known or part == "[content_types].xml" or part.endswith("/")):
            yield f"no type for {part}"


def _bad_formats(opened: Opened) -> Iterator[str]:
    part = opened.linked(opened.book, "styles")
    if part not in opened.parts:
        return
    root = opened.tree(part)
    sizes = {name: len(next(named(root, name), ())) for name in ("fonts", "fills", "borders", "cellXfs")}
    for xf in next(named(root, "cellXfs"), ()):
        for many, one in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            if int(xf.get(one, 0)) >= sizes[many]:
                yield f"a format names {one} {xf.get(one)}"
    for sheet in opened.sheets.values():
        beyond = {
            one.get("s", "0") for one in named(opened.tree(sheet), "c") if int(one.get("s", 0)) >= sizes["cellXfs"]
        }
        yield from (f"a cell names format {one}" for one in beyond)


def _bad_book(opened: Opened) -> Iterator[str]:
    tags = list(named(opened.tree(opened.book), "sheet"))
    for key in ("name", "sheetId"):
        yield from (f"two sheets with {key} {one}" for one, n in Counter(tag.get(key) for tag in tags).items() if n > 1)
    names = Counter(
        (one.get("name", "").lower(), one.get("localSheetId")) for one in named(opened.tree(opened.book), "definedName")
    )
    yield from (f"two names {one}" for one, count in names.items() if count > 1)
    numbers = {tag.get("sheetId"): tag.get("name", "") for tag in tags}
    chain = opened.linked(opened.book, "calcChain")
    if chain not in opened.parts:
        return
    formulas = {name: {address for address, cell in opened.cells(name).items() if cell[1]} for name in opened.sheets}
    sheet = ""
    for one in named(opened.tree(chain), "c"):
        sheet = numbers.get(one.get("i"), sheet) if one.get("i") else sheet
        if one.get("r") not in formulas.get(sheet, {one.get("r")}):
            yield f"the calculation chain names {sheet}!{one.get('r')}, no formula"
