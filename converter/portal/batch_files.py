"""The files of one run for the portal, written into its staging folder: JSON files, and the zips that go with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from converter.checking.second_process import Worker
from converter.documents.archives import plan, write_archive
from converter.ledger.files import write_staged
from converter.portal.controls import OwnFile, refuse_wrong
from converter.portal.rendering import JsonFile, render
from converter.portal.spelling import Spelling

_CONTROLLED_AT_ONCE = 10  # files (3 Mo); with one at a time, both processes would mostly wait for each other
Control = Callable[[], None]
"""Waits for our run of the portal's controls on some files; Refusal where the portal would refuse them."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip of documents: its size in bytes, the names it holds."""

    path: Path
    size: int
    entries: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name, without folder."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class EmittedFile:
    """A JSON file made by this run, with its zips. `requests`: how many it holds; `amount`: the sum of their
    montantSegurHT, in euros; `advance`: that of the advances, each rounded to the cent as the ASP pays it.
    """

    path: Path
    requests: int
    amount: Decimal
    advance: Decimal
    archives: tuple[Archive, ...] = ()

    @property
    def name(self) -> str:
        """Its name, without folder."""
        return self.path.name

    def in_folder(self, folder: Path) -> "EmittedFile":
        """The same, with its zips, in another folder."""
        archives = tuple(replace(one, path=folder / one.name) for one in self.archives)
        return replace(self, path=folder / self.name, archives=archives)


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """What was written. `controls`: to be waited for before the batch is published."""

    files: tuple[EmittedFile, ...]
    controls: Sequence[Control]


def write_files(
    folder: Path, files: Sequence[JsonFile], spelling: Spelling, worker: Worker, *, archives: bool
) -> WrittenFiles:
    """Write the JSON files and, with `archives`, their zips, into `folder`."""
    written, controls, waiting = [], [], []
    for one in files:
        write_staged(folder / one.name, render(one, spelling))
        waiting.append(OwnFile(folder / one.name, len(one.requests)))
        if len(waiting) == _CONTROLLED_AT_ONCE or one is files[-1]:
            controls.append(worker.begin(refuse_wrong, tuple(waiting), spelling))
            waiting.clear()
        zips = _write_archives(folder, one) if archives else ()
        written.append(EmittedFile(Path(one.name), len(one.requests), one.amount, one.advance, zips))
    return WrittenFiles(tuple(written), controls)


def _write_archives(folder: Path, file: JsonFile) -> tuple[Archive, ...]:
    written = []
    for k, entries in enumerate(plan([numbered_request.documents for numbered_request in file.requests]), start=1):
        name = file.named.archive(k)
        size = write_archive(folder / name, entries)
        written.append(Archive(Path(name), size, tuple(entry.nomFichier for entry in entries)))
    return tuple(written)
