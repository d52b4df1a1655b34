"""Control 2: one request, in the order of the guide's table (§ 3.2), stopping at its first error."""

from collections.abc import Container
from typing import Any

from converter.format.fields import (
    BY_TAG,
    Audience,
    Beneficiaires,
    Doctor,
    FieldKind,
    Level,
    Order,
    Required,
    Scenario,
    Structure,
    fields_of,
)
from converter.format.file_names import DOCUMENT_CODES, DOCUMENT_FORMATS, document_name, number_in_document_name
from converter.portal.control_values import Check, Wrong, as_text, check_of, null, one_of, operator, or_null

# A request whose structure control 1 has passed: every tag is there, and the containers are what they must be.
Request = dict[str, Any]
Checks = tuple[tuple[str, Check], ...]

_NUMBER = check_of(BY_TAG["numeroEditeur"])
_ACTION = one_of("typeAction", ("C",))
_ASP_NUMBER = null("numeroASP", "ctl-asp-fills")
_COMMANDE: Checks = tuple((one.tag, check_of(one)) for one in fields_of(Order))
_COMMANDE_POUR = check_of(BY_TAG["commandePour"])
_BOOLEANS: Checks = tuple((one.tag, check_of(one)) for one in fields_of(Beneficiaires) if one.kind is FieldKind.BOOLEAN)
_MANDATARY = [one for one in fields_of(Beneficiaires) if one.required is Required.IF_MANDATE]
_MANDATED: Checks = tuple((one.tag, check_of(one)) for one in _MANDATARY)
_NO_MANDATARY: Checks = tuple((one.tag, null(one.tag, "ctl-no-mandate")) for one in _MANDATARY)
_DOCTOR: Checks = tuple((one.tag, check_of(one)) for one in fields_of(Doctor))
_REPRESENTED_DOCTOR: Checks = tuple(
    (one.tag, or_null(check) if one.required is Required.IF_LIBERAL_WITHOUT_MANDATE else check)
    for one, (_, check) in zip(fields_of(Doctor), _DOCTOR, strict=True)
)
_STRUCTURE: Checks = tuple((one.tag, check_of(one)) for one in fields_of(Structure) if one.level is Level.REQUEST)
_SITE = check_of(BY_TAG["FINESSGeo"])
_SCENARIO = tuple(
    (one.tag, None if one.kind is FieldKind.OPERATOR else check_of(one)) for one in fields_of(Scenario)
)  # None: the list of operators is not known before the call
_DOCUMENT: Checks = (
    ("formatFichier", one_of("formatFichier", DOCUMENT_FORMATS)),
    ("typeFichier", one_of("typeFichier", tuple(DOCUMENT_CODES))),
)
_TREATMENT: Checks = tuple((tag, null(tag, "ctl-asp-fills")) for tag in ("codeTraitement", "libelleTraitement"))


def first_wrong(request: Request, line: int, seen: dict[str, int], operators: Container[str]) -> Wrong | None:
    """The first error of the request that stands at `line` (from 1); `seen`: lines of the numeroEditeur before it."""
    commande, beneficiaires = request["commande"], request["beneficiaires"]
    return (
        _header(request, line, seen)
        or _each(_COMMANDE, commande)
        or _beneficiaires(beneficiaires)
        or _scenario(request["scenarioInstallation"], operators)
        or _documents(request["piecesJustificatives"], request["numeroEditeur"], commande["regimeTVA"])
        or _each(_TREATMENT, request)
    )


def _each(checks: Checks, block: Request) -> Wrong | None:
    for tag, check in checks:
        if wrong := check(block[tag]):
            return wrong
    return None


def _header(request: Request, line: int, seen: dict[str, int]) -> Wrong | None:
    if type(request["numLigne"]) is not int or request["numLigne"] != line:
        return Wrong("ctl-line-number", "numLigne", as_text(request["numLigne"]), {"attendu": str(line)})
    number = request["numeroEditeur"]
    wrong = _ACTION(request["typeAction"]) or _ASP_NUMBER(request["numeroASP"]) or _NUMBER(number)
    if wrong:
        return wrong
    first = seen.setdefault(number, line)
    return Wrong("ctl-number-twice", "numeroEditeur", number, {"ligne": str(first)}) if first != line else None


