"""Each correction of the interface: a cell as typed, what stands in the JSON file, and what is told; never a guess.

All cases stand in one workbook, one request each, every cell with the type that Excel gives it.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typed
import typed_edges
from conftest import DAY, Convert, Run, command
from samples.cases import luhn
from samples.spec import letters
from typed import Case
from workbooks import SUPPLIER, Cell, Row, mandate, rows_of, solo, structure, write_workbook

from converter.checking.cell_rules import judges
from converter.checking.clean_rows import clean_table
from converter.checking.cleaning import cleaner
from converter.format.fields import BY_TAG
from converter.reading.workbook import read_workbook

E, C = "erreur", "correction"
UPLOAD = datetime.date.fromisoformat(DAY)
NBSP, NARROW, ZERO_WIDTH, BOM, SOFT_HYPHEN = "\u00a0", "\u202f", "\u200b", "\ufeff", "\u00ad"


def day(year: int, month: int, day_of_month: int) -> datetime.datetime:
    return datetime.datetime(year, month, day_of_month)  # noqa: DTZ001 — a day of a sheet has no time zone


def serial(number: float) -> float:
    """A date that has lost its format: Excel counts days from 30/12/1899."""
    return number


DATES = (
    Case("dateCommande", "04/11/2022", "04/11/2022"),
    Case("dateCommande", day(2022, 11, 4), "04/11/2022"),
    Case("dateCommande", day(2024, 2, 29), "29/02/2024"),
    Case("dateCommande", serial(44869), "04/11/2022", ("date",)),
    Case("dateCommande", serial(44869.5), "04/11/2022", ("date",)),
    Case("dateCommande", "44869", "04/11/2022", ("date",)),
    Case("dateCommande", "4/11/2022", "04/11/2022", ("date",)),
    Case("dateCommande", "4/1/2022", "04/01/2022", ("date",)),
    Case("dateCommande", "4.11.2022", "04/11/2022", ("date",)),
    Case("dateCommande", "04.11.2022", "04/11/2022", ("date",)),
    Case("dateCommande", "2022-11-04", "04/11/2022", ("date",)),
    Case("dateCommande", f"{NBSP}04/11/2022 ", "04/11/2022", ("espaces",)),
    Case("dateCommande", "03/04/22", "03/04/2022", ("date",)),
    Case("dateCommande", "2022", None, ("date-illisible",)),
    Case("dateCommande", "4 novembre", None, ("date-illisible",)),
    Case("dateCommande", "04112022", None, ("date-illisible",)),
)
AMOUNTS = (
    Case("montantSegurHT", "1075.00", "1075.00"),
    Case("montantSegurHT", 1075, "1075.00"),
    Case("montantSegurHT", 1075.5, "1075.50"),
    Case("montantSegurHT", 0.1, "0.10"),
    *(
        Case("montantSegurHT", typed, "1075.50", ("montant",))
        for typed in ("1075,50", "1075,5", "1 075,50", "1 075,50 €", "1075.5 EUR", "1.075,50", "1,075.50", "1075,50€")
    ),
    Case("montantSegurHT", "1075", "1075.00", ("montant",)),
    Case("montantSegurHT", "1 075", "1075.00", ("montant",)),
    Case("montantSegurHT", "1 234 567,89", "1234567.89", ("montant",)),
    Case("montantSegurHT", f"1{NARROW}075,50{NBSP}€", "1075.50", ("espaces", "montant")),
    Case("montantSegurHT", 1075.005, "1075.01", ("arrondi",)),
    Case("montantSegurHT", 1075.0049999999999, "1075.01", ("arrondi",)),
    Case("montantSegurHT", 1075.004, "1075.00", ("arrondi",)),
    Case("montantSegurHT", 2.675, None, ("montant-deux-lectures",)),
    Case("montantSegurHT", 1072.675, "1072.68", ("arrondi",)),
    Case("montantSegurHT", "1075,005", "1075.01", ("arrondi", "montant")),
    Case("montantSegurHT", "1075.0049", "1075.00", ("arrondi", "montant")),
    Case("montantSegurHT", "1,075", None, ("montant-deux-lectures",)),
    Case("montantSegurHT", "1.075", None, ("montant-deux-lectures",)),
    Case("montantSegurHT", "999.999", None, ("montant-deux-lectures",)),
    Case("montantSegurHT", "1 075,50 / 2", None, ("montant-illisible",)),
    Case("montantSegurHT", "10 75", None, ("montant-illisible",)),
    Case("montantSegurHT", True, None, ("montant-illisible",)),
)
BOOLEANS = (
    Case("isDirecToDMP", "OUI", True),
    Case("isDirecToDMP", "NON", False),
    Case("isDirecToDMP", True, True),
    Case("isDirecToDMP", False, False),
    *(Case("isDirecToDMP", typed, True, ("booleen",)) for typed in ("oui", "Oui", "O", "o", "VRAI", "vrai", "TRUE")),
    *(Case("isDirecToDMP", typed, True, ("booleen",)) for typed in ("True", "1", 1)),
    *(Case("isDirecToDMP", typed, False, ("booleen",)) for typed in ("non", "N", "n", "FAUX", "faux", "FALSE", "0", 0)),
    Case("isDirecToDMP", " OUI ", True, ("espaces",)),
    Case("isDirecToDMP", "oui ", True, ("booleen", "espaces")),
    *(Case("isDirecToDMP", typed, None, ("oui-non",)) for typed in ("Y", 2, "OUI/NON", "-1", "OUI ?")),
)
TEXTS = (
    Case("nomMedecin", "L'HAŸ-LES-ROSES", "L'HAŸ-LES-ROSES"),
    Case("nomMedecin", "Lefèvre", "LEFÈVRE", ("majuscules",)),
    Case("nomMedecin", "xß\u0301", "XSŚ", ("majuscules",)),
    Case("nomMedecin", "œuvrard", "ŒUVRARD", ("majuscules",)),
    Case("nomMedecin", " DE  LA TOUR ", "DE LA TOUR", ("espaces",)),
    Case("nomMedecin", f"DE{NBSP}LA{NARROW}TOUR", "DE LA TOUR", ("espaces",)),
    Case("nomMedecin", "DE LA\nTOUR", "DE LA TOUR", ("espaces",)),
    Case("nomMedecin", "DE\tLA TOUR", "DE LA TOUR", ("espaces",)),
    Case("nomMedecin", f"{BOM}MÉ{ZERO_WIDTH}LÈ{SOFT_HYPHEN}ZE", "MÉLÈZE", ("caracteres-invisibles",)),
    Case("nomMedecin", "LEFE\u0300VRE", "LEFÈVRE", ("composition-unicode",)),
    Case("nomMedecin", " lefe\u0300vre ", "LEFÈVRE", ("composition-unicode", "espaces", "majuscules")),
    Case("emailMedecin", " a.b@cabinet.example", "a.b@cabinet.example", ("espaces",)),
    Case("emailMedecin", "A.B@Cabinet.example", "A.B@Cabinet.example"),
)
PHONES = (
    Case("telephoneMedecin", "0199001234", "0199001234"),
    Case("telephoneMedecin", 199001234, "0199001234", ("nombre-texte",)),
    Case("telephoneMedecin", "01 99 00 12 34", "0199001234", ("separateurs",)),
    Case("telephoneMedecin", "01.99.00.12.34", "0199001234", ("separateurs",)),
    Case("telephoneMedecin", "01-99-00-12-34", "0199001234", ("separateurs",)),
    Case("telephoneMedecin", "+33 1 99 00 12 34", "+33199001234", ("separateurs",)),
    Case("telephoneMedecin", "+33 (0)1 99 00 12 34", "+33199001234", ("separateurs",)),
    Case("telephoneMedecin", f"01{NBSP}99{NBSP}00{NBSP}12{NBSP}34", "0199001234", ("espaces", "separateurs")),
)
A, B, D, F, G, H = (luhn(f"999888800{rank}") for rank in range(6))
K = luhn("9998887000")
"""RPPS of nobody: 11 digits, the last of which checks the others."""
IDENTIFIERS = (
    Case("RPPS", A, A),
    Case("RPPS", int(B), B),
    Case("RPPS", f"{D[:3]} {D[3:7]} {D[7:]}", D, ("separateurs",)),
    Case("RPPS", f"{F[:3]}.{F[3:7]}.{F[7:10]}-{F[10:]}", F, ("separateurs",)),
    Case("RPPS", f"{K[:8]}.{K[8:]}", K, ("separateurs",)),
    Case("RPPS", f"8{G}", G, ("rpps-carte",)),
    Case("RPPS", f"8 {H}", H, ("rpps-carte", "separateurs")),
    Case("RPPS", int(f"8{luhn('9998888006')}"), luhn("9998888006"), ("rpps-carte",)),
    Case("RPPS", "9998888007", None, ("longueur-exacte",)),
    Case("RPPS", 9998888008, None, ("longueur-exacte",)),
    Case("RPPS", "799988880091", None, ("longueur-exacte",)),
    Case("RPPS", "99988880108 ou 99988880116", None, ("caracteres",)),
    Case("RPPS", "9.998888E+10", None, ("notation-scientifique",)),
    Case("RPPS", "9,998888E+10", None, ("notation-scientifique",)),
    Case("FINESSJuridique", "010000024", "010000024"),
    Case("FINESSJuridique", 10000024, "010000024", ("nombre-texte",)),
    Case("FINESSJuridique", "01 000 0024", "010000024", ("separateurs",)),
    Case("FINESSJuridique", "2a0000139", "2A0000139", ("majuscules",)),
    Case("FINESSJuridique", "2B 000 0020", "2B0000020", ("separateurs",)),
    Case("FINESSJuridique", "10000024", None, ("longueur-exacte",)),
    Case("FINESSJuridique", 1000002, None, ("longueur-exacte",)),
    Case("FINESSGeo", 10000032, "010000032", ("nombre-texte",)),
    Case("FINESSGeo", "2b0000038", "2B0000038", ("majuscules",)),
    Case("FINESSGeo", "1000004", None, ("longueur-exacte",)),
    Case("numeroEditeur", "00701", "00701"),
    Case("numeroEditeur", 702, "00702", ("nombre-texte",)),
    Case("numeroEditeur", 7, "00007", ("nombre-texte",)),
    Case("numeroEditeur", "703", None, ("longueur-exacte",)),
)
LISTS = (
    Case("regimeTVA", "ttc", "TTC", ("valeur-de-liste",)),
    Case("regimeTVA", " TTC", "TTC", ("espaces",)),
    Case("regimeTVA", "TTC ?", None, ("hors-liste",)),
    Case("commandePour", "Libéral", "LIBERAL", ("valeur-de-liste",)),
    Case("operateurMessagerie", "CH _28", "CH _28"),
    Case("operateurMessagerie", "CH _28 – CH DE LA DRACENIE", "CH _28"),
    Case("operateurMessagerie", None, None),
    *(
        Case("operateurMessagerie", typed, "CH _28", ("operateur",))
        for typed in ("CH_28", "CH 28", "ch28", "Ch _28", "CH DE LA DRACENIE", "ch de la dracénie")
    ),
    *(Case("operateurMessagerie", typed, "MAI_15", ("operateur",)) for typed in ("mai_15", "MAI 15", "Mailiz")),
    Case("operateurMessagerie", "28", None, ("operateur-inconnu",)),
)
CASES = DATES + AMOUNTS + BOOLEANS + TEXTS + PHONES + IDENTIFIERS + LISTS + typed.CASES + typed_edges.CASES
ERRORS = {
    "date-illisible", "montant-deux-lectures", "montant-illisible", "oui-non", "longueur-exacte", "caracteres",
    "notation-scientifique", "operateur-inconnu", "hors-liste", "montant-nul",
    "longueur-max",
} | typed.ERRORS  # fmt: skip
STRUCTURE_ONLY = {"FINESSJuridique", "FINESSGeo"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The run of all cases: the codes told on the cell of each, and the request of those that went out."""

    run: Run
    told: Mapping[int, list[tuple[str, str, str]]]
    requests: Mapping[int, dict[str, Any]]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    rows: list[Row] = []
    case_of: dict[int, int] = {}
    for number, case in enumerate(CASES):
        build: Callable[..., list[Row]] = structure if case.tag in STRUCTURE_ONLY else solo
        for row in build(f"BC-{number}", 10 + 2 * number, **{case.tag: case.typed}):
            rows.append(row)
            case_of[len(rows) + 1] = number
    folder = tmp_path_factory.mktemp("corrections")
    workbook = write_workbook(folder / "commandes.xlsx", rows)
    run = command("convert", workbook, "--out", folder / "out", "--date", DAY, "--no-attachments")
    assert run.status == 1, run.stderr
    told: dict[int, list[tuple[str, str, str]]] = {}
    for one in run.document["findings"]:
        if one["code"] in ("regime-minoritaire", "montant-inhabituel"):  # of these requests together
            continue
        told.setdefault(case_of[one["row"]], []).append((one["column"], one["severity"], one["code"]))
    held_back = {number for number, each in told.items() if any(severity == E for _, severity, _ in each)}
    emitted = [number for number in range(len(CASES)) if number not in held_back]
    return Sheet(run, told, dict(zip(emitted, run.requests, strict=True)))


