"""The pages `/` and `/classeurs/ID`: drop, read, correct, take away."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.findings.french import counted
from converter.format.template_files import template_path
from converter.web.asked import number_of
from converter.web.attaching import attach, document_of
from converter.web.corrections import announcement, attempted, keep, typed_changes
from converter.web.desk import StoredWorkbook
from converter.web.downloads import annotated_copy, corrected_copy
from converter.web.judging import Judge, Judged
from converter.web.receiving import received_documents, received_form, received_workbooks
from converter.web.rendering import environment, page, see_other
from converter.web.sheet_view import View
from converter.web.to_save import workbook
from converter.web.users import CurrentUser, User
from converter.web.workbook_page import state_of, workbook_page

router = APIRouter()
_LISTED = 100
_FRAGMENT = "X-Fragment"
"""Sent by our script, which wants the part of the page that changes, and borne by such an answer."""
TEMPLATE = "modele-mdv-lgc.xlsx"


@dataclass(frozen=True, slots=True)
class ListedWorkbook:
    """One line of the workbooks at work; `tone`: the colour of its state; `batch`: the lot it became, "" for none."""

    id: str
    name: str
    owner: str
    received: str
    state: str
    tone: str
    batch: str


@router.get("/")
async def home(request: Request, user: CurrentUser) -> HTMLResponse:
    """What to drop, and the workbooks still at work."""
    desk, judge = request.app.state.desk, request.app.state.judge
    stored = await request.app.state.work.run(lambda: desk.listed(user))
    return page(
        request,
        "accueil.html",
        key=secrets.token_urlsafe(16),
        rows=[_listed(one, judge) for one in stored[:_LISTED]],
        more=max(0, len(stored) - _LISTED),
        everyone=bool(user.name) and user.may_deposit,
        keep_days=request.app.state.settings.keep_days,
    )


@router.get("/modele.xlsx")
def template() -> Response:
    """The empty workbook to fill."""
    return workbook(template_path(TEMPLATE).read_bytes(), TEMPLATE)


@router.post("/classeurs")
async def drop(request: Request, user: CurrentUser) -> Response:
    """Take workbooks and documents in; then to the only workbook, or to the list of several."""
    stored = await received_workbooks(request, user)
    return see_other(_address(stored[0]) if len(stored) == 1 else "/")


@router.get("/classeurs/{identifier}")
async def see(request: Request, user: CurrentUser, identifier: str) -> Response:
    """The result, and the sheet as it stands now, compared with the ledger as it is."""
    return await _shown(request, user, identifier, View.of(dict(request.query_params)), again=True)


@router.post("/classeurs/{identifier}")
async def look(request: Request, user: CurrentUser, identifier: str) -> Response:
    """The rows that a person asks for; nothing changes. What is searched for is in no address."""
    form = await received_form(request)
    return await _shown(request, user, identifier, View.of(form))


@router.post("/classeurs/{identifier}/cellules")
async def correct(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Keep what was typed in the cells of the form, and judge the workbook again."""
    form = await received_form(request)
    view = _view(request, form)

    def change() -> tuple[Judged, str]:
        stored = request.app.state.desk.get(user, identifier)
        judge: Judge = request.app.state.judge
        changes = typed_changes(judge.judge(stored), view.sheet, form)
        judged = keep(request.app.state.desk, judge, user, stored, number_of(form.get("revision")), changes)
        return judged, announcement(judged, changes) if changes else ""

    return await _done(request, user, identifier, view, change)


