"""`correspondance`: a first mapping for somebody's own order book."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.output import DONE, say
from converter.findings import Refusal
from converter.findings.french import NBSP, counted, tidy

if TYPE_CHECKING:
    from converter.runs.suggest_mapping import SuggestedMapping


def correspondance(arguments: argparse.Namespace) -> int:
    """Write a first mapping, to be completed by hand."""
    from converter.runs.suggest_mapping import write_mapping

    if arguments.target is not None and arguments.target.suffix.lower() != ".toml":
        raise Refusal("correspondance-pas-toml", nom=arguments.target.name)
    path, suggested = write_mapping(arguments.path, arguments.target, arguments.feuille)
    found = suggested.found
    document = {
        "correspondance": str(path),
        "sheet": found.sheet,
        "header_rows": list(found.header_rows),
        "matched": {one.tag: one.heading for one in found.matches},
        "unmatched": [heading for heading, _ in found.unmatched],
        "missing": [field.tag for field in found.missing],
    }
    say(arguments, document, _lines(path, arguments.path, suggested))
    return DONE


def _lines(path: Path, workbook: Path, suggested: "SuggestedMapping") -> Iterator[str]:
    found = suggested.found
    known = counted(len(found.matches), "colonne reconnue", "colonnes reconnues")
    others = counted(len(found.unmatched), "titre sans emploi", "titres sans emploi")
    yield f"Feuille «{NBSP}{tidy(found.sheet)}{NBSP}»{NBSP}: {known}, {others}."
    yield f"Correspondance{NBSP}: {tidy(str(path))}"
    yield "Elle cite en exemple des valeurs de votre feuille\u00a0: ce sont des données personnelles."
    yield "À faire\u00a0: relisez-la et complétez-la, puis"
    yield f'  converter validate "{tidy(str(workbook))}" --correspondance "{tidy(str(path))}"'
