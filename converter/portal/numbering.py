"""Requests under their numbers, grouped into JSON files of at most 200 (guide § 2.1); and their ledger entries."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from converter.documents.attaching import NamedDocument
from converter.format.file_names import JsonFileName, document_name
from converter.ledger.interface import LedgerWriter
from converter.ledger.model import LedgerEntry, State
from converter.ledger.reconciliation import ToEmit
from converter.ledger.snapshot import snapshot_of
from converter.portal.rendering import JsonFile, NumberedRequest, requests_in, split
from converter.portal.spelling import Spelling


def number(to_emit: Sequence[ToEmit], typed: Collection[str], writer: LedgerWriter) -> list[ToEmit]:
    """Every request under its number: its own, or the next ones after the highest ever known, in order.

    `typed`: the numbers that users filled in, those of requests held back too: not to be given to another meanwhile.
    """
    wanted = sum(not one.numeroEditeur for one in to_emit)
    leaving = {one.numeroEditeur for one in to_emit if one.numeroEditeur}
    free = iter(writer.free_numbers(wanted, typed, leaving)) if wanted else iter(())
    return [one if one.numeroEditeur else replace(one, numeroEditeur=next(free)) for one in to_emit]


def files_of(numbered: Sequence[ToEmit], day: date, writer: LedgerWriter) -> list[JsonFile]:
    """The requests grouped by numeroAns and SIRET, at most 200 a file, under the day's next names."""
    pools: dict[tuple[str, str], list[NumberedRequest]] = {}
    for one in numbered:
        supplier = one.request.supplier
        pools.setdefault((supplier.numeroAns, supplier.SIRET), []).append(_under_its_number(one))
    files = []
    next_number: dict[str, int] = {}
    for (numeroAns, SIRET), requests in pools.items():
        for part in split(requests):
            rank = next_number.get(numeroAns) or writer.next_file_number(numeroAns, day)
            next_number[numeroAns] = rank + 1
            files.append(JsonFile(JsonFileName(numeroAns, day, rank), SIRET, part))
    return files


def ledger_entries(files: Sequence[JsonFile], folder: Path, spelling: Spelling, day: date) -> Iterator[LedgerEntry]:
    """The ledger entries of the requests of these files, with each as it stands in the file written into `folder`."""
    return (
        LedgerEntry(
            key=numbered_request.request.key,
            numeroEditeur=numbered_request.numeroEditeur,
            state=State.EMITTED,
            file=one.name,
            numLigne=rank,
            day=day,
            SIRET=one.SIRET,
            montantSegurHT=numbered_request.request.commande.montantSegurHT,
            beneficiaires=numbered_request.request.beneficiary_numbers,
            snapshot=snapshot_of(
                numbered_request.request,
                [named.document for named in numbered_request.documents],
                rendered,
            ),
            numeric_reference=numbered_request.request.numeric_reference,
        )
        for one in files
        for rank, (numbered_request, rendered) in enumerate(
            zip(one.requests, requests_in(one, (folder / one.name).read_bytes(), spelling), strict=True), start=1
        )
    )


def _under_its_number(one: ToEmit) -> NumberedRequest:
    entries = tuple(
        NamedDocument(document_name(document.typeFichier, one.numeroEditeur, document.formatFichier), document)
        for document in one.documents
    )
    return NumberedRequest(one.numeroEditeur, one.request, entries)