def named(number: int) -> str:
    return f"{CASES[number].tag} {CASES[number].typed!r}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=named)
def test_what_is_told(number: int, sheet: Sheet) -> None:
    case = CASES[number]
    expected = [(letters(case.tag), E if code in ERRORS else C, code) for code in case.codes]
    assert sorted(sheet.told.get(number, [])) == sorted(expected)


@pytest.mark.parametrize(
    "number", [number for number, case in enumerate(CASES) if not ERRORS & set(case.codes)], ids=named
)
def test_what_stands_in_the_file(number: int, sheet: Sheet) -> None:
    assert values(sheet.requests[number])[CASES[number].tag] == CASES[number].clean


def test_at_most_one_judge_refuses_a_value() -> None:
    """So that each cell has one error, whoever uses the schemas."""
    for case in CASES:
        clean, _ = cleaner(BY_TAG[case.tag])(case.typed)
        assert case.tag != "dateCommande" or case.clean in (clean, None)
        refusing = [code for code, right in judges(BY_TAG[case.tag], UPLOAD) if clean and not right(clean)]
        assert len(refusing) <= 1, (case.typed, refusing)


def values(request: dict[str, Any]) -> dict[str, object]:
    """The values of a request of one doctor or of one structure, by tag; the amount as text."""
    who = request["beneficiaires"]
    amount = format(request["commande"]["montantSegurHT"], ".2f")
    first = who["liberal"][0] if who["liberal"] else {**who["structure"], "FINESSGeo": who["structure"]["FINESSGeo"][0]}
    return {
        **request,
        **request["commande"],
        "montantSegurHT": amount,
        **who,
        **first,
        **request["scenarioInstallation"],
    }


