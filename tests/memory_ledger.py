"""A ledger in memory and requests straight from rows, without a file: what a run makes of them, case after case."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

from samples.spec import COLUMNS, letters
from workbooks import SUPPLIER, Row

from converter.checking.building import build_all
from converter.checking.clean_rows import clean_table
from converter.checking.folding import fold
from converter.documents.attaching import Document
from converter.documents.gathering import DocumentedRequest
from converter.findings import Cell
from converter.format.fields import Supplier
from converter.format.references import Reading, read_alike
from converter.format.requests import Request, RequestKey
from converter.ledger.interface import LedgerReader
from converter.ledger.model import LedgerEntry, State
from converter.ledger.reconciliation import reconcile
from converter.ledger.snapshot import snapshot_of
from converter.portal.rendering import render_alone
from converter.reading.table import Table

WORKBOOK, FILE = "commandes.xlsx", "JSON-0123456789-20221107-001.json"
_SUPPLIER = Supplier(str(SUPPLIER["numeroAns"]), str(SUPPLIER["SIRET"]), None, None)
_COLUMN_OF = {**{tag: letters(tag) for tag in COLUMNS}, "SIRET": "B"}
Entries = Sequence[LedgerEntry]


def requests_of(rows: Sequence[Row], workbook: str = WORKBOOK, **supplier: str) -> list[Request]:
    """The requests of these rows, the first of which is row 2; nothing is checked."""
    filled = {tag: [row.get(tag) for row in rows] for tag in COLUMNS}
    cells = {tag: ["" if one is None else one for one in column] for tag, column in filled.items()}
    columns = {tag: letters(tag) for tag in COLUMNS}
    numbers = range(2, 2 + len(rows))
    table = Table(Path(workbook), "Demandes", 1, columns, numbers, cells, frozenset(), date1904=False)
    clean, _ = clean_table(table)
    return build_all(replace(_SUPPLIER, **supplier), table, clean, fold(clean))


def form(sha256: str, kind: str = "BON_COMMANDE") -> Document:
    """A document with this content; "" for one that was not read."""
    return Document(kind, "PDF", sha256=sha256)


def entry(
    rows: Sequence[Row], number: str = "00001", *, documents: Sequence[Document] = (), **changes: Any
) -> LedgerEntry:
    """The ledger's entry for the request of these rows, sent on 7 November 2022 and not answered yet."""
    [request] = requests_of(rows)
    sent = LedgerEntry(
        key=request.key,
        numeroEditeur=number,
        state=State.EMITTED,
        file=FILE,
        numLigne=1,
        day=datetime.date(2022, 11, 7),
        SIRET=request.supplier.SIRET,
        montantSegurHT=request.commande.montantSegurHT,
        beneficiaires=request.beneficiary_numbers,
        snapshot=snapshot_of(request, documents, render_alone([request])[0]),
    )
    return replace(sent, **changes)


def adopted(one: LedgerEntry) -> LedgerEntry:
    """The same, known by its file alone."""
    return replace(
        one, key=RequestKey(one.key.numeroAns, "", one.numeroEditeur), snapshot=replace(one.snapshot, workbook="")
    )


class Memory:
    """What a reconciliation asks of a ledger, answered from these entries, the latest last."""

    def __init__(self, *entries: LedgerEntry) -> None:
        self._entries = entries

    def find(self, keys: Collection[RequestKey]) -> Mapping[RequestKey, LedgerEntry]:
        return {one.key: one for one in self._entries if one.key in keys}

    def holders(self, numbers: Collection[str]) -> Mapping[str, LedgerEntry]:
        return {one.numeroEditeur: one for one in self._entries if one.numeroEditeur in numbers}

    def claims(self, beneficiaires: Collection[str]) -> Mapping[str, Entries]:
        return {number: [one for one in self._out if number in one.beneficiaires] for number in beneficiaires}

    def alike(self, readings: Collection[Reading]) -> Mapping[Reading, Entries]:
        return {reading: [one for one in self._out if read_alike(reading, one.reading)] for reading in readings}

    def order_forms(self, fingerprints: Collection[str]) -> Mapping[str, Entries]:
        return {sha256: [one for one in self._out if one.order_form == sha256] for sha256 in fingerprints}

    @property
    def _out(self) -> Entries:
        """Those that are out, the latest first."""
        return [one for one in reversed(self._entries) if one.is_out]


@dataclass(frozen=True, slots=True)
class Sorted:
    """`told`: code, address of the cell, severity; `values`: what stands there now; `sent`: the name of each request
    that leaves, and its number; `known`: those that left before; `sentences`: what is said, with plain spaces."""

    told: list[tuple[str, str, str]]
    values: list[str]
    sent: list[tuple[str, str]]
    known: list[str]
    sentences: list[str]


def sort(
    requests: Sequence[Request],
    *entries: LedgerEntry,
    documents: Sequence[Sequence[Document]] = (),
    wrong: Sequence[Request] = (),
    resend: bool = False,
) -> Sorted:
    """What becomes of these requests. `documents`: those of each, else one that was not read; `wrong`: the
    requests with an error in their cells."""
    made = reconcile(
        [
            DocumentedRequest(one, tuple(given), any(one is other for other in wrong))
            for one, given in zip_longest(requests, documents, fillvalue=[form("")])
        ],
        cast("LedgerReader", Memory(*entries)),
        render_alone,
        siret_cells={Path(WORKBOOK): Cell(WORKBOOK, "Paramètres", 2, "B")},
        resend=resend,
    )
    assert all(one.cell.column in ("", _COLUMN_OF[one.tag]) for one in made.findings)
    return Sorted(
        [(one.code, f"{one.cell.column}{one.cell.row or ''}", str(one.severity)) for one in made.findings],
        [one.value for one in made.findings],
        [(one.request.name, one.numeroEditeur) for one in made.to_emit],
        [one.name for one, _ in made.already],
        [f"{one.message} {one.remedy}".replace("\u00a0", " ").replace("\u202f", " ") for one in made.findings],
    )
