"""`xl/styles.xml`: our coloured twins of the user's cell formats, and the way back from them.

A mark is the cell's own format with another fill. The colour itself says that the fill is ours, and which fill of the
user's stood there before (its last digits, see `_Paint`), so that a copy saved again by Excel or LibreOffice, which
renumber the formats, can still be cleaned of its marks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from converter.findings import Severity
from converter.views.annotate.xml_text import (
    STRICT,
    TRANSITIONAL,
    AnnotationImpossible,
    attribute,
    children,
    insert_ordered,
    opening,
    with_attribute,
    without_attribute,
)

_ORDER = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"  # CT_Stylesheet
# The lists that a mark needs, as Excel has them at the least.
_LISTS = {
    "fonts": b'<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>',
    "fills": b'<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>',
    "borders": b"<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellXfs": b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
}
_NO_STYLES = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{}"></styleSheet>'
_VARIANTS = 1_000
_LONGEST_GROUND = 3_000  # bytes of a fill that a name can keep (a formula has 8,192 characters at most)
_MOST_FORMATS = 65_000
_TITLE_GROUND = "FF1F3864"
_LINE_BELOW = b'<border><left/><right/><top/><bottom style="hair"><color rgb="FF7F7F7F"/></bottom><diagonal/></border>'
_OPENING = re.compile(rb"<([\w:.-]+)([^>]*?)/?>")
_SAID = re.compile(rb"[\w:.-]+=\"[^\"]*\"")
_IDLE = re.compile(rb'apply\w+="\w+"|(?:pivotButton|quotePrefix|wrapText)="(?:0|false)"|val="(?:1|true|single)"')
_LINE = re.compile(rb"\sstyle=[\"'](?!none)")
_RGB = re.compile(rb"<fgColor\b[^>]*?\srgb=[\"']([0-9A-Fa-f]{8})[\"']")


@dataclass(frozen=True, slots=True)
class _Paint:
    """A light colour, ten steps of its channels wide: invisible to the eye, one step for each former fill."""

    red: int
    green: int
    blue: int

    def variant(self, number: int) -> str:
        red, green, blue = self.red - number // 100, self.green + number // 10 % 10, self.blue + number % 10
        return f"FF{red:02X}{green:02X}{blue:02X}"


PAINTS = {
    Severity.ERROR: _Paint(0xFF, 0xA1, 0x9B),
    Severity.WARNING: _Paint(0xFF, 0xCB, 0x6C),
    Severity.CORRECTION: _Paint(0xA9, 0xCD, 0xEE),
}
_OURS = {paint.variant(number): number for paint in PAINTS.values() for number in range(_VARIANTS)}


class Font(Enum):
    """The workbook's usual font as it is, as a title, or as a link: what it takes more, and its colour."""

    PLAIN = (b"", b"")
    TITLE = (b"<b/>", b'<color rgb="FFFFFFFF"/>')
    LINK = (b"<u/>", b'<color rgb="FF0B5394"/>')


class _List:
    """A counted list of the part, such as `<fills count="2">…</fills>`; an item is known again by what it says."""

    def __init__(self, opening_tag: bytes, inside: bytes) -> None:
        self._opening = opening_tag
        self.items = [inside[start:end] for _, start, end in children(inside)]  # wrapped or not: each has its number
        self._index = {_reading(text): number for number, text in reversed(list(enumerate(self.items)))}

    def add(self, item: bytes) -> int:
        """The number of this item, added if it is not there yet."""
        reading = _reading(item)
        number = self._index.get(reading)
        if number is None:
            number = self._index[reading] = len(self.items)
            self.items.append(item)
        return number

    def replace(self, number: int, item: bytes) -> None:
        """Put another item in the place of this one."""
        self._forget(number)
        self.items[number] = item
        self._index.setdefault(_reading(item), number)

    def drop_last(self) -> None:
        self._forget(len(self.items) - 1)
        self.items.pop()

    def _forget(self, number: int) -> None:
        reading = _reading(self.items[number])
        if self._index.get(reading) == number:
            del self._index[reading]

    def written(self, name: str) -> bytes:
        opening_tag = with_attribute(self._opening, "count", str(len(self.items)))
        return opening_tag + b"".join(self.items) + b"</" + name.encode() + b">"


