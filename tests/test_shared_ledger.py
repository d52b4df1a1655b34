# ruff: noqa: S608 — names of our own schemas
"""The ledger in PostgreSQL through the command line: created, granted, copied, shared by machines, refused clearly."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from conftest import Run, command
from cut_network import Relay
from ledger_tools import Office, accepted, file_name, plain
from postgres_server import Server, new_schema
from workbooks import rows_of, solo, write_workbook

from converter import ledger as ledgers
from converter.ledger import tables
from converter.ledger.transaction import Transaction

RIGHTS = (Path(__file__).parent.parent / "docs" / "registre-partage.md").read_text("utf-8").partition("```sql")[2]


@pytest.fixture
def administrator(postgres: Server) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(postgres.url, autocommit=True)) as db:
        yield db


def schema_of(url: str) -> str:
    return url.rpartition("=")[2]


def refused(run: Run) -> str:
    assert (run.status, run.document) == (2, {})
    return plain(run.stderr)


def converted(out: Path, rank: int, *options: object) -> Run:
    workbook = write_workbook(out.parent / f"{out.name}-{rank}.xlsx", solo(f"BC-{rank}", rank))
    return command("convert", workbook, "--out", out, "--date", "2026-11-22", "--no-attachments", *options)


def test_a_ledger_is_created_once_then_used(postgres: Server, tmp_path: Path) -> None:
    url, out = postgres.url_of(new_schema()), tmp_path / "out"
    assert "n'existe pas encore" in refused(converted(out, 1, "--ledger", url))
    assert command("ledger", "init", "--ledger", url).document == {"ledger": url, "created": True}
    assert command("ledger", "init", "--ledger", url).document == {"ledger": url, "created": False}
    assert converted(out, 1, "--ledger", url).counts == (1, 0, 0)
    assert converted(out, 1, "--ledger", url).counts == (0, 1, 0)
    assert not list(out.glob("registre*"))
    assert command("ledger", "check", "--out", out, "--ledger", url).status == 0


def test_a_file_is_created_by_the_same_command(tmp_path: Path) -> None:
    assert command("ledger", "init", "--out", tmp_path).document["created"] is True
    assert command("ledger", "init", "--out", tmp_path).document["created"] is False
    assert refused(command("ledger", "copy", "un-seul")).startswith("Commande mal formée")


def test_a_role_that_may_create_nothing(shared_ledger: str, administrator: psycopg.Connection, tmp_path: Path) -> None:
    schema, role = schema_of(shared_ledger), new_schema()
    administrator.execute(f"CREATE ROLE {role} LOGIN".encode())
    url, out = shared_ledger.replace("postgres@", f"{role}@"), tmp_path / "out"
    assert "n'existe pas encore" in refused(converted(out, 1, "--ledger", url))  # that it may see
    administrator.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}".encode())
    assert "n'a pas les droits" in refused(converted(out, 1, "--ledger", url))
    rights = RIGHTS.partition("```")[0].replace("converter", schema).replace("commerce", role)
    administrator.execute(rights.encode())
    assert converted(out, 1, "--ledger", url).counts == (1, 0, 0)
    assert command("void", file_name(1), "--out", out, "--ledger", url).status == 0
    assert converted(out, 1, "--ledger", url).counts == (1, 0, 0)
    assert command("decision", "00001", "--abandonnée", "--out", out, "--ledger", url).status == 0
    with closing(psycopg.connect(url.partition("?")[0])) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute(f"DELETE FROM {schema}.demandes".encode())


def test_a_ledger_goes_from_a_file_to_a_server_and_back(shared_ledger: str, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.out.mkdir()
    file, back = office.ledger, tmp_path / "retour.sqlite3"
    own = ["--ledger", file]
    office.convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)), options=own)
    command("return", office.handed_back(file_name(1), {"00001": accepted("ASP-1")}), "--out", office.out, *own)
    command("void", "JSON-0123456789-20261122-002.json", "--out", office.out, *own)
    before = [command("status", *number, "--out", office.out, *own).document for number in ((), ("00001",))]
    copied = command("ledger", "copy", file, shared_ledger)
    assert copied.status == 0
    assert copied.document["rows"]["demandes"] == 2
    there = [command("status", *number, "--out", office.out).document for number in ((), ("00001",))]
    assert there == before
    assert office.convert(solo("BC-3", 3)).requests[0]["numeroEditeur"] == "00003"
    assert "contient déjà" in refused(command("ledger", "copy", file, shared_ledger))
    assert command("ledger", "copy", shared_ledger, back).status == 0
    after = command("status", "--out", office.out).document
    assert command("status", "--out", office.out, "--ledger", back).document == after
    assert command("ledger", "check", "--out", office.out, "--ledger", back).status == 0
    assert office.convert(solo("BC-4", 4), options=["--ledger", back]).requests[0]["numeroEditeur"] == "00004"


@pytest.mark.usefixtures("shared_ledger")
def test_each_machine_answers_for_its_own_lots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lille, brest = tmp_path / "lille", tmp_path / "brest"
    monkeypatch.setenv("CONVERTER_MACHINE", "lille")
    converted(lille, 1)
    monkeypatch.setenv("CONVERTER_MACHINE", "brest")
    assert converted(brest, 2).requests[0]["numeroEditeur"] == "00002"
    (lille / "lot-20261122-01").rename(tmp_path / "parti")
    assert file_name(1) not in converted(brest, 3).stderr  # nothing is missing here
    assert command("void", file_name(1), "--out", brest).status == 0
    (tmp_path / "parti").rename(lille / "lot-20261122-01")
    checked = command("ledger", "check", "--out", brest)
    assert (checked.status, checked.document["differences"]) == (0, [])
    monkeypatch.setenv("CONVERTER_MACHINE", "lille")
    assert file_name(1) in converted(lille, 4).stderr  # set aside by its own machine
    assert command("ledger", "check", "--out", lille).status == 0


@pytest.mark.usefixtures("shared_ledger")
def test_machines_killed_at_random(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machines = ("lille", "brest", "nice")
    books = [write_workbook(tmp_path / f"{rank}.xlsx", solo(f"BC-{rank}", rank)) for rank in range(1, 9)]
    script = (
        "import sys; from converter.cli import main; from converter.runs import road; print('prêt', flush=True);"
        "sys.stdin.read(1); sys.exit(main(sys.argv[1:]))"
    )

    def started(rank: int) -> subprocess.Popen[bytes]:
        machine = machines[rank % 3]
        monkeypatch.setenv("CONVERTER_MACHINE", machine)
        words = ["convert", books[rank], "--out", tmp_path / machine, "--date", "2026-11-22", "--no-attachments"]
        process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, words)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout
        process.stdout.readline()
        return process

    chance = random.Random(15)  # noqa: S311 — a moment to be killed
    running = [started(rank) for rank in range(8)]
    for process in running:
        assert process.stdin
        process.stdin.write(b"!")
        process.stdin.flush()
    for process in running:
        time.sleep(chance.random() * 0.3)
        process.kill()
        process.communicate()
    for rank, book in enumerate(books):
        machine = machines[rank % 3]
        monkeypatch.setenv("CONVERTER_MACHINE", machine)
        run = command("convert", book, "--out", tmp_path / machine, "--date", "2026-11-22", "--no-attachments")
        assert run.status == 0, run.stderr
    sent: list[tuple[str, str]] = []
    for machine in machines:
        monkeypatch.setenv("CONVERTER_MACHINE", machine)
        checked = command("ledger", "check", "--out", tmp_path / machine)
        assert (checked.status, checked.document["differences"]) == (0, [])
        for path in (tmp_path / machine).glob("lot-*/JSON-*.json"):
            for one in json.loads(path.read_bytes())["lignesImport"]:
                doctor = one["beneficiaires"]["liberal"][0]["RPPS"]
                sent.append((one["numeroEditeur"], doctor))
    assert len(sent) == len({number for number, _ in sent}) == len({doctor for _, doctor in sent}) == 8


# What is refused, and how it is said


def test_another_version(shared_ledger: str, administrator: psycopg.Connection, tmp_path: Path) -> None:
    table = f"{schema_of(shared_ledger)}.version_du_registre"
    administrator.execute(f"UPDATE {table} SET version = version + 1".encode())
    assert "plus récente" in refused(converted(tmp_path / "out", 1))
    assert "plus récente" in refused(command("ledger", "init"))
    administrator.execute(f"UPDATE {table} SET version = {len(tables.STEPS) - 1}".encode())
    assert "est de la version" in refused(converted(tmp_path / "out", 1))


def test_values_that_we_did_not_write(shared_ledger: str, administrator: psycopg.Connection, tmp_path: Path) -> None:
    converted(tmp_path / "out", 1)
    administrator.execute(f"UPDATE {schema_of(shared_ledger)}.demandes SET montantSegurHT = '9999.00'".encode())
    assert "que ce programme n'a pas écrites" in refused(converted(tmp_path / "out", 1))


def test_a_ledger_that_another_keeps_is_waited_for_then_refused(
    shared_ledger: str, administrator: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers.open_ledger, "__defaults__", (0.25,))
    converted(tmp_path / "out", 1)
    with administrator.transaction():
        administrator.execute(f"SELECT 1 FROM {schema_of(shared_ledger)}.registre FOR UPDATE".encode())
        assert command("status", "--out", tmp_path / "out").status == 0  # readers never wait
        said = refused(converted(tmp_path / "out", 2))
    assert "sert à une autre exécution : attente de 0,25 secondes au plus" in said
    assert "est resté occupé" in said


@pytest.mark.usefixtures("shared_ledger")
def test_a_table_locked_by_who_waits_for_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted(tmp_path / "out", 1)

    def crossed(*_: object) -> None:
        raise psycopg.errors.DeadlockDetected("deadlock detected")

    monkeypatch.setattr(Transaction, "emit", crossed)
    assert "chacun attendait l'autre" in refused(converted(tmp_path / "out", 2))


def test_a_server_that_is_not_there_and_a_password_that_nobody_reads(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Relay(1)
    closed.close()
    url = f"postgresql://lea:s3cret-d-essai@127.0.0.1:{closed.port}/ventes?sslpassword=autre-s3cret"
    said = refused(converted(tmp_path / "out", 1, "--ledger", url))
    assert "liste des processus" in said
    assert "s3cret" not in said
    monkeypatch.setenv("CONVERTER_LEDGER", url)
    said = refused(converted(tmp_path / "out", 1))
    assert f"postgresql://lea@127.0.0.1:{closed.port}/ventes" in said
    assert "ne répond pas" in said
    assert "s3cret" not in said
    good = postgres.url_of(new_schema()).replace("postgres@", "postgres:s3cret-d-essai@")
    monkeypatch.setenv("CONVERTER_LEDGER", good)
    created = command("ledger", "init")
    assert created.status == 0
    assert "s3cret" not in json.dumps(created.document) + created.stderr
    run = converted(tmp_path / "out", 1)
    assert "s3cret" not in json.dumps(run.document) + run.stderr


UNREADABLE = ["serveur/base?schema=Pas%20un%20nom", "[/base", "127.0.0.1/b?inconnu=1"]


@pytest.mark.parametrize("rest", UNREADABLE)
def test_an_address_that_cannot_be_read(rest: str, tmp_path: Path) -> None:
    url = f"postgresql://{rest}"
    assert "L'adresse PostgreSQL du registre ne se lit pas" in refused(converted(tmp_path / "out", 1, "--ledger", url))


def test_without_psycopg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "converter.ledger.postgres", None)
    said = refused(converted(tmp_path / "out", 1, "--ledger", "postgresql://127.0.0.1/ventes"))
    assert 'pip install "converter[postgres]"' in said


def test_a_ledger_in_a_file_imports_nothing_of_it(tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "a.xlsx", solo())
    script = (
        "import sys; from converter.cli import main;"
        f"main(['convert', {str(workbook)!r}, '--out', {str(tmp_path / 'out')!r}, '--no-attachments']);"
        "sys.exit(any(one.partition('.')[0] == 'psycopg' for one in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL).returncode == 0
