"""What `status` shows of each request: table, JSON, workbook."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from registre_tools import emit, refusal, request

from converter.ledger import open_ledger
from converter.ledger.interface import Ledger
from converter.ledger.model import State
from converter.views import status as statut
from converter.views.followup_workbook import write_followup
from converter.views.status import StateTotal

pytestmark = pytest.mark.usefixtures("either_ledger")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """One request in each state, but voided."""
    with closing(open_ledger("", tmp_path)) as opened:
        emit(
            opened,
            replace(request("BC-1", "00001", line=1), montantSegurHT=Decimal("1075.15")),
            replace(request("=1+1", "00002", line=2), montantSegurHT=Decimal("10750.00")),
            replace(request("BC-3", "00003", line=3), montantSegurHT=Decimal("0.01")),
        )
        with opened.writing() as writer:
            writer.accept("00002", "ASP-77", "0000", "Demande acceptée", "retour.json")
            writer.refuse("00003", "E12", "RPPS\x1b[31m inconnu", "retour.json")
        yield opened


def test_the_advance_is_30_percent_rounded_half_up(ledger: Ledger) -> None:
    # 30 % of 1075.15 is 322.545; of 0.01, 0.003
    assert [row.advance for row in statut.status_rows(ledger)] == [
        Decimal("322.55"),
        Decimal("3225.00"),
        Decimal("0.00"),
    ]


def test_states_are_filtered(ledger: Ledger) -> None:
    held = statut.status_rows(ledger, [State.ACCEPTED, State.VOIDED])
    assert [(row.numeroEditeur, row.numeroASP, row.refusal) for row in held] == [("00002", "ASP-77", "")]


def test_totals_by_state_then_of_what_is_emitted_or_accepted(ledger: Ledger) -> None:
    assert statut.totals(statut.status_rows(ledger)) == [
        StateTotal(State.EMITTED, 1, Decimal("1075.15"), Decimal("322.55")),
        StateTotal(State.ACCEPTED, 1, Decimal("10750.00"), Decimal("3225.00")),
        StateTotal(State.REFUSED, 1, Decimal("0.01"), Decimal("0.00")),
        StateTotal(None, 2, Decimal("11825.15"), Decimal("3547.55")),
    ]


def test_a_request_refused_and_sent_again_counts_once(ledger: Ledger) -> None:
    emit(ledger, replace(request("BC-3", "00004", file=2), montantSegurHT=Decimal("200.00")))
    assert statut.totals(statut.status_rows(ledger))[-1] == StateTotal(None, 3, Decimal("12025.15"), Decimal("3607.55"))


def test_the_table_is_aligned_and_harmless_to_a_terminal(ledger: Ledger) -> None:
    text = statut.table(statut.status_rows(ledger)).replace("\u00a0", " ")
    lines = text.splitlines()
    assert lines[5].split() == [
        "Demande", "Logiciel", "Référence", "État", "Montant", "HT", "Avance", "30", "%", "Fichier", "Ligne", "Dépôt",
        "Numéro", "ASP", "Refus",
    ]  # fmt: skip
    starts = {line.index("JSON-1234567890-20261122-001.json") for line in lines[7:10]}
    assert starts == {lines[5].index("Fichier")}
    assert "10 750,00 €" in lines[8]
    assert "E12 RPPS\ufffd[31m inconnu" in lines[9]
    assert "\x1b" not in text
    assert [line.split() for line in lines[:4]] == [
        ["Émise", "1", "demande", "1", "075,15", "€", "avance", "322,55", "€"],
        ["Acceptée", "1", "demande", "10", "750,00", "€", "avance", "3", "225,00", "€"],
        ["Refusée", "1", "demande", "0,01", "€", "avance", "0,00", "€"],
        ["Total", "émises", "et", "acceptées", "2", "demandes", "11", "825,15", "€", "avance", "3", "547,55", "€"],
    ]


def test_an_empty_ledger_says_so(tmp_path: Path) -> None:
    with closing(open_ledger("", tmp_path / "vide")) as empty:
        assert statut.table(statut.status_rows(empty)) == "Aucune demande au registre."


def test_the_json_form(ledger: Ledger) -> None:
    document = statut.as_json(statut.status_rows(ledger, [State.REFUSED]))
    assert document == {
        "requests": [
            {
                "numeroEditeur": "00003",
                "numeroAns": "1234567890",
                "refCommande": "BC-3",
                "state": "refusée",
                "montantSegurHT": 0.01,
                "advance": 0.0,
                "file": "JSON-1234567890-20261122-001.json",
                "numLigne": 3,
                "upload_day": "2026-11-22",
                "numeroASP": None,
                "refusal": "E12 RPPS\x1b[31m inconnu",
            }
        ],
        "totals": [
            {"state": "refusée", "requests": 1, "montantSegurHT": 0.01, "advance": 0.0},
            {"state": None, "requests": 0, "montantSegurHT": 0.0, "advance": 0.0},
        ],
    }


def test_the_workbook_holds_texts_numbers_and_days_and_no_formula(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "suivi.xlsx"
    write_followup(statut.status_rows(ledger), path)
    sheet = openpyxl.load_workbook(path)["Demandes"]
    assert [cell.value for cell in sheet[3]] == [
        "00002", "1234567890", "=1+1", "acceptée", 10750, 3225, "JSON-1234567890-20261122-001.json", 2,
        datetime(2026, 11, 22), "ASP-77", *[None] * 9,  # noqa: DTZ001 — a day of a sheet
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[3]] == [*"ssssnnsnds", *"n" * 9]
    assert sheet["K4"].value == "E12 RPPS\ufffd[31m inconnu"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:S4")
    assert sheet["E3"].number_format == '#,##0.00" €"'


def test_the_workbook_prints_on_pages_one_wide_with_its_header_on_each(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "suivi.xlsx"
    write_followup(statut.status_rows(ledger), path)
    sheet = openpyxl.load_workbook(path)["Demandes"]
    assert (sheet["A1"].font.name, sheet["A1"].font.b) == ("Calibri", True)
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape", 1, 0,
    )  # fmt: skip
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"


def test_a_workbook_is_never_replaced(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "suivi.xlsx").write_bytes(b"notes")
    with refusal("fichier-existant"):
        write_followup(statut.status_rows(ledger), tmp_path / "suivi.xlsx")
    assert (tmp_path / "suivi.xlsx").read_bytes() == b"notes"
