"""The tree of a JSON-MDV file: which tag stands in which, in the order of the guide's model (§ 2.2 and § 3.2).

The tags that a user fills come from `fields`; those that only the file has (numbering, containers, what the ASP
fills) are declared here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from converter.format.field_kinds import Field, FieldKind, Level, Required
from converter.format.fields import BY_TAG, PARAMETRES, Beneficiaires, Doctor, Order, Scenario, Structure, fields_of
from converter.format.file_names import DOCUMENT_CODES, DOCUMENT_FORMATS, document_name

MOST_REQUESTS = 200  # guide § 2.1
FILLED_BY_ASP = "Laissé à null\u00a0: rempli par l'ASP."


class Shape(Enum):
    """What a tag holds, as JSON types; VALUE is any text, number, Boolean or null (checked by control 2)."""

    VALUE = "valeur simple"
    OBJECT = "objet { … }"
    ARRAY = "tableau [ … ]"


@dataclass(frozen=True, slots=True)
class Node:
    """One tag. `children`: the tags of the object, or of each object of the array; () for an array of values."""

    tag: str
    title: str
    format: str
    shape: Shape = Shape.VALUE
    children: tuple["Node", ...] = ()
    may_be_empty: bool = False


_FORMATS = {
    FieldKind.DATE: "Texte JJ/MM/AAAA.",
    FieldKind.AMOUNT: "Nombre supérieur à 0, à deux décimales toujours écrites\u00a0: 1075.00.",
    FieldKind.BOOLEAN: "true ou false.",
    FieldKind.OPERATOR: "Code de la liste des opérateurs, ou null.",
    FieldKind.NAME: "En majuscules.",
}
_REQUIRED = {Required.DERIVED: Required.ALWAYS.value, Required.NEVER: "facultatif, null si vide"}


def _format(field: Field) -> str:
    sentences = [_FORMATS.get(field.kind, "")]
    if field.exact:
        sentences.append(f"Texte d'exactement {field.exact} caractères.")
    if field.below:
        sentences.append(f"Texte de {field.below - 1} caractères au plus.")
    if field.choices:
        sentences.append("Texte\u00a0: " + " ou ".join(f"«\u00a0{one}\u00a0»" for one in field.choices) + ".")
    sentences.append(f"Obligatoire\u00a0: {_REQUIRED.get(field.required, field.required.value)}.")
    return " ".join(filter(None, sentences))


def _value(field: Field) -> Node:
    return Node(field.tag, field.label, _format(field))


def _values(block: type) -> tuple[Node, ...]:
    return tuple(_value(field) for field in fields_of(block))


def _documents() -> tuple[Node, ...]:
    formats, kinds = (
        " ou ".join(f"«\u00a0{one}\u00a0»" for one in known) for known in (DOCUMENT_FORMATS, DOCUMENT_CODES)
    )
    return (
        Node(
            "nomFichier",
            "Nom du document",
            f"{document_name('BON_COMMANDE', '00001', 'PDF')}, par exemple (guide § 3.3).",
        ),
        Node("formatFichier", "Format du document", f"Texte\u00a0: {formats}."),
        Node("typeFichier", "Type du document", f"Texte\u00a0: {kinds}."),
    )


def _structure() -> tuple[Node, ...]:
    return tuple(_sites(field) if field.level is Level.BENEFICIARY else _value(field) for field in fields_of(Structure))


def _sites(field: Field) -> Node:
    return Node(field.tag, field.label, f"Tableau. Chaque site\u00a0: {_format(field)}", Shape.ARRAY)


_BENEFICIAIRES = (
    *_values(Beneficiaires),
    Node("liberal", "Médecins libéraux", "Tableau vide si STRUCTURE.", Shape.ARRAY, _values(Doctor)),
    Node("structure", "Structure", "Objet vide si LIBERAL.", Shape.OBJECT, _structure(), may_be_empty=True),
)
_DEMANDE = (
    Node("numLigne", "Numéro de la demande dans le fichier", "Entier, de 1 à 200, sans trou."),
    Node("typeAction", "Type d'action", "«\u00a0C\u00a0»\u00a0: création, la seule valeur."),
    Node("numeroASP", "Numéro ASP de la demande", FILLED_BY_ASP),
    _value(BY_TAG["numeroEditeur"]),
    Node("commande", "Commande", "", Shape.OBJECT, _values(Order)),
    Node("beneficiaires", "Bénéficiaires", "", Shape.OBJECT, _BENEFICIAIRES),
    Node("piecesJustificatives", "Pièces justificatives", "Une entrée par document.", Shape.ARRAY, _documents()),
    Node("scenarioInstallation", "Scénario d'installation", "", Shape.OBJECT, _values(Scenario)),
    Node("codeTraitement", "Code de traitement", FILLED_BY_ASP),
    Node("libelleTraitement", "Libellé de traitement", FILLED_BY_ASP),
)
HEADER_FIELDS = {field.tag: field for field in PARAMETRES if field.kind is FieldKind.IDENTIFIER}
FICHIER = Node(
    "",
    "Fichier JSON-MDV (LGC, demande d'avance)",
    "Structure vérifiée par le premier contrôle du portail de l'ASP.",
    Shape.OBJECT,
    (
        Node("impId", "Référence ASP du fichier", FILLED_BY_ASP),
        *map(_value, HEADER_FIELDS.values()),
        Node("lignesImport", "Demandes", f"De 1 à {MOST_REQUESTS} demandes.", Shape.ARRAY, _DEMANDE),
    ),
)


def _walk(node: Node) -> Iterator[str]:
    for child in node.children:
        yield child.tag
        yield from _walk(child)


TAGS: tuple[str, ...] = tuple(_walk(FICHIER))
