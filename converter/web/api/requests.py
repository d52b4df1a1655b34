"""`/api/demandes`: the requests of the ledger, by pages; and one of them, with its history."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.requests import Request

from converter.findings import Refusal
from converter.ledger.model import State
from converter.ledger.pages import PAGE, Search, Sort
from converter.runs import browse
from converter.views.request_details import DetailsDocument
from converter.views.request_details import as_json as details_document
from converter.views.status import StatusDocument, as_json, with_grand_total
from converter.web.answers import Document
from converter.web.api.openapi_parts import document, problems
from converter.web.asked import LAST_PAGE, LONGEST_SEARCH, options, state_of
from converter.web.users import depositor

router = APIRouter(dependencies=[Depends(depositor)], tags=["demandes"], responses=problems(404, 422))
StateName = Annotated[str, Field(json_schema_extra={"enum": [one.value for one in State]})]


class PageDocument(StatusDocument):
    """Une page de demandes : la page, combien de pages, combien de demandes en tout."""

    page: int
    pages: int
    count: int


@router.get("/demandes", summary="Les demandes du registre, par pages de 100", responses=document(PageDocument))
def requests(
    request: Request,
    q: Annotated[
        str, Query(max_length=LONGEST_SEARCH, description="Référence, médecin, RPPS, FINESS, numéro, fichier")
    ] = "",
    etat: Annotated[list[str], Query(description="Un état, ou plusieurs ; un état inconnu est refusé (422)")] = [],  # noqa: B006
    tri: Annotated[Sort, Query(description="La colonne de tri")] = Sort.NUMBER,
    croissant: Annotated[bool, Query(description="Du plus petit au plus grand")] = False,  # noqa: FBT002
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="À partir de 1")] = 1,
) -> Document:
    """Le document de `status --json`, pour une page ; les totaux sont ceux de toutes les pages."""
    states = tuple(_state(text) for text in etat if text)
    found = browse.search(Search(q, states, tri, not croissant, page), options(request))
    shown = as_json(found.requests, with_grand_total(found.totals))
    return Document({**shown, "page": page, "pages": -(-found.count // PAGE), "count": found.count})


@router.get("/demandes/{numero}", summary="Une demande, avec son historique", responses=document(DetailsDocument))
def one_request(
    request: Request,
    numero: Annotated[str, Path(max_length=200, description="numeroEditeur ou numeroASP", examples=["00001"])],
) -> Document:
    """Le document de `status NUMÉRO --json`."""
    found = browse.request_details(numero, options(request))
    return Document(details_document(found.entry, found.history))


def _state(text: str) -> State:
    state = state_of(text)
    if state is None:
        raise Refusal("etat-inconnu", etat=text)
    return state