def test_a_value_in_error_is_shown_as_it_was_typed(sheet: Sheet) -> None:
    shown = {(one["code"], one["value"]) for one in sheet.run.document["findings"] if one["severity"] == E}
    assert shown >= {
        ("montant-deux-lectures", "999.999"),
        ("montant-deux-lectures", "1,075 €"),
        ("date-illisible", "04112022"),
        ("oui-non", "OUI ?"),
        ("notation-scientifique", "9,998888E+10"),
    }


@pytest.mark.parametrize(
    ("tag", "typed", "sentence"),
    [
        ("nomMedecin", "A.B@CABINET.EXAMPLE", "n'est pas un nom de personne : c'est une adresse électronique."),
        ("nomMedecin", "4 NOVEMBRE 2022", "n'est pas un nom de personne : c'est une date."),
        ("nomMedecin", "0199001234", "n'est pas un nom de personne : c'est un numéro."),
        ("nomMedecin", "12-34", "n'est pas un nom de personne : il n'y a aucune lettre."),
        ("nomMedecin", "BON.PDF", "n'est pas un nom de personne : c'est le nom d'un fichier."),
        ("nomMedecin", "LEFÈVRE ?", "n'est pas un nom de personne : il y a un signe que les noms n'ont pas."),
        ("nomMedecin", "OUI", "n'est pas un nom de personne : c'est la réponse à une autre question."),
        ("nomMedecin", "DR", "n'est pas un nom de personne : c'est un titre, sans le nom."),
        ("RPPS", "9998888010", "« Numéro RPPS » doit compter 11 chiffres : « 9998888010 » en compte 10. "),
        ("RPPS", "999888801059", "« Numéro RPPS » doit compter 11 chiffres : « 999888801059 » en compte 12. "),
        ("RPPS", "9998888010599988880113", "Un seul RPPS par ligne : ajoutez une ligne par médecin."),
        ("RPPS", "99988880105 ; 99988880113", "Un seul RPPS par ligne : ajoutez une ligne par médecin."),
        (
            "RPPS",
            "99988880105 ?",
            "contient des caractères inattendus : « 99988880105 ? ». Il doit compter 11 chiffres.",
        ),
        ("RPPS", "X9998888010", "contient des caractères inattendus : « X9998888010 ». Il doit compter 11 chiffres."),
        ("FINESSJuridique", "9C1234567AB1234567", "contient des caractères inattendus : « 9C1234567AB1234567 »."),
        ("FINESSGeo", "10000172", "Un zéro de tête s'est sans doute perdu : 010000172 ?"),
        ("FINESSGeo", "10000173", "doit compter 9 caractères : « 10000173 » en compte 8. Vérifiez"),
        ("FINESSGeo", "1000009", "doit compter 9 caractères : « 1000009 » en compte 7. Vérifiez"),
        ("FINESSGeo", "990000010990000028", "Un seul FINESS par ligne : ajoutez une ligne par site."),
        (
            "FINESSJuridique",
            "990000010990000028",
            "contient plusieurs numéros : « 990000010990000028 ». N'en écrivez qu'un.",
        ),
    ],
)
def test_an_error_says_what_is_there_and_what_to_write(tag: str, typed: str, sentence: str, sheet: Sheet) -> None:
    [said] = [
        f"{one['message']} {one['remedy']}".replace(NBSP, " ")
        for one in sheet.run.document["findings"]
        if (one["tag"], one["value"], one["severity"]) == (tag, typed, E)
    ]
    assert sentence in said


