"""`4-erreurs-courantes`: one request for each common error, doubt or correction; its reference says which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samples.cases import SCENARIO, Case, Raw, Sheet, Told, luhn
from samples.documents import png
from samples.spec import Row, letters

Cells = Mapping[str, Raw]
ERROR, DOUBT, CHANGE = "erreur", "avertissement", "correction"


@dataclass(frozen=True)
class Trial:
    """One request: `rows` change the good one below; `meant`, what is read where it is not held back."""

    about: str
    tag: str
    severity: str
    code: str
    rows: Sequence[Cells]
    at: int = 0
    meant: Cells | None = None
    centre: bool = False
    also: tuple[str, str, str] | None = None
    """Another tag, severity and code told of its first row."""


_DOCTOR = {
    "dateCommande": "04/11/2022",
    "regimeTVA": "TTC",
    "montantSegurHT": "1075.00",
    "commandePour": "LIBERAL",
    "nomMedecin": "BRUYÈRE",
    "emailMedecin": "cabinet@medecin.example",
    "telephoneMedecin": "0199001234",
    **SCENARIO,
}
_CENTRE = {
    "dateCommande": "04/11/2022",
    "regimeTVA": "TTC",
    "montantSegurHT": "10750.00",
    "commandePour": "STRUCTURE",
    "FINESSJuridique": luhn("98123456"),
    "nomResponsable": "RIVIÈRE",
    "emailResponsable": "direction@centre.example",
    "telephoneResponsable": "0199005678",
    **SCENARIO,
}
_MANDATE = {
    "nomMandataire": "BRUYÈRE",
    "emailMandataire": "cabinet@medecin.example",
    "telephoneMandataire": "0199001234",
}
_SECOND = {"nomMedecin": "MÉLÈZE", "emailMedecin": "melezes@medecin.example", "telephoneMedecin": "0199004321"}


def _one(about: str, tag: str, severity: str, code: str, raw: Raw, meant: str | None = None) -> Trial:
    """A solo doctor's request with one cell changed."""
    return Trial(about, tag, severity, code, [{tag: raw}], meant=None if meant is None else {tag: meant})


