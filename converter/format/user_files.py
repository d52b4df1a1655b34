"""The names that users see in and on their workbooks: sheets, and what we put behind the names of their files."""

REQUESTS_SHEET = "Demandes"
SUPPLIER_SHEET = "Paramètres"
ANNOTATED = "-erreurs"
"""What the name of an annotated copy ends in."""
FINDINGS_LIST = "-anomalies"
"""What the name of a list of findings ends in, where no annotated copy can be made."""
TO_CORRECT = "-a-corriger"
"""What the name of a workbook of refused requests ends in."""
STATUT_TO_CORRECT = "À corriger"
"""What « Statut » says of a request that is held back."""


def own_stem(stem: str) -> str:
    """The name that the user gave to a workbook, whatever earlier runs have put behind it.

    >>> own_stem("avril-a-corriger-erreurs")
    'avril'
    """
    while stem != (shorter := stem.removesuffix(ANNOTATED).removesuffix(TO_CORRECT)):
        stem = shorter
    return stem
