"""Archives: what each zip holds, its exact size, and what becomes of it when something goes wrong."""

import hashlib
import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.documents import pdf

from converter.documents.archives import MAX_ARCHIVE, plan, write_archive
from converter.documents.attaching import Document, NamedDocument
from converter.findings import Refusal
from converter.format.file_names import JsonFileName


def sized(name: str, size: int) -> NamedDocument:
    """An entry of which only the size counts."""
    return NamedDocument(name, Document("BON_COMMANDE", "PDF", None, size))


def on_disk(path: Path, content: bytes, name: str) -> NamedDocument:
    """An entry whose document stands at `path`, as `attach` would have seen it."""
    path.write_bytes(content)
    fingerprint = hashlib.sha256(content).hexdigest()
    return NamedDocument(name, Document("BON_COMMANDE", "PDF", path, len(content), fingerprint))


def names(archives: list[tuple[NamedDocument, ...]]) -> list[list[str]]:
    return [[entry.nomFichier for entry in entries] for entries in archives]


def test_archive_name() -> None:
    assert JsonFileName("LGC1234567", date(2026, 11, 22), 7).archive(2) == "PJ-LGC1234567-20261122-007-2.zip"


def test_the_limit_is_200_mo() -> None:
    assert MAX_ARCHIVE == 200_000_000


def test_nothing_to_pack() -> None:
    assert plan([]) == []
    assert plan([(), ()]) == []


def test_a_request_is_never_split() -> None:
    # a, b and c would fit together (556 bytes), but not with d.
    requests = [(sized("a", 100), sized("b", 100)), (sized("c", 100), sized("d", 100)), (sized("e", 100),)]
    assert names(plan(requests, limit=600)) == [["a", "b"], ["c", "d", "e"]]


def test_headers_count_to_the_byte() -> None:
    # Each entry: 1000 bytes, a local header of 30 + 1 and a directory header of 46 + 1; 22 bytes end the zip.
    requests = [(sized("a", 1000),), (sized("b", 1000),)]
    assert names(plan(requests, limit=2 * 1078 + 22)) == [["a", "b"]]
    assert names(plan(requests, limit=2 * 1078 + 21)) == [["a"], ["b"]]


def test_a_zip_is_as_large_as_planned(tmp_path: Path) -> None:
    first = on_disk(tmp_path / "1", b"%PDF-" + b"1" * 995, "MDV-LGC-Val-BDC-00001.pdf")
    second = on_disk(tmp_path / "2", b"%PDF-" + b"2" * 495, "MDV-LGC-Val-BDC-00002.pdf")
    expected = 1000 + 500 + 2 * (30 + 25 + 46 + 25) + 22
    assert write_archive(tmp_path / "pj.zip", (first, second)) == expected
    assert (tmp_path / "pj.zip").stat().st_size == expected
    assert len(plan([(first,), (second,)], limit=expected)) == 1
    assert len(plan([(first,), (second,)], limit=expected - 1)) == 2


@given(st.lists(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=2), max_size=200))
def test_every_entry_goes_once_in_order_within_the_limit(sizes: list[list[int]]) -> None:
    requests = [
        tuple(sized(f"MDV-LGC-Val-BDC-{row:05}-{n}", size) for n, size in enumerate(one))
        for row, one in enumerate(sizes)
    ]
    archives = plan(requests, limit=6_000_300)
    assert [entry for archive in archives for entry in archive] == [entry for one in requests for entry in one]
    for archive in archives:
        assert sum(entry.document.size + 76 + 2 * 23 for entry in archive) + 22 <= 6_000_300
    in_archive = {entry: n for n, archive in enumerate(archives) for entry in archive}
    assert all(len({in_archive[entry] for entry in one}) == 1 for one in requests)


