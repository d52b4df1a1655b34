"""All about one request (`status NUMERO`): what was sent, in which file, and its history."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from converter.findings.french import NBSP, advance, euros, tidy
from converter.format.fields import BY_TAG
from converter.ledger.model import FINGERPRINT, HEADING, Event, LedgerEntry
from converter.ledger.transitions import told as state_text

_LABELS = {
    "workbook": "Classeur",
    "profils": "Profils référencés",
    f"{FINGERPRINT}BON_COMMANDE": "Empreinte du bon de commande",
    f"{FINGERPRINT}PREUVE_HT": "Empreinte de l'attestation HT",
}


def as_json(entry: LedgerEntry, history: Sequence[Event]) -> dict[str, Any]:
    """The document of `status NUMERO --json`."""
    return {
        "request": {
            "numeroEditeur": entry.numeroEditeur,
            "numeroAns": entry.key.numeroAns,
            "refCommande": entry.key.refCommande or None,
            "SIRET": entry.SIRET,
            "state": entry.state.value,
            "montantSegurHT": float(entry.montantSegurHT),
            "advance": float(advance(entry.montantSegurHT)),
            "file": entry.file,
            "numLigne": entry.numLigne,
            "upload_day": entry.day.isoformat(),
            "numeroASP": entry.numeroASP or None,
            "codeTraitement": entry.codeTraitement or None,
            "libelleTraitement": entry.libelleTraitement or None,
            "decided_on": entry.decided.isoformat() if entry.decided else None,
            "advance_paid": None if entry.paid is None else float(entry.paid),
            "reason": entry.reason or None,
        },
        "sent": _sent(entry),
        "history": [
            {
                "when": one.when,
                "state": one.state.value,
                "file": one.file,
                "cause": one.cause,
                "author": one.author or None,
            }
            for one in history
        ],
    }


def told(entry: LedgerEntry, history: Sequence[Event]) -> Iterator[str]:
    """The lines about a request for a terminal."""
    reference = f", commande {tidy(entry.key.refCommande)}" if entry.key.refCommande else ""
    yield f"Demande {entry.numeroEditeur}{reference}{NBSP}: {state_text(entry)}"
    yield ""
    yield from _aligned(_facts(entry))
    yield ""
    yield "Ce qui a été envoyé"
    yield from _aligned({_label(tag): value for tag, value in _sent(entry).items()})
    yield ""
    yield "Ce qui s'est passé"
    for one in history:
        who = f", par {tidy(one.author)}" if one.author else ""
        yield f"  {_moment(one.when)}  {one.state}{who}{NBSP}: {tidy(one.cause)} ({tidy(one.file)})"


def _facts(entry: LedgerEntry) -> dict[str, str]:
    expected = advance(entry.montantSegurHT)
    facts = {
        "Logiciel": entry.key.numeroAns,
        "SIRET": entry.SIRET,
        "Fichier": f"{entry.file}, ligne {entry.numLigne}",
        "Dépôt": f"{entry.day:%d/%m/%Y}",
        "Montant HT": euros(entry.montantSegurHT),
        "Avance de 30 %": euros(expected),
        "Numéro ASP": entry.numeroASP,
        "Réponse": f"{entry.codeTraitement} {entry.libelleTraitement}".strip(),
        "Motif": entry.reason,
    }
    if entry.paid is not None:
        difference = entry.paid - expected
        word = "de plus" if difference > 0 else "de moins"
        facts["Avance versée"] = euros(entry.paid) + (
            f", soit {euros(abs(difference))} {word} qu'attendu" if difference else ", le montant attendu"
        )
    return facts


def _sent(entry: LedgerEntry) -> dict[str, str]:
    """The snapshot without the headings of its workbook, which were not sent."""
    return {key: value for key, value in entry.snapshot.items() if not key.startswith(HEADING)}


def _label(key: str) -> str:
    """« Numéro RPPS (2) » for `liberal.1.RPPS`."""
    match key.split("."):
        case ["liberal", rank, tag]:
            return f"{BY_TAG[tag].label} ({int(rank) + 1})"
        case ["FINESSGeo" as tag, rank]:
            return f"{BY_TAG[tag].label} ({int(rank) + 1})"
    return _LABELS.get(key) or (BY_TAG[key].label if key in BY_TAG else key)


def _aligned(facts: Mapping[str, str]) -> Iterator[str]:
    filled = {label: tidy(value) for label, value in facts.items() if value}
    width = max(map(len, filled), default=0)
    yield from (f"  {label.ljust(width)}  {value}" for label, value in filled.items())


def _moment(when: str) -> str:
    """« 04/02/2023 14:05 », in the time zone in which it was recorded."""
    try:
        return f"{datetime.fromisoformat(when):%d/%m/%Y %H:%M}"
    except ValueError:
        return tidy(when)
