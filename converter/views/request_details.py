"""All about one request (`status NUMERO`): what was sent, in which file, and its history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from typing_extensions import TypedDict

from converter.findings.french import NBSP, advance, euros, tidy
from converter.format.fields import BY_TAG
from converter.ledger.model import Event, LedgerEntry
from converter.ledger.snapshot import Snapshot
from converter.ledger.transitions import state_text

_FINGERPRINTS = {"BON_COMMANDE": "Empreinte du bon de commande", "PREUVE_HT": "Empreinte de l'attestation HT"}


class EntryDocument(TypedDict):
    """Une demande telle que le registre la tient."""

    numeroEditeur: str
    numeroAns: str
    refCommande: str | None
    SIRET: str
    state: str
    montantSegurHT: float
    advance: float
    file: str
    numLigne: int
    upload_day: str
    numeroASP: str | None
    codeTraitement: str | None
    libelleTraitement: str | None
    decided_on: str | None
    advance_paid: float | None
    reason: str | None


class EventDocument(TypedDict):
    """Une ligne de l'histoire d'une demande : quand (ISO 8601), son état depuis lors, pourquoi, par qui."""

    when: str
    state: str
    file: str
    cause: str
    author: str | None


@dataclass(frozen=True, slots=True)
class _Sent:
    """One value that was sent, or that the ledger keeps with it: its key in the JSON document, its label, its text."""

    key: str
    label: str
    text: str


class DetailsDocument(TypedDict):
    """Tout d'une demande : ce que le registre en sait, les valeurs envoyées par balise, son histoire."""

    request: EntryDocument
    sent: dict[str, str]
    history: list[EventDocument]


def as_json(entry: LedgerEntry, history: Sequence[Event]) -> DetailsDocument:
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
        "sent": {one.key: one.text for one in _sent(entry.snapshot) if one.text},
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


def lines(entry: LedgerEntry, history: Sequence[Event]) -> Iterator[str]:
    """The lines about a request for a terminal."""
    reference = f", commande {tidy(entry.key.refCommande)}" if entry.key.refCommande else ""
    yield f"Demande {entry.numeroEditeur}{reference}{NBSP}: {state_text(entry)}"
    yield ""
    yield from _aligned(shown_facts(entry))
    yield ""
    yield "Ce qui a été envoyé"
    yield from _aligned(shown_values(entry))
    yield ""
    yield "Ce qui s'est passé"
    for one in shown_history(history):
        who = f", par {one.author}" if one.author else ""
        yield f"  {one.when}  {one.state}{who}{NBSP}: {one.cause} ({one.file})"


def shown_facts(entry: LedgerEntry) -> dict[str, str]:
    """What is known of a request, by its French label; nothing for what is not known."""
    return {label: tidy(value) for label, value in _facts(entry).items() if value}


def shown_values(entry: LedgerEntry) -> dict[str, str]:
    """The values as sent, by the labels of the sheet."""
    return {one.label: tidy(one.text) for one in _sent(entry.snapshot) if one.text}


def shown_history(history: Sequence[Event]) -> list[Event]:
    """The history as people read it: `when` is « 04/02/2023 14:05 »."""
    return [
        replace(one, when=_moment(one.when), cause=tidy(one.cause), file=tidy(one.file), author=tidy(one.author))
        for one in history
    ]


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


def _sent(snapshot: Snapshot) -> Iterator[_Sent]:
    """The values of a snapshot; those of the second doctor are `liberal.1.RPPS`, « Numéro RPPS (2) »."""
    for tag, text in {**snapshot.values, **snapshot.cells}.items():
        yield _Sent(tag, BY_TAG[tag].label, text)
    for rank, one in enumerate(snapshot.beneficiaries):
        for tag, text in one.items():
            key = f"{tag}.{rank}" if snapshot.is_structure else f"liberal.{rank}.{tag}"
            yield _Sent(key, f"{BY_TAG[tag].label} ({rank + 1})", text)
    yield _Sent("profils", "Profils référencés", snapshot.profils)
    yield _Sent("workbook", "Classeur", snapshot.workbook)
    for kind, digest in snapshot.fingerprints.items():
        yield _Sent(f"sha256.{kind}", _FINGERPRINTS[kind], digest)


def _aligned(facts: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, facts), default=0)
    yield from (f"  {label.ljust(width)}  {value}" for label, value in facts.items())


def _moment(when: str) -> str:
    """« 04/02/2023 14:05 », in the time zone in which it was recorded."""
    try:
        return f"{datetime.fromisoformat(when):%d/%m/%Y %H:%M}"
    except ValueError:
        return tidy(when)
