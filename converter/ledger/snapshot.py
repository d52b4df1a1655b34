"""What went out of a request, flat and canonical, as the ledger keeps it: to tell « unchanged » from « changed since ».

Keys are tags for a request-level value, `liberal.0.nomMedecin`… or `FINESSGeo.0`… for its beneficiaries,
`sha256.BON_COMMANDE`… for its documents; `profils`, and `workbook`: the name of the workbook it came from. Values are
those of a clean cell (« OUI », « 04/11/2022 », « 1075.00 »); what is empty is absent.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import attrgetter

from converter.documents.attaching import Document, takes_supplier_certificate
from converter.findings import Cell
from converter.findings.french import tidy
from converter.format.fields import BLOCKS, FIELDS, Level, fields_of
from converter.format.requests import Request

Snapshot = Mapping[str, str]
_NOT_SENT = frozenset({"refCommande", "numeroEditeur", "bonCommande", "preuveHT"})
_SENT = tuple(one.tag for one in FIELDS if one.level is Level.REQUEST and one.tag not in _NOT_SENT)
_DOCUMENT_TAGS = {"sha256.BON_COMMANDE": "bonCommande", "sha256.PREUVE_HT": "preuveHT"}


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """The first cell in which a request differs from what went out, and both values."""

    tag: str
    cell: Cell
    now: str
    then: str


def snapshot_of(request: Request, documents: Sequence[Document]) -> dict[str, str]:
    """Everything that the ledger keeps of a request's values, and the fingerprints of those documents looked at."""
    values: dict[str, str] = {}
    for block in (request.commande, request.beneficiaires, request.scenarioInstallation, request.documents):
        _fill(values, block)
    if request.structure:
        _fill(values, request.structure)
    for rank, one in enumerate(request.liberal):
        _fill(values, one, f"liberal.{rank}.")
    for rank, site in enumerate(request.structure.FINESSGeo if request.structure else ()):
        values[f"FINESSGeo.{rank}"] = site
    if takes_supplier_certificate(request):
        values["preuveHT"] = request.supplier.preuveHT or ""
    if request.supplier.profils:
        values["profils"] = " ; ".join(request.supplier.profils)
    values["workbook"] = tidy(request.origin.workbook.name)
    return values | {f"sha256.{one.typeFichier}": one.sha256 for one in documents if one.sha256}


def first_difference(request: Request, now: Snapshot, then: Snapshot) -> Difference | None:
    """The first cell, in the order of the columns, whose value is not what went out; None if nothing changed.

    The order of the beneficiaries does not count, nor does a document that one of the two sides has not looked at.
    """
    for tag in _SENT:
        if now.get(tag) != then.get(tag):
            return Difference(tag, request.origin.cell(tag), now.get(tag, ""), then.get(tag, ""))
    if moved := _changed_beneficiary(request, now, then):
        return moved
    for key, tag in _DOCUMENT_TAGS.items():
        if now.get(key) and then.get(key) and now[key] != then[key]:
            return Difference(
                tag, request.origin.cell(tag), now.get(tag, ""), f"{then.get(tag, '')} (contenu différent)"
            )
    return None


def _changed_beneficiary(request: Request, now: Snapshot, then: Snapshot) -> Difference | None:
    present, past = _beneficiaries(now), _beneficiaries(then)
    key = "FINESSGeo" if request.structure else "RPPS"
    known = {one[key]: one for one in past if key in one}
    for one, row in zip(present, request.origin.rows, strict=True):
        before = known.pop(one[key], None)
        if before is None:
            return Difference(key, request.origin.cell(key, row), one[key], ", ".join(known) or "rien")
        for tag in {**one, **before}:
            if one.get(tag) != before.get(tag):
                return Difference(tag, request.origin.cell(tag, row), one.get(tag, ""), before.get(tag, ""))
    if known:
        return Difference(key, request.origin.cell(key, request.origin.rows[0]), "", ", ".join(known))
    return None


def _beneficiaries(snapshot: Snapshot) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, value in snapshot.items():
        match key.split("."):
            case ["liberal", rank, tag]:
                found.setdefault(rank, {})[tag] = value
            case ["FINESSGeo", rank]:
                found[rank] = {"FINESSGeo": value}
    return list(found.values())


def _fill(values: dict[str, str], block: object, prefix: str = "") -> None:
    """Add the values of a block that are texts or can be written as one, by tag."""
    tags, read = _READERS[type(block)]
    for tag, value in zip(tags, read(block), strict=True):
        if isinstance(value, str):
            values[prefix + tag] = value
        elif value is True:
            values[prefix + tag] = "OUI"
        elif value is False:
            values[prefix + tag] = "NON"
        elif isinstance(value, Decimal):
            values[prefix + tag] = f"{value:.2f}"


_READERS = {block: (tags := tuple(one.tag for one in fields_of(block)), attrgetter(*tags)) for block in BLOCKS}
