"""`pivot`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_pivot.py"
_REQUESTS = "tests/calls/test_pivot_requests.py"
_FAILURES = "tests/calls/test_pivot_failures.py"
_KEYS = "tests/calls/test_pivot_keys.py"
_HANGUP = "tests/calls/test_pivot_hangup.py"
_LIVE = "tests/live/test_pivot.py"
_WEB = "tests/web/test_pivot.py"
_CLIENT = "tests/outward/test_client.py"

_PASSED = f"{_FAILURES}::test_what_cannot_be_used_is_traced_and_passed"
_WRONG = f"{_WEB}::test_wrong_data_is_refused_in_callflows_and_metaflows"

ROWS = (
    Row("voice_url: required, http or https, checked when saved", _WRONG),
    Row("voice_url: no address of the own network, when saved", _WRONG),
    Row(
        "voice_url: none when it is asked",
        f"{_FAILURES}::test_an_address_of_the_own_network_is_not_asked",
    ),
    Row(
        "voice_url: a name is looked at when it is resolved",
        f"{_CLIENT}::test_a_name_is_looked_at_again_when_it_is_resolved",
    ),
    Row(
        "voice_url: the setting permits it",
        f"{_FAILURES}::test_the_own_network_is_asked_where_that_is_allowed",
    ),
    Row("method: get in any case", f"{_REQUESTS}::test_a_get_in_any_case"),
    Row("method: post in any case", f"{_REQUESTS}::test_a_post_has_a_form_and_the_url_as_it_is"),
    Row("method: another is refused, as the schema has it", _WRONG),
    Row("req_format kazoo", f"{_REQUESTS}::test_all_of_kazoos_parameters"),
    Row("req_format twiml", f"{_REQUESTS}::test_all_of_twimls_parameters"),
    Row("the type of the answer decides", f"{_FAILURES}::test_json_by_its_type_or_by_its_look"),
    Row("req_body_format form", f"{_REQUESTS}::test_a_post_has_a_form_and_the_url_as_it_is"),
    Row("req_body_format json", f"{_REQUESTS}::test_a_json_body_is_nested_as_it_is"),
    Row("req_timeout_ms", f"{_FAILURES}::test_a_server_has_only_so_much_time"),
    Row(
        "req_timeout_ms: 5000 at most",
        f"{_FAILURES}::test_more_than_five_seconds_cannot_be_asked_for",
    ),
    Row("cdr_url after TwiML", f"{_HANGUP}::test_the_hangup_is_told_as_a_form"),
    Row("cdr_url not after JSON", f"{_CALLS}::test_kazoo_json_is_told_of_no_hangup"),
    Row("cdr_url delays nothing", f"{_HANGUP}::test_a_server_that_does_not_answer_delays_nothing"),
    Row("debug", f"{_CALLS}::test_debug_shows_in_the_trace_what_was_said"),
    Row(
        "GET: parameters after the query that is there",
        f"{_REQUESTS}::test_a_get_has_all_in_the_query_after_what_is_there",
    ),
    Row("nested values A[b], lists A[]", f"{_REQUESTS}::test_all_of_kazoos_parameters"),
    Row("GET redirects are followed", f"{_FAILURES}::test_a_get_is_redirected"),
    Row("each redirect is checked", f"{_FAILURES}::test_a_redirect_that_leads_nowhere"),
    Row("POST redirects are not", f"{_FAILURES}::test_a_post_is_not_redirected"),
    Row(
        "From-Realm and User-ID are absent where not known",
        f"{_REQUESTS}::test_a_caller_from_outside_has_no_owner_and_no_realm",
    ),
    Row(
        "To, Request",
        f"{_REQUESTS}::test_the_number_is_told_as_it_was_dialled_and_as_it_is_written",
    ),
    Row(
        "Custom-SIP-Headers", f"{_REQUESTS}::test_sip_headers_of_his_own_are_told_in_kazoos_format"
    ),
    Row("Custom-SIP-Headers of a real INVITE", f"{_LIVE}::test_headers_of_the_invite_are_told"),
    Row("Digits by collection, once", f"{_REQUESTS}::test_digits_are_told_by_collection_and_once"),
    Row("a bad URL or another status than 200: `_`", _PASSED),
    Row("no connection: `_` at once", _PASSED),
    Row("HTTP timeout: `_` at once", f"{_FAILURES}::test_a_server_has_only_so_much_time"),
    Row("an empty body: `_`", _PASSED),
    Row("malformed JSON: `_`", _PASSED),
    Row("JSON that is no valid callflow: `_`", _PASSED),
    Row("data of a module that is not valid: `_`", _PASSED),
    Row("no `_`: the call ends", f"{_FAILURES}::test_without_a_default_the_call_ends"),
    Row(
        "documents in circles end by name",
        f"{_HANGUP}::test_documents_that_lead_in_circles_end_with_a_name",
    ),
    Row(
        "a flow takes the place of the rest",
        f"{_CALLS}::test_the_answer_takes_the_place_of_the_rest_of_the_callflow",
    ),
    Row("flows on the return stack remain", f"{_CALLS}::test_flows_on_the_return_stack_remain"),
    Row("another pivot in the answer", f"{_CALLS}::test_an_answer_may_ask_again"),
    Row("in circles", f"{_CALLS}::test_answers_that_ask_for_ever_end_with_a_name"),
    Row("channel gone: stop", f"{_CALLS}::test_the_caller_hangs_up_while_it_is_asked"),
    Row("a real server", f"{_LIVE}::test_what_the_server_says_is_heard"),
    Row(
        "metaflow: they talk until the answer is there",
        f"{_KEYS}::test_they_talk_until_the_answer_is_there_then_the_caller_leaves",
    ),
    Row(
        "metaflow: a failure leaves the conversation as it is",
        f"{_KEYS}::test_without_an_answer_they_talk_on",
    ),
    Row(
        "metaflow: TwiML",
        f"{_KEYS}::test_twiml_takes_the_caller_out_of_the_conversation",
    ),
    Row(
        "metaflow: heard on both ways",
        f"{_LIVE}::test_keys_take_the_caller_where_the_server_says",
    ),
)