def _beneficiaires(block: Request) -> Wrong | None:
    if wrong := _COMMANDE_POUR(block["commandePour"]):
        return wrong
    return _liberal_order(block) if block["commandePour"] == Audience.LIBERAL else _structure_order(block)


def _liberal_order(block: Request) -> Wrong | None:
    mandate, single, doctors = block["isMandataire"], block["isClientUnique"], block["liberal"]
    return (
        _each(_BOOLEANS, block)
        or _client(mandate=mandate, single=single, doctors=len(doctors))
        or _each(_MANDATED if mandate else _NO_MANDATARY, block)
        or _doctors(doctors, _REPRESENTED_DOCTOR if mandate else _DOCTOR)
        or (Wrong("ctl-structure-filled", "structure") if block["structure"] else None)
    )


def _client(*, mandate: bool, single: bool, doctors: int) -> Wrong | None:
    if mandate and single:
        return Wrong("ctl-mandate-and-single", "isMandataire", "true")
    if doctors and single != (doctors == 1):
        return Wrong("ctl-single-count", "isClientUnique", as_text(single), {"medecins": str(doctors)})
    return None


def _doctors(doctors: list[Request], checks: Checks) -> Wrong | None:
    if not doctors:
        return Wrong("ctl-liberal-empty", "liberal")
    return next((wrong for doctor in doctors if (wrong := _each(checks, doctor))), None)


def _structure_order(block: Request) -> Wrong | None:
    for tag, check in _BOOLEANS:
        if wrong := check(block[tag]):
            return wrong
        if block[tag]:
            return Wrong("ctl-structure-boolean", tag, "true")
    if wrong := _each(_NO_MANDATARY, block):
        return wrong
    if block["liberal"]:
        return Wrong("ctl-liberal-filled", "liberal")
    return _structure(block["structure"])


def _structure(structure: Request) -> Wrong | None:
    for tag, check in _STRUCTURE:
        if wrong := check(structure.get(tag)):
            return wrong
    sites = structure.get("FINESSGeo")
    if not sites:
        return Wrong("ctl-missing", "FINESSGeo")
    return next((wrong for site in sites if (wrong := _SITE(site))), None)


def _scenario(block: Request, operators: Container[str]) -> Wrong | None:
    for tag, check in _SCENARIO:
        if wrong := check(block[tag]) if check else operator(tag, block[tag], operators):
            return wrong
    return None


def _documents(documents: list[Request], number: str, regime: str) -> Wrong | None:
    for document in documents:
        if wrong := _document_name(document, number) or _each(_DOCUMENT, document):
            return wrong
    kinds = [document["typeFichier"] for document in documents]
    orders, certificates = kinds.count("BON_COMMANDE"), kinds.count("PREUVE_HT")
    if orders != 1:
        return Wrong("ctl-one-order", "piecesJustificatives", details={"nombre": str(orders)})
    if certificates == (regime == "HT"):
        return None
    code = "ctl-certificates" if regime == "HT" else "ctl-certificate-unneeded"
    return Wrong(code, "piecesJustificatives", details={"nombre": str(certificates)})


def _document_name(document: Request, number: str) -> Wrong | None:
    """The name that type, number and format give; where type or format is itself wrong, only a well-made name."""
    name = document["nomFichier"]
    if not isinstance(name, str) or not name:
        return Wrong("ctl-missing" if name in (None, "") else "ctl-not-text", "nomFichier", as_text(name))
    if any(check(document[tag]) for tag, check in _DOCUMENT):
        if number_in_document_name(name) == number:
            return None
        expected = document_name("BON_COMMANDE", number, "PDF")
    else:
        expected = document_name(document["typeFichier"], number, document["formatFichier"])
    return None if name == expected else Wrong("ctl-document-name", "nomFichier", name, {"attendu": expected})
