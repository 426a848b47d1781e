"""Callflows: the document, its rows, the checks, what a change does, and `metadata`."""

from tests.web.rows.row import Row

_C = "test_callflows.py"
_N = "test_callflow_nodes.py"
_OTHER = f"{_C}::test_other_fields_are_checked_and_kept"
_WRONG = f"{_C}::test_wrong_numbers_and_patterns"
_ROWS = f"{_C}::test_rows_have_modules_and_the_featurecode"
_IDS = f"{_C}::test_a_reader_learns_what_the_ids_stand_for"

ROWS = (
    Row(
        "methods of the collection",
        f"{_C}::test_a_callflow_is_created_normalised_and_with_defaults",
    ),
    Row("methods of one", f"{_C}::test_replace_patch_and_delete"),
    Row("field: numbers", _WRONG),
    Row(
        "field: patterns, which must be usable",
        f"{_C}::test_patterns_that_cannot_run_are_refused_with_the_reason",
    ),
    Row("field: flow", f"{_N}::test_each_node_needs_a_module_data_and_children"),
    Row("field: name", _OTHER),
    Row("field: featurecode", _OTHER),
    Row("field: ringback", _OTHER),
    Row("field: metaflow", _OTHER),
    Row("field: flags", _OTHER),
    Row("field: type, owner_id, group_id, contact_list, ui_metadata", _OTHER),
    Row("row: id, name, type", _ROWS),
    Row("row: numbers and patterns", _ROWS),
    Row("row: featurecode, or false", _ROWS),
    Row("row: owner_id and group_id", _ROWS),
    Row("row: modules in the order of the tree", _ROWS),
    Row("row: flags", _ROWS),
    Row("check 1: numbers or patterns", f"{_C}::test_numbers_or_patterns_are_required"),
    Row("check 2: both are lists", _WRONG),
    Row("check 3: numbers are normalised", f"{_C}::test_the_accounts_dial_plan_normalises_numbers"),
    Row("check 4: the schema", _OTHER),
    Row(
        "check 5: module, data and children of each node",
        f"{_N}::test_each_node_needs_a_module_data_and_children",
    ),
    Row("check 6: the module is known", f"{_N}::test_an_unknown_module_is_named"),
    Row(
        "check 7: data of the module, with defaults",
        f"{_N}::test_data_is_checked_against_its_action",
    ),
    Row("check 8: URLs lead outside", f"{_N}::test_urls_lead_outside_only"),
    Row("check 9: numbers of others", f"{_C}::test_a_number_belongs_to_one_callflow"),
    Row("check 10: patterns of others", f"{_C}::test_a_pattern_belongs_to_one_callflow"),
    Row(
        "check 11: public numbers of other accounts",
        f"{_C}::test_a_public_number_of_another_account_is_refused",
    ),
    Row("ids that name nothing are a warning", f"{_N}::test_what_may_be_wrong_is_a_warning"),
    Row(
        "saving: numbers are used by the callflow",
        "test_phone_numbers.py::test_a_number_given_to_an_account_gets_its_calls",
    ),
    Row("saving: calls see it", f"{_C}::test_the_next_call_sees_a_change"),
    Row("metadata: ids in data, and of children", _IDS),
    Row("metadata: those of the account", _IDS),
    Row("metadata: name, numbers, pvt_type", _IDS),
    Row("metadata: not in answers to writes", _IDS),
)
