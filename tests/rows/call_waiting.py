"""`call_waiting`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_features.py"

ROWS = (
    Row(
        "toggle is the standard action, device the standard scope, and it is on at first",
        f"{_CALLS}::test_call_waiting_toggles_and_is_on_at_first",
    ),
    Row(
        "scope user: the document of the caller's owner",
        f"{_CALLS}::test_call_waiting_toggles_and_is_on_at_first",
    ),
    Row(
        "activate and deactivate, also what it is already: `cw-activated`, `cw-deactivated`",
        f"{_CALLS}::test_call_waiting_is_what_was_asked_for_the_second_time_too",
    ),
    Row(
        "only a change is saved",
        f"{_CALLS}::test_call_waiting_that_is_on_already_is_not_written",
    ),
    Row(
        "no device: `cw-not_available` as early media, stop",
        f"{_CALLS}::test_a_caller_from_outside_has_no_call_waiting",
    ),
    Row(
        "scope user without a user: `cw-not_available`, stop",
        f"{_CALLS}::test_a_phone_that_is_nobodys_has_no_users_call_waiting",
    ),
    Row(
        "a wrong scope: traced, goes on with `_`",
        f"{_CALLS}::test_a_wrong_scope_is_traced_and_the_flow_goes_on",
    ),
    Row(
        "an unknown action: `cw-not_available`, goes on with `_`",
        f"{_CALLS}::test_an_unknown_action_on_call_waiting_is_not_available",
    ),
    Row(
        "a change that cannot be saved is not announced as one, goes on with `_`",
        f"{_CALLS}::test_call_waiting_that_cannot_be_saved_is_not_announced",
    ),
)
