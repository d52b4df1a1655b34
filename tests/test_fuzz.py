"""Whatever is thrown at it: findings or one sentence, never a traceback, never a JSON file that `check` refuses.

Examples are the same at each run, and few: the bound is time. `make fuzz` draws new ones for ten minutes; what it
found stands as explicit cases.
"""

import contextlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from orders import ORDER, SUPPLIER, write_orders
from package_parts import MAIN, OFFICE, PACKAGE, parts, sheet

from converter.cli import main
from converter.format.fields import FIELDS

DRAWN = int(os.environ.get("FUZZ_EXAMPLES", "0"))  # by `make fuzz`
BOUNDED = settings(
    max_examples=DRAWN or 30,
    deadline=None,
    derandomize=not DRAWN,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a failure is told at once: each example takes a run
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TAGS = [field.tag for field in FIELDS]
STRUCTURE = {tag: value for tag, value in ORDER.items() if "Medecin" not in tag and tag != "RPPS"} | {
    "commandePour": "STRUCTURE",
    "FINESSJuridique": "750000007",
    "nomResponsable": "DURAND",
    "emailResponsable": "direction@centre.fr",
    "telephoneResponsable": "0144556677",
    "FINESSGeo": "750000015",
}
Raw = str | int | float | bool | None


def run(*words: str | Path) -> tuple[int, str]:
    """One command; its status and what it says on stderr, which is never a traceback nor a defect of ours."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words])
    told = err.getvalue()
    assert status in {0, 1, 2}
    assert "Traceback" not in told
    assert "Défaut du convertisseur" not in told, told
    assert status != 2 or told.count("\n") == 1
    return status, told


def converted(content: bytes) -> list[dict[str, Any]]:
    """The JSON files that a workbook gives, each of which `check` takes; nothing is left when it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "commandes.xlsx"), Path(folder, "out")
        path.write_bytes(content)
        status, _ = run("convert", path, "--no-attachments", "--date", "2026-11-23", "--out", out)
        files = list(out.glob("lot-*/JSON-*.json"))
        if status == 2:
            assert not list(out.rglob("*"))
        for file in files:
            assert run("check", file)[0] == 0
        for annotated in out.glob("lot-*/*-erreurs.xlsx"):
            assert run("validate", annotated, "--no-attachments", "--out", Path(folder, "again"))[0] in {0, 1}
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]


# Cells


