"""Scans the raw XML of a worksheet before it is read: whether it is too large, and facts that its reader leaves out.

The reader (calamine) builds a dense grid up to the farthest value, and leaves empty both the error values (#N/A)
and the formulas without a stored result; it does not say which rows are hidden, nor which cells are struck through.
All this is found here by regular expressions over the bytes: a few passes in C for sheets as Excel, LibreOffice,
openpyxl and XlsxWriter write them; odder ones are first put in that spelling.
Source: ECMA-376, § 18.3.1 (`sheetData`, `row`, `c`).
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from converter.reading.cell_addresses import MAX_TAG, StrangeCellsError, addressed
from converter.reading.cells import LAST_ROW, column_index
from converter.reading.part_survey import fault_around_cells, merged_ranges
from converter.reading.pointers import Pointer, zero_pointers
from converter.reading.strikethrough import Strikes, is_struck
from converter.reading.xml_prefix import without_prefix

MAX_ROWS = 119_999  # a run takes 9 KB a row: 1.1 GiB
NEAR_COLUMNS = 104  # A to CZ, three times the columns of the format
MAX_GRID = MAX_ROWS * NEAR_COLUMNS  # cells of the reader's grid
MAX_TEXT = 120_000_000  # bytes, copied twice by the reader
MAX_BROKEN = 200_000  # cells without a value: each becomes a finding
MAX_AROUND = 50_000_000  # bytes before and after the cells: formats by condition, lists, links
MAX_ODD_CELLS = 1_500_000  # rewriting a cell takes 2 µs

# A cell as every common writer spells it, inside MAX_ROWS and NEAR_COLUMNS.
_NEAR_ADDRESS = rb'(?:[AB]?[A-Z]|C[A-Z])(?:\d{1,5}|1[01]\d{4})"'
_NOT_NEAR = re.compile(rb"<c(?! r=\"" + _NEAR_ADDRESS + rb"[^<>']{0,%d}>)" % MAX_TAG)
_ATTRIBUTES = rb'(?: [a-z]+="\w{0,99}"){0,9} ?'
_NOT_PLAIN = re.compile(rb'<c(?! r="[A-Z]{1,7}\d{1,9}"' + _ATTRIBUTES + rb"/?>)")
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"' + _ATTRIBUTES + rb"(?=/?>)(?!/>|></c>)")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']\s*(\d{1,7})\s*[\"']")
_KEPT = (b"s", b"t", b"hidden", b"ht")  # attributes that are looked at here
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_PREFIX = re.compile(rb"<([\w.-]+):sheetData[\s/>]")

# No sign of a tag stands inside another, and nothing is tried twice: time grows as the sheet, whatever it holds.
# Only sets of characters are possessive: possessive groups misbehave before Python 3.11.5.
_FORMULA = rb"<f(?:[^<>]*/>|[^<>]*+>[^<]*+</f>)\s*+"
_ERROR = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?=[^<>]*+>)[^<>]* t="e"[^<>]*+>\s*+(?:' + _FORMULA + rb")?(?:<v[^<>]*+>([^<]*+))?"
)
_CALCULATED = re.compile(rb'<c r="([A-Z]+)(\d+)"([^<>]*+)>\s*+' + _FORMULA + rb"(<v)?(?:[^<>]*+>([^<]*+)</v>)?")
_ROW = re.compile(rb"(<row\s[^<>]*+>)(?:\s*+<c r=\"[A-Z]+(\d+))?")
_IS_HIDDEN = re.compile(rb"\s(?:hidden\s*=\s*[\"'](?:1|true)|ht\s*=\s*[\"']0(?:\.0+)?)[\"']")  # or of no height
_WRITTEN_TEXT = re.compile(rb'<c r="([A-Z]+)(\d+)"(?=[^<>]*+>)[^<>]* t="inlineStr"[^<>]*+>\s*+<is>')
_SHARED_INDEX = re.compile(rb't="s"[^<>]{0,99}+>\s*+<v>(\d{1,9})<')


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Facts of a sheet's XML that its reader leaves out. Cells are (row, column letters), as Excel shows them.

    `fault`: the code of the Refusal that the sheet calls for, else ""; the rest is then not looked for.
    `far`: the filled cell that is too far away (fault `feuille-etendue`).
    `errors`: the error values and their text; `uncached`: formulas without a stored result; `merged`: ranges (A1:B2);
    `hidden`: rows hidden by hand or by a filter; `struck`: cells whose text is struck through;
    `pointers`: formulas that only point at a cell, with 0 for their result.
    """

    fault: str = ""
    far: str = ""
    errors: Mapping[tuple[int, str], str] = field(default_factory=dict)
    uncached: frozenset[tuple[int, str]] = frozenset()
    merged: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, str]] = frozenset()
    pointers: tuple[Pointer, ...] = ()


def scan_sheet(data: bytes, strikes: Strikes) -> SheetFacts:
    """The facts of a worksheet from its XML; odd or broken XML gives what can be seen, never an error."""
    try:
        head, cells, tail = _pieces(data)
        merged = merged_ranges(tail)
        if fault := fault_around_cells(head, tail, merged):
            return SheetFacts(fault)
        cells, far = _near(cells)
    except StrangeCellsError:
        return SheetFacts("fichier-inhabituel")
    if far:
        return SheetFacts("feuille-etendue", far)
    errors, uncached = _errors(cells), _uncached(cells)
    if len(errors) + len(uncached) > MAX_BROKEN:
        return SheetFacts("feuille-erreurs")
    return SheetFacts(
        errors=errors,
        uncached=uncached,
        merged=tuple(merged),
        hidden=_hidden(cells),
        struck=frozenset(_struck(cells, strikes)),
        pointers=zero_pointers(cells),
    )