def test_entries_are_the_users_files_byte_for_byte(tmp_path: Path) -> None:
    contents = {
        "MDV-LGC-Val-BDC-00001.pdf": b"%PDF-1.4\r\n\x00\xff\x1a",
        "MDV-LGC-Val-HT-00001.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "MDV-LGC-Val-BDC-00002.jpg": b"\xff\xd8\xff\xe0",
    }
    entries = [on_disk(tmp_path / f"{n}", content, name) for n, (name, content) in enumerate(contents.items())]
    write_archive(tmp_path / "pj.zip", entries)
    with ZipFile(tmp_path / "pj.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents
        assert archive.namelist() == list(contents)
        assert {info.compress_type for info in archive.infolist()} == {ZIP_STORED}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_same_documents_same_bytes(tmp_path: Path) -> None:
    before = on_disk(tmp_path / "a", b"%PDF-1.4 contenu", "MDV-LGC-Val-BDC-00001.pdf")
    after = on_disk(tmp_path / "b", b"%PDF-1.4 contenu", "MDV-LGC-Val-BDC-00001.pdf")
    os.utime(tmp_path / "b", (1_000_000_000, 1_000_000_000))
    (tmp_path / "b").chmod(0o600)
    write_archive(tmp_path / "1.zip", [before])
    write_archive(tmp_path / "2.zip", [after])
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_only_the_owner_and_the_group_may_read(tmp_path: Path) -> None:
    write_archive(tmp_path / "pj.zip", [on_disk(tmp_path / "a", b"%PDF-", "MDV-LGC-Val-BDC-00001.pdf")])
    assert stat.S_IMODE((tmp_path / "pj.zip").stat().st_mode) == 0o640


@pytest.mark.parametrize("now", [b"%PDF-1.4 CHANGE", b"%PDF-1.4 plus long qu'avant", b"%PDF", None])
def test_a_document_changed_during_the_run_stops_it_and_leaves_nothing(tmp_path: Path, now: bytes | None) -> None:
    entries = [
        on_disk(tmp_path / "martin.pdf", b"%PDF-1.4", "MDV-LGC-Val-BDC-00001.pdf"),
        on_disk(tmp_path / "durand.pdf", b"%PDF-1.4 change", "MDV-LGC-Val-BDC-00002.pdf"),
    ]
    (tmp_path / "durand.pdf").unlink()
    if now is not None:
        (tmp_path / "durand.pdf").write_bytes(now)
    batch = tmp_path / "lot"
    batch.mkdir()
    with pytest.raises(Refusal) as refusal:
        write_archive(batch / "pj.zip", entries)
    assert "MDV-LGC-Val-BDC-00002.pdf" in str(refusal.value)
    assert "durand" not in str(refusal.value)
    assert list(batch.iterdir()) == []


def test_a_file_that_stands_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pj.zip").write_text("à moi", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_archive(tmp_path / "pj.zip", [on_disk(tmp_path / "a", b"%PDF-", "MDV-LGC-Val-BDC-00001.pdf")])
    assert (tmp_path / "pj.zip").read_text(encoding="utf-8") == "à moi"


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    entry = on_disk(tmp_path / "a", b"%PDF-", "MDV-LGC-Val-BDC-00001.pdf")
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_archive(tmp_path / "pj.zip", [entry])
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


_WHOLE_JOB = """
import re, sys
from pathlib import Path
from converter.documents.archives import plan, write_archive
from converter.documents.attaching import NamedDocument, attach
from converter.format.file_names import document_name
from converter.documents.folder import index_folder
sys.path.insert(0, sys.argv[2])
from test_attachments import request

work = Path(sys.argv[1])
folder = index_folder(work)
documents, findings = attach([request(f"{n}.pdf", row=n) for n in range(2, 82)], lambda _: folder, {})
assert not findings
entries = [
    [NamedDocument(document_name("BON_COMMANDE", f"{n:05}", "PDF"), one[0])]
    for n, one in enumerate(documents, 1)
]
for k, archive in enumerate(plan(entries), 1):
    print(len(archive), write_archive(work / f"pj-{k}.zip", archive))
print(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1])  # KiB; ru_maxrss is also the parent's
"""


def test_80_documents_of_2_99_mo_make_two_zips_in_little_memory(tmp_path: Path) -> None:
    for n in range(2, 82):
        too_long = len(pdf(f"{n:02}", 2_990_000)) - 2_990_000
        (tmp_path / f"{n}.pdf").write_bytes(pdf(f"{n:02}", 2_990_000 - too_long))
    done = subprocess.run(
        [sys.executable, "-c", _WHOLE_JOB, tmp_path, Path(__file__).parent],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    for path in tmp_path.glob("*.zip"):
        path.unlink()  # pytest keeps the folders of its last runs
    assert done.returncode == 0, done.stderr
    *archives, peak = done.stdout.splitlines()
    # 2 990 000 + 76 + 2 × 25 bytes an entry: 66 of them and 22 bytes make 197 348 338; a 67th would pass the limit.
    assert archives == ["66 197348338", "14 41861786"]
    assert int(peak) < 300 * 1024
