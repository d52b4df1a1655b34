"""Control 1: the structure of the file (guide § 1). Any failure rejects it whole, with one sentence."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import jsonschema_rs

from converter.findings import Cell, Refusal, finding, shown
from converter.findings.text import nearest
from converter.format.file_names import parse_json_file_name
from converter.portal.control_values import Check, Wrong, check_of, null
from converter.portal.json_schema import kept_structure
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import HEADER_FIELDS, TAGS

_HEADER: dict[str, Check] = {
    "impId": null("impId", "ctl-asp-fills"),
    **{tag: check_of(field) for tag, field in HEADER_FIELDS.items()},
}


def check_structure(name: str, parsed: Any, spelling: Spelling, *, tags_are_right: bool = False) -> None:
    """Refusal at the first fault that makes the portal reject the whole file. `name`: the file's name, no folder;
    `tags_are_right`: whether the tags were checked already, and are all there and in their places."""
    numeroAns = _number_in_name(name)
    if not tags_are_right:
        _check_tags(parsed, spelling)
    inside = parsed[spelling.emitted("numeroAns")]
    if inside != numeroAns:
        raise Refusal("file-name-number", nom=shown(name), numero=inside)


def sentence(wrong: Wrong, path: str) -> str:
    """What is wrong and what to write instead, in French."""
    found = finding(wrong.code, Cell(path), wrong.tag, wrong.value, None, **wrong.details)
    return f"{found.message} {found.remedy}".strip()


def _number_in_name(name: str) -> str:
    named = parse_json_file_name(name)
    if named is None:
        raise Refusal("file-name", nom=shown(name))
    return named.numeroAns


@lru_cache(maxsize=2)
def _validator(spelling: Spelling) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(kept_structure(spelling))


def _check_tags(parsed: Any, spelling: Spelling) -> None:
    try:
        _validator(spelling).validate(parsed)
    except jsonschema_rs.ValidationError as error:
        raise _refusal(error, spelling) from error
    except ValueError as deep:  # the validator's own limit of nesting
        raise Refusal("json-excessive") from deep


def _refusal(error: jsonschema_rs.ValidationError, spelling: Spelling) -> Refusal:
    path, kind = error.instance_path, error.kind.as_dict()
    instance: Any = error.instance
    tag = next((one for one in reversed(path) if isinstance(one, str)), "")
    place = _place(path)
    if len(path) == 1 and (wrong := _wrong_header(spelling, tag, instance)):
        return Refusal("file-header", balise=tag, motif=sentence(wrong, ""))
    if "unexpected" in kind:
        return _unknown_tag(kind["unexpected"][0], place, spelling)
    if "property" in kind:
        return _absent_tag(kind["property"], instance, place, spelling)
    if "limit" in kind:
        return Refusal("request-count", nombre=str(len(instance)))
    return Refusal("tag-shape", balise=tag or "le fichier", lieu=place, attendu=_shape(kind["types"]))


def _place(path: Iterable[str | int]) -> str:
    """« demande n° 3, beneficiaires, liberal n° 2 »; the header of the file for an empty path."""
    steps: list[str] = []
    for step in path:
        if isinstance(step, str):
            steps.append(step)
        else:
            steps[-1] = f"{'demande' if len(steps) == 1 else steps[-1]} n°\u00a0{step + 1}"
    return ", ".join(steps) or "en-tête du fichier"


def _wrong_header(spelling: Spelling, tag: str, value: object) -> Wrong | None:
    return next((check(value) for known, check in _HEADER.items() if spelling.emitted(known) == tag), None)


def _absent_tag(absent: str, block: Iterable[str], place: str, spelling: Spelling) -> Refusal:
    known = set(map(spelling.emitted, TAGS))
    near = nearest(absent, (tag for tag in block if tag not in known))
    instead = f" Le fichier porte «\u00a0{shown(near)}\u00a0» à sa place." if near else ""
    return Refusal("tag-absent", balise=absent, lieu=place, autre=instead)


def _unknown_tag(unknown: str, place: str, spelling: Spelling) -> Refusal:
    near = nearest(unknown, map(spelling.emitted, TAGS))
    offered = f" Vouliez-vous dire «\u00a0{near}\u00a0»\u00a0?" if near else ""
    return Refusal("tag-unknown", balise=shown(unknown), lieu=place, proche=offered)


def _shape(types: list[str]) -> str:
    if types == ["object"]:
        return "un objet { … }"
    return "un tableau [ … ]" if types == ["array"] else "une valeur simple (texte, nombre, true, false ou null)"
