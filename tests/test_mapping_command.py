"""`correspondance`: the first mapping of somebody's order book, known by headings and by what columns hold."""

import datetime
import tomllib
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from conftest import Run, command
from crm import HEADINGS, deal, write_export
from workbooks import Cell, finess, rpps, solo, write_workbook


def book(path: Path, headings: Sequence[Cell], *rows: Sequence[Cell], sheet: str = "Feuil1") -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as written:
        page = written.add_worksheet(sheet)
        for row, line in enumerate((headings, *rows)):
            page.write_row(row, 0, line)
    return path


def matched(path: Path, *options: object) -> dict[str, str]:
    run = command("correspondance", path, *options)
    assert run.status == 0, run.stderr
    written = Path(run.document["correspondance"])
    content = tomllib.loads(written.read_text("utf-8"))
    assert content["colonnes"] == run.document["matched"]
    return dict(run.document["matched"])


def test_headings_are_known_and_the_rest_is_listed(tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1), deal(2)], sheet="Export")
    run = command("correspondance", path)
    assert run.document == {
        "correspondance": str(tmp_path / "export-correspondance.toml"),
        "sheet": "Export",
        "header_rows": [1],
        "matched": {
            "refCommande": "Affaire",
            "dateCommande": "Signé le",
            "regimeTVA": "TVA",
            "montantSegurHT": "Total HT",
            "nomMedecin": "Nom",
            "emailMedecin": "Email",
            "telephoneMedecin": "Tél.",
            "RPPS": "Code RPPS",
        },
        "unmatched": ["Prénom", "Type", "Statut"],
        "missing": run.document["missing"],
    }
    assert {"commandePour", "isPFIToDMP", "FINESSGeo", "bonCommande"} <= set(run.document["missing"])
    lines = (tmp_path / "export-correspondance.toml").read_text("utf-8").replace("\u00a0", " ").splitlines()
    assert f'RPPS = "Code RPPS"  # ex. : {rpps(1)}' in lines
    assert '# nomMedecin = "{Nom} {Prénom}"  # avec le prénom, à la place de la ligne précédente' in lines
    assert '# "FR-20%" = "TTC ou HT"' in lines
    assert '#   "Statut"  # ex. : Signée' in lines
    assert '# commandePour = ""  # Commande pour (obligatoire)' in lines
    assert (
        "# ATTENTION : les exemples (« ex. : ») sont de vraies valeurs de votre feuille, et donc des données "
        "personnelles." in lines
    )
    assert '# numeroAns = ""  # Numéro de référencement ANS (obligatoire)' in lines


DAY = datetime.date(2026, 11, 4)
CONTENT: dict[str, tuple[str, tuple[Cell, Cell]]] = {
    "RPPS as text": ("RPPS", (rpps(1), rpps(2))),
    "RPPS as numbers": ("RPPS", (int(rpps(1)), int(rpps(2)))),
    "RPPS of the card": ("RPPS", (f"8{rpps(1)}", f"8{rpps(2)}")),
    "FINESS": ("FINESSGeo", (finess(1), finess(2))),
    "e-mails": ("emailMedecin", ("a@cabinet.example", "b@cabinet.example")),
    "telephones": ("telephoneMedecin", ("01 99 00 12 34", "01 99 00 12 35")),
    "dates": ("dateCommande", (DAY, DAY)),
    "dates as text": ("dateCommande", ("04/11/2026", "5 novembre 2026")),
    "regimes": ("regimeTVA", ("ttc", "TTC")),
    "clients": ("commandePour", ("Libéral", "Structure")),
    "operators": ("operateurMessagerie", ("CH _28", "MAI_15")),
    "documents": ("bonCommande", ("bon1.pdf", "bon2.pdf")),
}


@pytest.mark.parametrize("case", CONTENT)
def test_a_column_is_known_by_what_it_holds(tmp_path: Path, case: str) -> None:
    tag, (first, second) = CONTENT[case]
    path = book(tmp_path / "a.xlsx", ["Affaire", "Zone", "Xyz"], ["A-1", "Nord", first], ["A-2", "Sud", second])
    found = matched(path)
    assert found.get(tag) == "Xyz"
    text = (tmp_path / "a-correspondance.toml").read_text("utf-8")
    assert f'{tag} = "Xyz"  # à vérifier, d\'après le contenu' in text


