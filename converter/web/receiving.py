"""What comes in by the forms and the interface: workbooks with their documents, documents alone, return files."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from starlette.requests import Request

from converter.findings.french import tidy
from converter.portal.json_parsing import BIGGEST
from converter.portal.returned_file import HandedBack
from converter.reading.file_kind import MAX_FILE
from converter.reading.mapping_file import MAX_MAPPING
from converter.web.desk import Desk, StoredWorkbook, Upload
from converter.web.document_zip import LARGEST_DOCUMENT, MOST_ZIPPED, is_zip, unpacked
from converter.web.problems import Problem
from converter.web.stored_files import StoredFiles, remove_files
from converter.web.uploads import MOST_BYTES, Limit, ReceivedFile, ReceivedForm, receive
from converter.web.users import User

WORKBOOKS, DOCUMENTS, MAPPING, RETURNS, KEY = "classeurs", "pieces", "correspondance", "fichiers", "cle"
"""The fields of our forms and of the interface."""
_LONGEST_NAME = 200  # characters


def _document_limit(name: str) -> int:
    return MOST_ZIPPED if is_zip(name) else LARGEST_DOCUMENT


_LIMITS: Mapping[str, Limit] = {
    WORKBOOKS: lambda _: MAX_FILE,
    DOCUMENTS: _document_limit,
    MAPPING: lambda _: MAX_MAPPING,
    RETURNS: lambda _: BIGGEST,
}


async def received_form(request: Request) -> dict[str, str]:
    """The texts of a form without files."""
    form = await receive(request, _store(request), {})
    return dict(form.texts)


async def received_workbooks(request: Request, user: User) -> list[StoredWorkbook]:
    """The workbooks of a form, kept, each with all the documents of the form, and its mapping.

    A form sent twice (the same `cle`) gives the same workbooks once. Problem 422 without any workbook.
    """
    desk: Desk = request.app.state.desk
    room = await request.app.state.work.run(partial(desk.room, user))
    form = await _received(request, WORKBOOKS, DOCUMENTS, MAPPING, room=room)
    workbooks = _uploads(form, WORKBOOKS)
    if not workbooks:
        form.discard()
        raise Problem(422, "page-sans-classeur")

    mapping = _mapping(form)

    def keep() -> list[StoredWorkbook]:
        documents = _documents(form, _store(request))
        return desk.add_all(user, workbooks, documents, mapping, form.texts.get(KEY, "")[:_LONGEST_NAME])

    kept: list[StoredWorkbook] = await request.app.state.work.run(keep)
    return kept


async def received_documents(request: Request, user: User, identifier: str) -> tuple[dict[str, str], dict[str, Upload]]:
    """The texts and the documents of a form about a workbook that this user may see; the caller keeps them."""
    form = await _received_about(request, user, identifier, DOCUMENTS)
    documents = await request.app.state.work.run(lambda: _documents(form, _store(request)))
    return dict(form.texts), documents


async def received_mapping(request: Request, user: User, identifier: str) -> tuple[dict[str, str], Upload | None]:
    """The texts of a form about a workbook that this user may see, and its mapping, which the caller keeps."""
    form = await _received_about(request, user, identifier, MAPPING)
    return dict(form.texts), _mapping(form)


@asynccontextmanager
async def received_returns(request: Request) -> AsyncIterator[list[HandedBack]]:
    """The return files of a form, removed when the block ends."""
    form = await _received(request, RETURNS)
    try:
        yield [HandedBack(one.path, bare_name(one.name)) for one in form.files]
    finally:
        form.discard()


def bare_name(name: str) -> str:
    """The user's name for a file, without the folders that some browsers send."""
    return tidy(PurePosixPath(name.replace("\\", "/")).name)[-_LONGEST_NAME:] or "sans nom"


async def _received_about(request: Request, user: User, identifier: str, field: str) -> ReceivedForm:
    """The form about a workbook that this user may see, and the files of one field of it, as much as they may keep."""
    desk: Desk = request.app.state.desk
    await request.app.state.work.run(partial(desk.get, user, identifier))
    room = await request.app.state.work.run(partial(desk.room, user))
    return await _received(request, field, room=room)


async def _received(request: Request, *fields: str, room: int = MOST_BYTES) -> ReceivedForm:
    return await receive(request, _store(request), {name: _LIMITS[name] for name in fields}, room)


def _uploads(form: ReceivedForm, field: str) -> list[Upload]:
    return [Upload(bare_name(one.name), one.path) for one in form.files if one.field == field]


def _mapping(form: ReceivedForm) -> Upload | None:
    """The mapping of a form; Problem 422 where there are several."""
    uploads = _uploads(form, MAPPING)
    if len(uploads) > 1:
        form.discard()
        raise Problem(
            422, "page-une-correspondance", fichiers=", ".join(f"«\u00a0{one.name}\u00a0»" for one in uploads)
        )
    return uploads[0] if uploads else None


def _documents(form: ReceivedForm, store: StoredFiles) -> dict[str, Upload]:
    """The documents of a form by their relative paths; those of a zip, by their paths in it. Nothing is left on disk of
    a form with a zip that is refused."""
    documents: dict[str, Upload] = {}
    try:
        for one in form.files:
            if one.field == DOCUMENTS:
                documents |= {name: Upload(name, path) for name, path in _opened(one, store).items()}
    except BaseException:
        form.discard()
        remove_files(document.path for document in documents.values())
        raise
    return documents


def _opened(one: ReceivedFile, store: StoredFiles) -> dict[str, Path]:
    """A document by its relative path, or those of a zip."""
    if not is_zip(one.name):
        return {one.name.replace("\\", "/").lstrip("/"): one.path}
    found = unpacked(one.path, store)
    one.path.unlink(missing_ok=True)
    return found


def _store(request: Request) -> StoredFiles:
    desk: Desk = request.app.state.desk
    return desk.files
