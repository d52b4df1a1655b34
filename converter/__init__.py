"""Du classeur Excel des commandes Ségur aux fichiers JSON-MDV du portail de l'ASP.

    from converter import Options, convert

    outcome = convert(["commandes.xlsx"], Options(out=Path("out")))
    for file in outcome.files:
        print(file.path, file.requests)
    for finding in outcome.findings:
        print(finding.row, finding.column, finding.code, finding.message, finding.remedy)

Nothing is printed, and no setting of the process is changed; what cannot be done is a `Refusal`, one French sentence.
Importing this package is cheap: each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from converter.checking.options import Options
    from converter.checking.schemas import request_schema, row_schema
    from converter.findings import Finding, Refusal
    from converter.reading.mapping import MappingFile
    from converter.runs.check import check
    from converter.runs.convert import convert, validate
    from converter.runs.submitted import Submitted
    from converter.runs.take_return import take_return
    from converter.views.outcome import Outcome

__version__ = "1.0.0"
__all__ = [
    "Finding",
    "MappingFile",
    "Options",
    "Outcome",
    "Refusal",
    "Submitted",
    "check",
    "convert",
    "request_schema",
    "row_schema",
    "take_return",
    "validate",
]

_HOMES = {
    "Finding": "findings",
    "MappingFile": "reading.mapping",
    "Options": "checking.options",
    "Outcome": "views.outcome",
    "Refusal": "findings",
    "Submitted": "runs.submitted",
    "check": "runs.check",
    "convert": "runs.convert",
    "request_schema": "checking.schemas",
    "row_schema": "checking.schemas",
    "take_return": "runs.take_return",
    "validate": "runs.convert",
}


def __getattr__(name: str) -> object:
    """A public name, from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
