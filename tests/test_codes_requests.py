"""Every code of control 2 (`converter check`): what is changed in a right file, then the tag, code and sentence."""

from pathlib import Path
from typing import Any

import pytest
from conftest import command
from portal_examples import changed, doctor, document, file_of, practice, put, raw, structure

RIGHT = file_of(practice("00001", 1), structure("00002", 2))
"""Request 1 is LIBERAL, of three doctors, under the TTC regime; request 2 is for a STRUCTURE, under the HT regime."""
ORDER = document("BON_COMMANDE", "MDV-LGC-Val-BDC-00002.pdf")
CERTIFICATE = document("PREUVE_HT", "MDV-LGC-Val-HT-00002.pdf")
ALONE = [doctor("PETIT", "12345678901")]
Case = tuple[int, str, Any, str, str, str]
"""A request, a place in it and what stands there; then the tag, the code and the sentence."""

ANYWHERE: list[Case] = [
    (1, "commande.dateCommande", None, "dateCommande", "CTL-MISSING", "« dateCommande » n'est pas renseigné."),
    (1, "commande.regimeTVA", "", "regimeTVA", "CTL-MISSING", "« regimeTVA » n'est pas renseigné."),
    (1, "beneficiaires.nomMandataire", " ", "nomMandataire", "CTL-MISSING", "« nomMandataire » n'est pas renseigné."),
    (1, "numeroEditeur", 1, "numeroEditeur", "CTL-NOT-TEXT",
     "« numeroEditeur » doit être un texte entre guillemets : 1 n'en est pas un."),
    (1, "numeroEditeur", True, "numeroEditeur", "CTL-NOT-TEXT",
     "« numeroEditeur » doit être un texte entre guillemets : true n'en est pas un."),
    (1, "numeroEditeur", "001", "numeroEditeur", "CTL-EXACT-LENGTH",
     "« numeroEditeur » doit compter exactement 5 caractères : « 001 » en compte 3."),
    (1, "beneficiaires.telephoneMandataire", "0" * 50, "telephoneMandataire", "CTL-TOO-LONG",
     f"« telephoneMandataire » doit compter 49 caractères au plus : « {'0' * 50} » en compte 50."),
    (1, "numeroEditeur", "0000A", "numeroEditeur", "CTL-CHARACTERS",
     "« numeroEditeur » ne peut contenir que des chiffres : « 0000A »."),
    (2, "beneficiaires.structure.FINESSGeo", ["7777777-7"], "FINESSGeo", "CTL-CHARACTERS",
     "« FINESSGeo » ne peut contenir que des chiffres (2A ou 2B en tête pour la Corse) : « 7777777-7 »."),
    (1, "beneficiaires.nomMandataire", "DU\tRAND", "nomMandataire", "CTL-CONTROL-CHARACTER",
     "« nomMandataire » contient un caractère invisible (saut de ligne, tabulation…) : « DU RAND »."),
    (1, "beneficiaires.liberal.1.nomMedecin", "Lefèvre", "nomMedecin", "CTL-NOT-UPPER",
     "« nomMedecin » doit être écrit en majuscules : « Lefèvre ». Écrivez « LEFÈVRE »."),
    (2, "scenarioInstallation.isPFIToDMP", "NON", "isPFIToDMP", "CTL-NOT-BOOLEAN",
     "« isPFIToDMP » doit valoir true ou false, sans guillemets, et non NON."),
    (1, "commande.regimeTVA", "TVA", "regimeTVA", "CTL-CHOICE",
     "« regimeTVA » doit valoir « TTC » ou « HT », et non « TVA »."),
    (1, "numeroASP", "MDV-1", "numeroASP", "CTL-ASP-FILLS",
     "« numeroASP » doit valoir null avant le dépôt, et non « MDV-1 » : l'ASP la remplit ensuite."),
    (1, "commande.dateCommande", "2022-11-04", "dateCommande", "CTL-DATE-FORMAT",
     "« dateCommande » doit être une date JJ/MM/AAAA : « 2022-11-04 » n'en est pas une."),
    (1, "commande.dateCommande", "31/11/2022", "dateCommande", "CTL-DATE-UNREAL",
     "« dateCommande » : le 31/11/2022 n'existe pas au calendrier."),
    (1, "commande.montantSegurHT", "1075.00", "montantSegurHT", "CTL-AMOUNT-NOT-NUMBER",
     "« montantSegurHT » doit être un nombre, sans guillemets : 1075.00."),
    (1, "commande.montantSegurHT", False, "montantSegurHT", "CTL-AMOUNT-NOT-NUMBER",
     "« montantSegurHT » doit être un nombre, sans guillemets : false."),
    (1, "commande.montantSegurHT", raw("0.00"), "montantSegurHT", "CTL-AMOUNT-NOT-POSITIVE",
     "« montantSegurHT » doit être supérieur à 0 : 0.00."),
    (1, "commande.montantSegurHT", raw("0.5"), "montantSegurHT", "CTL-AMOUNT-DECIMALS",
     "« montantSegurHT » doit être écrit avec deux décimales après un point : 0.5."),
    (1, "scenarioInstallation.operateurMessagerie", "CH_28", "operateurMessagerie", "CTL-OPERATOR",
     "« operateurMessagerie » : « CH_28 » n'est pas un code de la liste des opérateurs. Vouliez-vous dire « CH _28 – "),
    (1, "scenarioInstallation.operateurMessagerie", "Mailis", "operateurMessagerie", "CTL-OPERATOR",
     "« operateurMessagerie » : « Mailis » n'est pas un code de la liste des opérateurs. Vouliez-vous dire « MAI_15"),
    (1, "scenarioInstallation.operateurMessagerie", 28, "operateurMessagerie", "CTL-OPERATOR",
     "« operateurMessagerie » : « 28 » n'est pas un code de la liste des opérateurs. Écrivez un code"),
    (2, "numLigne", None, "numLigne", "CTL-LINE-NUMBER",
     "« numLigne » doit valoir 2 à cet endroit du fichier, et non null."),
    (2, "numeroEditeur", "00001", "numeroEditeur", "CTL-NUMBER-TWICE",
     "« numeroEditeur » : « 00001 » est déjà celui de la demande n° 1 du fichier."),
]  # fmt: skip
BETWEEN: list[Case] = [
    (2, "beneficiaires.nomMandataire", "DURAND", "nomMandataire", "CTL-NO-MANDATE",
     "« nomMandataire » doit valoir null, et non « DURAND » : cette demande n'a pas de mandataire."),
    (1, "beneficiaires.isClientUnique", True, "isMandataire", "CTL-MANDATE-AND-SINGLE",
     "« isMandataire » et isClientUnique valent tous deux true : un client unique n'a pas de mandataire."),
    (1, "beneficiaires.liberal", ALONE, "isClientUnique", "CTL-SINGLE-COUNT",
     "« isClientUnique » vaut false, alors que le nombre de médecins de la demande est de 1."),
    (2, "beneficiaires.isClientUnique", True, "isClientUnique", "CTL-STRUCTURE-BOOLEAN",
     "« isClientUnique » doit valoir false pour une STRUCTURE."),
    (1, "beneficiaires.liberal", [], "liberal", "CTL-LIBERAL-EMPTY",
     "« liberal » est vide : une commande LIBERAL doit compter au moins un médecin."),
    (2, "beneficiaires.liberal", ALONE, "liberal", "CTL-LIBERAL-FILLED",
     "« liberal » doit être un tableau vide pour une STRUCTURE."),
    (1, "beneficiaires.structure", structure()["beneficiaires"]["structure"], "structure", "CTL-STRUCTURE-FILLED",
     "« structure » doit être un bloc vide pour une commande LIBERAL."),
]  # fmt: skip
DOCUMENTS: list[Case] = [
    (1, "piecesJustificatives.0.nomFichier", "", "nomFichier", "CTL-MISSING", "« nomFichier » n'est pas renseigné."),
    (1, "piecesJustificatives.0.nomFichier", 1, "nomFichier", "CTL-NOT-TEXT",
     "« nomFichier » doit être un texte entre guillemets : 1 n'en est pas un."),
    (1, "piecesJustificatives.0.nomFichier", "bon.pdf", "nomFichier", "CTL-DOCUMENT-NAME",
     "« nomFichier » : « bon.pdf » ne suit pas la règle de nommage. Écrivez « MDV-LGC-Val-BDC-00001.pdf » :"),
    (1, "piecesJustificatives.0", document("DEVIS", "bon.pdf"), "nomFichier", "CTL-DOCUMENT-NAME",
     "« nomFichier » : « bon.pdf » ne suit pas la règle de nommage. Écrivez « MDV-LGC-Val-BDC-00001.pdf » :"),
    (1, "piecesJustificatives.0", document("DEVIS", "MDV-LGC-Val-HT-00001.pdf"), "typeFichier", "CTL-CHOICE",
     "« typeFichier » doit valoir « BON_COMMANDE » ou « PREUVE_HT », et non « DEVIS »."),
    (2, "piecesJustificatives", [CERTIFICATE], "piecesJustificatives", "CTL-ONE-ORDER",
     "« piecesJustificatives » compte 0 BON_COMMANDE : il en faut exactement un."),
    (2, "piecesJustificatives", [ORDER], "piecesJustificatives", "CTL-CERTIFICATES",
     "« piecesJustificatives » compte 0 PREUVE_HT : il en faut exactement une quand regimeTVA vaut « HT »."),
    (2, "commande.regimeTVA", "TTC", "piecesJustificatives", "CTL-CERTIFICATE-UNNEEDED",
     "« piecesJustificatives » compte 1 PREUVE_HT, alors que regimeTVA vaut « TTC »."),
]  # fmt: skip
CASES = ANYWHERE + BETWEEN + DOCUMENTS


def named(case: Case) -> str:
    return f"{case[4]} {case[1]}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_request_that_the_portal_would_refuse(tmp_path: Path, case: Case) -> None:
    request, place, value, tag, code, sentence = case
    run = command("check", put(tmp_path, changed(RIGHT, f"lignesImport.{request - 1}.{place}", value)))
    (file,) = run.document["files"]
    (refused,) = (one for one in file["requests"] if not one["accepted"])
    assert (run.status, file["structure_ok"]) == (1, True)
    assert (refused["numLigne"], refused["tag"], refused["code"]) == (request, tag, code)
    assert refused["message"].replace("\u00a0", " ").startswith(sentence)
