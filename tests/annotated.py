"""What the tests of the annotated copy share: marking a workbook, and looking into the copy's parts."""

import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import office
import openpyxl

from converter.findings import Cell, Finding, Severity, catalogue, finding
from converter.views.annotate import StatutSheet, annotate
from converter.views.outcome import Fate, RequestFate

SHEET = "Demandes"
RED, ORANGE, BLUE = "FFFFA19B", "FFFFCB6C", "FFA9CDEE"


def wrong(address: str, value: str = "999", severity: Severity = Severity.ERROR, sheet: str = SHEET) -> Finding:
    """A finding about a cell (`E5`), a row (`5`) or the whole workbook (``)."""
    column = address.rstrip("0123456789")
    row = int(address[len(column) :]) if address else None
    cell = Cell("classeur.xlsx", sheet if address else "", row, column)
    example = {**catalogue()["longueur-exacte"].example, "libelle": "Numéro RPPS", "verifier": "Vérifiez-le."}
    details = {name: said for name, said in example.items() if name != "valeur"}
    return finding("longueur-exacte", cell, "RPPS", value, severity, **details)


def warned(address: str, value: str = "999") -> Finding:
    return wrong(address, value, Severity.WARNING)


def corrected(address: str, value: str = "999") -> Finding:
    return wrong(address, value, Severity.CORRECTION)


def followed(rows: Sequence[int], statut: str) -> RequestFate:
    return RequestFate("classeur.xlsx", SHEET, tuple(rows), "BC-1", Fate.HELD_BACK, statut)


def mark(
    source: bytes,
    folder: Path,
    findings: Sequence[Finding],
    fates: Sequence[RequestFate] = (),
    header_row: int | None = 1,
) -> bytes:
    """The annotated copy of a workbook."""
    path = folder / "source.xlsx"
    path.write_bytes(source)
    statuts = {row: one.statut for one in fates for row in one.rows}
    sheets = [] if header_row is None else [StatutSheet(SHEET, header_row, statuts)]
    return annotate(path, findings, sheets)


def parts(workbook: bytes) -> dict[str, bytes]:
    """Every part of a package, by name."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, str | bytes]) -> bytes:
    """A package made of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return stream.getvalue()


def sheet_part(workbook: bytes, name: str) -> str:
    """The name of the part of a sheet."""
    package = parts(workbook)
    book = package["xl/workbook.xml"].decode()
    tag = next(tag for tag in re.findall(r"<sheet [^>]*>", book) if f'name="{name}"' in tag)
    identifier = re.search(r'r:id="(.*?)"', tag)
    assert identifier is not None
    links = re.findall(r"<Relationship [^>]*>", package["xl/_rels/workbook.xml.rels"].decode())
    link = next(link for link in links if f'Id="{identifier[1]}"' in link)
    target = re.search(r'Target="(.*?)"', link)
    assert target is not None
    return "xl/" + target[1].removeprefix("/xl/")


def sheet_xml(workbook: bytes, name: str = SHEET) -> str:
    """The XML of a sheet."""
    return parts(workbook)[sheet_part(workbook, name)].decode()


def load(workbook: bytes) -> openpyxl.Workbook:
    """The workbook as openpyxl reads it; it warns of what it cannot keep, which is why we do not save with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(workbook))


def saved_by_libreoffice(workbook: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice opens and saves it."""
    path = folder / "ouvert.xlsx"
    path.write_bytes(workbook)
    saved = folder / "enregistre"
    office.convert([path], saved)
    return (saved / path.name).read_bytes()
