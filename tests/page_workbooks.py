"""Workbooks with known mistakes, dropped by the tests of the page, and what is done with them through its doors."""

from pathlib import Path
from typing import Any

from samples.documents import pdf
from workbooks import Row, rows_of, solo, write_workbook

SHORT = "9990001"
"""An RPPS with digits missing."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def order(rank: int, **changes: Any) -> list[Row]:
    """The order of row `rank` + 1, with its order form."""
    return solo(f"BC-{rank}", rank, **{"bonCommande": f"bon{rank}.pdf", **changes})


def documents(folder: Path, *ranks: int) -> list[Path]:
    """The order forms of these orders, each unlike the others."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"bon{rank}.pdf" for rank in ranks]
    for path in paths:
        path.write_bytes(pdf(path.stem))
    return paths


def two_mistakes(folder: Path) -> tuple[Path, list[Path]]:
    """Three orders: a short RPPS on row 2, a regime of no list on row 3, nothing on row 4."""
    rows = rows_of(order(1, RPPS=SHORT), order(2, regimeTVA="peut-être"), order(3))
    return write_workbook(folder / "Commandes.xlsx", rows), documents(folder / "pieces", 1, 2, 3)


def drop(client: Any, book: Path, pieces: list[Path]) -> dict[str, Any]:
    """Hand a workbook over to the HTTP interface; its document."""
    files = [("classeurs", (book.name, book.read_bytes(), XLSX))]
    files += [("pieces", (one.name, one.read_bytes(), "application/pdf")) for one in pieces]
    answer = client.post("/api/classeurs", files=files)
    assert answer.status_code == 201, answer.text
    (document,) = answer.json()
    return dict(document)


def places(document: dict[str, Any]) -> list[tuple[int | None, str, str]]:
    """(row, tag, code) of the errors and warnings of a document."""
    return [(one["row"], one["tag"], one["code"]) for one in document["findings"] if one["severity"] != "correction"]
