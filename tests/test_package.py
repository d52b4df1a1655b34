"""The safe opening: each thing that is no workbook, or a dangerous one, is refused by its own code, in one sentence."""

import contextlib
import struct
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from package_parts import (
    CONTENT_TYPES,
    LAUGHS,
    MAIN,
    OLE2,
    ONE_CELL,
    PACKAGE,
    RELATIONS,
    WORKBOOK,
    WORKBOOK_RELATIONS,
    pack,
    parts,
    sheet,
)

from converter.findings import Refusal
from converter.reading.package import SheetPart, open_package


def rows_only(tmp_path: Path, rows: str, **changes: str | bytes) -> Path:
    return pack(tmp_path / "commandes.xlsx", parts(sheet1=sheet(rows), **changes))


def _opened(path: Path, *, survey: bool) -> None:
    package = open_package(path)
    if survey:
        package.survey(package.sheets[0])


def refused(path: Path, *, survey: bool = False) -> str:
    """The code of the refusal; its sentence names the file, is one line of French with its remedy, and has no path."""
    with pytest.raises(Refusal) as caught:
        _opened(path, survey=survey)
    sentence = str(caught.value)
    assert path.name in sentence
    assert str(path.parent) not in sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", ")."))
    return caught.value.code


# What is no workbook


def test_each_thing_that_is_no_workbook_is_told_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "dossier.xlsx"
    folder.mkdir()
    contents = {
        "vide.xlsx": b"",
        "ancien.xls": OLE2 + "Workbook".encode("utf-16-le"),
        "ancien.xlsx": OLE2 + "Workbook".encode("utf-16-le"),
        "protege.xlsx": OLE2 + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le"),
        "texte.xlsx": b"refCommande;RPPS\nBDC-1;10001234567\n",
        "texte.csv": b"refCommande;RPPS\n",
        "page.xlsx": b"<html><table></table></html>",
        "scan.xlsx": b"%PDF-1.7\n",
        "image.xlsx": b"\x89PNG\r\n\x1a\n\x00\x00",
        "coupe.xlsx": b"PK\x03\x04" + bytes(40),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    found = {name: refused(tmp_path / name) for name in ("absent.xlsx", "dossier.xlsx", *contents)}
    assert found == {
        "absent.xlsx": "fichier-absent",
        "dossier.xlsx": "fichier-dossier",
        "vide.xlsx": "fichier-vide",
        "ancien.xls": "fichier-xls",
        "ancien.xlsx": "fichier-xls",
        "protege.xlsx": "fichier-protege",
        "texte.xlsx": "fichier-autre-format",
        "texte.csv": "fichier-autre-format",
        "page.xlsx": "fichier-autre-format",
        "scan.xlsx": "fichier-autre-format",
        "image.xlsx": "fichier-pas-classeur",
        "coupe.xlsx": "fichier-tronque",
    }


@pytest.mark.parametrize(
    ("marker", "name"),
    [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "Excel binaire"),
        ("Index/Document.iwa", "Numbers"),
    ],
)
def test_another_format_under_the_name_of_a_workbook(tmp_path: Path, marker: str, name: str) -> None:
    path = pack(tmp_path / "commandes.xlsx", {"[Content_Types].xml": CONTENT_TYPES, marker: "<a/>"})
    with pytest.raises(Refusal, match=name) as caught:
        open_package(path)
    assert caught.value.code == "fichier-autre-format"


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    assert refused(pack(tmp_path / "photos.xlsx", {"photo.jpg": b"\xff\xd8\xff"})) == "fichier-pas-classeur"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("commandes.csv", "fichier-autre-format"),
        ("commandes.ods", "fichier-autre-format"),
        ("commandes.docx", "fichier-autre-format"),
        ("commandes.xlsb", "fichier-autre-format"),
        ("commandes.bak", "fichier-extension"),
        ("commandes", "fichier-extension"),
    ],
)
def test_a_workbook_under_another_name(tmp_path: Path, name: str, code: str) -> None:
    assert refused(pack(tmp_path / name, parts())) == code


@pytest.mark.parametrize("name", ["commandes.xlsx", "COMMANDES.XLSX", "macros.xlsm"])
def test_names_that_a_workbook_has(tmp_path: Path, name: str) -> None:
    assert open_package(pack(tmp_path / name, parts())).sheets[0].name == "Demandes"


