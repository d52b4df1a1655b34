"""The gate: who is let in, before anything of a request is read; the headers of every answer; one line of log each.

A request must ask for a host that is ours, from one of our own pages or from none; then the token (a cookie, or
`Authorization: Bearer`) or the proxy says who comes. The log holds no address, no name and no value.
"""

import hmac
import logging
import time
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from converter.findings.door import on_page
from converter.web.problems import Problem, TooLarge, place, response
from converter.web.settings import Settings
from converter.web.uploads import bound_of, whole_megabytes
from converter.web.users import User

LOG = logging.getLogger("converter.web")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # « no-referrer » would make browsers send `Origin: null` with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OPEN = "/static/"  # the style sheet of the page that turns people away
_LONGEST_NAME = 200  # characters
_TOKEN = "jeton"  # noqa: S105 — the name of a parameter


class Gate:
    """The ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it; no exception goes further. There are no web sockets."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope["path"])
            await send(message)

        try:
            with on_page():
                await self._answer(scope, receive, answered)
        except Exception as error:  # noqa: BLE001 — nobody is left to report it
            LOG.error("défaut : %s", place(error))
            if status:
                raise _Broken from None  # half an answer has left: the connection is cut
            await response(Request(scope), Problem(500, "page-defaut"))(scope, receive, answered)
        finally:
            LOG.info("%s %s %d %d ms", scope["method"], _route(scope), status, 1000 * (time.perf_counter() - begun))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        try:
            self._refuse_foreign(connection)
            if (moved := self._moved(scope, connection)) is not None:
                await moved(scope, receive, send)
                return
            if not scope["path"].startswith(_OPEN):
                scope.setdefault("state", {})["user"] = self._user(connection)
        except Problem as problem:
            await response(Request(scope), problem)(scope, receive, send)
            return
        await self._app(scope, _BoundedBody(scope, receive), send)

    def _refuse_foreign(self, connection: HTTPConnection) -> None:
        """Refuse another host (a name made to point here) and another origin (a form or a script of another site)."""
        hosts, origins = connection.headers.getlist("host"), connection.headers.getlist("origin")
        listening = str((connection.scope.get("server") or ("",))[0])
        if len(hosts) != 1 or not self._settings.serves(hosts[0], listening):
            raise Problem(403, "page-hote")
        if any(not self._settings.accepts_origin(one, hosts[0]) for one in origins):
            raise Problem(403, "page-origine")
        reads = connection.scope["method"] in ("GET", "HEAD")
        if not reads and connection.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Problem(403, "page-origine")

    def _moved(self, scope: Scope, connection: HTTPConnection) -> Response | None:
        """An address with the token leads to the same without it, and a cookie; Problem 401 for a wrong token."""
        if self._settings.behind_proxy or scope["method"] != "GET" or _TOKEN not in connection.query_params:
            return None
        if not self._is_token(connection.query_params[_TOKEN]):
            raise Problem(401, "page-jeton", headers={"WWW-Authenticate": "Bearer"})
        kept = [pair for pair in parse_qsl(connection.url.query, keep_blank_values=True) if pair[0] != _TOKEN]
        path = "/" + connection.url.path.lstrip("/")  # two slashes would be another host
        answer = RedirectResponse(f"{path}?{urlencode(kept)}" if kept else path, 303)
        answer.set_cookie(self._settings.cookie, self._settings.token, httponly=True, samesite="strict")
        return answer

    def _user(self, connection: HTTPConnection) -> User:
        if self._settings.behind_proxy:
            return self._named_by_proxy(connection)
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        bearer = given.strip() if scheme.lower() == "bearer" else ""
        if self._is_token(bearer) or self._is_token(connection.cookies.get(self._settings.cookie, "")):
            return User("", may_deposit=True)
        raise Problem(401, "page-jeton", headers={"WWW-Authenticate": "Bearer"})

    def _named_by_proxy(self, connection: HTTPConnection) -> User:
        """The user that the proxy names, once; a header that comes from elsewhere is worth nothing."""
        peer = connection.client.host if connection.client else ""
        given = connection.headers.getlist(self._settings.user_header)
        name = _name(given[0]) if len(given) == 1 and self._settings.is_proxy(peer) else ""
        if not name:
            raise Problem(403, "page-utilisateur")
        return User(name, name in self._settings.depositors)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._settings.token.encode())


class _BoundedBody:
    """The body of a request, which stops beyond what its route takes: little, unless the route said otherwise."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._state = scope.setdefault("state", {})
        self._receive = receive
        length = Headers(scope=scope).get("content-length", "")
        self._announced = int(length) if length.isdecimal() else 0
        self._read = 0

    async def __call__(self) -> Message:
        """The next piece; TooLarge beyond the bound, before anything is read if the body announces it."""
        self._refuse_beyond(self._announced)
        message = await self._receive()
        self._read += len(message.get("body", b""))
        self._refuse_beyond(self._read)
        return message

    def _refuse_beyond(self, size: int) -> None:
        bound = bound_of(self._state)
        if size > bound.most:
            raise TooLarge(bound.code, whole_megabytes(bound.most))


class _Broken(Exception):  # noqa: N818 — cuts the connection; never seen by anybody
    """An answer that could not be finished."""


def _name(header: str) -> str:
    """The user's name that a header gives; "" when it is none. Headers are bytes, that frameworks read as Latin-1."""
    name = header.encode("latin-1").decode("utf-8", "replace").strip()
    return name if name.isprintable() and "\ufffd" not in name and len(name) <= _LONGEST_NAME else ""


def _add_headers(message: Message, path: str) -> None:
    headers = MutableHeaders(raw=message["headers"])
    for name, value in HEADERS.items():
        headers[name] = value
    headers["Cache-Control"] = "no-cache" if path.startswith(_OPEN) else "no-store"


def _route(scope: Scope) -> str:
    """The template of the address (`/demandes/{numero}`), never the address itself."""
    path = getattr(scope.get("route"), "path", "-")
    inside = scope["path"].startswith("/api/") and path.startswith("/") and not path.startswith("/api/")
    return f"/api{path}" if inside else str(path)
