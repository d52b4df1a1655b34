"""What is told of an order given again with other values than those that were sent; on a ledger in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from memory_ledger import FILE, entry, form, requests_of, sort
from samples.spec import letters
from workbooks import Row, doctor, finess, group, mandate, rpps, solo, structure

from converter.ledger.model import State

E = "erreur"


def doctors(*ranks: int) -> list[Row]:
    """One request of these doctors."""
    first, *others = ranks
    return [*solo("BC-1", first), *({"refCommande": "BC-1", **doctor(rank)} for rank in others)]


@dataclass(frozen=True, slots=True)
class Changed:
    """An order sent as `before` and given again as `now`: the cell on which that is told, and the words."""

    before: Sequence[Row]
    now: Sequence[Row]
    tag: str
    row: int
    words: str


CHANGES = [
    Changed(solo(), solo(montantSegurHT=1200), "montantSegurHT", 2,
            "« Montant Ségur HT (€) » valait 1 075,00 €, vaut 1 200,00 €"),
    Changed(solo(), solo(operateurMessagerie=None), "operateurMessagerie", 2,
            "« Opérateur de messagerie » valait « CH _28 », est vide."),
    Changed(solo(operateurMessagerie=None), solo(), "operateurMessagerie", 2,
            "« Opérateur de messagerie » était vide, vaut « CH _28 »"),
    Changed(solo(), solo(montantSegurHT=1200, dateCommande="05/11/2026", RPPS=rpps(2)), "dateCommande", 2,
            "« Date de commande » valait « 04/11/2026 », vaut « 05/11/2026 »"),
    Changed(group(), mandate(second=doctor(2)), "nomMandataire", 2,
            "« Nom du mandataire » était vide, vaut « ÉGLANTIER 1 »"),
    Changed(doctors(1), doctors(1, 2), "RPPS", 3, f"émise avec 1 médecin, en compte 2 : nouveau RPPS {rpps(2)}"),
    Changed(doctors(1), doctors(2, 1, 3), "RPPS", 2,
            f"émise avec 1 médecin, en compte 3 : nouveaux RPPS {rpps(2)}, {rpps(3)}"),
    Changed(doctors(1), doctors(1, 2, 3, 4), "RPPS", 3,
            f"émise avec 1 médecin, en compte 4 : nouveaux RPPS {rpps(2)}, {rpps(3)}, {rpps(4)}."),
    Changed(doctors(1), doctors(1, 2, 3, 4, 5), "RPPS", 3,
            f"émise avec 1 médecin, en compte 5 : nouveaux RPPS {rpps(2)}, {rpps(3)}, {rpps(4)}, …."),
    Changed(doctors(1, 2), doctors(1), "RPPS", 2, f"émise avec 2 médecins, en compte 1 : sans le RPPS {rpps(2)}."),
    Changed(doctors(1, 2, 3), doctors(1), "RPPS", 2, f"en compte 1 : sans les RPPS {rpps(2)}, {rpps(3)}."),
    Changed(doctors(1), doctors(2), "RPPS", 2, f"depuis : nouveau RPPS {rpps(2)}, sans le RPPS {rpps(1)}."),
    Changed(structure(), structure()[:1], "FINESSGeo", 2,
            f"émise avec 2 sites, en compte 1 : sans le FINESS géographique {finess(2)}."),
    Changed(structure(), structure(second={"FINESSGeo": finess(3)}), "FINESSGeo", 3,
            f"depuis : nouveau FINESS géographique {finess(3)}, sans le FINESS géographique {finess(2)}."),
    Changed(group(), group(second={"nomMedecin": "MÉLÈZE"}), "nomMedecin", 3,
            f"« Nom du médecin » (RPPS {rpps(2)}) valait « ÉGLANTIER 2 », vaut « MÉLÈZE »"),
    Changed(mandate(), mandate(second={"emailMedecin": "a@cabinet.example"}), "emailMedecin", 3,
            f"« Courriel du médecin » (RPPS {rpps(2)}) était vide, vaut « a@cabinet.example »"),
    Changed(mandate(second={"emailMedecin": "a@cabinet.example"}), mandate(), "emailMedecin", 3,
            f"« Courriel du médecin » (RPPS {rpps(2)}) valait « a@cabinet.example », est vide"),
    Changed(group(), group(isClientUnique="OUI"), "isClientUnique", 2,
            "« Client unique ? » valait « NON », vaut « OUI »"),
]  # fmt: skip


class TestChangedSinceItWasSent:
    @pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.words)
    def test_is_told_on_its_cell(self, case: Changed) -> None:
        made = sort(requests_of(case.now), entry(case.before))
        assert (made.told, made.sent, made.known) == (
            [("demande-modifiee", f"{letters(case.tag)}{case.row}", E)], [], [],
        )  # fmt: skip
        assert case.words in made.sentences[0]
        assert f"{FILE} (demande 00001)" in made.sentences[0]

    @pytest.mark.parametrize(
        ("before", "now", "value"),
        [
            (solo(), solo(montantSegurHT=1200), "1200.00"),
            (solo(), solo(operateurMessagerie=None), ""),
            (doctors(1), doctors(2), rpps(2)),
            (doctors(1, 2), doctors(1), ""),
        ],
    )
    def test_shows_what_stands_there_now(self, before: Sequence[Row], now: Sequence[Row], value: str) -> None:
        assert sort(requests_of(now), entry(before)).values == [value]

    def test_once_accepted_it_is_said_with_the_number_of_the_asp(self) -> None:
        sent = entry(solo(), state=State.ACCEPTED, numeroASP="ASP-1")
        made = sort(requests_of(solo(regimeTVA="HT")), sent)
        assert made.told == [("demande-modifiee-acceptee", "D2", E)]
        assert "(numéro ASP ASP-1, demande 00001)" in made.sentences[0]

    def test_doctors_in_another_order_are_the_same(self) -> None:
        assert sort(requests_of(doctors(2, 1)), entry(doctors(1, 2))).known == ["BC-1"]

    @pytest.mark.parametrize(
        ("kind", "tag", "before", "now", "words"),
        [
            ("BON_COMMANDE", "bonCommande", "a.pdf", "a.pdf", "« a.pdf » n'a plus le même contenu"),
            ("BON_COMMANDE", "bonCommande", "a.pdf", "b.pdf", "« b.pdf » n'a pas le contenu de « a.pdf »"),
            ("PREUVE_HT", "preuveHT", "a.pdf", "a.pdf", "« a.pdf » n'a plus le même contenu"),
        ],
    )
    def test_another_document(self, kind: str, tag: str, before: str, now: str, words: str) -> None:
        sent = entry(solo(regimeTVA="HT", **{tag: before}), documents=[form("1", kind)])
        made = sort(requests_of(solo(regimeTVA="HT", **{tag: now})), sent, documents=[[form("2", kind)]])
        assert made.told == [("demande-modifiee", f"{letters(tag)}2", E)]
        assert words in made.sentences[0]

    @pytest.mark.parametrize(("before", "now"), [("", "2"), ("1", ""), ("1", "1")])
    def test_a_document_that_was_not_read_is_not_compared(self, before: str, now: str) -> None:
        sent = entry(solo(bonCommande="a.pdf"), documents=[form(before)])
        assert sort(requests_of(solo(bonCommande="a.pdf")), sent, documents=[[form(now)]]).known == ["BC-1"]
