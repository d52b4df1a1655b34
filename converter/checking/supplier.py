"""The supplier of a workbook: « Paramètres » cleaned and checked, with the command line's options first."""

from collections.abc import Mapping
from dataclasses import dataclass

from converter.checking.cell_rules import matches_format
from converter.checking.cleaning import cleaner
from converter.findings import Cell, Finding, Refusal, finding
from converter.findings.text import fold
from converter.format import check_digits as keys
from converter.format.fields import PARAMETRES, Field, Fournisseur
from converter.reading.cells import as_shown
from converter.reading.workbook import Classeur

OPTIONS = {"numeroAns": "--numero-ans", "SIRET": "--siret"}
_BY_TAG = {one.tag: one for one in PARAMETRES}


@dataclass(frozen=True, slots=True)
class SupplierOptions:
    """What the command line says instead of « Paramètres »; "" where it says nothing."""

    numeroAns: str = ""
    SIRET: str = ""


def supplier_of(
    classeur: Classeur, options: SupplierOptions, *, strict_keys: bool
) -> tuple[Fournisseur, list[Finding]]:
    """The supplier, and what was corrected or is doubtful; Refusal when numeroAns or SIRET is missing or wrong."""
    given = {"numeroAns": options.numeroAns, "SIRET": options.SIRET}
    values: dict[str, str] = {}
    told: list[Finding] = []
    for field in PARAMETRES:
        values[field.tag], corrected = _value(classeur, field, given.get(field.tag, ""))
        told += corrected
    for tag in OPTIONS:
        _refuse_wrong(classeur, _BY_TAG[tag], values[tag])
    told += _doubtful_siret(classeur, values["SIRET"], strict_keys=strict_keys)
    profils, unknown = _profils(classeur, values["profils"])
    supplier = Fournisseur(values["numeroAns"], values["SIRET"], profils, values["preuveHT"] or None)
    return supplier, told + unknown


def _value(classeur: Classeur, field: Field, given: str) -> tuple[str, list[Finding]]:
    if given:
        return cleaner(field)(given)[0], []
    parametre = classeur.parametres.get(field.tag)
    if parametre is None:
        return "", []
    value, codes = cleaner(field)(parametre.value)
    shown = as_shown(parametre.value)
    return value, [finding(code, parametre.cell, field.tag, shown, lu=value) for code in codes]


def _refuse_wrong(classeur: Classeur, field: Field, value: str) -> None:
    details: Mapping[str, str] = {
        "classeur": classeur.path.name,
        "balise": field.tag,
        "libelle": field.label,
        "option": OPTIONS[field.tag],
    }
    if not value:
        raise Refusal("parametre-absent", **details)
    if not matches_format(field, value):
        what = "lettres ou chiffres" if field.tag == "numeroAns" else "chiffres"
        raise Refusal("parametre-invalide", valeur=value, attendu=f"exactement {field.exact} {what}", **details)


def _doubtful_siret(classeur: Classeur, value: str, *, strict_keys: bool) -> list[Finding]:
    if keys.siret(value):
        return []
    if strict_keys:
        raise Refusal("siret-cle-stricte", classeur=classeur.path.name)
    parametre = classeur.parametres.get("SIRET")
    cell = parametre.cell if parametre else Cell(str(classeur.path))
    return [finding("siret-cle", cell, "SIRET", value)]


def _profils(classeur: Classeur, text: str) -> tuple[tuple[str, ...] | None, list[Finding]]:
    """The profiles named, in the list's spelling; None where « profils » says nothing."""
    known = {fold(one): one for one in _BY_TAG["profils"].choices}
    named = [one.strip() for one in text.split(";") if one.strip()]
    choices = " ou ".join(f"«\u00a0{one}\u00a0»" for one in known.values())
    told = [
        finding("valeur-de-liste", classeur.parametres["profils"].cell, "profils", one, lu=known[fold(one)])
        for one in named
        if fold(one) in known and known[fold(one)] != one
    ]
    told += [
        finding("profil-hors-liste", classeur.parametres["profils"].cell, "profils", one, choix=choices)
        for one in named
        if fold(one) not in known
    ]
    return (tuple(known[fold(one)] for one in named if fold(one) in known) if named else None), told
