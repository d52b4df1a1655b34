"""docs/performance.md: the sections that the bench writes, newest first, under what people write."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.bench.goals import Line

MARK = "<!-- Sous cette ligne, les tableaux sont écrits par `make bench`, le plus récent en premier. -->"


def table(lines: Sequence[Line]) -> str:
    """The goals as a Markdown table."""
    rows = [
        f"| {line.work} | {line.measured} | {line.figure} | {line.goal} | {'oui' if line.reached else 'non'} |"
        for line in lines
    ]
    return "\n".join(["| travail | mesuré | résultat | but | atteint |", "| --- | --- | --- | --- | --- |", *rows])


def keep(page: Path, lines: Sequence[Line], runs: int, day: date) -> None:
    """Put the table in the page under today's date; it takes the place of another one of today, older ones stay."""
    above, _, below = page.read_text(encoding="utf-8").partition(MARK)
    title = f"## Mesures du {day:%d/%m/%Y}"
    older = [one for one in re.split(r"\n(?=## Mesures du )", below) if one.strip() and not one.startswith(title)]
    section = f"{title}\n\n{_machine(runs)}\n\n{table(lines)}\n"
    text = "\n".join([f"{above.rstrip()}\n\n{MARK}\n", section, *(one.strip("\n") + "\n" for one in older)])
    temporary = page.with_name(f".{page.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(page)


def _machine(runs: int) -> str:
    times = "une mesure" if runs == 1 else f"médianes de {runs} mesures en alternance"
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cœurs, {times}."
