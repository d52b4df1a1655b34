"""`/aide`: the docs as they are, rendered."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from converter.format.template_files import docs_folder
from converter.web.problems import Problem
from converter.web.rendering import page

router = APIRouter()
_FIRST = ("guide-utilisateur", "colonnes", "codes", "pieces-justificatives", "lectures-du-guide")
"""The pages that users read; the others follow by name."""
_NOT_IN_AN_ANCHOR = re.compile(r"[^\w -]")
_OURS = re.compile(r"(?:\./)?(?P<name>[a-z0-9-]+)\.md(?P<anchor>#.*)?")
_PICTURE = re.compile(r"(?:\./)?images/(?P<name>[A-Za-z0-9._-]+\.png)")


@dataclass(frozen=True, slots=True)
class ManualPage:
    """A page of the docs: its name in addresses, its title, its HTML."""

    name: str
    title: str
    html: str


@router.get("/aide")
def contents(request: Request) -> HTMLResponse:
    """The user guide, and the list of the pages."""
    return _shown(request, _FIRST[0])


@router.get("/aide/{name}")
def manual_page(request: Request, name: str) -> HTMLResponse:
    """One page."""
    return _shown(request, name)


@router.get("/aide/images/{name}")
def picture(name: str) -> Response:
    """A picture of the docs."""
    path = docs_folder() / "images" / name
    if not _PICTURE.fullmatch(f"images/{name}") or not path.is_file():
        raise Problem(404, "page-introuvable")
    return FileResponse(path, media_type="image/png")


def _shown(request: Request, name: str) -> HTMLResponse:
    shown = _pages().get(name)
    if shown is None:
        raise Problem(404, "page-introuvable")
    return page(request, "aide.html", shown=shown, pages=list(_pages().values()))


@cache
def _pages() -> dict[str, ManualPage]:
    """Every page of the docs, rendered once."""
    found = {path.stem: path for path in sorted(docs_folder().glob("*.md"))}
    names = [*(one for one in _FIRST if one in found), *(one for one in found if one not in _FIRST)]
    return {name: _rendered(name, found[name]) for name in names}


def _rendered(name: str, path: Path) -> ManualPage:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(path.read_text("utf-8"))
    _prepare(tokens)
    title = next(
        (_text(after) for one, after in _pairs(tokens) if one.type == "heading_open" and one.tag == "h1"), name
    )
    return ManualPage(name, title, markdown.renderer.render(tokens, markdown.options, {}))


def _prepare(tokens: list[Token]) -> None:
    """Give headings their anchors, tables and examples a frame that scrolls, and links their addresses here."""
    for one, after in _pairs(tokens):
        if one.type == "heading_open":
            one.attrSet("id", _NOT_IN_AN_ANCHOR.sub("", _text(after).lower()).replace(" ", "-"))
        for inline in one.children or ():
            _lead_here(inline)
    framed = [_framed(one) for one in tokens]
    tokens[:] = [part for parts in framed for part in parts]


def _framed(one: Token) -> list[Token]:
    """A token with the beginning or the end of a frame, where it begins or ends what may be wider than the page."""
    label = {"table_open": "Tableau", "fence": "Exemple", "code_block": "Exemple"}.get(one.type)
    begins = [_html(f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">')] if label else []
    ends = [_html("</div>")] if one.type in ("table_close", "fence", "code_block") else []
    return [*begins, one, *ends]


def _lead_here(one: Token) -> None:
    """A link to another page of the docs, or a picture of theirs, by its address on this server."""
    for name, pattern, folder in (("href", _OURS, "/aide/"), ("src", _PICTURE, "/aide/images/")):
        target = one.attrGet(name)
        if isinstance(target, str) and (ours := pattern.fullmatch(target)):
            one.attrSet(name, f"{folder}{ours['name']}{ours.groupdict().get('anchor') or ''}")


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    yield from zip(tokens, [*tokens[1:], None], strict=True)


def _text(inline: Token | None) -> str:
    """The words of a heading, without marks."""
    children: Any = inline.children if inline and inline.children else ()
    return "".join(one.content for one in children)


def _html(text: str) -> Token:
    return Token("html_block", "", 0, content=text)
