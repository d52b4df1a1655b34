"""The modules that decide what is sent, the tests that watch them, and the changes that nobody could see."""

from collections.abc import Mapping

_CELLS = ("test_corrections", "test_rules", "test_operators")
_RULES = ("test_rules", "test_corrections", "test_grouping", "test_schemas")
_CONTROLS = ("test_codes_requests", "test_codes_check", "test_portal_controls", "test_portal_schema")
_LEDGER = ("test_rules", "test_convert", "test_portal_round")
TESTS: Mapping[str, tuple[str, ...]] = {
    "checking/clean*.py": _CELLS,
    "checking/values/*.py": _CELLS,
    "checking/schemas.py": _RULES,
    "checking/schema_checks.py": _RULES,
    "checking/cross_rules.py": _RULES,
    "checking/cell_rules.py": _RULES,
    "portal/control_*.py": _CONTROLS,
    "portal/patterns.py": _CONTROLS,
    "portal/value_schema.py": _CONTROLS,
    "ledger/reconciliation.py": _LEDGER,
}
"""Modules, and the files of tests that are run on their mutants."""

Key = tuple[str, str, str, str]
"""The module, the text of the line, what is changed in it, into what."""
_REQUESTS, _STRUCTURE, _VALUES = "portal/control_requests.py", "portal/control_structure.py", "portal/control_values.py"
_UNSAID = "La phrase de ce code ne dit pas la valeur."
_TRIMMED = "Rien ne suit, ou tout est vide."
EXCUSED: Mapping[Key, str] = {
    (_REQUESTS, 'return Wrong("ctl-mandate-and-single", "isMandataire", "true")', '"true"', '("true" "XX")'): _UNSAID,
    (_REQUESTS, 'return Wrong("ctl-structure-boolean", tag, "true")', '"true"', '("true" "XX")'): _UNSAID,
    (_STRUCTURE, 'return f"{found.message} {found.remedy}".strip()', "strip", "lstrip"): _TRIMMED,
    (_STRUCTURE, 'return Refusal("file-header", balise=tag, motif=sentence(wrong, ""))', '""', '("" "XX")'):
        "Ces phrases ne disent pas le fichier.",
    (_VALUES, 'value: str = ""', '""', '("" "XX")'): _UNSAID,
    (_VALUES, 'longest = "" if field.below is None else field.below - 1', '""', '("" "XX")'):
        "Chaque texte du guide a une longueur.",
    (_VALUES, "_LONGEST_LABEL = 150", "150", "151"): "Une borne du travail, bien au-delà du plus long des libellés.",
    (_VALUES, "likely = isinstance(value, str) and len(value) <= _LONGEST_LABEL", "<=", "<"): "La même borne.",
    (_VALUES, "if not isinstance(value, str) or not value.strip():", "strip", "lstrip"): _TRIMMED,
}  # fmt: skip
"""Why each of these changes shows nowhere."""
