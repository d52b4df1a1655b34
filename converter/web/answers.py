"""Documents as answers: written by native code, since some hold a hundred thousand findings."""

from typing import Any

import orjson
from starlette.responses import JSONResponse


class Document(JSONResponse):
    """A JSON document, as `--json` gives it."""

    def render(self, content: Any) -> bytes:
        """Its bytes."""
        return orjson.dumps(content)
