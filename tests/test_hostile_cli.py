"""Hostile and broken input through the command line: status 2, one French sentence, nothing written, nothing leaked."""

import errno
import html.parser
import json
import os
import re
import resource
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from orders import ORDER, SUPPLIER, write_orders
from package_parts import CONTENT_TYPES, LAUGHS, OLE2, ONE_CELL, pack, parts, repack, sheet

from converter.cli import main

Run = Callable[..., tuple[int, str, str]]
TODAY = "2026-11-23"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command; its status, stdout and stderr. No run may show a traceback or a defect of ours."""

    def one(*words: str | Path) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "Défaut du convertisseur" not in err
        return status, out, err

    return one


@pytest.fixture
def convert(run: Run, tmp_path: Path) -> Run:
    def one(*words: str | Path) -> tuple[int, str, str]:
        return run("convert", *words, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")

    return one


def only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    assert len(found) == 1, found
    return found[0]


# One sentence and nothing written


def absent(path: Path) -> None:
    assert not path.exists()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_the_middle(path: Path) -> None:
    whole = write_orders(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def text(path: Path) -> None:
    path.write_text("refCommande;RPPS\nBDC-1;99900012347\n", encoding="utf-8")


def old_excel(path: Path) -> None:
    path.write_bytes(OLE2 + "Workbook".encode("utf-16-le"))


def behind_a_password(path: Path) -> None:
    path.write_bytes(OLE2 + "EncryptedPackage".encode("utf-16-le"))


def open_document(path: Path) -> None:
    pack(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})


def word(path: Path) -> None:
    pack(path, {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<a/>"})


def bomb(path: Path) -> None:
    pack(path, parts(sheet1=sheet("<row/>" * 2_000_000)))


def laughs(path: Path) -> None:
    write_orders(path)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
    repack(path, {"xl/worksheets/sheet2.xml": xml.replace("<worksheet", f"{LAUGHS}<worksheet", 1)})


def a_million_columns(path: Path) -> None:
    pack(path, parts(sheet1=sheet(ONE_CELL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')))


def other_sheets(path: Path) -> None:
    write_orders(path, [dict.fromkeys("abc", "x")], columns=("a", "b", "c"), sheet="Feuil1")


def no_header(path: Path) -> None:
    write_orders(path, [dict.fromkeys("abc", "x")], columns=("a", "b", "c"))


def no_reference_column(path: Path) -> None:
    write_orders(path, columns=[tag for tag in ORDER if tag not in ("refCommande", "numeroEditeur")])


def a_column_twice(path: Path) -> None:
    write_orders(path, columns=[*ORDER, "RPPS"])


def bad_numero_ans(path: Path) -> None:
    write_orders(path, supplier=SUPPLIER | {"numeroAns": "12345"})


def no_siret(path: Path) -> None:
    write_orders(path, supplier=SUPPLIER | {"SIRET": ""})


def no_row(path: Path) -> None:
    write_orders(path, [])


BROKEN = {
    absent: "introuvable",
    empty: "vide",
    cut_in_the_middle: "incomplet ou abîmé",
    text: "CSV ou texte",
    old_excel: "ancien format",
    behind_a_password: "mot de passe",
    open_document: "OpenDocument",
    word: "Word",
    bomb: "démesuré",
    laughs: "déclarations XML dangereuses",
    a_million_columns: "XFD1048576",
    other_sheets: "«\u00a0Demandes\u00a0»",
    no_header: "Demandes",
    no_reference_column: "refCommande",
    a_column_twice: "RPPS",
    bad_numero_ans: "numeroAns",
    no_siret: "SIRET",
    no_row: "aucune",
}


@pytest.mark.parametrize("command", ["convert", "validate"])
@pytest.mark.parametrize(("make", "told"), BROKEN.items(), ids=[make.__name__ for make in BROKEN])
def test_a_broken_workbook_is_told_in_one_sentence(
    run: Run, tmp_path: Path, command: str, make: Callable[[Path], None], told: str
) -> None:
    path = tmp_path / "commandes.xlsx"
    make(path)
    status, out, err = run(command, path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "commandes.xlsx" in err
    assert told in err
    assert not list((tmp_path / "out").rglob("*"))


@pytest.mark.parametrize(
    "name", ["commandes.csv", "commandes.ods", "commandes.docx", "commandes.xls", "commandes.xlsb"]
)
def test_another_extension_is_refused_even_over_a_good_workbook(convert: Run, tmp_path: Path, name: str) -> None:
    path = write_orders(tmp_path / "commandes.xlsx").rename(tmp_path / name)
    status, out, err = convert(path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert name in err


def test_the_good_ones_of_several_go_through_and_the_report_names_the_bad_ones(convert: Run, tmp_path: Path) -> None:
    old_excel(tmp_path / "ancien.xlsx")
    laughs(tmp_path / "piege.xlsx")
    good = write_orders(tmp_path / "bon.xlsx")
    status, _, _ = convert(tmp_path / "ancien.xlsx", good, tmp_path / "piege.xlsx")
    assert status == 1
    batch = only(tmp_path / "out", "lot-*")
    document = json.loads(only(batch, "JSON-*.json").read_text(encoding="utf-8"))
    assert len(document["lignesImport"]) == 1
    report = (batch / "rapport.html").read_text(encoding="utf-8")
    assert "ancien.xlsx" in report
    assert "piege.xlsx" in report
    assert "déclarations XML dangereuses" in report


def test_several_bad_ones_are_still_one_sentence_each_and_status_2(convert: Run, tmp_path: Path) -> None:
    empty(tmp_path / "vide.xlsx")
    old_excel(tmp_path / "ancien.xlsx")
    status, out, err = convert(tmp_path / "vide.xlsx", tmp_path / "ancien.xlsx")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "vide.xlsx" in err
    assert "ancien.xlsx" in err
    assert not list((tmp_path / "out").rglob("*"))


# Where it is written


def test_an_output_folder_that_is_a_file(run: Run, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "commandes.xlsx")
    taken = tmp_path / "out"
    taken.write_text("à moi", encoding="utf-8")
    for out in (taken, taken / "dedans"):
        status, stdout, err = run("convert", path, "--no-attachments", "--date", TODAY, "--out", out)
        assert (status, stdout, err.count("\n")) == (2, "", 1)
    assert taken.read_text(encoding="utf-8") == "à moi"


@pytest.mark.parametrize("out", ["/sys/kernel", "/sys/kernel/nouveau"])
def test_an_output_folder_that_cannot_be_written_even_by_root(run: Run, tmp_path: Path, out: str) -> None:
    path = write_orders(tmp_path / "commandes.xlsx")
    for command in ("convert", "validate"):
        status, stdout, err = run(command, path, "--no-attachments", "--date", TODAY, "--out", out)
        assert (status, stdout, err.count("\n")) == (2, "", 1)
        assert out in err


@pytest.mark.parametrize("written_before", [0, 1, 2])
def test_a_full_disk(convert: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written_before: int) -> None:
    path = write_orders(tmp_path / "commandes.xlsx", [ORDER | {"RPPS": "12"}, ORDER | {"refCommande": "B"}])
    flush, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > written_before:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        status, out, err = convert(path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "plus de place sur le disque" in err
    assert not list((tmp_path / "out").glob("*lot-*"))
    assert convert(path)[0] == 1
    assert only(tmp_path / "out", "lot-*/JSON-*.json").name.endswith("-001.json")


def test_files_are_for_their_owner_and_group_only(convert: Run, run: Run, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "commandes.xlsx", [ORDER, ORDER | {"refCommande": "B", "RPPS": "12"}])
    convert(path)
    convert(write_orders(tmp_path / "autres.xlsx", [ORDER | {"refCommande": "C"}]))
    run("status", "--out", tmp_path / "out", "--xlsx", tmp_path / "out" / "suivi.xlsx")
    found = {entry: stat.S_IMODE(entry.stat().st_mode) for entry in (tmp_path / "out").rglob("*")}
    assert len(found) > 8
    assert {entry: oct(mode) for entry, mode in found.items() if mode & 0o027} == {}


# Text stays text


FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+33144556677",
    "-2+3",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1+1",
]


def test_text_never_becomes_a_formula(convert: Run, run: Run, tmp_path: Path) -> None:
    rows = [ORDER | {"refCommande": text, "nomMedecin": text, "RPPS": text} for text in FORMULAS]
    convert(write_orders(tmp_path / "refusees.xlsx", rows))
    convert(write_orders(tmp_path / "acceptees.xlsx", [ORDER | {"refCommande": text} for text in FORMULAS]))
    run("status", "--out", tmp_path / "out", "--xlsx", tmp_path / "suivi.xlsx")
    written = [*(tmp_path / "out").glob("lot-*/*.xlsx"), tmp_path / "suivi.xlsx"]
    assert len(written) >= 2
    for path in written:
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                xml = archive.read(part)
                assert not (part.startswith("xl/worksheets/") and b"<f" in re.sub(rb"<formula|<filter", b"", xml)), part
                assert b'TargetMode="External"' not in xml, part
        book = openpyxl.load_workbook(path)
        texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert texts == []


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_text_never_becomes_markup_in_the_report(convert: Run, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>"
    rows = [ORDER | {"refCommande": evil, "RPPS": evil, "nomMedecin": evil, "bonCommande": evil + ".pdf"}]
    path = write_orders(tmp_path / "<script>alert(2)<&'.xlsx".replace("/", ""), rows)
    assert convert(path)[0] == 1
    report = only(tmp_path / "out", "lot-*/rapport.html").read_text(encoding="utf-8")
    seen = _Tags()
    seen.feed(report)
    assert not seen.tags & {"script", "img", "b", "iframe", "object"}
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert "alert(2)" in report


@pytest.mark.parametrize(
    "name", [b"a\x1b[31m\nb", b"comm\xe9", "\u202excod".encode()], ids=["escape", "latin-1", "reversed"]
)
@pytest.mark.parametrize("rows", [[ORDER], [ORDER | {"RPPS": "1"}], []], ids=["good", "wrong", "refused"])
def test_a_file_name_never_steers_the_terminal(
    convert: Run, tmp_path: Path, name: bytes, rows: list[dict[str, str]]
) -> None:
    path = write_orders(tmp_path / "commandes.xlsx", rows).rename(tmp_path / os.fsdecode(name + b".xlsx"))
    expected = 2 if not rows else 0 if rows == [ORDER] else 1
    status, out, err = convert(path)
    assert (status, re.search(r"[\x1b\u202e\udc80-\udcff]", out + err)) == (expected, None)
    status, _, err = convert(path, "--json")
    assert (status, re.search(r"[\x1b\u202e\udc80-\udcff]", err)) == (expected, None)
    for report in (tmp_path / "out").glob("lot-*/rapport.html"):
        assert not re.search(r"[\x1b\u202e]", report.read_text(encoding="utf-8"))


def test_control_characters_never_reach_the_json(convert: Run, tmp_path: Path) -> None:
    dirty = "".join(map(chr, [*range(1, 32), 127, 0x85, 0x200B, 0x202E, 0xFEFF]))
    rows = [ORDER | {"refCommande": f"B{dirty}C", "nomMedecin": f"DUR{dirty}AND", "emailMedecin": f"a{dirty}@b.fr"}]
    convert(write_orders(tmp_path / "commandes.xlsx", rows))
    for path in (tmp_path / "out").glob("lot-*/JSON-*.json"):
        text = path.read_text(encoding="utf-8")
        strings = json.loads(text)["lignesImport"][0]["beneficiaires"]["liberal"][0]
        assert all(value is None or value.isprintable() for value in strings.values())
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\ufeff]|\\u00", text)


# Names that lead elsewhere


@pytest.mark.parametrize(
    "name", ["../secret.pdf", "..\\secret.pdf", "{outside}/secret.pdf", "lien.pdf", "sous/../../secret.pdf"]
)
def test_a_document_outside_its_folder_is_never_packed(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-1.4 confidentiel")
    (tmp_path / "pieces" / "sous").mkdir(parents=True)
    (tmp_path / "pieces" / "lien.pdf").symlink_to(tmp_path / "secret.pdf")
    path = write_orders(tmp_path / "commandes.xlsx", [ORDER | {"bonCommande": name.format(outside=tmp_path)}])
    status, _, _ = run("convert", path, "--date", TODAY, "--out", tmp_path / "out")
    assert status == 1
    assert not list((tmp_path / "out").glob("lot-*/*.zip"))
    assert not list((tmp_path / "out").glob("lot-*/*.json"))


@pytest.mark.parametrize("given", ["../../../x", "..........", "/var/x/y/z", "a\\b\\c\\d\\e"])
def test_a_numero_ans_never_makes_a_path(convert: Run, tmp_path: Path, given: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    path = write_orders(tmp_path / "commandes.xlsx", supplier=SUPPLIER | {"numeroAns": given})
    status, out, err = convert(path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sorted(tmp_path.rglob("*")) == [*before, path]


# Nothing personal where it could be kept


PERSONAL = ["MARTIN-TEST", "jeanne.martin@cabinet.example", "10009876543", "0611223344"]


@pytest.mark.parametrize("changes", [{}, {"regimeTVA": "PEUT-ETRE"}, {"isCentreDeSante": "?"}], ids=str)
@pytest.mark.parametrize("options", [(), ("--json",), ("--strict-keys",)], ids=str)
def test_no_personal_data_on_stderr(convert: Run, tmp_path: Path, changes: dict[str, str], options: tuple[str]) -> None:
    name, email, rpps, phone = PERSONAL
    doctor = {"nomMedecin": name, "emailMedecin": email + "@", "RPPS": rpps + "9", "telephoneMedecin": phone}
    rows = [ORDER | doctor | changes, ORDER | {"refCommande": "B"} | doctor | {"RPPS": rpps, "emailMedecin": email}]
    _, _, err = convert(write_orders(tmp_path / "commandes.xlsx", rows), *options)
    assert not [value for value in PERSONAL if value.lower() in err.lower()]


def test_no_personal_data_in_the_sentence_of_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise KeyError(*PERSONAL)

    monkeypatch.setattr("converter.checking.examination.fold_rows", broken)
    path = write_orders(tmp_path / "commandes.xlsx", [ORDER | {"nomMedecin": PERSONAL[0]}])
    assert main(["convert", str(path), "--no-attachments", "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Défaut du convertisseur (KeyError, ")
    assert not [value for value in PERSONAL if value in err]


def test_no_temporary_file_is_left(convert: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    convert(write_orders(tmp_path / "commandes.xlsx", [ORDER, ORDER | {"refCommande": "B", "RPPS": "1"}]))
    assert list(scratch.iterdir()) == []
    assert not [path for path in (tmp_path / "out").rglob("*") if path.name.startswith(".") or "tmp" in path.name]


# Bounds


def test_a_million_formatted_rows_are_read_as_the_few_that_there_are(tmp_path: Path) -> None:
    path = write_orders(tmp_path / "commandes.xlsx")
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
    formatted = "".join(f'<row r="{row}" s="1" customFormat="1" ht="15.75"/>' for row in range(3, 1_048_577))
    repack(path, {"xl/worksheets/sheet2.xml": xml.replace("</sheetData>", formatted + "</sheetData>")})
    seconds, kilobytes = measured("convert", path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    document = json.loads(only(tmp_path / "out", "lot-*/JSON-*.json").read_text(encoding="utf-8"))
    assert len(document["lignesImport"]) == 1
    assert seconds <= 15
    assert kilobytes <= 1.5 * 1024 * 1024


def measured(*words: str | Path) -> tuple[float, int]:
    """Processor seconds and peak memory of a whole process that must succeed."""
    command = f"import sys; from converter.cli import main; sys.exit(main({[str(word) for word in words]!r}))"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss


def test_a_workbook_in_which_nearly_all_is_wrong_is_refused_rather_than_told_for_minutes(
    convert: Run, tmp_path: Path
) -> None:
    rows = [dict.fromkeys(ORDER, f"x{row} é") for row in range(16_000)]
    status, out, err = convert(write_orders(tmp_path / "commandes.xlsx", rows))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "200\u00a0000 anomalies" in err
