"""docs/securite.md tells the bounds that the code has, and the files that runs leave."""

import re
from pathlib import Path

import pytest

from converter.documents.attaching import MAX_DOCUMENT
from converter.findings import MOST_FINDINGS
from converter.findings.french import thousands
from converter.portal.json_parsing import BIGGEST
from converter.reading.file_kind import MAX_FILE
from converter.reading.package import MAX_PART, MAX_TOTAL
from converter.reading.part_survey import MAX_LINKS, MAX_MERGED
from converter.reading.sheet_survey import MAX_ROWS, MAX_TAG, NEAR_COLUMNS
from converter.reading.workbook import LONGEST_TEXT

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "securite.md").read_text(encoding="utf-8")


def megabytes(size: int) -> str:
    assert size % 1_000_000 == 0
    return f"{size // 1_000_000} Mo"


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("un classeur, sur le disque", megabytes(MAX_FILE)),
        ("ses parties, décompressées ; toutes ensemble", f"{megabytes(MAX_PART)} ; {megabytes(MAX_TOTAL)}"),
        ("lignes d'une feuille ; colonnes (jusqu'à CZ)", f"{thousands(MAX_ROWS)} ; {NEAR_COLUMNS}"),
        ("une cellule", f"{thousands(LONGEST_TEXT)} caractères"),
        ("la balise d'une cellule ou d'une ligne", f"{thousands(MAX_TAG)} octets"),
        ("cellules fusionnées ; liens d'une feuille", f"{thousands(MAX_MERGED)} ; {thousands(MAX_LINKS)}"),
        ("constats d'un classeur", thousands(MOST_FINDINGS)),
        ("un fichier JSON", megabytes(BIGGEST)),
        ("un document", megabytes(MAX_DOCUMENT)),
    ],
)
def test_each_bound_is_the_one_of_the_code(what: str, most: str) -> None:
    assert f"| {what} | {most} |".replace("\u00a0", " ") in PAGE.replace("\u00a0", " ")


def test_the_readme_leads_to_it_and_its_links_lead_somewhere() -> None:
    assert "(docs/securite.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((\w[\w-]*\.md)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
