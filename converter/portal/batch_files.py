"""The files of one run for the portal, written into its staging folder: JSON files, and the zips that go with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from converter.checking.second_process import Beside
from converter.documents.archives import plan, write_archive
from converter.ledger.files import write_staged
from converter.portal.controls import OwnFile, refuse_wrong
from converter.portal.rendering import JsonFile, render
from converter.portal.spelling import Spelling

_CONTROLLED_AT_ONCE = 10  # files: 3 Mo; one by one, both processes would mostly wait for each other
Control = Callable[[], None]
"""Waits for the portal's controls of some files, replayed; Refusal where they would be refused."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip of documents: its name, its size in bytes, the names it holds."""

    name: str
    size: int
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmittedFile:
    """A JSON file made by this run, with its zips. `montant`: the sum of montantSegurHT, in euros;
    `avance`: that of the advances, each rounded to the cent as the ASP pays it.
    """

    name: str
    requests: int
    amount: Decimal
    advance: Decimal
    archives: tuple[Archive, ...] = ()


def write_files(
    folder: Path, files: Sequence[JsonFile], spelling: Spelling, beside: Beside, *, archives: bool
) -> tuple[list[EmittedFile], list[Control]]:
    """The JSON files and, with `archives`, their zips, in `folder`; and their controls, to be waited for before anybody
    sees them."""
    written, controls, waiting = [], [], []
    for one in files:
        data = render(one, spelling)
        waiting.append(OwnFile(one.name, data, len(one.requests)))
        if len(waiting) == _CONTROLLED_AT_ONCE or one is files[-1]:
            controls.append(beside.begin(refuse_wrong, tuple(waiting), spelling))
            waiting.clear()
        write_staged(folder / one.name, data)
        zips = _write_archives(folder, one) if archives else ()
        written.append(EmittedFile(one.name, len(one.requests), one.amount, one.advance, zips))
    return written, controls


def _write_archives(folder: Path, file: JsonFile) -> tuple[Archive, ...]:
    written = []
    for k, entries in enumerate(plan([numbered_request.documents for numbered_request in file.requests]), start=1):
        name = file.named.archive(k)
        size = write_archive(folder / name, entries)
        written.append(Archive(name, size, tuple(entry.nomFichier for entry in entries)))
    return tuple(written)
