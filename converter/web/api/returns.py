"""`/api/retours`: files that the portal handed back."""

from fastapi import APIRouter, Depends
from starlette.requests import Request

from converter.findings import Refusal
from converter.web.answers import Document
from converter.web.api.openapi_parts import FILES, document, multipart, problems
from converter.web.receiving import received_returns
from converter.web.returning import TakenDocument, document_of, take_in
from converter.web.users import depositor

router = APIRouter(dependencies=[Depends(depositor)], tags=["retours"], responses=problems(413, 422))
_BODY = multipart(["fichiers"], fichiers={**FILES, "minItems": 1})


@router.post(
    "/retours",
    summary="Prend les fichiers rendus par le portail",
    openapi_extra=_BODY,
    responses=document(TakenDocument),
)
async def take_returned(request: Request) -> Document:
    """Le document de `return --json` ; `to_correct` donne les adresses des classeurs à corriger."""
    async with received_returns(request) as files:
        if not files:
            raise Refusal("return-sans-fichier-recu")
        return Document(document_of(await take_in(request, files)))
