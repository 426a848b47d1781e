"""URLs, headers and parameters, bodies, pages of other servers, and the order of checks."""

from tests.web.rows.row import Row

_E = "test_envelope.py"
_S = "test_statuses.py"
_FORM = f"{_E}::test_what_a_body_may_be"
_CORS = f"{_E}::test_pages_of_other_servers"
_ORDER = f"{_S}::test_of_two_wrong_things_the_first_in_order_is_told"
_BODY = "a form has no types: documents come as JSON, and files as they are, in base64 or in a form"

ROWS = (
    Row(
        "url: a path leads to one resource, ids are parts",
        "test_description.py::test_the_description_has_every_route",
    ),
    Row("url: parts before the last give the context", "test_cdrs.py::test_one_of_a_user"),
    Row(
        "url: names of schemas have dots",
        "test_schemas.py::test_schemas_are_listed_and_read_without_a_token",
    ),
    Row("url: system_configs and configs", absent="settings are those of the server's operator"),
    Row("url: version 1 is gone", f"{_S}::test_paths_and_parameters_that_lead_nowhere"),
    Row("url: /account is the token's", f"{_E}::test_the_tokens_account_has_a_short_path"),
    Row(
        "url: an account's id is 32 hexadecimal digits",
        "test_documents.py::test_the_order_of_checks",
    ),
    Row("url: an empty account id", f"{_E}::test_the_tokens_account_has_a_short_path"),
    Row("url: an unknown first part", f"{_S}::test_paths_and_parameters_that_lead_nowhere"),
    Row("header: X-Auth-Token is the first choice", f"{_E}::test_a_token_in_the_header_wins"),
    Row(
        "header: auth_token in the query and in the body",
        "test_documents.py::test_a_token_may_stand_in_other_places",
    ),
    Row("header: Authorization", f"{_E}::test_a_token_in_the_header_wins"),
    Row("header: X-Request-ID", f"{_E}::test_a_request_has_an_id"),
    Row(
        "header: X-Pretty-Print and pretty_print", f"{_E}::test_json_is_indented_for_those_who_ask"
    ),
    Row("header: Accept and accept", f"{_S}::test_methods_and_types"),
    Row(
        "parameter: jsonp is not heeded, it lets pages of others read answers",
        f"{_E}::test_no_function_is_called_in_other_peoples_pages",
    ),
    Row("parameter: verb", f"{_E}::test_a_method_is_tunnelled_through_post"),
    Row(
        "parameter: values stand in data, in the query or in the envelope",
        f"{_E}::test_a_value_stands_in_data_in_the_query_or_beside_the_data",
    ),
    Row("body: none is an empty object", _FORM),
    Row("body: without a type it is JSON", _FORM),
    Row("body: not JSON", _FORM),
    Row("body: no data, or data of a wrong type", _FORM),
    Row("body: keys beside data are lower-cased", _FORM),
    Row("body: more than 8,000,000 bytes", f"{_E}::test_a_body_has_a_largest_size"),
    Row(
        "body: broken base64", "test_media.py::test_what_is_no_sound_is_refused_and_changes_nothing"
    ),
    Row("body: a type that is not taken", f"{_S}::test_methods_and_types"),
    Row(
        "body: a form with a file, base64, and a file as it is",
        "test_media.py::test_a_file_comes_in_a_form_or_in_base64",
    ),
    Row("body: x-www-form-urlencoded", absent=_BODY),
    Row("cors: Origin and Access-Control-Request headers, errors too", _CORS),
    Row("cors: OPTIONS needs no token and has no body", _CORS),
    Row("cors: Allow-Origin, once it is switched on", _CORS),
    Row("cors: Allow-Methods", _CORS),
    Row("cors: Allow-Headers", _CORS),
    Row("cors: Expose-Headers", _CORS),
    Row("cors: Max-Age", _CORS),
    Row(
        "order 1: a token seen to be expired without a look-up",
        absent="a token tells nothing: that it has ended is found out with the others",
    ),
    Row("order 2: the path", _ORDER),
    Row("order 3: the method", _ORDER),
    Row("order 4: the account's id", _ORDER),
    Row("order 5: the token", _ORDER),
    Row("order 5: the rate of unknown tokens", f"{_S}::test_who_asks_in_vain"),
    Row("order 6: what the token may do", _ORDER),
    Row("order 7: the type of the body", _ORDER),
    Row("order 8: the types wanted", _ORDER),
    Row(
        "order 9: the path within its module", f"{_S}::test_paths_and_parameters_that_lead_nowhere"
    ),
    Row("order 10: the document", _ORDER),
    Row("order 11: If-Match and If-None-Match", _ORDER),
    Row("order 12: saving", f"{_S}::test_what_the_database_knows_already_is_a_conflict"),
)
