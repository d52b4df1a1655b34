"""Files that are not what they seem, or that never answer; names and texts that lead astray. Nothing hangs."""

import io
import os
import re
import signal
import sys
import threading
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from orders import ORDER, write_orders
from package_parts import repack
from samples.documents import document

from converter.cli import main
from converter.findings import Refusal
from converter.reading import file_access

TODAY = "2026-11-23"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs one command, which must end within half a minute; its status, stdout and stderr."""

    def too_late(*_: object) -> None:
        raise AssertionError("the command hangs")

    def one(*words: str | Path) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "Défaut du convertisseur" not in err
        return status, out, err

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(30)
    yield one
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def with_document(folder: Path) -> tuple[Path, Path]:
    """A workbook with one order, and its order form."""
    (folder / "pieces").mkdir()
    form = folder / "pieces" / "bdc.pdf"
    form.write_bytes(document("bdc.pdf"))
    return write_orders(folder / "commandes.xlsx"), form


# What is no file


def test_a_pipe_in_the_place_of_any_file_is_told_and_never_waited_for(run: Run, tmp_path: Path) -> None:
    pipe, out = tmp_path / "commandes.xlsx", tmp_path / "out"
    os.mkfifo(pipe)
    good = write_orders(tmp_path / "bon.xlsx")
    run("convert", good, "--no-attachments", "--date", TODAY, "--out", out)
    for words in (
        ("convert", pipe, "--no-attachments", "--out", tmp_path / "autre"),
        ("return", pipe, "--out", out),
        ("status", "--ledger", pipe, "--out", tmp_path / "autre"),
        ("convert", good, "--no-attachments", "--ledger", pipe, "--out", tmp_path / "autre"),
        ("check", pipe),
    ):
        status, stdout, err = run(*words)
        assert (status, stdout, err.count("\n")) == (2, "", 1), words


def test_a_document_that_becomes_a_pipe_after_it_was_looked_at(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.runs import road

    path, form = with_document(tmp_path)
    write_files = road.write_files

    def swapped(*arguments: Any, **options: Any) -> Any:
        form.unlink()
        os.mkfifo(form)
        return write_files(*arguments, **options)

    monkeypatch.setattr(road, "write_files", swapped)
    status, out, err = run("convert", path, "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "modifié, déplacé ou supprimé" in err
    assert not list((tmp_path / "out").glob("lot-*"))


def test_a_document_that_becomes_a_link_after_it_was_looked_at(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.runs import road

    path, form = with_document(tmp_path)
    write_files = road.write_files

    def swapped(*arguments: Any, **options: Any) -> Any:
        form.rename(tmp_path / "ailleurs.pdf")
        form.symlink_to(tmp_path / "ailleurs.pdf")
        return write_files(*arguments, **options)

    monkeypatch.setattr(road, "write_files", swapped)
    assert run("convert", path, "--date", TODAY, "--out", tmp_path / "out")[0] == 2


# What never answers


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Makes whatever touches a path wait for ever, as on a share that is gone; waiting is cut short for the test."""
    for_ever = threading.Event()
    really = {name: getattr(os, name) for name in ("open", "scandir", "stat", "lstat")}
    gone: list[str] = []

    def waiting(name: str) -> Callable[..., Any]:
        def call(path: Any, *rest: Any, **options: Any) -> Any:
            if isinstance(path, str | os.PathLike) and any(os.fspath(path).startswith(one) for one in gone):
                for_ever.wait()
            return really[name](path, *rest, **options)

        return call

    def silence(path: Path) -> None:
        gone.append(str(path))
        monkeypatch.setattr(file_access, "PATIENCE", 0.3)
        for name in really:
            monkeypatch.setattr(os, name, waiting(name))

    yield silence
    for_ever.set()


