"""« Convertir »: the upload day and what will leave; the progress; then the lot."""

import re
import secrets
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.checking.options import today
from converter.findings import sentence
from converter.runs.once import batch_of_key
from converter.web.asked import day_of, options
from converter.web.conversions import ledger_key, sentence_of, stored_workbooks
from converter.web.departure import departure
from converter.web.desk import StoredWorkbook
from converter.web.judging import Judged
from converter.web.problems import Problem
from converter.web.rendering import page, see_other
from converter.web.users import Depositor, User
from converter.web.workbook_page import state_of

router = APIRouter()
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST_AT_ONCE = 100


@router.get("/convertir")
async def choose(request: Request, user: Depositor) -> HTMLResponse:
    """The form for the workbooks that the address names; the list of all, where it names none."""
    chosen = list(dict.fromkeys(request.query_params.getlist("classeur")))[:_MOST_AT_ONCE]
    if chosen:
        return await _form(request, user, chosen)
    listed = await request.app.state.work.run(lambda: request.app.state.desk.listed(user))
    return page(request, "choisir.html", workbooks=[(one, _refused(request, one)) for one in listed])


@router.get("/classeurs/{identifier}/convertir")
async def before_converting(request: Request, identifier: str, user: Depositor) -> HTMLResponse:
    """The form for one workbook."""
    return await _form(request, user, [identifier])


@router.post("/convertir")
async def convert(
    request: Request,
    user: Depositor,
    classeur: Annotated[list[str], Form()],
    cle: Annotated[str, Form()],
    date: Annotated[str, Form()] = "",
    renvoyer: Annotated[str, Form()] = "",
) -> Response:
    """Begin to convert; pressed twice, it is the same conversion."""
    chosen = list(dict.fromkeys(classeur))[:_MOST_AT_ONCE]
    day = day_of(date) if date.strip() else today()
    if not _KEY.fullmatch(cle):
        raise Problem(422, "page-requete")
    if day is None:
        again = {"refused": sentence("conversion-sans-jour", valeur=date), "key": cle, "day": date}
        return await _form(request, user, chosen, **again, resend=bool(renvoyer), status=422)
    stored = await stored_workbooks(request, user, chosen)
    asked = options(request, day=day, key=ledger_key(user.name, cle), resend=bool(renvoyer))
    request.app.state.conversions.start(asked, stored)
    return see_other(f"/conversions/{cle}")


@router.get("/conversions/{cle}")
async def follow(request: Request, cle: str, user: Depositor) -> Response:
    """How far a conversion is; its lot, once there is one."""
    key = ledger_key(user.name, cle)
    conversion = request.app.state.conversions.get(key)
    if conversion is None:  # begun by a server that has ended since
        asked = options(request, key=key)
        folder = await request.app.state.work.run(lambda: batch_of_key(asked))
        return see_other(f"/lots/{folder.name}") if folder else page(request, "conversion.html", status=404, failure="")
    if conversion.made:
        return see_other(f"/lots/{conversion.made.folder.name}")
    if conversion.failure:
        return page(request, "conversion.html", status=422, failure=sentence_of(conversion.failure))
    return page(request, "progres.html", conversion=conversion, key=cle)


async def _form(
    request: Request,
    user: User,
    chosen: Sequence[str],
    refused: str = "",
    key: str = "",
    day: str = "",
    *,
    resend: bool = False,
    status: int = 200,
) -> HTMLResponse:
    stored = await stored_workbooks(request, user, chosen)

    def judged() -> list[Judged]:
        return [request.app.state.judge.judge(one, again=True) for one in stored]

    found: list[Judged] = await request.app.state.work.run(judged)
    return page(
        request,
        "convertir.html",
        status=status,
        workbooks=stored,
        departure=departure(one.outcome for one in found),
        unreadable=[f"{one.stored.name}\u00a0: {one.refusal}" for one in found if one.refusal],
        resend=resend,
        refused=refused,
        key=key or secrets.token_urlsafe(24),
        day=day or today().isoformat(),
        today=today(),
    )


def _refused(request: Request, stored: StoredWorkbook) -> str:
    """The state of a workbook that is known not to be usable as it is; "" for any other."""
    judged: Judged | None = request.app.state.judge.last(stored)
    return state_of(judged) if judged and judged.refusal else ""
