"""A copy that would not be sound does not land: its list of findings does, as a plain workbook."""

import re
from pathlib import Path

import openpyxl
import pytest
from annotated import SHEET, followed, mark, parts, wrong
from conftest import DAY, command
from feature_workbooks import changed, written
from package_parts import repack
from workbooks import rows_of, solo, write_workbook

from converter.views.annotate import AnnotationImpossible, copy_check
from converter.views.annotate.package_editor import EditedPackage

HEADER = ["Feuille", "Ligne", "Colonne", "Balise", "Valeur", "Gravité", "Code", "Message", "Remède"]


def spoilt(monkeypatch: pytest.MonkeyPatch, part: str, old: bytes, new: bytes) -> None:
    """From now on, what is written into that part comes out otherwise."""
    write = EditedPackage.write

    def wrongly(package: EditedPackage, name: str, content: bytes) -> None:
        write(
            package,
            name,
            re.sub(old, new, content, count=1) if name == part and isinstance(content, bytes) else content,
        )

    monkeypatch.setattr(EditedPackage, "write", wrongly)


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("xl/worksheets/sheet1.xml", b"</c>", b"", "n'est pas du XML"),
        ("xl/worksheets/sheet1.xml", b'<c r="B2" s="\\d+"', b'<c r="B2" s="99"', "demande le format 99"),
        ("xl/styles.xml", b'<cellXfs count="\\d+"', b'<cellXfs count="2"', "se compte mal"),
        ("xl/styles.xml", b'(<cellXfs[^>]*><xf [^>]*?fillId=)"\\d"', b'\\1"77"', "fillId 77"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet3.xml", b"worksheets/sheet8.xml", "mène à"),
        ("xl/worksheets/_rels/sheet1.xml.rels", b'Id="rId2"', b'Id="rId1"', "deux liens"),
        ("[Content_Types].xml", b"/xl/comments1.xml", b"/xl/comments8.xml", "comments8"),
        ("[Content_Types].xml", b'<Default Extension="vml"[^>]*/>', b"", "pas de type"),
    ],
)
def test_a_copy_that_excel_would_repair_is_not_given(
    part: str, old: bytes, new: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt(monkeypatch, part, old, new)
    with pytest.raises(AnnotationImpossible, match=said):
        mark(written(), tmp_path, [wrong("B2")], [followed((2,), "À corriger")])


def test_what_was_wrong_in_the_users_workbook_is_no_fault_of_the_copy(tmp_path: Path) -> None:
    source = changed(
        written(),
        {
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace("</Relat", f"{LOST_LINK}</Relat"),
            "xl/styles.xml": lambda xml: xml.replace('<cellStyleXfs count="1"', '<cellStyleXfs count="9"'),
        },
    )
    assert parts(mark(source, tmp_path, [wrong("B2")]))


LOST_LINK = (
    '<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
    'Target="externalLinks/absent.xml"/>'
)


def test_a_large_sheet_is_looked_at_by_its_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_check, "_LARGE", 600)
    assert mark(written(), tmp_path, [wrong("B2")], [followed((2, 5), "À corriger")])
    spoilt(monkeypatch, "xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheetdata>")
    with pytest.raises(AnnotationImpossible, match="n'est pas du XML"):
        mark(written(), tmp_path, [wrong("B2")], [followed((2, 5), "À corriger")])


def test_a_workbook_that_cannot_be_annotated_gets_its_list_of_findings(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "commandes.xlsx", rows_of(solo("BC-1", 1), solo("BC-2", 2, RPPS="=1+1")))
    with_comment = parts(path.read_bytes())["xl/styles.xml"].replace(b"<fonts", b"<!-- --><fonts", 1)
    repack(path, {"xl/styles.xml": with_comment})
    run = command("convert", path, "--no-attachments", "--date", DAY, "--out", tmp_path / "out")

    assert run.status == 1
    assert run.document["annotated"] == []
    assert f'converter convert "{path}"' in run.stderr
    told = next(one for one in run.document["findings"] if one["code"] == "annotation-impossible")
    assert "commandes-anomalies.xlsx" in told["message"]
    book = openpyxl.load_workbook(Path(run.document["lot"]) / "commandes-anomalies.xlsx")
    lines = [[cell.value for cell in row] for row in book["Anomalies"].iter_rows()]
    assert lines[0] == HEADER
    assert lines[1][:7] == [SHEET, 3, "O", "RPPS", "=1+1", "erreur", lines[1][6]]
    assert book["Anomalies"]["E2"].data_type == "s"
    assert book["Anomalies"].auto_filter.ref == f"A1:I{len(lines)}"