def test_a_cell_that_changes_is_cleaned_again(tmp_path: Path) -> None:
    workbook = read_workbook(write_workbook(tmp_path / "a.xlsx", solo(nomMedecin="Lefèvre")), documents=False)
    before, _ = clean_table(workbook.tables[0])
    after, _ = clean_table(workbook.tables[0].with_text(2, "nomMedecin", "Mélèze"))
    assert (before.columns["nomMedecin"], after.columns["nomMedecin"]) == (["LEFÈVRE"], ["MÉLÈZE"])


def test_an_empty_cell_is_told_with_what_stands_in_it(convert: Convert) -> None:
    [nobody, date] = convert(solo(nomMedecin="NA", dateCommande="à venir")).document["findings"][::-1]
    assert date["message"] == f"«{NBSP}Date de commande{NBSP}» est vide{NBSP}: «{NBSP}à venir{NBSP}» ne dit rien."
    assert nobody["message"] == f"«{NBSP}Nom du médecin{NBSP}» est vide{NBSP}: «{NBSP}NA{NBSP}» ne dit rien."
    assert nobody["remedy"].endswith("Si c'est bien un nom de famille, écrivez aussi le prénom.")
    [alone] = convert(solo("BC-2", dateCommande=None)).document["findings"]
    assert alone["message"] == f"«{NBSP}Date de commande{NBSP}» est vide."


