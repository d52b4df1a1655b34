"""Requests compared with the ledger: new ones, those already out, changed since, or to be sent again.

Requests are known by (numeroAns, refCommande), else by their numeroEditeur.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from converter.documents.attaching import Document
from converter.documents.gathering import DocumentedRequest
from converter.findings import Cell, Finding, Severity, finding
from converter.format.requests import Request, RequestKey
from converter.ledger.changes import first_change
from converter.ledger.claims import Claims, claims_of, in_this_run, siret_findings
from converter.ledger.interface import LedgerReader
from converter.ledger.model import SENT_BACK, WHOLE_FILE_REJECTED, LedgerEntry, State
from converter.ledger.snapshot import Snapshot, snapshot_of

Render = Callable[[Sequence[Request]], Sequence[str]]
"""Renders requests as the portal would receive them (`Snapshot.rendered`)."""
REFUSED_UNCHANGED, REJECTED_UNCHANGED = UNCHANGED = ("refusee-inchangee", "rejetee-inchangee")
"""The codes of a request that was refused and comes again as it was: it leaves only where that is asked for."""


@dataclass(frozen=True, slots=True)
class ToEmit:
    """A request to send. `numeroEditeur`: the user's, or the one it keeps after a void; "" when it needs a new one."""

    request: Request
    documents: tuple[Document, ...]
    numeroEditeur: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The requests to send and those already out; all the others are held back."""

    to_emit: tuple[ToEmit, ...]
    already: tuple[tuple[Request, LedgerEntry], ...]
    findings: tuple[Finding, ...]


def reconcile(
    examined: Sequence[DocumentedRequest],
    reader: LedgerReader,
    render: Render,
    *,
    siret_cells: Mapping[Path, Cell],
    resend: bool,
) -> Reconciled:
    """Sort the requests of a run, in their order.

    `siret_cells`: the cell of each workbook's SIRET; `resend`: whether refused requests are sent again even unchanged.
    """
    known = reader.find({one.request.key for one in examined})
    holders = reader.holders({number for one in examined if (number := one.request.reference.numeroEditeur)})
    fresh = [one for one in examined if not _is_out(known.get(one.request.key))]
    claims = claims_of([(one.request, one.documents) for one in fresh], reader)
    sorting = _Sorting(
        known,
        holders,
        claims,
        _Twins({}, {}, _split_orders([one for one in fresh if one.request.key not in known])),
        _Rendered(render, [one.request for one in examined if one.request.key in known and not one.in_error]),
        resend=resend,
    )
    for one in examined:
        sorting.add(one)
    changed_siret = siret_findings(sorting.other_siret, siret_cells)
    return Reconciled(tuple(sorting.to_emit), tuple(sorting.already), (*sorting.findings, *changed_siret))


@dataclass(frozen=True, slots=True)
class _Sorting:
    """What the ledger knows of the requests of a run, and the lists into which they are sorted."""

    known: Mapping[RequestKey, LedgerEntry]
    holders: Mapping[str, LedgerEntry]
    claims: Claims
    twins: "_Twins"
    rendered: "_Rendered"
    resend: bool
    to_emit: list[ToEmit] = field(default_factory=list)
    already: list[tuple[Request, LedgerEntry]] = field(default_factory=list)
    other_siret: list[tuple[Request, LedgerEntry]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, one: DocumentedRequest) -> None:
        """Send, recognise or hold back the next request."""
        entry = self.known.get(one.request.key) or self._known_by_contents(one)
        if entry and entry.state is State.ABANDONED:
            if not one.in_error:
                self.already.append((one.request, entry))
        elif entry and entry.is_out:
            if not one.in_error:
                self._compare(one, entry)
        elif one.in_error:
            self.findings.extend(self.claims.about_beneficiaries(one.request, in_error=True))
        else:
            self._send(one, entry)

    def _known_by_contents(self, one: DocumentedRequest) -> LedgerEntry | None:
        """The request with the same contents that was adopted from a file, without its reference."""
        request, claims = one.request, self.claims.beneficiaries
        candidates = [
            entry for number in request.beneficiary_numbers for entry in claims.get(number, ()) if entry.is_anonymous
        ]
        if not candidates or request.confirmation.commandeDistincte:
            return None
        snapshot = self.rendered.snapshot(one)
        return next((entry for entry in candidates if first_change(request, snapshot, entry) is None), None)

    def _compare(self, one: DocumentedRequest, entry: LedgerEntry) -> None:
        """Check that a request that is out has not changed since it was sent."""
        request = one.request
        self.claims.add(request, one.documents)
        if entry.SIRET != request.supplier.SIRET:
            self.other_siret.append((request, entry))
        elif problem := _changed(request, self.rendered.snapshot(one), entry, self.holders):
            self.findings.append(problem)
        else:
            self.already.append((request, entry))

    def _send(self, one: DocumentedRequest, entry: LedgerEntry | None) -> None:
        """Send a request that is not out, or no longer, unless something is wrong with it."""
        request = one.request
        if problem := self.twins.error_of(request) or _number_taken(request, entry, self.holders):
            self.findings.extend([problem, *self.claims.about_beneficiaries(request, in_error=True)])
            return
        number = _own_number(request, entry, self.holders)
        findings = self.claims.about(request, one.documents)
        if one.documents and entry and entry.state in SENT_BACK:
            findings += _sent_again(request, self.rendered.snapshot(one), entry, number, resend=self.resend)
        self.findings.extend(findings)
        if one.documents and all(found.severity is not Severity.ERROR for found in findings):
            self.claims.add(request, one.documents)
            self.to_emit.append(ToEmit(request, one.documents, number))


class _Rendered:
    """The requests that are compared with what was sent, as the portal would receive them now."""

    def __init__(self, render: Render, known: Sequence[Request]) -> None:
        """`known`: those that the ledger knows, rendered together, for speed."""
        self._render = render
        self._texts = {id(one): rendered for one, rendered in zip(known, render(known), strict=True)}

    def snapshot(self, one: DocumentedRequest) -> Snapshot:
        """What would be recorded of this request if it was sent now."""
        rendered = self._texts.get(id(one.request)) or self._render([one.request])[0]
        return snapshot_of(one.request, one.documents, rendered)


def _is_out(entry: LedgerEntry | None) -> bool:
    return entry is not None and entry.is_out


@dataclass(frozen=True, slots=True)
class _Twins:
    """The requests met so far in this run, by key and by numeroEditeur; `split`: the second part of a split order."""

    by_key: dict[RequestKey, Request]
    by_number: dict[str, Request]
    split: Mapping[RequestKey, Request]

    def error_of(self, request: Request) -> Finding | None:
        """The error of a request that was already met in this run, in this workbook or another."""
        first = self.by_key.setdefault(request.key, request)
        if other := first if first is not request else self.split.get(request.key):
            tag = "refCommande" if request.reference.refCommande else "numeroEditeur"
            return finding("commande-en-double", request.origin.cell(tag), tag, request.name, autre=in_this_run(other))
        number = request.reference.numeroEditeur
        if number and (holder := self.by_number.setdefault(number, request)) is not request:
            cell = request.origin.cell("numeroEditeur")
            return finding("numero-deja-attribue", cell, "numeroEditeur", number, detenteur=in_this_run(holder))
        return None


def _split_orders(examined: Sequence[DocumentedRequest]) -> dict[RequestKey, Request]:
    """The orders of which two workbooks give other beneficiaries: each may be half of the order, and neither leaves.

    By key, the second request of each. Two that give the same are a workbook and its copy: the first one leaves.
    `examined`: only what the ledger has never known; the workbook of a refused request may stand beside its correction.
    """
    firsts: dict[RequestKey, Request] = {}
    split: dict[RequestKey, Request] = {}
    for one in examined:
        if one.in_error:
            continue
        first = firsts.setdefault(one.request.key, one.request)
        if set(first.beneficiary_numbers) != set(one.request.beneficiary_numbers):
            split.setdefault(one.request.key, one.request)
    return split


def _changed(
    request: Request, snapshot: Snapshot, entry: LedgerEntry, holders: Mapping[str, LedgerEntry]
) -> Finding | None:
    """The error of a request that was sent with other values, on the first cell that differs."""
    number = request.reference.numeroEditeur
    if number and number != entry.numeroEditeur and not _is_own(holders.get(number), request):
        return _other_number(request, number, entry)
    change = first_change(request, snapshot, entry)
    if change is None:
        return None
    code = "demande-modifiee" if entry.state is State.EMITTED else "demande-modifiee-acceptee"
    return finding(
        code,
        change.cell,
        change.tag,
        change.now,
        changement=change.words,
        fichier=entry.file,
        numero=entry.numeroEditeur,
        asp=entry.numeroASP,
    )


def _number_taken(request: Request, own: LedgerEntry | None, holders: Mapping[str, LedgerEntry]) -> Finding | None:
    """The error of a number that is another request's, or is not the one that this request keeps."""
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
    """Whether this very request was refused under the number, so that it needs a new one."""
    return holder is not None and holder.state in SENT_BACK and holder.key == request.key


