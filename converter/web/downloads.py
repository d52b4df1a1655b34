"""Workbooks to take away: the corrected one, the annotated one."""

from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response

from converter.format.user_files import own_stem
from converter.web.desk import StoredWorkbook
from converter.web.judging import content_of
from converter.web.to_save import workbook
from converter.web.users import User

_CORRECTED = "-corrige"


async def corrected_copy(request: Request, user: User, identifier: str) -> Response:
    """The user's own workbook with just the corrected cells changed."""

    def made() -> Response:
        stored = request.app.state.desk.get(user, identifier)
        return workbook(content_of(stored), _named(stored, _CORRECTED))

    answer: Response = await request.app.state.work.run(made)
    return answer


async def annotated_copy(request: Request, user: User, identifier: str) -> Response:
    """The annotated copy of the corrected workbook."""

    def made() -> Response:
        stored = request.app.state.desk.get(user, identifier)
        content, ending = request.app.state.judge.annotated(stored)
        return workbook(content, _named(stored, ending))

    answer: Response = await request.app.state.work.run(made)
    return answer


def _named(stored: StoredWorkbook, ending: str) -> str:
    """`mars-corrige.xlsx`: the user's name, without the endings of earlier runs, and what this copy is."""
    path = PurePath(stored.name.replace("\\", "/").rpartition("/")[2])
    suffix = "" if "." in ending else path.suffix.lower() or ".xlsx"
    return f"{own_stem(path.stem).removesuffix(_CORRECTED)}{ending}{suffix}"
