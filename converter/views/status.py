"""What `converter status` shows of every request: a table in the terminal, and the `--json` document."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NotRequired

from typing_extensions import TypedDict

from converter.findings import shown
from converter.findings.french import NBSP, counted, euros, thousands, tidy
from converter.ledger.interface import Ledger
from converter.ledger.model import FREE, ListedRequest, State, StateTotal

MOST_LINES = 50


# The columns that a reader sees, in order; one value a request each.
_HEADERS = (
    "Demande", "Logiciel", "Référence", "État", "Montant HT", "Avance 30 %", "Fichier", "Ligne", "Dépôt",
    "Numéro ASP", "Refus", "Décidée le", "Versée", "Écart",
)  # fmt: skip
_RIGHT = {"Montant HT", "Avance 30 %", "Ligne", "Versée", "Écart"}


def status_rows(ledger: Ledger, states: Collection[State] = (), last: int | None = None) -> list[ListedRequest]:
    """Every request of the ledger, by numeroEditeur, or those in these states; or the `last` of them."""
    return ledger.listed(states, last)


def totals(requests: Iterable[ListedRequest]) -> list[StateTotal]:
    """One total for each state that has requests, in the order of `State`, then the total of the claimed ones."""
    by_state: dict[State, list[ListedRequest]] = {}
    for one in requests:
        by_state.setdefault(one.state, []).append(one)
    return with_grand_total(
        StateTotal(
            state,
            len(ours := by_state[state]),
            sum((one.montantSegurHT for one in ours), Decimal()),
            sum((one.advance for one in ours), Decimal()),
        )
        for state in State
        if state in by_state
    )


def with_grand_total(found: Iterable[StateTotal]) -> list[StateTotal]:
    """The totals by state, then the total of the claimed requests: one that was sent again counts once."""
    by_state = list(found)
    claimed = [one for one in by_state if one.state not in FREE]
    grand = StateTotal(
        None,
        sum(one.requests for one in claimed),
        sum((one.montantSegurHT for one in claimed), Decimal()),
        sum((one.advance for one in claimed), Decimal()),
    )
    return [*by_state, grand]


def table(requests: Sequence[ListedRequest], found: Sequence[StateTotal] | None = None) -> str:
    """The totals, then the requests as aligned text, one a line; without colour.

    `found`: the totals of all those asked for, where `requests` are only the last of them.
    """
    found = totals(requests) if found is None else found
    if not requests:
        return "Aucune demande au registre."
    cells = [_HEADERS, *(tuple(shown(text) for text in _texts(one)) for one in requests)]
    used = [column for column in range(len(_HEADERS)) if any(line[column] for line in cells[1:])]
    widths = {column: max(len(line[column]) for line in cells) for column in used}
    lines = ["  ".join(_padded(line[column], widths[column], column) for column in used).rstrip() for line in cells]
    rule = "  ".join("─" * widths[column] for column in used)
    return "\n".join([*_total_lines(found), "", lines[0], rule, *lines[1:], *_left_out(requests, found)])


class DecisionDocument(TypedDict):
    """Ce qui a été décidé d'une demande ; `difference` : l'avance versée moins l'avance attendue."""

    day: str | None
    paid: float | None
    difference: float | None
    reason: str | None


class RequestDocument(TypedDict):
    """Une demande du registre ; `decision` seulement quand il y en a une."""

    numeroEditeur: str
    numeroAns: str
    refCommande: str | None
    state: str
    montantSegurHT: float
    advance: float
    file: str
    numLigne: int
    upload_day: str
    numeroASP: str | None
    refusal: str | None
    decision: NotRequired[DecisionDocument]


class TotalDocument(TypedDict):
    """Les demandes d'un état ; `state` null : toutes celles qui comptent."""

    state: str | None
    requests: int
    montantSegurHT: float
    advance: float


class StatusDocument(TypedDict):
    """Le document de `status --json` : montants en euros, jours AAAA-MM-JJ, null pour ce qui manque."""

    requests: list[RequestDocument]
    totals: list[TotalDocument]


def as_json(requests: Sequence[ListedRequest], found: Sequence[StateTotal] | None = None) -> StatusDocument:
    """The same as one JSON document: amounts as numbers in euros, days as AAAA-MM-JJ, null for what is not there."""
    return {
        "requests": [request_as_json(one) for one in requests],
        "totals": [
            {
                "state": total.state.value if total.state else None,
                "requests": total.requests,
                "montantSegurHT": float(total.montantSegurHT),
                "advance": float(total.advance),
            }
            for total in (totals(requests) if found is None else found)
        ],
    }


def request_as_json(one: ListedRequest) -> RequestDocument:
    """One request; « decision » only where there is one."""
    document: RequestDocument = {
        "numeroEditeur": one.numeroEditeur,
        "numeroAns": one.key.numeroAns,
        "refCommande": one.key.refCommande or None,
        "state": one.state.value,
        "montantSegurHT": float(one.montantSegurHT),
        "advance": float(one.advance),
        "file": one.file,
        "numLigne": one.numLigne,
        "upload_day": one.day.isoformat(),
        "numeroASP": one.numeroASP or None,
        "refusal": one.refusal or None,
    }
    if one.decided or one.paid is not None or one.reason:
        document["decision"] = {
            "day": one.decided.isoformat() if one.decided else None,
            "paid": None if one.paid is None else float(one.paid),
            "difference": None if one.difference is None else float(one.difference),
            "reason": one.reason or None,
        }
    return document


def difference_text(one: ListedRequest) -> str:
    """« −22,50 € », "" where nothing was paid, or just what was expected."""
    if not one.difference:
        return ""
    return f"{'+' if one.difference > 0 else '−'}{euros(abs(one.difference))}"


def _texts(one: ListedRequest) -> tuple[str, ...]:
    """What a reader sees in each column."""
    return (
        one.numeroEditeur, one.key.numeroAns, tidy(one.key.refCommande), one.state.value,
        euros(one.montantSegurHT), euros(one.advance), one.file, str(one.numLigne),
        f"{one.day:%d/%m/%Y}", tidy(one.numeroASP), tidy(one.refusal), f"{one.decided:%d/%m/%Y}" if one.decided else "",
        "" if one.paid is None else euros(one.paid), difference_text(one),
    )  # fmt: skip


def _padded(text: str, width: int, column: int) -> str:
    return text.rjust(width) if _HEADERS[column] in _RIGHT else text.ljust(width)


def _left_out(requests: Sequence[ListedRequest], found: Sequence[StateTotal]) -> list[str]:
    left_out = sum(total.requests for total in found if total.state) - len(requests)
    if not left_out:
        return []
    return [f"… et {thousands(left_out)} avant celles-ci{NBSP}: --toutes les montre, --xlsx FICHIER les écrit."]


def _total_lines(found: Sequence[StateTotal]) -> list[str]:
    claimed = [f"{total.state}s" for total in found if total.state and total.state not in FREE]
    cells = [
        (
            total.state.value.capitalize() if total.state else f"Total {_listed(claimed)}".strip(),
            counted(total.requests, "demande"),
            euros(total.montantSegurHT),
            f"avance {euros(total.advance)}",
        )
        for total in found
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    return [
        "  ".join([line[0].ljust(widths[0]), *(line[column].rjust(widths[column]) for column in (1, 2, 3))])
        for line in cells
    ]


def _listed(words: Sequence[str]) -> str:
    """« émises, acceptées et payées »."""
    return " et ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
