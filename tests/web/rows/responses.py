"""The envelope of answers, the status of each method, and each status."""

from tests.web.rows.row import Row

_KEYS = "test_envelope.py::test_each_key_stands_where_it_belongs"
_S = "test_statuses.py"
_BILLING = "nothing is sold here: there is no billing"
_METHODS = f"{_S}::test_each_method_has_its_status"

ROWS = (
    Row("key: data", _KEYS),
    Row("key: status", _KEYS),
    Row("key: status is success for 202", "test_channels.py::test_hangup"),
    Row("key: revision", _KEYS),
    Row("key: request_id", "test_envelope.py::test_a_request_has_an_id"),
    Row("key: node", _KEYS),
    Row("key: timestamp", _KEYS),
    Row("key: version, for those who have a token", _KEYS),
    Row("key: auth_token, the one used", _KEYS),
    Row("key: auth_token, a new one", "test_auth.py::test_a_user_logs_in"),
    Row("key: tokens", "test_envelope.py::test_what_is_charged_is_told"),
    Row(
        "key: page_size",
        "test_validation_keywords.py::test_listings_have_their_order_and_their_ends",
    ),
    Row(
        "key: start_key and next_start_key",
        "test_validation_keywords.py::test_listings_have_their_order_and_their_ends",
    ),
    Row("key: message and error, a string", _KEYS),
    Row("method: GET, POST, PATCH, DELETE", _METHODS),
    Row("method: PUT, with Location", _METHODS),
    Row("method: PUT through POST", "test_envelope.py::test_a_method_is_tunnelled_through_post"),
    Row("method: orders to calls are queued", "test_channels.py::test_hangup"),
    Row("method: GET of what is unchanged", f"{_S}::test_unchanged_is_answered_without_a_body"),
    Row("keys after data, as strings", absent="listings have pages and come as one answer"),
    Row("header: X-Request-ID", "test_envelope.py::test_a_request_has_an_id"),
    Row("header: X-Auth-Token, ETag", _KEYS),
    Row("400 validation error", "test_documents.py::test_wrong_fields_are_all_named"),
    Row("400 invalid data", "test_channels.py::test_other_orders"),
    Row("400 invalid request envelope", "test_envelope.py::test_what_a_body_may_be"),
    Row("400 parse_error", absent="a body that is no JSON is a validation error of `json`"),
    Row("401 invalid_credentials", f"{_S}::test_who_asks_in_vain"),
    Row("402 accept charges", absent=_BILLING),
    Row("402 no_credit and no_payment_token", absent=_BILLING),
    Row("403 forbidden", f"{_S}::test_who_asks_in_vain"),
    Row(
        "403 with its own text",
        "test_callflows.py::test_a_public_number_of_another_account_is_refused",
    ),
    Row(
        "404 bad_identifier: unknown, deleted, of another type",
        f"{_S}::test_an_id_that_names_nothing_here",
    ),
    Row("404 with a list of one id", f"{_S}::test_an_id_that_names_nothing_here"),
    Row("404 not_found", f"{_S}::test_paths_and_parameters_that_lead_nowhere"),
    Row("404 faulty_request", f"{_S}::test_paths_and_parameters_that_lead_nowhere"),
    Row("404 without a body", absent="a path that leads nowhere has always the message not_found"),
    Row("405 invalid_method", f"{_S}::test_methods_and_types"),
    Row("406 without a body", f"{_S}::test_methods_and_types"),
    Row("409 datastore_conflict", f"{_S}::test_what_the_database_knows_already_is_a_conflict"),
    Row("410", f"{_S}::test_paths_and_parameters_that_lead_nowhere"),
    Row(
        "412 without a body", f"{_S}::test_a_stale_revision_is_refused_by_every_method_that_writes"
    ),
    Row("413 file", "test_envelope.py::test_a_body_has_a_largest_size"),
    Row("415", f"{_S}::test_methods_and_types"),
    Row("416 range not satisfiable", f"{_S}::test_too_many_rows_at_once"),
    Row("429 too_many_requests", f"{_S}::test_who_asks_in_vain"),
    Row("500 unspecified_fault", f"{_S}::test_a_fault_of_the_server_is_told_without_details"),
    Row("501 not_implemented", absent="a method that is not there is answered with 405"),
    Row(
        "503 datastore_unreachable",
        f"{_S}::test_without_the_database_everybody_is_told_to_come_back",
    ),
    Row(
        "rate: failed logins cost 35",
        "test_auth.py::test_who_fails_often_waits_and_who_succeeds_does_not",
    ),
    Row("rate: an unknown token costs 1", "test_envelope.py::test_what_is_charged_is_told"),
    Row("etag: If-None-Match on GET", f"{_S}::test_unchanged_is_answered_without_a_body"),
    Row(
        "etag: If-Match on POST, PATCH and DELETE",
        f"{_S}::test_a_stale_revision_is_refused_by_every_method_that_writes",
    ),
    Row(
        "etag: two at once without If-Match",
        "test_callflows.py::test_of_two_at_the_same_time_one_gets_the_number",
    ),
)
