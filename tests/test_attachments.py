"""Documents: what each name in a cell gives, the real files standing in a real folder."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from samples.documents import jpg, pdf, png

from converter.documents.attaching import Document, attach, attach_without_files
from converter.documents.folder import index_folder, unused
from converter.findings import Cell, Finding, Severity
from converter.format.fields import Beneficiaires, Doctor, Documents, Order, Reference, Scenario, Supplier
from converter.format.file_names import document_name
from converter.format.requests import Origin, Request

NBSP = "\u00a0"
WORKBOOK = Path("commandes.xlsx")
CERTIFICATE_CELL = Cell("commandes.xlsx", "Paramètres", 4, "B")
PDF, PNG, JPG = pdf("bon"), png("bon"), jpg("bon")
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


def request(
    bonCommande: str | None = None,
    preuveHT: str | None = None,
    *,
    regimeTVA: str = "TTC",
    supplier: str | None = None,
    row: int = 2,
    workbook: Path = WORKBOOK,
) -> Request:
    """A request of one doctor on `row`; bonCommande stands in column AC, preuveHT in AD."""
    return Request(
        supplier=Supplier("LGC1234567", "11111111100006", None, supplier),
        reference=Reference(f"BC-{row}", None),
        commande=Order("12/10/2026", regimeTVA, Decimal("1075.00")),
        beneficiaires=Beneficiaires("LIBERAL", False, True, None, None, None),
        liberal=(Doctor("DUPONT", "a@exemple.fr", "0100000000", "10000000001"),),
        structure=None,
        scenarioInstallation=Scenario(False, None, False, False, False, False, False, False, False),
        documents=Documents(bonCommande, preuveHT),
        origin=Origin(workbook, "Demandes", (row,), {"bonCommande": "AC", "preuveHT": "AD"}, {}),
    )


def run(folder: Path, *requests: Request) -> tuple[list[tuple[Document, ...]], list[Finding]]:
    index = index_folder(folder)
    return attach(requests, lambda _: index, {WORKBOOK: CERTIFICATE_CELL})


def the_error(folder: Path, typed: str) -> Finding:
    """The only finding, an error on the cell of bonCommande, of a request whose purchase order is `typed`."""
    documents, [told] = run(folder, request(typed))
    assert documents == [()]
    assert told.severity is Severity.ERROR
    assert (str(told.cell), told.tag, told.value) == ("AC2", "bonCommande", typed)
    return told


def paths(documents: tuple[Document, ...]) -> list[tuple[str, str, str]]:
    return [(one.typeFichier, one.formatFichier, one.path.name if one.path else "") for one in documents]


def test_names_are_those_of_the_guide() -> None:
    assert document_name("BON_COMMANDE", "00001", "PDF") == "MDV-LGC-Val-BDC-00001.pdf"
    assert document_name("PREUVE_HT", "01234", "JPG") == "MDV-LGC-Val-HT-01234.jpg"


def test_a_document_is_known_by_its_size_and_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF)
    documents, findings = run(tmp_path, request("bc.pdf"))
    fingerprint = "27110c2a623326ab003f9ad2c963f5dc28beda992f74e54d69e4ebbb29e2edb9"  # sha256sum
    assert documents == [(Document("BON_COMMANDE", "PDF", tmp_path / "bc.pdf", 541, fingerprint),)]
    assert findings == []


@pytest.mark.parametrize(
    ("on_disk", "typed"),
    [
        ("bc-001.pdf", "BC-001.PDF"),
        ("BC-001.PDF", "bc-001.pdf"),
        ("commande e\u0301te\u0301.pdf", "Commande \u00e9t\u00e9.pdf"),
        ("commande \u00e9t\u00e9.pdf", "commande e\u0301te\u0301.pdf"),
        ("Scan\u202f12  octobre.pdf", "scan 12 octobre.pdf"),
        ("bc\u200b-001.pdf", "bc-001.pdf"),
        ("dossier/sous/bc-001.pdf", "bc-001.pdf"),
        ("dossier/sous/bc-001.pdf", "Dossier/Sous/bc-001.pdf"),
        ("dossier/sous/bc-001.pdf", "dossier\\sous\\bc-001.pdf"),
        ("bc-001.pdf", "./bc-001.pdf"),
    ],
)
def test_a_name_is_found_as_a_person_reads_it(tmp_path: Path, on_disk: str, typed: str) -> None:
    file = tmp_path / on_disk
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(PDF)
    [[document]], findings = run(tmp_path, request(typed))
    assert document.path == file
    assert findings == []


@pytest.mark.parametrize(
    "typed",
    [
        "pieces/bon 1.pdf", "pieces\\bon 1.pdf", "./pieces/bon 1.pdf", "PIECES/Bon 1.pdf", '"bon 1.pdf"', "'bon 1.pdf'",
        "« bon 1.pdf »", '"pieces\\bon 1.pdf"', "file:{folder}/bon%201.pdf", "file://{folder}/bon 1.pdf",
        "\u201cbon 1.pdf\u201d",
    ],
)  # fmt: skip
def test_a_name_is_found_with_what_stands_around_it(tmp_path: Path, typed: str) -> None:
    folder = tmp_path / "pieces"
    folder.mkdir()
    (folder / "bon 1.pdf").write_bytes(PDF)
    [[document]], findings = run(folder, request(typed.replace("{folder}", folder.as_posix())))
    assert (document.path, findings) == (folder / "bon 1.pdf", [])


def test_the_name_as_it_is_typed_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "pieces"
    (folder / "pieces").mkdir(parents=True)
    (folder / "bon.pdf").write_bytes(PDF)
    (folder / "pieces" / "bon.pdf").write_bytes(PDF)
    [[document]], findings = run(folder, request("pieces/bon.pdf"))
    assert (document.path, findings) == (folder / "pieces" / "bon.pdf", [])


def test_an_apostrophe_before_a_number_is_that_of_a_csv(tmp_path: Path) -> None:
    (tmp_path / "0123.pdf").write_bytes(PDF)
    [[document]], findings = run(tmp_path, request("'0123.pdf"))
    assert (document.path, findings) == (tmp_path / "0123.pdf", [])


@pytest.mark.parametrize(
    "typed",
    ["file:///etc/bon.pdf", "file:///C:/pieces/bon.pdf", "file:{folder}/../bon.pdf", "file://{folder}x/bon.pdf"],
)
def test_an_address_that_leads_elsewhere_is_told_so(tmp_path: Path, typed: str) -> None:
    folder = tmp_path / "pieces"
    folder.mkdir()
    (folder / "bon.pdf").write_bytes(PDF)
    (tmp_path / "bon.pdf").write_bytes(PDF)
    assert the_error(folder, typed.replace("{folder}", folder.as_posix())).code == "document-hors-dossier"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("bc.pdf", PDF, "PDF"),
        ("bc.png", PNG, "PNG"),
        ("bc.jpg", JPG, "JPG"),
        ("bc.JPEG", JPG, "JPG"),
        ("entete.pdf", b"\xef\xbb\xbf\r\n" + b" " * 1000 + PDF, "PDF"),
    ],
)
def test_each_kind_that_the_portal_takes(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    [[document]], findings = run(tmp_path, request(name))
    assert (document.formatFichier, findings) == (kind, [])


def test_a_path_from_the_folder_wins_over_the_same_name_below(tmp_path: Path) -> None:
    (tmp_path / "anciens").mkdir()
    (tmp_path / "anciens" / "bc.pdf").write_bytes(PDF + b"1")
    (tmp_path / "bc.pdf").write_bytes(PDF)
    [[document]], findings = run(tmp_path, request("bc.pdf"))
    assert (document.path, findings) == (tmp_path / "bc.pdf", [])


def test_no_purchase_order(tmp_path: Path) -> None:
    documents, [told] = run(tmp_path, request(None))
    assert documents == [()]
    assert (told.code, str(told.cell), told.severity) == ("document-manquant", "AC2", Severity.ERROR)


def test_absent_folder(tmp_path: Path) -> None:
    told = the_error(tmp_path / "pieces", "bc.pdf")
    assert told.code == "dossier-pieces-absent"
    assert str(tmp_path / "pieces") in told.message


def test_a_file_in_place_of_the_folder_is_an_absent_folder(tmp_path: Path) -> None:
    (tmp_path / "pieces").write_bytes(PDF)
    assert the_error(tmp_path / "pieces", "bc.pdf").code == "dossier-pieces-absent"


def test_absent_file(tmp_path: Path) -> None:
    told = the_error(tmp_path, "bc-002.pdf")
    assert told.code == "document-absent"
    assert told.message == f"Le fichier «{NBSP}bc-002.pdf{NBSP}» n'est pas dans le dossier des pièces."
    assert "Vouliez-vous dire" not in told.remedy


@pytest.mark.parametrize("typed", ["bc_001.pdf", "BC 001.jpg", "bc-001", "pieces/bc001.pdf"])
def test_the_obvious_near_miss_is_offered(tmp_path: Path, typed: str) -> None:
    (tmp_path / "bc-001.pdf").write_bytes(PDF)
    assert f"Vouliez-vous dire «{NBSP}bc-001.pdf{NBSP}»{NBSP}?" in the_error(tmp_path, typed).remedy


def test_two_near_misses_are_not_obvious(tmp_path: Path) -> None:
    (tmp_path / "bc-001.pdf").write_bytes(PDF)
    (tmp_path / "bc001.png").write_bytes(PNG)
    assert "Vouliez-vous dire" not in the_error(tmp_path, "bc_001.pdf").remedy


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").touch()
    assert the_error(tmp_path, "bc.pdf").code == "document-vide"


def test_a_file_of_exactly_3_mo_goes_through(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF.ljust(3_000_000))
    [[document]], findings = run(tmp_path, request("bc.pdf"))
    assert (document.size, findings) == (3_000_000, [])


@pytest.mark.parametrize(("size", "told_as"), [(3_000_001, "3,01"), (12_340_000, "12,34")])
def test_too_large_a_file(tmp_path: Path, size: int, told_as: str) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF.ljust(size))
    told = the_error(tmp_path, "bc.pdf")
    assert told.code == "document-trop-lourd"
    assert f"pèse {told_as}{NBSP}Mo" in told.message
    assert "points par pouce" in told.remedy


@pytest.mark.parametrize(
    ("name", "content", "kind", "advice"),
    [
        ("bc.pdf", PNG, "PNG", "Renommez le fichier en «\u00a0bc.png\u00a0» et corrigez cette cellule."),
        ("bc.png", JPG, "JPG", "Renommez le fichier en «\u00a0bc.jpg\u00a0» et corrigez cette cellule."),
        ("bc.jpg", PDF, "PDF", "Renommez le fichier en «\u00a0bc.pdf\u00a0» et corrigez cette cellule."),
        ("bc.jpeg", HEIC, "HEIC", "enregistrez-le en PDF"),
        ("bc.pdf", b"PK\x03\x04" + b"\x00" * 26 + b"bc.pdf" + PDF, "ZIP", "enregistrez-le en PDF"),
        ("bc.pdf", "Bon de commande signé".encode(), "inconnu", "enregistrez-le en PDF"),
        ("bc.pdf", b" " * 1024 + PDF, "inconnu", "enregistrez-le en PDF"),
    ],
)
def test_content_that_is_not_what_the_name_says(
    tmp_path: Path, name: str, content: bytes, kind: str, advice: str
) -> None:
    (tmp_path / name).write_bytes(content)
    told = the_error(tmp_path, name)
    assert told.code == "document-contenu"
    assert f"son contenu est de type {kind}." in told.message
    assert advice in told.remedy


@pytest.mark.parametrize("name", ["bc.docx", "photo.heic", "bc", "bc.pdf.exe", ".pdf"])
def test_unknown_kind(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PDF)
    assert the_error(tmp_path, name).code == "document-format-inconnu"


@pytest.mark.parametrize(
    "typed",
    [
        "../bc.pdf", "a/../bc.pdf", "..\\bc.pdf", "/etc/bc.pdf",
        "\\bc.pdf", "\\\\serveur\\bc.pdf", "C:\\bc.pdf", "c:bc.pdf",
    ],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_folder(tmp_path: Path, typed: str) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF)
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces" / "bc.pdf").write_bytes(PDF)
    assert the_error(tmp_path / "pieces", typed).code == "document-hors-dossier"


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "ailleurs"
    outside.mkdir()
    (outside / "bc.pdf").write_bytes(PDF)
    folder = tmp_path / "pieces"
    folder.mkdir()
    (folder / "lien.pdf").symlink_to(outside / "bc.pdf")
    (folder / "dossier").symlink_to(outside)
    assert the_error(folder, "lien.pdf").code == "document-lien"
    assert the_error(folder, "dossier/bc.pdf").code == "document-lien"
    assert the_error(folder, "bc.pdf").code == "document-absent"


def test_files_that_differ_by_case_only(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF)
    (tmp_path / "BC.pdf").write_bytes(PDF)
    told = the_error(tmp_path, "bc.pdf")
    assert told.code == "document-jumeaux"
    assert f"«{NBSP}BC.pdf{NBSP}», «{NBSP}bc.pdf{NBSP}»" in told.message


def test_files_that_differ_by_unicode_composition_only(tmp_path: Path) -> None:
    (tmp_path / "\u00e9t\u00e9.pdf").write_bytes(PDF)
    (tmp_path / "e\u0301te\u0301.pdf").write_bytes(PDF)
    assert the_error(tmp_path, "été.pdf").code == "document-jumeaux"


def test_the_same_name_in_two_subfolders(tmp_path: Path) -> None:
    for name in "abcdef":
        (tmp_path / name).mkdir()
        (tmp_path / name / "bon.pdf").write_bytes(PDF)
    told = the_error(tmp_path, "bon.pdf")
    assert told.code == "document-plusieurs-dossiers"
    assert f"«{NBSP}a/bon.pdf{NBSP}», «{NBSP}b/bon.pdf{NBSP}»" in told.message
    assert told.message.endswith("….")
    [[document]], findings = run(tmp_path, request("b/bon.pdf"))
    assert (document.path, findings) == (tmp_path / "b" / "bon.pdf", [])


def test_a_name_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").mkdir()
    assert the_error(tmp_path, "bc.pdf").code == "document-est-dossier"


def test_unreadable_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube.pdf")
    assert the_error(tmp_path, "tube.pdf").code == "document-illisible"
    (tmp_path / "bc.pdf").write_bytes(PDF)
    index = index_folder(tmp_path)
    (tmp_path / "bc.pdf").unlink()
    _, [told] = attach([request("bc.pdf")], lambda _: index, {})
    assert told.code == "document-illisible"


def test_an_ht_request_sends_its_own_certificate_first(tmp_path: Path) -> None:
    for name, content in {"bc.pdf": PDF, "la-sienne.png": PNG, "fournisseur.pdf": PDF}.items():
        (tmp_path / name).write_bytes(content)
    own = request("bc.pdf", "la-sienne.png", regimeTVA="HT", supplier="fournisseur.pdf")
    [documents], findings = run(tmp_path, own)
    assert paths(documents) == [("BON_COMMANDE", "PDF", "bc.pdf"), ("PREUVE_HT", "PNG", "la-sienne.png")]
    assert findings == []


def test_the_supplier_certificate_serves_every_other_ht_request(tmp_path: Path) -> None:
    (tmp_path / "fournisseur.pdf").write_bytes(PDF + b"0")
    requests = []
    for row in (2, 3):
        (tmp_path / f"{row}.pdf").write_bytes(PDF + str(row).encode())
        requests.append(request(f"{row}.pdf", regimeTVA="HT", supplier="fournisseur.pdf", row=row))
    documents, findings = run(tmp_path, *requests)
    assert [paths(one)[1] for one in documents] == [("PREUVE_HT", "PDF", "fournisseur.pdf")] * 2
    assert findings == []


def test_a_supplier_certificate_with_a_problem_is_told_once_and_holds_back_who_needs_it(tmp_path: Path) -> None:
    for row in (2, 3, 4, 5):
        (tmp_path / f"{row}.pdf").write_bytes(PDF + str(row).encode())
    (tmp_path / "a-moi.pdf").write_bytes(PDF)
    documents, findings = run(
        tmp_path,
        request("2.pdf", regimeTVA="HT", supplier="perdue.pdf", row=2),
        request("3.pdf", regimeTVA="HT", supplier="perdue.pdf", row=3),
        request("4.pdf", regimeTVA="TTC", supplier="perdue.pdf", row=4),
        request("5.pdf", "a-moi.pdf", regimeTVA="HT", supplier="perdue.pdf", row=5),
    )
    assert [len(one) for one in documents] == [0, 0, 1, 2]
    assert [(told.code, told.cell, told.tag, told.value) for told in findings] == [
        ("document-absent", CERTIFICATE_CELL, "preuveHT", "perdue.pdf")
    ]


def test_an_ht_request_without_any_certificate(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF)
    documents, [told] = run(tmp_path, request("bc.pdf", regimeTVA="HT"))
    assert documents == [()]
    assert (told.code, str(told.cell), told.severity) == ("attestation-manquante", "AD2", Severity.ERROR)


def test_every_problem_of_a_request_is_told_at_once(tmp_path: Path) -> None:
    _, findings = run(tmp_path, request("bc.docx", "ht.pdf", regimeTVA="HT"))
    assert [(told.code, str(told.cell)) for told in findings] == [
        ("document-format-inconnu", "AC2"),
        ("document-absent", "AD2"),
    ]


def test_a_certificate_on_a_ttc_request_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "bc.pdf").write_bytes(PDF)
    [documents], [told] = run(tmp_path, request("bc.pdf", "ht.pdf"))
    assert paths(documents) == [("BON_COMMANDE", "PDF", "bc.pdf")]
    assert (told.code, str(told.cell), told.severity) == ("attestation-non-envoyee", "AD2", Severity.WARNING)


def test_own_certificates_may_be_shared(tmp_path: Path) -> None:
    (tmp_path / "ht.pdf").write_bytes(PDF)
    requests = []
    for row in (2, 3):
        (tmp_path / f"{row}.pdf").write_bytes(PDF + str(row).encode())
        requests.append(request(f"{row}.pdf", "ht.pdf", regimeTVA="HT", row=row))
    documents, findings = run(tmp_path, *requests)
    assert ([len(one) for one in documents], findings) == ([2, 2], [])


def test_each_workbook_has_its_own_folder_and_certificate_cell(tmp_path: Path) -> None:
    for name in ("nord", "sud"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bc.pdf").write_bytes(PDF + name.encode())
    (tmp_path / "nord" / "ht.pdf").write_bytes(PDF)
    books = [Path("nord.xlsx"), Path("sud.xlsx")]
    folders = {book: index_folder(tmp_path / book.stem) for book in books}
    documents, [told] = attach(
        [request("bc.pdf", regimeTVA="HT", supplier="ht.pdf", workbook=book) for book in books],
        lambda one: folders[one.origin.workbook],
        {book: Cell(str(book), "Paramètres", 5, "B") for book in books},
    )
    assert [paths(one) for one in documents] == [
        [("BON_COMMANDE", "PDF", "bc.pdf"), ("PREUVE_HT", "PDF", "ht.pdf")],
        [],
    ]
    assert (told.code, told.cell) == ("document-absent", Cell("sud.xlsx", "Paramètres", 5, "B"))


@pytest.mark.parametrize(
    ("typed", "kind"),
    [(None, "PDF"), ("bc.pdf", "PDF"), ("BC.PNG", "PNG"), ("bc.jpg", "JPG"), ("bc.Jpeg", "JPG")],
)
def test_without_files_the_extension_gives_the_kind(typed: str | None, kind: str) -> None:
    documents, findings = attach_without_files([request(typed)], {})
    assert (documents, findings) == ([(Document("BON_COMMANDE", kind),)], [])


def test_without_files_an_ht_request_still_names_its_certificate() -> None:
    documents, findings = attach_without_files(
        [
            request("bc1.pdf", "ht.png", regimeTVA="HT"),
            request("bc2.pdf", regimeTVA="HT", supplier="ht.jpg"),
            request("bc3.pdf", regimeTVA="HT"),
        ],
        {WORKBOOK: CERTIFICATE_CELL},
    )
    assert [one[1] for one in documents] == [Document("PREUVE_HT", kind) for kind in ("PNG", "JPG", "PDF")]
    assert findings == []


def test_without_files_one_name_for_two_requests_is_a_doubt() -> None:
    _, findings = attach_without_files([request("bc.pdf"), request("BC.pdf"), request(None), request(None)], {})
    assert [one.code for one in findings] == ["document-partage"]


def test_without_files_an_unknown_extension_is_still_an_error() -> None:
    documents, [told] = attach_without_files([request("bc.docx")], {})
    assert documents == [()]
    assert (told.code, str(told.cell)) == ("document-format-inconnu", "AC2")


def test_documents_that_no_row_uses(tmp_path: Path) -> None:
    (tmp_path / "sous").mkdir()
    for name in ("utilise.pdf", "sous/utilise-aussi.pdf", "sous/oublie.pdf", "note.txt", "\udcff.pdf"):
        (tmp_path / name).write_bytes(PDF)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "~$commande.docx"):
        (tmp_path / name).touch()
    folder = index_folder(tmp_path)
    typed = ["UTILISE.pdf", "utilise-aussi.pdf", "absent.pdf", "", "../note.txt"]
    assert unused(folder, typed) == ("note.txt", "sous/oublie.pdf", "\ufffd.pdf")


def test_an_absent_folder_holds_nothing_unused(tmp_path: Path) -> None:
    assert unused(index_folder(tmp_path / "pieces"), ["bc.pdf"]) == ()