NOT_BY_CONTENT: dict[str, tuple[str, tuple[Cell, Cell]]] = {
    "eleven digits with wrong keys": ("Xyz", ("99900000010", "99900000012")),
    "SIRENs": ("SIREN", ("380423723", "552100554")),
    "dates that are not those of orders": ("Date de relance", (DAY, DAY)),
    "amounts": ("Xyz", (1075, 1200)),
    "amounts with tax": ("Total TTC", (1290, 1440)),
    "e-mails of a salesperson": ("E-mail du commercial", ("a@x.example", "b@x.example")),
}


@pytest.mark.parametrize("case", NOT_BY_CONTENT)
def test_a_column_that_may_be_something_else_is_not_taken(tmp_path: Path, case: str) -> None:
    heading, (first, second) = NOT_BY_CONTENT[case]
    path = book(tmp_path / "a.xlsx", ["Affaire", "Zone", heading], ["A-1", "Nord", first], ["A-2", "Sud", second])
    assert matched(path) == {"refCommande": "Affaire"}


def test_of_two_columns_that_hold_the_same_kind_none_is_taken_by_content(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ["Affaire", "X1", "X2"],
        ["A-1", "a@x.example", "c@x.example"],
        ["A-2", "b@x.example", "d@x.example"],
    )
    assert matched(path) == {"refCommande": "Affaire"}


def test_a_heading_whose_cells_are_something_else_is_not_taken(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["Affaire", "RPPS", "Email"], ["A-1", "Nord", "oui"], ["A-2", "Sud", "non"])
    assert matched(path) == {"refCommande": "Affaire"}


def test_headings_in_english(tmp_path: Path) -> None:
    headings = (
        "Order no.", "Order date", "Doctor name", "First name", "Email", "Phone", "RPPS number", "VAT regime",
        "Amount excl. VAT", "Gross amount", "Customer type", "Owner email",
    )  # fmt: skip
    row = (
        "PO-1", "04/11/2026", "Eglantier", "Anne", "a@x.example", "0199001234", rpps(1), "incl", 1075, 1290, "GP",
        "o@x.example",
    )  # fmt: skip
    assert matched(book(tmp_path / "orders.xlsx", headings, row)) == {
        "refCommande": "Order no.",
        "dateCommande": "Order date",
        "regimeTVA": "VAT regime",
        "montantSegurHT": "Amount excl. VAT",
        "commandePour": "Customer type",
        "nomMedecin": "Doctor name",
        "emailMedecin": "Email",
        "telephoneMedecin": "Phone",
        "RPPS": "RPPS number",
    }


def test_titles_above_and_two_rows_of_headings(tmp_path: Path) -> None:
    path = tmp_path / "main.xlsx"
    written = openpyxl.Workbook()
    sheet = written.active
    assert sheet is not None
    for line in (
        ["Suivi des commandes Ségur"],
        [],
        ["Réf.", "Médecin", None, None, "Commande", None],
        [None, "Nom", "N° RPPS", "Mail", "Date de signature", "Montant HT"],
        ["BC-1", "ÉGLANTIER", rpps(1), "a@x.example", "04/11/2026", 1075],
    ):
        sheet.append(line)
    for cells in ("A1:F1", "A3:A4", "B3:D3", "E3:F3"):
        sheet.merge_cells(cells)
    written.save(path)
    run = command("correspondance", path)
    assert run.document["header_rows"] == [3, 4]
    assert run.document["matched"] == {
        "refCommande": "Réf.",
        "dateCommande": "Commande – Date de signature",
        "montantSegurHT": "Commande – Montant HT",
        "nomMedecin": "Médecin – Nom",
        "emailMedecin": "Médecin – Mail",
        "RPPS": "Médecin – N° RPPS",
    }


