"""A ledger put back, foreign, lost or damaged at random: no number twice, no request twice, no answer for another.

`LEDGER_TRIES=1000 pytest tests/test_ledger_random.py` tries longer; each try is known by its number.
"""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_tools import Office, accepted, file_name
from workbooks import rows_of, solo

TRIES = int(os.environ.get("LEDGER_TRIES", "40"))
DAYS = ("2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25")
SENT = 6
"""Requests of the first three days, two a day; each one's doctor has the rank of its number."""


def publisher(folder: Path, first: int) -> Office:
    """Three days of work: files, safety copies, the first file answered."""
    office = Office(folder)
    for day, name in enumerate(DAYS[:3]):
        ranks = (first + 2 * day, first + 2 * day + 1)
        assert office.convert(rows_of(*(solo(f"BC-{rank}", rank) for rank in ranks)), day=name).counts == (2, 0, 0)
    assert office.answer(file_name(1), {n: accepted(f"ASP-{first}-{n}") for n in ("00001", "00002")}).status == 0
    for path in office.out.glob("lot-*"):  # what people do with their lots
        if first == 1 and path.name.endswith("22-01"):
            (office.out / "deposes").mkdir()
            path.rename(office.out / "deposes" / path.name)
    return office


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registres")
    publisher(folder / "nous", 1)
    publisher(folder / "autres", 51)
    return folder


def older_copy(office: Office, chance: random.Random, _: Path) -> None:
    copies = sorted((office.out / "registre.sqlite3.sauvegardes").iterdir())
    shutil.copyfile(chance.choice(copies), office.ledger)


def foreign(office: Office, chance: random.Random, base: Path) -> None:
    others = base / "autres" / "out"
    known = [others / "registre.sqlite3", *(others / "registre.sqlite3.sauvegardes").iterdir()]
    shutil.copyfile(chance.choice(sorted(known)), office.ledger)


def lost(office: Office, chance: random.Random, _: Path) -> None:
    office.ledger.unlink()
    if chance.random() < 0.5:
        office.ledger.touch()


def one_byte(office: Office, chance: random.Random, _: Path) -> None:
    data = bytearray(office.ledger.read_bytes())
    place = chance.choice([chance.randrange(len(data)), chance.randrange(100)])
    data[place] ^= chance.randrange(1, 256)
    office.ledger.write_bytes(data)


FAULTS: tuple[Callable[[Office, random.Random, Path], None], ...] = (older_copy, foreign, lost, one_byte, one_byte)


def requests_on_disk(office: Office) -> dict[str, list[str]]:
    """numeroEditeur → the doctors of the requests that bear it, in every JSON file."""
    found: dict[str, list[str]] = {}
    for path in office.out.rglob("JSON-*.json"):
        for request in json.loads(path.read_bytes())["lignesImport"]:
            (doctor,) = request["beneficiaires"]["liberal"]
            found.setdefault(request["numeroEditeur"], []).append(doctor["RPPS"])
    return found


@pytest.mark.parametrize("number", range(TRIES))
def test_one_try(number: int, base: Path, tmp_path: Path) -> None:
    chance = random.Random(number)  # noqa: S311 — faults, not secrets
    office = Office(tmp_path / "nous")
    shutil.copytree(base / "nous", office.folder)
    fault = FAULTS[number % len(FAULTS)]
    fault(office, chance, base)
    if chance.random() < 0.4:
        shutil.rmtree(office.out / "registre.sqlite3.sauvegardes")
    answers = office.handed_back(file_name(1, DAYS[1]), {n: accepted(f"ASP-{n}") for n in ("00003", "00004")})
    everything = rows_of(*(solo(f"BC-{rank}", rank) for rank in range(1, SENT + 2)))
    steps: list[Callable[[], object]] = [
        lambda: office.convert(everything, day=DAYS[3]).status,
        lambda: office.take_back(answers).status,
        lambda: office.convert(everything, day=DAYS[3]).status,
    ]
    chance.shuffle(steps)
    assert {step() for step in steps} <= {0, 1, 2}
    on_disk = requests_on_disk(office)
    assert [(number, doctors) for number, doctors in on_disk.items() if len(doctors) > 1] == []
    doctors = [one for held in on_disk.values() for one in held]
    assert len(doctors) == len(set(doctors))
    assert_answers_are_their_own(office, on_disk)


def assert_answers_are_their_own(office: Office, on_disk: dict[str, list[str]]) -> None:
    """A numeroASP of ours stands on the number for which it was given, and that number on its own doctor."""
    try:
        states = office.states()
    except KeyError:  # a ledger that cannot be read answers nothing
        return
    ours = {number: asp for number, (_, _, asp) in states.items() if asp.startswith(("ASP-0", "ASP-1-"))}
    assert all(asp.endswith(number) for number, asp in ours.items())
    assert ours.keys() <= on_disk.keys()
