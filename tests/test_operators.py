"""Operators named by code in any spelling, by label, or as the dropdown writes them."""

import pytest

from converter.format import operators
from converter.format.operators import Operator, find_operator, nearest_operator

DRACENIE = Operator("CH _28", "CH DE LA DRACENIE")
MAILIZ = Operator("MAI_15", "MAILIZ")
KI_LAB = Operator("KI-_334", "KI-LAB")


def test_the_list_has_the_355_operators_of_the_guide() -> None:
    listed = operators.operators()
    assert len(listed) == 355
    assert listed[0] == Operator("GIP_1", "GIP MIPIH")
    assert listed[0].shown == "GIP_1 – GIP MIPIH"


@pytest.mark.parametrize(
    "text",
    ["CH _28", "CH_28", "CH 28", "ch28", "CH\u00a0_28", " ch _ 28 ", "CH28"],
)
def test_a_code_is_known_in_any_spelling(text: str) -> None:
    assert find_operator(text) == DRACENIE


@pytest.mark.parametrize(
    "text", ["CH DE LA DRACENIE", "Ch de la Dracénie", "ch-de-la-dracenie", "CH DE LA\u00a0DRACENIE"]
)
def test_a_label_is_known_whatever_its_case_accents_and_punctuation(text: str) -> None:
    assert find_operator(text) == DRACENIE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CH _28 – CH DE LA DRACENIE", DRACENIE),
        ("CH_28 - Ch de la Dracénie", DRACENIE),
        ("MAI_15 — Mailiz", MAILIZ),
        ("KI-_334 – KI-LAB", KI_LAB),
        ("KI-LAB", KI_LAB),
        ("MAI_15 – CH DE LA DRACENIE", None),
        ("CH _28 – ", None),
    ],
)
def test_code_and_label_of_the_dropdown_must_agree(text: str, expected: Operator | None) -> None:
    assert find_operator(text) == expected


@pytest.mark.parametrize("text", ["Dracénie", "de la dracenie", "LA DRACENIE."])
def test_words_of_a_label_that_stand_in_no_other_name_its_operator(text: str) -> None:
    assert find_operator(text) == DRACENIE


@pytest.mark.parametrize("text", ["Hôpital", "Saint", "la", "Drac", "dracenie ch", "CH DE", "DE LA"])
def test_words_of_several_labels_or_parts_of_words_name_nobody(text: str) -> None:
    assert find_operator(text) is None


@pytest.mark.parametrize("text", ["", "28", "CH_999", "CHU_28", "Mailis", "CH"])
def test_what_names_no_operator_is_not_guessed(text: str) -> None:
    assert find_operator(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CHU_28", DRACENIE),
        ("CH DRACENIE", DRACENIE),
        ("Mailis", MAILIZ),
        ("CH_999", None),
        ("Hôpital", None),
        ("xyz", None),
        ("", None),
    ],
)
def test_a_near_miss_is_offered_and_nothing_far(text: str, expected: Operator | None) -> None:
    assert nearest_operator(text) == expected


def test_two_operators_of_one_label_are_both_unknown_by_it(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "operateurs_messagerie.csv"
    listed.write_text("numero,code,libelle\n1,AAA_1,AAA\n2,BBB_2,BBB\n3,BBB_3,B.B.B\n", encoding="utf-8")
    monkeypatch.setattr(operators, "template_path", lambda _name: listed)
    cached = (operators.operators, operators._indexes, operators._label_words, find_operator)
    for one in cached:
        one.cache_clear()
    try:
        assert find_operator("bbb") is None
        assert find_operator("bbb3") == Operator("BBB_3", "B.B.B")
        assert find_operator("aaa") == Operator("AAA_1", "AAA")
    finally:
        monkeypatch.undo()
        for one in cached:
            one.cache_clear()
