"""A workbook as Excel would save it: formats that nothing uses are gone, numbers shuffled, parts named anew.

Not Excel, but what it is known to do to the things by which marks are known again: cell formats renumbered in the
order of their first use, fonts, fills and borders too; inline texts moved to the table of shared strings; names
sorted; comments written anew with one run where two look the same; worksheets' parts numbered by their tabs; the
calculation chain made again; parts that nothing leads to left out.
"""

import io
import itertools
import posixpath
import zipfile
from collections.abc import Iterable

from lxml import etree
from opened_package import Opened, local, named

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LISTS = (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId"))


def saved_by_excel(workbook: bytes) -> bytes:
    """The workbook after « Enregistrer »."""
    opened = Opened(workbook)
    trees: dict[str, etree._Element] = {}

    def tree(part: str) -> etree._Element:
        if part not in trees:
            trees[part] = opened.tree(part)
        return trees[part]

    sheets = [tree(part) for part in opened.sheets.values()]
    styles = opened.linked(opened.book, "styles")
    if styles in opened.parts:
        _renumber_formats(tree(styles), sheets)
    strings = opened.linked(opened.book, "sharedStrings")
    if strings in opened.parts:
        _share_strings(tree(strings), sheets)
    _sort_names(tree(opened.book))
    for part in opened.sheets.values():
        if (comments := opened.linked(part, "comments")) in opened.parts:
            _merge_runs(tree(comments))
    chain = opened.linked(opened.book, "calcChain")
    if chain in opened.parts:
        _chain_again(opened, tree(chain), sheets)
    _number_sheet_parts(opened, tree)
    reached = {"[content_types].xml", *_reached(opened)}
    stream = io.BytesIO()
    new_names = _new_names(opened)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in opened.names:
            key = name.lower()
            if key in reached and not name.endswith("/"):
                data = etree.tostring(trees[key], xml_declaration=True, encoding="UTF-8") if key in trees else None
                archive.writestr(new_names.get(key, name), data or opened.parts[key])
    return stream.getvalue()


def _renumber_formats(styles: etree._Element, sheets: list[etree._Element]) -> None:
    formats = next(named(styles, "cellXfs"), None)
    if formats is None:
        return
    holders = [one for sheet in sheets for kind in ("c", "row", "col") for one in named(sheet, kind)]
    used = [int(one.get("style" if local(one) == "col" else "s", 0)) for one in holders]
    order = [0, *sorted({one for one in used if 0 < one < len(formats)}, key=lambda one: (one * 7919) % 104729)]
    kept = [formats[one] for one in order] if len(formats) else []
    places = {old: new for new, old in enumerate(order)}
    formats[:] = kept
    formats.set("count", str(len(kept)))
    for one, style in zip(holders, used, strict=True):
        key = "style" if local(one) == "col" else "s"
        if key in one.attrib:
            one.set(key, str(places.get(style, 0)))
    everywhere = [*formats, *next(named(styles, "cellStyleXfs"), ())]
    for many, key in _LISTS:
        _drop_unused(next(named(styles, many), None), key, everywhere, first=2 if many == "fills" else 1)


def _drop_unused(items: etree._Element | None, key: str, formats: list[etree._Element], first: int) -> None:
    if items is None or any(not one.get(key, "0").isdigit() or int(one.get(key, 0)) >= len(items) for one in formats):
        return
    wanted = sorted({*range(min(first, len(items))), *(int(one.get(key, 0)) for one in formats)})
    order = [*wanted[:first], *reversed(wanted[first:])]
    places = {old: new for new, old in enumerate(order)}
    items[:] = [items[one] for one in order]
    items.set("count", str(len(order)))
    for one in formats:
        if key in one.attrib:
            one.set(key, str(places[int(one.get(key))]))


def _share_strings(table: etree._Element, sheets: list[etree._Element]) -> None:
    space = etree.QName(table).namespace
    known: dict[bytes, int] = {}
    for sheet in sheets:
        for cell in named(sheet, "c"):
            inline = next((one for one in cell if local(one) == "is"), None)
            if cell.get("t") != "inlineStr" or inline is None:
                continue
            inline.tag = f"{{{space}}}si"
            inline.tail = None
            text = etree.tostring(inline, method="c14n")
            cell.remove(inline)
            if text not in known:
                known[text] = sum(1 for one in table if local(one) == "si")
                table.insert(known[text], inline)
            cell.set("t", "s")
            etree.SubElement(cell, f"{{{etree.QName(cell).namespace}}}v").text = str(known[text])
    items = [one for one in table if local(one) == "si"]
    cells = [one for sheet in sheets for one in named(sheet, "c") if one.get("t") == "s"]
    values = [value for one in cells for value in named(one, "v") if value.text]
    order = list(dict.fromkeys(int(one.text or 0) for one in values))
    places = {old: new for new, old in enumerate(order)}
    for one in values:
        one.text = str(places[int(one.text or 0)])
    table[:] = [items[one] for one in order]
    table.set("uniqueCount", str(len(order)))
    table.set("count", str(len(values)))


def _sort_names(book: etree._Element) -> None:
    names = next(named(book, "definedNames"), None)
    if names is not None:
        names[:] = sorted(names, key=lambda one: (one.get("name", "").lower(), one.get("localSheetId", "")))


def _merge_runs(comments: etree._Element) -> None:
    """Runs that look the same become one; every comment gets the number of a shape."""
    for comment in named(comments, "comment"):
        comment.set("shapeId", "0")
        runs = [one for one in named(comment, "r") if local(one) == "r"]
        for before, after in itertools.pairwise(runs):
            looks = [
                etree.tostring(next(named(one, "rPr"), etree.Element("none")), method="c14n") for one in (before, after)
            ]
            texts = [next(named(one, "t"), None) for one in (before, after)]
            if looks[0] == looks[1] and None not in texts:
                texts[1].text = (texts[0].text or "") + (texts[1].text or "")
                before.getparent().remove(before)


def _chain_again(opened: Opened, chain: etree._Element, sheets: list[etree._Element]) -> None:
    numbers = {tag.get("name"): tag.get("sheetId") for tag in named(opened.tree(opened.book), "sheet")}
    space = etree.QName(chain).namespace
    chain[:] = []
    for name, sheet in zip(opened.sheets, sheets, strict=True):
        for cell in named(sheet, "c"):
            if any(local(one) == "f" for one in cell):
                etree.SubElement(chain, f"{{{space}}}c", r=cell.get("r", ""), i=numbers[name] or "")


def _new_names(opened: Opened) -> dict[str, str]:
    """New names for the worksheets' parts and their links: sheet1.xml is the first tab."""
    found = {}
    parts = list(opened.sheets.values())
    if len(set(parts)) < len(parts) or any(posixpath.dirname(one) != "xl/worksheets" for one in parts):
        return {}
    others = {
        one for one in opened.parts if one.startswith("xl/worksheets/") and one not in parts and "_rels" not in one
    }
    for number, part in enumerate(parts, start=1):
        new = f"xl/worksheets/sheet{number}.xml"
        if new in others:
            return {}
        found[part] = new
        found[f"xl/worksheets/_rels/{posixpath.basename(part)}.rels"] = f"xl/worksheets/_rels/sheet{number}.xml.rels"
    return found


def _number_sheet_parts(opened: Opened, tree) -> None:  # type: ignore[no-untyped-def]
    new_names = _new_names(opened)
    types = tree("[content_types].xml")
    for one in list(named(types, "Override")):
        part = one.get("PartName", "").lstrip("/").lower()
        if part in new_names:
            one.set("PartName", f"/{new_names[part]}")
    folder, name = posixpath.split(opened.book)
    for one in named(tree(posixpath.join(folder, "_rels", f"{name}.rels")), "Relationship"):
        target = one.get("Target", "")
        part = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if part.lower() in new_names and one.get("TargetMode") != "External":
            one.set("Target", f"/{new_names[part.lower()]}")
    for one in list(named(types, "Override")):
        if one.get("PartName", "").lstrip("/").lower() not in {*_reached(opened), *new_names.values()}:
            types.remove(one)


def _reached(opened: Opened) -> Iterable[str]:
    """Every part that links lead to, from the package's own, and the parts of links themselves."""
    seen: set[str] = set()
    waiting = [""]
    while waiting:
        part = waiting.pop()
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels in opened.parts:
            seen.add(rels)
        for one in opened.links(part):
            if one.target in opened.parts and one.target not in seen:
                seen.add(one.target)
                waiting.append(one.target)
    return seen
