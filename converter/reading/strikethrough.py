"""What is struck through in a workbook: cell formats, shared strings, pieces of rich text.

Source: ECMA-376, § 18.4.10 (`strike`), § 18.8.10 (`cellXfs`), § 18.4.8 (`si`).
"""

import io
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET  # nosec B405

_STRIKE = re.compile(rb"<(?:[\w.-]+:)?strike(?:\s+val\s*=\s*[\"'](?:1|true|on)[\"'])?\s*/?>")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^<>]*)?>([^<]*)<")
_END_OF_PIECE = re.compile(rb"</(?:[\w.-]+:)?r>")
_END_OF_STRING = re.compile(rb"</(?:[\w.-]+:)?si>")
_NO = {"0", "false", "off"}


@dataclass(frozen=True, slots=True)
class Strikes:
    """The numbers of the cell formats, and of the shared strings, that are struck through."""

    formats: frozenset[int] = frozenset()
    strings: frozenset[int] = frozenset()


def struck_formats(styles: bytes) -> frozenset[int]:
    """The cell formats of a styles part (already looked at) whose font is struck through; none in a broken part."""
    if b"strike" not in styles:
        return frozenset()
    fonts: list[bool] = []
    formats: list[int] = []
    inside: list[str] = []
    try:
        # entities need a document type, which a vetted part does not have
        for event, element in ET.iterparse(io.BytesIO(styles), ("start", "end")):  # noqa: S314  # nosec B314
            name = element.tag.rpartition("}")[2]
            if event == "start":
                inside.append(name)
                continue
            inside.pop()
            if name == "font" and inside[-1:] == ["fonts"]:
                mark = element.find("{*}strike")
                fonts.append(mark is not None and mark.get("val", "1") not in _NO)
            elif name == "xf" and inside[-1:] == ["cellXfs"]:
                formats.append(int(element.get("fontId", "0")))
            if name in ("font", "xf"):
                element.clear()
    except (ET.ParseError, ValueError):
        return frozenset()
    return frozenset(number for number, font in enumerate(formats) if font < len(fonts) and fonts[font])


def struck_strings(shared_strings: bytes) -> frozenset[int]:
    """The shared strings every piece of which is struck through."""
    if b"strike" not in shared_strings:
        return frozenset()
    return frozenset(number for number, text in enumerate(_END_OF_STRING.split(shared_strings)) if is_struck(text))


def is_struck(rich_text: bytes) -> bool:
    """Whether every piece of a rich text (the XML inside its `si` or `is`) that shows something is struck through."""
    if b"strike" not in rich_text:
        return False
    pieces = [piece for piece in _END_OF_PIECE.split(rich_text) if any(text.strip() for text in _TEXT.findall(piece))]
    return bool(pieces) and all(_STRIKE.search(piece) for piece in pieces)