def test_a_device_is_not_read() -> None:
    assert refused(Path("/dev/zero")) == "fichier-illisible"


# Zips cut, altered or inflated


def test_a_workbook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = pack(tmp_path / "commandes.xlsx", parts()).read_bytes()
    cut = tmp_path / "coupe.xlsx"
    for length in range(4, len(whole), 97):
        cut.write_bytes(whole[:length])
        assert refused(cut) == "fichier-tronque"


def test_a_changed_byte_in_a_part_is_seen(tmp_path: Path) -> None:
    path = pack(tmp_path / "commandes.xlsx", parts(), zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"<v>1</v>", b"<v>7</v>"))
    assert refused(path) == "fichier-tronque"


def test_bytes_before_or_after_the_zip_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "commandes.xlsx", parts())
    whole = path.read_bytes()
    for altered in (b"PK" + whole, whole + b"\0\0\0"):
        path.write_bytes(altered)
        assert refused(path) == "fichier-tronque"


def test_an_encrypted_entry(tmp_path: Path) -> None:
    path = pack(tmp_path / "commandes.xlsx", parts())
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(content)
    assert refused(path) == "fichier-protege"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl/../../evil.xml", "xl\\evil.xml", "C:evil.xml"])
def test_entry_names_that_lead_out(tmp_path: Path, name: str) -> None:
    assert refused(pack(tmp_path / "commandes.xlsx", {**parts(), name: "<a/>"})) == "fichier-noms-internes"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.xml"])
def test_the_same_entry_twice(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "commandes.xlsx", parts())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, sheet(""))
    assert refused(path) == "fichier-noms-internes"


def test_a_bomb_by_its_ratio(tmp_path: Path) -> None:
    assert refused(rows_only(tmp_path, "<row/>" * 2_000_000)) == "fichier-bombe"


def test_a_bomb_by_its_total(tmp_path: Path) -> None:
    blank = b" " * 9_000_000
    content = {**parts(), **{f"xl/media/image{number}.bmp": blank for number in range(45)}}
    assert refused(pack(tmp_path / "commandes.xlsx", content)) == "fichier-bombe"


def test_a_bomb_that_declares_less_than_it_holds(tmp_path: Path) -> None:
    path = rows_only(tmp_path, ONE_CELL + "<row/>" * 2_000_000)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = bytearray(bytes(content).replace(struct.pack("<L", size), struct.pack("<L", 5_000)))
    path.write_bytes(content)
    assert refused(path) in {"fichier-bombe", "fichier-tronque"}


def test_too_many_entries(tmp_path: Path) -> None:
    content = {**parts(), **{f"xl/media/{number}.png": b"" for number in range(5_001)}}
    assert refused(pack(tmp_path / "commandes.xlsx", content, zipfile.ZIP_STORED)) == "fichier-bombe"


def test_another_compression_than_excels(tmp_path: Path) -> None:
    assert refused(pack(tmp_path / "commandes.xlsx", parts(), zipfile.ZIP_LZMA)) == "fichier-tronque"


# XML


@pytest.mark.parametrize(
    "part", ["workbook", "relations", "workbook_relations", "sheet1", "xl/styles.xml", "docProps/app.xml"]
)
@pytest.mark.parametrize("before", ["", "\ufeff", '<?xml version="1.0"?>\n', "<!-- note -->"])
def test_a_document_type_anywhere(tmp_path: Path, part: str, before: str) -> None:
    content = parts(**{part: before + LAUGHS + "<w>&b;</w>"})
    assert refused(pack(tmp_path / "commandes.xlsx", content)) == "fichier-xml-dangereux"


def test_a_prolog_without_end(tmp_path: Path) -> None:
    padded = f"<!--{' ' * 70_000}-->{LAUGHS}<w/>"
    assert refused(pack(tmp_path / "commandes.xlsx", parts(sheet1=padded))) == "fichier-xml-dangereux"


def test_a_prolog_of_blanks_takes_no_time(tmp_path: Path) -> None:
    blanks = '<?xml version="1.0"?>' + " \n" * 20_000 + LAUGHS + "<w/>"
    assert refused(pack(tmp_path / "commandes.xlsx", parts(sheet1=blanks))) == "fichier-xml-dangereux"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_part_in_utf_16(tmp_path: Path, encoding: str) -> None:
    content = parts(sheet1=sheet(ONE_CELL).encode(encoding))
    assert refused(pack(tmp_path / "commandes.xlsx", content)) == "fichier-inhabituel"


