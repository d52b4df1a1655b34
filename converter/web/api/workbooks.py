"""`/api/classeurs`: workbooks handed over by a program, judged, corrected cell by cell, taken back."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from converter.reading.cells import LAST_ROW, LONGEST_TEXT
from converter.runs.inputs import none_readable
from converter.views.corrected_copy import CellChange
from converter.views.outcome import Fate
from converter.views.run_document import RunDocument, run_document
from converter.web.answers import Document
from converter.web.api.openapi_parts import FILE, FILES, document, file, multipart, problems
from converter.web.attaching import attach
from converter.web.corrections import asked_changes, attempted, keep
from converter.web.desk import Desk, Upload
from converter.web.downloads import annotated_copy, corrected_copy
from converter.web.judging import Judge, Judged
from converter.web.problems import Problem
from converter.web.receiving import received_documents, received_mapping, received_workbooks
from converter.web.to_save import XLSX
from converter.web.users import CurrentUser, User
from converter.web.workbook_mapping import read_through

router = APIRouter(tags=["classeurs"])
_MOST_CHANGES = 2_000  # cells: a body of this size stays within what the gate lets in


class CellToChange(BaseModel):
    """Une cellule à changer : sa ligne, sa balise, ce qu'il faut y écrire."""

    row: int = Field(ge=1, le=LAST_ROW, description="Numéro de la ligne, comme dans Excel. 0 n'existe pas.")
    tag: str = Field(max_length=40, description="Balise de la colonne, par exemple RPPS.")
    value: str = Field(max_length=LONGEST_TEXT, description="Nouveau texte ; vide pour vider la cellule.")
    sheet: str = Field("", max_length=200, description="Nom de la feuille ; la première sans lui, ou Paramètres.")


class WorkbookDocument(RunDocument):
    """Un classeur tel qu'il est maintenant : le document de `validate --json`, son identifiant (null pour un classeur
    remis qui n'a pas pu être lu : il n'est pas gardé) et son nom."""

    id: str | None
    nom: str


_FILE = file(XLSX, "Le classeur.")
IfMatch = Annotated[str | None, Header(description="L'`ETag` de l'état que l'on a vu.")]
_STALE = document(WorkbookDocument, 409, "`If-Match` n'est plus l'état du classeur : le voici.")


@router.post(
    "/classeurs",
    status_code=201,
    responses=document(list[WorkbookDocument], 201) | problems(413, 422),
    openapi_extra=multipart(classeurs=FILES, pieces=FILES, correspondance=FILE),
)
async def add(request: Request, user: CurrentUser) -> Response:
    """Remet des classeurs et leurs pièces, et les contrôle ; un classeur illisible est dit à sa place."""
    stored = await received_workbooks(request, user)

    def judge() -> list[Judged]:
        return [request.app.state.judge.judge(one) for one in stored]

    def forget_unreadable(judged: Sequence[Judged]) -> None:
        for one in judged:
            if one.workbook is None:
                request.app.state.desk.delete(user, one.stored.id)
                request.app.state.judge.forget(one.stored.id)

    def answer() -> Response:
        judged = judge()
        forget_unreadable(judged)
        if all(one.workbook is None for one in judged):
            raise none_readable([one.refusal for one in judged if one.refusal])
        only = {"ETag": judged[0].etag} if len(judged) == 1 else None  # several have no state in common
        return Document([_document(one, kept=one.workbook is not None) for one in judged], 201, only)

    made: Response = await request.app.state.work.run(answer)
    return made


