"""The portal's two automatic controls, run on any JSON-MDV file (guide § 1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from converter.findings import Refusal, shown
from converter.format.operators import operator_codes
from converter.portal.control_requests import first_unsaid, first_wrong
from converter.portal.control_structure import check_structure, sentence
from converter.portal.json_parsing import parse, read_bounded
from converter.portal.json_schema import kept_whole
from converter.portal.spelling import Spelling

ACCEPTED_CODE = "0000"
ACCEPTED_WORDING = "Demande acceptée"  # guide § 1, as the portal writes it


@dataclass(frozen=True, slots=True)
class RequestControl:
    """The result of control 2 for a request. `numLigne`: its rank in the file, from 1; `tag`: None when accepted;
    `code`: "0000", or one of ours, which all begin with CTL-."""

    numLigne: int
    numeroEditeur: str
    accepted: bool
    tag: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FileControl:
    """The result of both controls for a file; no request when it is rejected whole, because of `structure_error`."""

    path: str
    structure_error: str | None
    requests: tuple[RequestControl, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the portal would take the file and each of its requests."""
        return self.structure_error is None and all(one.accepted for one in self.requests)


def control_path(path: Path, spelling: Spelling, operators: frozenset[str]) -> FileControl:
    """Both controls on a file of the disk; one that cannot be read is rejected whole."""
    try:
        data = read_bounded(path)
    except Refusal as refusal:
        return FileControl(str(path), str(refusal))
    return control_file(str(path), data, spelling, operators)


def control_file(path: str, data: bytes, spelling: Spelling, operators: frozenset[str]) -> FileControl:
    """Both controls on the bytes of a file. `operators`: the codes that operateurMessagerie may take."""
    try:
        parsed = parse(data)
        right = _conforms(parsed, spelling, operators)
        check_structure(Path(path).name, parsed, spelling, tags_are_right=right)
    except Refusal as refusal:
        return FileControl(path, str(refusal))
    guide: Any = spelling.to_guide(parsed)
    return FileControl(path, None, tuple(_controlled(path, guide["lignesImport"], operators, right=right)))


def _conforms(parsed: object, spelling: Spelling, operators: frozenset[str]) -> bool:
    """Whether the whole file is valid under the JSON Schema, which native code checks in one call."""
    try:
        return _validator(spelling, operators).is_valid(parsed)
    except ValueError:  # the validator's own limit of nesting
        return False


@lru_cache(maxsize=2)
def _validator(spelling: Spelling, operators: frozenset[str]) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(kept_whole(spelling, operators))


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A JSON file of ours, before it is published, and how many requests it must hold."""

    path: Path
    requests: int


def refuse_wrong(files: Iterable[OwnFile], spelling: Spelling) -> None:
    """Refusal at the first of our own files that the portal would not take whole, as it stands on the disk."""
    for one in files:
        control = control_path(one.path, spelling, operator_codes())
        reason = control.structure_error or next((it.message for it in control.requests if not it.accepted), "")
        if reason or len(control.requests) != one.requests:
            raise Refusal("controle-refuse", fichier=one.path.name, raison=reason or "des demandes manquent.")


def _controlled(
    path: str, requests: list[dict[str, Any]], operators: frozenset[str], *, right: bool
) -> Iterable[RequestControl]:
    """The result for each request; `right`: whether the JSON Schema has accepted them all."""
    seen: dict[str, int] = {}
    for line, request in enumerate(requests, start=1):
        number = request["numeroEditeur"]
        number = shown(number) if isinstance(number, str) else ""
        wrong = first_unsaid(request, line, seen) if right else first_wrong(request, line, seen, operators)
        if wrong:
            yield RequestControl(line, number, False, wrong.tag, wrong.code.upper(), sentence(wrong, path))  # noqa: FBT003
        else:
            yield RequestControl(line, number, True, None, ACCEPTED_CODE, ACCEPTED_WORDING)  # noqa: FBT003


def to_json(controls: Iterable[FileControl]) -> dict[str, Any]:
    """The document of `check --json` (docs/interface.md)."""
    return {"files": [_file_to_json(control) for control in controls]}


def _file_to_json(control: FileControl) -> dict[str, Any]:
    return {
        "path": control.path,
        "structure_ok": control.structure_error is None,
        "structure_error": control.structure_error,
        "requests": [
            {
                "numLigne": one.numLigne,
                "numeroEditeur": one.numeroEditeur,
                "accepted": one.accepted,
                "tag": one.tag,
                "code": one.code,
                "message": one.message,
            }
            for one in control.requests
        ],
    }
