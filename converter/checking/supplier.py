"""The supplier of a workbook: « Paramètres », cleaned and checked; options of the command line take precedence."""

from collections.abc import Mapping
from dataclasses import dataclass

from converter.checking.cell_rules import matches_format
from converter.checking.cleaning import cleaner
from converter.findings import Finding, Refusal, finding
from converter.findings.text import fold
from converter.format import check_digits as keys
from converter.format.field_kinds import Field
from converter.format.fields import PARAMETRES, Supplier
from converter.reading.cells import as_shown
from converter.reading.workbook import Workbook

OPTIONS = {"numeroAns": "--numero-ans", "SIRET": "--siret"}
_BY_TAG = {one.tag: one for one in PARAMETRES}


@dataclass(frozen=True, slots=True)
class SupplierOptions:
    """Values from the command line that replace those of « Paramètres »; "" where none is given."""

    numeroAns: str = ""
    SIRET: str = ""


def supplier_of(workbook: Workbook, options: SupplierOptions, *, strict_keys: bool) -> tuple[Supplier, list[Finding]]:
    """The supplier, and findings for corrections and doubts; Refusal when numeroAns or SIRET is missing or wrong."""
    given = {"numeroAns": options.numeroAns, "SIRET": options.SIRET}
    values: dict[str, str] = {}
    findings: list[Finding] = []
    for field in PARAMETRES:
        values[field.tag], corrected = _value(workbook, field, given.get(field.tag, ""))
        findings += corrected
    for tag in OPTIONS:
        _refuse_wrong(workbook, _BY_TAG[tag], values[tag])
    findings += _doubtful_siret(workbook, values["SIRET"], strict_keys=strict_keys)
    profils, unknown = _profils(workbook, values["profils"])
    supplier = Supplier(values["numeroAns"], values["SIRET"], profils, values["preuveHT"] or None)
    return supplier, findings + unknown


def _value(workbook: Workbook, field: Field, given: str) -> tuple[str, list[Finding]]:
    if given:
        return cleaner(field)(given)[0], []
    supplier_cell = workbook.supplier_cells.get(field.tag)
    if supplier_cell is None:
        return "", []
    value, codes = cleaner(field)(supplier_cell.value)
    shown = as_shown(supplier_cell.value)
    return value, [finding(code, supplier_cell.cell, field.tag, shown, lu=value) for code in codes]


def _refuse_wrong(workbook: Workbook, field: Field, value: str) -> None:
    given = workbook.supplier_cells.get(field.tag)
    from_mapping = workbook.mapping is not None and not (given and given.cell.sheet)
    cell = workbook.supplier_cell(field.tag)
    case = "correspondance" if from_mapping else ""
    details: Mapping[str, str] = {
        "classeur": workbook.path.name,
        "balise": field.tag,
        "libelle": field.label,
        "option": OPTIONS[field.tag],
    }
    if not value:
        raise Refusal("parametre-absent", case=case, **details).at(cell, field.tag)
    if not matches_format(field, value):
        what = "lettres ou chiffres" if field.tag == "numeroAns" else "chiffres"
        attendu = f"exactement {field.exact} {what}"
        wrong = Refusal("parametre-invalide", case=case, valeur=value, attendu=attendu, **details)
        raise wrong.at(cell, field.tag)


def _doubtful_siret(workbook: Workbook, value: str, *, strict_keys: bool) -> list[Finding]:
    if keys.siret(value):
        return []
    if strict_keys:
        raise Refusal("siret-cle-stricte", classeur=workbook.path.name)
    return [finding("siret-cle", workbook.supplier_cell("SIRET"), "SIRET", value)]


def _profils(workbook: Workbook, text: str) -> tuple[tuple[str, ...] | None, list[Finding]]:
    """The profiles named, in the spelling of the list, and their findings; None where « profils » is empty."""
    known = {fold(one): one for one in _BY_TAG["profils"].choices}
    named = [one.strip() for one in text.split(";") if one.strip()]
    choices = " ou ".join(f"«\u00a0{one}\u00a0»" for one in known.values())
    findings = [
        finding("valeur-de-liste", workbook.supplier_cells["profils"].cell, "profils", one, lu=known[fold(one)])
        for one in named
        if fold(one) in known and known[fold(one)] != one
    ]
    findings += [
        finding("profil-hors-liste", workbook.supplier_cells["profils"].cell, "profils", one, choix=choices)
        for one in named
        if fold(one) not in known
    ]
    return (tuple(known[fold(one)] for one in named if fold(one) in known) if named else None), findings
