"""Writes `sample_sheets/` anew from the tables of `cases` and `common_errors`: `python tests/samples/build.py`.

The workbooks are our template filled in; `attendu/` is what `spec` reads in the same tables.
"""

import csv
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from samples.cases import DAY, Case, Raw, Sheet, batch, cabinet, centre  # noqa: E402
from samples.common_errors import common_errors  # noqa: E402
from samples.documents import document  # noqa: E402
from samples.spec import as_text, json_files, letters  # noqa: E402

from converter.format.template_files import template_path  # noqa: E402
from converter.views.template.saving import save  # noqa: E402

_FIRST_ROW = 3
_PARAMETRES = {"numeroAns": "B2", "SIRET": "B3", "profils": "B4", "preuveHT": "B5"}


def main() -> None:
    for case in (cabinet(), centre(), batch(), common_errors()):
        folder = ROOT / "sample_sheets" / case.folder
        shutil.rmtree(folder, ignore_errors=True)
        write_case(case, folder)


def write_case(case: Case, folder: Path) -> None:
    (folder / "pieces").mkdir(parents=True)
    (folder / "attendu").mkdir()
    for sheet in case.sheets:
        _write_workbook(sheet, folder / sheet.name)
    for name in _document_names(case):
        (folder / "pieces" / name).write_bytes(document(name))
    for name, content in case.documents.items():
        (folder / "pieces" / name).write_bytes(content)
    _write_expected(case, folder / "attendu")


def _document_names(case: Case) -> set[str]:
    """Every document that a request which goes out names; one that is held back for another reason has its own too."""
    named = {row.get(tag) for sheet in case.sheets for row in sheet.rows for tag in ("bonCommande", "preuveHT")}
    named |= {sheet.supplier.get("preuveHT") for sheet in case.sheets}
    return {str(name) for name in named if name} - case.documents.keys() - case.absent


def _write_workbook(sheet: Sheet, path: Path) -> None:
    workbook = load_workbook(template_path("modele-mdv-lgc.xlsx"))
    for tag, value in sheet.supplier.items():
        workbook["Paramètres"][_PARAMETRES[tag]] = value
    for number, row in enumerate(sheet.rows, start=_FIRST_ROW):
        for tag, value in row.items():
            _write_cell(workbook["Demandes"], letters(tag), number, tag, value)
    workbook.active = workbook["Demandes"]
    save(workbook, path)
    path.chmod(0o644)


def _write_cell(sheet: Worksheet, column: str, row: int, tag: str, value: Raw) -> None:
    """One cell as a person leaves it in the template: dates and amounts are real ones where they can be."""
    cell = sheet[f"{column}{row}"]
    cell.value = _typed(tag, value) if value != "" else None
    cell.number_format = sheet.column_dimensions[column].number_format


def _typed(tag: str, value: Raw) -> Raw | datetime:
    try:
        if tag == "dateCommande":
            return datetime.strptime(str(value), "%d/%m/%Y")  # noqa: DTZ007
        return float(value) if tag == "montantSegurHT" and value != "1.075" else value
    except ValueError:
        return value


def _write_expected(case: Case, folder: Path) -> None:
    supplier: Mapping[str, str] = case.sheets[0].supplier
    rows = [row for sheet in case.sheets for row in sheet.valid]
    for number, file in enumerate(json_files(supplier, rows), start=1):
        name = f"JSON-{supplier['numeroAns']}-{DAY.replace('-', '')}-{number:03d}.json"
        (folder / name).write_text(as_text(file), encoding="utf-8")
    with (folder / "anomalies.csv").open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(("workbook", "row", "column", "severity", "code"))
        for sheet in case.sheets:
            table.writerows((sheet.name, one.row, one.column, one.severity, one.code) for one in sheet.told)


if __name__ == "__main__":
    main()
