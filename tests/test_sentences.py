"""What a person reads: each sentence says the one thing to do, in their own words and the sheet's own labels."""

import re
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from conftest import DAY, Convert, Run, command
from workbooks import Row, group, rows_of, solo, structure, write_workbook

from converter.findings import catalogue
from converter.findings.door import on_page
from converter.format.fields import FIELDS

N = "\u00a0"


def told(run: Run, code: str) -> str:
    """The sentences of the first finding of this code, with plain spaces."""
    one = next(one for one in run.document["findings"] if one["code"] == code)
    return f"{one['message']} {one['remedy']}".replace(N, " ")


SAID: Sequence[tuple[str, Sequence[Row], str, str]] = [
    (
        "two amounts",
        group("A", 1, second={"montantSegurHT": "1 200,00 €"}),
        "deux-valeurs",
        "Écrivez une seule fois le montant total HT du bon de commande.",
    ),
    (
        "two amounts, as they were typed",
        group("A", 1, second={"montantSegurHT": "1 200,00 €"}, montantSegurHT="1 075,00"),
        "deux-valeurs",
        "« 1 200,00 € » contredit « 1 075,00 »",
    ),
    (
        "two purchase orders",
        group("A", 1, second={"bonCommande": "page2.pdf"}, bonCommande="page1.pdf"),
        "deux-valeurs",
        "Une demande n'a qu'un bon de commande : réunissez les pages en un PDF, ou séparez les commandes.",
    ),
    (
        "an unknown operator",
        solo("A", 1, operateurMessagerie="OVH"),
        "operateur-inconnu",
        "laissez la cellule vide : l'opérateur est facultatif.",
    ),
    (
        "two sites in a cell",
        structure("A", 1, FINESSGeo="990000010990000028"),
        "longueur-exacte",
        "Un seul FINESS par ligne : ajoutez une ligne par site.",
    ),
    (
        "two sites with a slash",
        structure("A", 1, FINESSGeo="990000010 / 990000028"),
        "caracteres",
        "Un seul FINESS par ligne : ajoutez une ligne par site.",
    ),
    (
        "two doctors in a cell",
        solo("A", 1, RPPS="99900000011;99900000029"),
        "caracteres",
        "Un seul RPPS par ligne : ajoutez une ligne par médecin.",
    ),
    (
        "a lost zero",
        structure("A", 1, FINESSGeo="10000172"),
        "longueur-exacte",
        "Un zéro de tête s'est sans doute perdu : 010000172 ?",
    ),
    (
        "a digit that is missing elsewhere",
        structure("A", 1, FINESSGeo="12345678"),
        "longueur-exacte",
        "Vérifiez-le dans le répertoire FINESS.",
    ),
    (
        "doctors of a group without an address",
        group("A", 1, emailMedecin=None),
        "obligatoire",
        "ou nommez le mandataire, si l'un a signé pour tous.",
    ),
    ("an empty cell", solo("A", 1, dateCommande=None), "obligatoire", "« Date de commande » est vide."),
    (
        "a single client and two doctors",
        group("A", 1, isClientUnique="OUI"),
        "client-unique-nombre",
        "mais la demande compte 2 médecins.",
    ),
]


@pytest.mark.parametrize(("rows", "code", "sentence"), [one[1:] for one in SAID], ids=[one[0] for one in SAID])
def test_the_sentence_says_what_to_do(convert: Convert, rows: Sequence[Row], code: str, sentence: str) -> None:
    assert sentence in told(convert(rows_of(rows, solo("Z-9999", 99))), code)


def test_a_solo_doctor_without_an_address_is_not_told_of_a_mandate(convert: Convert) -> None:
    assert "nommez le mandataire" not in told(convert(solo("A", 1, emailMedecin=None)), "obligatoire")


def with_documents(folder: Path, name: str, content: bytes, typed: str) -> Run:
    path = write_workbook(folder / "a.xlsx", solo("A", 1, bonCommande=typed))
    (folder / "pieces").mkdir()
    (folder / "pieces" / name).write_bytes(content)
    return command("validate", path, "--out", folder / "out", "--date", DAY)


JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


@pytest.mark.parametrize("typed", ["page1.pdf ; page2.pdf", "page1.pdf + page2.pdf", "page1.pdf et page2.pdf"])
def test_two_names_for_one_document(tmp_path: Path, typed: str) -> None:
    run = with_documents(tmp_path, "page1.pdf", b"%PDF-", typed)
    assert "Un seul fichier par demande : réunissez-les en un PDF." in told(run, "document-absent")


def test_a_document_under_another_extension(tmp_path: Path) -> None:
    run = with_documents(tmp_path, "bon13.pdf", JPG, "bon13.pdf")
    assert "Renommez le fichier en « bon13.jpg » et corrigez cette cellule." in told(run, "document-contenu")