def _legal(text: str) -> str:
    """Without what no XML file can hold."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


NEAR_MISSES = [
    "", " ", "\u00a0", "OUI", "non", "Vrai", "0", "1", "2", "-1", "1E+10", "1,0E10", "NULL", "#N/A", "=1+1",
    "+33 1 44 55 66 77", "(0)144556677", "01.44.55.66.77", "99900012347", "899900012347", "2A1234567", "750000007",
    "1075", "1 075,50 €", "1.075,5", "1,075", "0.005", "-0", "1e-7", "999999999999999999999",
    "31/02/2026", "29/02/2028", "1/1/26", "2026-11-04", "04.11.2026", "46330", "24/11/2026",
    "٣", "８", "ß", "İ", "ﬁ", "é\u0301", "\u200b", "\u202eabc", "_x0007_", "_x005F_x0007_", "\ufeff", "A" * 300,
    "a@b", "a@b.fr", "é@è.fr", "a b@c.fr", "CH _28", "ch_28", "CH _28 – CH DE LA DRACENIE", "HT", "ttc", "LIBERAL",
    "structure", "00001", "99999", "100000", "bdc.pdf", "../bdc.pdf", "bdc.exe", "a\nb", "\\", '"', "{{ 7*7 }}",
    "{valeur}", "%s",
]  # fmt: skip
TEXTS = st.sampled_from(NEAR_MISSES) | st.text(max_size=30).map(_legal)
NUMBERS = (
    st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.1, 1e22, 46330.5])
)
VALUES: st.SearchStrategy[Raw] = TEXTS | NUMBERS | st.booleans() | st.none()
ROWS = st.lists(
    st.tuples(st.sampled_from([ORDER, STRUCTURE, {}]), st.dictionaries(st.sampled_from(TAGS), VALUES, max_size=4)),
    min_size=1,
    max_size=5,
)


def _cell(value: Raw) -> str:
    if value is None:
        return '<c s="0"/>'
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _rows(rows: Sequence[Sequence[Raw]]) -> str:
    return sheet("".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows))


def workbook(rows: Sequence[Sequence[Raw]], supplier: Sequence[Sequence[Raw]]) -> bytes:
    """A workbook of two sheets, written as sparsely as the format allows: no addresses, no styles."""
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Demandes" sheetId="1" r:id="rId1"/>'
        '<sheet name="Paramètres" sheetId="2" r:id="rId2"/></sheets></workbook>'
    )
    links = "".join(
        f'<Relationship Id="rId{rank}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{rank}.xml"/>'
        for rank in (1, 2)
    )
    content = parts(
        workbook=book,
        workbook_relations=f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        sheet1=_rows(rows),
        **{"xl/worksheets/sheet2.xml": _rows(supplier)},
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


@BOUNDED
@given(ROWS)
def test_any_cells(rows: list[tuple[dict[str, str], dict[str, Raw]]]) -> None:
    lines = [[(base | changes).get(tag) for tag in TAGS] for base, changes in rows]
    for document in converted(workbook([TAGS, *lines], list(SUPPLIER.items()))):
        assert all(line["commande"]["montantSegurHT"] > 0 for line in document["lignesImport"])


@BOUNDED
@given(
    st.lists(st.lists(VALUES | st.sampled_from(TAGS), max_size=8), max_size=6),
    st.lists(st.tuples(TEXTS, VALUES), max_size=4),
)
def test_any_sheets(rows: list[list[Raw]], supplier: list[tuple[str, Raw]]) -> None:
    converted(workbook([TAGS, *rows], supplier))
    converted(workbook([*rows, TAGS], list(SUPPLIER.items())))


# Bytes


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_orders(tmp_path_factory.mktemp("whole") / "commandes.xlsx", [ORDER, STRUCTURE]).read_bytes()


@BOUNDED
@given(data=st.data())
def test_any_flipped_bits(whole: bytes, data: st.DataObject) -> None:
    content = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    converted(bytes(content))


@BOUNDED
@given(data=st.data())
def test_any_slice_moved_cut_or_doubled(whole: bytes, data: st.DataObject) -> None:
    start, end, at = (data.draw(st.integers(0, len(whole))) for _ in range(3))
    converted(whole[:at] + whole[min(start, end) : max(start, end)] + whole[at:])
    converted(whole[: min(start, end)] + whole[max(start, end) :])


@BOUNDED
@given(data=st.data())
def test_any_part_swapped_or_changed(whole: bytes, data: st.DataObject) -> None:
    """The zip is sound: what is wrong is inside, where parsers are."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(content)
    one, other = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    content[one], content[other] = content[other], content[one]
    changed = data.draw(st.sampled_from(names))
    xml = bytearray(content[changed])
    for place in data.draw(st.lists(st.integers(0, len(xml) - 1), max_size=3)):
        xml[place : place + data.draw(st.integers(0, 9))] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"<", b">", b'"', b"&"])
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            if name != data.draw(st.sampled_from(["", *names])):
                archive.writestr(name, bytes(xml) if name == changed else content[name])
    converted(stream.getvalue())


# A sheet's own XML