def test_a_correction_tells_what_was_typed_and_how_it_was_read(convert: Convert) -> None:
    [told] = convert(solo(montantSegurHT="1 075,50 €")).document["findings"]
    assert (told["value"], told["severity"], told["code"]) == ("1 075,50 €", C, "montant")
    assert "«\u00a01 075,50 €\u00a0» a été lu «\u00a01075.50\u00a0»" in told["message"]


def test_columns_of_the_mandataire_are_corrected_too(convert: Convert) -> None:
    run = convert(mandate(nomMandataire="Lefèvre", telephoneMandataire=199001234, emailMandataire=" a@b.example"))
    assert sorted(run.told) == [("I2", C, "majuscules"), ("J2", C, "espaces"), ("K2", C, "nombre-texte")]
    who = run.requests[0]["beneficiaires"]
    assert [who[tag] for tag in ("nomMandataire", "emailMandataire", "telephoneMandataire")] == [
        "LEFÈVRE", "a@b.example", "0199001234",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "typed", "clean", "codes"),
    [
        ("numeroAns", "0123456789", "0123456789", []),
        ("numeroAns", 1234567890, "1234567890", []),
        ("numeroAns", " LGC1234567 ", "LGC1234567", ["espaces"]),
        ("SIRET", "380 423 723 00028", "38042372300028", ["separateurs"]),
        ("SIRET", 38042372300028, "38042372300028", []),
        ("SIRET", 5550000100015, "05550000100015", ["nombre-texte"]),
    ],
)
def test_parametres_are_corrected_too(
    tmp_path: Any, convert: Convert, name: str, typed: Cell, clean: str, codes: list[str]
) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", solo(), supplier={**SUPPLIER, name: typed}))
    row = {"numeroAns": 1, "SIRET": 2}[name]
    assert [told for told in run.told if told[2] != "siret-cle"] == [(f"B{row}", C, code) for code in codes]
    assert run.files[0][name] == clean


