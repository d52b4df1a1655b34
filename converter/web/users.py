"""Who sent a request, and what they may do."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from converter.web.problems import Problem


@dataclass(frozen=True, slots=True)
class User:
    """Who sent a request: the name that the proxy gave, "" for the one person of a server behind a token.

    `may_deposit`: whether they convert, take returns in, void, decide, and see the whole ledger and all workbooks.
    """

    name: str
    may_deposit: bool


async def current_user(request: Request) -> User:
    """Who sent this request; the gate has let them in."""
    user: User = request.state.user
    return user


async def depositor(request: Request) -> User:
    """Who sent this request, if they may deposit; Problem 403 else."""
    user = await current_user(request)
    if not user.may_deposit:
        raise Problem(403, "page-reservee")
    return user


CurrentUser = Annotated[User, Depends(current_user)]
"""The parameter of a route that anybody let in may ask for."""
Depositor = Annotated[User, Depends(depositor)]
"""The parameter of a route kept for those who deposit."""
