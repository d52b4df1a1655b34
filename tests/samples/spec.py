"""An independent reading of the spec: from rows as a person thinks of them to the JSON-MDV that the portal expects.

Nothing of the converter is used here. A row is a mapping tag → text: "OUI", "04/11/2022", "1075.00", "CH _28".
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, str]

COLUMNS = (
    "refCommande", "numeroEditeur",
    "dateCommande", "regimeTVA", "montantSegurHT",
    "commandePour", "isMandataire", "isClientUnique", "nomMandataire", "emailMandataire", "telephoneMandataire",
    "nomMedecin", "emailMedecin", "telephoneMedecin", "RPPS",
    "FINESSJuridique", "nomResponsable", "emailResponsable", "telephoneResponsable", "FINESSGeo",
    "isCentreDeSante", "operateurMessagerie", "isProSanteConnectNeeded", "isDirecToDMP", "isPFIToDMP",
    "isDirectToMSSPro", "isPFIToMSSPro", "isDirectToMSSCitoyen", "isPFIToMSSCitoyen",
    "bonCommande", "preuveHT", "commandeDistincte",
)  # fmt: skip
MOST_IN_A_FILE = 200


def letters(tag: str) -> str:
    """The column of our template in which this tag stands."""
    rank = COLUMNS.index(tag)
    return chr(ord("A") + rank) if rank < 26 else "A" + chr(ord("A") + rank - 26)


def json_files(supplier: Row, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The files that a publisher's first run makes of these rows, numbered from 00001, at most 200 requests each."""
    orders: dict[str, list[Row]] = {}
    for row in rows:
        orders.setdefault(row["refCommande"], []).append(row)
    requests = [_request(supplier, lines, number) for number, lines in enumerate(orders.values(), start=1)]
    files = []
    for start in range(0, len(requests), MOST_IN_A_FILE):
        part = requests[start : start + MOST_IN_A_FILE]
        lines = [{"numLigne": line, **request} for line, request in enumerate(part, start=1)]
        files.append(
            {"impId": None, "numeroAns": supplier["numeroAns"], "SIRET": supplier["SIRET"], "lignesImport": lines}
        )
    return files


def _request(supplier: Row, lines: Sequence[Row], number: int) -> dict[str, Any]:
    def value(tag: str) -> str | None:
        return next((line[tag] for line in lines if line.get(tag)), None)

    number = f"{number:05d}"
    return {
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": number,
        "commande": {
            "dateCommande": value("dateCommande"),
            "regimeTVA": value("regimeTVA"),
            "montantSegurHT": float(value("montantSegurHT") or 0),
        },
        "beneficiaires": _liberal(lines, value) if value("commandePour") == "LIBERAL" else _structure(lines, value),
        "piecesJustificatives": _documents(supplier, number, value),
        "scenarioInstallation": {
            "isCentreDeSante": value("isCentreDeSante") == "OUI",
            "operateurMessagerie": value("operateurMessagerie"),
            "isProSanteConnectNeeded": value("isProSanteConnectNeeded") == "OUI",
            "isDirecToDMP": value("isDirecToDMP") == "OUI",
            "isPFIToDMP": value("isPFIToDMP") == "OUI",
            "isDirectToMSSPro": value("isDirectToMSSPro") == "OUI",
            "isPFIToMSSPro": value("isPFIToMSSPro") == "OUI",
            "isDirectToMSSCitoyen": value("isDirectToMSSCitoyen") == "OUI",
            "isPFIToMSSCitoyen": value("isPFIToMSSCitoyen") == "OUI",
        },
        "codeTraitement": None,
        "libelleTraitement": None,
    }


def _liberal(lines: Sequence[Row], value: Any) -> dict[str, Any]:
    doctors = [
        {
            "nomMedecin": line["nomMedecin"],
            "emailMedecin": line.get("emailMedecin") or None,
            "telephoneMedecin": line.get("telephoneMedecin") or None,
            "RPPS": line["RPPS"],
        }
        for line in lines
    ]
    return {
        "commandePour": "LIBERAL",
        "isMandataire": value("nomMandataire") is not None,
        "isClientUnique": len(doctors) == 1,
        "nomMandataire": value("nomMandataire"),
        "emailMandataire": value("emailMandataire"),
        "telephoneMandataire": value("telephoneMandataire"),
        "liberal": doctors,
        "structure": {},
    }


def _structure(lines: Sequence[Row], value: Any) -> dict[str, Any]:
    return {
        "commandePour": "STRUCTURE",
        "isMandataire": False,
        "isClientUnique": False,
        "nomMandataire": None,
        "emailMandataire": None,
        "telephoneMandataire": None,
        "liberal": [],
        "structure": {
            "FINESSJuridique": value("FINESSJuridique"),
            "nomResponsable": value("nomResponsable"),
            "emailResponsable": value("emailResponsable"),
            "telephoneResponsable": value("telephoneResponsable"),
            "FINESSGeo": [line["FINESSGeo"] for line in lines],
        },
    }


def _documents(supplier: Row, number: str, value: Any) -> list[dict[str, str]]:
    documents = [_document("BDC", "BON_COMMANDE", number, value("bonCommande"))]
    if value("regimeTVA") == "HT":
        documents.append(_document("HT", "PREUVE_HT", number, value("preuveHT") or supplier["preuveHT"]))
    return documents


def _document(code: str, kind: str, number: str, file_name: str) -> dict[str, str]:
    extension = file_name.rpartition(".")[2]
    name = f"MDV-LGC-Val-{code}-{number}.{extension}"
    return {"nomFichier": name, "formatFichier": extension.upper(), "typeFichier": kind}


def as_text(file: Mapping[str, Any]) -> str:
    """The file as kept in `attendu/`: one request a line, amounts with their two decimals."""
    head = {tag: value for tag, value in file.items() if tag != "lignesImport"}
    lines = ",\n".join(_two_decimals(json.dumps(line, ensure_ascii=False)) for line in file["lignesImport"])
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "lignesImport": [\n{lines}\n]}}\n'


def _two_decimals(text: str) -> str:
    return re.sub(r'(?<="montantSegurHT": )[0-9.]+', lambda amount: f"{float(amount[0]):.2f}", text)


def exactly(text: str) -> Any:
    """A JSON text as nested lists of pairs and texts: equal only if tags, their order and each written number are."""
    return json.loads(text, object_pairs_hook=list, parse_float=str, parse_int=str)


def documents_of(file: Mapping[str, Any]) -> Iterable[str]:
    """Every nomFichier of a file, in its order."""
    return [one["nomFichier"] for line in file["lignesImport"] for one in line["piecesJustificatives"]]
