"""Why a request is refused: a problem document (RFC 9457) under `/api`, a page elsewhere; never a trace."""

import traceback
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from converter.findings import Refusal, catalogue, sentence
from converter.web.rendering import page

_STATUS = {
    "fichier-trop-gros": 413,
    "disque-plein": 507,
    **dict.fromkeys(("status-demande-inconnue", "annulation-fichier-inconnu", "depot-fichier-inconnu"), 404),
    **dict.fromkeys(("annulation-deja-faite", "annulation-deja-depose", "annulation-deja-repondue"), 409),
}
"""The statuses of refusals that are not 422."""
_CODES = {404: "page-introuvable", 405: "page-methode"}
"""The codes of what the framework refuses by itself."""


class Problem(Exception):  # noqa: N818 — what the user reads: a problem with its reason, not a program's error
    """What stops a request: an HTTP status, and a code of the catalogue, whose sentence is `detail`.

    `case`, `details`: of the code's sentence, as for a `Refusal`. `headers`: added to those of the answer.
    """

    def __init__(
        self, status: int, code: str, *, case: str = "", headers: Mapping[str, str] | None = None, **details: str
    ) -> None:
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.detail = sentence(code, case=case, **details)
        super().__init__(self.detail)


class TooLarge(HTTPException):
    """What stops a body beyond its bound: every route of the framework lets an HTTPException of its own through.

    `code`: why it is the bound; `limit`: the bound, in words.
    """

    def __init__(self, code: str, limit: str) -> None:
        super().__init__(413)
        self.code = code
        self.limit = limit


def response(request: Request, problem: Problem) -> Response:
    """The answer to a problem."""
    return _answer(request, problem.status, problem.code, problem.detail, problem.headers)


def refused(request: Request, refusal: Refusal) -> Response:
    """The answer to a refusal of the library."""
    return _answer(request, _STATUS.get(refusal.code, 422), refusal.code, str(refusal), {})


def install(app: FastAPI) -> None:
    """Answer each exception of a route; the gate answers those that nobody foresaw."""

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 — for the types: it is registered for these alone
        return response(request, error)

    async def refusal(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101
        return refused(request, error)

    async def of_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if isinstance(error, TooLarge):
            return response(request, Problem(413, error.code, limite=error.limit))
        code = _CODES.get(error.status_code, "page-requete")
        return response(request, Problem(error.status_code, code, headers=error.headers))

    async def malformed(request: Request, _: Exception) -> Response:
        return response(request, Problem(422, "page-requete"))

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(Refusal, refusal)
    app.add_exception_handler(HTTPException, of_framework)
    app.add_exception_handler(RequestValidationError, malformed)


def place(error: BaseException) -> str:
    """The kind of an unforeseen error and where it arose in our code, without any value, for the log."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "converter" in one.filename]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} {where}"


def _answer(request: Request, status: int, code: str, detail: str, headers: Mapping[str, str]) -> Response:
    title = catalogue()[code].title
    if request.url.path.startswith("/api/"):
        document = {"type": f"urn:converter:{code}", "title": title, "status": status, "detail": detail, "code": code}
        return JSONResponse(document, status, headers, media_type="application/problem+json")
    answer = page(request, "probleme.html", status=status, title=title, detail=detail, code=code)
    answer.headers.update(headers)
    return answer
