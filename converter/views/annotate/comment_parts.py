"""A sheet's comments: ours are added and removed, the user's are kept.

A comment of ours, or what we add under one of the user's, begins with a line of our own: that is how it is known again
after any program has saved the workbook. Comments live in two parts: their text, and a drawing (VML) of their boxes.
"""

import re
from collections.abc import Mapping

from converter.reading.cells import LAST_COLUMN, LAST_ROW, column_letters
from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.worksheet_part import WorksheetPart
from converter.views.annotate.xml_text import attribute, element, opening_end, text, unescaped, with_attribute

HEADING = "[Convertisseur JSON-MDV]"  # in ASCII: some programs write other characters as entities
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AUTHOR = "Convertisseur JSON-MDV"
_THREAD = "tc="  # author of the copy that Excel keeps of a threaded comment
_LONGEST = 4_000  # characters; the sheet « Anomalies » has the whole
_COMMENT = element("comment")
_AUTHOR_NAME = element("author")
_TEXT = element("t")
_BLANK_END = re.compile(rb"(?:\s|&#(?:10|13|x[aAdD]);|_x000[aAdD]_)+\Z")
_SHAPE = re.compile(rb"<([\w.-]+):shape(?=[\s/>])(?:\"[^\"]*\"|'[^']*'|[^>\"'])*?(?:/>|>.*?</\1:shape>)", re.DOTALL)
_DRAWN = re.compile(rb"<[\w.-]+:(?:shape|group|line|polyline|curve|arc|rect|roundrect|oval|image)(?=[\s/>])")
_PLACE = re.compile(rb"<[\w.-]+:(Row|Column)>\s*(\d+)\s*</")
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="{}"><authors></authors><commentList></commentList></comments>'
)
_NAMESPACES = {
    "xmlns:v": "urn:schemas-microsoft-com:vml",
    "xmlns:o": "urn:schemas-microsoft-com:office:office",
    "xmlns:x": "urn:schemas-microsoft-com:office:excel",
}
_EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:{width}pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_FONT = '<sz val="9"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/>'
_BOX_WIDTH, _LINE_HEIGHT, _LINE_LENGTH, _USUAL_COLUMN, _USUAL_ROW = 340, 15, 52, 64, 20  # pixels, but for the third


