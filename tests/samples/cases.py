"""The cases of `sample_sheets/`, as small tables: what is in each workbook, and what must be told about it.

Invented data only: RPPS begin with 999 and FINESS with 99, which are given to nobody; telephone numbers are those kept
for fiction (01 99 00…); addresses end in `.example`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from samples.spec import Row

Raw = str | int | float | bool
"""A cell as a person leaves it: what is not text is written as a number or a Boolean."""

DAY = "2022-11-22"
"""The upload day (`--date`) for which `attendu/` is written."""


@dataclass(frozen=True)
class Told:
    """One line of `anomalies.csv`, without its workbook."""

    row: int
    column: str
    severity: str
    code: str


@dataclass(frozen=True)
class Sheet:
    """One workbook. `rows`: the sheet's, from row 3; `valid`: those that come out, as `spec` reads them."""

    name: str
    supplier: Mapping[str, str]
    rows: Sequence[Mapping[str, Raw]]
    valid: Sequence[Row]
    told: Sequence[Told] = ()


@dataclass(frozen=True)
class Case:
    """One folder of `sample_sheets/`. `documents`: the odd ones of `pieces/`; `absent`: those that are not there."""

    folder: str
    sheets: Sequence[Sheet]
    documents: Mapping[str, bytes] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


SUPPLIER = {"numeroAns": "0123456789", "SIRET": "38042372300028"}
SCENARIO = {
    "isCentreDeSante": "NON",
    "isProSanteConnectNeeded": "OUI",
    "isDirecToDMP": "OUI",
    "isPFIToDMP": "NON",
    "isDirectToMSSPro": "OUI",
    "isPFIToMSSPro": "NON",
    "isDirectToMSSCitoyen": "OUI",
    "isPFIToMSSCitoyen": "NON",
}
_BY_A_THIRD_PARTY = {"isDirectToMSSPro": "NON", "isPFIToMSSPro": "OUI"}


def cabinet() -> Case:
    """The guide's first example: three doctors, one of whom holds the mandate; the RPPS have no right check digit."""
    rows = [
        {
            "refCommande": "BC-2022-001",
            "dateCommande": "04/11/2022",
            "regimeTVA": "TTC",
            "montantSegurHT": "1075.00",
            "commandePour": "LIBERAL",
            "isMandataire": "OUI",
            "isClientUnique": "NON",
            "nomMandataire": "DURAND",
            "emailMandataire": "dr.durand@cabinet-durand.fr",
            "telephoneMandataire": "0144556677",
            "nomMedecin": "DURAND",
            "emailMedecin": "dr.durand@cabinet-durand.fr",
            "telephoneMedecin": "0144556677",
            "RPPS": "88888888888",
            "operateurMessagerie": "CH _28",
            **SCENARIO,
            "bonCommande": "BC-2022-001.pdf",
        },
        {"refCommande": "BC-2022-001", "nomMedecin": "LEFÈVRE", "RPPS": "77777777777"},
        {"refCommande": "BC-2022-001", "nomMedecin": "D'ALMEIDA", "RPPS": "66666666666"},
    ]
    told = [Told(row, "O", "avertissement", "cle-controle") for row in (3, 4, 5)]
    return Case("1-cabinet-mandataire", [Sheet("cabinet.xlsx", SUPPLIER, rows, rows, told)])


def centre() -> Case:
    """The guide's second example: a health centre with three sites, invoiced without VAT."""
    rows = [
        {
            "refCommande": "BC-2022-002",
            "dateCommande": "04/11/2022",
            "regimeTVA": "HT",
            "montantSegurHT": "10750.00",
            "commandePour": "STRUCTURE",
            "FINESSJuridique": "111111111",
            "nomResponsable": "DURAND",
            "emailResponsable": "direction@centre-acacias.fr",
            "telephoneResponsable": "0144556677",
            "FINESSGeo": "777777777",
            **SCENARIO,
            **_BY_A_THIRD_PARTY,
            "isCentreDeSante": "OUI",
            "bonCommande": "BC-2022-002.pdf",
            "preuveHT": "attestation-tva.pdf",
        },
        {"refCommande": "BC-2022-002", "FINESSGeo": "888888888"},
        {"refCommande": "BC-2022-002", "FINESSGeo": "999999999"},
    ]
    told = [
        Told(3, "P", "avertissement", "cle-controle"),
        *(Told(row, "T", "avertissement", "cle-controle") for row in (3, 4, 5)),
    ]
    supplier = SUPPLIER | {"profils": "Centre de santé"}
    return Case("2-centre-de-sante", [Sheet("centre-de-sante.xlsx", supplier, rows, rows, told)])


