"""The cases of `test_rules`: for every rule, a request that breaks it, and the one cell on which it must be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbooks import Cell, Row, finess, group, mandate, rows_of, rpps, solo, structure

E, W = "erreur", "avertissement"
Told = tuple[str, str, str]
"""A tag and the line in the case (« RPPS 1 »), the severity, the code."""
Build = Callable[..., list[Row]]


@dataclass(frozen=True, slots=True)
class Case:
    """A request (`build` with `changes` on its first line, `second` on its second) and all that is told of it."""

    name: str
    build: Build
    told: tuple[Told, ...] = ()
    changes: Mapping[str, Cell] | None = None
    second: Row | None = None

    def rows(self, reference: str, rank: int) -> list[Row]:
        more = {} if self.second is None else {"second": self.second}
        return self.build(reference, rank, **more, **(self.changes or {}))

    @property
    def in_error(self) -> bool:
        return any(severity == E for _, severity, _ in self.told)


def brief(value: Cell) -> str:
    text = repr(value)
    return text if len(text) < 30 else f"{len(text) - 2} characters"


def one(tag: str, value: Cell, severity: str, code: str, build: Build = solo) -> Case:
    """A valid request with one cell of its first line changed, told on that cell."""
    return Case(f"{build.__name__} {tag}={brief(value)}", build, ((f"{tag} 1", severity, code),), {tag: value})


def second(tag: str, value: Cell, severity: str, code: str, build: Build = group) -> Case:
    """The same on the second line."""
    told = ((f"{tag} 2", severity, code),)
    return Case(f"{build.__name__} second {tag}={brief(value)}", build, told, second={tag: value})


def fine(tag: str, value: Cell, build: Build = solo) -> Case:
    """A cell at the edge of a rule, of which nothing is told."""
    return Case(f"fine {build.__name__} {tag}={brief(value)}", build, changes={tag: value})


def wrong_key(number: str) -> str:
    """The same number with another check digit."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def email(length: int) -> str:
    return "a" * (length - len("@cabinet.example")) + "@cabinet.example"


def no_reference(_reference: str, rank: int) -> list[Row]:
    return solo("", rank)


def reference_that_says_nothing(_reference: str, rank: int) -> list[Row]:
    return solo("NA", rank)


def site_of_the_whole(reference: str, rank: int) -> list[Row]:
    first, second = structure(reference, rank)
    return [{**first, "FINESSGeo": first["FINESSJuridique"]}, second]


def two_references_one_number(reference: str, rank: int) -> list[Row]:
    return rows_of(
        solo(reference, rank, numeroEditeur="07001"), solo(f"{reference} bis", rank + 1, numeroEditeur="07001")
    )


def same_doctor_in_two_requests(reference: str, rank: int) -> list[Row]:
    return rows_of(solo(reference, rank), solo(f"{reference} bis", rank + 1, RPPS=rpps(rank), montantSegurHT="900.00"))


def same_site_in_two_requests(reference: str, rank: int) -> list[Row]:
    return rows_of(
        structure(reference, rank),
        structure(f"{reference} bis", rank + 2, FINESSGeo=finess(rank + 1), dateCommande="03/11/2026"),
    )


def value_on_a_later_line(reference: str, rank: int) -> list[Row]:
    return group(reference, rank, second={"regimeTVA": "TVA"}, regimeTVA=None)


HEAD = ("dateCommande", "regimeTVA", "montantSegurHT", "commandePour")
DOCTOR = ("nomMedecin", "emailMedecin", "telephoneMedecin", "RPPS")
MANDATAIRE = ("nomMandataire", "emailMandataire", "telephoneMandataire")
MANAGER = ("FINESSJuridique", "nomResponsable", "emailResponsable", "telephoneResponsable")
SCENARIO = (
    "isCentreDeSante", "isProSanteConnectNeeded", "isDirecToDMP", "isPFIToDMP", "isDirectToMSSPro", "isPFIToMSSPro",
    "isDirectToMSSCitoyen", "isPFIToMSSCitoyen",
)  # fmt: skip
ROUTES = SCENARIO[2:]
NAMES = (("nomMedecin", solo), ("nomMandataire", mandate), ("nomResponsable", structure))
EMAILS = (("emailMedecin", solo), ("emailMandataire", mandate), ("emailResponsable", structure))
PHONES = (("telephoneMedecin", solo), ("telephoneMandataire", mandate), ("telephoneResponsable", structure))
SITES = ("FINESSJuridique", "FINESSGeo")
LITERAL = {
    "RPPS": rpps(4_000_001),
    "FINESSJuridique": finess(400_001),
    "FINESSGeo": finess(400_002),
    "nomMedecin": "MÉLÈZE",
    "nomMandataire": "MÉLÈZE",
    "nomResponsable": "MÉLÈZE",
    "emailMedecin": "x@cabinet.example",
    "emailMandataire": "x@cabinet.example",
    "emailResponsable": "x@cabinet.example",
    "telephoneMedecin": "0199000000",
    "telephoneMandataire": "0199000000",
    "telephoneResponsable": "0199000000",
}

