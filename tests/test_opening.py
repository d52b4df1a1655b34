"""Documents that a person could not open are errors, whatever is done to them; none of them can harm the run."""

import io
import os
import time
from pathlib import Path

import pytest
from conftest import DAY, command
from PIL import Image
from pypdf import PdfReader, PdfWriter
from samples.documents import jpg, pdf, png
from workbooks import rows_of, solo, write_workbook

from converter.documents import opening
from converter.documents.opening import CUT_SHORT, OPENS, PROTECTED, WRONG, defect_of

PDF, PNG, JPG = pdf("bon"), png("bon"), jpg("bon")


def locked(user: str, owner: str | None = None) -> bytes:
    """The PDF, encrypted; with an empty `user` password, it opens as if it were not."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PDF)))
    writer.encrypt(user, owner)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def without_page() -> bytes:
    written = io.BytesIO()
    PdfWriter().write(written)
    return written.getvalue()


SCAN = Image.frombytes("L", (300, 400), bytes(range(240)) * 500)
SCANS = {"PDF": saved(SCAN, "PDF"), "PNG": saved(SCAN, "PNG"), "JPG": saved(SCAN, "JPEG")}
RIGHT = {
    "a PDF": (PDF, "PDF"),
    "a PNG": (PNG, "PNG"),
    "a JPG": (JPG, "JPG"),
    "a scan in PDF": (SCANS["PDF"], "PDF"),
    "a scan in PNG": (SCANS["PNG"], "PNG"),
    "a scan in JPG": (SCANS["JPG"], "JPG"),
    "a progressive JPG": (saved(SCAN, "JPEG", progressive=True), "JPG"),
    "a PDF that only its owner may change": (locked("", "proprietaire"), "PDF"),
    "a PDF with something after its end": (PDF + b"\n<!-- passerelle -->\n", "PDF"),
    "a PDF with something before its beginning": (b"\xef\xbb\xbf\r\n" + b" " * 900 + PDF, "PDF"),
    "a JPG with something after its end": (JPG + b"\0" * 50, "JPG"),
    "a black page of 560 million dots": (saved(Image.new("1", (20_000, 28_000)), "PNG"), "PNG"),
    "one dot": (saved(Image.new("RGB", (1, 1)), "PNG"), "PNG"),
}
WRONGS = {
    "a PDF with a password": (locked("secret"), "PDF", PROTECTED),
    "a PDF without a page": (without_page(), "PDF", WRONG),
    "half a PDF": (PDF[: len(PDF) // 2], "PDF", CUT_SHORT),
    "half a scan in PDF": (SCANS["PDF"][: len(SCANS["PDF"]) // 2], "PDF", CUT_SHORT),
    "a PDF without its last line": (PDF[:-8], "PDF", CUT_SHORT),
    "the header of a PDF": (b"%PDF-1.4\n%%EOF\n", "PDF", WRONG),
    "half a JPG": (SCANS["JPG"][: len(SCANS["JPG"]) // 2], "JPG", CUT_SHORT),
    "a JPG without its end": (SCANS["JPG"][:-2], "JPG", CUT_SHORT),
    "half a JPG, filled up": (SCANS["JPG"][: len(SCANS["JPG"]) // 2].ljust(len(SCANS["JPG"]), b"\0"), "JPG", CUT_SHORT),
    "the header of a JPG": (JPG[:20], "JPG", CUT_SHORT),
    "half a PNG": (SCANS["PNG"][: len(SCANS["PNG"]) // 2], "PNG", CUT_SHORT),
    "a PNG without its end": (SCANS["PNG"][:-12], "PNG", CUT_SHORT),
    "the header of a PNG": (PNG[:33], "PNG", WRONG),
    "a PNG without a dot": (
        saved(Image.new("L", (1, 1)), "PNG").replace(b"IHDR\0\0\0\1", b"IHDR\0\0\0\0"),
        "PNG",
        WRONG,
    ),
    "the signature of a PNG": (PNG[:8], "PNG", WRONG),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_a_person_opens_is_right(name: str) -> None:
    content, kind = RIGHT[name]
    assert defect_of(content, kind) == OPENS


@pytest.mark.parametrize("name", WRONGS)
def test_what_nobody_can_open_is_told_as_what_it_is(name: str) -> None:
    content, kind, defect = WRONGS[name]
    assert defect_of(content, kind) == defect


def test_a_document_is_not_taken_for_protected_after_one_that_is() -> None:
    assert [defect_of(locked("secret"), "PDF"), defect_of(without_page(), "PDF")] == [PROTECTED, WRONG]


@pytest.mark.parametrize("cut", range(5, 100, 5))
def test_a_scan_cut_anywhere_is_never_right(cut: int) -> None:
    for kind, content in SCANS.items():
        assert defect_of(content[: len(content) * cut // 100], kind) != OPENS


def test_all_of_them_in_one_run_are_told_on_their_cells(tmp_path: Path) -> None:
    files = {f"{rank}.{kind.lower()}": content for rank, (content, kind, _) in enumerate(WRONGS.values())}
    files |= {f"bon-{rank}.{kind.lower()}": content for rank, (content, kind) in enumerate(RIGHT.values())}
    (tmp_path / "pieces").mkdir()
    for name, content in files.items():
        (tmp_path / "pieces" / name).write_bytes(content)
    rows = rows_of(*(solo(name, rank, bonCommande=name) for rank, name in enumerate(files, start=1)))
    run = command("convert", write_workbook(tmp_path / "a.xlsx", rows), "--out", tmp_path / "out", "--date", DAY)
    codes = {
        defect: "document-protege" if defect == PROTECTED else "document-incomplet" for _, _, defect in WRONGS.values()
    }
    expected = [(f"AD{row}", "erreur", codes[defect]) for row, (_, _, defect) in enumerate(WRONGS.values(), start=2)]
    assert run.told == expected
    assert (run.status, run.counts) == (1, (len(RIGHT), 0, len(WRONGS)))


def found(documents: dict[str, bytes]) -> dict[str, str]:
    """What is wrong with each of these PDFs."""
    return dict(opening.defects(opening.Unopened(name, content, "PDF") for name, content in documents.items()))


@pytest.mark.parametrize("together", [200, 2])
def test_a_document_that_ends_its_process_is_an_error_and_the_others_are_opened(
    together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a library does in there: this process ends when it meets the first document."""
    code = (
        "import os; from converter.documents import opening; right = opening.defect_of;"
        "opening.defect_of = lambda content, kind: os.abort() if b'tombe' in content else right(content, kind);"
        "opening.serve()"
    )
    monkeypatch.setattr(opening, "_SERVE", code)
    monkeypatch.setattr(opening, "_TOGETHER", together)
    documents = {"b": PDF, "a": pdf("tombe"), "c": PDF, "d": b"%PDF-1.4\n%%EOF\n"}
    assert found(documents) == {"b": OPENS, "a": WRONG, "c": OPENS, "d": WRONG}


