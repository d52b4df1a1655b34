"""Refused requests as rows of the workbook to correct: one row per beneficiary."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from converter.findings.text import fold
from converter.format.field_kinds import Level
from converter.format.fields import BY_TAG, FIELDS, Documents, fields_of
from converter.format.file_names import DOCUMENT_CODES
from converter.format.requests import resumed_reference
from converter.format.user_files import TO_CORRECT, own_stem
from converter.ledger.model import LedgerEntry, State


@dataclass(frozen=True, slots=True)
class RowToCorrect:
    """One row of « Demandes ». `values`: tag → canonical text.

    `note`: the portal's code and wording, "" on a row that is not concerned; `highlight`: the tag that the wording
    names, None for the whole row (where there is a note).
    """

    values: Mapping[str, str]
    highlight: str | None
    note: str


@dataclass(frozen=True, slots=True)
class WorkbookToCorrect:
    """One workbook to write: `supplier` fills « Paramètres » (tag → text), `name` ends in -a-corriger.xlsx.

    `requests`: the numeroEditeur under which they left; `source`, `headings`: the workbook that they came from, and
    what it calls columns that it does not call as we do (tag → heading).
    """

    name: str
    supplier: Mapping[str, str]
    rows: tuple[RowToCorrect, ...]
    requests: tuple[str, ...] = ()
    source: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> dict[str, str]:
        """For each of these columns, what its heading shows as a comment."""
        return {tag: _called(self.source, heading) for tag, heading in self.headings.items() if tag in BY_TAG}


_Group = tuple[str, tuple[tuple[str, str], ...]]
"""A source workbook, and what fills « Paramètres »."""


def to_correct(refused: Iterable[LedgerEntry]) -> list[WorkbookToCorrect]:
    """The workbooks to correct, one for each source workbook and supplier, in the order of the requests."""
    groups: dict[_Group, list[LedgerEntry]] = {}
    for one in refused:
        groups.setdefault((one.snapshot.workbook, tuple(_supplier(one).items())), []).append(one)
    names: set[str] = set()
    return [
        WorkbookToCorrect(
            name=_name(source, names),
            supplier=dict(supplier),
            rows=tuple(row for one in ours for row in rows_to_correct(one)),
            requests=tuple(one.numeroEditeur for one in ours),
            source=source,
            headings={tag: heading for one in ours for tag, heading in one.snapshot.headings.items()},
        )
        for (source, supplier), ours in groups.items()
    ]


def _supplier(refused: LedgerEntry) -> dict[str, str]:
    supplier = {"numeroAns": refused.key.numeroAns, "SIRET": refused.SIRET}
    profiles = refused.snapshot.profils
    return supplier | {"profils": profiles} if profiles else supplier


def rows_to_correct(refused: LedgerEntry) -> list[RowToCorrect]:
    """The rows of one request. `numeroEditeur` stays empty, so that a new one is given; a request that was known by
    it alone gets a refCommande instead, so that its rows are still grouped."""
    rows = _rows(refused)
    if refused.state is State.REJECTED:
        wording = refused.reason
        note = f"Rejetée par l'ASP après instruction\u00a0: {wording or 'sans motif noté'}"
    else:
        wording = refused.libelleTraitement
        note = f"Refusée par le portail (code\u00a0{refused.codeTraitement})\u00a0: {wording}"
    tag = named_tag(wording)
    if heading := refused.snapshot.headings.get(tag or ""):
        note += f"\n{_called(refused.snapshot.workbook, heading)}"
    concerned = _concerned(rows, tag, wording)
    return [
        RowToCorrect(values, tag if rank in concerned else None, note if rank in concerned else "")
        for rank, values in enumerate(rows)
    ]


def _called(source: str, heading: str) -> str:
    return f"Dans «\u00a0{source}\u00a0», c'est «\u00a0{heading}\u00a0»."


def named_tag(wording: str) -> str | None:
    """The column that a wording of the portal names, by its tag or its French label; the longest name wins."""
    words = _words(wording)
    return next((tag for name, tag in _NAMES if name in words), None)


def _words(text: str) -> str:
    """The words of a text, folded, each between spaces: « Le n° RPPS. » → « le n rpps »."""
    words = filter(None, map(fold, re.split(r"\W+", text)))
    return f" {' '.join(words)} "


def _names() -> list[tuple[str, str]]:
    """(Words of a name, tag), longest first."""
    named = {name: one.tag for one in FIELDS for name in (one.tag, one.label, *filter(str.isalnum, one.aliases))}
    named |= {kind: one.tag for kind, one in zip(DOCUMENT_CODES, fields_of(Documents), strict=True)}
    return sorted(((_words(name), tag) for name, tag in named.items()), key=lambda pair: -len(pair[0]))


_NAMES = _names()


def _rows(refused: LedgerEntry) -> list[dict[str, str]]:
    """A row per beneficiary: the values of the request on the first one, its reference on each."""
    reference = {"refCommande": refused.key.refCommande or resumed_reference(refused.key.numeroEditeur)}
    snapshot = refused.snapshot
    request = {**snapshot.values, **snapshot.cells}
    first, *others = [reference | one for one in snapshot.beneficiaries] or [reference]
    return [request | first, *others]


def _concerned(rows: list[dict[str, str]], tag: str | None, wording: str) -> set[int]:
    """The rows to mark: the first one for a value of the request, else those whose value is quoted, else all."""
    if tag is None:
        return set(range(len(rows)))
    if BY_TAG[tag].level is not Level.BENEFICIARY:
        return {0}
    quoted = {rank for rank, row in enumerate(rows) if row.get(tag) and row[tag] in wording}
    return quoted or set(range(len(rows)))


def _name(source: str, taken: set[str]) -> str:
    """`commandes.xlsx` → `commandes-a-corriger.xlsx`; numbered when two suppliers share a workbook's name."""
    stem = own_stem(PurePath(source).stem) or "demandes"
    name, number = f"{stem}{TO_CORRECT}.xlsx", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{TO_CORRECT}.xlsx"
    taken.add(name)
    return name
