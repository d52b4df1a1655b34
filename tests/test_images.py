"""The pictures of the README are there, are PNG, and are light enough to load."""

import re
from pathlib import Path

from images import MOST

ROOT = Path(__file__).parents[1]


def test_the_readme_shows_pictures_that_are_there_and_light() -> None:
    shown = re.findall(r"!\[[^\]]{20,}\]\((docs/images/[\w-]+\.png)\)", (ROOT / "README.md").read_text("utf-8"))
    assert sorted(shown) == sorted(str(one.relative_to(ROOT)) for one in (ROOT / "docs" / "images").iterdir())
    for one in shown:
        assert (ROOT / one).read_bytes().startswith(b"\x89PNG")
        assert (ROOT / one).stat().st_size <= MOST
