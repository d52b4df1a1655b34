"""Cells at the edge of what `typed` shows: each stands just inside or just outside one reading.

`test_corrections` puts each in a request of its own, as those of `typed`.
"""

import datetime

from typed import Case, nothing, read, refused

AMOUNTS = (
    Case("montantSegurHT", "999999999999", "999999999999.00", ("montant",)),
    Case("montantSegurHT", "1000000000000", None, ("montant", "montant-illisible")),
    *(Case("montantSegurHT", typed, None, ("montant", "montant-nul")) for typed in ("0", "-1 075,50", "0,00 €")),
    *refused("montantSegurHT", "montant-ttc", "1290 taxe comprise", "1290 T T C", "T.T.C. : 1290", "1290 TTC €"),
    *refused("montantSegurHT", "montant-illisible", "1290 TTCX", "1.075 000", "1075 000,50", "1075.000,50"),
    *refused("montantSegurHT", "montant-illisible", "1075,000.50", "1075,000,000", "1075,", "1 075 h", "1 07 5"),
    *read("montantSegurHT", "1075.00", "montant", "1075 euro", "1075 H T", "€ : 1 075", "EUR HT : 1075", "1075 . ."),
    *read("montantSegurHT", "1075.00", "montant", "1 075 € HT €", "hors-taxes 1075", "hors taxe 1075", "1075. €"),
    *read("montantSegurHT", "1075000000.00", "montant", "1,075,000,000", "1.075.000.000", "1 075 000 000"),
    *refused("montantSegurHT", "montant-deux-lectures", "-1,075", -1.075),
)  # fmt: skip
ANSWERS = (
    *read("isDirecToDMP", True, "booleen", "✅", "🗹", "🗷", "(x)", "« oui »"),
    *read("isDirecToDMP", False, "booleen", "□", "[]", "'non'"),
)
DATES = (
    *(Case("dateCommande", f"{name} {day} novembre 2022", f"{day:02}/11/2022", ("date",)) for name, day in (
        ("lundi", 7), ("mardi", 8), ("mercredi", 9), ("jeudi", 10), ("vendredi", 4), ("samedi", 12), ("dimanche", 13),
    )),
    *(Case("dateCommande", f"4 {name} 2022", f"04/{month:02}/2022", ("date",)) for month, names in enumerate((
        ("janvier", "january", "janv."), ("février", "february", "fév"), ("mars", "march"), ("avril", "april"),
        ("mai", "may"), ("juin", "june"), ("juillet", "july", "juil."), ("août", "august"), ("septembre", "september"),
        ("octobre", "october"), ("novembre", "november"), ("décembre", "december"),
    ), start=1) for name in names),
    *refused("dateCommande", "date-illisible", "4 ju 2022", "4 j 2022", "4 ma 2022"),
    *refused("dateCommande", "date-illisible", "4 novembres 2022", "lun 4/11/2022"),
    *refused("dateCommande", "date-illisible", 73051, 36525, "044869", "004/11/2022", "4/011/2022", "4/11/02022"),
    *refused("dateCommande", "date-illisible", "2022-011-04", "2022-11-004", "004 novembre 2022", "4----novembre 2022"),
    *refused("dateCommande", "date-illisible", "4 novembre----2022", "2022/11/04 bis", "4 novembre 2022 bis"),
    *refused("dateCommande", "date-illisible", "21/11/04", "22/11/20"),
    *refused("dateCommande", "obligatoire", datetime.time()),
    *read("dateCommande", "04/01/2022", "date", "2022-1-4", "2022/01/4"),
    *read("dateCommande", "22/11/2021", "date", "22/11/21"),
    *read("dateCommande", "22/11/2025", "date", "22/11/25"),
    Case("dateCommande", "04/13/22", None, ("date", "date-inexistante")),
    *read("dateCommande", "04/11/2022", "date", "4novembre2022", "4novembre 2022", "4 novembre2022", "4-/-nov-/-22"),
    *read("dateCommande", "04/11/2022", "date", "04/11/2022, 10:30", "04/11/2022 9:30"),
    *read("dateCommande", "04/11/2022", "date", "04/11/2022 10h", "4/11/2022 à 9 h"),
    *read("dateCommande", "04/11/2022", "date", "04/11/2022 10 h 30", "2022-11-04T10:30:00,5"),
    *read("dateCommande", "04/11/2022", "date", "04/11/2022 10:30:00 GMT"),
)  # fmt: skip
ZONES = (
    *read("dateCommande", "04/11/2022", "date", "2022-11-04T21:59:00Z", "2022-11-04 10:30 +01:00"),
    *read("dateCommande", "04/11/2022", "date", "2022-11-04T10:30+0100"),
    *read("dateCommande", "04/11/2022", "date", "2022-11-04T23:59:00+02:00", "2022-11-04T01:00:00+02:00"),
    *read("dateCommande", "04/11/2022", "date", "2022-11-04T16:59:00-05:00", "04/11/2022 22h +00:01"),
    *refused("dateCommande", "date-illisible", "2022-11-04T22:00:00Z", "2022-11-04T22:30+00:30"),
    *refused("dateCommande", "date-illisible", "2022-11-04T00:59:00+02:00", "2022-11-04T17:00:00-05:00"),
    *refused("dateCommande", "date-illisible", "2022-11-04T10:30:00Z bis", "2022-11-04T10:30:00 chez lui"),
)  # fmt: skip
"""A time with its zone is the same day in France, in winter and in summer, or the date is not read."""
EMAILS = (
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "adresse mail : a.b@cabinet.example"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "mails:a.b@cabinet.example", "Mél : a.b@cabinet.example"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "mail : a.b@cabinet.example"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "email: a.b@cabinet.example"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "mailto:a.b@cabinet.example?subject=x"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "courriel : a.b@cabinet.example"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "a.b@cabinet.example(secrétariat)"),
    *read("emailMedecin", "a.b@cabinet.example", "courriel", "<<a.b@cabinet.example>>"),
    *read("emailMedecin", "Xa.b@cabinet.exampleX", "courriel", "mailto:Xa.b@cabinet.exampleX"),
    *read("emailMedecin", "Xa.b@cabinet.exampleX", "courriel", "’Xa.b@cabinet.exampleX"),
    *refused("emailMedecin", "courriel-illisible", "mailto:a@x.example b@x.example", "Anne <a@x.example> bis"),
    *refused("emailMedecin", "courriel-illisible", "<a.b@cabinet.example", "a.b@cabinet.example>", "a@ab--cd.example"),
    *refused("emailMedecin", "longueur-max", f"mailto:{'a' * 400}@x.example"),
)  # fmt: skip
EMPTINESS = (
    *nothing(
        "operateurMessagerie", None, "non concerné", "non communiqué", "non renseigné", "pas connu", "non disponible",
        "non fourni", "pas transmis", "non défini", "non précisé", "pas reçu", "non saisi", "non attribué",
        "non indiqué", "non déterminé", "non rempli", "non concernée", "non fournies", "manquant",
        "manquantes", "absent",
        "en cours", "en attente de réponse", "en attente du client", "pas mail", "pas d'e-mail", "pas de mails",
        "aucun mail", "aucune adresse", "sans adresse", "sans info", "sans infos", "sans donnée", "pas de données",
        "0 -", f"à compléter{'.' * 29}", "RIEN", "VIDE",
    ),
    *refused("operateurMessagerie", "operateur-inconnu", f"à compléter{'.' * 30}", "na@"),
    *refused("nomMedecin", "obligatoire", "SANS", "RIEN", "VIDE", "NULL", "NONE", "TODO", "NÉANT", "NEANT", "AUCUN"),
    *refused("nomMedecin", "obligatoire", "AUCUNE", "INCONNU", "MANQUANTE", "ABSENTS", "XXXX"),
)  # fmt: skip
NAMES = (
    *read("nomMedecin", "LEFÈVRE", "titre", "M.LEFÈVRE", "LEFÈVRE,Docteur", "LEFÈVRE(Dr)"),
    *read("nomMedecin", "LEFÈVRE", "titre", "LEFÈVRE (Pr.)", "la Dre LEFÈVRE"),
    *read("nomMedecin", "LE GALL", "titre", "Dr LE GALL", "Professeure LE GALL", "Mademoiselle LE GALL"),
    *read("nomMedecin", "LEFÈVRE", "guillemets", "”LEFÈVRE”", "„LEFÈVRE“", "‘LEFÈVRE’"),
    *read("nomMedecin", "LEFÈVRE", "guillemets", "’LEFÈVRE’", "`LEFÈVRE`", "<LEFÈVRE>"),
    *read("nomMedecin", "LEFÈVRE", "guillemets", '"LEFÈVRE".', "'LEFÈVRE'.", "LEFÈVRE ;;", "LEFÈVRE .", "(LEFÈVRE)."),
    *read("nomMedecin", "LEF", "guillemets", "LEF."),
    *read("nomMedecin", "A", "guillemets", '"A"'),
    *nothing("nomMedecin", "LEFÈVRE, JEAN", "LEFÈVRE, JEAN"),
    *nothing("nomMedecin", "LEFÈVRE.J", "LEFÈVRE.J"),
    *nothing("nomMedecin", "LEFÈVRE .J", "LEFÈVRE .J"),
    *nothing("nomMedecin", "LEFÈVRE (J).B", "LEFÈVRE (J).B"),
    *nothing("nomMedecin", "LEFÈVRE J.", "LEFÈVRE J."),
    *nothing("nomMedecin", "LEFÈVRE-PRÉ'", "LEFÈVRE-PRÉ'"),
    *nothing("nomMedecin", "LEFÈVRE (DR) JEAN", "LEFÈVRE (DR) JEAN"),
    *nothing("nomMedecin", "LEFÈVRE 12345678", "LEFÈVRE 12345678"),
    *refused("nomMedecin", "nom-impossible", "LEFÈVRE 123456789", "STRUCTURE", "LIBERAL", '""', "12-34"),
    *refused(
        "nomMedecin", "nom-impossible", "M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE", "DRE",
        "DOCTEUR",
        "DOCTEURE", "DOCTORESSE", "PR", "PRE", "PROFESSEUR", "PROFESSEURE", "LE DOCTEUR", "LE PROFESSEUR",
    ),
    *refused("nomMedecin", "nom-impossible", "O", "N", "VRAI", "FAUX", "TRUE", "FALSE", "YES", "NO"),
    *refused("nomMedecin", "nom-impossible", "BON.JPG", "BON.JPEG", "BON.DOC", "BON.DOCX"),
    *refused("nomMedecin", "nom-impossible", "BON.XLS", "BON.TIF", "BON.HEIC"),
    *refused("nomMedecin", "nom-impossible", "(LEFÈVRE", "[LEFÈVRE", "« LEFÈVRE", "' LEFÈVRE", '" LEFÈVRE', "'LEFÈVRE"),
    *refused("nomMedecin", "nom-impossible", "'L. LEFÈVRE", "LEFÈVRE !", "LEFÈVRE :", "LEFÈVRE=", "LEFÈVRE-PRÉ '"),
    *refused("nomMedecin", "nom-impossible", "LEFÈVRE '", 'LEFÈVRE "', "’T HART'"),
    *nothing("nomMedecin", "LEFÈVRE-PRÉ 'T HART", "LEFÈVRE-PRÉ 'T HART"),
    *nothing("nomMedecin", "J.DOCQUIER", "J.DOCQUIER"),
)  # fmt: skip
PHONES = (
    *read("telephoneMedecin", "+34912345678", "separateurs", "+34 912 34 56 78"),
    *read("telephoneMedecin", "+3222345678", "separateurs", "+32 (0)2 234 56 78", "(+32) (0)2 234 56 78"),
    *read("telephoneMedecin", "003222345678", "separateurs", "00 32 (0)2 234 56 78", "(0032) (0)2 234 56 78"),
    *read("telephoneMedecin", "0199001234", "separateurs", "(0)199001234", "(01)99001234", "0199(00)1234"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "☎ Tél : 0199001234", "GM 0199001234"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "Tél. fixe : 0199001234"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "0199001234 (poste 12)", "0199001234 poste : 1"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "0199001234, poste 12345", "0199001234 p. 12"),
    *read("telephoneMedecin", "0199001234", "telephone-remarque", "0199001234 / secrétariat", "0199001234 – a"),
    Case("telephoneMedecin", "'0 199001234", "0199001234", ("guillemets", "separateurs")),
    *refused("telephoneMedecin", "telephone-illisible", "0199001234 poste 123456", '="0199001234" bis', "01990012345"),
    *refused("telephoneMedecin", "telephone-illisible", "+3222345678 ou +3222345679", "+999123456", "G 0199001234"),
    *refused("telephoneMedecin", "telephone-illisible", "0199001234 et Mme Aubépine", "Télécopie : 0199001234"),
    *refused("telephoneMedecin", "longueur-max", "1" * 50, f"0199001234 {'a' * 120}"),
)  # fmt: skip
IDENTIFIERS = (
    *refused("RPPS", "caracteres", "99988880105.0", "9998888 010512", "X9998888010"),
    *refused("RPPS", "notation-scientifique", "9E+10", "9,99E10", "10,5E+10", "9e+10"),
    *refused("RPPS", "caracteres", "9E+10x"),
    *refused("numeroEditeur", "caracteres", "0001.2", "0001,25", "0001.234", "X0701", "XX000"),
    *read("FINESSJuridique", "010000024", "guillemets", '="010000024 "'),
)  # fmt: skip
LENGTHS = (
    *refused("RPPS", "longueur-exacte", "9998888010599988880113", "999888801059", "9998888010"),
    *refused("RPPS", "caracteres", "99988880105 ?", "99988880105 ; 99988880113"),
    *refused("FINESSJuridique", "caracteres", "9C1234567AB1234567"),
    *refused("FINESSGeo", "longueur-exacte", "10000172", "10000173", "1000009", "990000010990000028"),
    *refused("FINESSJuridique", "longueur-exacte", "990000010990000028"),
)
LISTS = (
    *read("regimeTVA", "HT", "valeur-de-liste", "hors taxe"),
    *read("commandePour", "LIBERAL", "valeur-de-liste", "libérales"),
)
CASES = (
    *AMOUNTS, *ANSWERS, *DATES, *ZONES, *EMAILS, *EMPTINESS, *NAMES, *PHONES, *IDENTIFIERS, *LENGTHS, *LISTS,
)  # fmt: skip
