"""Listings: order, pages, filters, and search."""

from tests.web.rows.row import Row

_V = "test_validation_keywords.py"
_ENDS = f"{_V}::test_listings_have_their_order_and_their_ends"
_FILTERS = "test_documents.py::test_filters_and_presence"
_WHOLE = f"{_V}::test_filters_see_the_whole_document_and_all_count"

ROWS = (
    Row("order: by id, descending", _ENDS),
    Row("order: ascending and descending", _ENDS),
    Row("order: users by name", "test_users.py::test_users_are_listed_by_last_and_first_name"),
    Row("page_size", _ENDS),
    Row(
        "page_size that is no positive integer",
        "test_documents.py::test_what_cannot_be_stored_is_refused",
    ),
    Row("start_key", _ENDS),
    Row(
        "each of many once while others are made",
        "test_callflows.py::test_pages_have_each_of_1000_once_while_others_are_made",
    ),
    Row("paginate=false", _ENDS),
    Row("paginate=false beyond the limit", "test_statuses.py::test_too_many_rows_at_once"),
    Row("is_chunked and chunk_size are accepted", _ENDS),
    Row("next_start_key is absent at the end, pages are filled", _ENDS),
    Row("filter_, and one of a list", _FILTERS),
    Row("filter_not_", _FILTERS),
    Row("has_key", _FILTERS),
    Row("key_missing", _FILTERS),
    Row("has_value", _FILTERS),
    Row("missing_value", _FILTERS),
    Row("value_missing", _WHOLE),
    Row("created_from and created_to", _FILTERS),
    Row("modified_from and modified_to", _WHOLE),
    Row("filters see the document, all must be true, lists are one value", _WHOLE),
    Row("times select months of 31 days", "test_cdrs.py::test_the_time_is_31_days_at_most"),
    Row("search: by the start of a name", "test_search.py::test_by_name"),
    Row("search: by the start of a number", "test_search.py::test_by_number"),
    Row("search: accounts", "test_search.py::test_accounts_as_far_as_the_token_reaches"),
    Row("search: what is missing", "test_search.py::test_what_is_missing_is_named"),
    Row("search: several at once", "test_search.py::test_several_texts_at_once"),
)
