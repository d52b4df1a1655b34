"""A run, whole: the guide's two examples, the bytes, the names, the `--json` document, what a second run does."""

import datetime
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from conftest import DAY, Convert, command
from samples.cases import cabinet, centre
from samples.documents import pdf
from samples.spec import exactly, json_files
from workbooks import SUPPLIER, Row, finess, group, rows_of, rpps, solo, structure, write_workbook

PDF = pdf("bon")
GUIDE = {"numeroAns": "0123456789", "SIRET": "38042372300028", "profils": "Centre de santé"}
SCHEMA = json.loads((Path(__file__).parents[1] / "templates" / "json-mdv.schema.json").read_text(encoding="utf-8"))

CABINET = """
{"impId": null, "numeroAns": "0123456789", "SIRET": "38042372300028", "lignesImport": [{
  "numLigne": 1, "typeAction": "C", "numeroASP": null, "numeroEditeur": "00001",
  "commande": {"dateCommande": "04/11/2022", "regimeTVA": "TTC", "montantSegurHT": 1075.00},
  "beneficiaires": {
    "commandePour": "LIBERAL", "isMandataire": true, "isClientUnique": false,
    "nomMandataire": "DURAND", "emailMandataire": "dr.durand@cabinet-durand.fr", "telephoneMandataire": "0144556677",
    "liberal": [
      {"nomMedecin": "DURAND", "emailMedecin": "dr.durand@cabinet-durand.fr", "telephoneMedecin": "0144556677",
       "RPPS": "88888888888"},
      {"nomMedecin": "LEFÈVRE", "emailMedecin": null, "telephoneMedecin": null, "RPPS": "77777777777"},
      {"nomMedecin": "D'ALMEIDA", "emailMedecin": null, "telephoneMedecin": null, "RPPS": "66666666666"}
    ],
    "structure": {}
  },
  "piecesJustificatives": [
    {"nomFichier": "MDV-LGC-Val-BDC-00001.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}
  ],
  "scenarioInstallation": {
    "isCentreDeSante": false, "operateurMessagerie": "CH _28", "isProSanteConnectNeeded": true, "isDirecToDMP": true,
    "isPFIToDMP": false, "isDirectToMSSPro": true, "isPFIToMSSPro": false, "isDirectToMSSCitoyen": true,
    "isPFIToMSSCitoyen": false
  },
  "codeTraitement": null, "libelleTraitement": null
}]}
"""
CENTRE = """
{"impId": null, "numeroAns": "0123456789", "SIRET": "38042372300028", "lignesImport": [{
  "numLigne": 1, "typeAction": "C", "numeroASP": null, "numeroEditeur": "00001",
  "commande": {"dateCommande": "04/11/2022", "regimeTVA": "HT", "montantSegurHT": 10750.00},
  "beneficiaires": {
    "commandePour": "STRUCTURE", "isMandataire": false, "isClientUnique": false,
    "nomMandataire": null, "emailMandataire": null, "telephoneMandataire": null,
    "liberal": [],
    "structure": {
      "FINESSJuridique": "111111111", "nomResponsable": "DURAND", "emailResponsable": "direction@centre-acacias.fr",
      "telephoneResponsable": "0144556677", "FINESSGeo": ["777777777", "888888888", "999999999"]
    }
  },
  "piecesJustificatives": [
    {"nomFichier": "MDV-LGC-Val-BDC-00001.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"},
    {"nomFichier": "MDV-LGC-Val-HT-00001.pdf", "formatFichier": "PDF", "typeFichier": "PREUVE_HT"}
  ],
  "scenarioInstallation": {
    "isCentreDeSante": true, "operateurMessagerie": null, "isProSanteConnectNeeded": true, "isDirecToDMP": true,
    "isPFIToDMP": false, "isDirectToMSSPro": false, "isPFIToMSSPro": true, "isDirectToMSSCitoyen": true,
    "isPFIToMSSCitoyen": false
  },
  "codeTraitement": null, "libelleTraitement": null
}]}
"""


@pytest.mark.parametrize(("case", "expected"), [(cabinet(), CABINET), (centre(), CENTRE)], ids=("cabinet", "centre"))
def test_the_guide_s_examples(tmp_path: Path, case: Any, expected: str) -> None:
    [sheet] = case.sheets
    path = write_workbook(tmp_path / "guide.xlsx", sheet.rows, supplier=GUIDE)
    for name in {str(row[tag]) for row in sheet.rows for tag in ("bonCommande", "preuveHT") if row.get(tag)}:
        (tmp_path / "pieces").mkdir(exist_ok=True)
        (tmp_path / "pieces" / name).write_bytes(PDF)
    run = command("convert", path, "--out", tmp_path / "out", "--date", "2022-11-22")
    assert run.status == 0
    assert {told[1:] for told in run.told} == {("avertissement", "cle-controle")}  # the guide's numbers have no key
    [made] = run.document["files"]
    batch = tmp_path / "out" / "lot-20221122-01"
    assert made == {
        "path": str(batch / "JSON-0123456789-20221122-001.json"),
        "requests": 1,
        "archives": [str(batch / "PJ-0123456789-20221122-001-1.zip")],
    }
    assert exactly(Path(made["path"]).read_text(encoding="utf-8")) == exactly(expected)


