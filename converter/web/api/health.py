"""`/api/sante`: whether the ledger answers; no other word."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from converter.runs.browse import answers
from converter.web.asked import options

router = APIRouter(tags=["santé"])


@router.get(
    "/sante",
    summary="Dit si le registre répond",
    response_class=Response,
    responses={200: {"description": "Il répond"}, 503: {"description": "Il ne répond pas"}},
)
def health(request: Request) -> Response:
    """200 quand le registre répond, 503 sinon ; aucun corps."""
    return Response(status_code=200 if answers(options(request)) else 503)
