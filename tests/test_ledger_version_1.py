"""A ledger of the first version: brought up to date with everything in it, and guarding as much as a new one."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ledger_tools import ANS, NEXT_DAY, Office, file_name, numbers, plain
from workbooks import SUPPLIER, rpps, solo

from converter.ledger import tables

CONTENTS = {
    "dateCommande": "04/11/2026", "regimeTVA": "TTC", "montantSegurHT": "1075.00", "commandePour": "LIBERAL",
    "isMandataire": "NON", "isClientUnique": "OUI", "isCentreDeSante": "NON", "operateurMessagerie": "CH _28",
    "isProSanteConnectNeeded": "OUI", "isDirecToDMP": "OUI", "isPFIToDMP": "NON", "isDirectToMSSPro": "OUI",
    "isPFIToMSSPro": "NON", "isDirectToMSSCitoyen": "OUI", "isPFIToMSSCitoyen": "NON",
    "liberal.0.nomMedecin": "ÉGLANTIER 1", "liberal.0.emailMedecin": "medecin1@cabinet.example",
    "liberal.0.telephoneMedecin": "0199001234", "profils": "Centre de santé ; Mailiz", "workbook": "commandes0.xlsx",
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """BC-0001 is emitted as 00007; 00008, which has no reference and once came back to be corrected, too."""
    office = Office(tmp_path)
    office.out.mkdir()
    with closing(sqlite3.connect(office.ledger)) as db:
        for statement in tables.STEPS[0]:
            assert isinstance(statement, str)
            db.execute(statement)
        db.execute("INSERT INTO registre VALUES ('0123abcd')")
        db.execute(
            "INSERT INTO fichiers (id, nom, numeroAns, jour, numero) VALUES (1, ?, ?, '2026-11-22', 1)",
            (file_name(1), ANS),
        )
        for line, (number, reference) in enumerate((("00007", "BC-0001"), ("00008", "Reprise de 00003")), start=1):
            doctor = rpps(line)
            db.execute(
                """INSERT INTO demandes (numeroEditeur, cle, etat, fichier, numLigne, SIRET, montantSegurHT,
                                         beneficiaires, contenu) VALUES (?, ?, 'émise', 1, ?, ?, '1075.00', ?, ?)""",
                (number, json.dumps([ANS, reference, ""], separators=(",", ":")), line, SUPPLIER["SIRET"],
                 json.dumps([doctor]), json.dumps(CONTENTS | {"liberal.0.RPPS": doctor})),
            )  # fmt: skip
            event = (number, "émise", "2026-11-22T10:00:00+01:00", file_name(1), "Émise")
            db.execute(
                "INSERT INTO evenements (numeroEditeur, etat, quand, fichier, cause) VALUES (?, ?, ?, ?, ?)", event
            )
        db.execute(f"PRAGMA application_id = {tables.APPLICATION_ID:d}")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    return office


def test_its_requests_are_known_again(office: Office) -> None:
    again = office.convert(solo("BC-0001", 1), day=NEXT_DAY)
    assert (again.status, again.counts) == (0, (0, 1, 0))
    assert office.states() == {"00007": ("BC-0001", "émise", ""), "00008": ("", "émise", "")}


def test_the_guards_hold_for_them(office: Office) -> None:
    written_otherwise = office.convert(solo("bc 0001", 5), day=NEXT_DAY)
    assert [code for *_, code in written_otherwise.told] == ["reference-semblable"]
    same_order = office.convert(solo("XY-9", 2), day=NEXT_DAY)
    assert [code for *_, code in same_order.told] == ["commande-deja-demandee"]
    assert numbers(office.convert(solo("XY-10", 6), day=NEXT_DAY)) == ["00009"]


def test_it_is_copied_first_and_its_rows_are_sealed(office: Office) -> None:
    office.convert(solo("XY-10", 6), day=NEXT_DAY)
    versions = [tables.version_of(path) for path in sorted((office.out / "registre.sqlite3.sauvegardes").iterdir())]
    assert versions == [1, len(tables.STEPS)]
    with closing(sqlite3.connect(office.ledger)) as db:
        db.execute("UPDATE demandes SET SIRET = '35600000000048' WHERE numeroEditeur = '00007'")
        db.commit()
    stopped = office.convert(solo("BC-0001", 1), day=NEXT_DAY)
    assert stopped.status == 2
    assert "est abîmé" in plain(stopped.stderr)


def test_its_answers_are_taken_in(office: Office) -> None:
    request = {
        "numeroEditeur": "00007",
        "numeroASP": "ASP-7",
        "codeTraitement": "0000",
        "libelleTraitement": "Demande acceptée",
        "commande": {"dateCommande": "04/11/2026", "montantSegurHT": 1075},
        "beneficiaires": {"liberal": [{"RPPS": rpps(1)}], "structure": {}},
    }
    file = {"numeroAns": ANS, "SIRET": SUPPLIER["SIRET"], "lignesImport": [request]}
    assert office.take_back(office.write_back(file_name(1), file)).status == 0
    assert office.states()["00007"] == ("BC-0001", "acceptée", "ASP-7")