def test_the_independent_reading_agrees_with_the_guide_s_examples() -> None:
    for case, expected in ((cabinet(), CABINET), (centre(), CENTRE)):
        assert json_files(GUIDE, case.sheets[0].valid) == [json.loads(expected)]


EVERY_SORT = rows_of(
    solo("A", 1, nomMedecin="L'HAŸ & CIE <ŒUVRE>", montantSegurHT=1075),
    group("B", 11, montantSegurHT="0,5"),
    structure("C", 21),
)


def test_the_bytes_of_a_file(convert: Convert) -> None:
    run = convert(EVERY_SORT)
    data = Path(run.document["files"][0]["path"]).read_bytes()
    text = data.decode("utf-8")
    assert not data.startswith(b"\xef\xbb\xbf")
    assert "\\u" not in text
    assert '"L\'HAŸ & CIE <ŒUVRE>"' in text
    assert [line.split(":")[1].strip(' ,}') for line in text.splitlines() if '"montantSegurHT"' in line] == [
        "1075.00", "0.50", "1075.00",
    ]  # fmt: skip


def test_the_order_of_tags_is_the_guide_s(convert: Convert) -> None:
    text = Path(convert(EVERY_SORT).document["files"][0]["path"]).read_text(encoding="utf-8")
    file = dict(exactly(text))
    assert list(file) == ["impId", "numeroAns", "SIRET", "lignesImport"]
    request = dict(file["lignesImport"][0])
    assert list(request) == [
        "numLigne", "typeAction", "numeroASP", "numeroEditeur", "commande", "beneficiaires", "piecesJustificatives",
        "scenarioInstallation", "codeTraitement", "libelleTraitement",
    ]  # fmt: skip
    assert list(dict(request["beneficiaires"])) == [
        "commandePour", "isMandataire", "isClientUnique", "nomMandataire", "emailMandataire", "telephoneMandataire",
        "liberal", "structure",
    ]  # fmt: skip
    assert list(dict(request["scenarioInstallation"])) == [
        "isCentreDeSante", "operateurMessagerie", "isProSanteConnectNeeded", "isDirecToDMP", "isPFIToDMP",
        "isDirectToMSSPro", "isPFIToMSSPro", "isDirectToMSSCitoyen", "isPFIToMSSCitoyen",
    ]  # fmt: skip


def test_another_validator_accepts_the_file_by_the_schema(convert: Convert) -> None:
    [file] = convert(EVERY_SORT).files
    jsonschema.Draft202012Validator(SCHEMA).validate(file)
    del file["lignesImport"][0]["commande"]["dateCommande"]
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(file)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", EVERY_SORT)
    made = []
    for out in ("un", "deux"):
        run = command("convert", path, "--out", tmp_path / out, "--date", DAY, "--no-attachments")
        made.append(Path(run.document["files"][0]["path"]).read_bytes())
    assert made[0] == made[1]


def test_without_attachments_names_come_from_the_cells(convert: Convert) -> None:
    rows = rows_of(
        solo("A", 1, bonCommande="scan 12.JPEG"),
        solo("B", 2, bonCommande="b.png", regimeTVA="HT", preuveHT="attestation.jpg"),
        solo("C", 3, regimeTVA="HT"),
    )
    run = convert(rows)
    assert [[one["nomFichier"] for one in request["piecesJustificatives"]] for request in run.requests] == [
        ["MDV-LGC-Val-BDC-00001.jpg"],
        ["MDV-LGC-Val-BDC-00002.png", "MDV-LGC-Val-HT-00002.jpg"],
        ["MDV-LGC-Val-BDC-00003.pdf", "MDV-LGC-Val-HT-00003.pdf"],
    ]
    assert run.document["files"][0]["archives"] == []


MIXED = rows_of(solo("A", 1), solo("B", 2, RPPS="999", dateCommande="31/02/2026"), solo("C", 3, nomMedecin="Mélèze"))