def batch() -> Case:
    """450 requests in three workbooks of one supplier: solo doctors, mandates, groups, structures."""
    supplier = {
        "numeroAns": "3000000003",
        "SIRET": luhn("9990000030001"),
        "profils": "Centre de santé ; Mailiz",
    }
    orders = list(_orders(450))
    shares = {
        "commandes-nord.xlsx": orders[:170],
        "commandes-ouest.xlsx": orders[170:300],
        "commandes-sud.xlsx": orders[300:],
    }
    sheets = [
        Sheet(name, supplier, lines, lines)
        for name, share in shares.items()
        for lines in [[line for order in share for line in order]]
    ]
    return Case("3-plus-de-200-demandes", sheets)


_NAMES = ("AUBÉPINE", "BRUYÈRE", "CHÈVREFEUILLE", "D'ANÉMONE", "ÉGLANTIER", "FOUGÈRE", "GENÊT-D'OR", "L'HAŸ", "MÉLÈZE")
_OPERATORS = ("CH _28", "MAI_15", "", "KI-_334", "GIP_1")
_AMOUNTS = ("1075.00", "2150.50", "999.99", "4300.05", "12000.00")


def _orders(count: int) -> Iterator[list[dict[str, str]]]:
    """Valid orders of every sort, in turn."""
    people = (f"{name} {letter}" for name in cycle(_NAMES) for letter in "ABCDEFGH")
    doctors = (_doctor(rank, name) for rank, name in enumerate(people, start=1))
    sites = (luhn(f"99{rank:06d}") for rank in range(1, 2 * count))
    sorts = cycle((_solo, _mandate, _structure_order, _group))
    for rank, sort in zip(range(1, count + 1), sorts, strict=False):
        extension = {0: "png", 25: "jpg"}.get(rank % 50, "pdf")
        common = {
            "refCommande": f"CDE-{rank:04d}",
            "dateCommande": f"{1 + rank % 28:02d}/{1 + rank % 10:02d}/2022",
            "regimeTVA": "TTC",
            "montantSegurHT": _AMOUNTS[rank % len(_AMOUNTS)],
            "operateurMessagerie": _OPERATORS[rank % len(_OPERATORS)],
            **SCENARIO,
            **(_BY_A_THIRD_PARTY if rank % 3 == 0 else {}),
            "bonCommande": f"CDE-{rank:04d}.{extension}",
        }
        first, *others = sort(doctors, sites)
        reference = {"refCommande": common["refCommande"]}
        yield [common | first, *(reference | other for other in others)]


def _doctor(rank: int, name: str) -> dict[str, str]:
    return {
        "nomMedecin": name,
        "emailMedecin": f"medecin{rank}@cabinet.example",
        "telephoneMedecin": f"019900{rank % 10000:04d}",
        "RPPS": luhn(f"999{rank:07d}"),
    }


Orders = list[dict[str, str]]


def _solo(doctors: Iterator[dict[str, str]], _sites: Iterator[str]) -> Orders:
    return [{"commandePour": "LIBERAL", **next(doctors)}]


def _group(doctors: Iterator[dict[str, str]], _sites: Iterator[str]) -> Orders:
    first, second = islice(doctors, 2)
    return [{"commandePour": "LIBERAL", **first}, second]


def _mandate(doctors: Iterator[dict[str, str]], _sites: Iterator[str]) -> Orders:
    first, *others = islice(doctors, 3)
    holder = {
        "commandePour": "LIBERAL",
        "nomMandataire": first["nomMedecin"],
        "emailMandataire": first["emailMedecin"],
        "telephoneMandataire": first["telephoneMedecin"],
    }
    return [holder | first, *({tag: one[tag] for tag in ("nomMedecin", "RPPS")} for one in others)]


def _structure_order(_doctors: Iterator[dict[str, str]], sites: Iterator[str]) -> Orders:
    first, second = islice(sites, 2)
    head = {
        "commandePour": "STRUCTURE",
        "FINESSJuridique": luhn("98" + first[2:8]),
        "nomResponsable": "RIVIÈRE",
        "emailResponsable": "direction@centre.example",
        "telephoneResponsable": "0199009999",
        "isCentreDeSante": "OUI",
        "FINESSGeo": first,
    }
    return [head, {"FINESSGeo": second}]


def luhn(digits: str) -> str:
    """These digits followed by their check digit (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 - rank % 2) for rank, digit in enumerate(reversed(digits))]
    return digits + str(-sum(one // 10 + one % 10 for one in doubled) % 10)