def text_bound(data: bytes, longest_string: int) -> int:
    """At most so many bytes of text, once each cell of the sheet `data` has its copy of a shared string."""
    return data.count(b't="s"') * longest_string


def text_volume(data: bytes, shared_strings: bytes) -> int | None:
    """The same, counted cell by cell with each string's own length; None if a cell's string is not in the table."""
    lengths = [len(text) for text in re.split(rb"</(?:[\w.-]+:)?si>", shared_strings)]
    try:
        return sum(map(lengths.__getitem__, map(int, _SHARED_INDEX.findall(data))))
    except IndexError:
        return None


def _pieces(data: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the cells of a sheet, the cells, and what follows them, without a namespace prefix.

    StrangeCellsError where there are more rows than Excel has, or too much around them.
    """
    if prefix := _PREFIX.search(data, 0, 65_536):
        data = without_prefix(data, prefix[1])
    start, end = data.find(b"<sheetData"), data.rfind(b"</sheetData")
    if data.count(b"<row") > LAST_ROW or (0 <= start < end and len(data) - end + start > MAX_AROUND):
        raise StrangeCellsError
    if start < 0 or end < start:
        return data, data, data
    return data[:start], data[start:end], data[end:]


def _near(cells: bytes) -> tuple[bytes, str]:
    """The cells in the common spelling, and the filled one that is too far away, "" if none is; StrangeCellsError."""
    if b"!" in cells and b"<!" in cells:  # the reader drops text beside a comment or inside CDATA; nobody writes them
        raise StrangeCellsError
    prefixed = _PREFIXED_CELL.search(cells)
    if not prefixed and not _NOT_NEAR.search(cells):
        return cells, ""
    if prefixed or _NOT_PLAIN.search(cells):
        if cells.count(b"c ") + cells.count(b"c>") > 2 * MAX_ODD_CELLS:
            raise StrangeCellsError
        cells = addressed(cells, _KEPT)
        if _NOT_PLAIN.search(cells):
            raise StrangeCellsError
    return cells, _too_far(cells)


def _too_far(cells: bytes) -> str:
    """The first filled cell that makes the grid too large; cells that only bear a format do not count."""
    last_row = last_column = 0
    for found in _FILLED.finditer(cells):
        row, column = int(found[2]), column_index(_letters(found[1]))
        last_row, last_column = max(last_row, row), max(last_column, column)
        if last_row > MAX_ROWS or last_row * last_column > MAX_GRID:
            return f"{_letters(found[1])}{row}"
    return ""


def _errors(cells: bytes) -> dict[tuple[int, str], str]:
    if b't="e"' not in cells:
        return {}
    return {
        (int(found[2]), _letters(found[1])): _text(found[3] or b"#ERREUR")
        for found in islice(_ERROR.finditer(cells), MAX_BROKEN + 1)
    }


def _uncached(cells: bytes) -> frozenset[tuple[int, str]]:
    """Formulas without a value; an empty text is a value (t="str" with an empty `v`), an error too."""
    if b"f" not in cells or b"<f" not in cells:  # a rare letter is looked for twice as fast
        return frozenset()
    without = (
        (int(row), _letters(column))
        for column, row, attributes, stored, value in map(re.Match.groups, _CALCULATED.finditer(cells))
        if not value and not (stored and b't="str"' in attributes) and b't="e"' not in attributes
    )
    return frozenset(islice(without, MAX_BROKEN + 1))


def _hidden(cells: bytes) -> frozenset[int]:
    """A row without its own number has that of its first cell."""
    if cells.find(b"h", len(b"<sheetData")) < 0:  # one letter is looked for in no time
        return frozenset()
    rows = set()
    for found in _ROW.finditer(cells):
        if _IS_HIDDEN.search(found[1]):
            own = _ROW_NUMBER.search(found[1])
            if number := own[1] if own else found[2]:
                rows.add(int(number))
    return frozenset(rows)


def _struck(cells: bytes, strikes: Strikes) -> Iterator[tuple[int, str]]:
    """Cells struck through by their format, by every piece of their shared string, or of the text written in them."""
    if strikes.formats:
        numbers = b"|".join(b"%d" % one for one in sorted(strikes.formats))
        for found in re.finditer(rb'<c r="([A-Z]+)(\d+)"[^<>]* s="(?:' + numbers + rb')"', cells):
            yield int(found[2]), _letters(found[1])
    if strikes.strings:
        for found in re.finditer(rb'<c r="([A-Z]+)(\d+)"[^<>]* t="s"[^<>]*+>\s*+<v>(\d{1,9})<', cells):
            if int(found[3]) in strikes.strings:
                yield int(found[2]), _letters(found[1])
    yield from _struck_texts(cells)


def _struck_texts(cells: bytes) -> Iterator[tuple[int, str]]:
    """Cells that hold their own text, struck through."""
    if b"k" not in cells or b"strike" not in cells:
        return
    end = 0
    for found in _WRITTEN_TEXT.finditer(cells):
        if found.start() < end:  # inside the text before, which no one closed
            continue
        end = cells.find(b"</is>", found.end())
        if end < 0:
            return
        if is_struck(cells[found.end() : end]):
            yield int(found[2]), _letters(found[1])


@cache
def _letters(column: bytes) -> str:
    return column.decode()


@cache
def _text(value: bytes) -> str:
    return html.unescape(value.decode("utf-8", "replace"))
