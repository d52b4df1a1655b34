"""`suggest_mapping`: a first mapping for a workbook whose headings are not ours."""

from dataclasses import dataclass
from pathlib import Path

from converter.checking.mapping_suggestion import Suggestion, suggestion
from converter.format.user_files import MAPPING, own_stem
from converter.ledger.files import write_new
from converter.reading.sample import read_sample
from converter.views.mapping_text import mapping_text


@dataclass(frozen=True, slots=True)
class SuggestedMapping:
    """A first mapping: what was recognised, and its file's bytes (TOML in UTF-8)."""

    found: Suggestion
    content: bytes


def suggest_mapping(path: Path, sheet: str = "", content: bytes | None = None) -> SuggestedMapping:
    """The first mapping of a workbook, nothing written; `sheet`: the one to read, "" for the one with most headings.

    `content`: the workbook's bytes, where `path` is but a name. Refusal when it cannot be read, or has no headings.
    """
    found = suggestion(read_sample(path, sheet, content))
    return SuggestedMapping(found, mapping_text(found).encode())


def write_mapping(path: Path, target: Path | None = None, sheet: str = "") -> tuple[Path, SuggestedMapping]:
    """Write the first mapping of a workbook, beside it unless `target` is given; the file and what it holds.

    Refusal when the file is there already: it may have been completed by hand.
    """
    suggested = suggest_mapping(path, sheet)
    target = target or path.with_name(f"{own_stem(path.stem)}{MAPPING}")
    write_new(target, suggested.content)
    return target, suggested
