"""The rules on several columns or several rows: for each tag concerned, the rows on which it is wrong.

A rule is given a frame of `str` columns, of rows or of requests, to which `schemas` has added what their request says.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from converter.checking.folding import MANDAT, MEDECINS, REQUEST_FIELDS, UNIQUE
from converter.checking.schema_checks import Mask, Rule, Wrongs
from converter.format.field_kinds import Audience, Field, FieldKind, Level, Required
from converter.format.fields import FIELDS
from converter.format.requirements import ANY_CASE, Case, asked_in

REQUEST, COMMANDE_POUR, JURIDIQUE = "demande", "demande.commandePour", "demande.FINESSJuridique"
"""Columns of the rows, with MANDAT: the rank of their request (0, 1…), and what it says."""

_OF_ONE_AUDIENCE = tuple(one for one in FIELDS if one.audience is not Audience.BOTH)
_OF_BENEFICIARY = tuple(one for one in FIELDS if one.level is Level.BENEFICIARY)
ONE_AUDIENCE_TAGS = tuple(one.tag for one in _OF_ONE_AUDIENCE)
REQUIRED_OF_BENEFICIARY = tuple(one.tag for one in _OF_BENEFICIARY if asked_in(one))
BENEFICIARY_NUMBERS = tuple(one.tag for one in _OF_BENEFICIARY if one.kind is FieldKind.IDENTIFIER)
REQUEST_TAGS = tuple(one.tag for one in REQUEST_FIELDS)
REQUIRED_OF_REQUEST = tuple(one.tag for one in REQUEST_FIELDS if asked_in(one))
MANDATAIRE_TAGS = tuple(one.tag for one in FIELDS if one.required is Required.IF_MANDATE)

ROUTE_TAGS = (
    "isDirecToDMP", "isPFIToDMP", "isDirectToMSSPro", "isPFIToMSSPro", "isDirectToMSSCitoyen", "isPFIToMSSCitoyen",
)  # fmt: skip
"""The ways in which a document may go to the DMP or to someone's secure mailbox."""


# On rows


def other_audience(rows: pd.DataFrame) -> Wrongs:
    """A doctor's or mandataire's column on a STRUCTURE row, or the reverse; a Boolean only when it says yes."""
    other = {
        Audience.LIBERAL: _is(rows, COMMANDE_POUR, Audience.STRUCTURE),
        Audience.STRUCTURE: _is(rows, COMMANDE_POUR, Audience.LIBERAL),
    }
    return {one.tag: other[one.audience] & _says(rows, one) for one in _OF_ONE_AUDIENCE}


def beneficiary_missing(rows: pd.DataFrame) -> Wrongs:
    """A required value that is missing from a doctor or a site."""
    liberal, mandated = _is(rows, COMMANDE_POUR, Audience.LIBERAL), _is(rows, MANDAT, "OUI")
    cases = {
        Case.MANDATED: liberal & mandated,
        Case.UNMANDATED: liberal & ~mandated,
        Case.STRUCTURE: _is(rows, COMMANDE_POUR, Audience.STRUCTURE),
    }
    return _missing(rows, _OF_BENEFICIARY, cases)


def twice_in_request(rows: pd.DataFrame) -> Wrongs:
    """A doctor or a site that is already on an earlier row of the same request."""
    return {tag: _filled(rows, tag) & rows[[REQUEST, tag]].duplicated().to_numpy(bool) for tag in BENEFICIARY_NUMBERS}


def no_reference(rows: pd.DataFrame) -> Wrongs:
    """A row without a reference or a number, so that its request cannot be identified."""
    return {"refCommande": ~_filled(rows, "refCommande") & ~_filled(rows, "numeroEditeur")}


def second_value(rows: pd.DataFrame) -> Wrongs:
    """A request-level value that differs from the first one of its request."""
    return {tag: _filled(rows, tag) & (rows[tag].to_numpy(object) != _first(rows, tag)) for tag in REQUEST_TAGS}


def shared_number(rows: pd.DataFrame) -> Wrongs:
    """A numeroEditeur already used by an earlier request, on the row that gives it."""
    given = _filled(rows, "numeroEditeur") & (rows["numeroEditeur"].to_numpy(object) == _first(rows, "numeroEditeur"))
    holders = rows.loc[given, [REQUEST, "numeroEditeur"]]
    first = holders.groupby("numeroEditeur")[REQUEST].transform("min")
    wrong = np.zeros(len(rows), dtype=bool)
    wrong[given] = (holders[REQUEST] != first).to_numpy(bool) & ~holders.duplicated().to_numpy(bool)
    return {"numeroEditeur": wrong}