class CommentParts:
    """The two parts of a sheet's comments; either may be missing (None). `main`: the namespace of a new one."""

    def __init__(self, comments: bytes | None, drawing: bytes | None, main: str) -> None:
        self._xml = comments or _EMPTY.format(main).encode()
        self._drawing = _EMPTY_DRAWING if drawing is None else drawing
        self._list = self._between("commentList")
        found = ((_reference(one[0]), one[0]) for one in _COMMENT.finditer(self._list))
        self._comments = dict(found)
        self._authors = [unescaped(name[1] or b"") for name in _AUTHOR_NAME.finditer(self._xml)]
        self.changed = False

    @property
    def is_empty(self) -> bool:
        return not self._comments

    @property
    def has_no_box(self) -> bool:
        return _DRAWN.search(self._drawing) is None

    def remove_ours(self) -> None:
        """Remove what we had written: whole comments, or the end of the user's."""
        if HEADING.encode() not in self._xml:
            return
        self.changed = True
        gone = set()
        for cell, comment in list(self._comments.items()):
            kept = _without_ours(comment)
            if kept is None:
                gone.add(cell)
                del self._comments[cell]
            elif kept != comment:
                self._comments[cell] = kept
        self._drawing = _SHAPE.sub(lambda found: b"" if _cell_of(found[0]) in gone else found[0], self._drawing)

    def add(self, messages: Mapping[tuple[int, int], str], widths: Mapping[int, float]) -> None:
        """A comment on each of these cells (row, column), or an addition to the user's; never to a threaded one."""
        boxes: list[str] = []
        number = max((int(one) for one in re.findall(rb"_s(\d+)\"", self._drawing)), default=1024)
        author = self._author_number()
        for (row, column), message in messages.items():
            cell = f"{column_letters(column)}{row}"
            theirs = self._comments.get(cell)
            if theirs is not None:
                self._comments[cell] = theirs if self._is_threaded(theirs) else _with_ours(theirs, message)
                continue
            self._comments[cell] = (
                f'<comment ref="{cell}" authorId="{author}"><text>{_runs(message, separated=False)}</text></comment>'
            ).encode()
            number += 1
            boxes.append(_box(number, row, column, message, widths))
        self._drawing = _with_boxes(self._drawing, "".join(boxes).encode())
        self.changed = True

    def comments(self) -> bytes:
        """The part of the texts."""
        authors = "".join(f"<author>{text(author)}</author>" for author in self._authors).encode()
        xml = self._xml.replace(self._list, b"".join(self._comments.values()), 1) if self._list else self._filled_list()
        everyone = b"<authors>" + authors + b"</authors>"
        return re.sub(rb"<authors\b[^>]*?(?:/>|>.*?</authors>)", lambda _: everyone, xml, count=1, flags=re.DOTALL)

    def drawing(self) -> bytes:
        """The part of the boxes."""
        return self._drawing

    def _filled_list(self) -> bytes:
        filled = b"<commentList>" + b"".join(self._comments.values()) + b"</commentList>"
        return re.sub(rb"<commentList\b[^>]*?(?:/>|>\s*</commentList>)", lambda _: filled, self._xml, count=1)

    def _between(self, name: str) -> bytes:
        found = re.search(rb"<%s\b[^>]*(?<!/)>(.*?)</%s>" % (name.encode(), name.encode()), self._xml, re.DOTALL)
        return found[1] if found else b""

    def _author_number(self) -> int:
        if _AUTHOR not in self._authors:
            self._authors.append(_AUTHOR)
        return self._authors.index(_AUTHOR)

    def _is_threaded(self, comment: bytes) -> bool:
        author = int(attribute(comment, "authorId") or 0)
        return author < len(self._authors) and self._authors[author].startswith(_THREAD)


def _reference(comment: bytes) -> str:
    return attribute(comment, "ref") or ""


def _with_ours(comment: bytes, message: str) -> bytes:
    """The user's comment, with ours as its last run."""
    start = opening_end(comment, comment.index(b"<text"))
    end = comment.rindex(b"</text>")
    theirs = comment[start:end]
    if not re.match(rb"\s*<r\b", theirs):
        theirs = _TEXT.sub(lambda found: b"<r>" + found[0] + b"</r>", theirs, count=1)
    return comment[:start] + theirs + _runs(message, separated=True).encode() + comment[end:]


def _without_ours(comment: bytes) -> bytes | None:
    """The comment without what we wrote; None if nothing is left. Programs may have cut or merged our runs."""
    start = opening_end(comment, comment.index(b"<text"))
    end = comment.rindex(b"</text>")
    runs = b""
    for found in _TEXT.finditer(comment, start, end):
        before, heading, _ = (found[1] or b"").partition(HEADING.encode())
        if before := _BLANK_END.sub(b"", before):  # the last text of the user's, so far
            opening = comment[found.start() : comment.index(b">", found.start()) + 1]
            runs = comment[start : found.start()] + opening + before + b"</t>"
        if heading:
            if not runs:
                return None
            closing = b"</r>" if runs.count(b"<r>") > runs.count(b"</r>") else b""
            return comment[:start] + runs + closing + comment[end:]
    return comment


def _runs(message: str, *, separated: bool) -> str:
    before = "\n\n" if separated else ""
    if len(message) > _LONGEST:
        message = message[:_LONGEST] + "… (la suite est dans la feuille « Anomalies »)"
    return (
        f'<r><rPr><b/>{_FONT}</rPr><t xml:space="preserve">{before}{HEADING}\n</t></r>'
        f'<r><rPr>{_FONT}</rPr><t xml:space="preserve">{text(message)}</t></r>'
    )


