"""A tag more, optional: declared in the format and written in the JSON template, it is everywhere else by itself."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from samples.spec import COLUMNS
from workbooks import Row, mandate, rows_of, solo, structure, write_workbook

ROOT = Path(__file__).parents[1]
DECLARED = {
    # class of `fields`, declaration that it ends with
    "Order": 'codeOffre: str | None = _tag("Code de l\'offre", FieldKind.TEXT, Required.NEVER, below=20)',
    "Beneficiaires": (
        'villeMandataire: str | None = _tag("Ville du mandataire", FieldKind.NAME, Required.NEVER, '
        "audience=Audience.LIBERAL, below=50)"
    ),
    "Doctor": (
        'numeroAM: str | None = _tag("Numéro AM", FieldKind.IDENTIFIER, Required.NEVER, level=Level.BENEFICIARY, '
        "audience=Audience.LIBERAL, exact=9)"
    ),
    "Structure": (
        'emailTechnique: str | None = _tag("Courriel technique", FieldKind.EMAIL, Required.NEVER, '
        "audience=Audience.STRUCTURE, below=150)"
    ),
    "Scenario": 'isTelesante: bool | None = _tag("Télésanté ?", FieldKind.BOOLEAN, Required.NEVER)',
}
BESIDE = {
    "codeOffre": "montantSegurHT",
    "villeMandataire": "telephoneMandataire",
    "numeroAM": "RPPS",
    "emailTechnique": "telephoneResponsable",
    "isTelesante": "isPFIToMSSCitoyen",
}
"""The tag that each one follows in the JSON template."""
ADDED = tuple(BESIDE)


@pytest.fixture(scope="module")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program in which only the declaration and the JSON template know of five tags more."""
    copy = tmp_path_factory.mktemp("variante")
    for folder in ("converter", "templates"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    fields = copy / "converter" / "format" / "fields.py"
    text = fields.read_text(encoding="utf-8")
    for block, declaration in DECLARED.items():
        (whole,) = re.findall(rf"^class {block}:\n(?:(?:[ \t].*)?\n)+?(?=\n\n\S)", text, re.MULTILINE)
        text = text.replace(whole, f"{whole}    {declaration}\n")
    fields.write_text(text, encoding="utf-8")
    template = copy / "templates" / "demandes.json.j2"
    text = template.read_text(encoding="utf-8")
    for tag, before in BESIDE.items():
        text, lines = re.subn(rf'"{before}": {{{{ (\w+)\.{before} }}}}', rf'\g<0>, "{tag}": {{{{ \1.{tag} }}}}', text)
        assert lines == 1
    template.write_text(text, encoding="utf-8")
    python(copy, "-m", "converter.portal.json_schema")  # make docs
    return copy


def python(copy: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", *map(str, words)]
    return subprocess.run(
        command, cwd=copy, env={"PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False, timeout=120
    )


def emitted(variant: Path, folder: Path, rows: Sequence[Row], columns: Sequence[str]) -> list[dict[str, Any]]:
    """The requests of the workbook of these rows, in the file that it becomes; `check` accepts that file."""
    workbook = write_workbook(folder / "commandes.xlsx", rows, headers=columns, tags=columns)
    words = ("convert", workbook, "--out", folder / "out", "--date", "2026-11-22", "--no-attachments", "--json")
    run = python(variant, "-m", "converter", *words)
    assert run.returncode == 0, run.stdout + run.stderr
    (file,) = json.loads(run.stdout)["files"]
    check = python(variant, "-m", "converter", "check", file["path"], "--json")
    assert check.returncode == 0, check.stdout + check.stderr
    requests: list[dict[str, Any]] = json.loads(Path(file["path"]).read_bytes())["lignesImport"]
    return requests


def added(request: dict[str, Any]) -> list[Any]:
    """What a request holds of the five tags; of its first doctor, or of its structure."""
    who = request["beneficiaires"]
    doctor = who["liberal"][0] if who["liberal"] else {}
    places = (request["commande"], who, doctor, who["structure"], request["scenarioInstallation"])
    return [place.get(tag, "absent") for tag, place in zip(ADDED, places, strict=True)]


ORDERS = rows_of(solo("BC-1", 10), mandate("BC-2", 20), structure("BC-3", 30))


def test_without_their_columns_the_file_says_null_and_is_accepted(variant: Path, tmp_path: Path) -> None:
    first, second, third = emitted(variant, tmp_path, ORDERS, COLUMNS)
    assert added(first) == added(second) == [None, None, None, "absent", None]
    assert added(third) == [None, None, "absent", None, None]


def test_empty_cells_do_the_same(variant: Path, tmp_path: Path) -> None:
    assert added(emitted(variant, tmp_path, ORDERS, (*COLUMNS, *ADDED))[0]) == [None, None, None, "absent", None]


def test_what_is_filled_leaves_and_is_accepted(variant: Path, tmp_path: Path) -> None:
    rows = rows_of(
        solo("BC-1", 10, codeOffre="NOËL", villeMandataire="LYON", numeroAM="123456789", isTelesante="OUI"),
        structure("BC-2", 20, emailTechnique="dsi@centre.example", isTelesante="NON"),
    )
    liberal, other = emitted(variant, tmp_path, rows, (*COLUMNS, *ADDED))
    assert added(liberal) == ["NOËL", "LYON", "123456789", "absent", True]
    assert added(other) == [None, None, "absent", "dsi@centre.example", False]


def test_what_is_wrong_is_told_on_its_cell(variant: Path, tmp_path: Path) -> None:
    columns = (*COLUMNS, *ADDED)
    rows = rows_of(
        solo("BC-1", 10, numeroAM="12"),
        solo("BC-2", 20, isTelesante="PEUT-ÊTRE"),
        solo("BC-3", 30, emailTechnique="dsi@centre.example"),
        structure("BC-4", 40, emailTechnique="dsi"),
    )
    workbook = write_workbook(tmp_path / "commandes.xlsx", rows, headers=columns, tags=columns)
    words = ("validate", workbook, "--out", tmp_path / "out", "--date", "2026-11-22", "--no-attachments", "--json")
    run = python(variant, "-m", "converter", *words)
    assert run.returncode == 1, run.stderr
    told = [(one["row"], one["tag"], one["code"]) for one in json.loads(run.stdout)["findings"]]
    assert told == [
        (2, "numeroAM", "longueur-exacte"),
        (3, "isTelesante", "oui-non"),
        (4, "emailTechnique", "autre-public"),
        (5, "emailTechnique", "courriel-illisible"),
    ]


def test_a_file_with_a_wrong_value_is_explained(variant: Path, tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "commandes.xlsx", ORDERS)
    words = ("convert", workbook, "--out", tmp_path / "out", "--date", "2026-11-22", "--no-attachments", "--json")
    (file,) = json.loads(python(variant, "-m", "converter", *words).stdout)["files"]
    path = Path(file["path"])
    path.write_text(path.read_text(encoding="utf-8").replace('"numeroAM": null', '"numeroAM": "12"'), encoding="utf-8")
    document = json.loads(python(variant, "-m", "converter", "check", path, "--json").stdout)
    answers = [(one["tag"], one["code"]) for one in document["files"][0]["requests"]]
    assert answers == [("numeroAM", "CTL-EXACT-LENGTH"), ("numeroAM", "CTL-EXACT-LENGTH"), (None, "0000")]


def test_the_pages_and_the_workbook_to_fill_have_them(variant: Path) -> None:
    pages = python(
        variant, "-c",
        "from converter.views import docs_pages as pages; print(pages.fields_page(), pages.schemas_page())",
    )  # fmt: skip
    assert pages.returncode == 0, pages.stderr
    assert all(pages.stdout.count(f"`{tag}`") >= 2 for tag in ADDED)
    path = variant / "modele.xlsx"
    assert python(variant, "-m", "converter", "template", path).returncode == 0
    assert path.is_file()
