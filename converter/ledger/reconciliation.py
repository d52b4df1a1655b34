"""Requests held against the ledger: which are new, already out, changed since, or to go out again.

Requests are known by (numeroAns, refCommande), else by their numeroEditeur.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from converter.checking.cell_rules import matches_format
from converter.documents.attaching import Document
from converter.documents.gathering import DocumentedRequest
from converter.findings import Finding, finding
from converter.format.fields import BY_TAG
from converter.format.requests import Request, RequestKey
from converter.ledger.model import LedgerEntry, LedgerReader, State
from converter.ledger.snapshot import first_difference, snapshot_of


@dataclass(frozen=True, slots=True)
class ToEmit:
    """A request to send. `numeroEditeur`: the user's, or the one it keeps after a void; "" to be given."""

    request: Request
    documents: tuple[Document, ...]
    snapshot: dict[str, str]
    numeroEditeur: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is to be done: requests to send, requests already out; all the others are held back."""

    to_emit: tuple[ToEmit, ...]
    already: tuple[tuple[Request, LedgerEntry], ...]
    findings: tuple[Finding, ...]


def reconcile(examined: Sequence[DocumentedRequest], reader: LedgerReader) -> Reconciled:
    """Sort the requests of a run, in their order."""
    known = reader.find({one.request.key for one in examined})
    holders = reader.holders({number for one in examined if (number := one.request.reference.numeroEditeur)})
    to_emit: list[ToEmit] = []
    already: list[tuple[Request, LedgerEntry]] = []
    told: list[Finding] = []
    twins = _Twins({}, {})
    for one in examined:
        if one.in_error:
            continue
        entry = known.get(one.request.key)
        snapshot = snapshot_of(one.request, one.documents)
        if entry and entry.state in (State.EMITTED, State.ACCEPTED):
            if problem := _changed(one.request, snapshot, entry, holders):
                told.append(problem)
            else:
                already.append((one.request, entry))
        elif problem := twins.told_of(one.request) or _number_taken(one.request, entry, holders):
            told.append(problem)
        elif one.documents:
            number = _own_number(one.request, entry, holders)
            to_emit.append(ToEmit(one.request, one.documents, snapshot, number))
            told += _sent_again(one.request, snapshot, entry, number)
    return Reconciled(tuple(to_emit), tuple(already), (*told, *_claims(examined, already, reader)))


@dataclass(frozen=True, slots=True)
class _Twins:
    """The requests met so far in this run, by key and by numeroEditeur."""

    by_key: dict[RequestKey, Request]
    by_number: dict[str, Request]

    def told_of(self, request: Request) -> Finding | None:
        """The error of a request that this run already holds, in this workbook or another."""
        first = self.by_key.setdefault(request.key, request)
        if first is not request:
            tag = "refCommande" if request.reference.refCommande else "numeroEditeur"
            return finding("commande-en-double", request.origin.cell(tag), tag, request.name, autre=_place(first))
        number = request.reference.numeroEditeur
        if number and (holder := self.by_number.setdefault(number, request)) is not request:
            cell = request.origin.cell("numeroEditeur")
            return finding("numero-deja-attribue", cell, "numeroEditeur", number, detenteur=_place(holder))
        return None


def _changed(
    request: Request, snapshot: dict[str, str], entry: LedgerEntry, holders: Mapping[str, LedgerEntry]
) -> Finding | None:
    """The error of a request that is out with other values, on the first of them."""
    number = request.reference.numeroEditeur
    if number and number != entry.numeroEditeur and not _is_own(holders.get(number), request):
        return _other_number(request, number, entry)
    difference = first_difference(request, snapshot, entry.snapshot)
    if difference is None:
        return None
    code = "demande-modifiee-acceptee" if entry.state is State.ACCEPTED else "demande-modifiee"
    return finding(
        code,
        difference.cell,
        difference.tag,
        difference.now,
        ancienne=difference.then or "rien",
        actuelle=difference.now or "rien",
        fichier=entry.file,
        numero=entry.numeroEditeur,
        asp=entry.numeroASP,
    )


def _number_taken(request: Request, own: LedgerEntry | None, holders: Mapping[str, LedgerEntry]) -> Finding | None:
    """The error of a number filled in that is not free: it is another's, or is not the one that the request keeps."""
    number = request.reference.numeroEditeur
    if not number:
        return None
    if own and own.state is State.VOIDED:
        return None if number == own.numeroEditeur else _other_number(request, number, own)
    holder = holders.get(number)
    if holder is None or _is_own(holder, request):
        return None
    cell = request.origin.cell("numeroEditeur")
    return finding("numero-deja-attribue", cell, "numeroEditeur", number, detenteur=holder.file)


