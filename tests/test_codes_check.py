"""Every code of control 1 (`converter check`): what is wrong with a file, then the sentence that rejects it whole.

Those of control 2 are in test_codes_requests.
"""

import os
from pathlib import Path

import pytest
from conftest import command
from portal_examples import NAME, changed, file_of, practice, put, structure, written

from converter.portal import spelling

RIGHT = file_of(practice("00001", 1), structure("00002", 2))
"""Request 1 is LIBERAL, of three doctors; request 2 is for a STRUCTURE, under the HT regime."""
LIBERAL, STRUCTURE = "lignesImport.0.", "lignesImport.1."


def rejected(path: Path) -> str:
    """Why `check` rejects the whole file at `path`."""
    run = command("check", path)
    (file,) = run.document["files"]
    assert (run.status, file["structure_ok"], file["requests"]) == (1, False, [])
    sentence: str = file["structure_error"]
    return sentence


RIGHT_BYTES = written(RIGHT)
CONTENTS = {
    "json-bom": (
        b"\xef\xbb\xbf" + RIGHT_BYTES,
        (
            "Le fichier commence par une marque invisible (BOM) que le format JSON n'admet pas. "
            "Enregistrez-le en UTF-8 sans BOM."
        ),
    ),
    "json-not-utf8": (
        RIGHT_BYTES.decode().encode("latin-1"),
        "Le fichier contient des caractères qui ne sont pas de l'UTF-8. Enregistrez-le en UTF-8, sans BOM.",
    ),
    "json-malformed": (
        b'{"impId": null,\n  "numeroAns" "0123456789"}',
        (
            "Le fichier n'est pas du JSON bien formé : la lecture s'arrête ligne 2, colonne 15. "
            "Cherchez à cet endroit, ou juste avant, une virgule, un guillemet ou une accolade en trop ou manquants."
        ),
    ),
    "json-constant": (
        RIGHT_BYTES.replace(b"1075.00", b"NaN", 1),
        "Le fichier contient la valeur « NaN », qui n'existe pas en JSON. Écrivez un nombre ou null à la place.",
    ),
    "json-tag-twice": (
        RIGHT_BYTES.replace(b'"impId"', b'"SIRET": "38042372300028", "impId"', 1),
        "La balise « SIRET » figure deux fois dans le même bloc. Gardez-en une seule.",
    ),
    "json-excessive": (
        b"[" * 100_000,
        (
            "Le fichier contient un nombre démesuré ou des blocs imbriqués à l'excès : ce n'est pas un fichier "
            "JSON-MDV. Vérifiez que vous avez choisi le bon fichier."
        ),
    ),
    "file-header": (
        written(changed(RIGHT, "SIRET", "3804237230002")),
        (
            "En-tête du fichier, balise « SIRET » : « SIRET » doit compter exactement 14 caractères : "
            "« 3804237230002 » en compte 13. Vérifiez la valeur, zéros de tête compris. "
            "Le portail rejette le fichier entier."
        ),
    ),
    "request-count": (
        written(file_of(*[practice()] * 201)),
        "Le fichier contient 201 demandes ; il en faut de 1 à 200. Répartissez les demandes sur plusieurs fichiers.",
    ),
    "tag-absent": (
        RIGHT_BYTES.replace(b'"regimeTVA": "TTC",', b"", 1),
        (
            "La balise « regimeTVA » manque (demande n° 1, commande). "
            "Écrivez-la ; si elle n'a pas de valeur, écrivez null."
        ),
    ),
    "tag-unknown": (
        written(changed(RIGHT, LIBERAL + "commande.regimeTva", "TTC")),
        (
            "La balise « regimeTva » n'existe pas à cet endroit du format (demande n° 1, commande). "
            "Vouliez-vous dire « regimeTVA » ? Retirez-la ou corrigez-la, majuscules comprises."
        ),
    ),
    "file-header, letters": (
        written(changed(RIGHT, "numeroAns", "01234-6789")),
        (
            "En-tête du fichier, balise « numeroAns » : « numeroAns » ne peut contenir que des chiffres et des lettres "
            "sans accent : « 01234-6789 ». Retirez espaces, points et tirets, et vérifiez la valeur. "
            "Le portail rejette le fichier entier."
        ),
    ),
    "file-header, block": (
        written(changed(RIGHT, "impId", {})),
        (
            "En-tête du fichier, balise « impId » : « impId » doit valoir null avant le dépôt, et non « {…} » : l'ASP "
            "la remplit ensuite. Écrivez null. Pour un fichier que le portail vous a rendu, utilisez « converter "
            "return ». Le portail rejette le fichier entier."
        ),
    ),
    "file-header, array": (
        written(changed(RIGHT, "impId", [])),
        (
            "En-tête du fichier, balise « impId » : « impId » doit valoir null avant le dépôt, et non « […] » : l'ASP "
            "la remplit ensuite. Écrivez null. Pour un fichier que le portail vous a rendu, utilisez « converter "
            "return ». Le portail rejette le fichier entier."
        ),
    ),
    "tag-unknown, like none": (
        written(changed(RIGHT, LIBERAL + "commentaire", "")),
        (
            "La balise « commentaire » n'existe pas à cet endroit du format (demande n° 1). "
            "Retirez-la ou corrigez-la, majuscules comprises."
        ),
    ),
    "tag-shape, array": (
        written(changed(RIGHT, LIBERAL + "beneficiaires.liberal", {})),
        (
            "« liberal » doit être un tableau [ … ] (demande n° 1, beneficiaires, liberal). "
            "Reprenez la structure du modèle de fichier de l'ASP."
        ),
    ),
    "tag-shape, value": (
        written(changed(RIGHT, LIBERAL + "commande.regimeTVA", ["TTC"])),
        (
            "« regimeTVA » doit être une valeur simple (texte, nombre, true, false ou null) (demande n° 1, commande, "
            "regimeTVA). Reprenez la structure du modèle de fichier de l'ASP."
        ),
    ),
    "tag-shape": (
        written(changed(RIGHT, STRUCTURE + "commande", [])),
        (
            "« commande » doit être un objet { … } (demande n° 2, commande). "
            "Reprenez la structure du modèle de fichier de l'ASP."
        ),
    ),
}