@router.get("/classeurs/{identifier}", responses=document(WorkbookDocument) | problems(404))
async def get(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Dit d'un classeur ce qu'il en est maintenant."""

    def judge() -> Judged:
        judged: Judged = request.app.state.judge.judge(request.app.state.desk.get(user, identifier), again=True)
        return judged

    return await _answered(request, user, identifier, judge)


@router.patch(
    "/classeurs/{identifier}/cellules",
    responses=document(WorkbookDocument) | problems(404, 413, 422) | _STALE,
)
async def change(
    request: Request,
    user: CurrentUser,
    identifier: str,
    cells: Annotated[list[CellToChange], Field(max_length=_MOST_CHANGES)],
    if_match: IfMatch = None,
) -> Response:
    """Change des cellules, toutes ou aucune, et contrôle de nouveau le classeur."""

    def make() -> Judged:
        stored = request.app.state.desk.get(user, identifier)
        judge: Judge = request.app.state.judge
        revision = _expected(if_match, stored.revision)
        judged = judge.judge(stored)
        changes: list[CellChange] = []
        for one in cells:
            changes += asked_changes(judged, one.sheet, one.row, one.tag, one.value)
        return keep(request.app.state.desk, judge, user, stored, revision, changes)

    return await _answered(request, user, identifier, make)


@router.post(
    "/classeurs/{identifier}/pieces",
    responses=document(WorkbookDocument) | problems(404, 413, 422),
    openapi_extra=multipart(pieces=FILES),
)
async def add_documents(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Ajoute des pièces, sous les noms que le classeur leur donne, et contrôle de nouveau le classeur."""
    _, uploads = await received_documents(request, user, identifier)

    def add_all() -> Judged:
        return attach(request.app.state.desk, request.app.state.judge, user, identifier, uploads, None)

    return await _answered(request, user, identifier, add_all)


@router.put(
    "/classeurs/{identifier}/correspondance",
    responses=document(WorkbookDocument) | problems(404, 413, 422) | _STALE,
    openapi_extra=multipart(required=["correspondance"], correspondance=FILE),
)
async def set_mapping(request: Request, user: CurrentUser, identifier: str, if_match: IfMatch = None) -> Response:
    """Lit désormais le classeur par cette correspondance, et le contrôle de nouveau."""
    _, mapping = await received_mapping(request, user, identifier)
    if mapping is None:
        raise Problem(422, "page-sans-correspondance")
    return await _read_through(request, user, identifier, if_match, mapping)


@router.delete("/classeurs/{identifier}/correspondance", responses=document(WorkbookDocument) | problems(404) | _STALE)
async def no_mapping(request: Request, user: CurrentUser, identifier: str, if_match: IfMatch = None) -> Response:
    """Lit désormais le classeur sans correspondance, et le contrôle de nouveau."""
    return await _read_through(request, user, identifier, if_match, None)


@router.get("/classeurs/{identifier}/corrige.xlsx", response_class=Response, responses=_FILE | problems(404))
async def corrected_workbook(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Rend le classeur de l'utilisateur, où seules les cellules corrigées ont changé."""
    return await corrected_copy(request, user, identifier)


@router.get("/classeurs/{identifier}/annote.xlsx", response_class=Response, responses=_FILE | problems(404, 422))
async def annotated_workbook(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Rend la copie annotée."""
    return await annotated_copy(request, user, identifier)


@router.delete("/classeurs/{identifier}", status_code=204, responses=problems(404))
async def delete(request: Request, user: CurrentUser, identifier: str) -> Response:
    """Efface un classeur, ses pièces et ses corrections."""

    def forget() -> None:
        request.app.state.desk.delete(user, identifier)
        request.app.state.judge.forget(identifier)

    await request.app.state.work.run(forget)
    return Response(status_code=204)


async def _read_through(
    request: Request, user: User, identifier: str, if_match: str | None, mapping: Upload | None
) -> Response:
    """The document of a workbook once it is read through this mapping, or through none."""
    desk: Desk = request.app.state.desk

    def read() -> Judged:
        revision = _expected(if_match, desk.get(user, identifier).revision)
        return read_through(desk, request.app.state.judge, user, identifier, revision, mapping)

    return await _answered(request, user, identifier, read)


async def _answered(request: Request, user: User, identifier: str, work: Callable[[], Judged]) -> Response:
    """The document of a workbook after `work`; 409 with its state as it is now when it was changed meanwhile."""

    def run() -> Response:
        done = attempted(request.app.state.desk, request.app.state.judge, user, identifier, lambda: (work(), ""))
        return Document(_document(done.judged), done.status, {"ETag": done.judged.etag})

    answer: Response = await request.app.state.work.run(run)
    return answer


def _expected(if_match: str | None, current: int) -> int | None:
    """The revision that `If-Match` asks for; None where any will do. One that is no revision is a stale one."""
    if if_match is None or if_match.strip() == "*":
        return None
    given = [one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")]
    return current if str(current) in given else -1


def _document(judged: Judged, *, kept: bool = True) -> WorkbookDocument:
    """The document of a workbook, which has an `id` as long as it is kept; the path of its annotated copy is an
    address."""
    made = run_document(judged.outcome)
    made["requests"]["valid"] = judged.outcome.count(Fate.VALID)
    there = judged.workbook is not None
    address = f"/api/classeurs/{judged.stored.id}/annote.xlsx"
    made["annotated"] = [address] if there and not judged.refusal else []
    return {**made, "id": judged.stored.id if kept else None, "nom": judged.stored.name}
