"""What was sent of a request, as the ledger keeps it to know the request again and to report what changed since.

The request itself is kept as the portal received it: the JSON object that was rendered, in the guide's tags, less what
numbers it (numLigne, numeroEditeur, the documents named after it) and what the ASP fills. Beside it stands what no JSON
file holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from converter.findings.french import tidy
from converter.format.field_kinds import Audience
from converter.format.requests import Request

if TYPE_CHECKING:  # `status` pays for no import of documents
    from converter.documents.attaching import Document

_BLOCKS = ("commande", "beneficiaires", "scenarioInstallation")


@dataclass(frozen=True)
class Snapshot:
    """What was sent of a request. `rendered`: the request as the portal received it (`rendered_text`).

    `cells`: those of its cells that are not sent, by tag (names of documents, commandeDistincte); `workbook`: the name
    of the workbook it came from, "" where that is not known; `profils`: the supplier's, « ; » between them;
    `fingerprints`: the SHA-256 of its documents that were read, by typeFichier; `headings`: what this workbook calls
    the columns, by tag, where its headings are not ours.
    """

    rendered: str
    cells: Mapping[str, str] = field(default_factory=dict)
    workbook: str = ""
    profils: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def sent(self) -> Mapping[str, Any]:
        """The request as rendered, parsed: an amount is a number of no fixed decimals."""
        import orjson  # only what reads or writes a ledger pays for its import

        parsed: Mapping[str, Any] = orjson.loads(self.rendered)
        return parsed

    @property
    def is_structure(self) -> bool:
        """Whether a structure ordered."""
        return bool(self.sent["beneficiaires"]["commandePour"] == Audience.STRUCTURE)

    @property
    def order_day(self) -> str:
        """Its dateCommande, JJ/MM/AAAA."""
        return as_cell(self.sent["commande"]["dateCommande"])

    @property
    def values(self) -> dict[str, str]:
        """The values of the request that are not a beneficiary's, by tag, as cells write them; no empty one."""
        who = self.sent["beneficiaires"]
        blocks = (self.sent["commande"], who, self.sent["scenarioInstallation"], who["structure"])
        return {tag: text for block in blocks for tag, text in _cells(block).items()}

    @property
    def beneficiaries(self) -> list[dict[str, str]]:
        """The same for each doctor or site, in their order."""
        who = self.sent["beneficiaires"]
        sites = ({"FINESSGeo": one} for one in who["structure"].get("FINESSGeo") or ())
        return [_cells(one) for one in (*who["liberal"], *sites)]

    @property
    def size(self) -> int:
        """How much it knows: how many values and fingerprints."""
        return len(self.values) + sum(map(len, self.beneficiaries)) + len(self.fingerprints)


def rendered_text(request: Mapping[str, Any]) -> str:
    """A request of a parsed JSON-MDV file, in the guide's tags, as the text that `Snapshot.rendered` holds.

    TypeError for a number beyond what JSON readers take.
    """
    import orjson  # as above

    return orjson.dumps({block: request[block] for block in _BLOCKS}, default=float).decode()


def snapshot_of(request: Request, documents: "Sequence[Document]", rendered: str) -> Snapshot:
    """The snapshot of a request that was rendered so, with the documents that were read."""
    certifier = request.supplier if request.takes_supplier_certificate else request.documents
    cells = {
        "bonCommande": request.documents.bonCommande,
        "preuveHT": certifier.preuveHT,
        "commandeDistincte": as_cell(request.confirmation.commandeDistincte or None),
    }
    return Snapshot(
        rendered,
        cells={tag: value for tag, value in cells.items() if value},
        workbook=tidy(request.origin.workbook.name),
        profils=" ; ".join(request.supplier.profils or ()),
        fingerprints={one.typeFichier: one.sha256 for one in documents if one.sha256},
        headings={tag: tidy(heading) for tag, heading in request.origin.headings.items()},
    )


def as_cell(value: object) -> str:
    """A value of a JSON-MDV file as a clean cell writes it: « OUI », « 1075.00 », "" for null."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "OUI" if value else "NON"
    return f"{Decimal(str(value)):.2f}"


def _cells(block: Mapping[str, Any]) -> dict[str, str]:
    """The single values of a block as cells; its lists and its blocks are left out."""
    texts = {tag: as_cell(value) for tag, value in block.items() if not isinstance(value, list | dict)}
    return {tag: text for tag, text in texts.items() if text}
