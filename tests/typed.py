"""Cells as people really type them: one reading, and it is read; none or two, and it is an error; or they say nothing.

`test_corrections` puts each in a request of its own, and looks at what is told and at what stands in the file.
"""

import datetime
from dataclasses import dataclass

from workbooks import Cell


@dataclass(frozen=True, slots=True)
class Case:
    """What is typed in a column, what must stand in the file (None: held back), and the codes told on that cell."""

    tag: str
    typed: Cell
    clean: object
    codes: tuple[str, ...] = ()


def read(tag: str, clean: object, code: str, *typed: Cell) -> tuple[Case, ...]:
    """Texts that all mean `clean`, each told by one correction."""
    return tuple(Case(tag, one, clean, (code,)) for one in typed)


def refused(tag: str, code: str, *typed: Cell) -> tuple[Case, ...]:
    return tuple(Case(tag, one, None, (code,)) for one in typed)


def nothing(tag: str, clean: object, *typed: Cell) -> tuple[Case, ...]:
    """Texts that mean what an empty cell means, and of which nothing is told."""
    return tuple(Case(tag, one, clean) for one in typed)


NBSP, HYPHEN = "\u00a0", "\u2011"
EMPTY = (
    "-", "–", "—", "/", ".", "?", "…", "***", "N/A", "n/a", "NA", "n.c.", "NC", "néant", "Aucun", "aucune", "sans",
    "rien", "non communiqué", "Non renseignée", "inconnu", "à compléter", "A COMPLETER", "(à compléter)", "en attente",
    "à venir", "xxx", "XX", "0", 0, "null", "NULL", "vide", "sans objet", "non applicable",
)  # fmt: skip
"""Spellings of emptiness in a column of text."""
WITHOUT_ZERO = tuple(one for one in EMPTY if one not in ("0", 0))
EMPTINESS = (
    *(
        case
        for tag in ("nomMedecin", "emailMedecin", "telephoneMedecin", "RPPS")
        for case in refused(tag, "obligatoire", *EMPTY)
    ),
    *refused("dateCommande", "obligatoire", *EMPTY),
    *refused("regimeTVA", "obligatoire", *EMPTY),
    *refused("montantSegurHT", "obligatoire", *WITHOUT_ZERO),
    *refused("isDirecToDMP", "obligatoire", *WITHOUT_ZERO),
    *nothing("operateurMessagerie", None, *EMPTY),
    *nothing("nomMandataire", None, *EMPTY),
    *nothing("emailMandataire", None, *EMPTY, "pas de mail"),
    *nothing("telephoneMandataire", None, *EMPTY, "pas de téléphone"),
    *nothing("isMandataire", False, *WITHOUT_ZERO),
    *nothing("isClientUnique", True, *WITHOUT_ZERO),
)  # fmt: skip
NAMES = (
    *read("nomMedecin", "LEFÈVRE", "titre", "Dr LEFÈVRE", "DR. LEFÈVRE", "Dr.LEFÈVRE", "Docteur LEFÈVRE"),
    *read("nomMedecin", "LEFÈVRE", "titre", "Pr LEFÈVRE", "Pr. Dr LEFÈVRE", "M. LEFÈVRE", "Mme le Docteur LEFÈVRE"),
    *read("nomMedecin", "LEFÈVRE", "titre", "LEFÈVRE (Dr)", "LEFÈVRE, Docteur"),
    *read("nomMedecin", "LEFÈVRE", "guillemets", '"LEFÈVRE"', "« LEFÈVRE »", "“LEFÈVRE”"),
    *read("nomMedecin", "LEFÈVRE", "guillemets", "(LEFÈVRE)", "LEFÈVRE ;", "LEFÈVRE.", "[ LEFÈVRE ],"),
    *nothing("nomMedecin", "'T HART J.", "'T HART J."),
    *refused("nomMedecin", "nom-impossible", "LEFÈVRE ?", "<LEFÈVRE", "LEFÈVRE)", "= LEFÈVRE"),
    Case("nomMedecin", "Dr Lefèvre", "LEFÈVRE", ("titre", "majuscules")),
    *nothing("nomMedecin", "NA JIN", "NA JIN"),
    *nothing("nomMedecin", "SANS PAUL", "SANS PAUL"),
    *nothing("nomMedecin", "DRAPIER", "DRAPIER"),
    *nothing("nomMedecin", "PROST", "PROST"),
    *nothing("nomMedecin", "LE GOËLAND", "LE GOËLAND"),
    *refused("nomMedecin", "nom-impossible", "04/11/2022", datetime.date(2022, 11, 4), "4 NOVEMBRE 2022", "44869"),
    *refused("nomMedecin", "nom-impossible", 44869),
    *refused("nomMedecin", "nom-impossible", "OUI", "NON", "X", True, "LIBERAL", "TTC"),
    *refused("nomMedecin", "nom-impossible", "A.B@CABINET.EXAMPLE", "0199001234", "01 99 00 12 34", "99900000018"),
    *nothing("nomMedecin", "LEFÈVRE 3000001", "LEFÈVRE 3000001"),
    *refused("nomMedecin", "nom-impossible", "LEFÈVRE 0199001234", "1234", "DR", "BON.PDF"),
    Case("nomMedecin", "Docteur", None, ("nom-impossible", "majuscules")),
)  # fmt: skip
EMAILS = (
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "mailto:a.b@cabinet.example", "<a.b@cabinet.example>"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "Anne B <a.b@cabinet.example>", '"a.b@cabinet.example"'),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", '"B, Anne" <a.b@cabinet.example>', "a.b@cabinet.example;"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "a.b@cabinet.example,", "'a.b@cabinet.example'"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "e-mail : a.b@cabinet.example", "a.b@cabinet.example."),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "a.b@cabinet.example (secrétariat)"),
    *nothing("emailMedecin", "o'brien+mdv@cabinet-x.example", "o'brien+mdv@cabinet-x.example"),
    *refused("emailMedecin", "courriel-illisible", "hélène@cabinet.example", "a..b@cabinet.example", "OUI"),
    *refused("emailMedecin", "courriel-illisible", "a.@cabinet.example", ".a@cabinet.example", "a@.cabinet.example"),
    *refused("emailMedecin", "courriel-illisible", "a b@cabinet.example", "a@cabinet .example", "a@cabinet..example"),
    *refused("emailMedecin", "courriel-illisible", "a@x.example; b@x.example", "a@x.example b@x.example"),
    *refused("emailMedecin", "courriel-illisible", "a@@x.example"),
    *refused("emailMedecin", "courriel-illisible", "a@x.example/b@x.example", "a@gmail,com", "www.cabinet.example"),
    *refused("emailMedecin", "courriel-illisible", "B. Anne a@cabinet.example", "0199001234"),
    *refused("emailMedecin", "courriel-illisible", "a@x.example <b@x.example>"),
)  # fmt: skip
PHONES = (
    *read("telephoneMedecin", "0199001234", "separateurs", "01·99·00·12·34", "01,99,00,12,34", "01/99/00/12/34"),
    *read("telephoneMedecin", "0199001234", "separateurs", HYPHEN.join(("01", "99", "00", "12", "34"))),
    *read("telephoneMedecin", "0199001234", "separateurs", "(01) 99001234"),
    *read("telephoneMedecin", "0199001234", "guillemets", "'0199001234", '"0199001234"', '="0199001234"'),
    *read("telephoneMedecin", "+33699001234", "separateurs", "(+33)(0)699001234", "+33 (0)6 99 00 12 34"),
    *read("telephoneMedecin", "+33699001234", "separateurs", "+33 0 6 99 00 12 34", "+33.6.99.00.12.34"),
    *read("telephoneMedecin", "0033699001234", "separateurs", "00 33 6 99 00 12 34", "0033 (0)6 99 00 12 34"),
    *read("telephoneMedecin", "+262262123456", "separateurs", "+262 262 12 34 56", "+262 (0)262 12 34 56"),
    *read("telephoneMedecin", "+3222345678", "separateurs", "+32 2 234 56 78"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "0199001234 secrétariat"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "0199001234 (Mme Aubépine)"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "Tél. : 0199001234", "0199001234 poste 12"),
    Case("telephoneMedecin", "01 99 00 12 34 – standard", "0199001234", ("telephone-remarque", "separateurs")),
    *refused("telephoneMedecin", "telephone-illisible", "0199001234 / 0199005678", "0199001234 ou 0199005678", "OUI"),
    *refused("telephoneMedecin", "telephone-illisible", "01 99 00 12 34 ou 35", "01 99 00 12", "O1 99 00 12 34"),
    *refused("telephoneMedecin", "telephone-illisible", "199001234", "0000000000", "+33 1 99 00 12", "+331990012345"),
    *refused("telephoneMedecin", "telephone-illisible", "secrétariat", "a.b@cabinet.example", "fax 0199001234"),
    *refused("telephoneMedecin", "telephone-illisible", "+68712"),
)  # fmt: skip
DATES = (
    *read("dateCommande", "04/11/2022", "date", "4 novembre 2022", "4 nov. 2022", "4 NOV 2022", "le 4 novembre 2022"),
    *read("dateCommande", "04/11/2022", "date", "vendredi 4 novembre 2022", "ven. 4 nov. 2022", "vendredi 04/11/2022"),
    *read("dateCommande", "01/11/2022", "date", "1er novembre 2022", "1 er novembre 2022"),
    *read("dateCommande", "04/11/2022", "date", "2022/11/04", "2022-11-04T10:30:00", "2022-11-04 10:30", "2022.11.04"),
    *read("dateCommande", "04/11/2022", "date", "2022-11-04T10:30:00.123Z", "2022-11-04T00:00:00+01:00"),
    *read("dateCommande", "04/11/2022", "date", "04/11/2022 10:30", "04/11/2022 à 10h30", "04/11/2022 00:00:00"),
    *read("dateCommande", "04/11/2022", "date", "04/11/22", "4/11/22", "4-11-22", "4-nov-22", "04 11 2022"),
    *read("dateCommande", "04/11/2022", "date", "04/11/2022."),
    *read("dateCommande", "14/08/2022", "date", "14 août 2022", "14 AOUT 2022", "14 August 2022"),
    *read("dateCommande", "04/11/2022", "date", datetime.datetime(2022, 11, 4, 10, 30)),  # noqa: DTZ001 — a cell's
    *refused("dateCommande", "date-illisible", "lundi 4 novembre 2022", "4 novembre", "novembre 2022", "4 jui 2022"),
    *refused("dateCommande", "date-illisible", "22/11/04", "2022-11-03T23:00:00Z", "11/2022", "T4 2022", "semaine 45"),
    *refused("dateCommande", "date-illisible", "04/11/2022 ou 05/11/2022", "Nov 4, 2022", 12),
    *refused("dateCommande", "date-inexistante", "31/02/2022", "11/30/2022"),
    Case("dateCommande", "30 février 2022", None, ("date", "date-inexistante")),
    *refused("dateCommande", "date-impossible", "04/11/1999", "04/11/0022"),
)  # fmt: skip
AMOUNTS = (
    *read("montantSegurHT", "1075.50", "montant", "1 075,50 € HT", "1 075,50 HT", "HT 1 075,50 €", "€ 1 075,50"),
    *read("montantSegurHT", "1075.50", "montant", "EUR 1075,50", "1075,50 EUR H.T.", "1 075,50 euros hors taxes"),
    *read("montantSegurHT", "1075.50", "montant", "1'075.50", "1 075,50 €.", "1075,50€HT"),
    *read("montantSegurHT", "1075000.00", "montant", "1,075,000", "1.075.000", "1 075 000", "1,075,000.00"),
    *read("montantSegurHT", "1075000.50", "montant", "1.075.000,50", "1,075,000.50"),
    *read("montantSegurHT", "1075.00", "montant", "1,075.000", "1.075,000"),
    *refused("montantSegurHT", "montant-deux-lectures", 1.075, 12.345, 999.999, 0.075, "1,075 €", "1.075 HT"),
    *refused("montantSegurHT", "montant-ttc", "1 290 € TTC", "1290 T.T.C.", "1290 toutes taxes comprises"),
    *refused("montantSegurHT", "montant-illisible", "1 075 ou 1 100", "environ 1075", "1075 $", "1075.00x"),
    *refused("montantSegurHT", "montant-illisible", "1 075.000 000", "10.75.00", "1 0750"),
    *refused("montantSegurHT", "montant-illisible", datetime.date(2022, 11, 4)),
    Case("montantSegurHT", 3225 / 7, "460.71", ("arrondi",)),
    Case("montantSegurHT", 1075.1 + 0.2, "1075.30"),
    Case("montantSegurHT", 1234.567, "1234.57", ("arrondi",)),
)  # fmt: skip
ANSWERS = (
    *read("isDirecToDMP", True, "booleen", "x", "X", "✓", "✔", "✔\ufe0f", "☑", "☒", "Yes", "yes", "Oui.", "[x]"),
    *read("isDirecToDMP", False, "booleen", "☐", "No", "no", "Non.", "[ ]"),
    *refused("isDirecToDMP", "oui-non", "✗", "oui et non", "v", "OUI !", "1.0.0", 0.5),
)  # fmt: skip
LISTS = (
    *read("regimeTVA", "HT", "valeur-de-liste", "H.T.", "H T", "h.t", "hors taxes", '"HT"'),
    *read("regimeTVA", "TTC", "valeur-de-liste", "T.T.C.", "T T C", "toutes taxes comprises"),
    *read("commandePour", "LIBERAL", "valeur-de-liste", "libérale", "Libéraux", "LIBÉRAL."),
    *refused("regimeTVA", "hors-liste", "HT/TTC", "20 %", "TTC - HT"),
    *read("operateurMessagerie", "CH _28", "operateur", "Dracénie", "DE LA DRACENIE", "ch28."),
    *read("operateurMessagerie", "LIF_299", "operateur", "Lifen", "Honestica"),
    *refused("operateurMessagerie", "operateur-inconnu", "CH", "Hôpital", "SAINT", "OVH", "la"),
)  # fmt: skip
IDENTIFIERS = (
    *read("FINESSJuridique", "010000024", "guillemets", "'010000024", '"010000024"', '="010000024"'),
    *read("FINESSJuridique", "010000024", "separateurs", "01·000·0024", "01_0000024", f"01{HYPHEN}000{HYPHEN}0024"),
)  # fmt: skip
CASES = EMPTINESS + NAMES + EMAILS + PHONES + DATES + AMOUNTS + ANSWERS + LISTS + IDENTIFIERS
ERRORS = frozenset({
    "obligatoire", "nom-impossible", "courriel-illisible", "telephone-illisible", "date-illisible", "date-inexistante",
    "date-impossible", "montant-deux-lectures", "montant-ttc", "montant-illisible", "oui-non", "hors-liste",
    "operateur-inconnu",
})  # fmt: skip