def _is_own(holder: LedgerEntry | None, request: Request) -> bool:
    """Whether a number is one under which this very request was refused: it is to have a new one."""
    return holder is not None and holder.state is State.REFUSED and holder.key == request.key


def _other_number(request: Request, number: str, own: LedgerEntry) -> Finding:
    cell = request.origin.cell("numeroEditeur")
    return finding("numero-conserve", cell, "numeroEditeur", number, numero=own.numeroEditeur, fichier=own.file)


def _own_number(request: Request, entry: LedgerEntry | None, holders: Mapping[str, LedgerEntry]) -> str:
    """The number kept after a void, or the user's; "" for the next free one."""
    if entry and entry.state is State.VOIDED:
        return entry.numeroEditeur
    number = request.reference.numeroEditeur or ""
    return "" if _is_own(holders.get(number), request) else number


def _sent_again(request: Request, snapshot: dict[str, str], entry: LedgerEntry | None, number: str) -> list[Finding]:
    """What to know of a request that goes out again after a refusal: it has a new number; nothing was changed in it."""
    if entry is None or entry.state is not State.REFUSED:
        return []
    told = []
    if (typed := request.reference.numeroEditeur) and not number:
        told.append(finding("numero-renouvele", request.origin.cell("numeroEditeur"), "numeroEditeur", typed))
    if first_difference(request, snapshot, entry.snapshot) is None:
        tag = "refCommande" if request.reference.refCommande else "numeroEditeur"
        refusal = f"{entry.codeTraitement} {entry.libelleTraitement}".strip()
        told.append(
            finding(
                "refusee-inchangee",
                request.origin.cell(tag),
                tag,
                request.name,
                numero=entry.numeroEditeur,
                refus=refusal,
            )
        )
    return told


def _claims(
    examined: Sequence[DocumentedRequest], already: Sequence[tuple[Request, LedgerEntry]], reader: LedgerReader
) -> list[Finding]:
    """A warning for each doctor or site that another request of this run, or of the ledger, claims."""
    out = {request.key for request, _ in already}
    fresh = [one.request for one in examined if one.request.key not in out]
    claims = reader.claims({number for request in fresh for number in request.beneficiary_numbers if number})
    first_with: dict[str, Request] = {}
    told = []
    for request in fresh:
        tag = "FINESSGeo" if request.structure else "RPPS"
        for number, row in zip(request.beneficiary_numbers, request.origin.rows, strict=True):
            first = first_with.setdefault(number, request)
            claim = claims.get(number)
            if first is not request:
                other = _place(first)
            elif claim and claim.key != request.key:
                other = f"{claim.key.refCommande or claim.numeroEditeur}, {claim.state} dans {claim.file}"
            else:
                continue
            if not matches_format(BY_TAG[tag], number):
                continue
            told.append(finding("beneficiaire-autre-demande", request.origin.cell(tag, row), tag, number, autre=other))
    return told


def _place(request: Request) -> str:
    return f"{request.name or 'sans référence'} ({request.origin.workbook.name}, ligne {request.origin.rows[0]})"