def test_the_json_document_has_the_shape_of_the_interface(tmp_path: Path, convert: Convert) -> None:
    run = convert(MIXED)
    batch = str(tmp_path / "out" / "lot-20261122-01")
    assert (run.status, list(run.document)) == (
        1,
        ["lot", "files", "requests", "annotated", "report", "findings"],
    )
    findings = run.document.pop("findings")
    assert run.document == {
        "lot": batch,
        "files": [{"path": f"{batch}/JSON-0123456789-20261122-001.json", "requests": 2, "archives": []}],
        "requests": {"emitted": 2, "already_emitted": 0, "held_back": 1},
        "annotated": [f"{batch}/commandes0-erreurs.xlsx"],
        "report": f"{batch}/rapport.html",
    }
    assert findings[1] == {
        "workbook": str(tmp_path / "commandes0.xlsx"),
        "sheet": "Demandes",
        "row": 3,
        "column": "O",
        "tag": "RPPS",
        "value": "999",
        "severity": "erreur",
        "code": "longueur-exacte",
        "message": "«\u00a0Numéro RPPS\u00a0» doit compter 11 chiffres\u00a0: «\u00a0999\u00a0» en compte 3.",
        "remedy": "Vérifiez-le sur la carte du médecin.",
    }
    assert [list(one) for one in findings] == [list(findings[1])] * 3


def test_nothing_but_the_document_stands_on_stdout(convert: Convert) -> None:
    assert "1\u00a0fichier JSON écrit." in convert(solo()).stderr  # what a person reads; stdout has been parsed whole


def test_what_the_folder_of_a_run_holds(convert: Convert) -> None:
    run = convert(MIXED)
    assert sorted(path.name for path in Path(run.document["lot"]).iterdir()) == [
        "JSON-0123456789-20261122-001.json", "commandes0-erreurs.xlsx", "rapport.html",
    ]  # fmt: skip
    report = Path(run.document["report"]).read_text(encoding="utf-8")
    assert "JSON-0123456789-20261122-001.json" in report
    assert "commandes0-erreurs.xlsx" in report


def test_the_annotated_workbook_says_what_became_of_each_row(convert: Convert) -> None:
    book = openpyxl.load_workbook(convert(MIXED).document["annotated"][0])
    assert book.sheetnames[0] == "Anomalies"
    anomalies = [[cell.value for cell in row] for row in book["Anomalies"].iter_rows()]
    header = next(rank for rank, row in enumerate(anomalies) if "Gravité" in row)
    assert anomalies[header][:9] == [
        "Feuille", "Ligne", "Colonne", "Balise", "Valeur", "Gravité", "Code", "Message", "Remède",
    ]  # fmt: skip
    told = [(row[1], row[2], row[3], row[5], row[6]) for row in anomalies[header + 1 :] if row[1]]
    assert told == [
        (3, "C", "dateCommande", "erreur", "date-inexistante"),
        (3, "O", "RPPS", "erreur", "longueur-exacte"),
        (4, "L", "nomMedecin", "correction", "majuscules"),
    ]
    requests = book["Demandes"]
    statut = next(cell.column for cell in requests[1] if cell.value == "Statut")
    statuts = [str(requests.cell(row, statut).value) for row in (2, 3, 4)]
    assert statuts[0] == "Émise\u00a0: JSON-0123456789-20261122-001, demande 00001"
    assert statuts[1].startswith("À corriger")
    assert statuts[2] == "Émise\u00a0: JSON-0123456789-20261122-001, demande 00002"


def test_no_annotated_copy_when_there_are_only_corrections(convert: Convert) -> None:
    run = convert(solo(nomMedecin="Mélèze"))
    assert (run.status, run.document["annotated"]) == (0, [])


def test_the_annotated_copy_corrected_goes_out_and_the_rest_is_skipped(tmp_path: Path, convert: Convert) -> None:
    copy = Path(convert(MIXED).document["annotated"][0])
    book = openpyxl.load_workbook(copy)
    book["Demandes"]["C3"], book["Demandes"]["O3"] = "04/11/2026", rpps(2)
    book.save(tmp_path / copy.name)
    run = convert(tmp_path / copy.name)
    assert (run.status, run.counts) == (0, (1, 2, 0))
    assert [request["numeroEditeur"] for request in run.requests] == ["00003"]


def test_a_second_run_gives_nothing_new(convert: Convert) -> None:
    first = convert(EVERY_SORT)
    second = convert(EVERY_SORT)
    assert first.counts == (3, 0, 0)
    assert (second.status, second.counts, second.document["files"]) == (0, (0, 3, 0), [])


def test_the_next_day_starts_at_001_and_numbers_go_on(convert: Convert) -> None:
    convert(solo("A", 1))
    assert Path(convert(solo("B", 2)).document["files"][0]["path"]).name == "JSON-0123456789-20261122-002.json"
    run = convert(solo("C", 3), day="2026-11-23")
    assert Path(run.document["files"][0]["path"]).name == "JSON-0123456789-20261123-001.json"
    assert run.requests[0]["numeroEditeur"] == "00003"


