"""`/a-faire`: what waits for a person today, most urgent first."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.checking.options import today
from converter.runs import browse
from converter.views.to_do_workbook import to_do_workbook
from converter.web.asked import number_of, options
from converter.web.rendering import page
from converter.web.to_save import workbook
from converter.web.users import depositor

router = APIRouter(dependencies=[Depends(depositor)])
_PATIENCE = 60
_MOST_TASKS = 100
"""Tasks of one kind that the page shows."""


@router.get("/a-faire")
def to_do(request: Request) -> HTMLResponse:
    """The list of that day."""
    patience = _patience(request)
    groups = browse.things_to_do(today(), patience, options(request), _MOST_TASKS)
    return page(request, "a-faire.html", groups=groups, today=today(), patience=patience)


@router.get("/a-faire.xlsx")
def export(request: Request) -> Response:
    """The same list as a workbook."""
    groups = browse.things_to_do(today(), _patience(request), options(request))
    tasks = [task for group in groups for task in group.tasks]
    return workbook(to_do_workbook(tasks), f"a-faire-{today():%Y%m%d}.xlsx")


def _patience(request: Request) -> int:
    """The days that people wait for a decision before it is on the list."""
    days = number_of(request.query_params.get("jours"), 4)
    return _PATIENCE if days is None else days
