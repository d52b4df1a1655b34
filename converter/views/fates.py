"""What became of each request, in the words of the column « Statut »."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from converter.format.requests import Demande
from converter.ledger.model import Cle, Etat, Inscription
from converter.ledger.reconciliation import Examined, Reconciled
from converter.views.outcome import Sort, Suivi

TO_CORRECT = "À corriger"
_VALID = "Valide"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request of this run stands: its JSON file and its number."""

    fichier: str
    numeroEditeur: str


def suivis_of(
    examined: Sequence[Examined], reconciled: Reconciled, places: Mapping[Cle, Place] | None
) -> tuple[Suivi, ...]:
    """The fate of each request, in the order of the workbooks; `places`: None when nothing is emitted."""
    already = {id(demande): inscription for demande, inscription in reconciled.already}
    valid = {id(one.demande) for one in reconciled.to_emit}
    return tuple(
        _suivi(one.demande, already.get(id(one.demande)), id(one.demande) in valid, places) for one in examined
    )


def _suivi(demande: Demande, already: Inscription | None, valid: bool, places: Mapping[Cle, Place] | None) -> Suivi:  # noqa: FBT001
    if already:
        return _told(demande, Sort.ALREADY, _already(already), Place(already.fichier, already.numeroEditeur))
    if not valid:
        return _told(demande, Sort.HELD_BACK, TO_CORRECT)
    if places is None:
        return _told(demande, Sort.VALID, _VALID)
    place = places[demande.cle]
    name = place.fichier.removesuffix(".json")
    return _told(demande, Sort.EMITTED, f"Émise\u00a0: {name}, demande {place.numeroEditeur}", place)


def _already(inscription: Inscription) -> str:
    if inscription.etat is Etat.ACCEPTEE:
        return f"Déjà acceptée\u00a0: numéro ASP {inscription.numeroASP}, demande {inscription.numeroEditeur}"
    return f"Déjà émise\u00a0: {inscription.fichier}, demande {inscription.numeroEditeur}"


def _told(demande: Demande, sort: Sort, statut: str, place: Place = Place("", "")) -> Suivi:
    return Suivi(
        workbook=str(demande.origin.workbook),
        sheet=demande.origin.sheet,
        rows=demande.origin.rows,
        reference=demande.name,
        sort=sort,
        statut=statut,
        fichier=place.fichier,
        numeroEditeur=place.numeroEditeur,
        montantSegurHT=demande.commande.montantSegurHT,
    )
