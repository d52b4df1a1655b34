"""How a cell is put right in the page: by a list, by a search among the operators, or by typing."""

from dataclasses import dataclass
from enum import StrEnum

from converter.findings.text import bare
from converter.format.field_kinds import Field, FieldKind, Required
from converter.format.fields import BY_TAG, PARAMETRES

FIELDS_BY_TAG = {**{one.tag: one for one in PARAMETRES}, **BY_TAG}
_MAY_BE_EMPTY = (Required.NEVER, Required.DERIVED)
_KEYBOARDS = {FieldKind.PHONE: "tel", FieldKind.EMAIL: "email", FieldKind.AMOUNT: "decimal"}


class Control(StrEnum):
    """What a person types in."""

    LIST = "list"
    OPERATOR = "operator"
    LINES = "lines"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list; `value`: what is written in the cell."""

    value: str
    shown: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CellField:
    """The field of a cell: its accessible name, its control, the choices of a list; `keyboard`: on a telephone."""

    name: str
    control: Control
    text: str
    choices: tuple[Choice, ...] = ()
    keyboard: str = "text"
    help: str = ""


def label_of(tag: str) -> str:
    """The heading of a column, or the name of a value of « Paramètres »; "" for none of them."""
    field = FIELDS_BY_TAG.get(tag)
    return field.label if field else ""


def is_document(tag: str) -> bool:
    """Whether the cell names a document, which may be dropped on it."""
    field = FIELDS_BY_TAG.get(tag)
    return field is not None and field.kind is FieldKind.FILE


def field_for(tag: str, text: str, place: str, *, own_words: bool = False) -> CellField:
    """The field for a cell with this text. `place`: « ligne 3 », « Paramètres »; `own_words`: whether it may
    hold words that are not ours."""
    field = FIELDS_BY_TAG[tag]
    name = f"{field.label}, {place}"
    if not own_words and field.short_list and field.kind is not FieldKind.PROFILES:  # several may be named in the cell
        choices = _with_what_stands(field, field.short_list, text)
        return CellField(name, Control.LIST, text, choices, help=field.help)
    control = Control.OPERATOR if field.kind is FieldKind.OPERATOR and not own_words else Control.TEXT
    if "\n" in text or "\r" in text:
        control = Control.LINES
    return CellField(
        name, control, text, keyboard="text" if own_words else _KEYBOARDS.get(field.kind, "text"), help=field.help
    )


def _with_what_stands(field: Field, choices: tuple[str, ...], text: str) -> tuple[Choice, ...]:
    """The list, with what stands in the cell where it is none of it, and emptiness where the cell may be empty."""
    meant = next((one for one in choices if bare(one) == bare(text)), None)
    listed = [Choice(text if one == meant else one, one, one == meant) for one in choices]
    if text and meant is None:
        listed.insert(0, Choice(text, text, chosen=True))
    if not text or field.required in _MAY_BE_EMPTY:
        listed.insert(0, Choice("", "(vide)", not text))
    return tuple(listed)
