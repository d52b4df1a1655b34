"""`python -m tests.bench`: builds the workbooks, measures, prints the table and keeps it in docs/performance.md."""

import argparse
import datetime
import sys
import tempfile
from pathlib import Path

from tests.bench import goals, measure, page, served


def main() -> None:
    arguments = _arguments()
    sizes = goals.Sizes(*arguments.rows, requests=arguments.requests)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for work in goals.prepared(folder, sizes):
            sys.stderr.write(f"\rpréparation : {work.name:50.50}")
            measure.measure(work, folder / "fresh")
        found: dict[str, list[measure.Measure]] = {}
        for rank, group in enumerate(goals.works(folder, sizes)):
            (folder / str(rank)).mkdir()
            found |= measure.in_turn(group, arguments.runs, folder / str(rank))
        page_speed = served.measured(folder, sizes, arguments.people, arguments.runs)
    lines = goals.lines(measure.medians(found), sizes) + served.lines(page_speed, sizes, arguments.people)
    sys.stdout.write(page.table(lines) + "\n")
    page.keep(arguments.page, lines, arguments.runs, datetime.datetime.now().astimezone().date())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Mesure la vitesse contre ses buts.")
    parser.add_argument("--rows", type=int, nargs=3, default=(500, 20_000, 100_000), metavar="N",
                        help="lignes des trois classeurs (500 20000 100000)")  # fmt: skip
    parser.add_argument("--requests", type=int, default=10_000, help="demandes du registre (10000)")
    parser.add_argument("--people", type=int, default=20, help="personnes à la fois sur la page (20)")
    parser.add_argument("--runs", type=int, default=5, help="mesures de chaque travail (5)")
    parser.add_argument("--page", type=Path, default=measure.ROOT / "docs" / "performance.md",
                        help="page où le tableau est gardé (docs/performance.md)")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
