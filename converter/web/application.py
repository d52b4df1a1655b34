"""The application: every page and every address of the HTTP interface, behind the gate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from converter import __version__
from converter.web import problems
from converter.web.api import ROUTERS as API
from converter.web.api.openapi_parts import problems as documented
from converter.web.conversions import Conversions
from converter.web.desk import Desk
from converter.web.gate import Gate
from converter.web.judging import Judge
from converter.web.pages import ROUTERS as PAGES
from converter.web.rendering import STATIC
from converter.web.returning import forget_old
from converter.web.settings import Settings
from converter.web.upkeep import keep_up
from converter.web.work import Work

_DESCRIPTION = (
    "Du classeur Excel des commandes Ségur aux fichiers JSON-MDV du portail de l'ASP. "
    "Les documents sont ceux de `--json`; une erreur est un `application/problem+json`, `detail` en est la phrase."
)


def create_app(settings: Settings) -> FastAPI:
    """The application that `settings` ask for; `app.state` holds them, and the threads that work (`work`)."""
    app = FastAPI(
        title="converter",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.work = Work()
    app.state.desk = Desk(settings)
    app.state.judge = Judge(settings)
    app.state.conversions = Conversions(app.state.work, app.state.desk, app.state.judge)
    problems.install(app)
    for router in API:
        app.include_router(router, prefix="/api", responses=documented())
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Gate, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While the server runs; when it ends, what has begun is finished."""
    forget = partial(forget_old, app.state.settings)
    upkeep = asyncio.create_task(keep_up(app.state.work, app.state.desk.expire, forget))
    yield
    upkeep.cancel()
    app.state.work.finish()
