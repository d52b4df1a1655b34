"""The text of a first mapping: what is known, an example beside each line; what is to be decided, in comments."""

import json
from collections.abc import Iterable, Iterator

from converter.checking.mapping_suggestion import Because, Match, Suggestion
from converter.findings.french import NBSP, tidy
from converter.format.field_kinds import Field, FieldKind, Required
from converter.format.fields import BY_TAG, PARAMETRES
from converter.reading.mapping import may_be_constant

_LONGEST_EXAMPLE = 40  # characters
_INTRODUCTION = (
    "Correspondance entre les colonnes de « {workbook} » et les nôtres.",
    "",
    "ATTENTION : les exemples (« ex. : ») sont de vraies valeurs de votre feuille, et donc des données personnelles.",
    "Effacez-les avant de transmettre ce fichier ; ils ne servent qu'à vous relire.",
    "",
    "Relisez chaque ligne et complétez ce qui manque (un « # » en tête met une ligne de côté),",
    "puis contrôlez le classeur en la donnant avec lui (--correspondance, ou le champ de ce nom dans la page).",
    "Tout ce qui peut s'écrire ici est dans docs/correspondance.md.",
)
_BECAUSE = {
    Because.NAME: "",
    Because.WORDS: "à vérifier, d'après le titre",
    Because.CONTENT: "à vérifier, d'après le contenu",
}
_ALWAYS = (Required.ALWAYS, Required.IF_DOCUMENTS)


def mapping_text(found: Suggestion) -> str:
    """The file as it is written: valid TOML, that a person completes."""
    sections: tuple[Iterable[str], ...] = (
        (f"# {line}".rstrip() for line in _introduction(found)),
        _place(found),
        _columns(found),
        _to_give(found),
        _unmatched(found),
        *(_values(match) for match in found.matches if match.unknown or match.some_empty),
        _constants(found),
        _supplier(found),
        _rows(),
    )
    texts = ("\n".join(lines) for lines in sections)
    return "\n\n".join(text for text in texts if text) + "\n"


def _introduction(found: Suggestion) -> Iterator[str]:
    for line in _INTRODUCTION:
        yield line.format(workbook=tidy(found.workbook))


def _place(found: Suggestion) -> Iterator[str]:
    yield f"feuille = {quoted(found.sheet)}"
    rows = found.header_rows
    yield f"titres = {rows[0] if len(rows) == 1 else list(rows)}"


def _columns(found: Suggestion) -> Iterator[str]:
    yield "[colonnes]"
    yield '# notre balise = "votre titre" ; deux colonnes se joignent ainsi : nomMedecin = "{Nom} {Prénom}"'
    for match in found.matches:
        yield _line(f"{match.tag} = {_as_title(match.heading)}", _BECAUSE[match.because], _example(match.example))
        if match.first_name:
            pattern = f"{{{_in_braces(match.heading)}}} {{{_in_braces(match.first_name)}}}"
            yield f"# {match.tag} = {quoted(pattern)}  # avec le prénom, à la place de la ligne précédente"


def _to_give(found: Suggestion) -> Iterator[str]:
    """The fields that still want a column."""
    missing = [
        one for one in found.missing if one.kind is not FieldKind.BOOLEAN and one.required is not Required.DERIVED
    ]
    if missing:
        yield "# Ce qui manque encore : le titre d'une de vos colonnes, ou pour certaines une constante (plus bas)."
    for one in missing:
        yield f'# {one.tag} = ""  # {one.label} ({_when(one)})'


def _unmatched(found: Suggestion) -> Iterator[str]:
    if found.unmatched:
        yield "# Vos autres titres, qui ne servent pas :"
    for heading, example in found.unmatched:
        yield _line(f"#   {_as_title(heading)}", _example(example))


def _values(match: Match) -> Iterator[str]:
    ours = quoted(_choices(BY_TAG[match.tag]))
    yield f"[valeurs.{match.tag}]"
    yield "# votre valeur = la nôtre ; ôtez le « # » des lignes complétées"
    for value in match.unknown:
        yield f"# {quoted(value)} = {ours}"
    if match.some_empty and may_be_constant(match.tag):
        yield f'# "" = {ours}  # ce que veut dire une cellule vide'


def _constants(found: Suggestion) -> Iterator[str]:
    """The answers that no column gives: the same for every order, if they are."""
    yield "[constantes]"
    yield "# ce qui est le même pour toutes les commandes ; ôtez le « # » et gardez la bonne valeur"
    for one in found.missing:
        if one.required in _ALWAYS and may_be_constant(one.tag) and one.kind in (FieldKind.BOOLEAN, FieldKind.CHOICE):
            yield f"# {one.tag} = {quoted(_choices(one))}  # {one.label}"


def _choices(field: Field) -> str:
    """« TTC ou HT »: no value, so that the line is reported while nobody has chosen; "" where the list is long."""
    return " ou ".join(field.short_list)


def _supplier(found: Suggestion) -> Iterator[str]:
    missing = [one for one in PARAMETRES if one.tag not in found.supplier]
    if not missing:
        return
    yield "[parametres]"
    yield "# ce que dirait la feuille « Paramètres » de notre modèle"
    for one in missing:
        yield f'# {one.tag} = ""  # {one.label} ({_when(one)})'


def _rows() -> Iterator[str]:
    yield "# Pour ne pas lire certaines lignes (ou, sous [lignes.garder], pour ne lire qu'elles) :"
    yield "# [lignes.ignorer]"
    yield '# "Statut" = ["Annulée", "Devis"]'


def _when(field: Field) -> str:
    return "obligatoire" if field.required in _ALWAYS or field.tag == "refCommande" else str(field.required.value)


def _line(start: str, *remarks: str) -> str:
    said = f"{NBSP}; ".join(filter(None, remarks))
    return f"{start}  # {said}" if said else start


def _example(value: str) -> str:
    flat = tidy(" ".join(value.split()))
    short = flat if len(flat) <= _LONGEST_EXAMPLE else f"{flat[: _LONGEST_EXAMPLE - 1]}…"
    return f"ex.{NBSP}: {short}" if short else "toujours vide"


def _as_title(heading: str) -> str:
    """A heading as the value of a tag, its own braces doubled."""
    return quoted(_in_braces(heading))


def _in_braces(heading: str) -> str:
    return heading.replace("{", "{{").replace("}", "}}")


def quoted(text: str) -> str:
    """A TOML string: what JSON writes is one, but for U+007F."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
