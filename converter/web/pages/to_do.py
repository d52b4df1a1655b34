"""`/a-faire`: what waits for a person today, most urgent first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from converter.checking.options import today
from converter.runs import browse
from converter.views.to_do import Task, TaskKind
from converter.views.to_do_workbook import to_do_workbook
from converter.web.asked import number_of, options
from converter.web.rendering import page
from converter.web.to_save import workbook
from converter.web.users import depositor

router = APIRouter(dependencies=[Depends(depositor)])
_PATIENCE = 60
_MOST_TASKS = 100
"""Tasks of one kind that the page shows."""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The tasks of one kind: the first of them, and how many there are."""

    kind: str
    title: str
    count: int
    tasks: tuple[Task, ...]


@router.get("/a-faire")
def to_do(request: Request) -> HTMLResponse:
    """The list of that day."""
    patience = _patience(request)
    tasks = browse.things_to_do(today(), patience, options(request))
    return page(request, "a-faire.html", groups=list(_groups(tasks)), today=today(), patience=patience)


@router.get("/a-faire.xlsx")
def export(request: Request) -> Response:
    """The same list as a workbook."""
    tasks = browse.things_to_do(today(), _patience(request), options(request))
    return workbook(to_do_workbook(tasks), f"a-faire-{today():%Y%m%d}.xlsx")


def _patience(request: Request) -> int:
    """The days that people wait for a decision before it is on the list."""
    days = number_of(request.query_params.get("jours"), 4)
    return _PATIENCE if days is None else days


def _groups(tasks: Iterable[Task]) -> Iterator[TaskGroup]:
    by_kind: dict[TaskKind, list[Task]] = {kind: [] for kind in TaskKind}
    for task in tasks:
        by_kind[task.kind].append(task)
    for kind, ours in by_kind.items():
        if ours:
            name = kind.value.removeprefix("a-faire-")
            yield TaskGroup(name, ours[0].title, len(ours), tuple(ours[:_MOST_TASKS]))
