"""docs/correspondance.md: three order books unlike ours, from nothing to a JSON file that the portal accepts.

The command writes the mapping; what the page shows is that mapping, completed by hand.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import order_books
import pytest
from conftest import DAY, beneficiaries, command
from workbooks import finess, rpps

PAGE = (Path(__file__).parent.parent / "docs" / "correspondance.md").read_text(encoding="utf-8")
COMPLETED = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.M | re.S)


@dataclass(frozen=True, slots=True)
class Example:
    """An order book, the columns that a person changed after the command, and what must stand in the JSON file."""

    write: Callable[[Path], Path]
    corrected: set[str]
    requests: list[tuple[str, list[str], float]]
    told: list[tuple[str, str]]


EXAMPLES = {
    "CRM": Example(
        order_books.crm_export,
        {"nomMedecin"},
        [
            ("LIBERAL", [rpps(1)], 1076.0),
            ("LIBERAL", [rpps(2)], 1077.0),
            ("STRUCTURE", [finess(31), finess(32)], 1078.0),
        ],
        [],
    ),
    "by hand": Example(
        order_books.kept_by_hand,
        set(),
        [("LIBERAL", [rpps(11), rpps(12)], 2150.0), ("LIBERAL", [rpps(13)], 1075.0)],
        [("A9", "ligne-hors-commande"), ("A11", "ligne-hors-commande")],
    ),
    "English": Example(
        order_books.in_english,
        {"nomMedecin"},
        [("LIBERAL", [rpps(21)], 1075.5), ("LIBERAL", [rpps(22)], 1200.0)],
        [],
    ),
}


@pytest.mark.parametrize(("name", "completed"), list(zip(EXAMPLES, COMPLETED, strict=True)), ids=EXAMPLES)
def test_an_example_goes_from_nothing_to_an_accepted_file(tmp_path: Path, name: str, completed: str) -> None:
    example = EXAMPLES[name]
    path = example.write(tmp_path / "classeur.xlsx")
    mapping = _completed(tmp_path, path, completed, example.corrected)
    run = command(
        "convert", path, "--correspondance", mapping, "--out", tmp_path / "out", "--date", DAY, "--no-attachments"
    )  # fmt: skip
    assert (run.status, run.counts) == (0, (len(example.requests), 0, 0)), run.stderr
    told = [(cell, code) for cell, severity, code in run.told if severity != "correction"]
    assert told == example.told
    found = [(_audience(one), beneficiaries(one), one["commande"]["montantSegurHT"]) for one in run.requests]
    assert found == example.requests
    [file] = run.document["files"]
    assert command("check", file["path"]).status == 0


def _completed(folder: Path, path: Path, completed: str, corrected: set[str]) -> Path:
    """The page's mapping, in which stands everything that the command found, but for what is corrected."""
    run = command("correspondance", path)
    assert run.status == 0, run.stderr
    written = Path(run.document["correspondance"])
    first, last = tomllib.loads(written.read_text("utf-8")), tomllib.loads(completed)
    changed = {tag for tag, heading in first["colonnes"].items() if last["colonnes"].get(tag) != heading}
    assert (changed, first["feuille"], first["titres"]) == (corrected, last["feuille"], last["titres"])
    mapping = folder / "completed.toml"
    mapping.write_text(completed, encoding="utf-8")
    return mapping


def _audience(request: dict[str, Any]) -> str:
    return str(request["beneficiaires"]["commandePour"])


def test_the_export_of_the_example_has_sixty_columns() -> None:
    assert len(order_books.CRM_HEADINGS) == len(set(order_books.CRM_HEADINGS)) == 60


def test_a_centre_takes_the_contact_for_its_head_and_a_practice_for_its_doctor(tmp_path: Path) -> None:
    path = order_books.crm_export(tmp_path / "export.xlsx")
    (tmp_path / "m.toml").write_text(COMPLETED[0], encoding="utf-8")
    run = command(
        "convert", path, "--correspondance", tmp_path / "m.toml", "--out", tmp_path / "out", "--date", DAY,
        "--no-attachments",
    )  # fmt: skip
    who = [one["beneficiaires"] for one in run.requests]
    assert who[0]["liberal"][0]["nomMedecin"] == "ÉGLANTIER ANNE"
    assert who[2]["structure"]["nomResponsable"] == "RIVIÈRE LÉA"
    routes = [
        (one["scenarioInstallation"]["isDirecToDMP"], one["scenarioInstallation"]["isPFIToDMP"]) for one in run.requests
    ]
    assert routes == [(True, False), (False, True), (True, False)]


def test_every_rubric_of_a_mapping_is_in_the_page() -> None:
    from converter.reading.mapping_schema import SECTIONS

    assert [name for name in SECTIONS if f"`{name}`" not in PAGE and f"`[{name}" not in PAGE] == []
