"""`xl/workbook.xml`: its sheets, its names, the tab that opens first."""

import re
from dataclasses import dataclass

from converter.views.annotate.package_editor import EditedPackage
from converter.views.annotate.xml_text import (
    AnnotationImpossible,
    attribute,
    children,
    element,
    insert_ordered,
    opening,
    opening_end,
    quoted,
    sheet_reference,
    text,
    unescaped,
    with_attribute,
)

# CT_Workbook
_ORDER = (
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences "
    "definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing "
    "fileRecoveryPr webPublishObjects extLst"
)
_SHEET = element("sheet")
_NAME = element("definedName")
_VIEW = opening("workbookView")
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
FILTER_NAME = "_xlnm._FilterDatabase"
_OWN_NAMES = "_converter_"  # our hidden names; they follow their cells wherever the user moves them


_QUOTED = re.compile('"((?:[^"]|"")*)"')
_PIECE = 120  # characters: with its quotes doubled, within the 255 that Excel allows a text in a formula


@dataclass(frozen=True, slots=True)
class SheetTab:
    """A sheet: its name, its part, its tag in the workbook's part. Chart sheets have no cells."""

    name: str
    part: str
    is_worksheet: bool
    tag: bytes


class WorkbookPart:
    """The workbook's own part. Changes are kept until `save`."""

    def __init__(self, package: EditedPackage) -> None:
        self._package = package
        main = package.related("", "officeDocument")
        if main is None:
            raise AnnotationImpossible("le classeur n'a pas de partie principale")
        self.part = main.target
        xml = package.xml(self.part)
        root = opening("workbook").search(xml)
        if root is None:
            raise AnnotationImpossible("le classeur n'est pas au format .xlsx ou .xlsm")
        close = xml.rindex(b"</workbook>")
        self._before, self._inside, self._after = xml[: root.end()], xml[root.end() : close], xml[close:]
        self.own_names: dict[str, str] = {}

    @property
    def folder(self) -> str:
        """The folder of the workbook's parts, nearly always `xl`."""
        return self.part.rpartition("/")[0]

    @property
    def sheets(self) -> list[SheetTab]:
        """The sheets, in the order of their tabs."""
        parts = {one.id: one for one in self._package.relationships(self.part)}
        found = []
        for tag in (one[0] for one in _SHEET.finditer(self._element("sheets"))):
            identifier = re.search(rb"\s[\w.-]+:id\s*=\s*[\"'](.*?)[\"']", tag)
            link = parts.get(unescaped(identifier[1])) if identifier else None
            if link is not None:
                found.append(SheetTab(attribute(tag, "name") or "", link.target, link.kind == "worksheet", tag))
        return found

    def part_of(self, kind: str) -> str | None:
        """The part that the workbook links to under that kind."""
        link = self._package.related(self.part, kind)
        return None if link is None else link.target

    def take_own_names(self) -> None:
        """Remove our hidden names, and keep what they say: name without prefix → its formula."""
        own = self.own_names

        def others(found: re.Match[bytes]) -> bytes:
            name = attribute(found[0], "name") or ""
            if not name.lower().startswith(_OWN_NAMES):
                return found[0]
            own[name[len(_OWN_NAMES) :].lower()] = unescaped(found[1] or b"")
            return b""

        self._inside = _NAME.sub(others, self._inside)
        self._drop_empty_names()

    def _names(self) -> list[tuple[bytes, str, str]]:
        found = _NAME.finditer(self._element("definedNames"))
        return [(one[0], attribute(one[0], "name") or "", unescaped(one[1] or b"")) for one in found]

    def remember(self, name: str, formula: str) -> None:
        """Keep something in the workbook under a hidden name of ours."""
        self._add_name(f'<definedName name="{_OWN_NAMES}{quoted(name)}" hidden="1">{text(formula)}</definedName>')

    def name_in_sheet(self, name: str, sheet: int, formula: str, *, hidden: bool = False) -> None:
        """Add a name of one sheet (by the place of its tab, from 0)."""
        veiled = ' hidden="1"' if hidden else ""
        self._add_name(f'<definedName name="{name}" localSheetId="{sheet}"{veiled}>{text(formula)}</definedName>')

    def _add_name(self, element: str) -> None:
        if not self._element("definedNames"):
            self._inside = insert_ordered(self._inside, b"<definedNames></definedNames>", "definedNames", _ORDER)
        at = self._inside.index(b"</definedNames>")
        self._inside = self._inside[:at] + element.encode() + self._inside[at:]

    def name_filter(self, sheet: str, reference: str) -> None:
        """Put the hidden name that goes with a sheet's filter on the filter's range: two of them, and Excel repairs."""
        place = [one.name for one in self.sheets].index(sheet)
        for tag, name, _ in self._names():
            if name == FILTER_NAME and attribute(tag, "localSheetId") == str(place):
                self._inside = self._inside.replace(tag, b"", 1)
        self.name_in_sheet(FILTER_NAME, place, f"{sheet_reference(sheet)}!{reference}", hidden=True)

    def add_styles(self) -> str:
        """The name of a part of cell formats, for a workbook that has none; to be written."""
        part = f"{self.folder}/styles.xml".lstrip("/")  # the usual name: some programs look for no other
        if self._package.has(part):
            part = self._package.free_name(f"{self.folder}/styles{{}}.xml".lstrip("/"))
        self._package.declare(part, _STYLES)
        self._package.relate(self.part, "styles", part)
        return part

    def forget_calculation_chain(self) -> None:
        """Drop the order in which Excel last computed the formulas: one that is gone may not stand in it."""
        link = self._package.related(self.part, "calcChain")
        if link is not None:
            self._package.unrelate(self.part, link.id)
            self._package.remove(link.target)

    def compute_when_opened(self) -> None:
        """Have the results of all formulas computed by the program that opens the workbook."""
        known = self._element("calcPr")
        if known:
            asked = with_attribute(known[: opening_end(known)], "fullCalcOnLoad", "1")
            self._inside = self._inside.replace(known, asked + known[opening_end(known) :], 1)
        else:
            self._inside = insert_ordered(self._inside, b'<calcPr fullCalcOnLoad="1"/>', "calcPr", _ORDER)

    @property
    def starts_in_1904(self) -> bool:
        """Whether days are counted from 1904, as Excel for Mac once did."""
        return attribute(self._element("workbookPr") or b"<workbookPr/>", "date1904") in ("1", "true")

    def remove_sheet(self, sheet: SheetTab) -> None:
        """Remove a sheet of ours, with the parts that it alone uses and its names."""
        place = self.sheets.index(sheet)
        elsewhere = {
            one.target for other in self.sheets if other != sheet for one in self._package.relationships(other.part)
        }
        for one in self._package.relationships(sheet.part):
            if one.target and one.target not in elsewhere and self._package.has(one.target):
                self._package.remove(one.target)
        link = next(one for one in self._package.relationships(self.part) if one.target == sheet.part)
        self._package.unrelate(self.part, link.id)
        self._package.remove(sheet.part)
        self._inside = self._inside.replace(sheet.tag, b"", 1)
        for tag, _, _ in self._names():
            if attribute(tag, "localSheetId") == str(place):
                self._inside = self._inside.replace(tag, b"", 1)
        self._shift(place, -1)

    def add_first_sheet(self, name: str) -> str:
        """Make room for a sheet before all others, opened first; the name of its part, to be written."""
        part = self._package.free_name(f"{self.folder}/worksheets/sheet{{}}.xml".lstrip("/"))
        self._package.declare(part, _WORKSHEET)
        identifier = self._package.relate(self.part, "worksheet", part)
        number = 1 + max((int(attribute(one.tag, "sheetId") or 0) for one in self.sheets), default=0)
        space = self._package.dialect.relationships
        tag = f'<sheet xmlns:r="{space}" name="{quoted(name)}" sheetId="{number}" r:id="{identifier}"/>'
        self._inside = opening("sheets").sub(lambda found: found[0] + tag.encode(), self._inside, count=1)
        self._shift(0, 1)
        for view in [one[0] for one in _VIEW.finditer(self._inside)]:
            opened = with_attribute(with_attribute(view, "activeTab", "0"), "firstSheet", "0")
            self._inside = self._inside.replace(view, opened, 1)
        return part

    def _shift(self, place: int, step: int) -> None:
        """Names of one sheet know it by the place of its tab."""

        def shifted(found: re.Match[bytes]) -> bytes:
            number = attribute(found[0], "localSheetId")
            if number is None or int(number) < place:
                return found[0]
            return with_attribute(found[0], "localSheetId", str(int(number) + step))

        self._inside = opening("definedName").sub(shifted, self._inside)

    def save(self) -> None:
        self._drop_empty_names()
        self._package.write(self.part, self._before + self._inside + self._after)

    def _element(self, name: str) -> bytes:
        return next((self._inside[start:end] for other, start, end in children(self._inside) if other == name), b"")

    def _drop_empty_names(self) -> None:
        """Without names there is no list of them: openpyxl leaves an empty one, which Excel does not."""
        names = self._element("definedNames")
        if names and not _NAME.search(names):
            self._inside = self._inside.replace(names, b"", 1)


def formula_of_text(text_kept: str) -> str:
    """A text as a formula: `"…"&"…"`."""
    pieces = [text_kept[at : at + _PIECE] for at in range(0, len(text_kept), _PIECE)]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def text_of_formula(formula: str) -> str:
    """The text that `formula_of_text` has made a formula of, however a program has spaced it."""
    return "".join(piece.replace('""', '"') for piece in _QUOTED.findall(formula))
