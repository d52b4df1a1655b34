"""Builds the workbooks that are measured: invented orders, a realistic mix, one row in a hundred wrong.

python -m tests.bench.workbooks orders BOOK.xlsx 20000     20,000 rows as the interface wants them
python -m tests.bench.workbooks flat BOOK.xlsx 20000       the same rows under the headers that flatten-tool wants
python -m tests.bench.workbooks documents FOLDER 20000     the documents that these rows name
python -m tests.bench.workbooks solos BOOK.xlsx 10000      10,000 requests of one doctor, all right
"""

import datetime
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import xlsxwriter

from converter.format import check_digits as keys
from converter.format.field_kinds import Field
from converter.format.fields import FIELDS, Beneficiaires, Doctor, Documents, Order, Scenario, Structure
from converter.format.operators import operators
from tests.samples.documents import pdf

Value = str | int | float | datetime.date
Row = dict[str, Value]

_SEED = 20221104
_WRONG = 0.01  # of the rows
_PARAMETRES = (("numeroAns", "0123456789"), ("SIRET", "38042372300028"), ("profils", "Centre de santé;Mailiz"))
_NAMES = ("ABRIC", "BELLEROSE", "CASTELNOIR", "D'ALBEPIERRE", "ESTRÉMONT", "FONTVIEUX", "GRANDCLÉMENT", "L'HAŸ-BRUN")
_FAULTS: dict[str, Value] = {
    "dateCommande": "31/02/2022",
    "montantSegurHT": "1,075",
    "isProSanteConnectNeeded": "peut-être",
    "operateurMessagerie": "HOPITAL INCONNU",
    "regimeTVA": "TVA",
    "RPPS": "1000123456",
    "emailMedecin": "docteur@exemple",
    "telephoneMedecin": "01 44 55 66 77",
    "nomMedecin": "lefèvre",
    "FINESSGeo": "75000",
    "nomResponsable": "",
}


def orders() -> Iterator[list[Row]]:
    """Purchase orders without end, each with its rows: solo doctors, groups under a mandate, structures."""
    chance = random.Random(_SEED)  # noqa: S311 — the same workbook each time
    number = 0
    while True:
        number += 1
        kind = chance.choices((_solo, _group, _structure), weights=(60, 25, 15))[0]
        common = _common(number, chance)
        rows = [common | row for row in kind(number, chance)]
        yield [_spoilt(row, chance) if chance.random() < _WRONG else row for row in rows]


def solos() -> Iterator[list[Row]]:
    """The same with solo doctors only, and nothing wrong."""
    chance = random.Random(_SEED)  # noqa: S311 — the same workbook each time
    number = 0
    while True:
        number += 1
        common = _common(number, chance)
        yield [common | row for row in _solo(number, chance)]


def _common(number: int, chance: random.Random) -> Row:
    """What any order bears. The amount is a number and the date a real one, as Excel stores them."""
    row: Row = {one.tag: chance.choice(("OUI", "NON")) for one in FIELDS if one.block == Scenario.__name__}
    return row | {
        "refCommande": f"BC-2022-{number:06}",
        "dateCommande": datetime.date(2022, 1, 3) + datetime.timedelta(days=number % 300),
        "regimeTVA": "TTC",  # the supplier's own: the same on every order
        "montantSegurHT": 1075.5 if number % 3 else 10_750,
        "isCentreDeSante": "NON",
        "operateurMessagerie": chance.choice(operators()).code,
        "bonCommande": f"bon-de-commande-{number:06}.pdf",
    }


def _solo(number: int, _: random.Random) -> list[Row]:
    return [{"commandePour": "LIBERAL", **_doctor(number, 0)}]


def _group(number: int, chance: random.Random) -> list[Row]:
    mandate: Row = {
        "commandePour": "LIBERAL",
        "isMandataire": "OUI",
        "isClientUnique": "NON",
        "nomMandataire": _NAMES[number % len(_NAMES)],
        "emailMandataire": f"mandataire{number}@cabinet.exemple.fr",
        "telephoneMandataire": f"02{number:08}",
    }
    return [{**mandate, **_doctor(number, rank)} for rank in range(chance.randint(2, 5))]


