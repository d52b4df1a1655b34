"""The generated pages of docs/: up to date, complete, and saying what the declarations say."""

import dataclasses
import datetime
from pathlib import Path

import pytest

import converter
from converter import findings
from converter.findings import CatalogueEntry, Severity, catalogue
from converter.format.fields import FIELDS, PARAMETRES
from converter.views import docs_pages

DOCS = Path(__file__).parent.parent / "docs"
AGAIN = "lancez « python -m converter.views.docs_pages » et enregistrez le résultat"


def test_the_page_of_codes_is_up_to_date() -> None:
    assert (DOCS / "codes.md").read_text(encoding="utf-8") == docs_pages.codes_page(), AGAIN


def test_the_page_of_columns_is_up_to_date() -> None:
    assert (DOCS / "colonnes.md").read_text(encoding="utf-8") == docs_pages.fields_page(), AGAIN


def test_the_page_of_schemas_is_up_to_date() -> None:
    assert (DOCS / "schemas.md").read_text(encoding="utf-8") == docs_pages.schemas_page(), AGAIN


def test_every_check_of_the_schemas_has_its_line() -> None:
    page = docs_pages.schemas_page()
    day = datetime.date(2026, 11, 22)
    schemas = [converter.row_schema(day=day), converter.request_schema(), converter.request_schema(profiles=[])]
    checks = [check for schema in schemas for column in schema.columns.values() for check in column.checks]
    checks += [check for schema in schemas for check in schema.checks]
    lines = {line.split(" | ")[2].strip("`"): line for line in page.splitlines() if line.count(" | ") == 4}
    assert {check.name for check in checks} == set(lines) - {"---", "Code"}
    assert "| erreur |" in lines["longueur-exacte"]
    assert "`numeroEditeur`, `RPPS`, `FINESSJuridique`, `FINESSGeo`" in lines["longueur-exacte"]
    assert "| avertissement |" in lines["cle-controle"]


def test_the_example_of_the_page_of_schemas_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example = docs_pages.schemas_page().split("```python\n")[1].split("```")[0]
    exec(example, {})  # noqa: S102 — our own page
    told = capsys.readouterr().out
    assert "longueur-exacte" in told
    assert "obligatoire" in told


def test_every_code_has_its_line() -> None:
    page = docs_pages.codes_page()
    assert [code for code in catalogue() if page.count(f"\n| `{code}` |") != 1] == []


def test_every_field_has_its_line() -> None:
    page = docs_pages.fields_page()
    lines = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]
    assert lines == [f"`{field.tag}`" for field in (*PARAMETRES, *FIELDS)]


def test_a_code_is_shown_with_its_example_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = CatalogueEntry(
        "rpps-longueur",
        Severity.ERROR,
        "RPPS trop court",
        "Le RPPS « {valeur} » compte {n} chiffres | au lieu de 11.",
        "Vérifiez-le.",
        {"valeur": "1000123456", "n": "10"},
    )
    monkeypatch.setattr(docs_pages, "catalogue", lambda: {entry.code: entry})
    erreurs, avertissements = docs_pages.codes_page().split("## Avertissements")
    sentence = "Le RPPS «\u00a01000123456\u00a0» compte 10 chiffres \\| au lieu de 11."
    assert f"\n| `rpps-longueur` | RPPS trop court | {sentence} | Vérifiez-le. |\n" in erreurs
    assert "rpps" not in avertissements


def test_a_column_says_when_it_is_required_and_what_it_holds() -> None:
    page = docs_pages.fields_page()
    assert (
        "| `RPPS` | Numéro RPPS | si LIBERAL | identifiant, exactement 11 caractères | "
        "Les 11 chiffres du RPPS, inscrits sur la carte du médecin. | RPPS du médecin |" in page
    )
    assert "| `regimeTVA` | Régime de TVA | toujours | TTC ou HT | " in page
    assert "| `nomMedecin` | Nom du médecin | si LIBERAL | nom en majuscules, 49 caractères au plus | " in page


def test_the_command_writes_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs_pages, "_DOCS", tmp_path)
    docs_pages.main()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codes.md", "colonnes.md", "schemas.md"]
    assert (tmp_path / "colonnes.md").read_text(encoding="utf-8") == docs_pages.fields_page()


def test_an_entry_without_an_example_for_a_placeholder_cannot_be_published(monkeypatch: pytest.MonkeyPatch) -> None:
    some = next(iter(findings.catalogue().values()))
    broken = dataclasses.replace(some, message="Valeur {valeur}.", example={})
    monkeypatch.setattr(docs_pages, "catalogue", lambda: {broken.code: broken})
    with pytest.raises(KeyError):
        docs_pages.codes_page()
