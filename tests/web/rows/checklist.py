"""What every client of Kazoo's relies on: the reference's checklist, by number."""

from tests.web.rows.row import Row

_C = "test_callflows.py"
_V = "test_validation_keywords.py"

ROWS = (
    Row(
        "1: error is the status as a string",
        "test_envelope.py::test_each_key_stands_where_it_belongs",
    ),
    Row(
        "2: flat dotted keys",
        f"{_V}::test_paths_are_flat_and_dots_in_keys_are_written_otherwise",
    ),
    Row(
        "3: POST removes, PATCH with null removes, lists are replaced",
        "test_documents.py::test_post_replaces_and_patch_merges",
    ),
    Row(
        "4: PUT answers 201 with Location, ignores id, stores defaults",
        "test_documents.py::test_a_menu_is_created_with_defaults_under_an_id_of_the_servers",
    ),
    Row(
        "5: DELETE answers the document, then 404",
        "test_documents.py::test_what_is_deleted_is_gone_and_audited",
    ),
    Row("6: numbers.required", f"{_C}::test_numbers_or_patterns_are_required"),
    Row(
        "7: a number of ten digits comes back as +1",
        f"{_C}::test_a_callflow_is_created_normalised_and_with_defaults",
    ),
    Row("8: numbers.unique", f"{_C}::test_a_number_belongs_to_one_callflow"),
    Row("9: flow.module.error", "test_callflow_nodes.py::test_an_unknown_module_is_named"),
    Row(
        "10: featurecode: false, modules",
        f"{_C}::test_rows_have_modules_and_the_featurecode",
    ),
    Row(
        "11: descending, paginate=false, no next_start_key at the end",
        f"{_V}::test_listings_have_their_order_and_their_ends",
    ),
    Row("12: X-Auth-Token wins", "test_envelope.py::test_a_token_in_the_header_wins"),
    Row("13: 405 before 401", "test_statuses.py::test_methods_and_types"),
    Row(
        "14: schemas without a token",
        "test_schemas.py::test_schemas_are_listed_and_read_without_a_token",
    ),
    Row(
        "15: metaflows are replaced as a whole, no PUT and PATCH",
        "test_metaflows.py::test_metaflows_are_read_replaced_and_removed",
    ),
    Row('16: "20" for an integer is stored as 20', f"{_V}::test_strings_become_what_the_field_is"),
    Row(
        "2: several keywords",
        "test_validation_keywords.py::test_a_field_may_be_wrong_in_several_ways",
    ),
    Row("10: metadata", f"{_C}::test_a_reader_learns_what_the_ids_stand_for"),
    Row("12: without a token 401, another account 403", "test_statuses.py::test_who_asks_in_vain"),
    Row("14: OPTIONS without a token", "test_envelope.py::test_pages_of_other_servers"),
)
