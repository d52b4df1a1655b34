"""What is measured, and against which goal: each line of the table of docs/performance.md."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Measure, Work, converter, reference

_JOUR = "2022-11-22"
_MIB = "\u00a0Mio"
_S = "\u00a0s"

SMALL, MEDIUM, LARGE = "convert petit", "convert moyen", "convert grand"
ONCE, TWICE, DOCUMENTED = "convert petit, une fois", "convert petit, deux fois", "convert moyen avec pièces"
FLOOR, LARGE_FLOOR, IMPORTS = "plancher moyen", "plancher grand", "imports"
COPY, OPENPYXL, FLATTEN = "copie annotée", "openpyxl", "flatten-tool"
HELP, STATUS = "converter --help", "converter status"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows of the three workbooks, and requests of the ledger that `status` shows."""

    small: int
    medium: int
    large: int
    requests: int


@dataclass(frozen=True, slots=True)
class Line:
    """One goal: what was measured, in words, and whether it is reached."""

    work: str
    measured: str
    figure: str
    goal: str
    reached: bool


def works(folder: Path, sizes: Sizes) -> list[list[Work]]:
    """The processes, those that are compared with each other in one group."""
    medium, large = folder / f"{sizes.medium}.xlsx", folder / f"{sizes.large}.xlsx"
    return [
        [
            reference(IMPORTS, "imports"),
            _convert(SMALL, folder / f"{sizes.small}.xlsx"),
            reference(ONCE, "conversions", "1", str(folder / f"{sizes.small}.xlsx"), "{fresh}"),
            reference(TWICE, "conversions", "2", str(folder / f"{sizes.small}.xlsx"), "{fresh}"),
        ],
        [
            reference(FLOOR, "floor", str(medium), "{fresh}"),
            _convert(MEDIUM, medium),
            _convert(DOCUMENTED, medium, "--attachments", str(folder / "pieces")),
            reference(COPY, "annotated_copy", str(medium), str(folder / "constats.pickle"), "{fresh}.xlsx"),
            reference(OPENPYXL, "openpyxl_copy", str(medium), "{fresh}.xlsx"),
            reference(FLATTEN, "flatten_tool", str(folder / "flat.xlsx"), "{fresh}"),
        ],
        [reference(LARGE_FLOOR, "floor", str(large), "{fresh}"), _convert(LARGE, large)],
        [converter(HELP, "--help"), converter(STATUS, "status", "--out", str(folder / "ledger"))],
    ]


def _convert(name: str, workbook: Path, *documents: str) -> Work:
    words = documents or ("--no-attachments",)
    return converter(name, "convert", str(workbook), *words, "--date", _JOUR, "--out", "{fresh}")


def prepared(folder: Path, sizes: Sizes) -> list[Work]:
    """What makes the workbooks, the ledger and the findings; not measured."""
    solos = str(folder / "solos.xlsx")
    return [
        *(_built("orders", folder / f"{size}.xlsx", size) for size in (sizes.small, sizes.medium, sizes.large)),
        _built("flat", folder / "flat.xlsx", sizes.medium),
        _built("documents", folder / "pieces", sizes.medium),
        _built("solos", folder / "solos.xlsx", sizes.requests),
        converter("registre", "convert", solos, "--no-attachments", "--date", _JOUR, "--out", str(folder / "ledger")),
        reference("constats", "examine", str(folder / f"{sizes.medium}.xlsx"), str(folder / "constats.pickle")),
    ]


def _built(kind: str, path: Path, size: int) -> Work:
    return Work(path.name, (sys.executable, "-m", "tests.bench.workbooks", kind, str(path), str(size)))


def lines(found: Mapping[str, Measure], sizes: Sizes) -> list[Line]:
    """The table: each goal with what was measured."""
    medium, large = f"`convert`, {count(sizes.medium)} lignes", f"`convert`, {count(sizes.large)} lignes"
    return [
        _times(found, f"`convert`, {count(sizes.small)} lignes", SMALL, IMPORTS, at_most=1.25),
        _again(found, f"`convert`, {count(sizes.small)} lignes, encore, dans le même processus", at_most=0.1),
        _times(found, medium, MEDIUM, FLOOR, at_most=4.5),
        _times(found, f"{medium}, avec leurs pièces", DOCUMENTED, FLOOR, at_most=5.5),
        _processor(found, f"{medium}, temps de processeur", MEDIUM, FLOOR, at_most=6),
        _peak(found, medium, MEDIUM, at_most=350),
        _times(found, large, LARGE, LARGE_FLOOR, at_most=4.8),
        _peak(found, large, LARGE, at_most=700),
        _times(found, f"de {count(sizes.medium)} à {count(sizes.large)} lignes", LARGE, MEDIUM, at_most=5.5),
        _faster(found, f"copie annotée, {count(sizes.medium)} lignes", COPY, OPENPYXL, at_least=20),
        _faster(found, medium, MEDIUM, FLATTEN, at_least=8),
        _seconds(found, f"`{HELP}`", HELP, at_most=0.15),
        _seconds(found, f"`{STATUS}`, {count(sizes.requests)} demandes", STATUS, at_most=1),
    ]


def _times(found: Mapping[str, Measure], work: str, ours: str, other: str, at_most: float) -> Line:
    a, b = found[ours].seconds, found[other].seconds
    told = f"{_seconds_text(a)} contre {_seconds_text(b)} ({other})"
    return Line(work, told, f"{number(a / b)} ×", f"≤ {number(at_most)} ×", a / b <= at_most)


def _processor(found: Mapping[str, Measure], work: str, ours: str, other: str, at_most: float) -> Line:
    a, b = found[ours].processor, found[other].processor
    told = f"{_seconds_text(a)} contre {_seconds_text(b)} ({other})"
    return Line(work, told, f"{number(a / b)} ×", f"≤ {number(at_most)} ×", a / b <= at_most)


def _again(found: Mapping[str, Measure], work: str, at_most: float) -> Line:
    more = found[TWICE].seconds - found[ONCE].seconds
    return Line(work, "durée de la seconde", _seconds_text(more), f"≤ {number(at_most)}{_S}", more <= at_most)


def _faster(found: Mapping[str, Measure], work: str, ours: str, other: str, at_least: float) -> Line:
    a, b = found[ours].seconds, found[other].seconds
    told = f"{_seconds_text(a)} contre {_seconds_text(b)} ({other})"
    return Line(work, told, f"{number(b / a)} × plus rapide", f"≥ {number(at_least)} ×", b / a >= at_least)


def _peak(found: Mapping[str, Measure], work: str, ours: str, at_most: float) -> Line:
    peak = found[ours].peak
    return Line(work, "mémoire au plus haut", f"{peak:.0f}{_MIB}", f"≤ {at_most:.0f}{_MIB}", peak <= at_most)


def _seconds(found: Mapping[str, Measure], work: str, ours: str, at_most: float) -> Line:
    a = found[ours].seconds
    return Line(work, "durée", _seconds_text(a), f"≤ {number(at_most)}{_S}", a <= at_most)


def _seconds_text(seconds: float) -> str:
    return f"{number(seconds)}{_S}"


def number(value: float) -> str:
    """« 0,15 »."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def count(many: int) -> str:
    """« 20 000 », with a no-break space."""
    return f"{many:,}".replace(",", "\u00a0")