@pytest.mark.parametrize(("content", "sentence"), CONTENTS.values(), ids=CONTENTS)
def test_a_content_that_the_portal_would_reject_whole(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert rejected(tmp_path / NAME).replace("\u00a0", " ") == sentence


def test_a_file_far_too_big_is_not_read_further(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    os.truncate(tmp_path / NAME, 20_000_001)
    assert rejected(tmp_path / NAME).replace("\u00a0", " ") == (
        "Le fichier dépasse 20 Mo : ce n'est pas un fichier JSON-MDV, qui compte 200 demandes au plus. "
        "Vérifiez que vous avez choisi le bon fichier."
    )


def test_a_file_that_is_not_there_beside_one_that_is(tmp_path: Path) -> None:
    run = command("check", tmp_path / "absent.json", put(tmp_path, RIGHT))
    assert run.status == 1
    assert [(one["structure_ok"], one["structure_error"]) for one in run.document["files"]] == [
        (
            False,
            (
                "Le fichier ne peut pas être ouvert. "
                "Vérifiez qu'il existe, que c'est bien un fichier et que vous avez le droit de le lire."
            ),
        ),
        (True, None),
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "demandes.json",
            (
                "Le nom du fichier, « demandes.json », n'est pas de la forme JSON-numeroAns-AAAAMMJJ-NNN.json. "
                "Donnez-lui le numéro ANS, le jour du dépôt et le numéro du fichier ce jour-là, par exemple "
                "JSON-0123456789-20261122-001.json."
            ),
        ),
        (
            "JSON-9876543210-20261122-001.json",
            (
                "Le nom du fichier, « JSON-9876543210-20261122-001.json », ne porte pas le numeroAns qui est écrit "
                "dans le fichier, « 0123456789 ». Écrivez le même numéro dans le nom et dans le fichier."
            ),
        ),
    ],
    ids=["file-name", "file-name-number"],
)
def test_a_name_that_the_portal_would_reject(tmp_path: Path, name: str, sentence: str) -> None:
    assert rejected(put(tmp_path, RIGHT, name)).replace("\u00a0", " ") == sentence


def refused(*words: object) -> str:
    """The sentence of a `check` that does nothing."""
    run = command("check", *words)
    assert (run.status, run.document) == (2, {})
    return run.stderr.replace("\u00a0", " ")


def test_a_model_that_is_no_block_of_tags(tmp_path: Path) -> None:
    assert refused("--model", put(tmp_path, ["numeroAns", "SIRET"])) == (
        "Le modèle n'est pas un fichier JSON-MDV : il n'est pas fait d'un bloc de balises. "
        "Téléchargez depuis le portail le modèle de fichier JSON « Médecine de ville ».\n"
    )


def test_what_was_handed_back_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "rendus").mkdir()
    put(tmp_path / "rendus", "à garder")
    assert refused(put(tmp_path, RIGHT), "--write-return", tmp_path / "rendus") == (
        "« JSON-0123456789-20261122-001.json » existe déjà dans le dossier demandé : rien n'a été écrit. "
        "Choisissez un autre dossier, ou retirez ce fichier.\n"
    )
    assert (tmp_path / "rendus" / NAME).read_text(encoding="utf-8") == '"à garder"'


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            "[balises",
            (
                "Le fichier « portail.toml », qui dit comment écrire les balises, ne peut pas être lu. Il doit "
                'contenir une seule table, [balises], avec une ligne par balise, par exemple : SIRET = "siret".\n'
            ),
        ),
        (
            '[balises]\nSIREN = "siren"',
            (
                "« SIREN », dans « portail.toml », n'est pas une balise du guide. "
                "Écrivez à gauche du signe = la balise telle que le guide l'écrit, majuscules comprises.\n"
            ),
        ),
        (
            '[balises]\nSIRET = "le siret"',
            (
                "Dans « portail.toml », la balise « SIRET » ne peut pas s'écrire « le siret ». Donnez un nom entre "
                "guillemets, fait de lettres sans accent et de chiffres, qui commence par une lettre.\n"
            ),
        ),
        (
            '[balises]\nSIRET = "numero"\nnumeroAns = "numero"',
            (
                "Dans « portail.toml », les balises « numeroAns » et « SIRET » s'écriraient toutes deux « numero ». "
                "Donnez à chacune un nom différent.\n"
            ),
        ),
    ],
    ids=["spelling-unreadable", "spelling-unknown-tag", "spelling-unwritable", "spelling-twice"],
)
def test_a_spelling_that_cannot_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, sentence: str
) -> None:
    (tmp_path / "portail.toml").write_text(table, encoding="utf-8")
    monkeypatch.setattr(spelling, "template_path", tmp_path.joinpath)
    assert refused(put(tmp_path, RIGHT)) == sentence
