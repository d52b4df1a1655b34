"""Every rule of the guide and of the interface has a case that breaks it: one cell told, nothing beside it touched.

All cases stand in one workbook, each between two valid requests; a case names its cells from its own first line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import DAY, Convert, Run, beneficiaries, command
from openpyxl.workbook.defined_name import DefinedName
from rules import CASES, PAIRS, Case, E, Told, W, two_references_one_number, wrong_key
from samples.spec import COLUMNS, letters
from workbooks import SUPPLIER, Row, open_workbook, rows_of, rpps, solo, structure, write_workbook


@dataclass(frozen=True, slots=True)
class Sheet:
    """The run of all cases: what was told of each one (as in `Case.told`), and of the requests between them."""

    run: Run
    told: Mapping[str, set[Told]]
    of_neighbours: set[Told]
    expected: list[str]
    """The first RPPS or FINESSGeo of every request that must come out, in order."""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """Writes the workbook of all cases, and converts it once."""
    rows: list[Row] = []
    place: dict[int, tuple[str, int]] = {}
    expected: list[str] = []
    neighbours = 0

    def add(name: str, lines: list[Row]) -> None:
        for line, row in enumerate(lines, start=1):
            rows.append(row)
            place[len(rows) + 1] = (name, line)

    def neighbour() -> None:
        nonlocal neighbours
        neighbours += 1
        add("", solo(f"VOISINE {neighbours}", 3_000_000 + neighbours))
        expected.append(rpps(3_000_000 + neighbours))

    neighbour()
    for number, case in enumerate((*CASES, *PAIRS), start=1):
        lines = case.rows(f"BC-{number}", number * 10)
        add(case.name, lines)
        if case in PAIRS:
            expected += [rpps(number * 10)] if case.build is two_references_one_number else _both(lines)
        elif not case.in_error:
            expected.append(str(lines[0].get("RPPS") or lines[0]["FINESSGeo"]))
        neighbour()

    folder = tmp_path_factory.mktemp("rules")
    tags = COLUMNS[:-1]  # the last column, which no case fills, is absent
    workbook = write_workbook(folder / "commandes.xlsx", rows, headers=tags, tags=tags)
    run = command("convert", workbook, "--out", folder / "out", "--date", DAY, "--no-attachments")
    assert run.status == 1, run.stderr
    tag_at = {letters(tag): tag for tag in COLUMNS}
    told: dict[str, set[Told]] = {}
    for each in run.document["findings"]:
        name, line = place[each["row"]]
        assert tag_at[each["column"]] == each["tag"]
        told.setdefault(name, set()).add((f"{each['tag']} {line}", each["severity"], each["code"]))
    return Sheet(run, told, told.get("", set()), expected)


def _both(lines: list[Row]) -> list[str]:
    """Of two requests that both come out, the first number of each."""
    firsts = [line for line in lines if line.get("commandePour")]
    return [str(line.get("RPPS") or line["FINESSGeo"]) for line in firsts]


@pytest.mark.parametrize("case", [*CASES, *PAIRS], ids=lambda case: case.name)
def test_the_rule_is_told_on_its_cell_and_nothing_else(case: Case, sheet: Sheet) -> None:
    assert sheet.told.get(case.name, set()) == set(case.told)


def test_each_case_has_its_own_name() -> None:
    names = [case.name for case in (*CASES, *PAIRS)]
    assert [name for name in names if names.count(name) > 1] == []


def test_nothing_is_told_of_the_valid_requests_between(sheet: Sheet) -> None:
    assert sheet.of_neighbours == set()


def test_requests_in_error_are_held_back_and_all_the_others_go_out_in_order(sheet: Sheet) -> None:
    assert sheet.run.status == 1
    assert [beneficiaries(request)[0] for request in sheet.run.requests] == sheet.expected


def test_the_counts_agree(sheet: Sheet) -> None:
    held_back = sum(case.in_error for case in CASES) + 1  # of the two references under one number, the second
    assert sheet.run.counts == (len(sheet.expected), 0, held_back)


BETWEEN = (solo("AVANT", 801), solo("APRÈS", 802))
"""Valid requests on the first and the last row of the workbooks below."""


def between(*requests: list[Row]) -> list[Row]:
    before, after = BETWEEN
    return rows_of(before, *requests, after)


def test_a_wrong_check_digit_is_an_error_with_strict_keys(convert: Convert) -> None:
    wrong = wrong_key(rpps(1))
    lenient = convert(between(solo("BC-1", RPPS=wrong)))
    assert (lenient.status, lenient.told) == (0, [("O3", W, "cle-controle")])
    strict = convert(between(solo("BC-2", RPPS=wrong_key(rpps(2)))), options=["--strict-keys"])
    assert (strict.status, strict.told) == (1, [("O3", E, "cle-controle")])
    assert strict.counts == (0, 2, 1)


@pytest.mark.parametrize(
    ("profils", "severity", "code"),
    [(None, W, "profil-inconnu"), ("Mailiz", E, "profil-absent"), ("Centre de santé", None, "")],
)
def test_a_health_centre_needs_its_profile(
    tmp_path: Path, convert: Convert, profils: str | None, severity: str | None, code: str
) -> None:
    supplier = {**SUPPLIER, "profils": profils}
    run = convert(write_workbook(tmp_path / "a.xlsx", between(structure(isCentreDeSante="OUI")), supplier=supplier))
    assert run.told == ([("U3", severity, code)] if severity else [])
    assert run.counts == ((2, 0, 1) if severity == E else (3, 0, 0))


@pytest.mark.parametrize(
    ("profils", "severity", "code"),
    [
        (None, W, "profil-inconnu"),
        ("à compléter", W, "profil-inconnu"),
        ("Centre de santé", E, "profil-absent"),
        ("Mailiz", None, ""),
    ],
)
def test_mailiz_needs_its_profile(
    tmp_path: Path, convert: Convert, profils: str | None, severity: str | None, code: str
) -> None:
    supplier = {**SUPPLIER, "profils": profils}
    order = solo(operateurMessagerie="MAI_15 – MAILIZ")
    run = convert(write_workbook(tmp_path / "a.xlsx", between(order), supplier=supplier))
    assert run.told == ([("V3", severity, code)] if severity else [])
    assert run.counts == ((2, 0, 1) if severity == E else (3, 0, 0))


def test_an_unknown_profile_is_a_doubt_on_its_cell(tmp_path: Path, convert: Convert) -> None:
    supplier = {**SUPPLIER, "profils": "Centre de santé ; Maillis"}
    run = convert(write_workbook(tmp_path / "a.xlsx", between(structure(isCentreDeSante="OUI")), supplier=supplier))
    assert run.told == [("B3", W, "profil-hors-liste")]
    assert run.document["findings"][0]["sheet"] == "Paramètres"


def test_a_doubtful_siret_is_told_on_its_cell_and_refused_with_strict_keys(tmp_path: Path, convert: Convert) -> None:
    path = write_workbook(tmp_path / "a.xlsx", between(), supplier={**SUPPLIER, "SIRET": "38042372300029"})
    run = convert(path)
    assert (run.status, run.told) == (0, [("B2", W, "siret-cle")])
    strict = convert(path, options=["--strict-keys"])
    assert (strict.status, strict.document) == (2, {})  # siret-cle-stricte
    assert strict.stderr.startswith("La clé de contrôle du SIRET de «\u00a0a.xlsx\u00a0» ne correspond pas.")


def test_la_poste_has_its_own_check_of_siret(tmp_path: Path, convert: Convert) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", between(), supplier={**SUPPLIER, "SIRET": "35600000012345"}))
    assert run.told == [("B2", W, "siret-cle")]  # 3+5+6+1+2+3+4+5 = 29
    rows = rows_of(solo("BC-3", 3), solo("BC-4", 4))
    run = convert(write_workbook(tmp_path / "b.xlsx", rows, supplier={**SUPPLIER, "SIRET": "35600000012346"}))
    assert run.told == []  # 30, a multiple of 5


def test_a_number_of_the_ledger_is_not_given_twice(convert: Convert) -> None:
    assert convert(solo("BC-0", 50, numeroEditeur="00020")).counts == (1, 0, 0)
    run = convert(between(solo(numeroEditeur="00020")))
    assert (run.told, run.counts) == ([("B3", E, "numero-deja-attribue")], (2, 0, 1))
    assert [request["numeroEditeur"] for request in run.requests] == ["00021", "00022"]


def test_a_request_that_is_out_keeps_its_number(convert: Convert) -> None:
    convert(solo("BC-1"))
    run = convert(between(solo("BC-1", numeroEditeur="00044")))
    assert (run.told, run.counts) == ([("B3", E, "numero-conserve")], (2, 0, 1))


def test_a_profile_in_another_spelling_is_read_and_told(tmp_path: Path, convert: Convert) -> None:
    rows = between(structure(isCentreDeSante="OUI"))
    run = convert(
        write_workbook(tmp_path / "a.xlsx", rows, supplier={**SUPPLIER, "profils": "mailiz ; centre de sante"})
    )
    assert run.told == [("B3", "correction", "valeur-de-liste")] * 2
    assert run.counts == (3, 0, 0)


def test_a_request_that_is_out_may_not_change(convert: Convert) -> None:
    convert(between(solo("BC-1")))
    run = convert(between(solo("BC-1", montantSegurHT="1200.00")))
    assert (run.told, run.counts) == ([("E3", E, "demande-modifiee")], (0, 2, 1))


def test_a_request_that_was_accepted_may_not_change(tmp_path: Path, convert: Convert) -> None:
    [made] = convert(solo("BC-1")).document["files"]
    command("check", made["path"], "--write-return", tmp_path / "rendu")
    assert command("return", tmp_path / "rendu" / Path(made["path"]).name, "--out", tmp_path / "out").status == 0
    run = convert(between(solo("BC-1", regimeTVA="HT")))
    assert (run.told, run.counts) == ([("D3", E, "demande-modifiee-acceptee")], (2, 0, 1))


def refused(run: Run, tmp_path: Path) -> None:
    """The portal refuses every request of the only file of a run."""
    [made] = run.document["files"]
    name = Path(made["path"]).name
    assert command("return", "--rejected", name, "--reason", "Essai", "--out", tmp_path / "out").status == 1


def test_a_refused_request_goes_out_again_under_a_new_number_whatever_was_typed(
    tmp_path: Path, convert: Convert
) -> None:
    refused(convert(solo("BC-1", numeroEditeur="00044")), tmp_path)
    again = convert(solo("BC-1", numeroEditeur="00044", montantSegurHT="1200.00"))
    assert again.told == [("B2", "correction", "numero-renouvele")]
    assert [request["numeroEditeur"] for request in again.requests] == ["00045"]
    assert convert(solo("BC-1", numeroEditeur="00044", montantSegurHT="1200.00")).counts == (0, 1, 0)


def test_after_a_file_rejected_whole_a_request_goes_out_again_unchanged(tmp_path: Path, convert: Convert) -> None:
    refused(convert(solo("BC-1")), tmp_path)
    again = convert(solo("BC-1"))
    assert (again.told, again.counts) == ([], (1, 0, 0))


def test_a_number_typed_for_a_request_held_back_is_kept_for_it(convert: Convert) -> None:
    first = convert(solo("BC-1", RPPS="1234", numeroEditeur="00001") + solo("BC-2", 2))
    assert [request["numeroEditeur"] for request in first.requests] == ["00002"]
    second = convert(solo("BC-1", numeroEditeur="00001") + solo("BC-2", 2))
    assert [request["numeroEditeur"] for request in second.requests] == ["00001"]


def test_a_doctor_of_the_ledger_in_another_request_is_a_doubt(convert: Convert) -> None:
    convert(solo("BC-0", 60))
    run = convert(between(solo("BC-1", RPPS=rpps(60), montantSegurHT="1200.00")))
    assert (run.told, run.counts) == ([("O3", W, "beneficiaire-autre-demande")], (3, 0, 0))


def test_of_a_purchase_order_split_between_two_workbooks_no_part_leaves(convert: Convert) -> None:
    run = convert(between(solo("BC-1", 1)), solo("BC-1", 2))
    assert run.told == [("A3", E, "commande-en-double"), ("A2", E, "commande-en-double")]
    assert run.counts == (2, 0, 2)


def test_a_purchase_order_given_the_same_by_two_workbooks_leaves_once(convert: Convert) -> None:
    run = convert(between(solo("BC-1", 1)), solo("BC-1", 1))
    assert run.told == [("A2", E, "commande-en-double"), ("O2", W, "beneficiaire-autre-demande")]
    assert run.counts == (3, 0, 1)


def test_a_workbook_of_another_template_is_told_and_read(tmp_path: Path, convert: Convert) -> None:
    book = open_workbook(between())
    book.defined_names["modele_mdv_lgc_version"] = DefinedName("modele_mdv_lgc_version", attr_text='"0"')
    book.save(tmp_path / "a.xlsx")
    run = convert(tmp_path / "a.xlsx")
    assert (run.told, run.counts) == ([("", W, "modele-autre-version")], (2, 0, 0))
