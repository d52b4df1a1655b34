"""What is right in form and hardly true: warnings, on the cell to verify; nothing of what is merely unusual."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Convert, command
from workbooks import SUPPLIER, Row, group, rows_of, solo, structure, write_workbook

W = "avertissement"
NBSP = "\u00a0"


def orders(*amounts: Any, **changes: Any) -> list[Row]:
    """One order of one doctor for each amount."""
    return rows_of(*(solo(f"BC-{rank}", rank, montantSegurHT=one, **changes) for rank, one in enumerate(amounts, 1)))


@pytest.mark.parametrize(
    ("amounts", "rows"),
    [
        ((1075, 1075, 107500), [4]),
        ((1075, 1200, 900, 10.75), [5]),
        ((107500, 1075, 1075, 1100, 1075), [2]),
        ((1075, 1075, 1075, 1075, 10.75, 107500), [6, 7]),
        ((1075, 10750, 1075), []),
        ((1075, 107500), []),
        ((1075, 1075, 107500, 107500), []),
        ((1000, 3000, 9000, 100000), []),
        ((1075, 1075, 1075, 0.01), []),
    ],
)
def test_an_amount_a_hundred_times_what_the_others_are(
    convert: Convert, amounts: tuple[float, ...], rows: list[int]
) -> None:
    run = convert(orders(*amounts))
    assert run.told == [(f"E{row}", W, "montant-inhabituel") for row in rows]
    assert run.counts == (len(amounts), 0, 0)


def test_amounts_of_another_kind_or_number_of_beneficiaries_are_not_compared(convert: Convert) -> None:
    run = convert(
        [*orders(1075, 1075, 1075), *group("G", 21, montantSegurHT=107500), *structure("S", 31, montantSegurHT=107500)]
    )
    assert (run.told, run.counts) == ([], (5, 0, 0))


def test_amounts_are_compared_across_the_workbooks_of_a_run(convert: Convert) -> None:
    run = convert(orders(1075, 1075), solo("AUTRE", 11, montantSegurHT=107500))
    [told] = run.document["findings"]
    assert (Path(told["workbook"]).name, told["row"], told["code"]) == ("commandes1.xlsx", 2, "montant-inhabituel")
    assert told["value"] == "107500.00"
    assert f"107{NBSP}500,00{NBSP}€" in told["message"]
    assert f"1{NBSP}075,00{NBSP}€" in told["message"]


def test_the_rarer_regime_of_a_supplier(convert: Convert) -> None:
    requests = [solo(f"BC-{rank}", rank, regimeTVA="HT" if rank == 2 else "TTC") for rank in range(1, 5)]
    run = convert(rows_of(*requests))
    assert (run.told, run.counts) == ([("D3", W, "regime-minoritaire")], (4, 0, 0))
    assert f"3{NBSP}demandes" in run.document["findings"][0]["message"]


def test_the_regimes_of_two_suppliers_are_their_own(tmp_path: Path, convert: Convert) -> None:
    other = {**SUPPLIER, "SIRET": "55500001000128"}
    run = convert(
        rows_of(solo("A", 1), solo("B", 2)),
        write_workbook(tmp_path / "autre.xlsx", solo("C", 3, regimeTVA="HT"), supplier=other),
    )
    assert [told for told in run.told if told[2] != "siret-cle"] == []


def test_as_many_of_each_regime_have_no_rarer_one(convert: Convert) -> None:
    assert convert(rows_of(solo("A", 1), solo("B", 2, regimeTVA="HT"))).told == []


def test_a_cell_in_error_is_not_doubted_too(convert: Convert) -> None:
    rows = [*rows_of(solo("A", 1), solo("B", 2)), *group("C", 3, regimeTVA="TTC", second={"regimeTVA": "HT"})]
    assert [told for told in convert(rows).told if told[0] == "D5"] == [("D5", "erreur", "deux-valeurs")]


def test_a_site_under_the_number_of_its_legal_entity(convert: Convert) -> None:
    rows = structure("S", 1)
    run = convert([{**rows[0], "FINESSGeo": rows[0]["FINESSJuridique"]}, rows[1]])
    assert (run.told, run.counts) == ([("T2", W, "site-entite")], (1, 0, 0))
    later = convert([rows[0], {**rows[1], "FINESSGeo": rows[0]["FINESSJuridique"], "refCommande": "S"}])
    assert ("T3", W, "site-entite") in later.told


ROUTES = (
    "isDirecToDMP", "isPFIToDMP", "isDirectToMSSPro", "isPFIToMSSPro", "isDirectToMSSCitoyen", "isPFIToMSSCitoyen",
)  # fmt: skip


def test_an_order_without_any_route(convert: Convert) -> None:
    run = convert(solo("A", 1, **dict.fromkeys(ROUTES, "NON")))
    assert (run.told, run.counts) == ([("X2", W, "aucune-voie")], (1, 0, 0))


@pytest.mark.parametrize("route", ROUTES)
def test_one_route_is_enough(convert: Convert, route: str) -> None:
    assert convert(solo("A", 1, **{**dict.fromkeys(ROUTES, "NON"), route: "OUI"})).told == []


def at(days: int) -> str:
    return (datetime.datetime.now().astimezone().date() + datetime.timedelta(days=days)).isoformat()


@pytest.mark.parametrize("name", ["convert", "validate"])
@pytest.mark.parametrize(("days", "told"), [(-1, True), (0, False), (60, False)])
def test_an_upload_day_that_is_over_is_told_in_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, days: int, told: bool
) -> None:
    from converter.cli import main

    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1, dateCommande="04/11/2022"))
    status = main([name, str(path), "--out", str(tmp_path / "out"), "--date", at(days), "--no-attachments"])
    assert (status, "est passé" in capsys.readouterr().out) == (0, told)


@pytest.mark.parametrize("name", ["convert", "validate"])
def test_an_upload_day_too_far_ahead_stops_the_run(tmp_path: Path, name: str) -> None:
    path = write_workbook(tmp_path / "a.xlsx", solo("A", 1))
    run = command(name, path, "--out", tmp_path / "out", "--date", at(61), "--no-attachments")
    assert (run.status, run.document, (tmp_path / "out").exists()) == (2, {}, False)
    assert f"plus de 60{NBSP}jours" in run.stderr
