"""The pages of `docs/` that come from declarations; `python -m converter.views.docs_pages` writes them again."""

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from converter.findings import PAGE, CatalogueEntry, Severity, Wording, catalogue
from converter.findings.french import NBSP
from converter.format.field_kinds import Field, FieldKind
from converter.format.fields import BLOCKS, PARAMETRES, fields_of

if TYPE_CHECKING:
    from pandera.pandas import Check, DataFrameSchema

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
    "Confirmation": "Ce que vous confirmez, pour le registre seul",
}
_FIELD_HEADER = ("Balise", "Libellé", "Obligatoire", "Format", "Ce qu'il faut écrire", "Autres noms reconnus")

_CHECK_HEADER = ("Règle", "Colonnes", "Code", "Gravité", "Ce qui est dit, par exemple")
_SCHEMAS_INTRODUCTION = """\
Les contrôles du classeur sont deux schémas [pandera](https://pandera.readthedocs.io), tirés de la déclaration du
format. Ils servent aussi seuls, sur tout tableau pandas déjà propre : une colonne de texte par balise, pour index les
numéros des lignes. Une colonne absente est une colonne vide. Le schéma réunit lui-même les lignes en demandes.

```python
import datetime
import pandas as pd
import pandera.pandas as pa
import converter

lignes = pd.DataFrame({"refCommande": ["BC-1"], "commandePour": ["LIBERAL"], "RPPS": ["1000"]}, index=[2])
for schema in (
    converter.row_schema(day=datetime.date(2022, 11, 22), profiles=["Mailiz"], strict_keys=False),
    converter.request_schema(profiles=["Mailiz"]),
):
    try:
        schema.validate(lignes, lazy=True)
    except pa.errors.SchemaErrors as erreurs:
        print(erreurs.failure_cases[["index", "column", "check", "failure_case"]])
```

Dans `failure_cases`, `index` est la ligne, `column` la balise, `check` le code, `failure_case` la valeur. Un schéma
s'ouvre : `schema.columns["RPPS"].checks` donne les contrôles d'une colonne, `schema.checks` ceux qui en regardent
plusieurs ; chacun a son titre, sa phrase et, dans `statistics`, sa gravité. `profiles=None` veut dire que les profils
ne sont pas connus ; avec `strict_keys=True`, une clé de contrôle fausse est une erreur."""
_OF_ROWS = """\
Chaque cellule, puis chaque ligne comme partie de sa demande. Une cellule vide n'est jugée que par « obligatoire » et
« reference-absente »."""
_OF_REQUESTS = """\
La demande entière, une fois ses lignes réunies ; une valeur fausse y porte le numéro de la première ligne de la
demande."""


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


def schemas_page() -> str:
    """`docs/schemas.md`: what the two pandera schemas hold, read from the schemas themselves."""
    from converter.checking.schemas import request_schema, row_schema  # half a second to import

    day = datetime.date(2022, 11, 4)
    rows, requests = row_schema(day=day), request_schema(day=day)
    unreferenced = request_schema(day=day, profiles=()).checks[-1]  # a profile is unknown, or known not to be there
    return _page(
        [
            _MADE,
            "# Les deux schémas pandera",
            _SCHEMAS_INTRODUCTION,
            "## Les lignes : `row_schema`",
            _OF_ROWS,
            _table(_CHECK_HEADER, _check_rows(_column_checks(rows) + _frame_checks(rows.checks))),
            "## Les demandes : `request_schema`",
            _OF_REQUESTS,
            _table(_CHECK_HEADER, _check_rows(_frame_checks([*requests.checks, unreferenced]))),
        ]
    )


def _column_checks(schema: "DataFrameSchema") -> "list[tuple[Check, Sequence[str]]]":
    return [(check, (tag,)) for tag, column in schema.columns.items() for check in column.checks]


def _frame_checks(checks: "Iterable[Check]") -> "list[tuple[Check, Sequence[str]]]":
    return [(check, (check.statistics or {})["balises"]) for check in checks]


def _check_rows(checks: "Iterable[tuple[Check, Sequence[str]]]") -> Iterable[Sequence[str]]:
    """One line for each code, with the columns that it checks, in their order."""
    first: dict[str, Check] = {}
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for check, tags in checks:
        first.setdefault(str(check.name), check)
        asked[str(check.name)] += tags
    for code, check in first.items():
        columns = ", ".join(f"`{tag}`" for tag in asked[code])
        severity = (check.statistics or {})["gravité"]
        yield str(check.title), columns, f"`{code}`", severity, str(check.description)


def _code_row(entry: CatalogueEntry) -> tuple[str, ...]:
    return (
        f"`{entry.code}`",
        entry.title,
        _each_case(entry, lambda one: one.message),
        _each_case(entry, lambda one: one.remedy),
    )


def _each_case(entry: CatalogueEntry, part: Callable[[Wording], str]) -> str:
    """The general text, then that of each case; one that was given already is left out."""
    said: list[str] = []
    for case in ("", *entry.cases):
        wording = entry.worded(case)
        text = part(wording).format_map(wording.example)
        if text not in said:
            said.append(f"Sur la page : {text}" if case.endswith(PAGE) else text)
    return "\n".join(said)


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
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", "<br>")


def _page(parts: Sequence[str]) -> str:
    """The parts, a blank line between them, with the no-break spaces of French punctuation."""
    text = "\n\n".join(parts) + "\n"
    return re.sub(r" (?=[»:;!?])|(?<=«) ", NBSP, text)


def main() -> None:
    """Write the pages again."""
    (_DOCS / "codes.md").write_text(codes_page(), encoding="utf-8")
    (_DOCS / "colonnes.md").write_text(fields_page(), encoding="utf-8")
    (_DOCS / "schemas.md").write_text(schemas_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
