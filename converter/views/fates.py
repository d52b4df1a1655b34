"""The fate of each request, with its text for the column « Statut »."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from converter.documents.gathering import DocumentedRequest
from converter.format.requests import Origin, Request, RequestKey
from converter.format.user_files import STATUT_TO_CORRECT
from converter.ledger.model import LedgerEntry, State
from converter.ledger.reconciliation import Reconciled
from converter.portal.rendering import JsonFile
from converter.views.outcome import Fate, RequestFate

_VALID = "Valide"


@dataclass(frozen=True, slots=True)
class EmittedPlace:
    """The place of a request of this run: its JSON file and its number."""

    file: str
    numeroEditeur: str


def fates_of(
    examined: Sequence[DocumentedRequest], reconciled: Reconciled, places: Mapping[RequestKey, EmittedPlace] | None
) -> tuple[RequestFate, ...]:
    """The fate of each request, in the order of the workbooks; `places`: None when nothing is emitted."""
    already = {id(request): entry for request, entry in reconciled.already}
    valid = {id(one.request) for one in reconciled.to_emit}
    return tuple(_fate(one.request, already.get(id(one.request)), id(one.request) in valid, places) for one in examined)


def _fate(
    request: Request,
    already: LedgerEntry | None,
    valid: bool,  # noqa: FBT001
    places: Mapping[RequestKey, EmittedPlace] | None,
) -> RequestFate:
    if already:
        return _request_fate(
            request, Fate.ALREADY, _already(already), EmittedPlace(already.file, already.numeroEditeur)
        )
    if not valid:
        return _request_fate(request, Fate.HELD_BACK, f"{STATUT_TO_CORRECT}{_awaited(request.origin)}")
    if places is None:
        return _request_fate(request, Fate.VALID, _VALID)
    place = places[request.key]
    name = place.file.removesuffix(".json")
    return _request_fate(request, Fate.EMITTED, f"Émise\u00a0: {name}, demande {place.numeroEditeur}", place)


def _awaited(origin: Origin) -> str:
    """« , avec la ligne 12 »: the first row of another order that this one waits for; "" where there is none."""
    for sheet, row in origin.held_by:
        if (sheet, row) not in {(origin.sheet, own) for own in origin.rows}:
            return f", avec la ligne {row}" + (f" de «\u00a0{sheet}\u00a0»" if sheet != origin.sheet else "")
    return ""


def _already(entry: LedgerEntry) -> str:
    if entry.state is State.ABANDONED:
        return f"Abandonnée\u00a0: demande {entry.numeroEditeur}, ne repart pas"
    if entry.state is not State.EMITTED:
        return f"Déjà {entry.state}\u00a0: numéro ASP {entry.numeroASP}, demande {entry.numeroEditeur}"
    return f"Déjà émise\u00a0: {entry.file}, demande {entry.numeroEditeur}"


def _request_fate(request: Request, fate: Fate, statut: str, place: EmittedPlace = EmittedPlace("", "")) -> RequestFate:
    return RequestFate(
        workbook=str(request.origin.workbook),
        sheet=request.origin.sheet,
        rows=request.origin.rows,
        reference=request.name,
        fate=fate,
        statut=statut,
        file=place.file,
        numeroEditeur=place.numeroEditeur,
        montantSegurHT=request.commande.montantSegurHT,
        held_by=request.origin.held_by,
    )


def places(files: Sequence[JsonFile]) -> dict[RequestKey, EmittedPlace]:
    """The place of each request, by its key."""
    return {
        numbered_request.request.key: EmittedPlace(one.name, numbered_request.numeroEditeur)
        for one in files
        for numbered_request in one.requests
    }
