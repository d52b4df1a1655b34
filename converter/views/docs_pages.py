"""The pages of `docs/` that come from declarations; `python -m converter.views.docs_pages` writes them again."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from converter.findings import CatalogueEntry, Severity, catalogue
from converter.findings.french import NBSP
from converter.format.fields import BLOCKS, PARAMETRES, Field, FieldKind, fields_of

_DOCS = Path(__file__).parents[2] / "docs"
_MADE = "<!-- Page produite par `python -m converter.views.docs_pages` : ne la modifiez pas à la main. -->"
_SEVERITIES = {
    Severity.ERROR: ("Erreurs", "La demande est retenue ; les autres partent."),
    Severity.WARNING: ("Avertissements", "La demande part ; vérifiez la valeur."),
    Severity.CORRECTION: ("Corrections", "La valeur a été corrigée sans risque ; rien à faire."),
    Severity.STOP: ("Arrêts", "Rien n'est fait pour ce classeur, ou pour cette commande, et une seule phrase le dit."),
}
_BLOCK_TITLES = {
    "Reference": "La demande",
    "Order": "La commande",
    "Beneficiaires": "Les bénéficiaires",
    "Doctor": "Les médecins (commande LIBERAL, une ligne par médecin)",
    "Structure": "La structure (commande STRUCTURE, une ligne par site)",
    "Scenario": "Le scénario d'installation",
    "Documents": "Les documents",
}
_FIELD_HEADER = ("Balise", "Libellé", "Obligatoire", "Format", "Ce qu'il faut écrire", "Autres noms reconnus")


def codes_page() -> str:
    """`docs/codes.md`: every code of the catalogue with its title, its example rendered, and its remedy."""
    parts = [
        _MADE,
        "# Les codes des constats",
        "Chaque constat porte un code, écrit dans la colonne « Code » de la feuille « Anomalies ».",
        "Les valeurs des exemples sont inventées.",
    ]
    for severity, (title, meaning) in _SEVERITIES.items():
        entries = sorted(
            (entry for entry in catalogue().values() if entry.severity is severity), key=lambda entry: entry.code
        )
        parts += [f"## {title}", meaning, _table(("Code", "Constat", "Exemple", "Que faire"), map(_code_row, entries))]
    return _page(parts)


def fields_page() -> str:
    """`docs/colonnes.md`: every column of « Demandes », and every line of « Paramètres », derived from `fields`."""
    parts = [
        _MADE,
        "# Les colonnes du classeur",
        "Une colonne est reconnue à sa balise, à son libellé ou à l'un de ses autres noms.",
        "L'ordre des colonnes, la casse, les accents et les espaces ne comptent pas.",
        "## Feuille « Paramètres »",
        _table(_FIELD_HEADER, map(_field_row, PARAMETRES)),
        "## Feuille « Demandes »",
    ]
    for block in BLOCKS:
        parts += [f"### {_BLOCK_TITLES[block.__name__]}", _table(_FIELD_HEADER, map(_field_row, fields_of(block)))]
    return _page(parts)


def _code_row(entry: CatalogueEntry) -> tuple[str, ...]:
    return (
        f"`{entry.code}`",
        entry.title,
        entry.message.format_map(entry.example),
        entry.remedy.format_map(entry.example),
    )


def _field_row(field: Field) -> tuple[str, ...]:
    return (
        f"`{field.tag}`",
        field.label,
        field.required.value,
        _format(field),
        field.help,
        ", ".join(field.aliases),
    )


def _format(field: Field) -> str:
    """What a value looks like: its kind or the values of its list, and its length in characters."""
    parts = [" ou ".join(field.choices) if field.kind is FieldKind.CHOICE else field.kind.value]
    if field.exact:
        parts.append(f"exactement {field.exact} caractères")
    if field.below:
        parts.append(f"{field.below - 1} caractères au plus")
    return ", ".join(parts)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _page(parts: Sequence[str]) -> str:
    """The parts, a blank line between them, with the no-break spaces of French punctuation."""
    text = "\n\n".join(parts) + "\n"
    return re.sub(r" (?=[»:;!?])|(?<=«) ", NBSP, text)


def main() -> None:
    """Write both pages again."""
    (_DOCS / "codes.md").write_text(codes_page(), encoding="utf-8")
    (_DOCS / "colonnes.md").write_text(fields_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
