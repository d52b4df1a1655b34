"""What addresses of the interface have in common, for the OpenAPI document: answers, problems (RFC 9457), forms."""

from collections.abc import Sequence
from typing import Any

Responses = dict[int | str, dict[str, Any]]
_DOCUMENT = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "La phrase à montrer"},
        "code": {"type": "string", "description": "Un code de docs/codes.md"},
    },
}
_WORDS = {
    200: "Fait.",
    201: "Créé.",
    400: "Mal formé.",
    401: "Sans le jeton.",
    403: "Réservé à ceux qui déposent.",
    404: "Rien à cette adresse.",
    409: "Contraire à ce qui est déjà noté.",
    413: "Trop gros.",
    422: "Refusé, et pourquoi.",
}


_ETAG = {
    "ETag": {"description": "L'état de ce qui est rendu", "required": True, "schema": {"type": "string"}},
}

FILE = {"type": "string", "format": "binary"}
"""One file in a field of a form."""
FILES = {"type": "array", "items": FILE}
"""Several files in one field of a form."""


def multipart(required: Sequence[str] = (), **fields: object) -> dict[str, Any]:
    """The body of a request that sends files."""
    schema = {"type": "object", "properties": fields} | ({"required": [*required]} if required else {})
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def document(model: Any, status: int = 200, description: str = "") -> Responses:
    """The answer that is a document of this type, with its ETag."""
    return {status: {"description": description or _WORDS[status], "model": model, "headers": _ETAG}}


def file(media_type: str, description: str) -> Responses:
    """The answer that is a file, with its ETag."""
    return {200: {"description": description, "content": {media_type: {}}, "headers": _ETAG}}


def problems(*statuses: int) -> Responses:
    """These statuses, and those that any address may answer."""
    content = {"application/problem+json": {"schema": _DOCUMENT}}
    return {
        status: {"description": _WORDS[status], "content": content} for status in sorted({400, 401, 403, *statuses})
    }
