"""Workbooks read for `adopt`: order books give references and file names, follow-up workbooks states and decisions.

A request of an order book is recognised by its contents: the JSON file has everything but the reference and the names
of documents.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from converter.checking.examination import examine
from converter.checking.options import Options
from converter.checking.second_process import Worker
from converter.findings import Refusal
from converter.findings.text import fold
from converter.format.requests import Request, RequestKey
from converter.format.user_files import REQUESTS_SHEET, own_stem
from converter.ledger.changes import first_change
from converter.ledger.model import LedgerEntry, State
from converter.ledger.snapshot import Snapshot, snapshot_of
from converter.portal.followup_columns import FollowUp
from converter.portal.rendering import render_alone
from converter.reading.cells import Raw, as_shown
from converter.reading.mapping import SourceMapping
from converter.reading.plain_sheet import read_plain_sheet
from converter.reading.workbook import read_workbook

_STATES = {fold(state.value): state for state in State}
Contents = tuple[str, frozenset[str], Decimal, str]
"""numeroAns, beneficiaries, amount and day of an order: the key to find candidates, then compared whole."""


@dataclass(frozen=True, slots=True)
class FollowedRequest:
    """One row of a follow-up workbook, as far as it could be read."""

    numeroEditeur: str
    numeroAns: str
    refCommande: str
    state: State | None
    numeroASP: str
    refusal: str
    reason: str
    decided: date | None
    paid: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderBooks:
    """The contents of the given workbooks; `unread`: the others, with the reason."""

    requests: tuple[Request, ...] = ()
    followed: tuple[FollowedRequest, ...] = ()
    unread: tuple[tuple[Path, str], ...] = ()


def read_order_books(paths: Iterable[Path], today: date, mapping: SourceMapping | None) -> OrderBooks:
    """The requests of order books, annotated or not, and the rows of follow-up workbooks; why the others are unread.

    `mapping`: how to read order books whose headings are not ours.
    """
    requests: list[Request] = []
    followed: list[FollowedRequest] = []
    unread: list[tuple[Path, str]] = []
    for path in paths:
        rows = _followed(path)
        if rows is not None:
            followed += rows
            continue
        try:
            workbook = read_workbook(path, documents=False, mapping=mapping)
            requests += examine(workbook, Options(path.parent, today, documents=False), Worker()).requests
        except Refusal as refusal:
            unread.append((path, str(refusal)))
    return OrderBooks(tuple(requests), tuple(followed), tuple(unread))


def identified(
    requests: Sequence[Request], entries: Iterable[LedgerEntry]
) -> tuple[list[LedgerEntry], list[tuple[str, ...]]]:
    """The entries completed from these orders; and the references that could belong to several entries."""
    waiting: dict[Contents, list[LedgerEntry]] = {}
    for entry in entries:
        if not entry.snapshot.workbook:
            waiting.setdefault(_contents_of(entry), []).append(entry)
    alike = [one for one in requests if _contents_asked(one) in waiting]
    named: dict[Contents, dict[RequestKey, tuple[Request, Snapshot]]] = {}
    for request, rendered in zip(alike, render_alone(alike), strict=True):
        snapshot, contents = snapshot_of(request, (), rendered), _contents_asked(request)
        if any(first_change(request, snapshot, entry) is None for entry in waiting[contents]):
            named.setdefault(contents, {}).setdefault(request.key, (request, snapshot))
    found: list[LedgerEntry] = []
    doubtful: list[tuple[str, ...]] = []
    for contents, orders in named.items():
        ours, candidates = waiting[contents], list(orders.values())
        if len(candidates) == 1:
            candidates *= len(ours)  # refused, then sent again unchanged
        if len(candidates) == len(ours):
            found += [_named(entry, *order) for entry, order in zip(ours, candidates, strict=True)]
        else:
            doubtful.append(tuple(request.name for request, _ in candidates))
    return found, doubtful


def _named(entry: LedgerEntry, request: Request, snapshot: Snapshot) -> LedgerEntry:
    workbook = request.origin.workbook
    snapshot = replace(
        snapshot,
        rendered=entry.snapshot.rendered,
        workbook=f"{own_stem(workbook.stem)}{workbook.suffix}",
        fingerprints=entry.snapshot.fingerprints,
    )
    key = request.key if request.key.refCommande else entry.key
    return replace(entry, key=key, snapshot=snapshot, numeric_reference=request.numeric_reference)


def _contents_of(entry: LedgerEntry) -> Contents:
    return entry.key.numeroAns, frozenset(entry.beneficiaires), entry.montantSegurHT, entry.snapshot.order_day


def _contents_asked(request: Request) -> Contents:
    order = request.commande
    return request.key.numeroAns, frozenset(request.beneficiary_numbers), order.montantSegurHT, order.dateCommande


def _followed(path: Path) -> list[FollowedRequest] | None:
    """The rows of a follow-up workbook; None for a workbook that is none."""
    needed = [one.value for one in (FollowUp.NUMBER, FollowUp.SOFTWARE, FollowUp.STATE, FollowUp.FILE)]
    try:
        sheet = read_plain_sheet(path, REQUESTS_SHEET, [one.value for one in FollowUp], needed)
    except Refusal:
        return None
    return [_followed_request(cells) for _, cells in sheet.rows]


def _followed_request(cells: Mapping[str, Raw]) -> FollowedRequest:
    shown = {name: as_shown(value).strip() for name, value in cells.items()}

    def text(column: FollowUp) -> str:
        return shown.get(column.value, "")

    return FollowedRequest(
        text(FollowUp.NUMBER),
        text(FollowUp.SOFTWARE),
        text(FollowUp.REFERENCE),
        _STATES.get(fold(text(FollowUp.STATE))),
        text(FollowUp.ASP_NUMBER),
        text(FollowUp.REFUSAL),
        text(FollowUp.NOTED_REASON),
        _day(text(FollowUp.DECIDED)),
        _amount(text(FollowUp.RECEIVED)),
    )


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 — a day
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text).quantize(Decimal("0.01")) if text else None
    except InvalidOperation:
        return None
