"""Ledgers of earlier versions: brought up to date with everything in them, and guarding as much as a new one."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path

import orjson
import pytest
from conftest import command
from ledger_tools import ANS, NEXT_DAY, Office, file_name, numbers, plain
from workbooks import SUPPLIER, rpps, solo

from converter.format.references import reading_of
from converter.ledger import flat_snapshots, tables

CONTENTS = {
    "dateCommande": "04/11/2026", "regimeTVA": "TTC", "montantSegurHT": "1075.00", "commandePour": "LIBERAL",
    "isMandataire": "NON", "isClientUnique": "OUI", "isCentreDeSante": "NON", "operateurMessagerie": "CH _28",
    "isProSanteConnectNeeded": "OUI", "isDirecToDMP": "OUI", "isPFIToDMP": "NON", "isDirectToMSSPro": "OUI",
    "isPFIToMSSPro": "NON", "isDirectToMSSCitoyen": "OUI", "isPFIToMSSCitoyen": "NON",
    "liberal.0.nomMedecin": "ÉGLANTIER 1", "liberal.0.emailMedecin": "medecin1@cabinet.example",
    "liberal.0.telephoneMedecin": "0199001234", "profils": "Centre de santé ; Mailiz", "workbook": "commandes0.xlsx",
}  # fmt: skip


ORDER = {tag: text for tag, text in CONTENTS.items() if "." not in tag and tag != "operateurMessagerie"}
STRUCTURE = ORDER | {
    "regimeTVA": "HT", "montantSegurHT": "10750.50", "commandePour": "STRUCTURE", "isClientUnique": "NON",
    "isCentreDeSante": "OUI", "FINESSJuridique": "980000017", "nomResponsable": "RIVIÈRE",
    "emailResponsable": "direction@centre.example", "telephoneResponsable": "0199005678",
    **{f"FINESSGeo.{rank}": f"98000{rank:04d}" for rank in range(12)},
    "bonCommande": "bon.pdf", "preuveHT": "ht.png", "commandeDistincte": "OUI", "sha256.BON_COMMANDE": "ab" * 32,
    "sha256.PREUVE_HT": "cd" * 32,
}  # fmt: skip
GROUP = CONTENTS | {
    "isMandataire": "OUI", "isClientUnique": "NON", "nomMandataire": "ÉGLANTIER 1",
    "emailMandataire": "medecin1@cabinet.example", "telephoneMandataire": "0199001234",
    "liberal.0.RPPS": rpps(1), "liberal.1.nomMedecin": "MÉLÈZE", "liberal.1.RPPS": rpps(2),
}  # fmt: skip
SEALED = {
    2: "cle, numeroEditeur, etat, fichier, numLigne, jour, SIRET, montantSegurHT, beneficiaires, contenu, numeroASP, "
    "codeTraitement, libelleTraitement, lecture, chiffres, nombre, bonCommande"
}
SEALED[3] = SEALED[4] = f"{SEALED[2]}, decision, verse, motif"
SEALED[5] = f"{SEALED[4]}, provenance"
Sent = Mapping[str, str]


def write_ledger(office: Office, version: int, requests: Mapping[tuple[str, str], Sent]) -> None:
    """A ledger as a converter of that version left it. `requests`: by numeroEditeur and reference, what was sent."""
    office.out.mkdir()
    with closing(sqlite3.connect(office.ledger)) as db:
        for statement in tables.STEPS[0]:
            db.execute(statement)
        db.execute("INSERT INTO registre VALUES ('0123abcd')")
        db.execute(
            "INSERT INTO fichiers (id, nom, numeroAns, jour, numero) VALUES (1, ?, ?, '2026-11-22', 1)",
            (file_name(1), ANS),
        )
        for line, ((number, reference), sent) in enumerate(requests.items(), start=1):
            who = [value for tag, value in sent.items() if tag.endswith(".RPPS") or tag.startswith("FINESSGeo.")]
            db.execute(
                """INSERT INTO demandes (numeroEditeur, cle, etat, fichier, numLigne, SIRET, montantSegurHT,
                                         beneficiaires, contenu) VALUES (?, ?, 'émise', 1, ?, ?, ?, ?, ?)""",
                (number, json.dumps([ANS, reference, ""], separators=(",", ":")), line, SUPPLIER["SIRET"],
                 sent["montantSegurHT"], json.dumps(who), json.dumps(sent)),
            )  # fmt: skip
            event = (number, "émise", "2026-11-22T10:00:00+01:00", file_name(1), "Émise")
            db.execute(
                "INSERT INTO evenements (numeroEditeur, etat, quand, fichier, cause) VALUES (?, ?, ?, ?, ?)", event
            )
        db.create_function("runs_of", 1, lambda reference: reading_of(reference).runs)
        db.create_function("digits_of", 1, lambda reference: reading_of(reference).digits)
        db.create_function("rendered_of_flat", 1, flat_snapshots.rendered)
        db.create_function("source_of_flat", 1, flat_snapshots.source)
        for statement in chain.from_iterable(tables.STEPS[1:version]):
            db.execute(statement)
        if version in SEALED:
            rows = db.execute(f"SELECT numeroEditeur, {SEALED[version]} FROM inscriptions").fetchall()  # noqa: S608
            for number, *sealed in rows:
                check = hashlib.blake2b(orjson.dumps(sealed), digest_size=8).hexdigest()
                db.execute("UPDATE demandes SET controle = ? WHERE numeroEditeur = ?", (check, number))
        db.execute(f"PRAGMA application_id = {tables.APPLICATION_ID:d}")
        db.execute(f"PRAGMA user_version = {version:d}")
        db.commit()


@pytest.fixture(params=range(1, len(tables.STEPS)))
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def office(tmp_path: Path, version: int) -> Office:
    """BC-0001 is emitted as 00007; 00008, which has no reference and once came back to be corrected, too."""
    office = Office(tmp_path)
    requests = {
        (number, reference): CONTENTS | {"liberal.0.RPPS": rpps(line)}
        for line, (number, reference) in enumerate((("00007", "BC-0001"), ("00008", "Reprise de 00003")), start=1)
    }
    write_ledger(office, version, requests)
    return office


def copies(office: Office) -> list[int]:
    """The versions of its safety copies, oldest first."""
    return [tables.version_of(path) for path in sorted((office.out / "registre.sqlite3.sauvegardes").iterdir())]


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


def test_it_is_copied_first_and_its_rows_are_sealed(office: Office, version: int) -> None:
    office.convert(solo("XY-10", 6), day=NEXT_DAY)
    assert copies(office) == [version, len(tables.STEPS)]
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


def test_all_that_was_sent_is_kept(tmp_path: Path, version: int) -> None:
    requests = {("00001", "BC-1"): GROUP, ("00002", "BC-2"): STRUCTURE}
    office = Office(tmp_path)
    write_ledger(office, version, requests)
    kept = {number: command("status", number, "--out", office.out).document["sent"] for number, _ in requests}
    assert kept == {"00001": GROUP, "00002": STRUCTURE}
    with closing(sqlite3.connect(office.ledger)) as db:
        contenu, provenance = db.execute("SELECT contenu, provenance FROM demandes WHERE id = 2").fetchone()
    assert json.loads(contenu)["beneficiaires"]["structure"]["FINESSGeo"] == [f"98000{rank:04d}" for rank in range(12)]
    assert json.loads(contenu)["commande"] == {
        "dateCommande": "04/11/2026",
        "regimeTVA": "HT",
        "montantSegurHT": 10750.5,
    }
    assert json.loads(contenu)["scenarioInstallation"]["operateurMessagerie"] is None
    assert json.loads(provenance)["workbook"] == "commandes0.xlsx"


def test_it_is_brought_up_to_date_once(office: Office, version: int) -> None:
    states = office.states()
    data = office.ledger.read_bytes()
    assert states == {"00007": ("BC-0001", "émise", ""), "00008": ("", "émise", "")}
    assert (office.states(), office.ledger.read_bytes(), copies(office)) == (states, data, [version])


def test_one_that_cannot_be_read_stays_as_it_was(office: Office, version: int) -> None:
    with closing(sqlite3.connect(office.ledger)) as db:
        db.execute("UPDATE demandes SET contenu = substr(contenu, 2) WHERE numeroEditeur = '00008'")
        db.commit()
    data = office.ledger.read_bytes()
    stopped = office.convert(solo("BC-0001", 1), day=NEXT_DAY)
    assert (stopped.status, "est abîmé" in plain(stopped.stderr)) == (2, True)
    assert (office.ledger.read_bytes(), tables.version_of(office.ledger)) == (data, version)


@pytest.mark.parametrize("version", SEALED, indirect=True)
def test_a_row_that_another_program_changed_is_not_sealed_again(office: Office) -> None:
    with closing(sqlite3.connect(office.ledger)) as db:
        db.execute("UPDATE demandes SET SIRET = '35600000000048' WHERE numeroEditeur = '00007'")
        db.commit()
    stopped = office.convert(solo("BC-0001", 1), day=NEXT_DAY)
    assert (stopped.status, "est abîmé" in plain(stopped.stderr)) == (2, True)
