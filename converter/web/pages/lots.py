"""`/lots`: what to upload to the portal, in order; each file downloaded, noted as uploaded, or voided."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse

from converter.checking.options import today
from converter.findings import Refusal
from converter.findings.french import counted
from converter.runs.deposit import note_deposit
from converter.runs.lots import FileToDeposit, Lot, elsewhere, lot, lot_names, lot_of, lots
from converter.runs.void import void_file
from converter.web.asked import day_of, options, page_of
from converter.web.problems import Problem
from converter.web.rendering import page, see_other
from converter.web.to_save import attachment, zipped
from converter.web.users import Depositor

router = APIRouter()
_PAGE = 25
_MOST_HELD_BACK = 200


@router.get("/lots")
def every_lot(request: Request, user: Depositor) -> HTMLResponse:  # noqa: ARG001 — asked for, so that others are refused
    """The batches, the latest first."""
    seen = options(request)
    names = lot_names(seen)
    number = page_of(request.query_params)
    shown = lots(names[(number - 1) * _PAGE : number * _PAGE], seen)
    pages = max(-(-len(names) // _PAGE), 1)
    return page(request, "lots.html", lots=shown, number=number, pages=pages, elsewhere=elsewhere(seen))


@router.get("/lots/fichier/{file}")
def where(request: Request, file: str, user: Depositor) -> Response:  # noqa: ARG001
    """From a file to the batch that holds it."""
    name = lot_of(file, options(request))
    if name is None:
        raise Problem(404, "page-introuvable")
    return see_other(f"/lots/{name}#{file}")


@router.get("/lots/{name}")
def one_lot(request: Request, name: str, user: Depositor) -> HTMLResponse:  # noqa: ARG001
    """One batch."""
    return _shown(request, name)


@router.get("/lots/{name}/tout.zip")
def everything(request: Request, name: str, user: Depositor) -> Response:  # noqa: ARG001
    """All its files in one zip, made while it leaves."""
    found = _found(request, name)
    return StreamingResponse(
        zipped(found.downloads), media_type="application/zip", headers=attachment(f"{found.name}.zip")
    )


@router.get("/lots/{name}/{file}")
def download(request: Request, name: str, file: str, user: Depositor) -> Response:  # noqa: ARG001
    """One file of it."""
    return lot_file(request, name, file)


@router.post("/lots/{name}/{file}/depot")
def deposited(
    request: Request,
    name: str,
    file: str,
    user: Depositor,  # noqa: ARG001
    jour: Annotated[str, Form()] = "",
    retirer: Annotated[str, Form()] = "",
) -> Response:
    """Note the day on which a file was uploaded, or that it was not."""
    _its_file(_found(request, name), file)
    day = None if retirer else day_of(jour)
    try:
        if not retirer and day is None:
            raise Refusal("depot-sans-jour", valeur=jour)
        noted = note_deposit(file, day, options(request))
    except Refusal as refusal:
        return _shown(request, name, str(refusal), status=422)
    said = f"{file}\u00a0: déposé le {day:%d/%m/%Y}." if day else f"{file}\u00a0: dépôt retiré."
    return see_other(f"/lots/{name}#{file}", " ".join((said, *noted.recovered, *noted.not_copied)))


@router.get("/lots/{name}/{file}/annuler")
def before_voiding(request: Request, name: str, file: str, user: Depositor) -> HTMLResponse:  # noqa: ARG001
    """What voiding a file will do, and the button that does it."""
    found = _found(request, name)
    return page(request, "annuler.html", lot=found, file=_its_file(found, file))


@router.post("/lots/{name}/{file}/annuler")
def void(request: Request, name: str, file: str, user: Depositor) -> Response:  # noqa: ARG001
    """Void a file that was never uploaded."""
    _its_file(_found(request, name), file)
    try:
        voided = void_file(file, options(request))
    except Refusal as refusal:
        return _shown(request, name, str(refusal), status=422)
    free = counted(len(voided.freed), "demande est de nouveau libre", "demandes sont de nouveau libres")
    said = f"{file} est annulé\u00a0: {free}, sous le même numéro éditeur."
    return see_other(f"/lots/{name}#{file}", " ".join((said, *voided.not_copied)))


def lot_file(request: Request, name: str, file: str) -> Response:
    """A file of a batch, to save; Problem 404 for any other name."""
    found = next((one for one in _found(request, name).downloads if one.name == file), None)
    if found is None:
        raise Problem(404, "page-introuvable")
    return FileResponse(found, media_type="application/octet-stream", headers=attachment(found.name))


def _shown(request: Request, name: str, refused: str = "", *, status: int = 200) -> HTMLResponse:
    found = _found(request, name)
    held_back = found.record.held_back if found.record else ()
    return page(
        request,
        "lot.html",
        status=status,
        lot=found,
        held_back=held_back[:_MOST_HELD_BACK],
        more=len(held_back) - _MOST_HELD_BACK,
        refused=refused,
        today=today(),
    )


def _found(request: Request, name: str) -> Lot:
    found = lot(name, options(request))
    if found is None:
        raise Problem(404, "page-introuvable")
    return found


def _its_file(found: Lot, file: str) -> FileToDeposit:
    for one in found.to_deposit:
        if one.counts.name == file:
            return one
    raise Problem(404, "page-introuvable")