@pytest.mark.parametrize(
    ("name", "typed"),
    [("numeroAns", 123456789), ("numeroAns", "12345678"), ("SIRET", 5550000100013), ("SIRET", "5550000100015")],
)
def test_zeros_that_may_not_be_lost_are_not_added(tmp_path: Any, convert: Convert, name: str, typed: Cell) -> None:
    run = convert(write_workbook(tmp_path / "a.xlsx", solo(), supplier={**SUPPLIER, name: typed}))
    assert (run.status, run.document) == (2, {})
    assert f"{name}{NBSP}» (" in run.stderr


@pytest.mark.parametrize(
    "profils",
    ["Centre de santé, Mailiz", "Mailiz;centre de sante", "Mailiz/Centre de santé", "Centre de santé\nMailiz"],
)
def test_profiles_however_they_are_separated(tmp_path: Any, convert: Convert, profils: str) -> None:
    order = structure(isCentreDeSante="OUI", operateurMessagerie="MAI_15")
    run = convert(write_workbook(tmp_path / "a.xlsx", order, supplier={**SUPPLIER, "profils": profils}))
    assert (run.status, [told for told in run.told if told[1] != C]) == (0, [])


def test_a_sheet_of_exact_values_is_told_nothing(convert: Convert) -> None:
    exact: dict[str, Any] = {
        "dateCommande": day(2026, 11, 4),
        "montantSegurHT": 1075.0,
        "isDirecToDMP": True,
        "numeroEditeur": "00001",
    }
    run = convert(rows_of(solo("A", 1, **exact), structure("B", 3), mandate("C", 5)))
    assert (run.status, run.told, run.counts) == (0, [], (3, 0, 0))
