"""Control 2: one request, in the order of the guide's table (§ 3.2), stopping at its first error."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from converter.format.field_kinds import Audience, Field, FieldKind, Level, Required
from converter.format.fields import BY_TAG, Beneficiaires, Doctor, Order, Scenario, Structure, fields_of
from converter.format.file_names import DOCUMENT_CODES, DOCUMENT_FORMATS, document_name, number_in_document_name
from converter.format.requirements import Case, Holds, held_in_file
from converter.portal.control_values import Check, Wrong, as_text, check_of, null, one_of, operator, or_null

# A request whose structure control 1 has passed: every tag is there, and the containers are what they must be.
Request = dict[str, Any]
Checks = tuple[tuple[str, Check], ...]


def _held(field: Field, check: Check, case: Case | None = None) -> Check:
    """The check of a field in this case; None: in any case."""
    match held_in_file(field, case):
        case Holds.VALUE:
            return check
        case Holds.VALUE_OR_NULL:
            return or_null(check)
    return null(field.tag, "ctl-no-mandate")


def _checks(fields: Iterable[Field], case: Case | None = None) -> Checks:
    return tuple((one.tag, _held(one, check_of(one), case)) for one in fields)


_NUMBER = check_of(BY_TAG["numeroEditeur"])
_ACTION = one_of("typeAction", ("C",))
_ASP_NUMBER = null("numeroASP", "ctl-asp-fills")
_COMMANDE = _checks(fields_of(Order))
_COMMANDE_POUR = check_of(BY_TAG["commandePour"])
_DERIVED = tuple(one for one in fields_of(Beneficiaires) if one.required is Required.DERIVED)
_BOOLEANS = _checks(_DERIVED)
_OTHERS = {
    case: _checks((one for one in fields_of(Beneficiaires) if one.tag != "commandePour" and one not in _DERIVED), case)
    for case in Case
}
"""The checks of the fields of `beneficiaires` other than commandePour and the two derived Booleans."""
_DOCTOR = {case: _checks(fields_of(Doctor), case) for case in (Case.MANDATED, Case.UNMANDATED)}
_STRUCTURE = _checks((one for one in fields_of(Structure) if one.level is Level.REQUEST), Case.STRUCTURE)
_SITE = check_of(BY_TAG["FINESSGeo"])
_DOCUMENT: Checks = (
    ("formatFichier", one_of("formatFichier", DOCUMENT_FORMATS)),
    ("typeFichier", one_of("typeFichier", tuple(DOCUMENT_CODES))),
)
_TREATMENT: Checks = tuple((tag, null(tag, "ctl-asp-fills")) for tag in ("codeTraitement", "libelleTraitement"))
_FLAT_BLOCKS = {"commande": Order, "beneficiaires": Beneficiaires, "scenarioInstallation": Scenario}
_AMOUNTS = {
    tag: _checks(one for one in fields_of(block) if one.kind is FieldKind.AMOUNT) for tag, block in _FLAT_BLOCKS.items()
}


def first_wrong(request: Request, line: int, seen: dict[str, int], operators: frozenset[str]) -> Wrong | None:
    """The first error of the request at `line` (from 1); `seen`: lines of the numeroEditeur before it."""
    commande, beneficiaires = request["commande"], request["beneficiaires"]
    return (
        _header(request, line, seen)
        or _each(_COMMANDE, commande)
        or _beneficiaires(beneficiaires)
        or _each(_scenario(operators), request["scenarioInstallation"])
        or _documents(request["piecesJustificatives"], request["numeroEditeur"], commande["regimeTVA"])
        or _each(_TREATMENT, request)
    )


def first_unsaid(request: Request, line: int, seen: dict[str, int]) -> Wrong | None:
    """The first error of a request that the JSON Schema accepts, by the rules that a schema cannot express."""
    number = request["numeroEditeur"]
    return (
        _line_number(request, line)
        or _number_twice(number, line, seen)
        or next((wrong for tag, checks in _AMOUNTS.items() if (wrong := _each(checks, request[tag]))), None)
        or next((wrong for one in request["piecesJustificatives"] if (wrong := _document_name(one, number))), None)
    )


def _each(checks: Checks, block: Request) -> Wrong | None:
    for tag, check in checks:
        if wrong := check(block[tag]):
            return wrong
    return None


def _header(request: Request, line: int, seen: dict[str, int]) -> Wrong | None:
    number = request["numeroEditeur"]
    return (
        _line_number(request, line)
        or _ACTION(request["typeAction"])
        or _ASP_NUMBER(request["numeroASP"])
        or _NUMBER(number)
        or _number_twice(number, line, seen)
    )


def _line_number(request: Request, line: int) -> Wrong | None:
    number = request["numLigne"]
    if type(number) is int and number == line:
        return None
    return Wrong("ctl-line-number", "numLigne", as_text(number), {"attendu": str(line)})


def _number_twice(number: str, line: int, seen: dict[str, int]) -> Wrong | None:
    first = seen.setdefault(number, line)
    return Wrong("ctl-number-twice", "numeroEditeur", number, {"ligne": str(first)}) if first != line else None


def _beneficiaires(block: Request) -> Wrong | None:
    if wrong := _COMMANDE_POUR(block["commandePour"]):
        return wrong
    return _liberal_order(block) if block["commandePour"] == Audience.LIBERAL else _structure_order(block)


def _liberal_order(block: Request) -> Wrong | None:
    mandate, single, doctors = block["isMandataire"], block["isClientUnique"], block["liberal"]
    case = Case.MANDATED if mandate else Case.UNMANDATED
    return (
        _each(_BOOLEANS, block)
        or _client(mandate=mandate, single=single, doctors=len(doctors))
        or _each(_OTHERS[case], block)
        or _doctors(doctors, _DOCTOR[case])
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
    """Both Booleans may be false, as the guide's description says, or null, as its last column says."""
    for tag, check in _BOOLEANS:
        if block[tag] is not None and (wrong := check(block[tag])):
            return wrong
        if block[tag]:
            return Wrong("ctl-structure-boolean", tag, "true")
    if wrong := _each(_OTHERS[Case.STRUCTURE], block):
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


@lru_cache(maxsize=2)
def _scenario(operators: frozenset[str]) -> Checks:
    return tuple(
        (one.tag, _held(one, operator(one.tag, operators) if one.kind is FieldKind.OPERATOR else check_of(one)))
        for one in fields_of(Scenario)
    )


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
    """Check the name against type, number and format; only its form where type or format is itself wrong."""
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
