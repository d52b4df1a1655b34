"""Pages: a Jinja2 template, what every page shows around it, and the sentence left by what was just done."""

import base64
from collections.abc import Callable
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from converter.findings.french import counted, euros, long_date, megabytes, thousands, tidy
from converter.format.template_files import template_path

STATIC = template_path("web/static")
"""The folder of the style sheet and the scripts."""
_FLASH = "converter-dit"
_LONGEST_FLASH = 1_500  # bytes: a browser keeps cookies of 4 KB


@cache
def environment() -> Environment:
    """The templates of `templates/web`, everything escaped."""
    made = Environment(
        loader=FileSystemLoader(template_path("web")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: tuple[Callable[..., str], ...] = (counted, euros, long_date, megabytes, thousands, tidy)
    made.filters.update({one.__name__: one for one in filters})
    return made


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page. `base.html` gets who came (`user`, None when nobody was let in), `path`, what to say once (`flash`)."""
    said = request.cookies.get(_FLASH, "")
    text = (
        environment()
        .get_template(template)
        .render(
            user=getattr(request.state, "user", None),
            path=request.url.path,
            flash=_decoded(said),
            **{"status": status, **context},
        )
    )
    answer = HTMLResponse(text, status)
    if said:
        answer.delete_cookie(_FLASH, httponly=True, samesite="strict")
    return answer


def see_other(to: str, said: str = "") -> Response:
    """The answer to a form: what was done is done, now see `to`. `said`: a sentence to show there, once."""
    answer = RedirectResponse(to, 303)
    if said:
        encoded = base64.urlsafe_b64encode(said.encode()[:_LONGEST_FLASH]).decode()
        answer.set_cookie(_FLASH, encoded, max_age=120, httponly=True, samesite="strict")
    return answer


def _decoded(said: str) -> str:
    try:
        return base64.urlsafe_b64decode(said).decode(errors="ignore")
    except ValueError:  # not written by us
        return ""
