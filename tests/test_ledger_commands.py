"""The ledger from the command line: running again, changing, voiding, following, and each sentence that stops a run."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
from conftest import DAY, Convert, Run, command
from workbooks import rows_of, solo

NEXT_DAY = "2026-11-23"
ANS = "0123456789"


def file_of(number: int, day: str = DAY) -> str:
    return f"JSON-{ANS}-{day.replace('-', '')}-{number:03d}.json"


def numbers(run: Run) -> list[str]:
    return [request["numeroEditeur"] for request in run.requests]


def names(run: Run) -> list[str]:
    return [Path(one["path"]).name for one in run.document["files"]]


def statuts(run: Run) -> list[str]:
    """The column « Statut » of the annotated copy."""
    sheet = openpyxl.load_workbook(run.document["annotated"][0])["Demandes"]
    (column,) = [cell.column for cell in sheet[1] if cell.value == "Statut"]
    return [str(sheet.cell(row, column).value).replace("\u00a0", " ") for row in range(2, sheet.max_row + 1)]


def test_the_second_time_nothing_new_goes_out(convert: Convert) -> None:
    rows = rows_of(solo("BC-1", 1), solo("BC-2", 2))
    first, second = convert(rows), convert(rows)
    assert (first.counts, numbers(first), names(first)) == ((2, 0, 0), ["00001", "00002"], [file_of(1)])
    assert (second.status, second.counts, second.document["files"]) == (0, (0, 2, 0), [])


def test_what_is_already_out_is_said_with_its_file_and_number(convert: Convert) -> None:
    convert(solo("BC-1", 1))
    again = convert(rows_of(solo("BC-1", 1), solo("BC-2", 2, RPPS="99900000012")))  # a wrong key: a warning
    assert again.counts == (1, 1, 0)
    said = statuts(again)
    assert said[0].startswith("Déjà émise")
    assert file_of(1) in said[0]
    assert "00001" in said[0]


def test_the_next_day_starts_at_001_and_goes_on_with_the_numbers(convert: Convert) -> None:
    convert(solo("BC-1", 1))
    later = convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)), day=NEXT_DAY)
    assert (numbers(later), names(later)) == (["00002"], [file_of(1, NEXT_DAY)])
    assert later.document["lot"].endswith("lot-20261123-01")


def test_a_request_changed_since_is_held_back_on_its_first_differing_cell(convert: Convert) -> None:
    convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
    changed = convert(rows_of(solo("BC-1", 1, montantSegurHT="2000.00"), solo("BC-2", 2)))
    assert (changed.status, changed.counts) == (1, (0, 1, 1))
    (told,) = [one for one in changed.document["findings"] if one["severity"] == "erreur"]
    assert (told["tag"], told["row"]) == ("montantSegurHT", 2)
    sentence = told["message"] + told["remedy"]
    assert file_of(1) in sentence
    assert "converter void" in sentence


def test_a_voided_file_goes_out_again_changed_under_the_same_numbers(convert: Convert, tmp_path: Path) -> None:
    convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
    voided = command("void", file_of(1), "--out", tmp_path / "out")
    assert (voided.status, voided.document["requests"]) == (0, ["00001", "00002"])
    assert "est annulé" in voided.stderr
    assert ".annulé" in voided.stderr
    again = convert(rows_of(solo("BC-2", 2), solo("BC-1", 1, montantSegurHT="2000.00"), solo("BC-3", 3)))
    assert (numbers(again), names(again)) == (["00002", "00001", "00003"], [file_of(1)])
    on_disk = sorted(path.name for path in (tmp_path / "out").glob("lot-*/JSON-*"))
    assert on_disk == [file_of(1), f"{file_of(1)}.annulé"]


def test_void_takes_the_path_of_a_file_too(convert: Convert, tmp_path: Path) -> None:
    (file,) = convert(solo()).document["files"]
    assert command("void", file["path"], "--out", tmp_path / "out").status == 0


def test_what_void_refuses(convert: Convert, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (file,) = convert(solo()).document["files"]
    unknown = command("void", file_of(9), "--out", out)
    assert (unknown.status, unknown.stderr.replace("\u00a0", " ")) == (
        2,
        (
            f"Le registre ne connaît aucun fichier « {file_of(9)} » : rien n'a été annulé. "
            "Copiez le nom du fichier tel que « converter status » le montre.\n"
        ),
    )
    assert command("check", file["path"], "--write-return", tmp_path / "retour").status == 0
    (returned,) = (tmp_path / "retour").iterdir()
    assert command("return", returned, "--out", out).status == 0
    answered = command("void", file_of(1), "--out", out)
    assert (answered.status, answered.stderr.count("\n")) == (2, 1)
    assert "Le portail a déjà répondu" in answered.stderr
    convert(solo("BC-2", 2))
    assert command("void", file_of(2), "--out", out).status == 0
    twice = command("void", file_of(2), "--out", out)
    assert (twice.status, twice.stderr.replace("\u00a0", " ")) == (
        2,
        (
            f"Le fichier « {file_of(2)} » est déjà annulé. "
            "Il n'y a rien à faire : ses demandes sont libres et gardent leur numeroEditeur.\n"
        ),
    )


def test_status_follows_every_request(convert: Convert, tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert(solo("BC-1", 1))
    convert(solo("BC-2", 2, montantSegurHT="1000.00"))
    command("void", file_of(1), "--out", out)
    followed = command("status", "--out", out)
    assert followed.status == 0
    assert [
        (one["refCommande"], one["state"], one["file"], one["advance"]) for one in followed.document["requests"]
    ] == [
        ("BC-1", "annulée", file_of(1), 322.5),
        ("BC-2", "émise", file_of(2), 300.0),
    ]


def assert_stopped(run: Run, out: Path, sentence: str) -> None:
    """Status 2, one sentence, and no lot beyond the first one."""
    assert (run.status, run.document, run.stderr.count("\n")) == (2, {}, 1)
    assert sentence in run.stderr.replace("\u00a0", " ")
    assert sorted(path.name for path in out.glob("*lot-*")) == ["lot-20261122-01"]


def test_a_lost_ledger_stops_the_run(convert: Convert, tmp_path: Path) -> None:
    convert(solo("BC-1", 1))
    (tmp_path / "out" / "registre.sqlite3").unlink()
    shutil.rmtree(tmp_path / "out" / "registre.sqlite3.sauvegardes")
    assert_stopped(convert(solo("BC-2", 2)), tmp_path / "out", "contient déjà des fichiers émis")
    assert not (tmp_path / "out" / "registre.sqlite3").exists()


def test_a_stray_file_under_the_next_name_stops_the_run(convert: Convert, tmp_path: Path) -> None:
    convert(solo("BC-1", 1))
    stray = tmp_path / "out" / "lot-20261122-01" / file_of(2)
    stray.write_text("{}")
    assert_stopped(convert(solo("BC-2", 2)), tmp_path / "out", f"Le fichier « {file_of(2)} », dans «")
    assert stray.read_text() == "{}"


def test_what_is_no_ledger_of_ours_stops_the_run(convert: Convert, tmp_path: Path) -> None:
    convert(solo("BC-1", 1))
    ledger = tmp_path / "out" / "registre.sqlite3"
    with closing(sqlite3.connect(ledger)) as newer:
        newer.execute("PRAGMA user_version = 99")
    assert_stopped(convert(solo("BC-2", 2)), tmp_path / "out", "vient d'une version plus récente du programme")
    ledger.write_bytes(b"pas un registre")
    assert_stopped(convert(solo("BC-2", 2)), tmp_path / "out", "n'est pas un registre de ce programme")
    foreign = convert(solo("BC-2", 2), options=["--ledger", "mysql://serveur/registre"])
    assert_stopped(foreign, tmp_path / "out", "ne connaît pas « mysql »")


def test_validate_leaves_the_ledger_alone(convert: Convert, tmp_path: Path) -> None:
    convert(solo("BC-1", 1))
    ledger = tmp_path / "out" / "registre.sqlite3"
    before = ledger.read_bytes()
    assert command("validate", tmp_path / "commandes0.xlsx", "--out", tmp_path / "out", "--no-attachments").status == 0
    assert ledger.read_bytes() == before
    assert command("validate", tmp_path / "commandes0.xlsx", "--out", tmp_path / "neuf", "--no-attachments").status == 0
    assert [path.name[:4] for path in (tmp_path / "neuf").iterdir()] == ["lot-"]


def test_a_file_that_was_deposited(convert: Convert, tmp_path: Path) -> None:
    """Noted once, told in the history, never voided; a deposit noted by mistake is taken back."""
    convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
    out = ("--out", tmp_path / "out")
    noted, again = (command("deposit", file_of(1), "--le", "2026-11-22", *out) for _ in range(2))
    assert (noted.status, noted.document["requests"], again.document["requests"]) == (0, ["00001", "00002"], [])
    event = command("status", "00001", *out).document["history"][-1]
    assert (event["state"], event["cause"]) == ("émise", "Fichier déposé sur le portail le 22/11/2026")
    refused = command("void", file_of(1), *out)
    assert (refused.status, "a été déposé le 22/11/2026" in refused.stderr) == (2, True)
    back = command("deposit", file_of(1), "--rectifier", *out)
    assert (back.status, back.document["deposited"]) == (0, None)
    assert command("void", file_of(1), *out).status == 0
    voided, unknown, late = (
        command("deposit", *words, *out) for words in ((file_of(1),), (file_of(9),), (file_of(1), "--le", "2099-01-01"))
    )
    assert [one.status for one in (voided, unknown, late)] == [2, 2, 2]
    assert "est annulé" in voided.stderr
    assert "ne connaît aucun fichier" in unknown.stderr
    assert "n'est pas encore passé" in late.stderr