def no_styles(main: str) -> bytes:
    """The part of cell formats of a workbook that has none; `main`: its namespace."""
    return _NO_STYLES.format(main).encode()


class CellFormats:
    """The workbook's cell formats. `grounds`: for each variant of our colours, the fill that it has replaced."""

    def __init__(self, xml: bytes, grounds: Mapping[int, bytes]) -> None:
        root = opening("styleSheet").search(xml)
        if root is None or attribute(root[0], "xmlns") not in (TRANSITIONAL.main, STRICT.main):
            raise AnnotationImpossible("les formats de cellule du classeur sont illisibles")
        if root[1]:
            xml = xml[: root.end() - 2] + b"></styleSheet>" + xml[root.end() :]
            root = opening("styleSheet").search(xml) or root
        close = xml.rindex(b"</styleSheet")
        self._before, self._inside, self._after = xml[: root.end()], xml[root.end() : close], xml[close:]
        self._lists = {name: self._list(name) for name in _LISTS}
        self._fonts, self._fills, self._borders, self._formats = self._lists.values()
        self._former_grounds = grounds
        self.grounds: dict[int, bytes] = {}
        self._marked: dict[tuple[int, Severity], int] = {}

    def _list(self, name: str) -> _List:
        whole = next((self._inside[start:end] for other, start, end in children(self._inside) if other == name), b"")
        tag = opening(name).match(whole)
        if tag is None:
            return _List(b"<" + name.encode() + b">", _LISTS[name])
        if tag[1]:
            return _List(tag[0][:-2].rstrip() + b">", _LISTS[name])
        return _List(tag[0], whole[tag.end() : whole.rindex(b"</")] or _LISTS[name])

    def unmark(self) -> dict[int, int]:
        """The user's format for each format that bears a fill of ours; the sheets must then take these instead."""
        fills = {number: self._former_fill(fill) for number, fill in enumerate(self._fills.items) if _is_ours(fill)}
        ours = [number for number, xf in enumerate(self._formats.items) if _fill_of(xf) in fills]
        first: dict[tuple[bytes, ...], int] = {}
        for number, xf in enumerate(self._formats.items):
            if _fill_of(xf) not in fills:
                first.setdefault(_meaning(xf), number)
        originals: dict[int, int] = {}
        for number in ours:
            xf = self._formats.items[number]
            before = with_attribute(xf, "fillId", str(fills[_fill_of(xf)]))
            twin = first.get(_meaning(before))
            if twin is None:  # the user's format is gone with the last cell that had it: this one becomes it again
                self._formats.replace(number, before)
                first[_meaning(before)] = twin = number
            originals[number] = twin
        self._drop_unused(originals, fills)
        return {number: original for number, original in originals.items() if number != original}

    def _former_fill(self, fill: bytes) -> int:
        ground = self._former_grounds.get(_variant(fill) or 0)
        return 0 if ground is None else self._fills.add(ground)

    def _drop_unused(self, originals: Mapping[int, int], fills: Mapping[int, int]) -> None:
        """Drop our formats where they are last, as we left them: the part is then as it was before."""
        while originals.get(last := len(self._formats.items) - 1, last) != last:
            self._formats.drop_last()
        used = {_fill_of(xf) for xf in self._formats.items}
        while (last := len(self._fills.items) - 1) in fills and last not in used:
            self._fills.drop_last()

    def marked(self, style: int, severity: Severity) -> int:
        """The twin of a format, in the colour of that severity; the format itself where its fill would be lost."""
        known = self._marked.get((style, severity))
        if known is None:
            style = style if style < len(self._formats.items) else 0
            xf = self._formats.items[style]
            variant = self._variant_for(self._fill(xf))
            known = style if variant is None else self._filled(xf, severity, variant)
            self._marked[style, severity] = known
        return known

    def shows_when_empty(self, style: int) -> bool:
        """Whether an empty cell of that format shows something: a fill or a border."""
        if style >= len(self._formats.items):
            return False
        xf = self._formats.items[style]
        number = int(attribute(xf, "borderId") or 0)
        border = self._borders.items[number] if number < len(self._borders.items) else b""
        return not _is_blank(self._fill(xf)) or _LINE.search(border) is not None

    def _fill(self, xf: bytes) -> bytes:
        number = _fill_of(xf)
        return self._fills.items[number] if number < len(self._fills.items) else b""

    def _filled(self, xf: bytes, severity: Severity, variant: int) -> int:
        colour = PAINTS[severity].variant(variant)
        xf = with_attribute(xf, "fillId", str(self._fills.add(_solid(colour))))
        return self._add_format(with_attribute(xf, "applyFill", "1"))

    def _add_format(self, xf: bytes) -> int:
        if len(self._formats.items) >= _MOST_FORMATS:
            raise AnnotationImpossible("le classeur emploie déjà trop de formats de cellule")
        return self._formats.add(xf)

    def _variant_for(self, ground: bytes) -> int | None:
        if not ground or _reading(ground) == _reading(self._fills.items[0]):
            return 0
        for number, known in self.grounds.items():
            if known == ground:
                return number
        number = len(self.grounds) + 1
        if number >= _VARIANTS or len(ground) > _LONGEST_GROUND:
            return None
        self.grounds[number] = ground
        return number

    def text_format(self, font: Font, *, wrap: bool = True, fill: Severity | None = None) -> int:
        """A format of our own for text that stays text, in the workbook's usual font."""
        border = 0 if not wrap else self._borders.add(_LINE_BELOW)
        ground = self._fills.add(_solid(_TITLE_GROUND)) if font is Font.TITLE else 0
        xf = (
            f'<xf numFmtId="49" fontId="{self._fonts.add(_font(self._fonts.items[0], font))}" fillId="{ground}" '
            f'borderId="{border}" xfId="0" quotePrefix="1" applyNumberFormat="1" applyFont="1" applyBorder="1" '
            f'applyAlignment="1" applyFill="1"><alignment vertical="top" wrapText="{int(wrap)}"/></xf>'
        ).encode()
        return self._add_format(xf) if fill is None else self._filled(xf, fill, 0)

    def render(self) -> bytes:
        """The part, with what was added."""
        for name, items in self._lists.items():
            whole = items.written(name)
            for other, start, end in children(self._inside):
                if other == name:
                    self._inside = self._inside[:start] + whole + self._inside[end:]
                    break
            else:
                self._inside = insert_ordered(self._inside, whole, name, _ORDER)
        return self._before + self._inside + self._after


