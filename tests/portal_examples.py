"""JSON-MDV files for the tests of the portal: the guide's two worked examples, as plain values (all invented)."""

import copy
import json
import re
from pathlib import Path
from typing import Any

NAME = "JSON-0123456789-20261122-001.json"
OPERATORS = frozenset({"CH _28", "MAI_15"})


def raw(number: str) -> str:
    """A number to be written in the file exactly so: `raw("1075.00")`."""
    return f"@{number}@"


def practice(number: str = "00001", line: int = 1) -> dict[str, Any]:
    """A group practice of three doctors, one of whom holds the mandate."""
    return {
        "numLigne": line,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": number,
        "commande": {"dateCommande": "04/11/2022", "regimeTVA": "TTC", "montantSegurHT": raw("1075.00")},
        "beneficiaires": {
            "commandePour": "LIBERAL",
            "isMandataire": True,
            "isClientUnique": False,
            "nomMandataire": "DURAND",
            "emailMandataire": "dr.durand@cabinet-durand.fr",
            "telephoneMandataire": "0144556677",
            "liberal": [
                doctor("DURAND", "88888888888", "dr.durand@cabinet-durand.fr", "0144556677"),
                doctor("LEFÈVRE", "77777777777"),
                doctor("D'ALMEIDA", "66666666666"),
            ],
            "structure": {},
        },
        "piecesJustificatives": [document("BON_COMMANDE", f"MDV-LGC-Val-BDC-{number}.pdf")],
        "scenarioInstallation": scenario(isCentreDeSante=False, operateurMessagerie="CH _28"),
        "codeTraitement": None,
        "libelleTraitement": None,
    }


def structure(number: str = "00001", line: int = 1) -> dict[str, Any]:
    """A health centre of three sites, whose supplier is not subject to VAT."""
    return practice(number, line) | {
        "commande": {"dateCommande": "04/11/2022", "regimeTVA": "HT", "montantSegurHT": raw("10750.00")},
        "beneficiaires": {
            "commandePour": "STRUCTURE",
            "isMandataire": False,
            "isClientUnique": False,
            "nomMandataire": None,
            "emailMandataire": None,
            "telephoneMandataire": None,
            "liberal": [],
            "structure": {
                "FINESSJuridique": "111111111",
                "nomResponsable": "DURAND",
                "emailResponsable": "direction@centre-acacias.fr",
                "telephoneResponsable": "0144556677",
                "FINESSGeo": ["777777777", "888888888", "999999999"],
            },
        },
        "piecesJustificatives": [
            document("BON_COMMANDE", f"MDV-LGC-Val-BDC-{number}.pdf"),
            document("PREUVE_HT", f"MDV-LGC-Val-HT-{number}.pdf"),
        ],
        "scenarioInstallation": scenario(isCentreDeSante=True, operateurMessagerie=None),
    }


def doctor(name: str, rpps: str, email: str | None = None, phone: str | None = None) -> dict[str, Any]:
    return {"nomMedecin": name, "emailMedecin": email, "telephoneMedecin": phone, "RPPS": rpps}


def document(kind: str, name: str, form: str = "PDF") -> dict[str, Any]:
    return {"nomFichier": name, "formatFichier": form, "typeFichier": kind}


def scenario(*, isCentreDeSante: bool, operateurMessagerie: str | None) -> dict[str, Any]:
    return {
        "isCentreDeSante": isCentreDeSante,
        "operateurMessagerie": operateurMessagerie,
        "isProSanteConnectNeeded": True,
        "isDirecToDMP": True,
        "isPFIToDMP": False,
        "isDirectToMSSPro": True,
        "isPFIToMSSPro": False,
        "isDirectToMSSCitoyen": True,
        "isPFIToMSSCitoyen": False,
    }


def file_of(*requests: dict[str, Any]) -> dict[str, Any]:
    return {"impId": None, "numeroAns": "0123456789", "SIRET": "38042372300028", "lignesImport": list(requests)}


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at `path`, « commande.regimeTVA » or « beneficiaires.liberal.1.RPPS »."""
    copied = copy.deepcopy(document)
    *steps, last = path.split(".")
    block: Any = copied
    for step in steps:
        block = block[int(step) if step.isdigit() else step]
    block[int(last) if last.isdigit() else last] = value
    return copied


def written(document: Any) -> bytes:
    """The bytes of a file; `raw` numbers as they were given."""
    return re.sub(r'"@([^"@]*)@"', r"\1", json.dumps(document, ensure_ascii=False, indent=2)).encode()


def put(folder: Path, document: Any, name: str = NAME) -> Path:
    """The document written in `folder`."""
    path = folder / name
    path.write_bytes(written(document))
    return path
