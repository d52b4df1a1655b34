"""No message of the catalogue without a test that brings it about: a code added there must be added here too."""

import inspect
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import rules
import test_corrections
import test_grouping
import test_headings
import test_order_sheets
import test_out_of_sight
import test_reading
import test_rules
import test_whole_orders

MESSAGES = Path(__file__).parents[1] / "converter" / "findings" / "messages"
IN_TABLES = (
    {code for case in (*rules.CASES, *rules.PAIRS) for _, _, code in case.told}
    | {code for case in test_corrections.CASES for code in case.codes}
    | set(test_reading.REFUSED)
    | {code for doubt in test_whole_orders.DOUBTS for _, _, code in doubt.told}
)
BY_A_TEST: Mapping[str, Callable[..., None]] = {
    "valeur-erreur": test_reading.test_error_values_and_formulas_without_result_are_told_as_what_they_are,
    "formule-sans-resultat": test_reading.test_error_values_and_formulas_without_result_are_told_as_what_they_are,
    "colonne-mal-orthographiee": test_reading.test_a_misspelt_column_is_told_with_the_nearest_name,
    "parametre-mal-orthographie": test_reading.test_a_misspelt_parameter_is_told,
    "classeur-illisible": test_reading.test_a_cell_that_makes_no_sense,
    "aucune-ligne": test_reading.test_a_sheet_without_any_row_is_refused,
    "aucun-classeur": test_reading.test_no_workbook_at_all,
    "aucun-classeur-lisible": test_reading.test_several_workbooks_none_of_which_can_be_read,
    "reference-fusionnee": test_grouping.test_a_merged_reference_stands_for_each_row_that_it_covers,
    "profil-absent": test_rules.test_a_health_centre_needs_its_profile,
    "profil-inconnu": test_rules.test_mailiz_needs_its_profile,
    "profil-hors-liste": test_rules.test_an_unknown_profile_is_a_doubt_on_its_cell,
    "siret-cle": test_rules.test_a_doubtful_siret_is_told_on_its_cell_and_refused_with_strict_keys,
    "siret-cle-stricte": test_rules.test_a_doubtful_siret_is_told_on_its_cell_and_refused_with_strict_keys,
    "modele-autre-version": test_rules.test_a_workbook_of_another_template_is_told_and_read,
    "ligne-hors-commande": test_whole_orders.test_a_row_that_is_no_order_is_told_once_and_holds_nothing_back,
    "ligne-masquee": test_out_of_sight.test_a_hidden_row_is_a_doubt_and_its_order_leaves,
    "ligne-barree": test_out_of_sight.test_a_reference_struck_through_holds_its_order_back,
    "feuille-lue": test_order_sheets.test_a_sheet_with_our_headings_is_read_as_well,
    "feuille-non-lue": test_order_sheets.test_a_sheet_of_orders_without_all_our_columns_is_told,
    "colonne-non-lue": test_headings.test_of_two_telephones_the_first_is_read_and_the_other_told,
    "colonne-manquante": test_headings.test_a_needed_column_that_is_not_there_is_told_once_on_the_heading_row,
    "commande-en-double": test_rules.test_a_purchase_order_in_two_workbooks_is_told_on_the_second,
    "numero-deja-attribue": test_rules.test_a_number_of_the_ledger_is_not_given_twice,
    "numero-conserve": test_rules.test_a_request_that_is_out_keeps_its_number,
    "numero-renouvele": test_rules.test_a_refused_request_goes_out_again_under_a_new_number_whatever_was_typed,
    "refusee-inchangee": test_rules.test_a_refused_request_sent_again_unchanged_is_a_doubt,
    "demande-modifiee": test_rules.test_a_request_that_is_out_may_not_change,
    "demande-modifiee-acceptee": test_rules.test_a_request_that_was_accepted_may_not_change,
}


def declared(name: str) -> set[str]:
    return set(tomllib.loads((MESSAGES / f"{name}.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["cellules", "demandes", "corrections", "feuilles", "suivi"])
def test_every_code_has_a_test(name: str) -> None:
    assert declared(name) - IN_TABLES - BY_A_TEST.keys() == set()


def test_the_tests_named_here_are_about_these_codes() -> None:
    assert [code for code, test in BY_A_TEST.items() if code not in inspect.getsource(test)] == []
