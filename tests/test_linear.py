"""Four times as much of anything takes about four times as long: nothing is quadratic. Each kind goes by a command.

A quadratic scan takes sixteen times as long; ten are allowed, for machines that are busy.
"""

import contextlib
import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_files import SHEET, comments, part, with_tail, with_text
from orders import ORDER, SUPPLIER, write_orders
from package_parts import repack

from converter.cli import main

WRONG = ORDER | {"RPPS": "12"}
ALLOWED = 10
SLACK = 0.5  # seconds

Make = Callable[[Path, int], list[str]]
"""Makes an input of that size in a folder; the words of the command that takes it."""


def convert(path: Path, *options: str) -> list[str]:
    return ["convert", str(path), "--date", "2026-11-23", "--out", str(path.with_name("out")), *options]


def rows(folder: Path, size: int) -> list[str]:
    orders = [ORDER | {"refCommande": f"B{n}", "RPPS": f"1{n:010}"} for n in range(size)]
    return convert(write_orders(folder / "a.xlsx", orders), "--no-attachments")


def wrong_rows(folder: Path, size: int) -> list[str]:
    orders = [WRONG | {"refCommande": f"B{n}", "operateurMessagerie": f"CLINIQUE {n} DU X"} for n in range(size)]
    return convert(write_orders(folder / "a.xlsx", orders), "--no-attachments")


def rows_of_one_order(folder: Path, size: int) -> list[str]:
    orders = [ORDER | {"RPPS": f"1{n:010}"} for n in range(size)]
    return convert(write_orders(folder / "a.xlsx", orders), "--no-attachments")


def rows_without_reference(folder: Path, size: int) -> list[str]:
    orders = [ORDER, *[{"nomMedecin": "DURAND", "RPPS": f"1{n:010}"} for n in range(size)]]
    return convert(write_orders(folder / "a.xlsx", orders), "--no-attachments")


def unknown_headings(folder: Path, size: int) -> list[str]:
    columns = [*ORDER, *[f"Numéro {n} RPSP" for n in range(size)]]
    return convert(write_orders(folder / "a.xlsx", [WRONG], columns=columns), "--no-attachments")


def parameters(folder: Path, size: int) -> list[str]:
    supplier = SUPPLIER | {f"numeroAn{n}": "1" for n in range(size)}
    return convert(write_orders(folder / "a.xlsx", [WRONG], supplier=supplier), "--no-attachments")


def merged_ranges(folder: Path, size: int) -> list[str]:
    path = folder / "a.xlsx"
    merged = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(3, size))
    with_tail(path, f"<mergeCells>{merged}</mergeCells>")
    return convert(path, "--no-attachments")


def hidden_names(folder: Path, size: int) -> list[str]:
    path = write_orders(folder / "a.xlsx", [WRONG])
    names = "".join(f'<definedName name="_converter_{n}">A{n}</definedName>' for n in range(size))
    book = part(path, "xl/workbook.xml").replace("</sheets>", f"</sheets><definedNames>{names}</definedNames>")
    return convert(repack(path, {"xl/workbook.xml": book}), "--no-attachments")


def former_comments(folder: Path, size: int) -> list[str]:
    path = folder / "a.xlsx"
    one = '<comment ref="A{0}" authorId="0"><text><t>[Convertisseur JSON-MDV]</t></text></comment>'
    comments(path, "".join(map(one.format, range(1, size))), "")
    return convert(path, "--no-attachments")


def cells_without_address(folder: Path, size: int) -> list[str]:
    path = write_orders(folder / "a.xlsx", [WRONG])
    bare = f"<row>{'<c><v>1</v></c>' * 30}</row>" * size
    return convert(repack(path, {SHEET: part(path).replace("</sheetData>", f"{bare}</sheetData>")}), "--no-attachments")


def long_text_in(tag: str, piece: str) -> Make:
    def make(folder: Path, size: int) -> list[str]:
        with_text(folder / "a.xlsx", tag, piece * size)
        return convert(folder / "a.xlsx", "--no-attachments")

    make.__name__ = f"long_{tag}"
    return make


def documents(folder: Path, size: int) -> list[str]:
    (folder / "pieces").mkdir()
    for n in range(size):
        (folder / "pieces" / f"bon{n}.pdf").write_bytes(b"%PDF-1.4 " + str(n).encode())
    return convert(write_orders(folder / "a.xlsx", [ORDER | {"bonCommande": "absent.pdf"}]))


def documents_of_one_name(folder: Path, size: int) -> list[str]:
    for n in range(size):
        (folder / "pieces" / str(n)).mkdir(parents=True)
        (folder / "pieces" / str(n) / "bon.pdf").write_bytes(b"%PDF-1.4")
    return convert(write_orders(folder / "a.xlsx", [ORDER | {"bonCommande": "bon.pdf"}]))


def json_file(name: str, text: Callable[[int], str]) -> Make:
    def make(folder: Path, size: int) -> list[str]:
        path = folder / "JSON-1234567890-20261123-001.json"
        path.write_text(text(size), encoding="utf-8")
        return ["check", str(path)]

    make.__name__ = name
    return make


def many_tags(size: int) -> str:
    return "{" + ",".join(f'"a{n}":1' for n in range(size)) + f',"a{size - 1}":1}}'


def near_tags(size: int) -> str:
    return "{" + ",".join(f'"numeroAn{n}":1' for n in range(size)) + "}"


def many_lines(size: int) -> str:
    return json.dumps({"numeroAns": "1234567890", "lignesImport": [{"numeroEditeur": "00001"}] * size})


KINDS: list[tuple[Make, int]] = [
    (rows, 250),
    (wrong_rows, 250),
    (rows_of_one_order, 250),
    (rows_without_reference, 250),
    (unknown_headings, 18),
    (parameters, 1_500),
    (merged_ranges, 8_000),
    (hidden_names, 8_000),
    (former_comments, 10_000),
    (cells_without_address, 60),
    (long_text_in("operateurMessagerie", "-"), 8_000),
    (long_text_in("operateurMessagerie", "CH _28 – "), 900),
    (long_text_in("nomMedecin", "é\u0301 "), 2_500),
    (long_text_in("emailMedecin", "a@b.;"), 1_500),
    (long_text_in("telephoneMedecin", "01 (0) "), 1_000),
    (long_text_in("montantSegurHT", "1 000,"), 1_300),
    (long_text_in("dateCommande", "1/"), 4_000),
    (long_text_in("bonCommande", "a/../"), 1_600),
    (documents, 1_000),
    (documents_of_one_name, 500),
    (json_file("many_tags", many_tags), 20_000),
    (json_file("near_tags", near_tags), 20_000),
    (json_file("many_lines", many_lines), 20_000),
]


def seconds(make: Make, folder: Path, size: int) -> float:
    """Processor time of the command on an input of that size."""
    folder.mkdir()
    words = make(folder, size)
    began = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        status = main(words)
    taken = time.process_time() - began
    assert status in (0, 1), told.getvalue()
    assert not re.search("Traceback|Défaut", told.getvalue())
    return taken


@pytest.mark.parametrize(("make", "size"), KINDS, ids=[f"{make.__name__}-{size}" for make, size in KINDS])
def test_four_times_as_much_takes_about_four_times_as_long(make: Make, size: int, tmp_path: Path) -> None:
    seconds(make, tmp_path / "first", size)  # what is read or imported once
    once = seconds(make, tmp_path / "once", size)
    assert seconds(make, tmp_path / "four", 4 * size) <= ALLOWED * once + SLACK
