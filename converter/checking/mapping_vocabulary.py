"""Words by which other people's order books call our columns, in French and English: only ever proposed to a person.

Each alternative is a set of plain words, as `headings.words_of` gives them (« Tél. » and "Phone" are « telephone » and
"phone"): a heading that has them all may be that column.
"""

from collections.abc import Mapping

_SAID: Mapping[str, str] = {
    "refCommande": (
        "affaire | opportunite | dossier | reference | commande numero | order | deal | po"
        " | purchase order | contract"
        " | contrat | reference client"
    ),
    "dateCommande": (
        "date signature | signe | signature | date commande | order date | signed | signing date | date contrat"
        " | contract date | date order | bon date | date bc"
    ),
    "regimeTVA": "tva | vat | tax regime | taxe regime | vat regime | vat scheme | code tva",
    "montantSegurHT": (
        "montant ht | total ht | prix ht | ht | hors taxes | hors taxe | amount | net amount"
        " | amount excl | price excl"
        " | net price | total net | excl vat | montant"
    ),
    "commandePour": (
        "type client | type compte | account type | client type | customer type | segment | categorie client "
        "| commande pour | exercice | profil client"
    ),
    "nomMedecin": (
        "nom medecin | medecin | nom | nom client | doctor name | doctor | physician | gp | last name | surname"
        " | family name | contact nom | nom contact | nom titulaire"
    ),
    "emailMedecin": (
        "courriel medecin | courriel | doctor courriel | contact courriel | courriel contact | courriel titulaire"
    ),
    "telephoneMedecin": (
        "telephone medecin | telephone | phone | doctor phone | contact phone | telephone contact | doctor telephone"
    ),
    "RPPS": "rpps",
    "FINESSJuridique": (
        "finess juridique | legal finess | finess legal | finess entity | finess entite | finess structure"
    ),
    "FINESSGeo": "finess geographique | finess site | site finess | finess etablissement | finess location | finess",
    "nomResponsable": (
        "nom responsable | responsable | manager | manager name | director | head | directeur | nom directeur"
    ),
    "emailResponsable": (
        "courriel responsable | manager courriel | director courriel | courriel directeur | head courriel"
    ),
    "telephoneResponsable": (
        "telephone responsable | manager phone | director phone | telephone directeur | head phone"
    ),
    "nomMandataire": "mandataire | nom mandataire | agent name | representative | representative name",
    "emailMandataire": "courriel mandataire | representative courriel | agent courriel",
    "telephoneMandataire": "telephone mandataire | representative phone | agent phone",
    "operateurMessagerie": (
        "operateur | messagerie | mssante | mss operateur | mail operator | messaging operator | operator"
    ),
    "isCentreDeSante": "centre sante | cds | health centre | health center",
    "isProSanteConnectNeeded": "psc | pro sante connect",
    "isDirecToDMP": "dmp direct | direct dmp",
    "isPFIToDMP": "dmp pfi | dmp tiers | dmp third party",
    "isDirectToMSSPro": "mss pro direct | direct mss pro | mss pro",
    "isPFIToMSSPro": "mss pro pfi | mss pro tiers | mss pro third party",
    "isDirectToMSSCitoyen": (
        "mss citoyen direct | direct mss citoyen | mss citoyen | mss citizen | mss citizen direct"
    ),
    "isPFIToMSSCitoyen": "mss citoyen pfi | mss citoyen tiers | mss citizen third party | mss citizen pfi",
    "bonCommande": "bon commande | fichier | pdf | document | file | order form | piece jointe | attachment | scan",
    "preuveHT": "attestation | preuve ht | certificate | vat certificate",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOCABULARY: Mapping[str, tuple[frozenset[str], ...]] = {
    tag: tuple(_words(one) for one in said.split(" | ")) for tag, said in _SAID.items()
}
SOMEBODY_ELSE = _words(
    "commercial commerciale vendeur proprietaire owner sales salesperson rep agence createur creator"
    " facturation billing comptable accountant installateur technicien fax secretaire secretariat"
    " assistant"
)
"""Words of headings about people or things that are none of ours."""
NOT_OUR_DATE = _words(
    "creation cree created modification modified relance echeance livraison installation facture invoice"
    " naissance birth delivery due update maj closing rappel"
)
OF_TAX, WITHOUT_TAX = frozenset({"tva", "vat", "tax"}), frozenset({"excl", "ht", "hors"})
NOT_OUR_AMOUNT = _words("ttc incl gross remise discount acompte avance marge paye paid deposit")
FIRST_NAME = (frozenset({"prenom"}), frozenset({"first", "name"}), frozenset({"given", "name"}))
