"""Requests held against the ledger: which are new, already out, changed since, or to go out again.

Requests are known by (numeroAns, refCommande), else by their numeroEditeur.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from converter.checking.cell_rules import matches_format
from converter.documents.attaching import Document
from converter.findings import Finding, finding
from converter.format.fields import BY_TAG
from converter.format.requests import Demande
from converter.ledger.model import Cle, Etat, Inscription, Lecture
from converter.ledger.snapshot import first_difference


@dataclass(frozen=True, slots=True)
class Examined:
    """A request with its documents (none when one is in error), what the ledger is to keep of it, and whether a cell
    in error holds it back."""

    demande: Demande
    documents: tuple[Document, ...]
    contenu: dict[str, str]
    in_error: bool


@dataclass(frozen=True, slots=True)
class ToEmit:
    """A request to send. `numeroEditeur`: the user's, or the one it keeps after a void; "" to be given."""

    demande: Demande
    documents: tuple[Document, ...]
    contenu: dict[str, str]
    numeroEditeur: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is to be done: requests to send, requests already out; all the others are held back."""

    to_emit: tuple[ToEmit, ...]
    already: tuple[tuple[Demande, Inscription], ...]
    findings: tuple[Finding, ...]


def reconcile(examined: Sequence[Examined], lecture: Lecture) -> Reconciled:
    """Sort the requests of a run, in their order."""
    known = lecture.find({one.demande.cle for one in examined})
    holders = lecture.holders({number for one in examined if (number := one.demande.reference.numeroEditeur)})
    to_emit: list[ToEmit] = []
    already: list[tuple[Demande, Inscription]] = []
    told: list[Finding] = []
    twins = _Twins({}, {})
    for one in examined:
        if one.in_error:
            continue
        inscription = known.get(one.demande.cle)
        if inscription and inscription.etat in (Etat.EMISE, Etat.ACCEPTEE):
            if problem := _changed(one.demande, one.contenu, inscription, holders):
                told.append(problem)
            else:
                already.append((one.demande, inscription))
        elif problem := twins.told_of(one.demande) or _number_taken(one.demande, inscription, holders):
            told.append(problem)
        elif one.documents:
            number = _own_number(one.demande, inscription, holders)
            to_emit.append(ToEmit(one.demande, one.documents, one.contenu, number))
            told += _sent_again(one.demande, one.contenu, inscription, number)
    return Reconciled(tuple(to_emit), tuple(already), (*told, *_claims(examined, already, lecture)))


@dataclass(frozen=True, slots=True)
class _Twins:
    """The requests met so far in this run, by key and by numeroEditeur."""

    by_cle: dict[Cle, Demande]
    by_number: dict[str, Demande]

    def told_of(self, demande: Demande) -> Finding | None:
        """The error of a request that this run already holds, in this workbook or another."""
        first = self.by_cle.setdefault(demande.cle, demande)
        if first is not demande:
            tag = "refCommande" if demande.reference.refCommande else "numeroEditeur"
            return finding("commande-en-double", demande.origin.cell(tag), tag, demande.name, autre=_place(first))
        number = demande.reference.numeroEditeur
        if number and (holder := self.by_number.setdefault(number, demande)) is not demande:
            cell = demande.origin.cell("numeroEditeur")
            return finding("numero-deja-attribue", cell, "numeroEditeur", number, detenteur=_place(holder))
        return None


def _changed(
    demande: Demande, contenu: dict[str, str], inscription: Inscription, holders: Mapping[str, Inscription]
) -> Finding | None:
    """The error of a request that is out with other values, on the first of them."""
    number = demande.reference.numeroEditeur
    if number and number != inscription.numeroEditeur and not _is_own(holders.get(number), demande):
        return _other_number(demande, number, inscription)
    difference = first_difference(demande, contenu, inscription.contenu)
    if difference is None:
        return None
    code = "demande-modifiee-acceptee" if inscription.etat is Etat.ACCEPTEE else "demande-modifiee"
    return finding(
        code,
        difference.cell,
        difference.tag,
        difference.now,
        ancienne=difference.then or "rien",
        actuelle=difference.now or "rien",
        fichier=inscription.fichier,
        numero=inscription.numeroEditeur,
        asp=inscription.numeroASP,
    )


def _number_taken(demande: Demande, own: Inscription | None, holders: Mapping[str, Inscription]) -> Finding | None:
    """The error of a number filled in that is not free: it is another's, or is not the one that the request keeps."""
    number = demande.reference.numeroEditeur
    if not number:
        return None
    if own and own.etat is Etat.ANNULEE:
        return None if number == own.numeroEditeur else _other_number(demande, number, own)
    holder = holders.get(number)
    if holder is None or _is_own(holder, demande):
        return None
    cell = demande.origin.cell("numeroEditeur")
    return finding("numero-deja-attribue", cell, "numeroEditeur", number, detenteur=holder.fichier)