def _cell_of(shape: bytes) -> str:
    place = {name: int(number) for name, number in _PLACE.findall(shape)}
    if b"Row" not in place or b"Column" not in place:
        return ""
    return f"{column_letters(place[b'Column'] + 1)}{place[b'Row'] + 1}"


def _with_boxes(drawing: bytes, boxes: bytes) -> bytes:
    if boxes and b'"_x0000_t202"' not in drawing:
        boxes = _SHAPE_TYPE + boxes
    start = drawing.index(b"<xml")
    opening = known = drawing[start : drawing.index(b">", start) + 1]
    for name, uri in _NAMESPACES.items():
        opening = opening if attribute(opening, name) else with_attribute(opening, name, uri)
    at = drawing.rindex(b"</xml>")
    return drawing[:start] + opening + drawing[start + len(known) : at] + boxes + drawing[at:]


def _box(number: int, row: int, column: int, message: str, widths: Mapping[int, float]) -> str:
    """A hidden box to the right of its cell, as large as its message."""
    lines = 2 + sum(1 + len(line) // _LINE_LENGTH for line in message.splitlines())
    height = min(lines, 24) * _LINE_HEIGHT + 10
    last, offset = column + 1, _BOX_WIDTH + 15
    while offset > (width := _pixels(widths.get(last))):
        offset -= width
        last += 1
    top = max(row - 2, 0)
    down, rest = divmod(height + 4, _USUAL_ROW)
    top = min(top, LAST_ROW - 1 - down)
    anchor = (
        f"{min(column, LAST_COLUMN - 2)}, 15, {top}, 4, {min(last, LAST_COLUMN) - 1}, {offset}, {top + down}, {rest}"
    )
    return _BOX.format(
        id=number, width=_BOX_WIDTH * 3 // 4, height=height * 3 // 4, anchor=anchor, row=row - 1, column=column - 1
    )


def _pixels(width: float | None) -> int:
    return _USUAL_COLUMN if width is None else int(width * 7 + 5)


def update_comments(
    package: EditedPackage, folder: str, sheet_part: str, sheet: WorksheetPart, texts: Mapping[tuple[int, int], str]
) -> None:
    """Remove the comments of an earlier run, with the parts that only they needed, and add today's.

    `folder`: where new parts go; `texts`: by row and column.
    """
    comments = package.related(sheet_part, "comments")
    if not texts and comments is None:
        return
    drawing = next((one for one in package.relationships(sheet_part) if one.id == sheet.drawing_id), None)
    parts = CommentParts(
        package.xml(comments.target) if comments else None,
        package.raw(drawing.target) if drawing else None,
        package.dialect.main,
    )
    parts.remove_ours()
    if texts:
        parts.add(texts, sheet.widths())
    if parts.is_empty and comments and drawing and parts.has_no_box:
        for link in (comments, drawing):
            package.unrelate(sheet_part, link.id)
            package.remove(link.target)
        sheet.detach_drawing()
    elif parts.changed:
        texts_part = comments.target if comments else _new_comments(package, folder, sheet_part)
        package.write(texts_part, parts.comments())
        package.write(drawing.target if drawing else _new_drawing(package, folder, sheet_part, sheet), parts.drawing())


def _new_comments(package: EditedPackage, folder: str, sheet_part: str) -> str:
    part = package.free_name(f"{folder}/comments{{}}.xml".lstrip("/"))
    package.declare(part, _COMMENTS_TYPE)
    package.relate(sheet_part, "comments", part)
    return part


def _new_drawing(package: EditedPackage, folder: str, sheet_part: str, sheet: WorksheetPart) -> str:
    part = package.free_name(f"{folder}/drawings/vmlDrawing{{}}.vml".lstrip("/"))
    package.declare_extension("vml", _DRAWING_TYPE)
    sheet.attach_drawing(package.relate(sheet_part, "vmlDrawing", part), package.dialect.relationships)
    return part
