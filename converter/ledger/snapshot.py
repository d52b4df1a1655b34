"""The values sent of a request, flat and canonical, as the ledger stores them to see what changed since.

Keys are tags for a request-level value, `liberal.0.nomMedecin`… or `FINESSGeo.0`… for its beneficiaries,
`sha256.BON_COMMANDE`… for its documents; `profils`, and `workbook`: the name of the workbook it came from;
`titre.RPPS`…: what this workbook calls a column, where its headings are not ours. Values are those of a clean cell
(« OUI », « 04/11/2022 », « 1075.00 »); empty values are left out.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import attrgetter

from converter.documents.attaching import Document, takes_supplier_certificate
from converter.findings.french import tidy
from converter.format.fields import BLOCKS, fields_of
from converter.format.requests import Request
from converter.ledger.model import FINGERPRINT, HEADING

Snapshot = Mapping[str, str]


def snapshot_of(request: Request, documents: Sequence[Document]) -> dict[str, str]:
    """All the values of a request that the ledger stores, and the fingerprints of the documents that were read."""
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
    if request.confirmation.commandeDistincte:
        values["commandeDistincte"] = "OUI"
    values["workbook"] = tidy(request.origin.workbook.name)
    values |= {f"{HEADING}{tag}": tidy(heading) for tag, heading in request.origin.headings.items()}
    return values | {f"{FINGERPRINT}{one.typeFichier}": one.sha256 for one in documents if one.sha256}


def _fill(values: dict[str, str], block: object, prefix: str = "") -> None:
    """Add the values of a block, by tag, as text."""
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