def _is_own(holder: Inscription | None, demande: Demande) -> bool:
    """Whether a number is one under which this very request was refused: it is to have a new one."""
    return holder is not None and holder.etat is Etat.REFUSEE and holder.cle == demande.cle


def _other_number(demande: Demande, number: str, own: Inscription) -> Finding:
    cell = demande.origin.cell("numeroEditeur")
    return finding("numero-conserve", cell, "numeroEditeur", number, numero=own.numeroEditeur, fichier=own.fichier)


def _own_number(demande: Demande, inscription: Inscription | None, holders: Mapping[str, Inscription]) -> str:
    """The number kept after a void, or the user's; "" for the next free one."""
    if inscription and inscription.etat is Etat.ANNULEE:
        return inscription.numeroEditeur
    number = demande.reference.numeroEditeur or ""
    return "" if _is_own(holders.get(number), demande) else number


def _sent_again(
    demande: Demande, contenu: dict[str, str], inscription: Inscription | None, number: str
) -> list[Finding]:
    """What to know of a request that goes out again after a refusal: it has a new number; nothing was changed in it."""
    if inscription is None or inscription.etat is not Etat.REFUSEE:
        return []
    told = []
    if (typed := demande.reference.numeroEditeur) and not number:
        told.append(finding("numero-renouvele", demande.origin.cell("numeroEditeur"), "numeroEditeur", typed))
    if first_difference(demande, contenu, inscription.contenu) is None:
        tag = "refCommande" if demande.reference.refCommande else "numeroEditeur"
        refusal = f"{inscription.codeTraitement} {inscription.libelleTraitement}".strip()
        told.append(
            finding(
                "refusee-inchangee",
                demande.origin.cell(tag),
                tag,
                demande.name,
                numero=inscription.numeroEditeur,
                refus=refusal,
            )
        )
    return told


def _claims(
    examined: Sequence[Examined], already: Sequence[tuple[Demande, Inscription]], lecture: Lecture
) -> list[Finding]:
    """A warning for each doctor or site that another request of this run, or of the ledger, claims."""
    out = {demande.cle for demande, _ in already}
    fresh = [one.demande for one in examined if one.demande.cle not in out]
    claims = lecture.claims({number for demande in fresh for number in demande.beneficiary_numbers if number})
    first_with: dict[str, Demande] = {}
    told = []
    for demande in fresh:
        tag = "FINESSGeo" if demande.structure else "RPPS"
        for number, row in zip(demande.beneficiary_numbers, demande.origin.rows, strict=True):
            first = first_with.setdefault(number, demande)
            claim = claims.get(number)
            if first is not demande:
                other = _place(first)
            elif claim and claim.cle != demande.cle:
                other = f"{claim.cle.refCommande or claim.numeroEditeur}, {claim.etat} dans {claim.fichier}"
            else:
                continue
            if not matches_format(BY_TAG[tag], number):
                continue
            told.append(finding("beneficiaire-autre-demande", demande.origin.cell(tag, row), tag, number, autre=other))
    return told


def _place(demande: Demande) -> str:
    return f"{demande.name or 'sans référence'} ({demande.origin.workbook.name}, ligne {demande.origin.rows[0]})"
