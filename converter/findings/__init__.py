"""What the converter reports about a cell: immutable values, with French sentences from one catalogue.

The catalogue is `messages/*.toml`: one table per stable code, with its severity (`gravite`), title (`titre`),
sentence (`message`), remedy (`remede`) and an example of the values that its sentences name (`exemple`). Where a code
needs other words in some case, `[code.cas.NAME]` gives the sentence, the remedy or both for that case; the cases
« page » and « NAME-page » choose themselves where it is the page that speaks (`door`): nobody there has a terminal.
A finding never prints or raises; a `Refusal` is for what stops the whole run.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any

from converter.findings.door import is_page
from converter.findings.french import NBSP, tidy

_MESSAGES = Path(__file__).parent / "messages"
_LONGEST_SHOWN = 80
_QUOTED = re.compile(f"«{NBSP}([^«»]*){NBSP}»")
_BRACES = {ord("{"): "{{", ord("}"): "}}"}  # as a sentence with placeholders spells them
PAGE = "page"
"""The case of a code that is worded otherwise on the page."""
MOST_FINDINGS = 200_000  # of one workbook: reporting each takes some 50 µs and 1 KB


class Severity(StrEnum):
    """`Gravité` of docs/interface.md; STOP is for a refusal, never seen in a sheet."""

    ERROR = "erreur"
    WARNING = "avertissement"
    CORRECTION = "correction"
    STOP = "arrêt"


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence and its remedy, with an example of the values that they name."""

    message: str
    remedy: str
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One code of the catalogue, with its general wording. `cases`: its wordings in particular cases, by name."""

    code: str
    severity: Severity
    title: str
    message: str
    remedy: str
    example: Mapping[str, str]
    cases: Mapping[str, Wording] = field(default_factory=dict)

    def worded(self, case: str) -> Wording:
        """The wording of this case, "" for the general one; on the page, the one that it has for the page."""
        if is_page():
            here = f"{case}-{PAGE}" if case else PAGE
            case = here if here in self.cases else case
        return self.cases[case] if case else Wording(self.message, self.remedy, self.example)


@cache
def catalogue() -> dict[str, CatalogueEntry]:
    """Every code of the catalogue, in the order of its files."""
    entries: dict[str, CatalogueEntry] = {}
    for path in sorted(_MESSAGES.glob("*.toml")):
        for code, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"code declared twice in the catalogue: {code}")
            cases = {name: Wording(*_wording_of({**text, **case})) for name, case in text.get("cas", {}).items()}
            entries[code] = CatalogueEntry(code, Severity(text["gravite"]), text["titre"], *_wording_of(text), cases)
    return entries


def _wording_of(text: Mapping[str, Any]) -> tuple[str, str, Mapping[str, str]]:
    return text["message"], text["remede"], text.get("exemple", {})


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a workbook: `row` as Excel numbers it, `column` its letters; None / "" for a wider place."""

    workbook: str
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        return f"{self.column}{self.row or ''}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing reported to the user about one cell (or about a whole row, sheet or workbook).

    `case`: the name of the particular case of its code, "" for the general one. `headings`: the names that the sheet
    gives to columns, by those that our sentences give them.
    """

    code: str
    cell: Cell
    severity: Severity
    tag: str = ""
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    case: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def workbook(self) -> str:
        """The path of the workbook."""
        return self.cell.workbook

    @property
    def sheet(self) -> str:
        """The name of the sheet, "" when it is about the whole workbook."""
        return self.cell.sheet

    @property
    def row(self) -> int | None:
        """The row as Excel numbers it, None when it is about a whole sheet or workbook."""
        return self.cell.row

    @property
    def column(self) -> str:
        """The letters of the column, "" when it is about a whole row, sheet or workbook."""
        return self.cell.column

    @property
    def title(self) -> str:
        """What is wrong, in a few words."""
        return catalogue()[self.code].title

    @property
    def message(self) -> str:
        """What is wrong, as a French sentence."""
        return self._filled_in(self._wording.message)

    @property
    def remedy(self) -> str:
        """What to do, as a French sentence."""
        return self._filled_in(self._wording.remedy)

    @property
    def _wording(self) -> Wording:
        return catalogue()[self.code].worded(self.case)

    def _filled_in(self, sentence: str) -> str:
        details = {name: tidy(value) for name, value in self.details.items()}
        if self.headings:
            sentence = _QUOTED.sub(self._renamed_with_braces, sentence)
            details = {name: self._renamed_in(value) for name, value in details.items()}
        return sentence.format_map({"valeur": shown(self.value), "balise": self.tag, **details})

    def _renamed_in(self, detail: str) -> str:
        """A detail that is one of our names for a column, or that quotes some, in the sheet's own names."""
        return shown(self.headings[detail]) if detail in self.headings else _QUOTED.sub(self._renamed, detail)

    def _renamed(self, quoted: re.Match[str]) -> str:
        """« Numéro RPPS » as the sheet calls it; what is no column's name stays."""
        return f"«{NBSP}{shown(self.headings[quoted[1]])}{NBSP}»" if quoted[1] in self.headings else quoted[0]

    def _renamed_with_braces(self, quoted: re.Match[str]) -> str:
        """The same in a sentence whose placeholders are still to be filled."""
        return self._renamed(quoted).translate(_BRACES) if quoted[1] in self.headings else quoted[0]


def finding(
    code: str,
    cell: Cell,
    tag: str = "",
    value: str = "",
    severity: Severity | None = None,
    *,
    case: str = "",
    **details: str,
) -> Finding:
    """A finding of the catalogue's severity, unless one is given (strict keys); `details` fill its sentences."""
    return Finding(code, cell, severity or catalogue()[code].severity, tag, value, details, case)


class Refusal(Exception):  # noqa: N818 — what the user reads: a refusal with its reason, not a program's error
    """What stops the run (exit status 2), or one input of several; `str()` is one French sentence with its remedy.

    `cell`, `tag`: where one cell of the input is the reason; None and "" elsewhere.
    """

    cell: Cell | None = None
    tag: str = ""

    def __init__(self, code: str, *, case: str = "", **details: str) -> None:
        self.code = code
        self.case = case
        self.details = details
        super().__init__(code)

    def at(self, cell: Cell, tag: str) -> "Refusal":
        """This refusal, with the cell that is its reason."""
        self.cell, self.tag = cell, tag
        return self

    def __str__(self) -> str:
        return sentence(self.code, case=self.case, **self.details)

    def __reduce__(self) -> tuple[Callable[[], "Refusal"], tuple[()], dict[str, Any]]:
        return partial(Refusal, self.code, case=self.case, **self.details), (), {"cell": self.cell, "tag": self.tag}


def refuse_beyond(count: int, workbook: Path) -> None:
    """Refuse a workbook that has more findings than can be reported."""
    if count > MOST_FINDINGS:
        raise Refusal("trop-de-constats", fichier=workbook.name)


def sentence(code: str, *, case: str = "", **details: str) -> str:
    """A code of the catalogue as one sentence with its remedy, for what concerns no cell; safe for a terminal."""
    wording = catalogue()[code].worded(case)
    safe = {name: tidy(value) for name, value in details.items()}
    return f"{wording.message} {wording.remedy}".strip().format_map(safe)


def shown(text: str) -> str:
    """`text` for a sentence: on one line, safe, and shortened with « … » beyond 80 characters."""
    flat = tidy(" ".join(text.split()))
    return flat if len(flat) <= _LONGEST_SHOWN else flat[: _LONGEST_SHOWN - 1] + "…"
