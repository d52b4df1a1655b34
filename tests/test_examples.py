"""The examples of the docs and of the docstrings: each of them runs, as it is written."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from samples.documents import pdf
from workbooks import rows_of, solo, write_workbook

import converter

DOCS = Path(__file__).parents[1] / "docs"


def test_the_examples_of_docstrings_are_right() -> None:
    names = [one.name for one in pkgutil.walk_packages(converter.__path__, "converter.") if "__main__" not in one.name]
    results = {name: doctest.testmod(importlib.import_module(name)) for name in names}
    assert [name for name, result in results.items() if result.failed] == []
    assert [name for name, result in results.items() if result.attempted] != []


def test_the_page_of_the_library_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_workbook(tmp_path / "commandes.xlsx", rows_of(solo(bonCommande="bon.pdf"), solo("BC-2", 2, RPPS="12")))
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces" / "bon.pdf").write_bytes(pdf("bon"))
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "bibliotheque.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for example in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(example, names)  # noqa: S102 — our own page
    told = capsys.readouterr().out
    assert "lot-20261122-01/JSON-0123456789-20261122-001.json 1 [" in told
    assert "longueur-exacte" in told
    assert "0/5 Lecture de commandes.xlsx" in told
    assert "True ['0000']" in told
    assert "FICTIF-" in told
    assert "fichier-absent Le fichier" in told