MISSING = (
    *(one(tag, None, E, "obligatoire") for tag in (*HEAD, *DOCTOR, *SCENARIO)),
    *(one(tag, None, E, "obligatoire", structure) for tag in (*MANAGER, "FINESSGeo")),
    *(one(tag, None, E, "obligatoire", mandate) for tag in ("emailMandataire", "telephoneMandataire")),
    *(second(tag, None, E, "obligatoire") for tag in DOCTOR),
    *(second(tag, None, E, "obligatoire", mandate) for tag in ("nomMedecin", "RPPS")),
    second("FINESSGeo", None, E, "obligatoire", structure),
    Case(
        "mandate said, its holder not named",
        mandate,
        tuple((f"{tag} 1", E, "obligatoire") for tag in MANDATAIRE),
        {"isMandataire": "OUI", **dict.fromkeys(MANDATAIRE)},
    ),
    Case("neither reference nor number", no_reference, (("refCommande 1", E, "reference-absente"),)),
    Case("a reference that says nothing", reference_that_says_nothing, (("refCommande 1", E, "reference-absente"),)),
    fine("operateurMessagerie", None),
    fine("emailMedecin", None, mandate),
    fine("telephoneMedecin", None, mandate),
)
FORMATS = (
    *(fine(tag, "É" * 49, build) for tag, build in NAMES),
    *(one(tag, "É" * 50, E, "longueur-max", build) for tag, build in NAMES),
    *(fine(tag, email(149), build) for tag, build in EMAILS),
    *(one(tag, email(150), E, "longueur-max", build) for tag, build in EMAILS),
    *(one(tag, "medecin(at)cabinet.example", E, "courriel-illisible", build) for tag, build in EMAILS),
    one("emailMedecin", "a@cabinet.example, b@cabinet.example", E, "courriel-illisible"),
    *(one(tag, "medecin@cabinet", W, "courriel-douteux", build) for tag, build in EMAILS),
    *(one(tag, "1" * 49, E, "telephone-illisible", build) for tag, build in PHONES),
    *(one(tag, "1" * 50, E, "longueur-max", build) for tag, build in PHONES),
    *(one("telephoneMedecin", text, E, "telephone-illisible") for text in ("01 99 00", "1234567890", "poste 12")),
    *(one("telephoneMedecin", text, W, "telephone-douteux") for text in ("+687123456", "00689401234")),
    *(one("emailMedecin", text, W, "courriel-douteux") for text in ("a@santé.example", "a@cabinet.santé")),
    *(fine("telephoneMedecin", text) for text in ("+33199001234", "0033199001234", "+3222345678")),
    one("RPPS", "9990000001", E, "longueur-exacte"),
    one("RPPS", "999000000123", E, "longueur-exacte"),
    one("RPPS", "9990000O018", E, "caracteres"),
    one("RPPS", "9,99E+10", E, "notation-scientifique"),
    one("RPPS", wrong_key(rpps(4_000_002)), W, "cle-controle"),
    *(one(tag, "99123456", E, "longueur-exacte", structure) for tag in SITES),
    *(one(tag, "9912345678", E, "longueur-exacte", structure) for tag in SITES),
    *(one(tag, "9C1234567", E, "caracteres", structure) for tag in SITES),
    *(one(tag, wrong_key(finess(400_003 + rank)), W, "cle-controle", structure) for rank, tag in enumerate(SITES)),
    one("FINESSGeo", "2A9000017", W, "cle-controle", structure),
    fine("FINESSGeo", "2A0000139", structure),
    one("numeroEditeur", "123", E, "longueur-exacte"),
    one("numeroEditeur", "000123", E, "longueur-exacte"),
    one("numeroEditeur", "A0001", E, "caracteres"),
    one("numeroEditeur", "00000", E, "numero-zero"),
    fine("numeroEditeur", "07000"),
    fine("numeroEditeur", 0),
    *(one("dateCommande", text, E, "date-illisible") for text in ("4 novembre", "11/2026", "26/11/04")),
    *(one("dateCommande", text, E, "date-inexistante") for text in ("31/02/2026", "29/02/2025", "04/13/2026")),
    one("dateCommande", "23/11/2026", E, "date-future"),
    fine("dateCommande", "22/11/2026"),
    fine("dateCommande", "29/02/2024"),
    *(one("dateCommande", text, W, "date-ancienne") for text in ("28/02/2021", "01/01/2000")),
    *(one("dateCommande", text, E, "date-impossible") for text in ("31/12/1999", "04/11/0026")),
    fine("dateCommande", "01/03/2021"),
    Case(
        "the first day that a number means",
        solo,
        (("dateCommande 1", W, "date-ancienne"), ("dateCommande 1", "correction", "date")),
        {"dateCommande": 36526},
    ),
    Case(
        "spaces around a document's name",
        solo,
        (("bonCommande 1", "correction", "espaces"),),
        {"bonCommande": "\tbon  de commande.pdf "},
    ),
    fine("bonCommande", "bon  de commande.jpeg"),
    fine("bonCommande", "à venir"),
    Case("a document named, then said to come", group, (), {"bonCommande": "c.pdf"}, {"bonCommande": "à venir"}),
    Case(
        "a document named twice, once with a space",
        group,
        (("bonCommande 2", "correction", "espaces"),),
        {"bonCommande": "d.pdf"},
        {"bonCommande": "d.pdf "},
    ),
    Case(
        "quotes around a reference",
        solo,
        (("refCommande 1", "correction", "guillemets"),),
        {"refCommande": "« BC-GUILLEMETS 1 »"},
    ),
    Case(
        "another word of a closed list",
        structure,
        (("commandePour 1", "correction", "valeur-de-liste"),),
        {"commandePour": "structures"},
    ),
    *(one("montantSegurHT", text, E, "montant-deux-lectures") for text in ("1,075", "1.075", "12.500", "999,999")),
    *(one("montantSegurHT", text, E, "montant-illisible") for text in ("mille euros", "1 075 $", "10 75,00", "1e3")),
    *(one("montantSegurHT", value, E, "montant-nul") for value in ("0.00", 0, -1075)),
    fine("montantSegurHT", "0.01"),
    *(one(tag, "PEUT-ÊTRE", E, "oui-non") for tag in (*SCENARIO, "isMandataire", "isClientUnique")),
    one("regimeTVA", "TVA", E, "hors-liste"),
    one("commandePour", "CABINET", E, "hors-liste"),
    *(one("operateurMessagerie", text, E, "operateur-inconnu") for text in ("CHU_28", "OVH", "CH _99999")),
    Case(
        "a value in error is told on the line that gives it", value_on_a_later_line, (("regimeTVA 2", E, "hors-liste"),)
    ),
    Case(
        "all the errors of a request at once",
        solo,
        tuple(
            (f"{tag} 1", E, code)
            for tag, code in (
                ("dateCommande", "date-inexistante"),
                ("regimeTVA", "hors-liste"),
                ("montantSegurHT", "montant-illisible"),
                ("nomMedecin", "longueur-max"),
                ("RPPS", "longueur-exacte"),
                ("isPFIToDMP", "oui-non"),
            )
        ),
        {
            "dateCommande": "31/02/2026",
            "regimeTVA": "TVA",
            "montantSegurHT": "mille euros",
            "nomMedecin": "É" * 50,
            "RPPS": "999",
            "isPFIToDMP": "PEUT-ÊTRE",
        },
    ),
)
ACROSS = (
    *(one(tag, LITERAL[tag], E, "autre-public") for tag in (*MANAGER, "FINESSGeo")),
    *(one(tag, LITERAL[tag], E, "autre-public", structure) for tag in (*MANDATAIRE, *DOCTOR)),
    *(one(tag, "OUI", E, "autre-public", structure) for tag in ("isMandataire", "isClientUnique")),
    *(fine(tag, "NON", structure) for tag in ("isMandataire", "isClientUnique")),
    second("nomMedecin", "MÉLÈZE", E, "autre-public", structure),
    one("isClientUnique", "NON", E, "client-unique-nombre"),
    one("isClientUnique", "OUI", E, "client-unique-nombre", group),
    one("isClientUnique", "OUI", E, "client-unique-nombre", mandate),
    fine("isClientUnique", "OUI"),
    fine("isClientUnique", "NON", group),
    fine("isMandataire", "OUI", mandate),
    fine("isMandataire", "NON", group),
    one("isMandataire", "OUI", E, "mandataire-client-unique"),
    one("nomMandataire", "MÉLÈZE", E, "mandataire-client-unique"),
    *(
        Case(
            f"a mandate denied, {tag} filled",
            group,
            ((f"{tag} 1", E, "mandataire-sans-mandat"),),
            {"isMandataire": "NON", tag: LITERAL[tag]},
        )
        for tag in MANDATAIRE
    ),
    one("emailMandataire", "x@cabinet.example", E, "mandataire-sans-mandat", group),
    Case(
        "the same doctor twice in a request",
        group,
        (("RPPS 2", E, "beneficiaire-en-double"),),
        {"RPPS": rpps(4_100_001)},
        {"RPPS": rpps(4_100_001)},
    ),
    Case(
        "the same site twice in a request",
        structure,
        (("FINESSGeo 2", E, "beneficiaire-en-double"),),
        {"FINESSGeo": finess(410_001)},
        {"FINESSGeo": finess(410_001)},
    ),
    *(
        second(tag, value, E, "deux-valeurs", mandate)
        for tag, value in (
            ("dateCommande", "05/11/2026"),
            ("regimeTVA", "HT"),
            ("montantSegurHT", "1075.01"),
            ("commandePour", "STRUCTURE"),
            ("nomMandataire", "MÉLÈZE"),
            ("emailMandataire", "x@cabinet.example"),
            ("telephoneMandataire", "0199000000"),
            ("isCentreDeSante", "OUI"),
            ("operateurMessagerie", "MAI_15"),
            *((tag, "NON") for tag in ("isProSanteConnectNeeded", "isDirecToDMP", "isDirectToMSSPro")),
            ("isDirectToMSSCitoyen", "NON"),
            *((tag, "OUI") for tag in ("isPFIToDMP", "isPFIToMSSPro", "isPFIToMSSCitoyen")),
        )
    ),
    *(
        Case(
            f"{tag} twice with another value",
            mandate,
            ((f"{tag} 2", E, "deux-valeurs"),),
            {tag: first},
            {tag: other},
        )
        for tag, first, other in (
            ("isMandataire", "OUI", "NON"),
            ("isClientUnique", "NON", "OUI"),
            ("bonCommande", "a.pdf", "b.pdf"),
        )
    ),
    *(
        Case(
            f"{tag} of a structure twice with another value",
            structure,
            ((f"{tag} 2", E, "deux-valeurs"),),
            second={tag: LITERAL[tag]},
        )
        for tag in MANAGER
    ),
    Case(
        "one reference under two numbers",
        group,
        (("numeroEditeur 2", E, "deux-valeurs"),),
        {"numeroEditeur": "07101"},
        {"numeroEditeur": "07102"},
    ),
    one("FINESSGeo", "99", E, "autre-public"),
    one("emailMedecin", "medecin(at)cabinet.example", E, "autre-public", structure),
    Case(
        "the same wrong number twice in a request",
        group,
        (("RPPS 1", E, "longueur-exacte"), ("RPPS 2", E, "longueur-exacte")),
        {"RPPS": "999"},
        {"RPPS": "999"},
    ),
    one("isCentreDeSante", "OUI", W, "centre-de-sante-liberal"),
    Case("a site under the number of the whole", site_of_the_whole, (("FINESSGeo 1", W, "site-entite"),)),
    Case("no route at all", solo, (("isDirecToDMP 1", W, "aucune-voie"),), dict.fromkeys(ROUTES, "NON")),
    Case("one route only", solo, (), {**dict.fromkeys(ROUTES, "NON"), "isPFIToMSSCitoyen": "OUI"}),
    fine("isCentreDeSante", "OUI", structure),
    fine("operateurMessagerie", "MAI_15"),
)
CASES = MISSING + FORMATS + ACROSS
PAIRS = (
    Case("two references under one number", two_references_one_number, (("numeroEditeur 2", E, "numero-en-double"),)),
    Case("a doctor in two requests", same_doctor_in_two_requests, (("RPPS 2", W, "beneficiaire-autre-demande"),)),
    Case("a site in two requests", same_site_in_two_requests, (("FINESSGeo 3", W, "beneficiaire-autre-demande"),)),
)
"""Cases of two requests: what they leave of them is said by the tests below."""
