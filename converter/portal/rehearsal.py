"""A made-up return file of the portal, for rehearsals (`check --write-return`); its numeroASP begin with FICTIF-."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from converter.findings import Refusal
from converter.format.file_names import parse_json_file_name
from converter.ledger.files import writable, write_new
from converter.ledger.model import FICTIF
from converter.portal.controls import FileControl, RequestControl
from converter.portal.json_parsing import read_bounded
from converter.portal.spelling import Spelling

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_ENTRY = re.compile(rf'({_STRING})(?:(\s*:\s*)({_STRING}|[^\s,\[\]{{}}"]+))?')  # a text, or a tag with its plain value


def write_return(path: Path, control: FileControl, directory: Path, spelling: Spelling) -> Path | None:
    """Write into `directory` the file of `path` with its answers; None where control 1 rejects it (no file comes back).

    Refusal if `directory` already holds a file of that name.
    """
    if control.structure_error is not None:
        return None
    target = directory / path.name
    if target.exists():
        raise Refusal("return-file-exists", nom=path.name)
    with writable(directory):
        directory.mkdir(parents=True, exist_ok=True)
    write_new(target, hand_back(read_bounded(path), control, spelling))
    return target


def hand_back(data: bytes, control: FileControl, spelling: Spelling) -> bytes:
    """The same text with the values that the ASP fills: a number for the file, and an answer for each request."""
    named = parse_json_file_name(Path(control.path).name)
    numeroAns = named.numeroAns if named else ""
    answers = {
        spelling.emitted("impId"): iter([f"{FICTIF}{_digits(Path(control.path).name)}"]),
        spelling.emitted("numeroASP"): (_asp_number(numeroAns, one) for one in control.requests),
        spelling.emitted("codeTraitement"): (one.code for one in control.requests),
        spelling.emitted("libelleTraitement"): (one.message for one in control.requests),
    }
    return _ENTRY.sub(lambda entry: _answered(entry, answers), data.decode("utf-8")).encode("utf-8")


def _answered(entry: re.Match[str], answers: dict[str, Iterator[str | None]]) -> str:
    name, colon, value = entry.groups()
    if value is None or (tag := json.loads(name)) not in answers:
        return entry[0]
    return f"{name}{colon}{json.dumps(next(answers[tag]), ensure_ascii=False)}"


def _asp_number(numeroAns: str, request: RequestControl) -> str | None:
    return f"{FICTIF}{_digits(numeroAns + request.numeroEditeur)}" if request.accepted else None


def _digits(text: str) -> str:
    """Ten digits, always the same for the same text."""
    return f"{int.from_bytes(hashlib.sha256(text.encode()).digest()) % 10**10:010d}"