def site_of_the_whole(rows: pd.DataFrame) -> Wrongs:
    """A site whose number is that of the legal entity that it belongs to."""
    same = (rows["FINESSGeo"] == rows[JURIDIQUE]).to_numpy(bool)
    return {"FINESSGeo": same & _filled(rows, "FINESSGeo")}


# On requests


def value_missing(requests: pd.DataFrame) -> Wrongs:
    """A required value that is missing from a request; a mandataire's only where « client unique » is NON."""
    liberal, mandated = _is(requests, "commandePour", Audience.LIBERAL), _is(requests, MANDAT, "OUI")
    cases = {
        Case.MANDATED: mandated & _is(requests, UNIQUE, "NON"),
        Case.UNMANDATED: liberal & ~mandated,
        Case.STRUCTURE: _is(requests, "commandePour", Audience.STRUCTURE),
    }
    return _missing(requests, REQUEST_FIELDS, cases)


def unique_against_doctors(requests: pd.DataFrame) -> Wrongs:
    """« Client unique » is OUI with several doctors, or NON with a single one."""
    several, one = ~requests[MEDECINS].isin(["0", "1"]).to_numpy(bool), _is(requests, MEDECINS, "1")
    return {"isClientUnique": _is(requests, UNIQUE, "OUI") & several | _is(requests, UNIQUE, "NON") & one}


def mandate_of_single(requests: pd.DataFrame) -> Wrongs:
    """A mandate with a single doctor: reported on the mandate, or on the name that it was derived from.

    Where there are several doctors, « client unique » is the cell that is wrong.
    """
    wrong = _is(requests, MANDAT, "OUI") & _is(requests, UNIQUE, "OUI") & _is(requests, MEDECINS, "1")
    given = _filled(requests, "isMandataire")
    return {"isMandataire": wrong & given, "nomMandataire": wrong & ~given}


def mandataire_without_mandate(requests: pd.DataFrame) -> Wrongs:
    """A mandataire in an order that says it has none."""
    without = _is(requests, "commandePour", Audience.LIBERAL) & _is(requests, MANDAT, "NON")
    return {tag: without & _filled(requests, tag) for tag in MANDATAIRE_TAGS}


def health_centre_of_doctors(requests: pd.DataFrame) -> Wrongs:
    """« Centre de santé » in an order of doctors."""
    return {
        "isCentreDeSante": _is(requests, "isCentreDeSante", "OUI") & _is(requests, "commandePour", Audience.LIBERAL)
    }


def without_route(requests: pd.DataFrame) -> Wrongs:
    """An order that sends documents neither to the DMP nor by secure mail: reported on the first of these columns."""
    return {ROUTE_TAGS[0]: np.all([_is(requests, tag, "NON") for tag in ROUTE_TAGS], axis=0)}


def holding(values: Mapping[str, str]) -> Rule:
    """The rule that each of these tags must not hold this value."""
    return lambda frame: {tag: _is(frame, tag, value) for tag, value in values.items()}


def _is(frame: pd.DataFrame, column: str, value: str) -> Mask:
    return np.asarray(frame[column].to_numpy(object) == str(value), dtype=bool)


def _filled(frame: pd.DataFrame, tag: str) -> Mask:
    return ~_is(frame, tag, "")


def _says(rows: pd.DataFrame, field: Field) -> Mask:
    return _is(rows, field.tag, "OUI") if field.kind is FieldKind.BOOLEAN else _filled(rows, field.tag)


def _missing(frame: pd.DataFrame, fields: Iterable[Field], cases: Mapping[Case, Mask]) -> Wrongs:
    """Where the fields that are asked for in a case are empty; those asked for in every case, whatever the case."""
    wrongs = {}
    for field in fields:
        asked = asked_in(field)
        if asked:
            empty = _is(frame, field.tag, "")
            wrongs[field.tag] = empty if asked == ANY_CASE else empty & np.any([cases[one] for one in asked], axis=0)
    return wrongs


def _first(rows: pd.DataFrame, tag: str) -> npt.NDArray[np.object_]:
    """For each row, the first value that its request has; "" where it has none."""
    request, values = rows[REQUEST].to_numpy(), rows[tag].to_numpy(object)
    from_last = np.flatnonzero(values != "")[::-1]  # so that the first one of a request is written over the others
    kept = np.full(request.max(initial=-1) + 1, "", dtype=object)
    kept[request[from_last]] = values[from_last]
    found: npt.NDArray[np.object_] = kept[request]
    return found
