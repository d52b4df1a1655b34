"""What changed in an order since it was sent, with the labels of its columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from converter.findings import Cell
from converter.findings.french import counted, euros
from converter.format.field_kinds import FieldKind, Level
from converter.format.fields import BY_TAG, FIELDS
from converter.format.file_names import DOCUMENT_TAGS
from converter.format.requests import Request
from converter.ledger.model import LedgerEntry
from converter.ledger.snapshot import Snapshot

_DERIVED = ("isMandataire", "isClientUnique")  # they follow from the doctors: compared after them
_GIVEN = tuple(one.tag for one in FIELDS if one.level is Level.REQUEST and one.tag not in _DERIVED)
_MOST_NAMED = 3  # identifiers in one sentence
_CALLED = {"RPPS": ("médecin", "RPPS"), "FINESSGeo": ("site", "FINESS géographique")}


@dataclass(frozen=True, slots=True)
class Change:
    """The first cell in which a request differs from what was sent; `words`: « « Date de commande » valait … »."""

    tag: str
    cell: Cell
    now: str
    words: str


def first_change(request: Request, now: Snapshot, entry: LedgerEntry) -> Change | None:
    """The first value that changed since it was sent, in the order of the columns; None if nothing changed.

    The order of the beneficiaries does not count, nor does a document that was not read on one of the two sides.
    """
    return next(_changes(request, now, entry), None)


def _changes(request: Request, now: Snapshot, entry: LedgerEntry) -> Iterator[Change]:
    then = entry.snapshot
    if now.rendered != then.rendered:
        present, past = now.values, then.values
        yield from _values(request, _GIVEN, present, past)
        yield from _beneficiaries(request, now, entry)
        yield from _values(request, _DERIVED, present, past)
    yield from _documents(request, now, then)


def _values(request: Request, tags: Sequence[str], now: Mapping[str, str], then: Mapping[str, str]) -> Iterator[Change]:
    for tag in tags:
        if now.get(tag) != then.get(tag):
            yield _value(tag, request.origin.cell(tag), now.get(tag, ""), then.get(tag, ""))


def _value(tag: str, cell: Cell, now: str, then: str, whose: str = "") -> Change:
    was = f"valait {_shown(tag, then)}" if then else "était vide"
    is_ = f"vaut {_shown(tag, now)}" if now else "est vide"
    return Change(tag, cell, now, f"«\u00a0{BY_TAG[tag].label}\u00a0»{whose} {was}, {is_}")


def _beneficiaries(request: Request, now: Snapshot, entry: LedgerEntry) -> Iterator[Change]:
    """New and removed beneficiaries, then the values that changed of the others."""
    tag = "FINESSGeo" if request.structure else "RPPS"
    present, past = ({one[tag]: one for one in side.beneficiaries if tag in one} for side in (now, entry.snapshot))
    new, gone = [one for one in present if one not in past], [one for one in past if one not in present]
    rows = dict(zip(request.beneficiary_numbers, request.origin.rows, strict=True))
    if new or gone:
        row = rows[new[0]] if new else request.origin.rows[0]
        words = _membership(tag, new, gone)
        if len(present) != len(past):
            who = _CALLED[tag][0]
            words = f"{entry.state} avec {counted(len(past), who)}, en compte {len(present)}\u00a0: {words}"
        yield Change(tag, request.origin.cell(tag, row), new[0] if new else "", words)
    for number, values in present.items():
        before = past.get(number, values)
        for one in {**values, **before}:
            if values.get(one) != before.get(one):
                cell = request.origin.cell(one, rows[number])
                whose = f" ({_CALLED[tag][1]} {number})"
                yield _value(one, cell, values.get(one, ""), before.get(one, ""), whose)


def _membership(tag: str, new: Sequence[str], gone: Sequence[str]) -> str:
    """« nouveau RPPS 999…, sans le RPPS 998… »."""
    name = _CALLED[tag][1]
    words = []
    if new:
        words.append(f"{'nouveau' if len(new) == 1 else 'nouveaux'} {name} {_listed(new)}")
    if gone:
        words.append(f"sans {'le' if len(gone) == 1 else 'les'} {name} {_listed(gone)}")
    return ", ".join(words)


def _listed(numbers: Sequence[str]) -> str:
    return ", ".join(numbers[:_MOST_NAMED]) + (", …" if len(numbers) > _MOST_NAMED else "")


def _documents(request: Request, now: Snapshot, then: Snapshot) -> Iterator[Change]:
    for kind, tag in DOCUMENT_TAGS.items():
        fingerprint = now.fingerprints.get(kind)
        if fingerprint and then.fingerprints.get(kind, fingerprint) != fingerprint:
            name, before = now.cells.get(tag, ""), then.cells.get(tag, "")
            words = f"«\u00a0{name}\u00a0» n'a plus le même contenu"
            if name != before:
                words = f"«\u00a0{name}\u00a0» n'a pas le contenu de «\u00a0{before}\u00a0»"
            yield Change(tag, request.origin.cell(tag), name, words)


def _shown(tag: str, value: str) -> str:
    if BY_TAG[tag].kind is FieldKind.AMOUNT:
        return euros(Decimal(value))
    return f"«\u00a0{value}\u00a0»"
