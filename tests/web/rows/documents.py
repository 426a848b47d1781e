"""Documents: which fields are public, what each method does, and the exceptions."""

from tests.web.rows.row import Row

_D = "test_documents.py"
_PRIVATE = "test_validation_keywords.py::test_private_fields_are_taken_out_and_the_rest_is_kept"

ROWS = (
    Row("fields: _ and pvt_ are private at the top", _PRIVATE),
    Row(
        "fields: id is answered, and ignored on input", f"{_D}::test_post_replaces_and_patch_merges"
    ),
    Row("fields: _read_only is ignored on input", _PRIVATE),
    Row(
        "fields: metadata of callflows on GET only",
        "test_callflows.py::test_a_reader_learns_what_the_ids_stand_for",
    ),
    Row("fields: ui_metadata is kept", _PRIVATE),
    Row(
        "fields: unknown ones are kept",
        f"{_D}::test_a_menu_is_created_with_defaults_under_an_id_of_the_servers",
    ),
    Row(
        "fields: times are seen by filters only",
        "test_validation_keywords.py::test_filters_see_the_whole_document_and_all_count",
    ),
    Row(
        "PUT: an id of the server's, defaults stored",
        f"{_D}::test_a_menu_is_created_with_defaults_under_an_id_of_the_servers",
    ),
    Row(
        "PUT: prompts have an id that speaks",
        "test_media.py::test_a_prompt_has_an_id_that_speaks_and_keeps_it",
    ),
    Row(
        "GET: the public document",
        f"{_D}::test_a_menu_is_created_with_defaults_under_an_id_of_the_servers",
    ),
    Row("GET: rows of a collection", "test_kinds.py::test_rows_have_kazoos_columns"),
    Row("POST: replaces, what is left out goes", f"{_D}::test_post_replaces_and_patch_merges"),
    Row(
        "PATCH: merges deeply, null removes, lists are replaced",
        "test_validation_keywords.py::test_null_removes_at_any_depth_and_lists_are_replaced",
    ),
    Row(
        "PATCH: the result is validated", f"{_D}::test_a_patch_that_breaks_the_document_is_refused"
    ),
    Row(
        "PATCH: carriers and fax boxes at the top only",
        "test_kinds.py::test_fax_boxes_and_carriers_are_patched_at_the_top_only",
    ),
    Row(
        "PATCH: media has none",
        "test_media.py::test_metadata_is_replaced_and_stays_true_of_the_file",
    ),
    Row("DELETE: answers what it was, then 404", f"{_D}::test_what_is_deleted_is_gone_and_audited"),
    Row(
        "DELETE: gone from listings, numbers are free",
        "test_validation_keywords.py::test_a_deleted_one_leaves_the_listing_and_its_number",
    ),
    Row(
        "DELETE: should_soft_delete is accepted, the audit keeps what it was",
        "test_validation_keywords.py::test_a_deleted_one_leaves_the_listing_and_its_number",
    ),
    Row("an id of another type", "test_statuses.py::test_an_id_that_names_nothing_here"),
)
