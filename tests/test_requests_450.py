"""450 requests drawn at random, rows in any order, against an independent reading of the guide."""

import csv
import datetime
import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import jsonschema
from conftest import DAY, command
from samples.cases import luhn
from samples.spec import COLUMNS, exactly, json_files
from workbooks import SUPPLIER, Cell, Row, finess, rpps, write_workbook

TEMPLATES = Path(__file__).parents[1] / "templates"
BOOLEANS = tuple(tag for tag in COLUMNS if tag.startswith("is") and tag not in {"isMandataire", "isClientUnique"})
SURNAMES = (
    "AUBÉPINE",
    "L'HAŸ",
    "D'ANÉMONE",
    "LE GOËLAND",
    "ÇELIK",
    "MÉLÈZE-ŒILLET",
    "NUÑEZ & FILS",
    "O\\BRIEN",
    'X "Y"',
)


def requests(draw: random.Random) -> Iterator[list[dict[str, str]]]:
    """Valid requests of every sort, as a person reads them: everything is text."""
    with (TEMPLATES / "operateurs_messagerie.csv").open(encoding="utf-8-sig", newline="") as lines:
        operators = [line["code"] for line in csv.DictReader(lines)]
    beneficiary = iter(range(1, 10_000))

    def contact(tag: str) -> dict[str, str]:
        return {
            f"nom{tag}": f"{draw.choice(SURNAMES)} {draw.randrange(1000)}",
            f"email{tag}": f"contact{draw.randrange(10**6)}@cabinet.example",
            f"telephone{tag}": f"0{draw.randrange(1, 10)}{draw.randrange(10**8):08d}",
        }

    regime = draw.choice(("TTC", "HT"))  # the supplier's
    for number in range(450):
        sort = draw.choice(("solo", "group", "mandate", "structure"))
        count = 1 if sort == "solo" else draw.randrange(2, 6)
        head = {
            "dateCommande": f"{draw.randrange(1, 29):02d}/{draw.randrange(1, 13):02d}/{draw.choice((2022, 2025))}",
            "regimeTVA": regime,
            "montantSegurHT": f"{Decimal(draw.randrange(1, 10**7)) / 100:.2f}",
            "commandePour": "STRUCTURE" if sort == "structure" else "LIBERAL",
            "operateurMessagerie": draw.choice((*operators, "")),
            **{tag: draw.choice(("OUI", "NON")) for tag in BOOLEANS},
            draw.choice(BOOLEANS[2:]): "OUI",  # one route at least
            "bonCommande": f"{number}.{draw.choice(('pdf', 'png', 'jpg'))}",
            **({"preuveHT": f"attestation-{number}.png"} if regime == "HT" and draw.random() < 0.5 else {}),
        }
        rows: list[dict[str, str]]
        if sort == "structure":
            head |= {"FINESSJuridique": luhn(f"98{number:06d}"), **contact("Responsable")}
            rows = [{"FINESSGeo": finess(next(beneficiary))} for _ in range(count)]
        else:
            head |= {"isCentreDeSante": "NON"}
            rows = [{**contact("Medecin"), "RPPS": rpps(next(beneficiary))} for _ in range(count)]
        if sort == "mandate":
            head |= contact("Mandataire")
            rows = [row if draw.random() < 0.5 else {tag: row[tag] for tag in ("nomMedecin", "RPPS")} for row in rows]
        rows[draw.randrange(count)] |= head
        yield [{"refCommande": f"BC n° {number}", **row} for row in rows]


def as_typed(row: Row, draw: random.Random) -> Row:
    """The same row with some cells as Excel types them, which changes nothing and is not told."""
    typed: dict[str, Cell] = dict(row)
    if draw.random() < 0.5 and isinstance(text := row.get("dateCommande"), str):
        typed["dateCommande"] = datetime.datetime.strptime(text, "%d/%m/%Y")  # noqa: DTZ007 — a day of a sheet
    if draw.random() < 0.5 and row.get("montantSegurHT"):
        typed["montantSegurHT"] = float(str(row["montantSegurHT"]))
    for tag in BOOLEANS:
        if draw.random() < 0.3 and row.get(tag):
            typed[tag] = row[tag] == "OUI"
    return typed


def test_450_requests(tmp_path: Path) -> None:
    draw = random.Random(450)  # noqa: S311 — drawn test data, the same each time
    rows = [row for request in requests(draw) for row in request]
    draw.shuffle(rows)
    supplier = {**SUPPLIER, "preuveHT": "attestation-de-tous.pdf"}
    path = write_workbook(tmp_path / "450.xlsx", [as_typed(row, draw) for row in rows], supplier=supplier)
    run = command("convert", path, "--out", tmp_path / "out", "--date", DAY, "--no-attachments")
    assert (run.status, run.told, run.counts) == (0, [], (450, 0, 0))
    assert [one["requests"] for one in run.document["files"]] == [200, 200, 50]
    expected = json_files({name: str(value) for name, value in supplier.items()}, rows)
    for one, file in zip(run.document["files"], expected, strict=True):
        text = Path(one["path"]).read_text(encoding="utf-8")
        assert exactly(text) == exactly(as_written(file))
        jsonschema.Draft202012Validator(json.loads((TEMPLATES / "json-mdv.schema.json").read_bytes())).validate(
            json.loads(text)
        )


def as_written(file: object) -> str:
    """The JSON of the independent reading, with the two decimals that the guide asks of amounts."""
    text = json.dumps(file, ensure_ascii=False)
    return re.sub(r'(?<="montantSegurHT": )[0-9.]+', lambda amount: f"{Decimal(amount[0]):.2f}", text)
