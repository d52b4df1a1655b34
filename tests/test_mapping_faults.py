"""Every fault of a mapping, told in one French sentence with its line; nothing is read, nothing written."""

from pathlib import Path

import pytest
from conftest import Convert, Run, command
from crm import COLUMNS, CONSTANTS, HEADINGS, VALUES, WHOLE, deal, write_export, write_mapping

NBSP = "\u00a0"
TITRES = "Recopiez le titre tel qu'il est dans la feuille ; si la ligne des titres est une autre, corrigez « titres »."


def with_line(text: str, *, instead_of: str) -> str:
    assert instead_of in WHOLE
    return WHOLE.replace(instead_of, text, 1)


def at_end(text: str) -> str:
    return f"{WHOLE}{text}\n"


LAST = WHOLE.count("\n")
FAULTS: dict[str, tuple[str, str]] = {
    "no TOML": (
        with_line("regimeTVA = TVA", instead_of='regimeTVA = "TVA"'),
        ("Ligne 8 de « crm.toml » : elle ne se lit pas. Écrivez une ligne par valeur, nom = \"texte\", les textes "
        "entre "
        "guillemets droits."),
    ),
    "a text without its end": (
        at_end('[lignes.garder]\n"Statut" = """Signée'),
        (f"Ligne {LAST + 2} de « crm.toml » : elle ne se lit pas. Écrivez une ligne par valeur, nom = \"texte\", "
        f"les textes "
        "entre guillemets droits."),
    ),
    "a key without end": (
        at_end(f"x{'.x' * 200} = 1"),
        (f"Ligne {LAST + 1} de « crm.toml » : elle ne se lit pas. Écrivez une ligne par valeur, nom = \"texte\", "
        "les textes entre guillemets droits."),
    ),
    "a list of many lines without its end": (
        at_end('[lignes.garder]\n"Statut" = [\n' + '"Signée",\n' * 10_000 + '"]",\n' * 2_000),
        (f"Ligne {LAST + 2} de « crm.toml » : elle ne se lit pas. Écrivez une ligne par valeur, nom = \"texte\", "
        "les textes entre guillemets droits."),
    ),
    "two headings for a tag": (
        with_line('RPPS = "Code RPPS"\nRPPS = "Affaire"', instead_of='RPPS = "Code RPPS"'),
        ("Ligne 7 de « crm.toml » : « RPPS » est déjà écrit à la ligne 6. Gardez une seule des deux lignes ; deux "
        "titres se "
        "joignent par un modèle (docs/correspondance.md)."),
    ),
    "two words that read alike": (
        with_line('"FR-20%" = "TTC"\n"fr-20%" = "HT"', instead_of='"FR-20%" = "TTC"'),
        ("Ligne 13 de « crm.toml » : « fr-20% » se lit comme la valeur de la ligne 12. Gardez une seule des deux "
        "lignes : ni "
        "la casse, ni les accents, ni les espaces ne comptent."),
    ),
    "a rubric misspelt": (
        with_line("[colonne]", instead_of="[colonnes]"),
        "Ligne 1 de « crm.toml » : « colonne » n'est pas connu ici. Vouliez-vous écrire « colonnes » ?",
    ),
    "an unknown rubric": (
        at_end('[onglets]\nx = "y"'),
        (f"Ligne {LAST + 1} de « crm.toml » : « onglets » n'est pas connu ici. Une correspondance tient en "
        f"feuille, titres, "
        "[colonnes], [decoupes], [valeurs.BALISE], [constantes], [parametres], [lignes.garder] et [lignes.ignorer]."),
    ),
    "an unknown parameter": (
        at_end('SIREN = "380423723"'),
        f"Ligne {LAST + 1} de « crm.toml » : « SIREN » n'est pas connu ici. Vouliez-vous écrire « SIRET » ?",
    ),
    "rows neither kept nor left out": (
        at_end('[lignes.sauter]\n"Statut" = "x"'),
        (f"Ligne {LAST + 1} de « crm.toml » : « sauter » n'est pas connu ici. Une correspondance tient en "
        f"feuille, titres, "
        "[colonnes], [decoupes], [valeurs.BALISE], [constantes], [parametres], [lignes.garder] et [lignes.ignorer]."),
    ),
    "a tag misspelt": (
        with_line('RPSP = "Code RPPS"', instead_of='RPPS = "Code RPPS"'),
        ("Ligne 6 de « crm.toml » : « RPSP » n'est pas une de nos balises. Écrivez la balise d'une colonne du "
        "modèle, par "
        "exemple RPPS (docs/colonnes.md les donne toutes)."),
    ),
    "a label for a tag": (
        with_line('"Régime TVA" = "TVA"', instead_of='regimeTVA = "TVA"'),
        "Ligne 8 de « crm.toml » : « Régime TVA » n'est pas une de nos balises. Vouliez-vous écrire « regimeTVA » ?",
    ),
    "a heading that is a number": (
        with_line("RPPS = 6", instead_of='RPPS = "Code RPPS"'),
        ("Ligne 6 de « crm.toml » : « RPPS » attend un titre de votre feuille, entre guillemets. Écrivez par "
        "exemple RPPS = "
        '"N° RPPS" ; deux colonnes se joignent par un modèle (docs/correspondance.md).'),
    ),
    "a sheet that is a number": (
        f"feuille = 1\n{WHOLE}",
        ("Ligne 1 de « crm.toml » : « feuille » attend le nom d'une feuille, ou plusieurs entre crochets. Écrivez "
        "par exemple "
        'feuille = "Export".'),
    ),
    "headings on three rows": (
        f"titres = [1, 2, 3]\n{WHOLE}",
        ("Ligne 1 de « crm.toml » : « titres » attend le numéro de la ligne des titres, entre 1 et 100, ou deux "
        "numéros entre "
        "crochets. Écrivez par exemple titres = 1, ou titres = [3, 4] pour deux lignes de titres."),
    ),
    "values without their table": (
        with_line('[valeurs]\nregimeTVA = "TTC"', instead_of='[valeurs.regimeTVA]\n"FR-20%" = "TTC"'),
        ("Ligne 12 de « crm.toml » : « regimeTVA » attend un tableau, dont le nom est entre crochets. Écrivez par "
        "exemple "
        '[valeurs.regimeTVA], puis une ligne par valeur : "FR-20%" = "TTC".'),
    ),
    "a constant that says nothing": (
        with_line('isPFIToDMP = ""', instead_of='isPFIToDMP = "NON"'),
        ("Ligne 19 de « crm.toml » : « isPFIToDMP » attend une valeur. Écrivez un texte entre guillemets, un "
        "nombre, une date "
        "ou true et false ; pour ne rien donner, retirez la ligne."),
    ),
    "rows by a table": (
        at_end('[lignes.garder.Statut]\nx = "y"'),
        (f"Ligne {LAST + 1} de « crm.toml » : « Statut » attend une valeur de cette colonne, ou plusieurs entre "
        f"crochets. "
        'Écrivez par exemple "Statut" = ["Annulée", "Devis"].'),
    ),
    "braces that do not match": (
        with_line('"{Nom {Prénom}"', instead_of='"{Nom} {Prénom}"'),
        ("Ligne 3 de « crm.toml » : le modèle « {Nom {Prénom} » ne se lit pas. Mettez chaque nom entre deux "
        "accolades ; une "
        "accolade du titre lui-même se double (docs/correspondance.md)."),
    ),
    "pieces that nothing parts": (
        at_end('[decoupes]\n"Statut" = "{nomMandataire}{emailMandataire}"'),
        (f"Ligne {LAST + 2} de « crm.toml » : dans « {{nomMandataire}}{{emailMandataire}} », rien ne sépare les "
        f"morceaux. "
        "Écrivez entre eux ce qui les sépare dans vos cellules, une barre ou un tiret par exemple."),
    ),
    "a piece and a column": (
        at_end('[decoupes]\n"Statut" = "{nomMandataire} {RPPS}"'),
        (f"Ligne {LAST + 2} de « crm.toml » : « RPPS » est déjà donnée à la ligne 6. Gardez une seule des deux "
        f"lignes : une "
        "colonne, un morceau de colonne ou une constante."),
    ),
    "a constant and a column": (
        with_line('[constantes]\nregimeTVA = "TTC"', instead_of="[constantes]"),
        ("Ligne 16 de « crm.toml » : « regimeTVA » est déjà donnée à la ligne 8. Gardez une seule des deux lignes "
        ": une "
        "colonne, un morceau de colonne ou une constante."),
    ),
    "one reference for all": (
        with_line('[constantes]\nnumeroEditeur = "00001"', instead_of="[constantes]"),
        ("Ligne 16 de « crm.toml » : « numeroEditeur » (Numéro éditeur) ne peut pas être la même pour toutes les "
        "commandes. "
        "Donnez-lui une colonne sous [colonnes]."),
    ),
    "one site for all": (
        with_line('[constantes]\nFINESSGeo = "990000018"', instead_of="[constantes]"),
        ("Ligne 16 de « crm.toml » : « FINESSGeo » (FINESS géographique) change à chaque ligne : ce n'est pas une "
        "constante. "
        "Donnez-lui une colonne sous [colonnes]."),
    ),
    "an empty name that is somebody": (
        at_end('[valeurs.nomMedecin]\n"" = "DURAND"'),
        (f"Ligne {LAST + 2} de « crm.toml » : une cellule vide ne peut pas valoir toujours la même chose pour « "
        f"nomMedecin » "
        "(Nom du médecin). Retirez cette ligne, et remplissez les cellules vides de la feuille."),
    ),
    "words of no column": (
        at_end('[valeurs.operateurMessagerie]\n"Mailiz" = "MAI_15"'),
        (f"Ligne {LAST + 1} de « crm.toml » : des valeurs sont traduites pour « operateurMessagerie », à laquelle "
        f"aucune "
        "colonne n'est donnée. Donnez-lui un titre sous [colonnes], ou retirez ces valeurs."),
    ),
    "an amount with tax": (
        with_line('montantSegurHT = "Total TTC"', instead_of='montantSegurHT = "Total HT"'),
        ("Ligne 9 de « crm.toml » : « Total TTC » est un montant toutes taxes comprises, et il faut le montant "
        "hors taxes du "
        "bon de commande. Donnez la colonne du montant hors taxes."),
    ),
    "a word that no list knows": (
        with_line('"FR-20%" = "TVA"', instead_of='"FR-20%" = "TTC"'),
        ("Ligne 12 de « crm.toml » : « TVA » ne convient pas à « regimeTVA » (Régime de TVA). Il faut « TTC » ou « "
        "HT »."),
    ),
    "a constant that is no answer": (
        with_line('isPFIToDMP = "peut-être"', instead_of='isPFIToDMP = "NON"'),
        ("Ligne 19 de « crm.toml » : « peut-être » ne convient pas à « isPFIToDMP » (Envoi au DMP par un tiers "
        "?). Il faut « "
        "OUI » ou « NON »."),
    ),
    "a constant that is no operator": (
        with_line('[constantes]\noperateurMessagerie = "personne"', instead_of="[constantes]"),
        ("Ligne 16 de « crm.toml » : « personne » ne convient pas à « operateurMessagerie » (Opérateur de "
        "messagerie). Il faut "
        "de quoi remplir cette colonne : code d'opérateur de messagerie."),
    ),
    "a constant date after the upload": (
        with_line("[constantes]\ndateCommande = 2031-01-01", instead_of="[constantes]").replace(
            'dateCommande = "Signé le"\n', ""
        ),
        ("Ligne 15 de « crm.toml » : « 01/01/2031 » ne convient pas à « dateCommande » (Date de commande). Il "
        "faut de quoi "
        "remplir cette colonne : date JJ/MM/AAAA."),
    ),
    "columns that come from nowhere": (
        WHOLE.replace('isPFIToDMP = "NON"\n', "").replace('regimeTVA = "TVA"\n', "").replace(VALUES, ""),
        ("La correspondance « crm.toml » ne dit pas d'où viennent : « regimeTVA » (Régime de TVA), « isPFIToDMP » "
        "(Envoi au "
        "DMP par un tiers ?). Donnez à chacune un titre sous [colonnes], ou une valeur sous [constantes]."),
    ),
    "a sheet that is not there": (
        f'feuille = "Export CRM"\n{WHOLE}',
        ("Ligne 1 de « crm.toml » : « export.xlsx » n'a pas de feuille « Export CRM » (feuilles présentes : « "
        "Export »). "
        "Corrigez son nom, ou retirez la ligne : la feuille est alors cherchée par ses titres."),
    ),
    "a heading that the sheet lacks": (
        with_line('RPPS = "Répertoire"', instead_of='RPPS = "Code RPPS"'),
        (f"Ligne 6 de « crm.toml » : la feuille « Export » de « export.xlsx » n'a pas de colonne « Répertoire » "
        f"(titres lus : ligne 1). {TITRES}"),
    ),
    "a heading nearly there": (
        with_line('RPPS = "Code RPS"', instead_of='RPPS = "Code RPPS"'),
        ("Ligne 6 de « crm.toml » : la feuille « Export » de « export.xlsx » n'a pas de colonne « Code RPS » "
        "(titres lus : "
        "ligne 1). Vouliez-vous écrire « Code RPPS » ?"),
    ),
    "headings on a row that is not there": (
        f"titres = 12\n{WHOLE}",
        ("Ligne 1 de « crm.toml » : la feuille « Export » de « export.xlsx » n'a rien à la ligne 12. Donnez le "
        "numéro de la "
        "ligne des titres, tel qu'Excel le montre."),
    ),
    "no supplier": (
        COLUMNS + VALUES + CONSTANTS,
        ("Ni « export.xlsx » ni sa correspondance ne donnent « numeroAns » (Numéro de référencement ANS). "
        "Écrivez-le sous "
        "[parametres] dans la correspondance, ou donnez-le avec --numero-ans."),
    ),
    "a wrong supplier": (
        with_line('SIRET = "380423723"', instead_of='SIRET = "38042372300028"'),
        ("Pour « export.xlsx », « SIRET » (SIRET du fournisseur) est incorrect : « 380423723 » ; il doit compter "
        "exactement 14 "
        "chiffres. Corrigez-le sous [parametres] dans la correspondance, ou donnez-le avec --siret."),
    ),
    "several faults": (
        WHOLE.replace('RPPS = "Code RPPS"', "RPPS = 6").replace('isPFIToDMP = "NON"', 'isPFIToDMP = ""'),
        ("Ligne 6 de « crm.toml » : « RPPS » attend un titre de votre feuille, entre guillemets. Écrivez par "
        "exemple RPPS = "
        '"N° RPPS" ; deux colonnes se joignent par un modèle (docs/correspondance.md). '
        "Ligne 19 de « crm.toml » : « isPFIToDMP » attend une valeur. Écrivez un texte entre guillemets, un "
        "nombre, une date "
        "ou true et false ; pour ne rien donner, retirez la ligne."),
    ),
}  # fmt: skip