def test_a_path_to_a_document_that_is_in_the_folder(tmp_path: Path) -> None:
    run = with_documents(tmp_path, "bon9.pdf", b"%PDF-", "C:\\Mes commandes\\bon9.pdf")
    assert "Écrivez seulement « bon9.pdf » : il est dans le dossier." in told(run, "document-hors-dossier")


def test_one_order_in_two_workbooks(convert: Convert) -> None:
    assert (
        "Si ce sont les médecins d'une même commande, réunissez-les dans un classeur ; "
        "si ce sont deux commandes, changez l'une des références."
    ) in told(convert(solo("A", 1), solo("A", 2)), "commande-en-double")


OF_A_TERMINAL = re.compile(r"--[a-z]|\bmake\b|\bconverter [a-z]|dossier des pièces|relancez la commande", re.IGNORECASE)
ONLY_AT_A_TERMINAL = {
    # what the page never does: other commands, files named by paths, the start of the server
    "fait-registre", "fait-peut-etre", "correspondance-absente", "suivi-colonne-absente",
    "decision-sans-cible", "siret-cle-stricte", "fichier-absent", "check-sans-fichier", "return-sans-fichier",
    "page-sans-proxy", "page-proxy-incomplet", "page-proxy-adresse", "page-adresse", "page-port-pris",
    "page-adresse-inconnue", "page-paquets", "dossier-pieces-absent", "document-lien", "ctl-asp-fills",
    "registre-copie-pleine",
}  # fmt: skip


def test_nobody_on_the_page_is_sent_to_a_terminal() -> None:
    of_the_page = [
        entry
        for code, entry in catalogue().items()
        if code not in ONLY_AT_A_TERMINAL and not code.startswith(("adopt-", "check-"))
    ]
    with on_page():
        said = [
            (entry.code, case, f"{entry.title}. {one.message} {one.remedy}")
            for entry in of_the_page
            for case in ("", *entry.cases)
            if case != "nommee"  # a sheet named by an option
            for one in [entry.worded(case)]
        ]
    assert [told for told in said if OF_A_TERMINAL.search(told[2])] == []


def test_nothing_is_written_with_an_s_between_parentheses() -> None:
    texts = [
        (code, text)
        for code, entry in catalogue().items()
        for one in (entry.worded(case) for case in ("", *entry.cases))
        for text in (entry.title, one.message, one.remedy)
    ]
    assert [(code, text) for code, text in texts if "(s)" in text] == []


def test_cells_are_named_as_the_sheet_names_them() -> None:
    """What is said of a cell of « Demandes » never names another column by its tag, but by its label."""
    tags = {one.tag for one in FIELDS if one.tag not in ("RPPS", "preuveHT")}
    about_cells = [entry for entry in catalogue().values() if not entry.code.startswith(("ctl-", "return-", "tag-"))]
    wrong = [
        (entry.code, word)
        for entry in about_cells
        for one in (entry.worded(case) for case in ("", *entry.cases))
        for word in tags
        if word in one.remedy.format_map(one.example).replace("(", " ").replace(")", " ").split()
    ]
    assert wrong == []


def test_the_first_page_says_where_the_reference_goes_beside_what_is_written_once(tmp_path: Path) -> None:
    command("template", tmp_path / "modele.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "modele.xlsx").worksheets[0]
    steps = [str(row[0].value) for row in sheet.iter_rows(max_row=20) if row[0].value]
    [step] = [one for one in steps if "s'écrit une seule fois" in one]
    assert "Sur chaque ligne d'une commande, écrivez la référence" in step


def test_the_report_reminds_of_what_no_check_sees(convert: Convert) -> None:
    report = Path(convert(solo("A", 1)).document["report"]).read_text(encoding="utf-8").replace(N, " ")
    assert "le type de demande (avance) et le numéro de référencement ANS du logiciel" in report
    assert "le montant maximal dépend du nombre de médecins" in report
    assert "un mandat peut être demandé lors d'un contrôle" in report


def test_every_case_of_a_sentence_is_written_as_the_others() -> None:
    from test_catalogue import BARE_GUILLEMET, PLAIN_SPACE

    cases = [(code, name, one) for code, entry in catalogue().items() for name, one in entry.cases.items()]
    assert len(cases) > 10
    for code, name, one in cases:
        said = [one.message.format_map(one.example), one.remedy.format_map(one.example)]
        assert [text for text in said if PLAIN_SPACE.search(text) or BARE_GUILLEMET.search(text)] == [], (code, name)
        assert all(text.endswith((".", "?", "…")) for text in said), (code, name)