TRIALS: tuple[Trial, ...] = (
    _one("RPPS de 10 chiffres", "RPPS", ERROR, "longueur-exacte", "9990000001"),
    _one("RPPS avec une lettre", "RPPS", ERROR, "caracteres", "9990000O018"),
    _one("RPPS abrégé par Excel", "RPPS", ERROR, "notation-scientifique", "9,99E+10"),
    _one("RPPS absent", "RPPS", ERROR, "obligatoire", ""),
    _one("RPPS en erreur de calcul", "RPPS", ERROR, "valeur-erreur", "#N/A"),
    _one("Nom absent", "nomMedecin", ERROR, "obligatoire", ""),
    _one("Nom de 50 caractères", "nomMedecin", ERROR, "longueur-max", "DE " + "BRUYÈRE-" * 5 + "BRUYÈRE"),
    _one("Courriel absent sans mandataire", "emailMedecin", ERROR, "obligatoire", ""),
    _one("Date inexistante", "dateCommande", ERROR, "date-inexistante", "31/02/2022"),
    _one("Date sans jour", "dateCommande", ERROR, "date-illisible", "novembre 2022"),
    _one("Date après le dépôt", "dateCommande", ERROR, "date-future", "04/11/2222"),
    _one("Date absente", "dateCommande", ERROR, "obligatoire", ""),
    _one("Montant à deux lectures", "montantSegurHT", ERROR, "montant-deux-lectures", "1.075"),
    _one("Montant en lettres", "montantSegurHT", ERROR, "montant-illisible", "mille euros"),
    _one("Montant nul", "montantSegurHT", ERROR, "montant-nul", 0),
    _one("Régime de TVA hors liste", "regimeTVA", ERROR, "hors-liste", "20 %"),
    _one("Commande pour personne", "commandePour", ERROR, "obligatoire", ""),
    _one("Réponse ni OUI ni NON", "isProSanteConnectNeeded", ERROR, "oui-non", "PEUT-ÊTRE"),
    _one("Scénario incomplet", "isPFIToDMP", ERROR, "obligatoire", ""),
    _one("Opérateur inconnu", "operateurMessagerie", ERROR, "operateur-inconnu", "CHU_28"),
    _one("Profil Mailiz non référencé", "operateurMessagerie", ERROR, "profil-absent", "MAI_15"),
    _one("Numéro éditeur 00000", "numeroEditeur", ERROR, "numero-zero", "00000"),
    _one("FINESS sur une commande libérale", "FINESSGeo", ERROR, "autre-public", luhn("99999999")),
    Trial("Médecin sur une structure", "nomMedecin", ERROR, "autre-public", [{"nomMedecin": "MÉLÈZE"}], centre=True),
    Trial("FINESS juridique absent", "FINESSJuridique", ERROR, "obligatoire", [{"FINESSJuridique": ""}], centre=True),
    Trial("Site absent", "FINESSGeo", ERROR, "obligatoire", [{"FINESSGeo": ""}], centre=True),
    _one("Pas client unique, un seul médecin", "isClientUnique", ERROR, "client-unique-nombre", "NON"),
    Trial("Client unique, deux médecins", "isClientUnique", ERROR, "client-unique-nombre",
          [{"isClientUnique": "OUI"}, _SECOND]),
    _one("Mandataire pour un seul médecin", "isMandataire", ERROR, "mandataire-client-unique", "OUI"),
    Trial("Mandataire sans mandat", "nomMandataire", ERROR, "mandataire-sans-mandat",
          [{"isMandataire": "NON", "nomMandataire": "BRUYÈRE"}, _SECOND]),
    Trial("Mandataire sans courriel", "emailMandataire", ERROR, "obligatoire",
          [_MANDATE | {"emailMandataire": ""}, _SECOND]),
    Trial("Même médecin deux fois", "RPPS", ERROR, "beneficiaire-en-double",
          [{"RPPS": luhn("9998888888")}, _SECOND | {"RPPS": luhn("9998888888")}], at=1),
    Trial("Deux régimes de TVA", "regimeTVA", ERROR, "deux-valeurs", [{}, _SECOND | {"regimeTVA": "HT"}], at=1),
    _one("Sans bon de commande", "bonCommande", ERROR, "document-manquant", ""),
    _one("Bon de commande introuvable", "bonCommande", ERROR, "document-absent", "pas-encore-signé.pdf"),
    _one("Bon de commande Word", "bonCommande", ERROR, "document-format-inconnu", "commande.docx"),
    _one("Image nommée PDF", "bonCommande", ERROR, "document-contenu", "image.pdf"),
    _one("Bon de commande vide", "bonCommande", ERROR, "document-vide", "vide.pdf"),
    _one("Bon de commande hors du dossier", "bonCommande", ERROR, "document-hors-dossier", "../commande.pdf"),
    Trial("HT sans attestation", "preuveHT", ERROR, "attestation-manquante", [{"regimeTVA": "HT"}],
          also=("regimeTVA", DOUBT, "regime-minoritaire")),
    _one("RPPS de clé fausse", "RPPS", DOUBT, "cle-controle", "99900000019", "99900000019"),
    _one("Téléphone à moitié écrit", "telephoneMedecin", ERROR, "telephone-illisible", "01 99 00"),
    _one("Téléphone douteux", "telephoneMedecin", DOUBT, "telephone-douteux", "+687123456", "+687123456"),
    _one("Centre de santé libéral", "isCentreDeSante", DOUBT, "centre-de-sante-liberal", "OUI", "OUI"),
    _one("Titre devant le nom", "nomMedecin", CHANGE, "titre", "Dr BRUYÈRE", "BRUYÈRE"),
    _one("RPPS espacé", "RPPS", CHANGE, "separateurs", "999 7777 002" + luhn("9997777002")[-1], luhn("9997777002")),
    _one("RPPS lu sur la carte", "RPPS", CHANGE, "rpps-carte", "8" + luhn("9997777003"), luhn("9997777003")),
    _one("Téléphone sans son zéro", "telephoneMedecin", CHANGE, "nombre-texte", 199001234, "0199001234"),
    _one("Nom en minuscules", "nomMedecin", CHANGE, "majuscules", "Bruyère", "BRUYÈRE"),
    _one("Nom aux espaces doubles", "nomMedecin", CHANGE, "espaces", "DE  LA BRUYÈRE ", "DE LA BRUYÈRE"),
    _one("Date avec des points", "dateCommande", CHANGE, "date", "4.11.2022", "04/11/2022"),
    _one("Montant en texte", "montantSegurHT", CHANGE, "montant", "1 075,50 €", "1075.50"),
    _one("Montant au millième", "montantSegurHT", CHANGE, "arrondi", 1075.005, "1075.01"),
    _one("Régime en minuscules", "regimeTVA", CHANGE, "valeur-de-liste", "ttc", "TTC"),
    _one("Réponse VRAI", "isDirecToDMP", CHANGE, "booleen", "VRAI", "OUI"),
    _one("Opérateur par son code abrégé", "operateurMessagerie", CHANGE, "operateur", "ch28", "CH _28"),
)  # fmt: skip


def common_errors() -> Case:
    """Every trial in one workbook, and one good request among them, which goes out with those that are only told."""
    rows: list[Cells] = []
    valid: list[Row] = []
    told: list[Told] = []
    for number, trial in enumerate((*TRIALS, Trial("Sans faute", "", "", "", [{}], meant={})), start=1):
        lines = _lines(number, trial)
        if trial.code:
            told.append(Told(3 + len(rows) + trial.at, letters(trial.tag), trial.severity, trial.code))
        if trial.also:
            tag, severity, code = trial.also
            told.append(Told(3 + len(rows), letters(tag), severity, code))
        rows += lines
        if trial.meant is not None:
            valid += [{tag: str(value) for tag, value in {**line, **trial.meant}.items()} for line in lines]
    supplier = {"numeroAns": "4000000004", "SIRET": luhn("9990000040001"), "profils": "Centre de santé"}
    traps = {"image.pdf": png("image.pdf"), "vide.pdf": b""}
    absent = frozenset({"pas-encore-signé.pdf", "commande.docx", "../commande.pdf"})
    return Case("4-erreurs-courantes", [Sheet("erreurs-courantes.xlsx", supplier, rows, valid, told)], traps, absent)


def _lines(number: int, trial: Trial) -> list[Cells]:
    reference = {"refCommande": f"{number:02d} {trial.about}"}
    lines: list[Cells] = []
    for rank, changes in enumerate(trial.rows):
        good = (_CENTRE if trial.centre else _DOCTOR) | {"bonCommande": f"CDE-{number:02d}.pdf"} if rank == 0 else {}
        key = {"FINESSGeo": luhn(f"97{number:06d}")} if trial.centre else {"RPPS": luhn(f"9991{rank}{number:05d}")}
        lines.append(good | key | dict(changes) | reference)
    return lines