def test_where_no_other_process_follows_the_one_that_a_document_ended_it_is_not_opened_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processes = iter([opening.start_python("print('pret'); input()")])
    monkeypatch.setattr(opening, "start_python", lambda _: next(processes, None))
    monkeypatch.setattr(opening, "_TOGETHER", 1)
    assert found({"a": PDF, "b": PDF}) == {"a": WRONG, "b": OPENS}


def test_a_document_has_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import time; from converter.documents import opening; opening._SECONDS = 0.3;"
        "opening.defect_of = lambda content, kind: time.sleep(60); opening.serve()"
    )
    monkeypatch.setattr(opening, "_SERVE", code)
    start = time.monotonic()
    assert found({"a": PDF}) == {"a": WRONG}
    assert time.monotonic() - start < 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows ne borne pas le travail d'un processus")
def test_a_document_has_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import itertools; from converter.documents import opening; opening._PROCESSOR = 0.3;"
        "opening.defect_of = lambda content, kind: sum(itertools.repeat(1)); opening.serve()"
    )
    monkeypatch.setattr(opening, "_SERVE", code)
    assert found({"a": PDF}) == {"a": WRONG}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows ne borne pas la mémoire d'un processus")
def test_a_document_has_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from converter.documents import opening; right = opening.defect_of;"
        "opening.defect_of = lambda content, kind: opening.OPENS if len(bytearray(1 << 31)) else '';"
        "opening.serve()"
    )
    monkeypatch.setattr(opening, "_SERVE", code)
    assert found({"a": PDF}) == {"a": WRONG}


def test_without_another_process_documents_are_opened_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "start_python", lambda _: None)
    assert found({"a": locked("secret")}) == {"a": PROTECTED}
