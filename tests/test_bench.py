"""The bench runs: once, on tiny workbooks, so that it cannot rot. Nothing is timed here."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_bench_measures_every_goal_and_keeps_the_table_under_the_page(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    mark = next(line for line in (ROOT / "docs" / "performance.md").read_text().splitlines() if line.startswith("<!--"))
    page.write_text(f"# Vitesse\n\nÀ garder.\n\n{mark}\n\n## Mesures du 01/01/2000\n\nanciennes\n")
    sizes = ("--rows", "12", "40", "60", "--requests", "15", "--people", "2")

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *sizes, "--runs", "1", "--page", str(page)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "| travail | mesuré | résultat | but | atteint |"
    assert [line.split("|")[1].strip() for line in lines[2:]] == [
        "`convert`, 12 lignes",
        "`convert`, 12 lignes, encore, dans le même processus",
        "`convert`, 40 lignes",
        "`convert`, 40 lignes, avec leurs pièces",
        "`convert`, 40 lignes, temps de processeur",
        "`convert`, 40 lignes",
        "`convert`, 60 lignes",
        "`convert`, 60 lignes",
        "de 40 à 60 lignes",
        "copie annotée, 40 lignes",
        "`convert`, 40 lignes",
        "`converter --help`",
        "`converter status`, 15 demandes",
        "page, 12 lignes déposées",
        "page, cellule corrigée, 12 lignes",
        "page, cellule corrigée, 40 lignes",
        "page, 40 lignes déposées",
        *(["page, 40 lignes déposées"] if shutil.which("chromium") else []),
        *["page, 2 personnes à la fois, 12 lignes"] * 3,
    ]
    kept = page.read_text()
    assert kept.startswith("# Vitesse\n\nÀ garder.\n")
    assert done.stdout in kept
    assert kept.endswith("## Mesures du 01/01/2000\n\nanciennes\n")
