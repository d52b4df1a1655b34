"""`/api/docs`: the HTTP interface as a page, made from the OpenAPI document; no outside script."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from converter.web.rendering import page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that a program may send; `parameters`: (name, where, what); `answers`: (status, what)."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, str], ...]
    body: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


@router.get("/api/docs")
def interface(request: Request) -> HTMLResponse:
    """The page of the HTTP interface."""
    return page(request, "interface.html", operations=list(_operations(request.app.openapi())))


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            yield Operation(
                method.upper(),
                path,
                one.get("summary", ""),
                one.get("description", ""),
                tuple((each["name"], each["in"], each.get("description", "")) for each in one.get("parameters", ())),
                tuple(one.get("requestBody", {}).get("content", {})),
                tuple((status, answer["description"]) for status, answer in one["responses"].items()),
            )
