"""Control 2 as JSON Schema: what the tags of a request hold, and the conditions between them (guide § 3.2).

It is laid over control 1's schema. A JSON Schema cannot say that numLigne counts the requests, that a numeroEditeur
stands once in a file and in the names of its documents, or that an amount is written with two decimals.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from converter.format.field_kinds import Audience, Field, FieldKind, Level, Required
from converter.format.fields import BY_TAG, Beneficiaires, Doctor, Order, Scenario, Structure, fields_of
from converter.format.file_names import DOCUMENT_CODES, DOCUMENT_FORMATS, document_name
from converter.format.operators import operators
from converter.format.requirements import Case, Holds, held_in_file
from converter.portal.patterns import PRINTABLE, REAL_DATE, VISIBLE, identifier, small_letter
from converter.portal.tag_tree import MOST_REQUESTS

Schema = dict[str, Any]

OPERATORS = "operateurMessagerie"
_NULL: Schema = {"type": "null"}
_NOT_NULL: Schema = {"not": _NULL}
_LIBERAL = (Case.MANDATED, Case.UNMANDATED)


def definitions() -> Schema:
    """The parts that several tags share."""
    return {
        "visible": {"title": "Au moins un caractère visible", "pattern": VISIBLE},
        "imprimable": {"title": "Aucun caractère de contrôle", "pattern": f"^{PRINTABLE}*$"},
        "majuscules": {"title": "Aucune lettre minuscule", "pattern": f"^{small_letter().replace('[', '[^', 1)}*$"},
        "date": {"title": "Jour du calendrier, JJ/MM/AAAA", **_text_of(10, REAL_DATE)},
        OPERATORS: {"title": "Codes d'opérateurs", "enum": [one.code for one in operators()]},
    }


def value_of(field: Field) -> Schema:
    """What the tag of a field holds when it is filled."""
    match field.kind:
        case FieldKind.BOOLEAN:
            return {"type": "boolean"}
        case FieldKind.AMOUNT:
            return {"type": "number", "exclusiveMinimum": 0}
        case FieldKind.DATE:
            return _defined("date")
        case FieldKind.OPERATOR:
            return _defined(OPERATORS)
    if field.choices:
        return {"enum": list(field.choices)}
    if field.exact:
        return _text_of(field.exact, identifier(field))
    named = [_defined("majuscules")] if field.kind is FieldKind.NAME else []
    longest = {} if field.below is None else {"maxLength": field.below - 1}
    return {"type": "string", **longest, "allOf": [_defined("visible"), _defined("imprimable"), *named]}


def with_values(request: Schema) -> None:
    """Lays control 2 over the schema of a request."""
    tags = request["properties"]
    _fill(tags, {"numLigne": {"type": "integer", "minimum": 1, "maximum": MOST_REQUESTS}, "typeAction": {"const": "C"}})
    _fill(tags, dict.fromkeys(("numeroASP", "codeTraitement", "libelleTraitement"), _NULL))
    _fill(tags, {"numeroEditeur": value_of(BY_TAG["numeroEditeur"])})
    _fill(tags["commande"]["properties"], _held(fields_of(Order), (None,)))
    _fill(tags["scenarioInstallation"]["properties"], _held(fields_of(Scenario), (None,)))
    _beneficiaires(tags["beneficiaires"])
    _documents(tags["piecesJustificatives"])
    one, none = _just_one("PREUVE_HT"), {"not": {"contains": _is("typeFichier", "PREUVE_HT")}}
    request["allOf"] = [
        {
            "if": {"properties": {"commande": _is("regimeTVA", "HT")}},
            "then": {"properties": {"piecesJustificatives": one}},
            "else": {"properties": {"piecesJustificatives": none}},
        }
    ]


def _beneficiaires(block: Schema) -> None:
    tags = block["properties"]
    _fill(tags, _held(fields_of(Beneficiaires), tuple(Case)))
    _fill(tags, {one.tag: {"type": ["boolean", "null"]} for one in _derived()})
    _fill(tags["liberal"]["items"]["properties"], _held(fields_of(Doctor), _LIBERAL))
    structure = tags["structure"]["properties"]
    for one in fields_of(Structure):
        if one.level is Level.BENEFICIARY:
            structure[one.tag] |= {"items": value_of(one), "minItems": 1}
        else:
            _fill(structure, _held([one], (Case.STRUCTURE,)))
    block["allOf"] = [
        {"if": _is("commandePour", Audience.LIBERAL), "then": _liberal()},
        {"if": _is("commandePour", Audience.STRUCTURE), "then": _structure()},
    ]


def _liberal() -> Schema:
    doctors = {
        "if": _is("isClientUnique", value=True),
        "then": {"properties": {"liberal": {"maxItems": 1}}},
        "else": {"properties": {"liberal": {"minItems": 2}}},
    }
    mandate = {
        "if": _is("isMandataire", value=True),
        "then": {"properties": {"isClientUnique": {"const": False}, **_of_doctors(Case.MANDATED)}},
        "else": {"properties": _of_doctors(Case.UNMANDATED)},
    }
    booleans = {one.tag: {"type": "boolean"} for one in _derived()}
    return {
        "properties": {**booleans, "liberal": {"minItems": 1}, "structure": {"maxProperties": 0}},
        "allOf": [mandate, doctors],
    }


def _of_doctors(case: Case) -> Schema:
    doctor = _restricted(fields_of(Doctor), case, _LIBERAL)
    return {
        **_restricted(fields_of(Beneficiaires), case, tuple(Case)),
        **({"liberal": {"items": {"properties": doctor}}} if doctor else {}),
    }


def _structure() -> Schema:
    case = Case.STRUCTURE
    filled = [one.tag for one in fields_of(Structure) if held_in_file(one, case) is Holds.VALUE]
    return {
        "properties": {
            **{one.tag: {"enum": [False, None]} for one in _derived()},
            **_restricted(fields_of(Beneficiaires), case, tuple(Case)),
            "liberal": {"maxItems": 0},
            "structure": {"required": filled},
        }
    }


def _documents(documents: Schema) -> None:
    document = documents["items"]
    choices = {"formatFichier": {"enum": list(DOCUMENT_FORMATS)}, "typeFichier": {"enum": list(DOCUMENT_CODES)}}
    _fill(document["properties"], {"nomFichier": {"type": "string"}, **choices})
    document["allOf"] = [
        {
            "if": {"properties": {"typeFichier": {"const": kind}, "formatFichier": {"const": form}}},
            "then": {"properties": {"nomFichier": {"pattern": _document_name(kind, form)}}},
        }
        for kind in DOCUMENT_CODES
        for form in DOCUMENT_FORMATS
    ]
    documents |= _just_one("BON_COMMANDE")


def _document_name(kind: str, form: str) -> str:
    name = document_name(kind, "NUMERO", form).replace(".", r"\.")
    return f"^{name.replace('NUMERO', identifier(BY_TAG['numeroEditeur']))}$"


def _just_one(kind: str) -> Schema:
    return {"contains": _is("typeFichier", kind), "minContains": 1, "maxContains": 1}


def _held(fields: Iterable[Field], cases: tuple[Case | None, ...]) -> Schema:
    """For each field, what it may hold in one of these cases."""
    held = {}
    for one in fields:
        value = value_of(one)
        only_values = {held_in_file(one, case) for case in cases} == {Holds.VALUE}
        held[one.tag] = value if only_values else {"anyOf": [_NULL, value]}
    return held


def _restricted(fields: Iterable[Field], case: Case, cases: tuple[Case, ...]) -> Schema:
    """For each field, what this case forbids and another of `cases` allows; derived Booleans apart."""
    restricted = {}
    for one in fields:
        holds = held_in_file(one, case)
        if one.required is Required.DERIVED or {held_in_file(one, other) for other in cases} == {holds}:
            continue
        if holds is not Holds.VALUE_OR_NULL:
            restricted[one.tag] = _NULL if holds is Holds.NULL else _NOT_NULL
    return restricted


def _derived() -> list[Field]:
    return [one for one in fields_of(Beneficiaires) if one.required is Required.DERIVED]


def _fill(properties: Schema, values: Mapping[str, Schema]) -> None:
    """Replace control 1's « any plain value » by each value; titles stay."""
    for tag, value in values.items():
        properties[tag] = {name: kept for name, kept in properties[tag].items() if name != "$ref"} | value


def _is(tag: str, value: object) -> Schema:
    return {"properties": {tag: {"const": value}}}


def _text_of(length: int, pattern: str) -> Schema:
    return {"type": "string", "minLength": length, "maxLength": length, "pattern": f"^{pattern}$"}


def _defined(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
