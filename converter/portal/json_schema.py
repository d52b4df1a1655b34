"""The portal's controls as JSON Schemas (draft 2020-12), generated from the format and kept in `templates/`.

One describes the structure of the file, which control 1 checks; the other adds the values, which control 2 checks.
`python -m converter.portal.json_schema` writes them anew.
"""

import json
from typing import Any

from converter.format.template_files import template_path
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import FICHIER, HEADER_FIELDS, MOST_REQUESTS, Node, Shape
from converter.portal.value_schema import OPERATORS, Schema, definitions, value_of, with_values

STRUCTURE_NAME = "json-mdv.schema.json"
WHOLE_NAME = "json-mdv-complet.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VALUE = "valeur"
_REFERENCE = {"$ref": f"#/$defs/{_VALUE}"}
_UNSAID = (
    "Structure et valeurs vérifiées par les deux contrôles du portail de l'ASP. Un schéma JSON ne peut pas tout dire"
    "\u00a0: que numLigne compte les demandes, que numeroEditeur est unique dans le fichier et figure dans le nom de "
    "chaque document, que le montant est écrit avec deux décimales (1075.00)."
)


def structure_schema() -> Schema:
    """Control 1: tags, nesting, containers, header and 1 to 200 requests."""
    schema = _of(FICHIER)
    properties = schema["properties"]
    properties["impId"] = _header(properties["impId"], {"type": "null"})
    properties["lignesImport"] |= {"minItems": 1, "maxItems": MOST_REQUESTS}
    for tag, field in HEADER_FIELDS.items():
        properties[tag] = _header(properties[tag], value_of(field))
    values = {"title": "Valeur simple", "type": ["string", "number", "boolean", "null"]}
    return {"$schema": _DIALECT, **schema, "$defs": {_VALUE: values}}


def whole_schema() -> Schema:
    """Both controls, except for what a JSON Schema cannot express."""
    schema = structure_schema() | {"description": _UNSAID, "$defs": definitions()}
    with_values(schema["properties"]["lignesImport"]["items"])
    return schema


def kept_structure(spelling: Spelling) -> Schema:
    """The schema of control 1 kept in `templates/`, with its tags as the portal spells them."""
    return _kept(STRUCTURE_NAME, spelling)


def kept_whole(spelling: Spelling, operators: frozenset[str]) -> Schema:
    """The schema of both controls kept in `templates/`, with these codes of operators."""
    kept = _kept(WHOLE_NAME, spelling)
    kept["$defs"][OPERATORS] = {"enum": sorted(operators)}
    return kept


def written() -> dict[str, str]:
    """The text of each file to keep, by its name."""
    schemas = {STRUCTURE_NAME: structure_schema(), WHOLE_NAME: whole_schema()}
    return {name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for name, schema in schemas.items()}


def _kept(name: str, spelling: Spelling) -> Schema:
    kept = json.loads(template_path(name).read_text(encoding="utf-8"))
    schema: Schema = _respelled(kept, spelling) if spelling.changes else kept
    return schema


def _header(schema: Schema, constraints: Schema) -> Schema:
    """A value of the header, which control 1 checks itself."""
    return {name: value for name, value in schema.items() if name != "$ref"} | constraints


def _of(node: Node) -> Schema:
    schema: Schema = {"title": node.title}
    if node.format:
        schema["description"] = node.format
    if node.shape is Shape.VALUE:
        return schema | _REFERENCE
    held = _object(node) if node.children else _REFERENCE
    return schema | ({"type": "array", "items": held} if node.shape is Shape.ARRAY else held)


def _object(node: Node) -> Schema:
    tags = [child.tag for child in node.children]
    return {
        "type": "object",
        "properties": {child.tag: _of(child) for child in node.children},
        "required": [] if node.may_be_empty else tags,
        "additionalProperties": False,
    }


def _respelled(part: Any, spelling: Spelling) -> Any:
    """The same with every tag as the portal spells it, at any depth."""
    if isinstance(part, list):
        return [_respelled(one, spelling) for one in part]
    if not isinstance(part, dict):
        return part
    respelled = {name: _respelled(value, spelling) for name, value in part.items()}
    if "properties" in respelled:
        respelled["properties"] = {spelling.emitted(tag): value for tag, value in respelled["properties"].items()}
    if "required" in respelled:
        respelled["required"] = [spelling.emitted(tag) for tag in respelled["required"]]
    return respelled


if __name__ == "__main__":
    for name, text in written().items():
        template_path(name).write_text(text, encoding="utf-8")
