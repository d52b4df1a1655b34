"""The line of each key of a TOML text: `tomllib` gives none, and a person who is to correct a line must know which."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DEEPEST = 4  # keys one under the other
_MOST_PARSED = 2_000_000  # characters, read again or not: the lines of what follows are not told
_CLOSES = re.compile(r"""[\]}]|\"{3}|'{3}""")
_ENDLESS_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}"""
)  # of so many parts that tomllib, which keeps each beginning of a key, would fill the memory
KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyLines:
    """The line (from 1) of each key and table; `twice`: keys written again, with both lines; `fault`: the line of the
    first statement that is no TOML, None where all are."""

    lines: Mapping[KeyPath, int]
    twice: tuple[tuple[KeyPath, int, int], ...]
    fault: int | None


def toml_of(text: str) -> dict[str, Any]:
    """What a TOML text holds. ValueError or RecursionError where it is none, or has a key of fifty parts."""
    if _ENDLESS_KEY.search(text):
        raise ValueError("a key of too many parts")
    return tomllib.loads(text)


def key_lines(text: str) -> KeyLines:
    """Read statement by statement: lines are put together until they parse, below the heading of their table.

    >>> key_lines('a = 1\\n[b]\\nc = [\\n  2,\\n]\\n').lines
    {('a',): 1, ('b',): 2, ('b', 'c'): 3}
    """
    lines: dict[KeyPath, int] = {}
    twice: list[tuple[KeyPath, int, int]] = []
    heading, statement, start, left = "", "", 0, _MOST_PARSED
    for number, line in enumerate(text.splitlines(), start=1):
        goes_on = bool(statement)
        if not goes_on and line.lstrip()[:1] in ("", "#"):
            continue
        start = start if goes_on else number
        statement += f"{line}\n"
        if goes_on and not _CLOSES.search(line):  # only these end a statement of several lines
            continue
        left -= len(heading) + len(statement)
        if left < 0:
            break
        is_heading = statement.lstrip().startswith("[")
        parsed = _parsed(statement if is_heading else heading + statement)
        if parsed is None:
            continue
        own = set() if is_heading else set(_paths(_parsed(heading) or {}))
        for path in _paths(parsed):
            if path in own:
                continue
            if path in lines:
                twice.append((path, lines[path], start))
            lines.setdefault(path, start)
        if is_heading:
            heading = statement
        statement = ""
    return KeyLines(lines, tuple(twice), start if statement else None)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return toml_of(text)
    except (ValueError, RecursionError):
        return None


def _paths(table: Mapping[str, Any]) -> Iterator[KeyPath]:
    """The keys of a table that hold a value, and the tables that hold none yet, as far down as a mapping may go."""
    waiting: list[tuple[KeyPath, Any]] = [((key,), value) for key, value in table.items()]
    for path, value in waiting:
        if isinstance(value, dict) and value and len(path) < _DEEPEST:
            waiting += [((*path, key), below) for key, below in value.items()]
        else:
            yield path