def test_a_part_that_declares_another_encoding(tmp_path: Path) -> None:
    content = parts(sheet1='<?xml version="1.0" encoding="UTF-7"?>' + sheet(ONE_CELL))
    assert refused(pack(tmp_path / "commandes.xlsx", content)) == "fichier-inhabituel"


def test_power_query_and_power_pivot_keep_parts_in_utf_16_but_without_a_document_type(tmp_path: Path) -> None:
    item = "customXml/item1.xml"
    content = {**parts(), item: '<?xml version="1.0" encoding="utf-16"?><DataMashup/>'.encode("utf-16")}
    assert open_package(pack(tmp_path / "commandes.xlsx", content)).sheets
    content["xl/model/item.data"] = "STREAM_STORAGE_SIGNATURE_)!@#$%^&*(".encode("utf-16")
    assert open_package(pack(tmp_path / "commandes.xlsx", content)).sheets
    content[item] = (LAUGHS + "<DataMashup/>").encode("utf-16")
    assert refused(pack(tmp_path / "autre.xlsx", content)) == "fichier-xml-dangereux"


def test_an_add_in_keeps_properties_of_a_sheet_in_utf_16(tmp_path: Path) -> None:
    item = "xl/customProperty1.bin"
    content = {**parts(), item: '<?xml version="1.0" encoding="utf-16"?><state/>'.encode("utf-16-le")}
    assert open_package(pack(tmp_path / "commandes.xlsx", content)).sheets


@pytest.mark.parametrize("part", ["xl/customProperty1.bin", "customXml/item1.xml"])
def test_a_sheet_that_hides_in_the_place_of_an_add_in_is_read_as_a_sheet(part: str, tmp_path: Path) -> None:
    hidden = parts(workbook_relations=WORKBOOK_RELATIONS.replace("worksheets/sheet1.xml", f"/{part}"))
    content = {**hidden, part: sheet(ONE_CELL).encode("utf-16")}
    assert refused(pack(tmp_path / "commandes.xlsx", content), survey=True) == "fichier-inhabituel"


@pytest.mark.parametrize(
    "changes",
    [
        {"workbook": "<workbook"},
        {"workbook": "<workbook/>"},
        {"workbook_relations": f'<Relationships xmlns="{PACKAGE}"/>'},
        {"workbook_relations": WORKBOOK_RELATIONS.replace("sheet1", "sheet2")},
        {"workbook": WORKBOOK.replace("</sheets>", '<sheet name="DEMANDES" sheetId="2" r:id="rId1"/></sheets>')},
        {"workbook": WORKBOOK.replace("</workbook>", '<ext><sheet name="Demandes" r:id="rId1"/></ext></workbook>')},
    ],
    ids=["not well-formed", "no sheet", "no relation", "no part", "a name twice", "a sheet hidden elsewhere"],
)
def test_a_workbook_that_does_not_hold_together(tmp_path: Path, changes: dict[str, str]) -> None:
    assert refused(pack(tmp_path / "commandes.xlsx", parts(**changes))) == "fichier-abime"


def test_a_second_workbook_behind_the_first(tmp_path: Path) -> None:
    content = {**parts(relations=RELATIONS.replace("xl/workbook", "autre/workbook")), "autre/workbook.xml": WORKBOOK}
    assert refused(pack(tmp_path / "commandes.xlsx", content)) == "fichier-inhabituel"


# What a good workbook tells


def test_sheets_names_and_epoch_of_a_real_workbook(tmp_path: Path) -> None:
    path = tmp_path / "commandes.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet("Mode d'emploi")
        book.add_worksheet("Demandes").write("A1", "refCommande")
        book.add_worksheet("Listes").hide()
        curve = book.add_chart({"type": "line"})
        curve.add_series({"values": "=Demandes!$A$1:$A$2"})
        book.add_chartsheet("Courbe").set_chart(curve)
        book.define_name("OuiNon", "=Listes!$A$1:$A$2")
        book.define_name("Demandes!Locale", "=Demandes!$A$1")
    package = open_package(path)
    assert package.sheets == (
        SheetPart("Mode d'emploi", "xl/worksheets/sheet1.xml", hidden=False),
        SheetPart("Demandes", "xl/worksheets/sheet2.xml", hidden=False),
        SheetPart("Listes", "xl/worksheets/sheet3.xml", hidden=True),
    )
    assert dict(package.defined_names) == {"OuiNon": "Listes!$A$1:$A$2"}
    assert package.date1904 is True
    assert package.read("xl/worksheets/sheet2.xml").startswith(b"<?xml")


