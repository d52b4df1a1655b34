"""`void`: a JSON file that was never uploaded, taken back; its requests may leave again under the same numbers."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import TypedDict

from converter.checking.options import Options
from converter.findings.french import counted
from converter.ledger import open_ledger
from converter.ledger.model import LedgerEntry
from converter.runs.take_return import refuse_absent


@dataclass(frozen=True, slots=True)
class VoidedFile:
    """The file, its requests that are free again, what was recovered from a killed run and set aside on disk;
    `not_copied`: why no safety copy of the ledger could be made."""

    name: str
    freed: tuple[LedgerEntry, ...]
    recovered: tuple[str, ...]
    not_copied: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What was done, in French."""
        free = counted(len(self.freed), "demande est de nouveau libre", "demandes sont de nouveau libres")
        return f"{self.name} est annulé\u00a0: {free}, sous le même numéro éditeur."


def void_file(name: str, options: Options) -> VoidedFile:
    """Void a file by its name. Refusal if the ledger does not know it, or if it was uploaded or answered."""
    name = Path(name).name
    with closing(open_ledger(options.ledger, options.out, author=options.author)) as ledger:
        refuse_absent(ledger, options)
        recovered = ledger.recover(options.out)
        with ledger.writing() as writer:
            freed = writer.void(name)
        recovered += ledger.recover(options.out)
        return VoidedFile(name, tuple(freed), tuple(recovered), tuple(ledger.safety_copy()))


class VoidDocument(TypedDict):
    """Le document de `void --json` : le fichier annulé, les numéros éditeur de ses demandes."""

    voided: str
    requests: list[str]


def to_json(voided: VoidedFile) -> VoidDocument:
    """The document of `void --json`."""
    return {"voided": voided.name, "requests": [one.numeroEditeur for one in voided.freed]}
