"""Control 1 as a JSON Schema (draft 2020-12), generated from `layout` and kept in `templates/` for others to use.

`python -m converter.portal.json_schema` writes it anew.
"""

import json
from typing import Any

from converter.format.template_files import template_path
from converter.portal.control_values import pattern
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import FICHIER, HEADER_FIELDS, MOST_REQUESTS, Node, Shape

NAME = "json-mdv.schema.json"
_VALUE = "valeur"
_REFERENCE = {"$ref": f"#/$defs/{_VALUE}"}

Schema = dict[str, Any]


def schema() -> Schema:
    """The schema: tags, nesting, containers, header and 1 to 200 requests; the other values are control 2's."""
    told = _of(FICHIER)
    properties = told["properties"]
    properties["impId"] = _header(properties["impId"], type="null")
    properties["lignesImport"] |= {"minItems": 1, "maxItems": MOST_REQUESTS}
    for tag, field in HEADER_FIELDS.items():
        properties[tag] = _header(properties[tag], type="string", pattern=f"^{pattern(field)}$")
    values = {"title": "Valeur simple", "type": ["string", "number", "boolean", "null"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **told, "$defs": {_VALUE: values}}


def kept_schema(spelling: Spelling) -> Schema:
    """The schema kept in `templates/`, with its tags as the portal spells them."""
    kept: Schema = json.loads(template_path(NAME).read_text(encoding="utf-8"))
    return _respelled(kept, spelling)


def written() -> str:
    """The text of the file to keep."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _header(told: Schema, **constraints: str) -> Schema:
    """A value of the header, which control 1 judges itself."""
    return {name: value for name, value in told.items() if name != "$ref"} | constraints


def _of(node: Node) -> Schema:
    told: Schema = {"title": node.title}
    if node.format:
        told["description"] = node.format
    if node.shape is Shape.VALUE:
        return told | _REFERENCE
    held = _object(node) if node.children else _REFERENCE
    return told | ({"type": "array", "items": held} if node.shape is Shape.ARRAY else held)


def _object(node: Node) -> Schema:
    tags = [child.tag for child in node.children]
    return {
        "type": "object",
        "properties": {child.tag: _of(child) for child in node.children},
        "required": [] if node.may_be_empty else tags,
        "additionalProperties": False,
    }


def _respelled(part: Schema, spelling: Spelling) -> Schema:
    told = dict(part)
    if "properties" in part:
        told["properties"] = {
            spelling.emitted(tag): _respelled(value, spelling) for tag, value in part["properties"].items()
        }
        told["required"] = [spelling.emitted(tag) for tag in part["required"]]
    if "items" in part:
        told["items"] = _respelled(part["items"], spelling)
    return told


if __name__ == "__main__":
    template_path(NAME).write_text(written(), encoding="utf-8")
