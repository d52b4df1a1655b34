"""The contents of a file that the portal handed back, read without trusting any of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.findings import Refusal
from converter.findings.french import tidy
from converter.portal.controls import ACCEPTED_CODE
from converter.portal.json_parsing import BOM, parse, read_bounded
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import MOST_REQUESTS

_LONGEST_NUMBER = 100  # characters
_LONGEST_WORDING = 4000
_TAGS = {
    "numeroEditeur": _LONGEST_NUMBER,
    "numeroASP": _LONGEST_NUMBER,
    "codeTraitement": _LONGEST_NUMBER,
    "libelleTraitement": _LONGEST_WORDING,
}


@dataclass(frozen=True, slots=True)
class SentValues:
    """The values that identify a request in a file handed back; a missing or malformed one is "" or None.

    `beneficiaries`: the RPPS or FINESSGeo, in the order of the file.
    """

    dateCommande: str = ""
    montantSegurHT: Decimal | None = None
    beneficiaries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The portal's answer to one request, and the values of that request (None where no file gives them).

    `codeTraitement` is "" as long as there is no answer.
    """

    numeroEditeur: str
    numeroASP: str
    codeTraitement: str
    libelleTraitement: str
    sent: SentValues | None = None

    @property
    def accepted(self) -> bool:
        """Whether the portal accepted the request."""
        return self.codeTraitement == ACCEPTED_CODE


@dataclass(frozen=True, slots=True)
class Malformed:
    """A request of the file, by its rank from 1, that is no answer, and the wrong tag."""

    ligne: int
    tag: str


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A file that a program was given: where it is, and the name that its user knows."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A file handed back; `path`: by which it is named to people."""

    path: Path
    numeroAns: str
    SIRET: str
    answers: tuple[Answer, ...]
    malformed: tuple[Malformed, ...]


def read_returned(file: HandedBack, spelling: Spelling) -> Returned:
    """The answers of a file, in the guide's spelling or the portal's; Refusal when it is no such file at all."""
    path = file.path
    try:
        parsed: Any = spelling.to_guide(parse(read_bounded(path).removeprefix(BOM)))
    except Refusal as refusal:
        raise Refusal("return-unreadable", motif=str(refusal)) from refusal
    except RecursionError as error:
        raise Refusal("return-shape") from error
    if not isinstance(parsed, dict):
        raise Refusal("return-shape")
    numeroAns, requests = parsed.get("numeroAns"), parsed.get("lignesImport")
    if not isinstance(numeroAns, str) or not isinstance(requests, list) or not 0 < len(requests) <= MOST_REQUESTS:
        raise Refusal("return-shape")
    read = [answer_of(line, request) for line, request in enumerate(requests, start=1)]
    answers = tuple(one for one in read if isinstance(one, Answer))
    SIRET = _plain(parsed.get("SIRET"))
    return Returned(
        Path(file.name), numeroAns, SIRET, answers, tuple(one for one in read if isinstance(one, Malformed))
    )


def answer_of(line: int, request: object) -> Answer | Malformed:
    """The answer to the request of that rank in its file, from 1."""
    if not isinstance(request, dict):
        return Malformed(line, "lignesImport")
    values: dict[str, str] = {}
    for tag, longest in _TAGS.items():
        text = _text(request.get(tag), longest, number_allowed=tag == "numeroASP")
        if text is None or (tag == "numeroEditeur" and not text):
            return Malformed(line, tag)
        values[tag] = text
    return Answer(**values, sent=_sent(request))


def _sent(request: Mapping[str, Any]) -> SentValues:
    order, who = _block(request.get("commande")), _block(request.get("beneficiaires"))
    doctors = [_block(one).get("RPPS") for one in _items(who.get("liberal"))]
    sites = _items(_block(who.get("structure")).get("FINESSGeo"))
    return SentValues(
        _plain(order.get("dateCommande")),
        _amount(order.get("montantSegurHT")),
        tuple(map(_plain, [*doctors, *sites])),
    )


def _block(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _plain(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _amount(value: object) -> Decimal | None:
    """A number, however it is written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    amount = Decimal(str(value))
    return amount if amount.is_finite() else None


def _text(value: object, longest: int, *, number_allowed: bool) -> str | None:
    """A text on one line, "" for null; None when it is something else. A code is never a number: 0 is not "0000"."""
    if value is None:
        return ""
    if number_allowed and type(value) is int:
        value = str(value)
    if not isinstance(value, str) or len(value) > longest:
        return None
    return tidy(" ".join(value.split()))