def _other_number(request: Request, number: str, own: LedgerEntry) -> Finding:
    cell = request.origin.cell("numeroEditeur")
    return finding("numero-conserve", cell, "numeroEditeur", number, numero=own.numeroEditeur, fichier=own.file)


def _own_number(request: Request, entry: LedgerEntry | None, holders: Mapping[str, LedgerEntry]) -> str:
    """The number kept after a void, or the user's; "" for the next free one."""
    if entry and entry.state is State.VOIDED:
        return entry.numeroEditeur
    number = request.reference.numeroEditeur or ""
    return "" if _is_own(holders.get(number), request) else number


def _sent_again(
    request: Request, snapshot: Snapshot, entry: LedgerEntry, number: str, *, resend: bool
) -> list[Finding]:
    """The findings about a request that comes again after a refusal: its new number, or nothing changed in it."""
    findings = []
    if (typed := request.reference.numeroEditeur) and not number:
        findings.append(finding("numero-renouvele", request.origin.cell("numeroEditeur"), "numeroEditeur", typed))
    same = entry.SIRET == request.supplier.SIRET and first_change(request, snapshot, entry) is None
    if same and entry.codeTraitement != WHOLE_FILE_REJECTED:
        tag = "refCommande" if request.reference.refCommande else "numeroEditeur"
        severity = Severity.WARNING if resend else Severity.ERROR
        if entry.state is State.REFUSED:
            code, why = REFUSED_UNCHANGED, f"{entry.codeTraitement} {entry.libelleTraitement}".strip()
        else:
            code, why = REJECTED_UNCHANGED, entry.reason or "sans motif noté"
        details = {"numero": entry.numeroEditeur, "refus": why}
        findings.append(finding(code, request.origin.cell(tag), tag, request.name, severity, **details))
    return findings
