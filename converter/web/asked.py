"""What a request asks of the library: its options, and a search of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from converter.checking.options import Options
from converter.findings.text import fold
from converter.ledger.model import State
from converter.ledger.pages import Search, Sort
from converter.web.settings import Settings

LAST_PAGE = 100_000
LONGEST_SEARCH = 200
"""Characters of a search."""


def options(request: Request, **more: Any) -> Options:
    """The options of a run for whoever sent this request."""
    settings: Settings = request.app.state.settings
    return settings.options(author=request.state.user.name, **more)


def search_of(query: QueryParams) -> Search:
    """The search that an address asks for; what makes no sense in it is left out."""
    states = tuple(one for text in query.getlist("etat") if (one := state_of(text)))
    sort = next((one for one in Sort if one.value == query.get("tri")), Sort.NUMBER)
    return Search(
        words=query.get("q", "")[:LONGEST_SEARCH],
        states=states,
        sort=sort,
        descending=query.get("ordre") != "croissant",
        page=page_of(query),
    )


def page_of(query: QueryParams) -> int:
    """The page that an address asks for, from 1."""
    return min(number_of(query.get("page", "")) or 1, LAST_PAGE)


def number_of(text: object, digits: int = 9) -> int | None:
    """The whole number that a form or an address gives, of so many digits at most; None for anything else."""
    if not isinstance(text, str) or len(text) > digits or not (text.isascii() and text.isdecimal()):
        return None
    return int(text)


def state_of(text: str) -> State | None:
    """The state of this name, whatever its case and accents."""
    return next((one for one in State if fold(one.value) == fold(text)), None)


def address_of(path: str, asked: Search, **changes: str | int) -> str:
    """The address of a search, with other values for some of its parameters."""
    parameters: list[tuple[str, str | int]] = [("q", asked.words)] if asked.words else []
    parameters += [("etat", one.value) for one in asked.states]
    shown: Mapping[str, str | int] = {
        "tri": asked.sort.value,
        "ordre": "decroissant" if asked.descending else "croissant",
        "page": asked.page,
    } | changes
    usual = {"tri": Sort.NUMBER.value, "ordre": "decroissant", "page": 1}
    parameters += [(name, value) for name, value in shown.items() if usual[name] != value]
    return f"{path}?{urlencode(parameters)}" if parameters else path


def day_of(text: str) -> date | None:
    """A day as a date field sends it (AAAA-MM-JJ), or as a person writes it; None for anything else."""
    parts: Sequence[str] = text.strip().replace("/", "-").split("-")
    if len(parts) != 3 or not all(one.isascii() and one.isdecimal() for one in parts):
        return None
    numbers = [int(one) for one in (parts if len(parts[0]) == 4 else reversed(parts))]
    try:
        day = date(*numbers)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
