"""Warnings on values that are valid, but implausible when compared with the rest of the run."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median_low

from converter.findings import Finding, finding
from converter.findings.french import counted, euros
from converter.format.requests import Request

_NEAR = 2  # times: what amounts for the same kind and number of beneficiaries differ by, at most
_HUNDREDFOLD = (Decimal("31.6"), Decimal("316"))  # the order of magnitude of a hundred times
_FEWEST_LIKE = 2
_MOST_DOUBTED = 2  # one amount in doubt for two that agree: beyond, nobody knows which are wrong
_OTHER = {"HT": "TTC", "TTC": "HT"}


def doubts(requests: Sequence[Request]) -> list[Finding]:
    """A warning for each implausible value among the requests of a run, on its cell."""
    return [*_of_amounts(requests), *_of_regimes(requests)]


def _of_amounts(requests: Sequence[Request]) -> Iterator[Finding]:
    """Amounts a hundred times larger or smaller than those of orders of the same kind and number of beneficiaries."""
    alike: defaultdict[tuple[str, int], list[Request]] = defaultdict(list)
    for request in requests:
        if request.commande.montantSegurHT:
            alike[request.beneficiaires.commandePour, len(request.origin.rows)].append(request)
    for group in alike.values():
        amounts = [request.commande.montantSegurHT for request in group]
        if max(amounts) < _HUNDREDFOLD[0] * min(amounts):
            continue
        usual = median_low(amounts)
        doubted = [one for one in group if _is_hundredfold(one.commande.montantSegurHT, usual)]
        near = sum(usual <= amount * _NEAR and amount <= usual * _NEAR for amount in amounts)
        if near >= _FEWEST_LIKE and near + len(doubted) == len(group) and len(doubted) * _MOST_DOUBTED <= near:
            yield from (_doubted_amount(one, usual) for one in doubted)


def _is_hundredfold(amount: Decimal, usual: Decimal) -> bool:
    least, most = _HUNDREDFOLD
    return usual * least <= amount <= usual * most or amount * least <= usual <= amount * most


def _doubted_amount(request: Request, usual: Decimal) -> Finding:
    amount, cell = request.commande.montantSegurHT, request.origin.cell("montantSegurHT")
    return finding(
        "montant-inhabituel", cell, "montantSegurHT", f"{amount:.2f}", montant=euros(amount), usuel=euros(usual)
    )


def _of_regimes(requests: Sequence[Request]) -> Iterator[Finding]:
    """The regime of a supplier's fewer requests, where he has two: it is his own, whatever the order (guide § 3.2)."""
    counts = Counter((request.supplier.SIRET, request.commande.regimeTVA) for request in requests)
    if len({regime for _, regime in counts} & _OTHER.keys()) < len(_OTHER):
        return
    for request in requests:
        supplier, regime = request.supplier.SIRET, request.commande.regimeTVA
        other = _OTHER.get(regime, "")
        if other and counts[supplier, regime] < counts[supplier, other]:
            cell, usual = request.origin.cell("regimeTVA"), counted(counts[supplier, other], "demande")
            yield finding("regime-minoritaire", cell, "regimeTVA", regime, autre=other, compte=usual)
