"""A batch and its files, as pages and programs ask for them by name."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from converter.runs.lots import Lot, lot
from converter.web.asked import options
from converter.web.problems import Problem
from converter.web.to_save import attachment


def found_lot(request: Request, name: str) -> Lot:
    """The batch of this name; Problem 404 where there is none."""
    found = lot(name, options(request))
    if found is None:
        raise Problem(404, "page-introuvable")
    return found


def lot_file(request: Request, name: str, file: str) -> Response:
    """A file of a batch, to save; Problem 404 for any other name."""
    found = next((one for one in found_lot(request, name).downloads if one.name == file), None)
    if found is None:
        raise Problem(404, "page-introuvable")
    return FileResponse(found, media_type="application/octet-stream", headers=attachment(found.name))