def test_a_part_that_is_not_there(tmp_path: Path) -> None:
    package = open_package(pack(tmp_path / "commandes.xlsx", parts()))
    with pytest.raises(Refusal) as caught:
        package.read("xl/worksheets/sheet9.xml")
    assert caught.value.code == "fichier-abime"


# The survey of a sheet


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="xfd1048576"><v>1</v></c></row>',
        '<row r="1"><c r="XFD1048576" s=">"><v>1</v></c></row>',
        '<row r="1"><c r="XFD1048576" x="/>"><v>1</v></c></row>',
        '<row r="1048576"><c/><c><v>1</v></c></row>',
        '<row r="1"><c\nr="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"/><y:c xmlns:y="u" r="XFD1048576"><y:v>1</y:v></y:c></row>',
        '<row r="1"><c r="A120000" t="e"><v>#N/A</v></c></row>',
        '<row r="1"><c r="A120000"><f>NOW()</f></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"/></row><row r="119999"><c r="DA119999" t="s"><v>0</v></c></row>',
    ],
)
def test_a_value_too_far_away_is_refused_however_it_is_written(tmp_path: Path, rows: str) -> None:
    path = rows_only(tmp_path, ONE_CELL + rows)
    assert refused(path, survey=True) == "feuille-etendue"


def test_the_far_cell_is_named(tmp_path: Path) -> None:
    package = open_package(rows_only(tmp_path, ONE_CELL + '<row r="300000"><c r="B300000"><v>1</v></c></row>'))
    with pytest.raises(Refusal, match=r"B300000.*119\u00a0999\u00a0lignes"):
        package.survey(package.sheets[0])


def test_a_prefixed_sheet_is_looked_over_too(tmp_path: Path) -> None:
    rows = '<x:row r="1"><x:c r="ZZ200000"><x:v>1</x:v></x:c></x:row>'
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert refused(pack(tmp_path / "commandes.xlsx", parts(sheet1=xml)), survey=True) == "feuille-etendue"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576" s="1"/></row>',
        '<row r="1048576"><c r="XFD1048576" s="1"></c></row>',
        '<row r="1048576" s="1" customFormat="1"/>',
        '<row r="119999"><c r="CZ119999"><v>1</v></c></row>',
        '<row r="2"><c r="XFD2"><v>1</v></c></row>',
    ],
)
def test_formats_far_away_and_values_within_bounds_are_read(tmp_path: Path, rows: str) -> None:
    package = open_package(rows_only(tmp_path, ONE_CELL + rows))
    assert package.survey(package.sheets[0]).fault == ""


def test_error_values_and_formulas_without_a_result(tmp_path: Path) -> None:
    rows = (
        '<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3" s="2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C3"><f>A1</f></c><c r="D3"><f>A1</f><v></v></c><c r="E3"><f>A1</f><v/></c>'
        '<c r="F3"><f>A1</f><v>12</v></c>'
        '<c r="G3" t="str"><f>""</f><v></v></c><c r="H3" t="str"><f>"x"</f><v>x</v></c></row>'
        '<row r="4"><c r="A4"><f t="shared" ref="A4:A6" si="0">B4</f><v>5</v></c><c r="B4"><v>0</v></c></row>'
        '<row r="5"><c r="A5"><f t="shared" si="0"/><v>6</v></c></row>'
        '<row r="6"><c r="A6"><f t="shared" si="0"/></c></row>'
    )
    package = open_package(rows_only(tmp_path, rows))
    facts = package.survey(package.sheets[0])
    assert dict(facts.errors) == {(3, "A"): "#N/A", (3, "B"): "#DIV/0!"}
    assert facts.uncached == {(3, "C"), (3, "D"), (3, "E"), (6, "A")}


def test_the_same_in_other_spellings(tmp_path: Path) -> None:
    rows = "<row r='7'><c t='e' r='b7'><v>#REF!</v></c><c><f>A1</f></c></row><row><c t='e'><v>#N/A</v></c></row>"
    package = open_package(rows_only(tmp_path, rows))
    facts = package.survey(package.sheets[0])
    assert dict(facts.errors) == {(7, "B"): "#REF!", (8, "A"): "#N/A"}
    assert facts.uncached == {(7, "C")}


