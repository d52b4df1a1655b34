"""`/api/lots`: workbooks converted into a batch, once for one key; the batches and their files."""

import asyncio
import datetime
import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from converter.checking.options import today
from converter.findings import Refusal
from converter.runs.lots import Lot, lot_names, lots
from converter.runs.once import batch_of_key
from converter.runs.void import VoidDocument, void_file
from converter.runs.void import to_json as void_document
from converter.views.lot_document import LotDocument, LotsDocument, WholeLotDocument, lot_document
from converter.views.run_record import read_findings
from converter.web.answers import Document
from converter.web.api.openapi_parts import document, file, problems
from converter.web.asked import options
from converter.web.conversions import Conversion, ledger_key, stored_workbooks
from converter.web.lot_files import found_lot, lot_file
from converter.web.problems import Problem
from converter.web.users import Depositor, depositor

router = APIRouter(dependencies=[Depends(depositor)], tags=["lots"], responses=problems(404, 413, 422))
LotName = Annotated[str, Path(description="Nom du lot : lot-AAAAMMJJ-NN", examples=["lot-20261122-01"])]
FileName = Annotated[str, Path(alias="file", description="Nom du fichier", examples=["rapport.html"])]
Key = Annotated[str, Path(min_length=1, max_length=200, description="La valeur de Idempotency-Key")]


class ConversionAsked(BaseModel):
    """Les classeurs à convertir en un lot ; le jour du dépôt (aujourd'hui, sans lui) ; `renvoyer` : vrai pour que les
    demandes refusées où rien n'a changé repartent aussi."""

    model_config = ConfigDict(extra="forbid")

    classeurs: Annotated[list[str], Field(min_length=1, max_length=100)]
    date: datetime.date | None = None
    renvoyer: StrictBool = False


class VoidAsked(BaseModel):
    """Le nom du fichier JSON qui n'a pas été et ne sera pas déposé."""

    model_config = ConfigDict(extra="forbid")

    fichier: Annotated[str, Field(min_length=1, max_length=200)]


class ConversionState(BaseModel):
    """Où en est une conversion ; `lot` quand il est fait, `detail` quand c'est impossible."""

    state: Literal["running", "made", "failed"]
    done: int
    total: int
    what: str
    lot: str | None = None
    detail: str | None = None


@router.post(
    "/lots", status_code=201, summary="Convertit des classeurs en un lot", responses=document(WholeLotDocument, 201)
)
async def convert(
    request: Request,
    user: Depositor,
    asked: ConversionAsked,
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Nomme ce qui est demandé"),
    ] = None,
) -> Document:
    """Le document de `convert --json`, où les chemins sont des adresses.

    La même `Idempotency-Key` donne le même lot, une seule fois, même si le serveur s'est arrêté entre-temps.
    `renvoyer` : les demandes refusées où rien n'a changé repartent aussi.
    """
    name = ledger_key(user.name, key or secrets.token_urlsafe(24))
    wanted = options(request, day=asked.date or today(), key=name, resend=asked.renvoyer)
    made = await request.app.state.work.run(lambda: batch_of_key(wanted)) if key else None
    if made is None:
        stored = await stored_workbooks(request, user, asked.classeurs)
        conversion = request.app.state.conversions.start(wanted, stored)
        made = (await asyncio.shield(asyncio.wrap_future(conversion.future))).folder
    return Document(await _whole(request, made.name), 201, {"Location": f"/api/lots/{made.name}"})


@router.get("/conversions/{key}", summary="Dit où en est une conversion")
def follow(request: Request, key: Key, user: Depositor) -> ConversionState:
    """La conversion demandée sous cette `Idempotency-Key` ; 404 s'il n'y en a pas."""
    name = ledger_key(user.name, key)
    conversion: Conversion | None = request.app.state.conversions.get(name)
    if conversion is None:
        folder = batch_of_key(options(request, key=name))
        if folder is None:
            raise Problem(404, "page-introuvable")
        return ConversionState(state="made", done=1, total=1, what="", lot=folder.name)
    state = ConversionState(state="running", done=conversion.done, total=conversion.total, what=conversion.what)
    if conversion.made:
        return state.model_copy(update={"state": "made", "lot": conversion.made.folder.name})
    if conversion.failure:
        detail = str(conversion.failure) if isinstance(conversion.failure, Refusal) else None
        return state.model_copy(update={"state": "failed", "detail": detail})
    return state


@router.get("/lots", summary="Les lots, le plus récent d'abord", responses=document(LotsDocument))
def every_lot(request: Request) -> Document:
    """Chaque lot, sans ses constats."""
    seen = options(request)
    return Document({"lots": [_document(one) for one in lots(lot_names(seen), seen)]})


@router.get("/lots/{name}", summary="Un lot et ses constats", responses=document(WholeLotDocument))
async def one_lot(request: Request, name: LotName) -> Document:
    """Le document de `POST /api/lots`, tel qu'il est maintenant."""
    return Document(await _whole(request, name))


@router.get(
    "/lots/{name}/{file}",
    summary="Un fichier d'un lot",
    response_class=Response,
    responses=file("application/octet-stream", "Le fichier"),
)
def download(request: Request, name: LotName, wanted: FileName) -> Response:
    """Le fichier, à enregistrer sous son nom."""
    return lot_file(request, name, wanted)


@router.post(
    "/annulations", summary="Annule un fichier jamais déposé", responses=document(VoidDocument) | problems(409)
)
def void(request: Request, asked: VoidAsked) -> Document:
    """Le document de `void --json`."""
    return Document(void_document(void_file(asked.fichier, options(request))))


async def _whole(request: Request, name: str) -> WholeLotDocument:
    """The document of a batch, with its findings."""

    def read() -> WholeLotDocument:
        found = found_lot(request, name)
        return {**_document(found), "findings": read_findings(found.folder)}

    whole: WholeLotDocument = await request.app.state.work.run(read)
    return whole


def _document(found: Lot) -> LotDocument:
    files = [(one.counts, one.path, one.archives) for one in found.to_deposit]
    return lot_document(
        found.name, files, found.workbooks, found.report, found.record, lambda file: f"/api/lots/{found.name}/{file}"
    )
