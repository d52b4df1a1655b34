"""`/retours`: files that the portal handed back; accepted, refused and unknown, request by request."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.findings import Refusal
from converter.runs.browse import entries
from converter.runs.lots import lot, lot_of
from converter.runs.take_return import correct_again, reject_file, take_return
from converter.web.asked import options
from converter.web.desk import Desk, StoredWorkbook, Upload
from converter.web.dropped_before import dropped_before
from converter.web.problems import Problem
from converter.web.receiving import received_returns
from converter.web.rendering import page, see_other
from converter.web.returning import kept, shown, workbooks_of
from converter.web.users import Depositor, User, depositor

router = APIRouter(dependencies=[Depends(depositor)])
_MOST_SHOWN = 300
"""Requests of each kind that the page shows."""


@router.get("/retours")
def returns(request: Request) -> HTMLResponse:
    """The form."""
    return page(request, "retours.html", refused="", typed={"nom": "", "motif": ""})


@router.post("/retours")
async def take_in(request: Request) -> Response:
    """Take in the files of the form, then show what they said."""
    try:
        async with received_returns(request) as files:
            if not files:
                raise Refusal("return-sans-fichier-recu")
            asked = options(request)
            identifier = await kept(request, lambda: take_return(files, asked))
    except Refusal as refusal:
        return page(request, "retours.html", status=422, refused=str(refusal), typed={"nom": "", "motif": ""})
    return see_other(f"/retours/{identifier}")


@router.post("/retours/a-corriger")
async def make_again(request: Request) -> Response:
    """The workbooks to correct of all that was refused or rejected and nothing has replaced since."""
    asked = options(request)
    return see_other(f"/retours/{await kept(request, lambda: correct_again(asked))}")


@router.post("/retours/rejet")
async def reject(
    request: Request,
    nom: Annotated[str, Form()] = "",
    motif: Annotated[str, Form()] = "",
) -> Response:
    """A file that the portal rejected whole."""
    asked = options(request)
    try:
        identifier = await kept(request, lambda: reject_file(nom.strip(), motif, asked))
    except Refusal as refusal:
        return page(request, "retours.html", status=422, refused=str(refusal), typed={"nom": nom, "motif": motif})
    return see_other(f"/retours/{identifier}")


@router.get("/retours/{identifier}")
def said(request: Request, identifier: str) -> HTMLResponse:
    """What files handed back said."""
    document = shown(request, identifier)
    if document is None:
        raise Problem(404, "page-introuvable")
    return page(
        request,
        "retour.html",
        identifier=identifier,
        document=document,
        workbooks=workbooks_of(document),
        most=_MOST_SHOWN,
    )


@router.post("/retours/{identifier}/corriger")
async def correct(
    request: Request, identifier: str, user: Depositor, classeur: Annotated[int, Form(ge=0)] = 0
) -> Response:
    """Open a workbook to correct in the page."""
    document = shown(request, identifier)
    workbooks = workbooks_of(document) if document else []
    if classeur >= len(workbooks):
        raise Problem(404, "page-introuvable")
    named = workbooks[classeur]
    found = lot(named.lot, options(request))
    path = next((one for one in (found.workbooks if found else ()) if one.name == named.name), None)
    if path is None:
        raise Problem(404, "page-introuvable")
    key = f"{identifier}/{classeur}"  # pressed twice, it is the same workbook
    stored, said = await request.app.state.work.run(lambda: _opened(request, user, path, named.requests, key))
    return see_other(f"/classeurs/{stored.id}", said)


def _opened(request: Request, user: User, path: Path, numbers: Collection[str], key: str) -> tuple[StoredWorkbook, str]:
    """The workbook at `path`, kept with the documents of its requests that are still here; what to say of these."""
    desk: Desk = request.app.state.desk
    asked = options(request)
    left = entries(numbers, asked)
    batches = {file: lot_of(file, asked) or "" for file in {one.file for one in left}}
    documents = dropped_before(desk, user, [(one, batches[one.file]) for one in left])
    upload = Upload(path.name, desk.files.write(path.read_bytes()))
    (stored,) = desk.add_all(user, [upload], documents.found, key=key)
    return stored, documents.sentence
