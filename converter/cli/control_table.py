"""The result of `check` as a person reads it in a terminal."""

from collections.abc import Iterable, Sequence

from converter.findings.french import counted, tidy
from converter.portal.controls import FileControl, RequestControl

_TITLES = ("Ligne", "Numéro", "Résultat", "Balise", "Message")
_GAP = "  "


def table(control: FileControl) -> str:
    """A file's name, whether it is accepted, and one line for each request."""
    name = tidy(control.path)
    if control.structure_error is not None:
        return f"{name}\u00a0: fichier rejeté en entier\n{_GAP}{tidy(control.structure_error)}"
    accepted = sum(one.accepted for one in control.requests)
    refused = len(control.requests) - accepted
    summary = f"{counted(accepted, 'demande acceptée', 'demandes acceptées')}, {counted(refused, 'refusée')}"
    return "\n".join([f"{name}\u00a0: {summary}", *_aligned([_TITLES, *map(_row, control.requests)])])


def _row(one: RequestControl) -> tuple[str, ...]:
    return str(one.numLigne), tidy(one.numeroEditeur), one.code, one.tag or "", tidy(one.message)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0  # the last column is not padded
    for row in rows:
        yield _GAP + _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
