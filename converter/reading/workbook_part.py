"""What a workbook's own part declares: its sheets, each with its part, and its names.

Source: ECMA-376, § 18.2 (`workbook`), § 9 (relationships).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET  # nosec B405

from converter.reading.file_kind import refusal

WORKBOOK_PART = "xl/workbook.xml"
_OFFICE_ID = "}id"  # r:id, under the transitional or the strict namespace


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet: its name, and the zip entry that holds it. `hidden`: hidden or very hidden."""

    name: str
    part: str
    hidden: bool


def relation_targets(path: Path, package: ET.Element, workbook: ET.Element) -> dict[str, str]:
    """The part of each sheet, in lower case, by the id of its relation; "" for chart and dialog sheets.

    The reader takes the workbook where the package says that it is: it must be the one that is looked at here.
    """
    for relation in package.iterfind(".//{*}Relationship"):
        main = relation.get("Type", "").endswith("/officeDocument")
        if main and relation.get("Target", "").removeprefix("/").casefold() != WORKBOOK_PART:
            raise refusal("fichier-inhabituel", path)
    targets: dict[str, str] = {}
    for relation in workbook.iterfind(".//{*}Relationship"):
        target, name = relation.get("Target", ""), relation.get("Id", "")
        if name in targets:
            raise refusal("fichier-abime", path)
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        targets[name] = part.casefold() if relation.get("Type", "").endswith("/worksheet") else ""
    return targets


def worksheets(
    path: Path, root: ET.Element, targets: Mapping[str, str], parts: Mapping[str, str]
) -> tuple[SheetPart, ...]:
    """The worksheets in the order of their tabs; refuses two sheets of one name, or one whose part is missing."""
    found: dict[str, SheetPart | None] = {}
    for sheet in root.iterfind(".//{*}sheet"):
        relations = [value for key, value in sheet.items() if key == "id" or key.endswith(_OFFICE_ID)]
        name = sheet.get("name", "")
        target = targets.get(relations[0]) if len(relations) == 1 else None
        if target is None or name.casefold() in found or (target and target not in parts):
            raise refusal("fichier-abime", path)
        hidden = sheet.get("state", "visible") != "visible"
        found[name.casefold()] = SheetPart(name, parts[target], hidden) if target else None
    sheets = tuple(sheet for sheet in found.values() if sheet)
    if not sheets:
        raise refusal("fichier-abime", path)
    return sheets


def defined_names(root: ET.Element) -> dict[str, str]:
    """Workbook-wide names and their text; those of one sheet only are left out."""
    return {
        name.get("name", ""): name.text or ""
        for name in root.iterfind("{*}definedNames/{*}definedName")
        if name.get("localSheetId") is None
    }