def test_allocated_numbers_go_on_after_those_that_users_give(convert: Convert) -> None:
    run = convert(rows_of(solo("A", 1), solo("B", 2, numeroEditeur="00002"), solo("C", 3)))
    assert [request["numeroEditeur"] for request in run.requests] == ["00003", "00002", "00004"]


def test_validate_says_the_same_and_takes_nothing(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", MIXED)
    words = [path, "--out", tmp_path / "out", "--date", DAY, "--no-attachments"]
    checked = command("validate", *words)
    batch = Path(checked.document["lot"])
    assert (checked.status, checked.counts, checked.document["files"]) == (1, (0, 0, 1), [])
    assert sorted(path.name for path in batch.iterdir()) == ["a-erreurs.xlsx", "rapport.html"]
    assert not list(tmp_path.rglob("*.sqlite3*"))
    converted = command("convert", *words)
    assert converted.told == checked.told
    assert converted.requests[0]["numeroEditeur"] == "00001"
    assert Path(converted.document["files"][0]["path"]).name.endswith("-001.json")
    assert command("validate", *words).counts == (0, 2, 1)


def test_options_win_over_parametres(convert: Convert) -> None:
    run = convert(solo(), options=["--numero-ans", "LGC7654321", "--siret", "35600000000048"])
    assert (run.files[0]["numeroAns"], run.files[0]["SIRET"]) == ("LGC7654321", "35600000000048")
    assert Path(run.document["files"][0]["path"]).name == "JSON-LGC7654321-20261122-001.json"


@pytest.mark.parametrize("words", [("--numero-ans", "12"), ("--siret", "123")])
def test_a_wrong_option_is_refused(convert: Convert, words: Iterable[str]) -> None:
    run = convert(solo(), options=words)
    assert (run.status, run.document) == (2, {})
    assert run.stderr.count("\n") == 1


def test_the_upload_day_decides_what_is_in_the_future(convert: Convert) -> None:
    rows: list[Row] = solo(dateCommande="22/11/2026")
    assert convert(rows, day="2026-11-21").told == [("C2", "erreur", "date-future")]
    assert convert(rows, day="2026-11-22").counts == (1, 0, 0)


def test_the_upload_day_is_today_by_default(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo(dateCommande="04/11/2022"))
    before = datetime.datetime.now().astimezone().date()
    run = command("convert", path, "--out", tmp_path / "out", "--no-attachments")
    after = datetime.datetime.now().astimezone().date()
    name = Path(run.document["files"][0]["path"]).name
    assert name in {f"JSON-0123456789-{day:%Y%m%d}-001.json" for day in (before, after)}


def test_a_request_held_back_takes_no_number(convert: Convert) -> None:
    run = convert(rows_of(solo("A", 1, RPPS="1"), solo("B", 2)))
    assert [request["numeroEditeur"] for request in run.requests] == ["00001"]


def test_nothing_but_errors_writes_no_json_file(tmp_path: Path, convert: Convert) -> None:
    run = convert(solo(RPPS="1"))
    assert (run.status, run.counts, run.document["files"]) == (1, (0, 0, 1), [])
    assert list((tmp_path / "out").rglob("JSON-*")) == []


def test_folders_are_searched_but_not_the_lots_of_earlier_runs(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", MIXED)
    write_workbook(tmp_path / "nord" / "b.xlsx", solo("D", 4))
    write_workbook(tmp_path / "nord" / "~$b.xlsx", solo("E", 5))
    words = ["convert", tmp_path, "--out", tmp_path / "out", "--date", DAY, "--no-attachments"]
    assert command(*words).counts == (3, 0, 1)
    assert command(*words).counts == (0, 3, 1)


def test_the_supplier_may_be_anyone_with_ten_letters_or_digits(tmp_path: Path, convert: Convert) -> None:
    supplier = {**SUPPLIER, "numeroAns": "AbCdEf0123"}
    run = convert(write_workbook(tmp_path / "a.xlsx", structure("A", 1, FINESSGeo=finess(9)), supplier=supplier))
    assert run.files[0]["numeroAns"] == "AbCdEf0123"


def test_the_advance_is_rounded_request_by_request_as_it_is_paid(tmp_path: Path, convert: Convert) -> None:
    run = convert(solo("A", 1, montantSegurHT=1075.05) + solo("B", 2, montantSegurHT=1075.05))
    report = Path(run.document["report"]).read_text(encoding="utf-8").replace("\u00a0", " ")
    status = command("status", "--out", tmp_path / "out").document["totals"][-1]
    assert "avance de 30 % : 645,04 €" in run.stderr.replace("\u00a0", " ")
    assert "645,04 €" in report
    assert status["advance"] == 645.04