def refused(run: Run) -> str:
    assert (run.status, run.document) == (2, {})
    return run.stderr.replace(NBSP, " ").removesuffix("\n")


@pytest.mark.parametrize(("text", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_line(tmp_path: Path, convert: Convert, text: str, sentence: str) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)])
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml", text)))
    assert refused(run) == sentence
    assert not (tmp_path / "out").exists()


def test_a_heading_of_two_columns_is_told_with_their_letters(tmp_path: Path, convert: Convert) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)], (*HEADINGS, "Email"))
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml")))
    assert refused(run) == (
        "Ligne 4 de « crm.toml » : dans la feuille « Export » de « export.xlsx », « Email » est le titre de "
        "plusieurs "
        "colonnes (D et L). Dites laquelle : écrivez « Email (colonne D) »."
    )


def test_several_sheets_none_of_which_has_the_headings(tmp_path: Path, convert: Convert) -> None:
    import openpyxl

    path = write_export(tmp_path / "export.xlsx", [deal(1)], HEADINGS[1:])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Autre")
    book.save(path)
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml")))
    assert refused(run) == (
        "Aucune feuille de « export.xlsx » n'a tous les titres que nomme la correspondance « crm.toml » (feuilles "
        "présentes "
        ': « Export », « Autre »). Dites laquelle lire, par exemple feuille = "Export", pour savoir quels titres '
        "lui manquent."
    )


