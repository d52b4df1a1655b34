"""JSON as strictly as a portal may read it: UTF-8, no tag twice, no NaN, numbers as they are written."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

from converter.findings import Refusal, shown
from converter.reading.file_access import read_file

BIGGEST = 20_000_000  # bytes; 200 requests weigh less than 1 Mo
BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _ForbiddenError(ValueError):
    """Things that JSON readers accept and we refuse."""

    def __init__(self, code: str, **details: str) -> None:
        self.refusal = Refusal(code, **details)
        super().__init__(code)


def read_bounded(path: Path) -> bytes:
    """The bytes of a JSON file; Refusal when it cannot be read or is far too big to be one of ours."""
    try:
        data = read_file(path, BIGGEST)
    except (OSError, ValueError) as error:
        raise Refusal("json-unreadable") from error
    if len(data) > BIGGEST:
        raise Refusal("json-too-big")
    return data


def parse(data: bytes) -> object:
    """The parsed JSON; a number written with a decimal point is a `Decimal` of as many decimals, one with an exponent
    a float. Refusal, in one French sentence, for anything that is not strict JSON."""
    if len(data) > BIGGEST:
        raise Refusal("json-too-big")
    if data.startswith(BOM):
        raise Refusal("json-bom")
    try:
        text = data.decode("utf-8")
        parsed: object = json.loads(
            text, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_without_twins
        )
        if _SURROGATE.search(text):
            json.dumps(parsed, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeError as error:
        raise Refusal("json-not-utf8") from error
    except json.JSONDecodeError as error:
        raise Refusal("json-malformed", ligne=str(error.lineno), colonne=str(error.colno)) from error
    except _ForbiddenError as error:
        raise error.refusal from error
    except (ValueError, ArithmeticError, RecursionError) as error:  # numbers or nesting beyond the limits of Python
        raise Refusal("json-excessive") from error
    return parsed


def _decimal(literal: str) -> Decimal | float:
    return float(literal) if "e" in literal or "E" in literal else Decimal(literal)


def _no_constant(literal: str) -> object:
    raise _ForbiddenError("json-constant", constante=literal)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(pairs)
    if len(held) != len(pairs):
        times = Counter(tag for tag, _ in pairs)
        twin = next(tag for tag, _ in pairs if times[tag] > 1)
        raise _ForbiddenError("json-tag-twice", balise=shown(twin.encode("utf-8", "replace").decode()))
    return held
