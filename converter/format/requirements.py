"""When a value is required, declared once: the sheet's schemas, the portal's control and its JSON Schema use it.

A tag declares its `Required` in `fields`; this module says what each one means in the three cases that the last column
of the guide's table (§ 3.2) distinguishes.
"""

from enum import Enum, auto

from converter.format.field_kinds import Audience, Field, Required


class Case(Enum):
    """The kinds of orders: LIBERAL with or without a mandataire, STRUCTURE."""

    MANDATED = auto()
    UNMANDATED = auto()
    STRUCTURE = auto()


class Holds(Enum):
    """What a tag of the JSON file holds."""

    VALUE = auto()
    VALUE_OR_NULL = auto()
    NULL = auto()


ANY_CASE = frozenset(Case)
_CONCERNED = {
    Audience.BOTH: ANY_CASE,
    Audience.LIBERAL: frozenset({Case.MANDATED, Case.UNMANDATED}),
    Audience.STRUCTURE: frozenset({Case.STRUCTURE}),
}
_ASKED_IN = {
    Required.ALWAYS: ANY_CASE,
    Required.IF_LIBERAL: _CONCERNED[Audience.LIBERAL],
    Required.IF_LIBERAL_WITHOUT_MANDATE: frozenset({Case.UNMANDATED}),
    Required.IF_MANDATE: frozenset({Case.MANDATED}),
    Required.IF_STRUCTURE: frozenset({Case.STRUCTURE}),
}


def asked_in(field: Field) -> frozenset[Case]:
    """The cases in which the user must fill this field; a file name is asked for elsewhere, with its document."""
    return _ASKED_IN.get(field.required, frozenset())


def may_be_empty(field: Field) -> bool:
    """Whether an order that this field concerns may be complete without it."""
    return not _CONCERNED[field.audience] <= asked_in(field)


def held_in_file(field: Field, case: Case | None = None) -> Holds:
    """What the tag of this field holds in a request of this case; without a case, in any request."""
    cases = ANY_CASE if case is None else {case}
    if field.required is Required.DERIVED or cases <= asked_in(field):
        return Holds.VALUE
    # the guide: « nomMandataire … sinon null »; of the others it says only when they are required
    return Holds.NULL if field.required is Required.IF_MANDATE else Holds.VALUE_OR_NULL