def test_a_heading_of_two_columns_is_named_with_its_letters(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["Réf.", "Email", "Zone", "Email"], ["A-1", "a@x.example", "Nord", "b@x.example"])
    assert matched(path)["emailMedecin"] == "Email (colonne B)"


def test_a_sheet_may_be_named(tmp_path: Path) -> None:
    path = write_export(tmp_path / "a.xlsx", [deal(1)])
    written = openpyxl.load_workbook(path)
    written.create_sheet("Petite").append(["Réf.", "RPPS", "Nom"])
    written.save(path)
    assert command("correspondance", path).document["sheet"] == "Export"
    run = command("correspondance", path, tmp_path / "petite.toml", "--feuille", "petite")
    assert (run.document["sheet"], run.document["correspondance"]) == ("Petite", str(tmp_path / "petite.toml"))


def test_a_workbook_of_ours_is_known_whole(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1))
    run = command("correspondance", path)
    assert all(tag == heading for tag, heading in run.document["matched"].items())
    assert run.document["unmatched"] == []
    assert "numeroAns" not in (tmp_path / "a-correspondance.toml").read_text("utf-8")


def test_an_existing_mapping_is_never_overwritten(tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)])
    mine = tmp_path / "export-correspondance.toml"
    mine.write_text("# complétée à la main", encoding="utf-8")
    run = command("correspondance", path)
    assert (run.status, mine.read_text("utf-8")) == (2, "# complétée à la main")
    assert str(mine) in run.stderr


def test_hostile_headings_and_values_stay_text(tmp_path: Path) -> None:
    headings = ['Réf. "A"', "RPPS\\\n[constantes]", "Nom {x}", "\u202eMontant HT", "Été"]
    path = book(tmp_path / "a.xlsx", headings, ["A\n[x]\n1 = 2", rpps(1), '"""', "=1+1", "\u202e"])
    run = command("correspondance", path)
    text = Path(run.document["correspondance"]).read_text("utf-8")
    content = tomllib.loads(text)
    assert set(content) == {"feuille", "titres", "colonnes", "constantes", "parametres"}
    assert content["colonnes"]["nomMedecin"] == "Nom {{x}}"
    assert "\u202e" not in "".join(line.partition("  # ")[2] for line in text.splitlines())


REFUSED = {
    "no headings": (
        lambda path: book(path, [1, 2, 3], [4, 5, 6]),
        (),
        ("Aucune feuille de « a.xlsx » n'a de ligne de titres parmi ses vingt premières lignes (feuilles présentes "
        ": « Feuil1 »). "
        "Écrivez un titre au-dessus de chaque colonne, ou nommez la feuille avec --feuille.\n"),
    ),
    "no such sheet": (
        lambda path: book(path, ["Réf.", "Nom", "RPPS"]),
        ("--feuille", "Export"),
        ("Le classeur « a.xlsx » n'a pas de feuille « Export » (feuilles présentes : « Feuil1 »). Corrigez son "
        "nom, ou retirez "
        "--feuille.\n"),
    ),
    "another name": (
        lambda path: book(path, ["Réf.", "Nom", "RPPS"]),
        ("crm.txt",),
        "Le nom « crm.txt » ne finit pas par .toml. Donnez à la correspondance un nom qui finit par .toml.\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(tmp_path: Path, case: str) -> None:
    make, options, sentence = REFUSED[case]
    run: Run = command("correspondance", make(tmp_path / "a.xlsx"), *options)
    assert (run.status, run.document, run.stderr.replace("\u00a0", " ")) == (2, {}, sentence)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_suggestion_is_there_for_programs(tmp_path: Path) -> None:
    from converter.runs.suggest_mapping import suggest_mapping

    path = write_export(tmp_path / "export.xlsx", [deal(1)])
    suggested = suggest_mapping(Path("export.xlsx"), content=path.read_bytes())
    assert tomllib.loads(suggested.content.decode())["colonnes"]["refCommande"] == "Affaire"
    assert len(suggested.found.matches) + len(suggested.found.unmatched) == len(HEADINGS)