SPACES = st.sampled_from(["", " ", "  ", "\n", "\t"])
ADDRESSES = st.sampled_from(
    ["A2", "B2", "a2", "A1", "ZZ2", "CZ120000", "XFD1048576", "XFE1", "A1048577", "A2147483648", "A4294967297", "A0",
     "A99999999999999999999", "AAAAAAAAAAAA3", "AAAAAAA2", "2A", "A", "2", "$A$2", "A2:B3", "A-2", "A2 ", "É2", "",
     "R1C1"]
)  # fmt: skip
TYPES = st.sampled_from(["", "s", "str", "inlineStr", "b", "e", "d", "n", "x", "S"])
INSIDES = st.sampled_from(
    ["", "<v>1</v>", "<v>0</v>", "<v>99999</v>", "<v>-1</v>", "<v/>", "<v>", "</v>", "<f>A1</f>", "<f/>",
     "<is><t>a</t></is>", "<is/>", "<v>#N/A</v>", "<v>2026-11-04T25:00:00</v>", "<v>99999999999999999999</v>", "<x/>",
     "<!-- -->", "<![CDATA[a]]>", "&amp;", "&#0;", "&x;", "text", "<c>", "</c>", "<row>", "</row>"]
)  # fmt: skip


@st.composite
def attributes(draw: st.DrawFn, values: dict[str, st.SearchStrategy[str]]) -> str:
    """Attributes in any order, spelt in any way that some reader may take."""
    names = draw(st.lists(st.sampled_from([*values, "x", "xml:space", "hidden"]), max_size=4))
    written = []
    for name in names:
        quote = draw(st.sampled_from(['"', "'", ""]))
        value = draw(values.get(name, st.sampled_from(["1", ">", "a" * 2_000, 'r="A9"', ""])))
        equals = draw(SPACES) + "=" + draw(SPACES)
        written.append(draw(st.sampled_from([" ", "\n", "  ", ""])) + name + equals + quote + value + quote)
    return "".join(written)


@st.composite
def odd_rows(draw: st.DrawFn) -> str:
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        cells = [
            f"<c{draw(attributes({'r': ADDRESSES, 't': TYPES, 's': st.sampled_from(['0', '99999', '-1'])}))}>"
            + "".join(draw(st.lists(INSIDES, max_size=2)))
            + draw(st.sampled_from(["</c>", "</c>", "</c>", ""]))
            for _ in range(draw(st.integers(0, 4)))
        ]
        numbers = st.sampled_from(["3", "2", "0", "-1", "1048577", "2147483648", "9" * 20, "x"])
        rows.append(f"<row{draw(attributes({'r': numbers}))}>{''.join(cells)}</row>")
    return "".join(rows)


@BOUNDED
@given(odd_rows())
def test_any_spelling_of_rows_and_cells(whole: bytes, rows: str) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet2.xml"
    content[part] = content[part].replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    converted(stream.getvalue())


# What the portal hands back

KEYS = st.sampled_from([*TAGS, "lignesImport", "numLigne", "codeTraitement", "numeroASP"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(NEAR_MISSES)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder in which two requests were emitted, and their file."""
    folder = tmp_path_factory.mktemp("emitted")
    path = write_orders(folder / "commandes.xlsx", [ORDER, ORDER | {"refCommande": "B"}])
    run("convert", path, "--no-attachments", "--date", "2026-11-23", "--out", folder / "out")
    (file,) = (folder / "out").glob("lot-*/JSON-*.json")
    return folder, json.loads(file.read_text(encoding="utf-8"))


def _places(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(one for key, item in inner for one in _places(item, (*place, key)))]


def _put(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _put(copy[place[0]], place[1:], new)
    return copy


@BOUNDED
@given(data=st.data())
def test_any_return_file(emitted: tuple[Path, dict[str, Any]], data: st.DataObject) -> None:
    folder, document = emitted
    for _ in range(data.draw(st.integers(1, 3))):
        document = _put(document, data.draw(st.sampled_from(_places(document))), data.draw(ANYTHING))
    content = json.dumps(document, allow_nan=True).encode()
    for place in data.draw(st.lists(st.integers(0, len(content)), max_size=1)):
        content = content[:place] + data.draw(st.binary(max_size=3)) + content[place:]
    file = folder / "JSON-1234567890-20261123-001.json"
    file.write_bytes(content)
    run("check", file)
    run("check", file, "--write-return", folder / "retour")
    run("return", file, "--out", folder / "out")
    assert run("status", "--out", folder / "out")[0] == 0
