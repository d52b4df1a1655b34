"""Documents as answers: written by native code, since some hold a hundred thousand findings. Each has its ETag."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import JSONResponse


class Document(JSONResponse):
    """A JSON document, as `--json` gives it; its ETag is that of its bytes, unless `headers` give another."""

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, headers)
        self.headers.setdefault("ETag", etag_of(bytes(self.body)))

    def render(self, content: Any) -> bytes:
        """Its bytes."""
        return orjson.dumps(content)


def etag_of(content: bytes) -> str:
    """The ETag of these bytes: others have another."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
