"""`/lots`: what to upload to the portal, in order; each file downloaded, noted as uploaded, or voided."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from converter.checking.options import today
from converter.findings import Refusal
from converter.runs.deposit import note_deposit
from converter.runs.lots import FileToDeposit, Lot, elsewhere, lot_names, lot_of, lots
from converter.runs.void import void_file
from converter.web.asked import day_of, options, page_of
from converter.web.lot_files import found_lot, lot_file
from converter.web.problems import Problem
from converter.web.rendering import page, see_other
from converter.web.to_save import attachment, zipped
from converter.web.users import depositor

router = APIRouter(dependencies=[Depends(depositor)])
_PAGE = 25
_MOST_HELD_BACK = 200


@router.get("/lots")
def every_lot(request: Request) -> HTMLResponse:
    """The batches, the latest first."""
    seen = options(request)
    names = lot_names(seen)
    number = page_of(request.query_params)
    shown = lots(names[(number - 1) * _PAGE : number * _PAGE], seen)
    pages = max(-(-len(names) // _PAGE), 1)
    return page(request, "lots.html", lots=shown, number=number, pages=pages, elsewhere=elsewhere(seen))


@router.get("/lots/fichier/{file}")
def where(request: Request, file: str) -> Response:
    """From a file to the batch that holds it."""
    name = lot_of(file, options(request))
    if name is None:
        raise Problem(404, "page-introuvable")
    return see_other(f"/lots/{name}#{file}")


@router.get("/lots/{name}")
def one_lot(request: Request, name: str) -> HTMLResponse:
    """One batch."""
    return _shown(request, name)


@router.get("/lots/{name}/tout.zip")
def everything(request: Request, name: str) -> Response:
    """All its files in one zip, made while it leaves."""
    found = found_lot(request, name)
    return StreamingResponse(
        zipped(found.downloads), media_type="application/zip", headers=attachment(f"{found.name}.zip")
    )


@router.get("/lots/{name}/{file}")
def download(request: Request, name: str, file: str) -> Response:
    """One file of it."""
    return lot_file(request, name, file)


@router.post("/lots/{name}/{file}/depot")
def deposited(
    request: Request,
    name: str,
    file: str,
    jour: Annotated[str, Form()] = "",
    retirer: Annotated[str, Form()] = "",
) -> Response:
    """Note the day on which a file was uploaded, or that it was not."""
    _its_file(found_lot(request, name), file)
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
def before_voiding(request: Request, name: str, file: str) -> HTMLResponse:
    """What voiding a file will do, and the button that does it."""
    found = found_lot(request, name)
    return page(request, "annuler.html", lot=found, file=_its_file(found, file))


@router.post("/lots/{name}/{file}/annuler")
def void(request: Request, name: str, file: str) -> Response:
    """Void a file that was never uploaded."""
    _its_file(found_lot(request, name), file)
    try:
        voided = void_file(file, options(request))
    except Refusal as refusal:
        return _shown(request, name, str(refusal), status=422)
    return see_other(f"/lots/{name}#{file}", " ".join((voided.sentence, *voided.not_copied)))


def _shown(request: Request, name: str, refused: str = "", *, status: int = 200) -> HTMLResponse:
    found = found_lot(request, name)
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


def _its_file(found: Lot, file: str) -> FileToDeposit:
    for one in found.to_deposit:
        if one.counts.name == file:
            return one
    raise Problem(404, "page-introuvable")
