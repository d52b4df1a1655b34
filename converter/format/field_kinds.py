"""How a tag is declared: what its cells hold, whose value it is, which orders it concerns, when it is required."""

from dataclasses import dataclass
from enum import Enum, StrEnum

YES_OR_NO = ("OUI", "NON")
"""The values of a Boolean cell."""


class FieldKind(Enum):
    """What a cell holds: decides how it is cleaned, checked and formatted."""

    TEXT = "texte"
    NAME = "nom en majuscules"
    EMAIL = "courriel"
    PHONE = "téléphone"
    DATE = "date JJ/MM/AAAA"
    AMOUNT = "montant à deux décimales"
    BOOLEAN = "OUI ou NON"
    CHOICE = "valeur d'une liste"
    OPERATOR = "code d'opérateur de messagerie"
    IDENTIFIER = "identifiant"
    FILE = "nom de fichier"
    PROFILES = "profils séparés par « ; »"


class Level(Enum):
    """Whether a value belongs to the supplier, to the request, or to each of its beneficiaries (one a row)."""

    SUPPLIER = "fournisseur"
    REQUEST = "demande"
    BENEFICIARY = "bénéficiaire"


class Audience(StrEnum):
    """Which orders a column concerns; the values are those of `commandePour`."""

    BOTH = ""
    LIBERAL = "LIBERAL"
    STRUCTURE = "STRUCTURE"


class Required(Enum):
    """When a value must be there (last column of the guide's table)."""

    ALWAYS = "toujours"
    IF_LIBERAL = "si LIBERAL"
    IF_LIBERAL_WITHOUT_MANDATE = "si LIBERAL et sans mandataire"
    IF_MANDATE = "s'il y a un mandataire"
    IF_STRUCTURE = "si STRUCTURE"
    IF_DOCUMENTS = "sauf avec --no-attachments"
    DERIVED = "facultatif : déduit s'il est vide"
    NEVER = "facultatif"


@dataclass(frozen=True, slots=True)
class Field:
    """One tag. Lengths are in characters: `exact`, or strictly `below`; `lost_zeros`: how many Excel may drop."""

    tag: str
    block: str
    label: str
    kind: FieldKind
    level: Level
    required: Required
    audience: Audience = Audience.BOTH
    exact: int | None = None
    below: int | None = None
    lost_zeros: int = 0
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    help: str = ""
    check_at: str = "Vérifiez-le sur le bon de commande."

    @property
    def names(self) -> tuple[str, ...]:
        """Every text by which a header or a line of « Paramètres » may call this field."""
        return (self.tag, self.label, *self.aliases)

    @property
    def short_list(self) -> tuple[str, ...]:
        """The values to choose among; () where there is no list, or one too long to be read at a glance."""
        return YES_OR_NO if self.kind is FieldKind.BOOLEAN else self.choices
