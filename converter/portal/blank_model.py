"""Our tags compared with those of the blank model file that suppliers download from the ASP (`check --model`)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from converter.findings import Refusal, shown
from converter.findings.french import tidy
from converter.findings.text import nearest
from converter.portal.json_parsing import BOM, parse
from converter.portal.spelling import Spelling
from converter.portal.tag_tree import FICHIER, Node


@dataclass(frozen=True, slots=True)
class Respelled:
    """A tag that the model spells otherwise. `tag`: the guide's spelling; `ours`: the one we emit; `model`: its own."""

    tag: str
    ours: str
    model: str


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """The differences; `misplaced`: the blocks whose tags come in another order (with the model's order);
    `not_compared`: the blocks that the model leaves empty."""

    respelled: tuple[Respelled, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    misplaced: tuple[tuple[str, tuple[str, ...]], ...]
    not_compared: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.respelled or self.missing or self.unknown or self.misplaced)

    @property
    def toml_lines(self) -> tuple[str, ...]:
        """The lines to write in the table [balises] of portail.toml."""
        return tuple(f'{one.tag} = "{one.model}"' for one in self.respelled)


def compare_model(data: bytes, spelling: Spelling) -> ModelComparison:
    """Compare what we emit with the bytes of a model; Refusal when it is no JSON object."""
    parsed = parse(data.removeprefix(BOM))
    if not isinstance(parsed, dict):
        raise Refusal("model-not-comparable")
    differences = _Differences(spelling)
    differences.compare(FICHIER, parsed, "")
    return ModelComparison(
        tuple(differences.respelled),
        tuple(differences.missing),
        tuple(differences.unknown),
        tuple(differences.misplaced),
        tuple(differences.not_compared),
    )


@dataclass
class _Differences:
    """Collects the differences, block by block."""

    spelling: Spelling
    respelled: list[Respelled] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    misplaced: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)

    def compare(self, node: Node, theirs: dict[str, Any], place: str) -> None:
        """Compare one block, then the blocks in it that both have."""
        if not theirs:
            self.not_compared.append(node.tag)
            return
        pairs = _pairs(node, theirs, self.spelling)
        self.unknown += [_placed(place, tag) for tag in theirs if tag not in pairs.values()]
        for child in node.children:
            if child.tag in pairs:
                self._compare_tag(child, pairs[child.tag], theirs, place)
            else:
                self.missing.append(_placed(place, self.spelling.emitted(child.tag)))
        common = [pairs[child.tag] for child in node.children if child.tag in pairs]
        in_model = [tag for tag in theirs if tag in common]
        if in_model != common:
            self.misplaced.append((place or "en-tête du fichier", tuple(in_model)))

    def _compare_tag(self, child: Node, model: str, theirs: dict[str, Any], place: str) -> None:
        ours = self.spelling.emitted(child.tag)
        if model != ours:
            self.respelled.append(Respelled(child.tag, ours, model))
        if child.children:
            self.compare(child, _block(theirs[model]), _placed(place, ours))


def _pairs(node: Node, theirs: dict[str, Any], spelling: Spelling) -> dict[str, str]:
    """Guide's tag → the model's: the same spelling, else the nearest one."""
    ours = {child.tag: spelling.emitted(child.tag) for child in node.children}
    pairs = {tag: emitted for tag, emitted in ours.items() if emitted in theirs}
    for tag, emitted in ours.items():
        left = [one for one in theirs if one not in pairs.values()]
        if tag not in pairs and (near := nearest(emitted, left)):
            pairs[tag] = near
    return pairs


def _block(value: Any) -> dict[str, Any]:
    """The tags of an object, or of the first object of an array; none for anything else."""
    if isinstance(value, list):
        value = next((one for one in value if one), {})
    return value if isinstance(value, dict) else {}


def _placed(place: str, tag: str) -> str:
    return f"{place} › {tag}" if place else tag


def report_lines(comparison: ModelComparison) -> Iterator[str]:
    """The comparison, line by line, as a person reads it in a terminal."""
    if comparison.same:
        yield "Le modèle porte les mêmes balises que nos fichiers, dans le même ordre."
    for one in comparison.respelled:
        yield f"Autre graphie\u00a0: {one.ours} chez nous, {_safe(one.model)} dans le modèle."
    for tag in comparison.missing:
        yield f"Absente du modèle\u00a0: {tag}."
    for tag in comparison.unknown:
        yield f"Inconnue de nos fichiers\u00a0: {_safe(tag)}."
    for place, order in comparison.misplaced:
        yield f"Autre ordre dans le modèle ({place})\u00a0: {_safe(', '.join(order))}."
    for tag in comparison.not_compared:
        yield f"Bloc vide dans le modèle, non comparé\u00a0: {tag}."
    if comparison.misplaced:
        yield "L'ordre se change dans templates/demandes.json.j2."
    if comparison.respelled:
        yield "À écrire dans templates/portail.toml, sous [balises]\u00a0:"
        yield from map(tidy, comparison.toml_lines)


def _safe(text: str) -> str:
    return tidy(shown(text))
