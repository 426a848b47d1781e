"""`transfer`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_transfer_action.py"
_SCOPE = "tests/calls/test_caller_id_scope.py"
_LIVE = "tests/live/test_transfer_action.py"

ROWS = (
    Row(
        "target, else the first of captures; leg and transfer_type move the caller all the same",
        f"{_CALLS}::test_the_caller_is_sent_to_a_number_for_good",
    ),
    Row(
        "children never run, nor do flows from which it was branched",
        f"{_CALLS}::test_no_flow_that_branched_here_gets_the_call_back",
    ),
    Row(
        "normal routing: the number is normalised",
        f"{_CALLS}::test_a_caller_of_the_account_is_sent_outside",
    ),
    Row(
        "normal routing: captured digits",
        f"{_CALLS}::test_what_the_new_number_captures_is_what_counts",
    ),
    Row(
        "normal routing: the catch-all for phones of the account",
        f"{_CALLS}::test_a_caller_of_the_account_is_sent_outside",
    ),
    Row(
        "normal routing: no catch-all for callers from outside",
        f"{_CALLS}::test_a_caller_from_outside_is_not_sent_outside",
    ),
    Row(
        "normal routing: call restrictions",
        f"{_CALLS}::test_nobody_is_sent_where_he_may_not_call",
    ),
    Row(
        "a number that leads nowhere ends the call with 404",
        f"{_CALLS}::test_a_number_that_leads_nowhere_ends_the_call",
    ),
    Row(
        "no target: a traced mistake, goes on with `_`",
        f"{_CALLS}::test_without_a_number_the_flow_goes_on",
    ),
    Row(
        "an unknown transfer_type: a traced mistake, goes on with `_`",
        f"{_CALLS}::test_an_unknown_type_goes_on",
    ),
    Row(
        "another account's number is none",
        f"{_SCOPE}::test_a_number_of_another_account_is_not_called",
    ),
    Row(
        "transfers in a circle come to an end",
        f"{_CALLS}::test_a_ring_of_transfers_ends",
    ),
    Row(
        "real telephones talk after it",
        f"{_LIVE}::test_the_caller_talks_with_the_number_and_nothing_comes_after_it",
    ),
    Row(
        "normal routing: a whole callflow, such as a menu",
        f"{_LIVE}::test_the_number_may_be_a_menu",
    ),
    Row(
        "real telephones: a number that leads nowhere",
        f"{_LIVE}::test_a_number_that_leads_nowhere_ends_the_call",
    ),
)
