"""The texts that a workbook's cells share, read by their numbers, each decoded when it is asked for.

Source: ECMA-376, § 18.4.8 (`si`), § 18.4.6 (`rPh`: how a text is said in Japanese, no part of it).
"""

import html
import re

_FIRST = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_END = re.compile(rb"</(?:[\w.-]+:)?si>|<(?:[\w.-]+:)?si\s*/>")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^<>]*)?>([^<]*)<")
_SAID = re.compile(rb"<(?:[\w.-]+:)?rPh[\s>]")


class SharedStrings:
    """Texts by their numbers; "" beyond the last. `part`: the XML that holds them, or its start."""

    def __init__(self, part: bytes) -> None:
        first = _FIRST.search(part)
        usual = b":si" not in part and b"<si/" not in part and b"<si /" not in part
        whole = part[first.start() :] if first else b""
        self._pieces = whole.split(b"</si>") if usual else _END.split(whole)

    def __len__(self) -> int:
        """How many texts end in what was given."""
        return len(self._pieces) - 1

    def __getitem__(self, number: int) -> str:
        return text_of(self._pieces[number]) if number < len(self._pieces) else ""


def text_of(xml: bytes) -> str:
    """The text of a shared string, or of one written in its cell: its runs put together."""
    if b"rPh" in xml:
        first, *said = _SAID.split(xml)
        xml = first + b"".join(one.partition(b"rPh>")[2] for one in said)
    return html.unescape(b"".join(_TEXT.findall(xml)).decode("utf-8", "replace"))