def test_formulas_as_openpyxl_writes_them_have_no_result(tmp_path: Path) -> None:
    path = tmp_path / "commandes.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].append(["=1+1", "x", "=A1"])
    book.worksheets[0].merge_cells("A2:B3")
    book.save(path)
    package = open_package(path)
    facts = package.survey(package.sheets[0])
    assert facts.uncached == {(1, "A"), (1, "C")}
    assert facts.merged == ("A2:B3",)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"' + ' t="e"' * 200_000,
        '<row r="1">' + '<c r="A1"' * 200_000,
        '<row r="1">' + '<c r="A1"><f' * 200_000,
        '<row r="1">' + '<c r="A1"><f>' * 200_000,
        '<row r="1"><c r="A1" ' + 't="s"' * 200_000,
        "<row " + "r='1' " * 200_000,
        '<row r="1"><c' + " " * 1_000_000,
        "</sheetData>" + "<mergeCell " * 200_000,
        "</sheetData>" + ":mergeCell " * 200_000,
    ],
    ids=range(9),
)
def test_broken_xml_takes_no_more_time_than_its_size(tmp_path: Path, rows: str) -> None:
    strings = shared(f"<si><t>{'a' * 32_000}</t></si>")
    noise = "".join(map(chr, range(0x4E00, 0x9E00)))  # keeps the part from looking like a bomb
    xml = f'<worksheet xmlns="{MAIN}"><note>{noise}</note><sheetData>{rows}'
    package = open_package(pack(tmp_path / "commandes.xlsx", parts(sheet1=xml, **{"xl/sharedStrings.xml": strings})))
    started = time.process_time()
    with contextlib.suppress(Refusal):
        package.survey(package.sheets[0])
    assert time.process_time() - started < 3


def test_too_many_error_values(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}" t="e"><v>#N/A</v></c>' for letter in "ABCDEFGHIJ")
        + "</row>"
        for row in range(1, 20_002)
    )
    assert refused(rows_only(tmp_path, rows), survey=True) == "feuille-erreurs"


@pytest.mark.parametrize("value", ["1<!-- -->2", "<![CDATA[12]]>"])
def test_text_that_the_reader_would_drop(tmp_path: Path, value: str) -> None:
    assert (
        refused(rows_only(tmp_path, f'<row r="1"><c r="A1"><v>{value}</v></c></row>'), survey=True)
        == "fichier-inhabituel"
    )


# Shared strings


def shared(strings: str, attributes: str = "") -> str:
    return f'<sst xmlns="{MAIN}"{attributes}>{strings}</sst>'


def cells_of(index: int, count: int) -> str:
    return '<row r="1">' + f'<c r="A1" t="s"><v>{index}</v></c>' * count + "</row>"


def test_a_long_string_in_a_great_many_cells_is_refused(tmp_path: Path) -> None:
    strings = shared(f"<si><t>{'a' * 32_000}</t></si><si><t>b</t></si>")
    path = rows_only(tmp_path, cells_of(0, 7_000), **{"xl/sharedStrings.xml": strings})
    assert refused(path, survey=True) == "feuille-texte"


def test_a_long_string_in_few_cells_and_a_short_one_in_many_are_read(tmp_path: Path) -> None:
    strings = shared(f"<si><t>{'a' * 32_000}</t></si><si><t>b</t></si>")
    path = rows_only(tmp_path, cells_of(0, 3) + cells_of(1, 9_000), **{"xl/sharedStrings.xml": strings})
    package = open_package(path)
    assert package.survey(package.sheets[0]).fault == ""


def test_a_count_for_which_the_reader_would_reserve_all_memory(tmp_path: Path) -> None:
    strings = shared("<si><t>a</t></si>", ' count="1" uniqueCount="4294967295"')
    assert refused(rows_only(tmp_path, ONE_CELL, **{"xl/sharedStrings.xml": strings})) == "fichier-bombe"


def test_a_string_in_cdata(tmp_path: Path) -> None:
    strings = shared("<si><t><![CDATA[a]]></t></si>")
    assert refused(rows_only(tmp_path, ONE_CELL, **{"xl/sharedStrings.xml": strings})) == "fichier-inhabituel"
