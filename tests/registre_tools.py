"""A ledger's requests, invented, and a run that follows the order of `convert` with nothing but them."""

import sys
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from converter.findings import Refusal
from converter.format.requests import RequestKey
from converter.ledger import open_ledger
from converter.ledger.interface import Ledger
from converter.ledger.model import LedgerEntry, State
from converter.ledger.snapshot import Snapshot, rendered_text
from converter.ledger.staging import staging

ANS = "1234567890"
DAY = date(2026, 11, 22)
NEXT_DAY = date(2026, 11, 23)


def file_of(number: int, day: date = DAY, ans: str = ANS) -> str:
    return f"JSON-{ans}-{day:%Y%m%d}-{number:03d}.json"


def request(reference: str, number: str, file: int = 1, line: int = 1, day: date = DAY, ans: str = ANS) -> LedgerEntry:
    return LedgerEntry(
        key=RequestKey(ans, reference),
        numeroEditeur=number,
        state=State.EMITTED,
        file=file_of(file, day, ans),
        numLigne=line,
        day=day,
        SIRET="12345678901234",
        montantSegurHT=Decimal("1075.50"),
        beneficiaires=("10001234567",),
        snapshot=snapshot({"nomMedecin": "L'HAŸ", "RPPS": "10001234567"}),
    )


def snapshot(*doctors: dict[str, str], structure: dict[str, object] | None = None, **scenario: str) -> Snapshot:
    """What was sent of an order of these doctors, or of this structure."""
    who = {"commandePour": "LIBERAL" if doctors else "STRUCTURE", "liberal": doctors, "structure": structure or {}}
    order = {"dateCommande": "04/11/2026", "montantSegurHT": Decimal("1075.50")}
    return Snapshot(rendered_text({"commande": order, "beneficiaires": who, "scenarioInstallation": scenario}))


def emit(ledger: Ledger, *requests: LedgerEntry) -> None:
    with ledger.writing() as writer:
        writer.emit(requests, None)


def refusal(code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(Refusal, check=lambda error: error.code == code)


def convert(out: Path, references: list[str], day: date = DAY, wait: float = 60.0) -> list[str]:
    """Emit those of these requests that the ledger does not hold yet; what was recovered first."""
    with closing(open_ledger("", out, wait)) as ledger:
        told = ledger.recover(out)
        with ledger.writing() as writer, staging(out, day, ledger.identifier) as batch:
            known = writer.find([RequestKey(ANS, reference) for reference in references])
            new = [reference for reference in references if RequestKey(ANS, reference) not in known]
            numbers = writer.free_numbers(len(new), [])
            file = writer.next_file_number(ANS, day)
            pairs = zip(new, numbers, strict=True)
            requests = [request(ref, number, file, line, day) for line, (ref, number) in enumerate(pairs, start=1)]
            if requests:
                whole = "\n".join([*map(written, requests), "fin"])
                (batch.staging / file_of(file, day)).write_text(whole, encoding="utf-8")
            (batch.staging / "rapport.html").write_text("rapport", encoding="utf-8")
            writer.emit(requests, batch)
        ledger.publish(batch)
        assert ledger.safety_copy() == []
    return told


def written(one: LedgerEntry) -> str:
    """What stands of a request in these files."""
    return f"{one.numeroEditeur} {one.key.refCommande} {' '.join(one.beneficiaires)}"


def emitted(out: Path) -> dict[str, str]:
    """reference → numeroEditeur, from the JSON files on disk: each whole, no reference twice."""
    found: dict[str, str] = {}
    for path in sorted(out.glob("lot-*/JSON-*.json")):
        *lines, end = path.read_text(encoding="utf-8").split("\n")
        assert end == "fin"
        for line in lines:
            number, reference, _ = line.split()
            assert reference not in found
            found[reference] = number
    return found


def file_numbers(out: Path) -> list[int]:
    return sorted(int(path.stem[-3:]) for path in out.glob("lot-*/JSON-*.json"))


if __name__ == "__main__":
    print(convert(Path(sys.argv[1]), sys.argv[2:]))  # noqa: T201 — what the tests read