def _reading(item: bytes) -> tuple[object, ...]:
    """The meaning of an item, without the `apply…` hints and default values that programs spell differently."""
    tags = [
        (name, tuple(sorted(said for said in _SAID.findall(attributes) if not _IDLE.fullmatch(said))))
        for name, attributes in _OPENING.findall(item)
    ]
    repeated = len({name for name, _ in tags}) < len(tags)
    return tuple(tags) if repeated else tuple(sorted(tags))


def _is_ours(fill: bytes) -> bool:
    return _variant(fill) is not None


def _variant(fill: bytes) -> int | None:
    found = _RGB.search(fill)
    return None if found is None else _OURS.get(found[1].decode().upper())


def _is_blank(fill: bytes) -> bool:
    return b"none" in fill or not (b"patternType" in fill or b"gradientFill" in fill)


def _fill_of(xf: bytes) -> int:
    return int(attribute(xf, "fillId") or 0)


def _meaning(xf: bytes) -> tuple[bytes, ...]:
    """What makes two formats the same, however they are spelt."""
    end = xf.index(b">") + 1
    opening = without_attribute(xf[:end], "applyFill").rstrip(b"/>")
    return (*sorted(opening.split()), xf[end:])


def _solid(colour: str) -> bytes:
    pattern = f'<patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill>'
    return f"<fill>{pattern}</fill>".encode()


def _font(usual: bytes, font: Font) -> bytes:
    """The usual font in that manner; its elements in the order that Excel writes."""
    manner, colour = font.value
    parts = {name: re.search(rb"<%s\b[^>]*/>" % name, usual) for name in (b"sz", b"color", b"name", b"family")}
    kept = {name: found[0] if found else b"" for name, found in parts.items()}
    return b"<font>" + manner + kept[b"sz"] + (colour or kept[b"color"]) + kept[b"name"] + kept[b"family"] + b"</font>"
