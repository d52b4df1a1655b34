"""The format, declared once: each tag with its block, label, kind, length and when it is required.

The classes below are the blocks of the guide (§ 3.2); an attribute is a tag, in the guide's spelling and order.
Template columns, header matching, cleaning, schemas, the portal's controls and the docs are derived from `FIELDS`.
"""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from converter.format.field_kinds import Audience, Field, FieldKind, Level, Required


def _tag(label: str, kind: FieldKind, required: Required, **more: Any) -> Any:
    return dataclasses.field(metadata={"label": label, "kind": kind, "required": required, **more})


def _scenario(label: str, help_: str, *aliases: str) -> Any:
    return _tag(label, FieldKind.BOOLEAN, Required.ALWAYS, aliases=aliases, help=help_)


@dataclass(frozen=True, slots=True)
class Supplier:
    """Sheet « Paramètres »: the supplier. The first two stand in the header of each JSON file."""

    numeroAns: str = _tag(
        "Numéro de référencement ANS", FieldKind.IDENTIFIER, Required.ALWAYS, exact=10,
        aliases=("numéro ANS",),
        help="Numéro de référencement ANS du logiciel : exactement 10 caractères.",
    )  # fmt: skip
    SIRET: str = _tag(
        "SIRET du fournisseur", FieldKind.IDENTIFIER, Required.ALWAYS, exact=14, lost_zeros=3,
        help="SIRET donné lors de l'enrôlement sur le portail : exactement 14 chiffres.",
    )  # fmt: skip
    profils: tuple[str, ...] | None = _tag(
        "Profils référencés", FieldKind.PROFILES, Required.NEVER, choices=("Centre de santé", "Mailiz"),
        help="Profils avec lesquels le logiciel est référencé : « Centre de santé », « Mailiz », séparés par « ; ».",
    )  # fmt: skip
    preuveHT: str | None = _tag(
        "Attestation de non-assujettissement à la TVA", FieldKind.FILE, Required.NEVER,
        aliases=("preuve HT",),
        help="Fichier de l'attestation de la DGFiP, pour toute demande HT qui n'a pas la sienne.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """How a request is known: by its purchase order, and by the publisher's number (guide § 3.2, request header)."""

    refCommande: str | None = _tag(
        "Référence du bon de commande", FieldKind.TEXT, Required.NEVER,
        aliases=("référence", "référence commande", "numéro de commande", "numéro du bon de commande",
                 "bon de commande n°", "n° BC", "réf. BC", "n° BDC", "réf. BDC"),
        help="Référence de votre bon de commande, sur chaque ligne de la commande : même référence, même demande.",
    )  # fmt: skip
    numeroEditeur: str | None = _tag(
        "Numéro éditeur", FieldKind.IDENTIFIER, Required.DERIVED, exact=5, lost_zeros=4,
        help="Laissez vide : le numéro est attribué automatiquement. Sinon 5 chiffres, jamais déjà utilisés.",
        check_at="Videz la cellule : un numéro sera attribué.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """`commande` (guide § 3.2)."""

    dateCommande: str = _tag(
        "Date de commande", FieldKind.DATE, Required.ALWAYS,
        aliases=("date de signature", "date du bon de commande", "signé le", "date BC", "date BDC"),
        help="Jour où le client final a signé le bon de commande (JJ/MM/AAAA).",
    )  # fmt: skip
    regimeTVA: str = _tag(
        "Régime de TVA", FieldKind.CHOICE, Required.ALWAYS, choices=("TTC", "HT"),
        aliases=("TVA", "HT ou TTC", "TTC ou HT"),
        help="Régime de TVA du fournisseur pour cette prestation : TTC ou HT. HT demande une attestation.",
    )  # fmt: skip
    montantSegurHT: Decimal = _tag(
        "Montant Ségur HT (€)", FieldKind.AMOUNT, Required.ALWAYS,
        aliases=("montant HT", "montant", "montant hors taxes", "montant total HT", "prix HT", "total HT"),
        help="Montant hors taxes inscrit sur le bon de commande, en euros et centimes, supérieur à 0.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beneficiaires:
    """`beneficiaires`, up to the mandataire (guide § 3.2). Both Booleans are false for a STRUCTURE."""

    commandePour: str = _tag(
        "Commande pour", FieldKind.CHOICE, Required.ALWAYS, choices=(Audience.LIBERAL.value, Audience.STRUCTURE.value),
        help="LIBERAL : un ou plusieurs médecins. STRUCTURE : centre ou maison de santé.",
    )  # fmt: skip
    isMandataire: bool = _tag(
        "Mandataire ?", FieldKind.BOOLEAN, Required.DERIVED, audience=Audience.LIBERAL, aliases=("est mandataire",),
        help="OUI si un médecin commande pour plusieurs en vertu d'un mandat. Vide : déduit du nom du mandataire.",
    )  # fmt: skip
    isClientUnique: bool = _tag(
        "Client unique ?", FieldKind.BOOLEAN, Required.DERIVED,
        audience=Audience.LIBERAL, aliases=("est client unique",),
        help="OUI si un seul médecin bénéficie de la commande. Vide : déduit du nombre de lignes.",
    )  # fmt: skip
    nomMandataire: str | None = _tag(
        "Nom du mandataire", FieldKind.NAME, Required.IF_MANDATE, audience=Audience.LIBERAL, below=50,
        help="Nom, en majuscules, du médecin qui a reçu mandat de commander.",
    )  # fmt: skip
    emailMandataire: str | None = _tag(
        "Courriel du mandataire", FieldKind.EMAIL, Required.IF_MANDATE, audience=Audience.LIBERAL, below=150,
        help="Adresse électronique du mandataire.",
    )  # fmt: skip
    telephoneMandataire: str | None = _tag(
        "Téléphone du mandataire", FieldKind.PHONE, Required.IF_MANDATE,
        audience=Audience.LIBERAL, below=50, lost_zeros=1,
        help="Numéro de téléphone du mandataire, par exemple 0144556677.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doctor:
    """One entry of `liberal`: a doctor, one row of the sheet."""

    nomMedecin: str = _tag(
        "Nom du médecin", FieldKind.NAME, Required.IF_LIBERAL, level=Level.BENEFICIARY,
        audience=Audience.LIBERAL, below=50,
        help="Nom, en majuscules, du médecin bénéficiaire.",
    )  # fmt: skip
    emailMedecin: str | None = _tag(
        "Courriel du médecin", FieldKind.EMAIL, Required.IF_LIBERAL_WITHOUT_MANDATE, level=Level.BENEFICIARY,
        audience=Audience.LIBERAL, below=150,
        help="Adresse électronique du médecin ; facultative s'il est représenté par un mandataire.",
    )  # fmt: skip
    telephoneMedecin: str | None = _tag(
        "Téléphone du médecin", FieldKind.PHONE, Required.IF_LIBERAL_WITHOUT_MANDATE, level=Level.BENEFICIARY,
        audience=Audience.LIBERAL, below=50, lost_zeros=1,
        help="Numéro de téléphone du médecin ; facultatif s'il est représenté par un mandataire.",
    )  # fmt: skip
    RPPS: str = _tag(
        "Numéro RPPS", FieldKind.IDENTIFIER, Required.IF_LIBERAL, level=Level.BENEFICIARY, audience=Audience.LIBERAL,
        exact=11, aliases=("RPPS du médecin",),
        help="Les 11 chiffres du RPPS, inscrits sur la carte du médecin.",
        check_at="Vérifiez-le sur la carte du médecin.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Structure:
    """`structure`: a coordinated-care structure; `FINESSGeo` takes one row of the sheet a site."""

    FINESSJuridique: str = _tag(
        "FINESS juridique", FieldKind.IDENTIFIER, Required.IF_STRUCTURE,
        audience=Audience.STRUCTURE, exact=9, lost_zeros=1,
        aliases=("FINESS EJ", "numéro FINESS juridique", "FINESS entité juridique"),
        help="Numéro FINESS de l'entité juridique : 9 caractères.", check_at="Vérifiez-le dans le répertoire FINESS.",
    )  # fmt: skip
    nomResponsable: str = _tag(
        "Nom du responsable", FieldKind.NAME, Required.IF_STRUCTURE, audience=Audience.STRUCTURE, below=50,
        help="Nom, en majuscules, du responsable de l'établissement.",
    )  # fmt: skip
    emailResponsable: str = _tag(
        "Courriel du responsable", FieldKind.EMAIL, Required.IF_STRUCTURE, audience=Audience.STRUCTURE, below=150,
        help="Adresse électronique du responsable de l'établissement.",
    )  # fmt: skip
    telephoneResponsable: str = _tag(
        "Téléphone du responsable", FieldKind.PHONE, Required.IF_STRUCTURE, audience=Audience.STRUCTURE, below=50,
        lost_zeros=1, help="Numéro de téléphone du responsable de l'établissement.",
    )  # fmt: skip
    FINESSGeo: tuple[str, ...] = _tag(
        "FINESS géographique", FieldKind.IDENTIFIER, Required.IF_STRUCTURE, level=Level.BENEFICIARY,
        audience=Audience.STRUCTURE, exact=9, lost_zeros=1,
        aliases=("FINESS ET", "numéro FINESS géographique", "FINESS établissement", "FINESS du site"),
        help="Numéro FINESS d'un site équipé : 9 caractères, un site par ligne.",
        check_at="Vérifiez-le dans le répertoire FINESS.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """`scenarioInstallation` (guide § 3.2)."""

    isCentreDeSante: bool = _scenario(
        "Centre de santé ?",
        "OUI si le client est un centre de santé (profil « Centre de santé » requis).",
        "client centre de santé",
        "CDS",
    )
    operateurMessagerie: str | None = _tag(
        "Opérateur de messagerie", FieldKind.OPERATOR, Required.NEVER,
        aliases=("opérateur MSS", "opérateur MSSanté", "opérateur", "opérateur de messagerie sécurisée"),
        help="Opérateur de la messagerie sécurisée de santé, facultatif. Mailiz : profil « Mailiz » requis.",
    )  # fmt: skip
    isProSanteConnectNeeded: bool = _scenario(
        "Pro Santé Connect ?",
        "OUI si le logiciel doit permettre de s'identifier par Pro Santé Connect.",
        "PSC",
    )
    isDirecToDMP: bool = _scenario(
        "Envoi direct au DMP ?",
        "OUI si les documents partent au DMP directement du logiciel.",
        "isDirectToDMP",
        "DMP direct",
        "direct DMP",
    )
    isPFIToDMP: bool = _scenario(
        "Envoi au DMP par un tiers ?",
        "OUI si les documents partent au DMP par une application tierce.",
        "DMP par PFI",
        "PFI DMP",
        "DMP PFI",
        "envoi au DMP par PFI",
    )
    isDirectToMSSPro: bool = _scenario(
        "Envoi direct en MSS Pro ?",
        "OUI si les documents partent en MSS Pro directement du logiciel.",
        "MSS Pro direct",
        "direct MSS Pro",
    )
    isPFIToMSSPro: bool = _scenario(
        "Envoi en MSS Pro par un tiers ?",
        "OUI si les documents partent en MSS Pro par une application tierce.",
        "MSS Pro par PFI",
        "PFI MSS Pro",
        "MSS Pro PFI",
        "envoi en MSS Pro par PFI",
    )
    isDirectToMSSCitoyen: bool = _scenario(
        "Envoi direct en MSS Citoyen ?",
        "OUI si les documents partent en MSS Citoyen directement du logiciel.",
        "MSS Citoyen direct",
        "direct MSS Citoyen",
    )
    isPFIToMSSCitoyen: bool = _scenario(
        "Envoi en MSS Citoyen par un tiers ?",
        "OUI si les documents partent en MSS Citoyen par une application tierce.",
        "MSS Citoyen par PFI",
        "PFI MSS Citoyen",
        "MSS Citoyen PFI",
        "envoi en MSS Citoyen par PFI",
    )


@dataclass(frozen=True, slots=True)
class Documents:
    """The user's own file names, in the attachments folder; they become `piecesJustificatives`."""

    bonCommande: str | None = _tag(
        "Fichier du bon de commande", FieldKind.FILE, Required.IF_DOCUMENTS,
        aliases=("bon de commande", "PDF du bon de commande"),
        help="Nom du fichier du bon de commande signé (PDF, PNG ou JPG), dans le dossier « pieces ».",
    )  # fmt: skip
    preuveHT: str | None = _tag(
        "Fichier de l'attestation HT", FieldKind.FILE, Required.NEVER,
        aliases=("preuve HT", "attestation HT", "attestation TVA"),
        help="Nom du fichier de l'attestation, si regimeTVA = HT ; vide : celle de « Paramètres » est utilisée.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person confirms about a request, for the ledger alone: never sent to the portal."""

    commandeDistincte: bool = _tag(
        "Commande distincte ?", FieldKind.BOOLEAN, Required.NEVER,
        help="OUI si vous avez vérifié que c'est bien une autre commande, malgré la ressemblance signalée.",
    )  # fmt: skip


def fields_of(block: type) -> tuple[Field, ...]:
    """The fields that a class of this module declares, in its order."""
    default = Level.SUPPLIER if block is Supplier else Level.REQUEST
    return tuple(
        Field(tag=declared.name, block=block.__name__, **{"level": default, **declared.metadata})
        for declared in dataclasses.fields(block)
    )


PARAMETRES: tuple[Field, ...] = fields_of(Supplier)
BLOCKS: tuple[type, ...] = (Reference, Order, Beneficiaires, Doctor, Structure, Scenario, Documents, Confirmation)
FIELDS: tuple[Field, ...] = tuple(one for block in BLOCKS for one in fields_of(block))
BY_TAG: dict[str, Field] = {one.tag: one for one in FIELDS}
