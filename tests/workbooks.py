"""Small workbooks written in a test as a table: valid requests to start from, each test changing a few cells.

A row is a mapping tag → cell; a cell is typed as a person leaves it in Excel (text, number, Boolean, date). Invented
data only: RPPS begin with 999 and FINESS with 98 or 99, which are given to nobody.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
import xlsxwriter
from samples.cases import luhn
from samples.spec import COLUMNS

Cell = str | int | float | bool | datetime.date | datetime.time | None
Row = Mapping[str, Cell]
Request = Sequence[Row]

SUPPLIER: Mapping[str, Cell] = {
    "numeroAns": "0123456789",
    "SIRET": "38042372300028",
    "profils": "Centre de santé ; Mailiz",
}
SCENARIO: Row = {
    "isCentreDeSante": "NON",
    "operateurMessagerie": "CH _28",
    "isProSanteConnectNeeded": "OUI",
    "isDirecToDMP": "OUI",
    "isPFIToDMP": "NON",
    "isDirectToMSSPro": "OUI",
    "isPFIToMSSPro": "NON",
    "isDirectToMSSCitoyen": "OUI",
    "isPFIToMSSCitoyen": "NON",
}
ORDER: Row = {"dateCommande": "04/11/2026", "regimeTVA": "TTC", "montantSegurHT": "1075.00", **SCENARIO}


def rpps(rank: int) -> str:
    """A well-formed RPPS of nobody, one a rank."""
    return luhn(f"999{rank:07d}")


def finess(rank: int) -> str:
    """A well-formed FINESS of no establishment, one a rank."""
    return luhn(f"99{rank:06d}")


def doctor(rank: int) -> Row:
    """The columns of one doctor."""
    return {
        "nomMedecin": f"ÉGLANTIER {rank}",
        "emailMedecin": f"medecin{rank}@cabinet.example",
        "telephoneMedecin": "0199001234",
        "RPPS": rpps(rank),
    }


def solo(reference: str = "BC-1", rank: int = 1, **changes: Cell) -> list[Row]:
    """A LIBERAL request of one doctor."""
    return [{"refCommande": reference, **ORDER, "commandePour": "LIBERAL", **doctor(rank), **changes}]


def group(reference: str = "BC-1", rank: int = 1, second: Row | None = None, **changes: Cell) -> list[Row]:
    """A LIBERAL request of two doctors who both signed."""
    return [
        *solo(reference, rank, **changes),
        {"refCommande": reference, **doctor(rank + 1), **(second or {})},
    ]


def mandate(reference: str = "BC-1", rank: int = 1, second: Row | None = None, **changes: Cell) -> list[Row]:
    """A LIBERAL request of two doctors, the first of whom holds the mandate; the other gives no address."""
    holder = {
        "nomMandataire": f"ÉGLANTIER {rank}",
        "emailMandataire": f"medecin{rank}@cabinet.example",
        "telephoneMandataire": "0199001234",
    }
    other = {"refCommande": reference, "nomMedecin": "MÉLÈZE", "RPPS": rpps(rank + 1)}
    return [*solo(reference, rank, **{**holder, **changes}), {**other, **(second or {})}]


def structure(reference: str = "BC-1", rank: int = 1, second: Row | None = None, **changes: Cell) -> list[Row]:
    """A STRUCTURE request of two sites."""
    first = {
        "refCommande": reference,
        **ORDER,
        "commandePour": "STRUCTURE",
        "FINESSJuridique": luhn(f"98{rank:06d}"),
        "nomResponsable": "RIVIÈRE",
        "emailResponsable": "direction@centre.example",
        "telephoneResponsable": "0199005678",
        "FINESSGeo": finess(rank),
    }
    return [{**first, **changes}, {"refCommande": reference, "FINESSGeo": finess(rank + 1), **(second or {})}]


def rows_of(*requests: Request) -> list[Row]:
    """The rows of these requests, one after the other."""
    return [row for request in requests for row in request]


def write_workbook(
    path: Path,
    rows: Iterable[Row],
    *,
    supplier: Mapping[str, Cell] | None = SUPPLIER,
    headers: Sequence[str] = COLUMNS,
    tags: Sequence[str] = COLUMNS,
    titles: Sequence[Sequence[Cell]] = (),
    sheets: tuple[str, str] = ("Paramètres", "Demandes"),
    date1904: bool = False,
) -> Path:
    """A workbook by XlsxWriter: `titles` above the header, then `rows`; text stays text, even « =1 ».

    `tags` says which value stands in each column, `headers` what its header reads; without `supplier` there is no
    sheet for it. Row 2 is the first one of `rows` when there are no titles.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "date_1904": date1904}
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        grids = [(sheets[1], [*titles, headers, *([row.get(tag) for tag in tags] for row in rows)])]
        if supplier is not None:
            grids.insert(0, (sheets[0], [list(pair) for pair in supplier.items()]))
        for name, grid in grids:
            sheet = book.add_worksheet(name)
            for row, values in enumerate(grid):
                for column, value in enumerate(values):
                    if isinstance(value, datetime.date | datetime.time):
                        sheet.write_datetime(row, column, value, day)
                    elif isinstance(value, str) and value:
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write(row, column, value)
    return path


def open_workbook(rows: Iterable[Row], supplier: Mapping[str, Cell] = SUPPLIER) -> openpyxl.Workbook:
    """The same by openpyxl, not saved yet: for formulas (« =… », no stored result), `#N/A`, merged or hidden cells."""
    book = openpyxl.Workbook()
    requests = book.active
    assert requests is not None
    requests.title = "Demandes"
    requests.append(COLUMNS)
    for row in rows:
        requests.append([row.get(tag) for tag in COLUMNS])
    supplier_cells = book.create_sheet("Paramètres")
    for pair in supplier.items():
        supplier_cells.append(pair)
    return book
