"""Files for the portal: requests split by 200, named, rendered with Jinja2.

Source: guide § 2.1 (limits) and § 3.3 (names).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from itertools import chain, repeat
from json.encoder import encode_basestring
from typing import Any

import orjson
from jinja2 import Environment, StrictUndefined, Template

from converter.documents.attaching import NamedDocument
from converter.findings import Refusal
from converter.findings.french import advance
from converter.format.file_names import JsonFileName
from converter.format.requests import Request
from converter.format.template_files import template_path
from converter.ledger.snapshot import rendered_text
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import MOST_REQUESTS

_TEMPLATE = "demandes.json.j2"


@dataclass(frozen=True, slots=True)
class NumberedRequest:
    """One request under its number, with its documents under theirs."""

    numeroEditeur: str
    request: Request
    documents: tuple[NamedDocument, ...]


@dataclass(frozen=True)
class JsonFile:
    """One JSON file to render: its name, its header and its 1 to 200 requests."""

    named: JsonFileName
    SIRET: str
    requests: tuple[NumberedRequest, ...]

    @cached_property
    def name(self) -> str:
        """Its file name, without folder."""
        return str(self.named)

    @property
    def numeroAns(self) -> str:  # noqa: N802 — the guide's tag
        """The ANS number of its header."""
        return self.named.numeroAns

    @property
    def amount(self) -> Decimal:
        """The sum of its amounts, in euros."""
        return sum((one.request.commande.montantSegurHT for one in self.requests), Decimal("0.00"))

    @property
    def advance(self) -> Decimal:
        """The sum of its advances, each rounded to the cent as the ASP pays it."""
        return sum((advance(one.request.commande.montantSegurHT) for one in self.requests), Decimal("0.00"))


def split(requests: Sequence[NumberedRequest]) -> Iterator[tuple[NumberedRequest, ...]]:
    """At most 200 requests each, in their order."""
    for start in range(0, len(requests), MOST_REQUESTS):
        yield tuple(requests[start : start + MOST_REQUESTS])


def render(file: JsonFile, spelling: Spelling) -> bytes:
    """The file as the portal wants it: UTF-8 without BOM. It must pass our own control before it is published."""
    return _template(spelling).render(file=file).encode("utf-8")


def requests_in(file: JsonFile, rendered: bytes, spelling: Spelling) -> list[str]:
    """What the ledger keeps of each request of a file that was rendered in this spelling (`Snapshot.rendered`).

    Refusal where the template does not give each request whole: the two controls come later.
    """
    try:
        parsed: Any = spelling.to_guide(orjson.loads(rendered))
        texts = [rendered_text(one) for one in parsed["lignesImport"]]
    except (ValueError, LookupError, TypeError):
        texts = []
    if len(texts) != len(file.requests):
        raise Refusal("controle-refuse", fichier=file.name, raison=f"{_TEMPLATE} ne rend pas chaque demande entière.")
    return texts


def render_alone(requests: Sequence[Request]) -> list[str]:
    """The same for requests that are in no file: to be compared with what was sent."""
    nowhere = JsonFileName("", date.min, 0)
    numbered = [NumberedRequest("", one, ()) for one in requests]
    files = [JsonFile(nowhere, "", part) for part in split(numbered)]
    return [text for one in files for text in requests_in(one, render(one, Spelling()), Spelling())]


class _Environment(Environment):
    """Jinja2 that reads « a.b » with Python's getattr: three times faster, and a wrong name raises at once."""

    getattr = staticmethod(getattr)  # type: ignore[assignment]


@cache
def _template(spelling: Spelling) -> Template:
    """The template with the portal's spelling of tags; whatever it prints is written as JSON."""
    environment = _Environment(  # JSON, not HTML: `finalize` escapes every value
        finalize=_as_json, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["followed"] = _followed
    source = template_path(_TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(spelling.apply_to_template(source))


def _followed(items: Sequence[object]) -> Iterator[tuple[object, bool]]:
    """Each item, and whether another one follows (Jinja2's own `loop` would take a fifth of the time)."""
    return zip(items, chain(repeat(True, len(items) - 1), (False,)), strict=False)  # noqa: FBT003


def _as_json(value: object) -> str:
    """`value` in JSON; an amount keeps its two decimals (1075.00), accents stay as they are."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
