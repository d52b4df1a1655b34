"""Nothing is claimed twice: similar references, order forms already used, orders already sent.

A request is compared with those of the ledger that are out, and with those of this run that came before it. The finding
is a warning where a person declared another order (« Commande distincte ? »), an error otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from converter.checking.cell_rules import matches_format
from converter.documents.attaching import Document
from converter.findings import Cell, Finding, Severity, finding
from converter.format.fields import BY_TAG
from converter.format.references import Reading
from converter.format.requests import Request
from converter.ledger.interface import LedgerReader
from converter.ledger.model import LedgerEntry

_MOST_NAMED = 10  # requests in one sentence
Entries = tuple[LedgerEntry, ...]
Ordered = tuple[str, str, Decimal]
"""A beneficiary with the date and the amount of an order."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The requests of the ledger that claim the same things, and the requests met so far in this run."""

    alike: Mapping[Reading, Entries]
    order_forms: Mapping[str, Entries]
    beneficiaries: Mapping[str, Entries]
    seen: "_Seen"

    def about(self, request: Request, documents: Sequence[Document]) -> list[Finding]:
        """The findings about what this request, which has no error, claims and another request claims already."""
        findings = [*self._same_reference(request), *self._same_order_form(request, documents)]
        return [*findings, *self.about_beneficiaries(request, in_error=False)]

    def about_beneficiaries(self, request: Request, *, in_error: bool) -> Iterator[Finding]:
        """A finding for each doctor or site that another request claims: an error where it is the same order."""
        tag = "FINESSGeo" if request.structure else "RPPS"
        for number, row in zip(request.beneficiary_numbers, request.origin.rows, strict=True):
            first = self.seen.beneficiaries.setdefault(number, request)
            if not matches_format(BY_TAG[tag], number):
                continue
            cell = request.origin.cell(tag, row)
            same = "" if in_error else self._same_order(request, number)
            if same:
                yield finding("commande-deja-demandee", cell, tag, number, _severity(request), autre=same)
            elif other := in_this_run(first) if first is not request else self._other(request, number):
                yield finding("beneficiaire-autre-demande", cell, tag, number, autre=other)

    def add(self, request: Request, documents: Sequence[Document]) -> None:
        """Remember a request of this run that is sent now, or was sent before."""
        reading, software = request.reading, request.supplier.numeroAns
        if reading.runs:
            self.seen.runs.setdefault((software, reading.runs), request)
        if reading.digits:
            self.seen.digits.setdefault((software, reading.digits, reading.is_number), request)
        if form := _order_form(documents):
            self.seen.order_forms.setdefault(form, request)
        for number in request.beneficiary_numbers:
            self.seen.orders.setdefault(_ordered(request, number), request)

    def _same_reference(self, request: Request) -> Iterator[Finding]:
        reading, reference = request.reading, request.reference.refCommande or ""
        if not reading.runs:
            return
        software = request.supplier.numeroAns  # each software has its own references
        alike = tuple(one for one in self.alike.get(reading, ()) if one.key.numeroAns == software)
        held, met = _of_another(alike, request), self.seen.reads_like(software, reading)
        if held:
            first, where = held.key.refCommande, _when(held)
        elif met and met is not request:
            first, where = met.reference.refCommande or "", _where(met)
        else:
            return
        cell = request.origin.cell("refCommande")
        details = {"premiere": first, "ou": where}
        yield finding("reference-semblable", cell, "refCommande", reference, _severity(request), **details)

    def _same_order_form(self, request: Request, documents: Sequence[Document]) -> Iterator[Finding]:
        form = _order_form(documents)
        held = _of_another(self.order_forms.get(form, ()), request)
        met = self.seen.order_forms.get(form, request)
        if other := in_the_ledger(held) if held else in_this_run(met) if met is not request else "":
            cell, typed = request.origin.cell("bonCommande"), request.documents.bonCommande or ""
            yield finding("bon-commande-deja-servi", cell, "bonCommande", typed, _severity(request), autre=other)

    def _same_order(self, request: Request, number: str) -> str:
        """The other request of the same order for this beneficiary; "" if there is none."""
        ordered = _ordered(request, number)
        entries = self.beneficiaries.get(number, ())
        same = tuple(one for one in entries if (number, one.snapshot.order_day, one.montantSegurHT) == ordered)
        held = _of_another(same, request)
        met = self.seen.orders.get(ordered, request)
        return in_the_ledger(held) if held else in_this_run(met) if met is not request else ""

    def _other(self, request: Request, number: str) -> str:
        held = _of_another(self.beneficiaries.get(number, ()), request)
        return in_the_ledger(held) if held else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The first request of this run for each thing claimed."""

    runs: dict[tuple[str, str], Request] = field(default_factory=dict)
    digits: dict[tuple[str, str, bool], Request] = field(default_factory=dict)
    order_forms: dict[str, Request] = field(default_factory=dict)
    orders: dict[Ordered, Request] = field(default_factory=dict)
    beneficiaries: dict[str, Request] = field(default_factory=dict)

    def reads_like(self, software: str, reading: Reading) -> Request | None:
        """The first request of this software whose reference reads like this one."""
        same = self.runs.get((software, reading.runs))
        if same or not reading.digits:
            return same
        number = self.digits.get((software, reading.digits, True))  # a number may have lost leading zeros
        return number or (self.digits.get((software, reading.digits, False)) if reading.is_number else None)


def claims_of(requests: Sequence[tuple[Request, Sequence[Document]]], reader: LedgerReader) -> Claims:
    """The requests of the ledger that claim what these requests, not sent yet, are about to claim."""
    return Claims(
        reader.alike({one.reading for one, _ in requests if one.reading.runs}),
        reader.order_forms({form for _, documents in requests if (form := _order_form(documents))}),
        reader.claims({number for one, _ in requests for number in one.beneficiary_numbers if number}),
        _Seen(),
    )


def siret_findings(sent: Sequence[tuple[Request, LedgerEntry]], siret_cells: Mapping[Path, Cell]) -> list[Finding]:
    """An error for each workbook whose SIRET is not the one under which some of its requests were sent."""
    by_workbook: dict[tuple[Path, str, str], list[str]] = {}
    for request, entry in sent:
        place = request.origin.workbook, request.supplier.SIRET, entry.SIRET
        by_workbook.setdefault(place, []).append(request.name)
    return [
        finding(
            "siret-change",
            siret_cells.get(workbook, Cell(str(workbook))),
            "SIRET",
            now,
            ancien=then,
            demandes=", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else ""),
        )
        for (workbook, now, then), names in by_workbook.items()
    ]


def in_this_run(request: Request) -> str:
    """« BC-1 (commandes.xlsx, ligne 2) »."""
    return f"{request.name or 'sans référence'} ({_where(request)})"


def in_the_ledger(entry: LedgerEntry) -> str:
    """« BC-1 (émise dans JSON-….json, à déposer le 22/11/2026) »."""
    return f"{entry.key.refCommande or entry.numeroEditeur} ({_when(entry)})"


def _where(request: Request) -> str:
    return f"{request.origin.workbook.name}, ligne {request.origin.rows[0]}"


def _when(entry: LedgerEntry) -> str:
    return f"{entry.state} dans {entry.file}, le {entry.day:%d/%m/%Y}"


def _of_another(entries: Entries, request: Request) -> LedgerEntry | None:
    return next((one for one in entries if one.key != request.key), None)


def _severity(request: Request) -> Severity:
    return Severity.WARNING if request.confirmation.commandeDistincte else Severity.ERROR


def _order_form(documents: Sequence[Document]) -> str:
    """The SHA-256 of the order form among these documents; "" where it was not read."""
    return next((one.sha256 for one in documents if one.typeFichier == "BON_COMMANDE"), "")


def _ordered(request: Request, number: str) -> Ordered:
    return number, request.commande.dateCommande, request.commande.montantSegurHT
