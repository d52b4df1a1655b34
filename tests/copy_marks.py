"""What a copy shows of our marks, read by an independent reader; and what it shows of the user's own cells."""

import re
from collections import Counter
from dataclasses import dataclass

from opened_package import Opened, canonical, index, letters, named

HEADING = "[Convertisseur JSON-MDV]"
TITLES = ("Statut (convertisseur)", "Statut")
_COLOURS = {"erreur": (0xFF, 0xA1, 0x9B), "avertissement": (0xFF, 0xCB, 0x6C), "correction": (0xA9, 0xCD, 0xEE)}
_FILL = re.compile(r"<fgColor \[[^\]]*'rgb', 'FF(..)(..)(..)'")
# What a sheet holds beside its cells; hyperlinks and the drawing of comments take in ours.
KEPT = (
    "mergeCell", "conditionalFormatting", "dataValidation", "drawing", "sheetProtection", "pageSetup", "headerFooter",
    "oleObject", "control", "tablePart", "picture", "rowBreaks", "pageMargins", "extLst", "protectedRange",
    "customPr", "legacyDrawingHF",
)  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """Severity of each coloured cell, our comments, the column « Statut » (address → text), lines of « Anomalies »."""

    colours: dict[tuple[str, str], str]
    comments: dict[tuple[str, str], str]
    statut: dict[str, str]
    listed: int


def marks(opened: Opened, sheet: str, header_row: int) -> Marks:
    """Our marks in a copy; `sheet`: the one with « Statut »."""
    colours, comments = {}, {}
    for name in opened.sheets:
        if name.startswith("Anomalies"):
            continue
        for address, (_, _, look) in opened.cells(name).items():
            if severity := _severity(look):
                colours[name, address] = severity
        for address, text in comments_of(opened, name).items():
            if HEADING in text:
                comments[name, address] = text[text.index(HEADING) :].strip()
    cells = opened.cells(sheet)
    titles = {cell[0]: _column(address) for address, cell in cells.items() if _row(address) == header_row}
    column = next((titles[one] for one in TITLES if one in titles), "")
    statut = {address: cell[0] for address, cell in cells.items() if _column(address) == column and cell[0]}
    lists = [name for name in opened.sheets if opened.cells(name).get("A1", ("",))[0] == "Feuille"]
    return Marks(colours, comments, statut, sum(len({_row(one) for one in opened.cells(name)}) for name in lists))


def comments_of(opened: Opened, sheet: str) -> dict[str, str]:
    """The comments of a sheet, by address."""
    part = opened.linked(opened.sheets[sheet], "comments")
    if part not in opened.parts:
        return {}
    found = named(opened.tree(part), "comment")
    return {one.get("ref", ""): "".join(run.text or "" for run in named(one, "t")) for one in found}


def lost(before: Opened, after: Opened, statut: Marks, sheet: str) -> list[str]:
    """What of the user's cells, comments and other elements is not in the copy any more."""
    found = [f"part {part}" for part in (_sorts(before) - _sorts(after))]
    ours = {_column(address) for address in statut.statut}
    for name in before.sheets:
        copied = after.cells(name) if name in after.sheets else {}
        plain = after.looks[0] if after.looks else ""
        for address, cell in before.cells(name).items():
            marked = (name, address) in statut.colours
            under_statut = name == sheet and _column(address) in ours and not cell[0]
            if not _kept(
                (cell[0], cell[1], cell[2] or plain), copied.get(address), marked=marked, under_statut=under_statut
            ):
                found.append(f"{name}!{address}: {cell} -> {copied.get(address)}")
        kept = comments_of(after, name)
        theirs = {address: text.rstrip() for address, text in comments_of(before, name).items()}
        found += [f"comment {name}!{one}" for one, text in theirs.items() if not kept.get(one, "").startswith(text)]
        found += [f"{name} <{kind}>" for kind in (_elements(before, name) - _elements(after, name))]
    return found


def _sorts(opened: Opened) -> Counter[str]:
    """The parts without their numbers, which Excel gives anew; the calculation chain can be made again."""
    return Counter(re.sub(r"\d+", "", part) for part in opened.parts if not part.endswith(("/", "calcchain.xml")))


def _kept(cell: tuple[str, str, str], copied: tuple[str, str, str] | None, *, marked: bool, under_statut: bool) -> bool:
    shows = "'patternType', 'solid'" in cell[2] or "'style', " in cell[2]
    if copied is None:
        return under_statut and not shows
    same_text = cell[:2] == copied[:2] or under_statut
    return same_text and (marked or cell[2] == copied[2] or (under_statut and not shows))


def _elements(opened: Opened, sheet: str) -> Counter[str]:
    root = opened.tree(opened.sheets[sheet])
    found = [one for kind in KEPT for one in named(root, kind)]
    return Counter(canonical(one) for one in found)


def hidden_statut(opened: Opened, sheet: str, marks: Marks) -> list[str]:
    """The cells of « Statut » that nobody sees: under a merged range, in a hidden column."""
    root = opened.tree(opened.sheets[sheet])
    unseen = set()
    for one in named(root, "mergeCell"):
        first, last = [(_row(end), index(_column(end))) for end in one.get("ref", "A1:A1").split(":")]
        for row in range(first[0], last[0] + 1):
            unseen |= {f"{letters(column)}{row}" for column in range(first[1], last[1] + 1) if (row, column) != first}
    hidden = {
        letters(column)
        for one in named(root, "col")
        if one.get("hidden") in ("1", "true")
        for column in range(int(one.get("min", 1)), min(int(one.get("max", 1)), 100) + 1)
    }
    return [address for address in marks.statut if address in unseen or _column(address) in hidden]


def _severity(look: str) -> str:
    fill = look.split("|")[3] if look.count("|") > 2 else ""
    found = _FILL.search(fill)
    if not found:
        return ""
    colour = [int(one, 16) for one in found.groups()]
    for severity, (red, green, blue) in _COLOURS.items():
        if 0 <= red - colour[0] < 10 and 0 <= colour[1] - green < 10 and 0 <= colour[2] - blue < 10:
            return severity
    return ""


def _column(address: str) -> str:
    return address.rstrip("0123456789")


def _row(address: str) -> int:
    return int(address[len(_column(address)) :])
