"""Snapshots as ledgers of versions 1 to 4 kept them, made into those of version 5 (`tables`).

They were flat: `dateCommande`, `liberal.0.nomMedecin`, `FINESSGeo.0`, `sha256.BON_COMMANDE`, `workbook`, `profils`…,
each value as a clean cell writes it (« OUI », « 1075.00 »), empty ones left out. Nothing else reads this form.
"""

from collections.abc import Mapping

import orjson

from converter.format.field_kinds import Audience, FieldKind, Level
from converter.format.fields import (
    BY_TAG,
    Beneficiaires,
    Confirmation,
    Doctor,
    Documents,
    Order,
    Scenario,
    Structure,
    fields_of,
)
from converter.ledger.rows import source_text
from converter.ledger.snapshot import Snapshot, rendered_text

_BOOLEANS = {"OUI": True, "NON": False}
_KEPT_CELLS = tuple(one.tag for block in (Documents, Confirmation) for one in fields_of(block))
_FINGERPRINT = "sha256."


def rendered(flat: str) -> str:
    """The request as it was rendered (`Snapshot.rendered`)."""
    values: dict[str, str] = orjson.loads(flat)
    is_structure = values.get("commandePour") == Audience.STRUCTURE
    doctors = _doctors(values)
    sites = {"FINESSGeo": [values[key] for key in _ranked(values, "FINESSGeo")]}
    return rendered_text(
        {
            "commande": _block(Order, values),
            "beneficiaires": _block(Beneficiaires, values)
            | {
                "liberal": [_block(Doctor, one) for one in doctors],
                "structure": _block(Structure, values) | sites if is_structure else {},
            },
            "scenarioInstallation": _block(Scenario, values),
        }
    )


def source(flat: str) -> str:
    """What was kept beside the request, as the text of the column `provenance`."""
    values: dict[str, str] = orjson.loads(flat)
    snapshot = Snapshot(
        "",
        cells={tag: values[tag] for tag in _KEPT_CELLS if tag in values},
        workbook=values.get("workbook", ""),
        profils=values.get("profils", ""),
        fingerprints={
            key.removeprefix(_FINGERPRINT): value for key, value in values.items() if key.startswith(_FINGERPRINT)
        },
    )
    return source_text(snapshot)


def _doctors(values: Mapping[str, str]) -> list[dict[str, str]]:
    doctors: dict[str, dict[str, str]] = {}
    for key in _ranked(values, "liberal"):
        _, rank, tag = key.split(".")
        doctors.setdefault(rank, {})[tag] = values[key]
    return list(doctors.values())


def _ranked(values: Mapping[str, str], name: str) -> list[str]:
    """The keys `name.0…`, `name.1…`, by rank."""
    return sorted((key for key in values if key.startswith(f"{name}.")), key=lambda key: int(key.split(".")[1]))


def _block(block: type, values: Mapping[str, str]) -> dict[str, object]:
    """The values of a block, as JSON; those of sites, which make a list, are left out."""
    fields = [one for one in fields_of(block) if block is Doctor or one.level is not Level.BENEFICIARY]
    return {one.tag: _value(one.tag, values.get(one.tag)) for one in fields}


def _value(tag: str, text: str | None) -> object:
    if text is None:
        return None
    kind = BY_TAG[tag].kind
    if kind is FieldKind.BOOLEAN:
        return _BOOLEANS.get(text, text)
    return float(text) if kind is FieldKind.AMOUNT else text
