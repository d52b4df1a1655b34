"""A ledger's requests, invented, and a run that follows the order of `convert` with nothing but them."""

import sys
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from converter.findings import Refusal
from converter.ledger import open_registre
from converter.ledger.model import Cle, Etat, Inscription, Registre
from converter.ledger.staging import staging

ANS = "1234567890"
DAY = date(2026, 11, 22)
NEXT_DAY = date(2026, 11, 23)


def file_of(number: int, day: date = DAY, ans: str = ANS) -> str:
    return f"JSON-{ans}-{day:%Y%m%d}-{number:03d}.json"


def request(reference: str, number: str, file: int = 1, line: int = 1, day: date = DAY, ans: str = ANS) -> Inscription:
    return Inscription(
        cle=Cle(ans, reference),
        numeroEditeur=number,
        etat=Etat.EMISE,
        fichier=file_of(file, day, ans),
        numLigne=line,
        jour=day,
        SIRET="12345678901234",
        montantSegurHT=Decimal("1075.50"),
        beneficiaires=("10001234567",),
        contenu={"nomMedecin": "L'HAŸ", "RPPS": "10001234567"},
    )


def emit(registre: Registre, *requests: Inscription) -> None:
    with registre.writing() as ecriture:
        ecriture.emit(requests, None)


def refusal(code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(Refusal, check=lambda error: error.code == code)


def convert(out: Path, references: list[str], day: date = DAY, wait: float = 60.0) -> list[str]:
    """Emit those of these requests that the ledger does not hold yet; what was recovered first."""
    with closing(open_registre("", out, wait)) as registre:
        told = registre.recover(out)
        with registre.writing() as ecriture, staging(out, day, registre.identifiant) as lot:
            known = ecriture.find([Cle(ANS, reference) for reference in references])
            new = [reference for reference in references if Cle(ANS, reference) not in known]
            numbers = ecriture.free_numbers(len(new), [])
            file = ecriture.next_file_number(ANS, day)
            pairs = zip(new, numbers, strict=True)
            requests = [request(ref, number, file, line, day) for line, (ref, number) in enumerate(pairs, start=1)]
            if requests:
                whole = "\n".join([*(f"{one.numeroEditeur} {one.cle.refCommande}" for one in requests), "fin"])
                (lot.staging / file_of(file, day)).write_text(whole, encoding="utf-8")
            (lot.staging / "rapport.html").write_text("rapport", encoding="utf-8")
            ecriture.emit(requests, lot)
        registre.publish(lot)
    return told


def emitted(out: Path) -> dict[str, str]:
    """reference → numeroEditeur, from the JSON files on disk: each whole, no reference twice."""
    found: dict[str, str] = {}
    for path in sorted(out.glob("lot-*/JSON-*.json")):
        *lines, end = path.read_text(encoding="utf-8").split("\n")
        assert end == "fin"
        for line in lines:
            number, reference = line.split()
            assert reference not in found
            found[reference] = number
    return found


def file_numbers(out: Path) -> list[int]:
    return sorted(int(path.stem[-3:]) for path in out.glob("lot-*/JSON-*.json"))


if __name__ == "__main__":
    print(convert(Path(sys.argv[1]), sys.argv[2:]))  # noqa: T201 — what the tests read