@router.post("/classeurs/{identifier}/annuler")
async def undo(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Take the last change back."""
    form = await received_form(request)

    def take_back() -> tuple[Judged, str]:
        stored = request.app.state.desk.undo(user, identifier, number_of(form.get("revision")))
        return request.app.state.judge.judge(stored), "Dernière correction annulée."

    return await _done(request, user, identifier, _view(request, form), take_back)


@router.post("/classeurs/{identifier}/pieces")
async def documents(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Take documents in; one that was dropped on a cell is named by it from now on."""
    form, uploads = await received_documents(request, user, identifier)
    view = _view(request, form)
    place = document_of(form, view.sheet)

    def add() -> tuple[Judged, str]:
        judged = attach(request.app.state.desk, request.app.state.judge, user, identifier, uploads, place)
        return judged, f"{counted(len(uploads), 'pièce jointe', 'pièces jointes')}."

    return await _done(request, user, identifier, view, add)


@router.get("/classeurs/{identifier}/corrige.xlsx")
async def corrected_workbook(request: Request, user: CurrentUser, identifier: str) -> Response:
    """The user's own workbook with the cells put right."""
    return await corrected_copy(request, user, identifier)


@router.get("/classeurs/{identifier}/annote.xlsx")
async def annotated_workbook(request: Request, user: CurrentUser, identifier: str) -> Response:
    """The annotated copy."""
    return await annotated_copy(request, user, identifier)


@router.post("/classeurs/{identifier}/supprimer")
async def delete(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Delete the workbook, its documents and its corrections from here."""

    def forget() -> str:
        name: str = request.app.state.desk.get(user, identifier).name
        request.app.state.desk.delete(user, identifier)
        request.app.state.judge.forget(identifier)
        return name

    name = await request.app.state.work.run(forget)
    return see_other("/", f"«\u00a0{name}\u00a0» est retiré.")


async def _shown(request: Request, user: User, identifier: str, view: View, *, again: bool = False) -> Response:
    def judged() -> Judged:
        stored = request.app.state.desk.get(user, identifier)
        found: Judged = request.app.state.judge.judge(stored, again=again)
        return found

    answer: Response = await request.app.state.work.run(lambda: _page(request, judged(), view))
    return answer


def _page(request: Request, judged: Judged, view: View, said: str = "", status: int = 200) -> Response:
    """The page, or the part of it that our script asks for."""
    it = workbook_page(judged, view)
    headers = {"ETag": judged.etag}
    if _FRAGMENT in request.headers:
        html = environment().get_template("_resultat.html").render(it=it, said=said, user=request.state.user)
        return HTMLResponse(html, status, headers | {_FRAGMENT: "1"})
    answer = page(request, "classeur.html", status=status, it=it, said=said)
    answer.headers.update(headers)
    return answer


async def _done(
    request: Request, user: User, identifier: str, view: View, work: Callable[[], tuple[Judged, str]]
) -> Response:
    """The answer to a change: the part of the page for our script, else the page again. A change of a state that is
    no longer the last one is not made; the state as it is now is shown."""

    def run() -> Response:
        done = attempted(request.app.state.desk, request.app.state.judge, user, identifier, work)
        if _FRAGMENT in request.headers:
            return _page(request, done.judged, view, done.said, done.status)
        query = f"?{view.query}" if view.query else ""
        return see_other(f"{_address(done.judged.stored)}{query}#feuille", done.said)

    answer: Response = await request.app.state.work.run(run)
    return answer


def _view(request: Request, form: Mapping[str, object]) -> View:
    """What is shown after a change: what the form says, else the address."""
    return View.of(form if "vue" in form else {**dict(request.query_params), **form})


def _listed(stored: StoredWorkbook, judge: Judge) -> ListedWorkbook:
    judged = judge.last(stored)
    received = stored.received.astimezone()
    return ListedWorkbook(
        stored.id,
        stored.name,
        stored.owner,
        f"{received:%d/%m/%Y %H:%M}",
        state_of(judged) if judged else "À rouvrir",
        _tone(judged),
        stored.lot,
    )


def _tone(judged: Judged | None) -> str:
    if judged is None:
        return ""
    return "erreur" if judged.refusal else "avertissement" if any(one.to_correct for one in judged.sheets) else "bien"


def _address(stored: StoredWorkbook) -> str:
    return f"/classeurs/{quote(stored.id)}"
