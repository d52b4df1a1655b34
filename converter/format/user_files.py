"""Names that users see: the sheets of their workbooks, and the endings that we add to their file names."""

REQUESTS_SHEET = "Demandes"
SUPPLIER_SHEET = "Paramètres"
ANNOTATED = "-erreurs"
"""What the name of an annotated copy ends in."""
FINDINGS_LIST = "-anomalies"
"""What the name of a list of findings ends in, where no annotated copy can be made."""
TO_CORRECT = "-a-corriger"
"""What the name of a workbook of refused requests ends in."""
MAPPING = "-correspondance.toml"
"""What the name of a mapping written for a workbook ends in."""
MAPPING_PARAMETER = "correspondance"
"""The line of « Paramètres » that names a mapping."""
STATUT_TO_CORRECT = "À corriger"
"""What « Statut » says of a request that is held back."""


def own_stem(stem: str) -> str:
    """The name that the user gave to a workbook, without the endings that earlier runs added to it.

    >>> own_stem("avril-a-corriger-erreurs")
    'avril'
    """
    while stem != (shorter := stem.removesuffix(ANNOTATED).removesuffix(TO_CORRECT)):
        stem = shorter
    return stem
