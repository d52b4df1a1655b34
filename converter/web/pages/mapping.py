"""The page `/classeurs/ID/correspondance`: which of a workbook's columns is which of ours."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.findings import sentence
from converter.web.asked import number_of
from converter.web.corrections import attempted
from converter.web.judging import Judged
from converter.web.problems import Problem
from converter.web.receiving import received_mapping
from converter.web.rendering import page, see_other
from converter.web.to_save import attachment
from converter.web.users import CurrentUser
from converter.web.workbook_mapping import (
    TEXT,
    ShownMapping,
    read_through,
    shown_mapping,
    typed_mapping,
)

router = APIRouter()
_NONE = "sans"
"""The button that gives the mapping up."""


@router.get("/classeurs/{identifier}/correspondance")
async def see(request: Request, user: CurrentUser, identifier: str) -> Response:
    """The mapping as it stands, or a first one, in a field where it is completed."""

    def shown() -> HTMLResponse:
        judged = request.app.state.judge.judge(request.app.state.desk.get(user, identifier))
        return _shown(request, judged, shown_mapping(judged))

    answer: Response = await request.app.state.work.run(shown)
    return answer


@router.get("/classeurs/{identifier}/correspondance.toml")
async def save(request: Request, user: CurrentUser, identifier: str) -> Response:
    """The same, as a file to keep beside the workbook and to drop with the next one."""

    def shown() -> ShownMapping:
        return shown_mapping(request.app.state.judge.judge(request.app.state.desk.get(user, identifier)))

    it = await request.app.state.work.run(shown)
    if not it.content:
        raise Problem(404, "page-introuvable")
    return Response(it.content, media_type="application/toml", headers=attachment(it.name))


@router.post("/classeurs/{identifier}/correspondance")
async def change(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Read the workbook through what was typed or chosen: then to the workbook, or back here if it cannot be."""
    form, upload = await received_mapping(request, user, identifier)

    def read() -> Response:
        desk, judge = request.app.state.desk, request.app.state.judge
        here = f"/classeurs/{quote(identifier)}"
        mapping = None if _NONE in form else typed_mapping(desk, desk.get(user, identifier), form, upload)
        if mapping is None and _NONE not in form:
            return see_other(f"{here}/correspondance", sentence("page-sans-correspondance"))
        revision = number_of(form.get("revision"))
        done = attempted(
            desk, judge, user, identifier,
            lambda: (read_through(desk, judge, user, identifier, revision, mapping), ""),
        )  # fmt: skip
        if done.stale:
            return _too_late(request, done.judged, form)
        return see_other(f"{here}/correspondance" if mapping and done.judged.workbook is None else here)

    answer: Response = await request.app.state.work.run(read)
    return answer


def _too_late(request: Request, judged: Judged, form: Mapping[str, str]) -> Response:
    """What was typed, to be sent again; where nothing was, the mapping as it stands now."""
    if not form.get(TEXT, "").strip():
        return see_other(f"/classeurs/{quote(judged.stored.id)}/correspondance", sentence("page-perimee"))
    said = sentence("page-perimee", case="correspondance")
    typed = replace(shown_mapping(judged), content=form[TEXT].encode(), refusal=said)
    return _shown(request, judged, typed, 409)


def _shown(request: Request, judged: Judged, it: ShownMapping, status: int = 200) -> HTMLResponse:
    return page(request, "correspondance.html", status=status, stored=judged.stored, it=it)
