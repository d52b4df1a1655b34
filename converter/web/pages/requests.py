"""`/demandes`: every request of the ledger, by pages; `/demandes/NUMERO`: all about one, and what is decided of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.checking.options import today
from converter.findings import Cell, Refusal, finding
from converter.findings.french import euros_in
from converter.ledger.model import State
from converter.ledger.pages import PAGE, Search, Sort
from converter.ledger.transitions import Decision
from converter.portal.followup_columns import WORDS
from converter.runs import browse
from converter.runs.decide import decide_by_numbers
from converter.views.followup_workbook import followup_workbook
from converter.views.ledger_pictures import amounts_by_state, waiting_by_age
from converter.views.request_details import shown_facts, shown_history, shown_values
from converter.views.status import with_grand_total
from converter.web.asked import address_of, day_of, options, search_of
from converter.web.receiving import received_form
from converter.web.rendering import page, see_other
from converter.web.to_save import workbook
from converter.web.users import depositor

router = APIRouter(dependencies=[Depends(depositor)])
_SORTS: Mapping[Sort, str] = {
    Sort.NUMBER: "Demande",
    Sort.REFERENCE: "Référence",
    Sort.STATE: "État",
    Sort.AMOUNT: "Montant HT",
    Sort.DAY: "Dépôt",
    Sort.ASP_NUMBER: "Numéro ASP",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a sortable column: where it leads, and how the column is sorted now (for `aria-sort`)."""

    label: str
    address: str
    sorted: str


@router.get("/demandes")
def requests(request: Request) -> HTMLResponse:
    """The requests that the address asks for."""
    return _listed(request, search_of(request.query_params), searched=False)


@router.post("/demandes")
async def search(request: Request) -> HTMLResponse:
    """The requests that the form asks for: what is searched for, which may be somebody's name, is in no address."""
    asked = _asked(await received_form(request))
    answer: HTMLResponse = await request.app.state.work.run(lambda: _listed(request, asked, searched=True))
    return answer


@router.get("/demandes.xlsx")
def export(request: Request) -> Response:
    """The same requests, all pages, as the follow-up workbook."""
    return _exported(request, search_of(request.query_params))


@router.post("/demandes.xlsx")
async def export_found(request: Request) -> Response:
    """The requests of a search, as the follow-up workbook."""
    asked = _asked(await received_form(request))
    answer: Response = await request.app.state.work.run(lambda: _exported(request, asked))
    return answer


@router.get("/demandes/{numero}")
def one_request(request: Request, numero: str) -> HTMLResponse:
    """All about one request."""
    return _details(request, numero)


@router.post("/demandes/{numero}")
def decide(
    request: Request,
    numero: str,
    decision: Annotated[str, Form()] = "",
    date: Annotated[str, Form()] = "",
    montant: Annotated[str, Form()] = "",
    motif: Annotated[str, Form()] = "",
    rectifier: Annotated[str, Form()] = "",
) -> Response:
    """Note a decision of the ASP or of the client."""
    try:
        wanted = _decision(decision, date, montant, motif)
        noted = decide_by_numbers([numero], wanted, options(request), rectify=bool(rectifier))
    except Refusal as refusal:
        typed = {"decision": decision, "date": date, "montant": montant, "motif": motif, "rectifier": bool(rectifier)}
        return _details(request, numero, str(refusal), typed, status=422)
    outcome = noted.outcome
    said = ["Décision notée." if outcome.noted else "Cette décision était déjà notée."]
    said += [f"{one.message} {one.remedy}" for one in outcome.findings]
    return see_other(
        f"/demandes/{(outcome.noted or outcome.already)[0].numeroEditeur}", " ".join([*said, *noted.unfinished])
    )


def _asked(form: Mapping[str, str]) -> Search:
    """The search of the form; `vers`: another order or page, as the button that was pressed names it."""
    pressed = dict(parse_qsl(form.get("vers", "")))
    return search_of(QueryParams([*form.items(), *pressed.items()]))


def _exported(request: Request, asked: Search) -> Response:
    found = browse.every_found(asked, options(request))
    return workbook(followup_workbook(found), f"suivi-{today():%Y%m%d}.xlsx")


def _listed(request: Request, asked: Search, *, searched: bool) -> HTMLResponse:
    """A page of requests. `searched`: its links are buttons of the form, which keep what is searched for."""
    seen = options(request)
    found = browse.search(asked, seen)
    narrowed = bool(asked.words.strip() or asked.states)
    every = browse.search(Search(), seen) if narrowed else found
    return page(
        request,
        "demandes.html",
        asked=asked,
        searched=searched,
        found=found,
        states=list(State),
        headings={sort.value: _heading(sort, asked) for sort in _SORTS},
        totals=with_grand_total(found.totals),
        pages=-(-found.count // PAGE),
        first=(asked.page - 1) * PAGE + 1,
        address=lambda number: address_of("/demandes", asked, page=number),
        export=address_of("/demandes.xlsx", asked, page=1),
        pictures=[amounts_by_state(every.totals), waiting_by_age(browse.waiting(seen), today())] if every.count else [],
        narrowed=narrowed,
        known=every.count,
    )


def _details(
    request: Request, number: str, refused: str = "", typed: Mapping[str, object] | None = None, *, status: int = 200
) -> HTMLResponse:
    found = browse.request_details(number, options(request))
    return page(
        request,
        "demande.html",
        status=status,
        entry=found.entry,
        facts=shown_facts(found.entry),
        values=shown_values(found.entry),
        history=shown_history(found.history),
        words=list(WORDS),
        refused=refused,
        typed=typed or {"decision": "", "date": "", "montant": "", "motif": "", "rectifier": False},
        today=today(),
    )


def _decision(word: str, day: str, amount: str, reason: str) -> Decision:
    """What the form says; Refusal, in the words of the follow-up workbook, when it makes no sense."""
    if word not in WORDS:
        raise _refusal("suivi-decision-inconnue", word, mots=", ".join(WORDS))
    state = WORDS[word]
    noted: date | None = day_of(day)
    if day.strip() and noted is None:
        raise _refusal("suivi-date-illisible", day)
    paid = euros_in(amount)
    if state is State.PAID and not amount.strip():
        raise _refusal("suivi-montant-absent", "")
    if state is not State.PAID and amount.strip():
        raise _refusal("suivi-montant-de-trop", amount)
    if amount.strip() and paid is None:
        raise _refusal("suivi-montant-illisible", amount)
    return Decision(state, noted, paid, " ".join(reason.split())[:500])


def _refusal(code: str, value: str, **details: str) -> Refusal:
    reason = finding(code, Cell(""), "", value, None, **details)
    return Refusal("decision-rien-note", raisons=f"{reason.message} {reason.remedy}")


def _heading(sort: Sort, asked: Search) -> Heading:
    """A first click on another column sorts it upwards; a click on the sorted one turns it round."""
    here = asked.sort is sort
    order = "croissant" if not here or asked.descending else "decroissant"
    address = address_of("/demandes", asked, tri=sort.value, ordre=order, page=1)
    return Heading(_SORTS[sort], address, ("descending" if asked.descending else "ascending") if here else "none")