def nothing(path: Path) -> None:
    path.unlink(missing_ok=True)


def too_big(path: Path) -> None:
    path.write_text("# rien\n" * 30_000)


UNREADABLE = {
    "absent": (
        nothing,
        (
            "La correspondance « {path} » est introuvable. Vérifiez son nom et son dossier ; « converter "
            "correspondance CLASSEUR "
            "» en écrit une première."
        ),
    ),
    "a folder": (
        Path.mkdir,
        (
            "La correspondance « crm.toml » ne peut pas être lue. Vérifiez que c'est bien un fichier, et vos droits "
            "sur lui."
        ),
    ),
    "too big": (
        too_big,
        (
            "La correspondance « crm.toml » dépasse 200 000 octets. Vérifiez que c'est bien une correspondance : "
            "quelques dizaines "
            "de lignes suffisent."
        ),
    ),
    "not UTF-8": (
        lambda path: path.write_bytes(WHOLE.encode("cp1252")),
        (
            "La correspondance « crm.toml » n'est pas un texte en UTF-8. Enregistrez-la en UTF-8 : le Bloc-notes "
            "le propose dans « "
            "Enregistrer sous »."
        ),
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_mapping_that_cannot_be_read(tmp_path: Path, convert: Convert, case: str) -> None:
    make, sentence = UNREADABLE[case]
    path = tmp_path / "crm.toml"
    make(path)
    run = convert(write_export(tmp_path / "export.xlsx", [deal(1)]), options=("--correspondance", path))
    assert refused(run) == sentence.format(path=path)


@pytest.mark.parametrize("name", ["../crm.toml", "sous/crm.toml", "C:crm.toml", "crm.txt", "/etc/passwd", ".toml"])
def test_parametres_may_only_name_a_file_beside_the_workbook(tmp_path: Path, convert: Convert, name: str) -> None:
    write_mapping(tmp_path / "crm.toml")
    folder = tmp_path / "classeurs"
    folder.mkdir()
    run = convert(write_export(folder / "export.xlsx", [deal(1)], parameters={"correspondance": name}))
    assert refused(run) == (
        f"« Paramètres » de « export.xlsx » nomme la correspondance « {name} », qui n'est pas le nom d'un fichier "
        ".toml. Écrivez le nom seul, sans dossier, d'un fichier .toml donné avec le classeur."
    )


def test_parametres_names_a_mapping_that_is_not_there(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_export(tmp_path / "export.xlsx", [deal(1)], parameters={"correspondance": "crm.toml"}))
    assert refused(run) == (
        "La correspondance « crm.toml », que nomme « Paramètres » de « export.xlsx », est introuvable. "
        "Donnez-la avec le classeur : dans le même dossier, avec --correspondance, ou dans la page, au champ "
        "« Correspondance »."
    )


def test_a_fault_of_one_workbook_does_not_stop_the_others(tmp_path: Path) -> None:
    good = write_export(tmp_path / "bon.xlsx", [deal(1)])
    other = write_export(tmp_path / "autre.xlsx", [deal(2)], HEADINGS[1:])
    options = ("--out", tmp_path / "out", "--date", "2026-11-22", "--no-attachments")
    run = command("convert", good, other, "--correspondance", write_mapping(tmp_path / "crm.toml"), *options)
    assert (run.status, run.counts) == (1, (1, 0, 0))
    assert "n'a pas de colonne «\u00a0Affaire\u00a0»" in run.stderr


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "[" + ".".join("a" * 3000) + "]", "a = " + "9" * 5000, "a = {" + "b = {" * 3000, "\x00"],
    ids=["lists", "keys", "digits", "tables", "NUL"],
)
def test_a_hostile_mapping_is_only_a_wrong_line(tmp_path: Path, convert: Convert, text: str) -> None:
    path = write_export(tmp_path / "export.xlsx", [deal(1)])
    run = convert(path, options=("--correspondance", write_mapping(tmp_path / "crm.toml", text)))
    assert refused(run).startswith("Ligne 1 de « crm.toml »")