def test_a_workbook_on_a_share_that_is_gone(run: Run, tmp_path: Path, silent: Callable[[Path], None]) -> None:
    path = write_orders(tmp_path / "commandes.xlsx")
    silent(path)
    status, out, err = run("convert", path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "ne répond pas" in err
    assert "commandes.xlsx" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("what", ["pieces", "pieces/bdc.pdf"])
def test_documents_on_a_share_that_is_gone(run: Run, tmp_path: Path, silent: Callable[[Path], None], what: str) -> None:
    path, _ = with_document(tmp_path)
    silent(tmp_path / what)
    status, out, err = run("convert", path, "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "ne répond pas" in err
    assert not list((tmp_path / "out").glob("lot-*"))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_files_read_together_are_what_they_are_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: Callable[[Path], None], chunk: int
) -> None:
    contents = [b"", b"1234567", b"12345678", b"123", b"x" * 30, b"y" * 31, b"z" * 90, b"1"]
    paths = [tmp_path / str(rank) for rank in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    (tmp_path / "lien").symlink_to(paths[0])
    monkeypatch.setattr(file_access, "_CHUNK", chunk)
    read = list(file_access.read_files([*paths, tmp_path, tmp_path / "absent", tmp_path / "lien", *paths], 30))
    assert read[: len(paths)] == read[-len(paths) :] == [content[:31] for content in contents]
    errors = [type(one) for one in read[len(paths) : -len(paths)]]
    assert errors == [IsADirectoryError, FileNotFoundError, OSError]
    silent(paths[5])
    with pytest.raises(Refusal, match=r"«.5.»"):
        list(file_access.read_files(paths, 30))


def test_a_returned_file_on_a_share_that_is_gone(run: Run, tmp_path: Path, silent: Callable[[Path], None]) -> None:
    path, out = write_orders(tmp_path / "commandes.xlsx"), tmp_path / "out"
    run("convert", path, "--no-attachments", "--date", TODAY, "--out", out)
    (sent,) = out.glob("lot-*/JSON-*.json")
    answer = tmp_path / sent.name
    answer.write_bytes(sent.read_bytes())
    silent(answer)
    status, _, err = run("return", answer, "--out", out)
    assert (status, err.count("\n")) == (2, 1)


# Names


def test_a_loop_of_links_is_a_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    loop, good = tmp_path / "boucle.xlsx", write_orders(tmp_path / "bon.xlsx")
    loop.symlink_to(loop)
    status, out, err = run("convert", loop, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "boucle.xlsx" in err
    for options in (("--out", loop), ("--ledger", loop, "--out", tmp_path / "out"), ("--out", loop / "dedans")):
        assert run("convert", good, "--no-attachments", "--date", TODAY, *options)[0] == 2


@pytest.mark.parametrize("day", ["0999-12-31", "0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_an_upload_day_of_another_age(run: Run, tmp_path: Path, day: str) -> None:
    path = write_orders(tmp_path / "commandes.xlsx")
    status, out, err = run("convert", path, "--no-attachments", "--date", day, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert day in err


LATIN_1 = os.fsdecode(b"comm\xe9")


def test_names_that_are_no_utf_8(run: Run, tmp_path: Path) -> None:
    out, good = (
        tmp_path / "out",
        write_orders(tmp_path / "bon.xlsx", [ORDER, ORDER | {"refCommande": "B", "RPPS": "1"}]),
    )
    named = good.rename(tmp_path / f"{LATIN_1}.xlsx")
    assert run("convert", named, "--no-attachments", "--date", TODAY, "--out", out)[0] == 1
    (sent,) = out.glob("lot-*/JSON-*.json")
    answer = tmp_path / f"{LATIN_1}.json"
    rendered = sent.read_text(encoding="utf-8").replace('"codeTraitement": null', '"codeTraitement": "0011"')
    answer.write_text(rendered.replace('"libelleTraitement": null', '"libelleTraitement": "Non"'), encoding="utf-8")
    assert run("return", answer, "--out", out)[0] == 1
    for words in (
        ("convert", named, "--no-attachments", "--out", tmp_path / LATIN_1),
        ("status", "--out", tmp_path / LATIN_1),
        ("status", "--ledger", tmp_path / LATIN_1, "--out", out),
        ("void", f"{LATIN_1}.json", "--out", out),
        ("return", "--rejected", f"{LATIN_1}.json", "--reason", "non", "--out", out),
        ("return", "--rejected", "a.json", "--reason", LATIN_1, "--out", out),
        ("status", "--state", LATIN_1, "--out", out),
        (LATIN_1,),
    ):
        status, stdout, err = run(*words)
        assert (status, stdout, err.count("\n")) == (2, "", 1), words
    for words in (("check", tmp_path / f"{LATIN_1}.json"), ("template", tmp_path / f"modele-{LATIN_1}.xlsx")):
        assert run(*words)[0] in (0, 1), words


@pytest.mark.parametrize("letter", ["a", "é", "𝒳"])
def test_the_copy_of_a_workbook_of_the_longest_name_is_still_made(run: Run, tmp_path: Path, letter: str) -> None:
    name = letter * (249 // len(letter.encode())) + ".xlsx"
    path = write_orders(tmp_path / name, [ORDER, ORDER | {"refCommande": "B", "RPPS": "1"}])
    assert run("convert", path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")[0] == 1
    (copy,) = (tmp_path / "out").glob("lot-*/*-erreurs.xlsx")
    assert len(os.fsencode(copy.name)) <= 255
    assert copy.name.startswith(letter * 50)


def test_copies_whose_names_are_one_on_some_systems_are_told_apart(run: Run, tmp_path: Path) -> None:
    wrong = [ORDER | {"RPPS": "1"}]
    names = ["a.xlsx", "A.XLSX", "é.xlsx", "e\u0301.xlsx", "É.xlsx", "ß.xlsx", "SS.xlsx"]
    paths = [
        write_orders(tmp_path / name, [one | {"refCommande": f"R{rank}"} for one in wrong])
        for rank, name in enumerate(names)
    ]
    run("convert", *paths, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    copies = [path.name for path in (tmp_path / "out").glob("lot-*/*.xlsx")]
    assert len(copies) == len(names)
    assert len({unicodedata.normalize("NFC", name).casefold() for name in copies}) == len(names)


# Texts

TURNED = "\u202e\u202d\u2066\u2067\u2069\u200f\u061c\u2028"


def test_a_cell_never_reads_otherwise_than_it_is(run: Run, tmp_path: Path) -> None:
    evil = f"12{TURNED}34"
    columns = [*ORDER, f"RPP{TURNED}S2"]
    rows = [ORDER | dict.fromkeys(ORDER, evil) | {"refCommande": f"R{TURNED}1"}]
    path = write_orders(tmp_path / f"c{TURNED}d.xlsx", rows, columns=columns)
    status, out, err = run("convert", path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    assert status == 1
    seen = re.compile(f"[{TURNED}]")
    assert not seen.search(out + err)
    (report,) = (tmp_path / "out").glob("lot-*/rapport.html")
    assert not seen.search(report.read_text(encoding="utf-8"))
    (copy,) = (tmp_path / "out").glob("lot-*/*.xlsx")
    book = openpyxl.load_workbook(copy)
    listed = [str(cell.value or "") for row in book["Anomalies"].iter_rows() for cell in row]
    assert "12\ufffd" in "".join(listed)
    assert not [text for text in listed if seen.search(text)]
    comments = [cell.comment.text for row in book["Demandes"].iter_rows() for cell in row if cell.comment]
    assert comments
    assert not [text for text in comments if seen.search(text)]


# Bounds of single cells and sheets, told by their own sentences


def test_a_cell_longer_than_excel_allows(run: Run, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "commandes.xlsx", [ORDER, ORDER | {"refCommande": "B"}])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    long = f'<c r="A3" t="inlineStr"><is><t>{"x" * 32_768}</t></is></c>'
    repack(path, {"xl/worksheets/sheet2.xml": re.sub(r'<c r="A3"[^>]*>.*?</c>', long, sheet)})
    status, out, err = run("convert", path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "A3" in err
    assert "32\u00a0767" in err


def test_more_merged_cells_than_can_be_followed(run: Run, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "commandes.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    merged = "".join(f'<mergeCell ref="A{100 * row + 3}:CV{100 * row + 99}"/>' for row in range(100))
    changed = sheet.replace("</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>")
    repack(path, {"xl/worksheets/sheet2.xml": changed})
    status, out, err = run("convert", path, "--no-attachments", "--date", TODAY, "--out", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "fusionne trop de cellules" in err


def test_a_second_interruption_does_not_stop_the_first_one_from_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.cli import dispatch

    class Insistent(io.StringIO):
        def write(self, text: str) -> int:
            signal.raise_signal(signal.SIGINT)
            return super().write(text)

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    stderr = Insistent()
    monkeypatch.setattr(dispatch, "run", interrupted)
    monkeypatch.setattr(sys, "stderr", stderr)
    before = signal.getsignal(signal.SIGINT)
    assert main(["status", "--out", str(tmp_path)]) == 2
    assert stderr.getvalue().startswith("Interrompu à votre demande")
    assert signal.getsignal(signal.SIGINT) is before
