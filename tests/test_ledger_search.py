"""A page of the ledger's requests, what waits, the files of batches; and what people note of a file."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from registre_tools import DAY, NEXT_DAY, emit, file_of, refusal, request, snapshot

from converter.ledger import open_ledger
from converter.ledger.interface import Ledger
from converter.ledger.model import LedgerEntry, State
from converter.ledger.pages import PAGE, Found, Search, Sort
from converter.ledger.staging import staging

pytestmark = pytest.mark.usefixtures("either_ledger")

NAMES = ("L'HAŸ", "LEFÈVRE", "MARTIN", "MORTON")


def order(rank: int, name: str) -> LedgerEntry:
    """An order of one doctor: « BC-0001 » as 00001, 1 000 € and a hundred more for each rank."""
    rpps = f"1000000000{rank}"
    sent = snapshot({"nomMedecin": name, "RPPS": rpps})
    made = request(f"BC-{rank:04d}", f"{rank:05d}", line=rank)
    return replace(made, montantSegurHT=Decimal(1000 + 100 * rank), beneficiaires=(rpps,), snapshot=sent)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger("", tmp_path / "out")) as ledger:
        emit(ledger, *(order(rank, name) for rank, name in enumerate(NAMES, start=1)))
        site = snapshot(structure={"FINESSJuridique": "750000001", "FINESSGeo": ["920000002"]})
        emit(ledger, replace(request("Été/12 b", "00005", file=2, day=NEXT_DAY), snapshot=site))
        with ledger.writing() as writer:
            writer.accept("00001", "ASP-77", "0000", "Demande acceptée", file_of(1))
            writer.refuse("00002", "1042", "RPPS inconnu", file_of(1))
        yield ledger


def found(ledger: Ledger, words: str = "", **more: object) -> Found:
    with ledger.reading() as reader:
        return reader.search(Search(words, **{"descending": False, **more}))


def numbers(ledger: Ledger, words: str = "", **more: object) -> list[str]:
    return [one.numeroEditeur for one in found(ledger, words, **more).requests]


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("", "12345"),
        ("lefevre", "2"),
        ("Lefèvre", "2"),
        ("l'hay", "1"),
        ("martin", "3"),  # and not Morton, whom the pattern of the database lets through
        ("bc 0003", "3"),
        ("BC0003", "3"),
        ("bc/0003", "3"),
        ("10000000004", "4"),
        ("750000001", "5"),
        ("920000002", "5"),
        ("asp-77", "1"),
        ("ete 12b", "5"),
        (file_of(2, NEXT_DAY), "5"),
        ("00004", "4"),
        ("bc martin", "3"),
        ("martin lefevre", ""),
        ("liberal", ""),  # what is written in a request is not what people look for
        ("nomMedecin", ""),
        ("100%", "1234"),  # the digits of an RPPS: « % » asks nothing of the database
        ("lhay", "1"),
        ("%", "12345"),  # no letter, no digit: nothing asked
        ("_'\"", "12345"),
    ],
)
def test_words(ledger: Ledger, words: str, right: str) -> None:
    assert numbers(ledger, words) == [f"0000{one}" for one in right]


@pytest.mark.parametrize(
    ("sort", "right"),
    [
        (Sort.NUMBER, "12345"),
        (Sort.REFERENCE, "12345"),
        (Sort.STATE, "34512"),  # in the order of a request's life
        (Sort.AMOUNT, "51234"),
        (Sort.DAY, "12345"),
        (Sort.ASP_NUMBER, "23451"),
    ],
)
def test_sorted(ledger: Ledger, sort: Sort, right: str) -> None:
    assert numbers(ledger, sort=sort) == [f"0000{one}" for one in right]
    assert numbers(ledger, sort=sort, descending=True) == [f"0000{one}" for one in reversed(right)]


def test_totals_are_those_of_the_search(ledger: Ledger) -> None:
    some = found(ledger, "bc", states=(State.EMITTED, State.REFUSED))
    assert [(one.state, one.requests, one.montantSegurHT, one.advance) for one in some.totals] == [
        (State.EMITTED, 2, Decimal("2700.00"), Decimal("810.00")),
        (State.REFUSED, 1, Decimal("1200.00"), Decimal("360.00")),
    ]
    assert some.count == 3


def test_pages_follow_one_another(tmp_path: Path) -> None:
    with closing(open_ledger("", tmp_path)) as ledger:
        emit(ledger, *(request(f"R{rank}", f"{rank:05d}", line=rank) for rank in range(1, PAGE + 3)))
        first, second, third = (found(ledger, page=page) for page in (1, 2, 3))
        assert [one.numeroEditeur for one in second.requests] == ["00101", "00102"]
        assert (len(first.requests), first.count, third.requests, third.count) == (PAGE, PAGE + 2, (), PAGE + 2)
        with ledger.reading() as reader:
            assert len(reader.every_found(Search("R"))) == PAGE + 2


def test_what_waits_and_since_when(ledger: Ledger) -> None:
    with ledger.writing() as writer:
        writer.decide("00001", State.AWARDED, date(2026, 12, 24), None, "", "Attribuée")
    with ledger.reading() as reader:
        waits = [(one.state, one.since, one.requests, one.montantSegurHT) for one in reader.waiting()]
    assert waits == [
        (State.EMITTED, DAY, 2, Decimal("2700.00")),
        (State.EMITTED, NEXT_DAY, 1, Decimal("1075.50")),
        (State.AWARDED, date(2026, 12, 24), 1, Decimal("1100.00")),
    ]


def test_files_with_what_they_hold(ledger: Ledger) -> None:
    with ledger.reading() as reader:
        later, first = reader.file_counts()
    assert (later.name, later.requests, later.states) == (file_of(2, NEXT_DAY), 1, {State.EMITTED: 1})
    assert first.states == {State.EMITTED: 2, State.ACCEPTED: 1, State.REFUSED: 1}
    assert (first.montantSegurHT, first.advance, first.voided) == (Decimal("5000.00"), Decimal("1500.00"), False)


def test_only_the_files_of_the_folders_asked_for(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.writing(mending=True) as writer, staging(tmp_path, DAY, ledger.identifier) as batch:
        writer.emit([request("BC-0006", "00006", file=3)], batch)
    folder = ledger.publish(batch)
    with ledger.reading() as reader:
        assert [one.name for one in reader.file_counts([folder.name])] == [file_of(3)]
        assert [one.name for one in reader.file_counts([folder.name, "lot-20000101-01"])] == [file_of(3)]
        assert reader.file_counts([folder.name[1:]]) == reader.file_counts([]) == []
        elsewhere = [file_of(2, NEXT_DAY), file_of(1)]
        assert [one.name for one in reader.file_counts([folder.name], inside=False)] == elsewhere
        assert [one.name for one in reader.file_counts([], inside=False)] == [file_of(3), *elsewhere]
        assert (reader.folders_of(file_of(3)), reader.folders_of(file_of(1))) == ([folder], [])


def test_what_waits_for_somebody(ledger: Ledger) -> None:
    def needs(before: date = NEXT_DAY, most: int | None = None) -> dict[str, tuple[int, list[str]]]:
        with ledger.reading() as reader:
            found = reader.pending(before, most).requests
        return {need.value: (one.count, [each.numeroEditeur for each in one.first]) for need, one in found.items()}

    def files() -> list[tuple[str, int, int, Decimal]]:
        with ledger.reading() as reader:
            found = reader.pending(DAY).files
        return [(one.file.name, one.requests, one.waiting, one.montantSegurHT) for one in found]

    def decide(number: str, state: State, day: date, paid: str = "") -> None:
        with ledger.writing() as writer:
            writer.decide(number, state, day, Decimal(paid) if paid else None, "", "Décision")

    later = (file_of(2, NEXT_DAY), 1, 1, Decimal("1075.50"))
    assert files() == [(file_of(1), 4, 2, Decimal("2700.00")), later]
    with ledger.reading() as reader:
        assert [one.numeroEditeur for one in reader.awaiting_answer()] == ["00003", "00004", "00005"]
    assert needs() == {"décision": (1, ["00001"]), "correction": (1, ["00002"])}
    assert needs(before=DAY) == {"correction": (1, ["00002"])}
    with ledger.writing() as writer:
        writer.accept("00003", "ASP-3", "0000", "Acceptée", file_of(1))
        writer.accept("00004", "FICTIF-4", "0000", "Acceptée", file_of(1))
    assert files() == [(file_of(1), 4, 1, Decimal("1400.00")), later]
    assert needs(most=1)["décision"] == (2, ["00001"])
    decide("00001", State.AWARDED, date(2026, 12, 24))
    decide("00003", State.AWARDED, date(2026, 12, 23))
    assert needs()["paiement"] == (2, ["00003", "00001"])
    decide("00001", State.PAID, date(2027, 1, 2), "330.00")  # 30 % of 1 100 €
    decide("00003", State.PAID, date(2027, 1, 2), "389.99")
    assert needs() == {"écart": (1, ["00003"]), "correction": (1, ["00002"])}
    emit(ledger, replace(order(2, "LEFÈVRE"), numeroEditeur="00006", file=file_of(3, NEXT_DAY), day=NEXT_DAY))
    assert needs() == {"écart": (1, ["00003"])}
    with ledger.writing() as writer:
        writer.void(file_of(2, NEXT_DAY))
    assert [name for name, *_ in files()] == [file_of(1), file_of(3, NEXT_DAY)]


def test_a_deposit_is_noted_once_and_told_in_the_history(ledger: Ledger) -> None:
    with ledger.writing() as writer:
        assert len(writer.deposit(file_of(1), NEXT_DAY)) == 4
        assert writer.deposit(file_of(1), NEXT_DAY) == ()
    assert [one.deposited for one in ledger.files()] == [NEXT_DAY, None]
    last = ledger.history("00002")[-1]
    assert (last.state, last.cause) == (State.REFUSED, "Fichier déposé sur le portail le 23/11/2026")
    with ledger.writing() as writer:
        writer.deposit(file_of(1), None)
    assert ledger.files()[0].deposited is None
    assert ledger.history("00002")[-1].cause == "Dépôt noté par erreur, retiré"


def test_a_deposited_file_cannot_be_voided(ledger: Ledger) -> None:
    name = file_of(2, NEXT_DAY)
    with ledger.writing() as writer:
        writer.deposit(name, NEXT_DAY)
    with refusal("annulation-deja-depose"), ledger.writing() as writer:
        writer.void(name)
    with ledger.writing() as writer:
        writer.deposit(name, None)
        assert [one.numeroEditeur for one in writer.void(name)] == ["00005"]
    with refusal("depot-fichier-annule"), ledger.writing() as writer:
        writer.deposit(name, NEXT_DAY)
    with refusal("depot-fichier-inconnu"), ledger.writing() as writer:
        writer.deposit(file_of(9), NEXT_DAY)


def test_a_key_names_one_batch(tmp_path: Path) -> None:
    with closing(open_ledger("", tmp_path)) as ledger:
        with ledger.writing() as writer, staging(tmp_path, DAY, ledger.identifier) as batch:
            assert writer.keyed_batch("a") is None
            writer.emit((), replace(batch, key="a"))
        with ledger.reading() as reader:
            known = reader.keyed_batch("a")
        assert known is not None
        assert known.folder is None  # recorded, not in place yet
        folder = ledger.publish(batch)
        with ledger.reading() as reader:
            known, other, none = map(reader.keyed_batch, ("a", "b", ""))
        assert known is not None
        assert (known.folder, other, none) == (folder, None, None)


@pytest.mark.parametrize("either_ledger", ["sqlite"], indirect=True)
def test_twenty_thousand_requests_are_searched_in_a_moment(tmp_path: Path) -> None:
    count = 20_000
    sent = snapshot({"nomMedecin": "MARTIN"}, **{f"tag{rank}": "VALEUR SANS RAPPORT" for rank in range(20)})
    with closing(open_ledger("", tmp_path)) as ledger:
        made = request("R", "00001")
        emit(
            ledger,
            *(
                replace(made, key=replace(made.key, refCommande=f"BC-{rank}"), numeroEditeur=f"{rank:05d}",
                        numLigne=rank, snapshot=sent)
                for rank in range(1, count)
            ), replace(made, key=replace(made.key, refCommande="Z"), numeroEditeur=f"{count:05d}", numLigne=count),
        )  # fmt: skip
        start = time.perf_counter()
        assert numbers(ledger, "lhay") == [f"{count:05d}"]
        rare = time.perf_counter() - start
        start = time.perf_counter()
        assert found(ledger, "martin").count == count - 1
        common = time.perf_counter() - start
    assert rare < 1, f"{rare:.2f} s"
    assert common < 2, f"{common:.2f} s"
