"""The portal's spelling of the tags, read from `templates/portail.toml`, the only place to change it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from converter.findings import Refusal, shown
from converter.format.template_files import template_path
from converter.portal.tag_tree import TAGS

_NAME = "portail.toml"
_WRITABLE = re.compile(r"[^\W\d]\w*", re.ASCII)


@dataclass(frozen=True)
class Spelling:
    """The tags that are not emitted as the guide spells them: pairs (guide's tag, emitted tag)."""

    changes: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _emitted(self) -> dict[str, str]:
        return dict(self.changes)

    @cached_property
    def _guide(self) -> dict[str, str]:
        return {emitted: tag for tag, emitted in self.changes}

    def emitted(self, tag: str) -> str:
        """The emitted spelling of a guide's tag."""
        return self._emitted.get(tag, tag)

    def to_guide(self, parsed: object) -> object:
        """Parsed JSON with the guide's tags, order kept. A tag already spelled as in the guide stays so."""
        return _renamed(parsed, self._guide) if self.changes else parsed

    def apply_to_template(self, source: str) -> str:
        """The source of a template (or a JSON text) with each `"tag":` in its emitted spelling."""
        for tag, emitted in self._swapped_last():
            source = re.sub(rf'"{tag}"(?=\s*:)', f'"{emitted}"', source)
        return source

    def _swapped_last(self) -> tuple[tuple[str, str], ...]:
        """Two passes, through names that no template holds, so that two tags may swap their spellings."""
        away = tuple((tag, f"\0{rank}\0") for rank, (tag, _) in enumerate(self.changes))
        back = tuple((f"\0{rank}\0", emitted) for rank, (_, emitted) in enumerate(self.changes))
        return away + back


def load_spelling(path: Path | None = None) -> Spelling:
    """The spelling of `path`, by default `templates/portail.toml`; Refusal when it cannot be followed."""
    path = path or template_path(_NAME)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal("spelling-unreadable", fichier=_NAME) from error
    table = document.get("balises", {})
    if not isinstance(table, dict) or document.keys() - {"balises"}:
        raise Refusal("spelling-unreadable", fichier=_NAME)
    return _checked(table)


def _checked(table: Mapping[str, object]) -> Spelling:
    changes: list[tuple[str, str]] = []
    for tag, emitted in table.items():
        if tag not in TAGS:
            raise Refusal("spelling-unknown-tag", fichier=_NAME, balise=shown(tag))
        if not isinstance(emitted, str) or not _WRITABLE.fullmatch(emitted):
            raise Refusal("spelling-unwritable", fichier=_NAME, balise=tag, graphie=shown(str(emitted)))
        if emitted != tag:
            changes.append((tag, emitted))
    spelling = Spelling(tuple(changes))
    taken: dict[str, str] = {}
    for tag in TAGS:
        other = taken.setdefault(spelling.emitted(tag), tag)
        if other != tag:
            raise Refusal("spelling-twice", fichier=_NAME, balise=other, autre=tag, graphie=spelling.emitted(tag))
    return spelling


def _renamed(parsed: object, names: Mapping[str, str]) -> object:
    if isinstance(parsed, dict):
        return {names.get(tag, tag): _renamed(value, names) for tag, value in parsed.items()}
    if isinstance(parsed, list):
        return [_renamed(value, names) for value in parsed]
    return parsed