def _structure(number: int, chance: random.Random) -> list[Row]:
    structure: Row = {
        "commandePour": "STRUCTURE",
        "FINESSJuridique": _with_key(f"75{number:06}", keys.finess),
        "nomResponsable": _NAMES[number % len(_NAMES)],
        "emailResponsable": f"responsable{number}@structure.exemple.fr",
        "telephoneResponsable": f"03{number:08}",
        "isCentreDeSante": chance.choice(("OUI", "NON")),
    }
    return [
        {**structure, "FINESSGeo": _with_key(f"{10 + rank}{number:06}", keys.finess)}
        for rank in range(chance.randint(1, 4))
    ]


def _doctor(number: int, rank: int) -> Row:
    return {
        "nomMedecin": f"{_NAMES[(number + rank) % len(_NAMES)]} {_NAMES[number // 8 % len(_NAMES)]}",
        "emailMedecin": f"medecin{number}.{rank}@cabinet.exemple.fr",
        "telephoneMedecin": f"01{number:06}{rank:02}",
        "RPPS": _with_key(f"10{number:07}{rank}", keys.rpps),
    }


def _with_key(number: str, right: Callable[[str], bool]) -> str:
    return next(whole for digit in range(10) if right(whole := f"{number}{digit}"))


def _spoilt(row: Row, chance: random.Random) -> Row:
    """One cell of the row wrong, or to be corrected."""
    tag = chance.choice([tag for tag in _FAULTS if row.get(tag)])
    return row | {tag: _FAULTS[tag]}


def write_orders(path: Path, rows: Sequence[Row]) -> None:
    """The sheets « Paramètres » and « Demandes » of the interface."""
    with xlsxwriter.Workbook(path) as book:
        supplier_cells = book.add_worksheet("Paramètres")
        for rank, line in enumerate(_PARAMETRES):
            supplier_cells.write_row(rank, 0, line)
        _write_rows(book, "Demandes", [one.tag for one in FIELDS], rows)


def write_documents(folder: Path, rows: Sequence[Row]) -> None:
    """The documents that the rows name, each a page of its own."""
    folder.mkdir()
    for name in {str(row[tag]) for row in rows for tag in ("bonCommande", "preuveHT") if row.get(tag)}:
        (folder / name).write_bytes(pdf(name))


def write_flat(path: Path, rows: Sequence[Row]) -> None:
    """One sheet, its headers naming where each value goes in the JSON."""
    with xlsxwriter.Workbook(path) as book:
        _write_rows(book, "demandes", [_flat_header(one) for one in FIELDS], rows)


def _flat_header(field: Field) -> str:
    identity = {"refCommande": "id", "RPPS": "beneficiaires/liberal/0/id", "FINESSGeo": "beneficiaires/sites/0/id"}
    folders = {
        Order: "commande/",
        Beneficiaires: "beneficiaires/",
        Doctor: "beneficiaires/liberal/0/",
        Structure: "beneficiaires/structure/",
        Scenario: "scenarioInstallation/",
        Documents: "piecesJustificatives/",
    }
    by_name = {block.__name__: folder for block, folder in folders.items()}
    return identity.get(field.tag, by_name.get(field.block, "") + field.tag)


def _write_rows(book: xlsxwriter.Workbook, name: str, headers: Sequence[str], rows: Sequence[Row]) -> None:
    sheet = book.add_worksheet(name)
    date_format = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, headers)
    for line, row in enumerate(rows, start=1):
        for column, field in enumerate(FIELDS):
            value = row.get(field.tag, "")
            if isinstance(value, datetime.date):
                sheet.write_datetime(line, column, value, date_format)
            elif isinstance(value, str):
                if value:
                    sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)


def _main(kind: str, path: str, count: str) -> None:
    if kind == "solos":
        write_orders(Path(path), [row for order in islice(solos(), int(count)) for row in order])
        return
    rows = list(islice((row for order in orders() for row in order), int(count)))
    {"orders": write_orders, "flat": write_flat, "documents": write_documents}[kind](Path(path), rows)


if __name__ == "__main__":
    _main(*sys.argv[1:])
