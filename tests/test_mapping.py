"""Somebody's own order book read through a mapping: their headings, words and constants, in valid files of ours."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import DAY, Convert, Run, beneficiaries, command
from crm import COLUMNS, CONSTANTS, HEADINGS, SUPPLIER, VALUES, WHOLE, deal, write_export, write_mapping
from samples.documents import pdf
from workbooks import Cell, rpps, solo, structure, write_workbook

from converter import Options, validate
from converter.cli import main

E, W, C = "erreur", "avertissement", "correction"
Mapped = Callable[..., Run]


@pytest.fixture
def mapped(tmp_path: Path, convert: Convert) -> Mapped:
    """Converts an export of these deals through a mapping; corrections are left out of what is told."""

    def run(deals: Sequence[Mapping[str, Cell]], text: str = WHOLE, **more: Any) -> Run:
        path = write_export(tmp_path / "export.xlsx", deals, **more)
        return convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml", text)))

    return run


def serious(run: Run) -> list[tuple[str, str, str]]:
    return [one for one in run.told if one[1] != C]


def sentences(run: Run, code: str) -> list[tuple[str, str]]:
    told = [one for one in run.document["findings"] if one["code"] == code]
    return [(one["message"].replace("\u00a0", " "), one["remedy"].replace("\u00a0", " ")) for one in told]


def test_headings_words_and_constants_of_theirs_give_a_valid_request(mapped: Mapped) -> None:
    run = mapped([deal(1)])
    assert (run.status, serious(run), run.counts) == (0, [], (1, 0, 0))
    [request] = run.requests
    assert request["commande"] == {"dateCommande": "04/11/2026", "regimeTVA": "TTC", "montantSegurHT": 1075.0}
    [doctor] = request["beneficiaires"]["liberal"]
    assert doctor == {
        "nomMedecin": "ÉGLANTIER ANNEE",
        "emailMedecin": "medecin1@cabinet.example",
        "telephoneMedecin": "0199001234",
        "RPPS": rpps(1),
    }
    scenario = request["scenarioInstallation"]
    assert [scenario[tag] for tag in ("isProSanteConnectNeeded", "isPFIToDMP", "operateurMessagerie")] == [
        True,
        False,
        None,
    ]


def test_nothing_is_told_of_a_value_that_is_only_translated(mapped: Mapped) -> None:
    run = mapped([deal(1, TVA="fr-20%")], WHOLE.replace('"TTC"', '"ttc"'))
    assert [one for one in run.told if one[0] == "H2"] == []
    assert run.requests[0]["commande"]["regimeTVA"] == "TTC"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Code RPPS": "1"}, ("F2", E, "longueur-exacte")),
        ({"TVA": "DE-19%"}, ("H2", E, "hors-liste")),
        ({"Nom": "", "Prénom": ""}, ("B2", E, "obligatoire")),
        ({"Nom": "Églantier 0199001234"}, ("B2", E, "nom-impossible")),
        ({"Prénom": "anne@cabinet.example"}, ("C2", E, "nom-impossible")),
        ({"Total HT": "1,075"}, ("I2", E, "montant-deux-lectures")),
        ({"Affaire": ""}, ("A2", E, "reference-absente")),
    ],
)
def test_a_finding_is_on_their_cell(mapped: Mapped, changes: dict[str, Cell], told: tuple[str, str, str]) -> None:
    assert serious(mapped([deal(1, **changes), deal(2)])) == [told]


def test_sentences_use_their_headings(mapped: Mapped) -> None:
    run = mapped([deal(1, **{"Code RPPS": "", "Nom": "", "Prénom": ""}), deal(2, TVA="DE-19%"), deal(3, Affaire="")])
    assert sentences(run, "obligatoire") == [
        ("« Nom + Prénom » est vide.", "Remplissez cette cellule (obligatoire si LIBERAL)."),
        ("« Code RPPS » est vide.", "Remplissez cette cellule (obligatoire si LIBERAL)."),
    ]
    assert sentences(run, "hors-liste") == [
        (
            "« DE-19% » n'est pas une valeur admise pour « TVA ».",
            "Écrivez « TTC » ou « HT », ou traduisez cette valeur sous [valeurs.regimeTVA] de « crm.toml ».",
        )
    ]
    told = sentences(run, "reference-absente")
    assert [remedy for _, remedy in told] == ["Écrivez la référence du bon de commande dans « Affaire »."]


def test_two_rows_of_one_reference_are_one_order_whatever_the_constants(mapped: Mapped) -> None:
    second = {**deal(2), "Affaire": "AFF-001", "Total HT": None, "TVA": None, "Type": None, "Signé le": None}
    run = mapped([deal(1), second])
    assert (serious(run), [beneficiaries(one) for one in run.requests]) == ([], [[rpps(1), rpps(2)]])


def test_a_row_that_lacks_its_reference_still_holds_the_order_above_it(mapped: Mapped) -> None:
    second = {"Nom": "Lefèvre", "Code RPPS": rpps(2)}
    run = mapped([deal(1), second])
    assert (serious(run), run.counts) == ([("A3", E, "reference-absente")], (0, 0, 1))


def test_totals_remarks_and_repeated_headings_are_no_orders(mapped: Mapped) -> None:
    headings = dict(zip(HEADINGS, HEADINGS, strict=True))
    run = mapped([deal(1), headings, deal(2), {"Affaire": "Total", "Total HT": 2150}])
    told = [("A3", W, "ligne-hors-commande"), ("A5", W, "ligne-hors-commande")]
    assert (serious(run), run.counts) == (told, (2, 0, 0))


def test_an_empty_cell_may_mean_something_for_the_whole_request(mapped: Mapped) -> None:
    text = COLUMNS + 'isCentreDeSante = "CDS"\n' + VALUES + '[valeurs.isCentreDeSante]\n"" = "NON"\n"oui !" = "OUI"\n'
    text += CONSTANTS.replace('isCentreDeSante = "NON"\n', "") + SUPPLIER + 'profils = ["Centre de santé"]\n'
    second = {"Affaire": "AFF-001", "Nom": "Lefèvre", "Email": "b@x.example", "Tél.": "0199001234"}
    deals = [{**deal(1), "CDS": "oui !"}, {**second, "Code RPPS": rpps(5)}, {**deal(3), "CDS": None}]
    run = mapped(deals, text, headings=(*HEADINGS, "CDS"))
    assert [one for one in serious(run) if one[1] == E] == []
    said = [request["scenarioInstallation"]["isCentreDeSante"] for request in run.requests]
    assert said == [True, False]


def test_a_constant_is_given_only_to_the_orders_that_it_concerns(tmp_path: Path, convert: Convert) -> None:
    rows = [*structure("A", 1), *solo("B", 5)]
    tags = [tag for tag in rows[0] | rows[2] if tag != "nomResponsable"]
    path = write_workbook(tmp_path / "a.xlsx", rows, headers=tags, tags=tags)
    text = "[colonnes]\n" + "".join(f'{tag} = "{tag}"\n' for tag in tags) + '[constantes]\nnomResponsable = "RIVIÈRE"\n'
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "m.toml", text)))
    assert (run.told, run.counts) == ([], (2, 0, 0))
    assert run.requests[0]["beneficiaires"]["structure"]["nomResponsable"] == "RIVIÈRE"


CUT = {
    "Églantier / 0199001234": ("ÉGLANTIER", "0199001234"),
    "Églantier/0199001234": ("ÉGLANTIER", "0199001234"),
}


@pytest.mark.parametrize("contact", CUT)
def test_a_column_is_cut_in_pieces(mapped: Mapped, contact: str) -> None:
    run = mapped([{**deal(1), "Nom": contact}], cut_contact())
    [doctor] = run.requests[0]["beneficiaires"]["liberal"]
    assert (doctor["nomMedecin"], doctor["telephoneMedecin"]) == CUT[contact]


def cut_contact() -> str:
    columns = [line for line in COLUMNS.splitlines() if not line.startswith(("nomMedecin", "telephoneMedecin"))]
    text = "\n".join([*columns, "[decoupes]", '"Nom" = "{nomMedecin} / {telephoneMedecin}"\n'])
    return text + VALUES + CONSTANTS + SUPPLIER


@pytest.mark.parametrize("contact", ["Églantier", "Églantier / 01 / 0199001234", "/ 0199001234"])
def test_a_cell_that_does_not_follow_its_pattern_is_one_error(mapped: Mapped, contact: str) -> None:
    run = mapped([{**deal(1), "Nom": contact}, {**deal(2), "Nom": "Lefèvre / 0199001234"}], cut_contact())
    assert (serious(run), run.counts) == ([("B2", E, "correspondance-decoupe")], (1, 0, 1))
    assert sentences(run, "correspondance-decoupe")[0][0] == (
        f"« {contact} » ne se découpe pas d'une seule façon selon le modèle « {{nomMedecin}} / {{telephoneMedecin}} » "
        "de la correspondance."
    )


def test_rows_are_left_out_and_it_is_told(mapped: Mapped) -> None:
    deals = [
        deal(1),
        deal(2, Statut="annulée"),
        deal(3, Statut="Devis"),
        {**deal(4, Statut="Devis"), "Affaire": "AFF-001"},
    ]
    ignored = mapped(deals, WHOLE + '[lignes.ignorer]\n"Statut" = ["Annulée", "Devis"]\n')
    assert ([one for one in ignored.told if one[2] == "lignes-laissees"], ignored.counts) == (
        [("K1", C, "lignes-laissees")],
        (1, 0, 0),
    )
    assert sentences(ignored, "lignes-laissees") == [
        (
            (
                "Lignes laissées de côté, comme le veut la correspondance « crm.toml » : 3, d'après « Statut », dont 1 "
                "de commandes lues par ailleurs."
            ),
            "Vérifiez que ces commandes partent bien entières : la première est à la ligne 5.",
        )
    ]
    kept = mapped(deals, WHOLE + '[lignes.garder]\n"Statut" = "Devis"\n')
    assert "dont 1 de commandes" in sentences(kept, "lignes-laissees")[0][0]
    assert beneficiaries(kept.requests[0]) == [rpps(3)]


def test_two_rows_of_headings_are_joined(tmp_path: Path, convert: Convert) -> None:
    path = tmp_path / "main.xlsx"
    write_export(path, [deal(1)], above=[["Suivi des commandes"], [None, "Médecin"]])
    book = openpyxl.load_workbook(path)
    book["Export"].merge_cells("B2:F2")
    book.save(path)
    text = "titres = [2, 3]\n" + COLUMNS
    for name in ("Nom", "Prénom"):
        text = text.replace(f"{{{name}}}", f"{{Médecin – {name}}}")
    for name in ("Email", "Tél.", "Code RPPS"):
        text = text.replace(f'"{name}"', f'"Médecin {name}"')  # punctuation does not count
    run = convert(
        path, options=("--correspondance", write_mapping(tmp_path / "m.toml", text + VALUES + CONSTANTS + SUPPLIER))
    )
    assert (serious(run), run.counts) == ([], (1, 0, 0))
    assert run.requests[0]["beneficiaires"]["liberal"][0]["nomMedecin"] == "ÉGLANTIER ANNEE"


def test_the_sheet_and_its_headings_are_found_where_the_file_does_not_say(tmp_path: Path, convert: Convert) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)], above=[["Titre"], [None]])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Autre", 0).append(["Nom", "Ville"])
    book.save(path)
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "m.toml")))
    assert (serious(run), run.counts) == ([], (1, 0, 0))


def test_two_columns_of_one_heading_are_told_apart_by_their_letters(mapped: Mapped) -> None:
    headings = (*HEADINGS, "Email ")
    text = WHOLE.replace('"Email"', '"Email (colonne D)"')
    run = mapped([deal(1)], text, headings=headings)
    assert (serious(run), run.counts) == ([], (1, 0, 0))


def test_parametres_may_name_the_mapping_beside_the_workbook(tmp_path: Path, convert: Convert) -> None:
    parameters = {"numeroAns": "0123456789", "SIRET": "38042372300028", "Correspondance": "crm.toml"}
    write_mapping(tmp_path / "crm.toml", COLUMNS + VALUES + CONSTANTS)
    run = convert(write_export(tmp_path / "export.xlsx", [deal(1)], parameters=parameters))
    assert (run.status, serious(run), run.counts) == (0, [], (1, 0, 0))


def test_the_workbook_s_own_supplier_wins_over_the_mapping_s(tmp_path: Path, convert: Convert) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)], parameters={"numeroAns": "9876543210"})
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml")))
    assert [file["numeroAns"] for file in run.files] == ["9876543210"]


def test_a_doubtful_value_of_the_mapping_is_told_where_the_workbook_may_give_another(
    tmp_path: Path, convert: Convert
) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)], parameters={"numeroAns": "0123456789", "SIRET": ""})
    doubtful = WHOLE.replace("38042372300028", "38042372300029")
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml", doubtful)))
    assert serious(run) == [("B2", W, "siret-cle")]


def test_a_template_of_ours_in_the_same_folder_is_read_as_ours(tmp_path: Path, convert: Convert) -> None:
    from converter.views.template import RowToWrite, write_filled

    folder = tmp_path / "commandes"
    folder.mkdir()
    write_export(folder / "export.xlsx", [deal(1)])
    row = {tag: str(value) for tag, value in solo("B", 2)[0].items()}
    write_filled(
        folder / "b-a-corriger.xlsx", {"numeroAns": "0123456789", "SIRET": "38042372300028"}, [RowToWrite(row)]
    )
    run = convert(folder, options=("--correspondance", write_mapping(tmp_path / "crm.toml")))
    assert (serious(run), run.counts) == ([], (2, 0, 0))


def test_the_annotated_copy_is_valid_input_again_with_the_same_mapping(
    tmp_path: Path, mapped: Mapped, convert: Convert
) -> None:
    first = mapped([deal(1), deal(2, **{"Code RPPS": "1"})], WHOLE + '[lignes.ignorer]\n"Statut" = "Annulée"\n')
    [copy] = first.document["annotated"]
    book = openpyxl.load_workbook(copy)
    sheet = book["Export"]
    assert [cell.value for cell in sheet[1]][-2:] == ["Statut", "Statut (convertisseur)"]
    assert sheet["F3"].comment is not None
    assert "« Code RPPS »" in sheet["F3"].comment.text.replace("\u00a0", " ")
    sheet["F3"] = rpps(2)
    book.save(copy)
    again = convert(Path(copy), options=("--correspondance", tmp_path / "crm.toml"))
    assert (serious(again), again.counts) == ([], (1, 1, 0))
    assert "--correspondance" in first.stderr


def test_the_report_uses_their_headings(mapped: Mapped) -> None:
    run = mapped([deal(1, **{"Code RPPS": "1"})])
    page = Path(run.document["report"]).read_text("utf-8")
    assert "Code RPPS" in page
    assert "Numéro RPPS" not in page


def test_a_change_since_an_order_left_is_told_in_their_words(mapped: Mapped) -> None:
    assert mapped([deal(1)]).counts == (1, 0, 0)
    run = mapped([deal(1, **{"Total HT": 1100})])
    [(message, _)] = sentences(run, "demande-modifiee")
    assert "« Total HT »" in message


def test_the_library_takes_a_mapping(tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1, **{"Code RPPS": "1"})])
    options = Options(out=tmp_path / "out", documents=False, mapping=write_mapping(tmp_path / "crm.toml"))
    outcome = validate([path], options)
    found = [(str(one.cell), one.code, one.message) for one in outcome.findings if one.severity == E]
    [(cell, code, message)] = found
    assert (cell, code, "«\u00a0Code RPPS\u00a0»" in message) == ("F2", "longueur-exacte", True)
    assert outcome.mappings == {str(path): tmp_path / "crm.toml"}


def test_a_refused_request_comes_back_with_their_headings(tmp_path: Path, mapped: Mapped, convert: Convert) -> None:
    run = mapped([deal(1)])
    [made] = run.document["files"]
    handed_back = json.loads(Path(made["path"]).read_text("utf-8"))
    handed_back["lignesImport"][0] |= {"codeTraitement": "1234", "libelleTraitement": "RPPS inconnu"}
    back = tmp_path / Path(made["path"]).name
    back.write_text(json.dumps(handed_back), encoding="utf-8")
    taken = command("return", back, "--out", tmp_path / "out")
    [path] = taken.document["to_correct"]
    sheet = openpyxl.load_workbook(path)["Demandes"]
    comments = {
        cell.value: cell.comment.text.replace("\u00a0", " ")
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert comments["Numéro RPPS *"] == "Dans « export.xlsx », c'est « Code RPPS »."
    assert comments[rpps(1)] == (
        "Refusée par le portail (code 1234) : RPPS inconnu\nDans « export.xlsx », c'est « Code RPPS »."
    )
    sent = command("status", "00001", "--out", tmp_path / "out")
    assert [key for key in sent.document["sent"] if key.startswith("titre")] == []
    again = convert(Path(path), options=("--correspondance", tmp_path / "crm.toml", "--renvoyer"))
    assert (serious(again), again.counts) == ([("A3", W, "refusee-inchangee")], (1, 0, 0))


def test_our_column_has_another_name_than_a_status_of_theirs_above_merged_cells(
    tmp_path: Path, convert: Convert
) -> None:
    headings = tuple("" if one == "Statut" else one for one in HEADINGS)
    wrong = {**deal(1, **{"Code RPPS": "1"}), "": "Signée"}
    above = [None] * (len(HEADINGS) - 1) + ["Statut"]
    path = write_export(tmp_path / "export.xlsx", [wrong], headings, above=[above])
    book = openpyxl.load_workbook(path)
    book["Export"].merge_cells("K1:K2")
    book.save(path)
    text = "titres = [1, 2]\n" + WHOLE + '[lignes.garder]\n"Statut" = "Signée"\n'
    options = ("--correspondance", write_mapping(tmp_path / "crm.toml", text))
    for _ in range(2):
        run = convert(path, options=options)
        assert (serious(run), run.counts) == ([("F3", E, "longueur-exacte")], (0, 0, 1))
        path = Path(run.document["annotated"][0])
        assert [cell.value for cell in openpyxl.load_workbook(path)["Export"][2]][-1] == "Statut (convertisseur)"


def test_a_profile_is_asked_for_where_the_mapping_gives_the_supplier(mapped: Mapped) -> None:
    run = mapped([deal(1)], WHOLE.replace('isCentreDeSante = "NON"', 'isCentreDeSante = "OUI"'))
    [(message, remedy)] = sentences(run, "profil-inconnu")
    assert message.endswith("« [parametres] de crm.toml » n'indique aucun profil.")
    assert remedy.startswith("Indiquez dans « [parametres] de crm.toml », ligne « profils »")


def test_a_mapping_that_leaves_no_row(mapped: Mapped) -> None:
    run = mapped([deal(1)], WHOLE + '[lignes.garder]\n"Statut" = "Perdue"\n')
    assert run.status == 2
    assert run.stderr.replace("\u00a0", " ").startswith(
        "La correspondance « crm.toml » ne laisse aucune ligne à lire dans « export.xlsx »."
    )


def test_the_next_step_names_the_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, mapping = write_export(tmp_path / "export.xlsx", [deal(1)]), write_mapping(tmp_path / "crm.toml")
    options = ("--out", str(tmp_path / "out"), "--date", "2026-11-22", "--no-attachments")
    assert main(["validate", str(path), "--correspondance", str(mapping), *options]) == 0
    assert f'converter convert CLASSEUR --correspondance "{mapping}"' in capsys.readouterr().out


def test_a_needed_column_that_the_mapping_leaves_out_is_told_once_on_their_headings(mapped: Mapped) -> None:
    run = mapped([deal(1), deal(2)], WHOLE.replace('RPPS = "Code RPPS"\n', ""))
    assert (serious(run), run.counts) == ([("1", E, "colonne-manquante")], (0, 0, 2))
    assert sentences(run, "colonne-manquante") == [
        (
            "La correspondance « crm.toml » ne donne pas de colonne à « Numéro RPPS » (RPPS).",
            "Donnez-lui un titre de cette feuille sous [colonnes] (obligatoire si LIBERAL).",
        )
    ]


ANSWERS = {
    "isCentreDeSante": ("oui-non", "Écrivez OUI ou NON, ou traduisez cette valeur sous [valeurs.isCentreDeSante]"),
    "operateurMessagerie": (
        "operateur-inconnu",
        "Écrivez son code ou son nom, tels que la liste de l'ASP les donne.",
    ),
}


@pytest.mark.parametrize("tag", ANSWERS)
def test_a_word_that_no_list_knows_may_be_translated(mapped: Mapped, tag: str) -> None:
    code, start = ANSWERS[tag]
    text = WHOLE.replace('isCentreDeSante = "NON"\n', "" if tag == "isCentreDeSante" else 'isCentreDeSante = "NON"\n')
    run = mapped([deal(1, Statut="tout à fait autre")], text.replace("[valeurs", f'{tag} = "Statut"\n[valeurs', 1))
    assert serious(run) == [("K2", E, code)]
    assert sentences(run, code)[0][1].startswith(start)


def test_documents_are_found_by_their_column(tmp_path: Path) -> None:
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces" / "bon.pdf").write_bytes(pdf("bon"))
    path = write_export(tmp_path / "export.xlsx", [deal(1, Statut="bon.pdf"), deal(2, Statut="autre.pdf")])
    mapping = write_mapping(tmp_path / "crm.toml", WHOLE.replace("[valeurs", 'bonCommande = "Statut"\n[valeurs', 1))
    run = command("convert", path, "--correspondance", mapping, "--out", tmp_path / "out", "--date", DAY)
    assert (serious(run), run.counts) == ([("K3", E, "document-absent")], (1, 0, 1))
    assert len(run.document["files"][0]["archives"]) == 1


def test_a_mapping_must_give_the_column_of_documents_that_are_looked_at(tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)])
    run = command("convert", path, "--correspondance", write_mapping(tmp_path / "crm.toml"), "--out", tmp_path / "out")
    assert run.status == 2
    assert "«\u00a0bonCommande\u00a0» (Fichier du bon de commande)" in run.stderr
