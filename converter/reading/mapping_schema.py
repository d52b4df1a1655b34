"""What a mapping may hold: every fault is reported with its line."""

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from converter.findings import Refusal
from converter.findings.text import nearest
from converter.format.field_kinds import Level
from converter.format.fields import BY_TAG, FIELDS, PARAMETRES
from converter.reading.headings import is_amount_with_tax
from converter.reading.mapping import Cut, Given, Joined, RowFilter, SourceMapping, as_known, may_be_constant
from converter.reading.mapping_patterns import Pattern, pattern_of
from converter.reading.toml_lines import KeyLines, KeyPath

SECTIONS = ("feuille", "titres", "colonnes", "decoupes", "valeurs", "constantes", "parametres", "lignes")
"""What a mapping may hold, in the order in which it is read."""
_MOST_FAULTS = 10
_MOST_HEADER_ROWS = 2
_LAST_HEADER_ROW = 100
_RAW = (str, int, float, bool, datetime.date)


def refuse_faults(faults: list[Refusal]) -> None:
    """Raise what is wrong with a mapping: the fault, or all of them in one sentence each."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Refusal("correspondance-fautes", raisons=" ".join(map(str, faults[:_MOST_FAULTS])))


class MappingSchema:
    """What the file may hold; `faults` gathers what is wrong in it."""

    def __init__(self, path: Path, content: Mapping[str, Any], lines: KeyLines) -> None:
        self._path = path
        self._content = content
        self._lines = lines.lines
        self.faults: list[Refusal] = []

    def mapping(self) -> SourceMapping:
        """What the file says; only to be used where there is no fault."""
        for name in self._content:
            if name not in SECTIONS:
                self._unknown("correspondance-rubrique", (name,), name, SECTIONS)
        columns = dict(self._columns())
        cuts = tuple(self._cuts(columns))
        given = {tag: one.line for tag, one in columns.items()}
        given |= {tag: cut.line for cut in cuts for tag in cut.pattern.pieces}
        return SourceMapping(
            path=self._path,
            sheets=tuple(self._sheets()),
            header_rows=self._header_rows(),
            header_line=self._line(("titres",)),
            columns=columns,
            cuts=cuts,
            translations=dict(self._translations(given)),
            constants=dict(self._constants(given)),
            supplier=dict(self._supplier()),
            filters=tuple(self._filters()),
        )

    # one rubric each

    def _sheets(self) -> Iterator[Given]:
        named = self._content.get("feuille", [])
        for one in named if isinstance(named, list) else [named]:
            if isinstance(one, str) and one.strip():
                yield Given(one, self._line(("feuille",)))
            else:
                self._wrong_kind(("feuille",), "nom")

    def _header_rows(self) -> tuple[int, ...]:
        named = self._content.get("titres", [])
        rows = named if isinstance(named, list) else [named]
        numbers = all(type(one) is int and 1 <= one <= _LAST_HEADER_ROW for one in rows)
        if not numbers or len(rows) > _MOST_HEADER_ROWS or rows != sorted(set(rows)):
            self._wrong_kind(("titres",), "lignes")
            return ()
        return tuple(rows)

    def _columns(self) -> Iterator[tuple[str, Joined]]:
        for tag, written in self._table("colonnes"):
            where = ("colonnes", tag)
            if not self._is_tag(tag, where):
                continue
            pattern = self._pattern(written, where)
            if pattern is None:
                continue
            if tag == "montantSegurHT" and any(map(is_amount_with_tax, pattern.names)):
                self._fault("correspondance-montant-ttc", where, titre=" + ".join(pattern.names))
            yield tag, Joined(pattern, self._line(where))

    def _cuts(self, columns: Mapping[str, Joined]) -> Iterator[Cut]:
        taken = {tag: one.line for tag, one in columns.items()}
        for heading, written in self._table("decoupes"):
            where = ("decoupes", heading)
            pattern = self._pattern(written, where)
            if pattern is None or [tag for tag in pattern.pieces if not self._is_tag(tag, where)]:
                continue
            if not pattern.can_cut:
                self._fault("correspondance-modele", where, case="colle", modele=str(written))
                continue
            for tag in pattern.pieces:
                if tag in taken:
                    self._twice(tag, where, taken[tag])
                taken[tag] = self._line(where)
            yield Cut(heading, pattern, str(written), self._line(where))

    def _translations(self, given: Mapping[str, int]) -> Iterator[tuple[str, dict[str, Given]]]:
        for tag, table in self._table("valeurs"):
            where: KeyPath = ("valeurs", tag)
            if not self._is_tag(tag, where):
                continue
            if not isinstance(table, dict):
                self._wrong_kind(where, "table")
                continue
            if tag not in given and not self.faults:  # a heading that is reported already may be theirs
                self._fault("correspondance-sans-colonne", where, balise=tag)
            yield tag, self._translations_of(tag, table)

    def _translations_of(self, tag: str, table: Mapping[str, Any]) -> dict[str, Given]:
        known: dict[str, Given] = {}
        for theirs, ours in table.items():
            where = ("valeurs", tag, theirs)
            if not isinstance(ours, _RAW):
                self._wrong_kind(where, "valeur")
                continue
            if as_known(theirs) in known:
                first = known[as_known(theirs)].line
                self._fault("correspondance-cle-double", where, case="valeur", cle=theirs, premiere=str(first))
            if not theirs.strip() and ours != "" and not may_be_constant(tag):
                self._fault("correspondance-constante", where, case="vide", balise=tag, libelle=BY_TAG[tag].label)
            known[as_known(theirs)] = Given(ours, self._line(where))
        return known

    def _constants(self, given: Mapping[str, int]) -> Iterator[tuple[str, Given]]:
        for tag, value in self._table("constantes"):
            where = ("constantes", tag)
            if not self._is_tag(tag, where):
                continue
            if not isinstance(value, _RAW) or value == "":
                self._wrong_kind(where, "valeur")
                continue
            if not may_be_constant(tag):
                case = "ligne" if BY_TAG[tag].level is Level.BENEFICIARY else ""
                self._fault("correspondance-constante", where, case=case, balise=tag, libelle=BY_TAG[tag].label)
            if tag in given:
                self._twice(tag, where, given[tag])
            yield tag, Given(value, self._line(where))

    def _supplier(self) -> Iterator[tuple[str, Given]]:
        names = [one.tag for one in PARAMETRES]
        for tag, value in self._table("parametres"):
            where = ("parametres", tag)
            if tag not in names:
                self._unknown("correspondance-rubrique", where, tag, names)
            elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                yield tag, Given(" ; ".join(value), self._line(where))
            elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                yield tag, Given(value, self._line(where))
            else:
                self._wrong_kind(where, "valeur")

    def _filters(self) -> Iterator[RowFilter]:
        for name, table in self._table("lignes"):
            if name not in ("garder", "ignorer"):
                self._unknown("correspondance-rubrique", ("lignes", name), name, ("garder", "ignorer"))
            elif not isinstance(table, dict):
                self._wrong_kind(("lignes", name), "table")
            else:
                yield from self._filters_of(name, table)

    def _filters_of(self, name: str, table: Mapping[str, Any]) -> Iterator[RowFilter]:
        for heading, named in table.items():
            where = ("lignes", name, heading)
            values = named if isinstance(named, list) else [named]
            if values and all(isinstance(one, _RAW) for one in values):
                yield RowFilter(heading, frozenset(map(as_known, values)), name == "garder", self._line(where))
            else:
                self._wrong_kind(where, "valeurs")

    # what is wrong

    def _table(self, name: str) -> list[tuple[str, Any]]:
        table = self._content.get(name, {})
        if isinstance(table, dict):
            return list(table.items())
        self._wrong_kind((name,), "table")
        return []

    def _is_tag(self, tag: str, where: KeyPath) -> bool:
        if tag not in BY_TAG:
            self._unknown(
                "correspondance-balise", where, tag, [name for one in FIELDS for name in (one.tag, one.label)]
            )
        return tag in BY_TAG

    def _pattern(self, written: Any, where: KeyPath) -> Pattern | None:
        if not isinstance(written, str) or not written.strip():
            self._wrong_kind(where, "titre")
            return None
        pattern = pattern_of(written)
        if pattern is None:
            self._fault("correspondance-modele", where, modele=written)
        return pattern

    def _unknown(self, code: str, where: KeyPath, name: str, known: Any) -> None:
        near = nearest(name, known)
        tags = {one.label: one.tag for one in FIELDS}
        case = "proche" if near else ""
        self._fault(code, where, case=case, nom=name, proche=tags.get(near or "", near or ""))

    def _wrong_kind(self, where: KeyPath, wanted: str) -> None:
        self._fault("correspondance-type", where, case=wanted, cle=where[-1])

    def _twice(self, tag: str, where: KeyPath, first: int) -> None:
        self._fault("correspondance-balise-double", where, balise=tag, premiere=str(first))

    def _fault(self, code: str, where: KeyPath, *, case: str = "", **details: str) -> None:
        self.faults.append(Refusal(code, case=case, fichier=self._path.name, ligne=str(self._line(where)), **details))

    def _line(self, where: KeyPath) -> int:
        """The line of a key; for a table that is written nowhere by itself, that of its first key."""
        known = self._lines.get(where)
        below = (line for path, line in self._lines.items() if path[: len(where)] == where)
        return known or min(below, default=0)
