"""Workbooks to take away: the corrected one, the annotated one."""

from pathlib import PurePath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from converter.format.user_files import own_stem
from converter.web.desk import StoredWorkbook
from converter.web.judging import content_of
from converter.web.users import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"
_CORRECTED = "-corrige"


def attachment(content: bytes, name: str) -> Response:
    """A file to save, under the user's name for it."""
    kind = _XLSM if name.lower().endswith(".xlsm") else XLSX
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\/' else "_" for one in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition})


async def corrected_copy(request: Request, user: User, identifier: str) -> Response:
    """The user's own workbook with just the corrected cells changed."""

    def made() -> Response:
        stored = request.app.state.desk.get(user, identifier)
        return attachment(content_of(stored), _named(stored, _CORRECTED))

    answer: Response = await request.app.state.work.run(made)
    return answer


async def annotated_copy(request: Request, user: User, identifier: str) -> Response:
    """The annotated copy of the corrected workbook."""

    def made() -> Response:
        stored = request.app.state.desk.get(user, identifier)
        content, ending = request.app.state.judge.annotated(stored)
        return attachment(content, _named(stored, ending))

    answer: Response = await request.app.state.work.run(made)
    return answer


def _named(stored: StoredWorkbook, ending: str) -> str:
    """`mars-corrige.xlsx`: the user's name, without the endings of earlier runs, and what this copy is."""
    path = PurePath(stored.name.replace("\\", "/").rpartition("/")[2])
    suffix = "" if "." in ending else path.suffix.lower() or ".xlsx"
    return f"{own_stem(path.stem).removesuffix(_CORRECTED)}{ending}{suffix}"
