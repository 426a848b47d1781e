"""`privacy`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_caller_id.py"
_SCOPE = "tests/calls/test_caller_id_scope.py"
_LIVE = "tests/live/test_caller_id.py"

ROWS = (
    Row(
        "modes full, name, number, none, their older names; unknown is full",
        f"{_CALLS}::test_privacy_hides",
    ),
    Row(
        "no captured number: sets the flags on the channel, continues to `_`",
        f"{_CALLS}::test_privacy_of_a_caller_from_outside",
    ),
    Row(
        "none leaves it to the endpoint again",
        f"{_CALLS}::test_privacy_is_taken_back",
    ),
    Row(
        "endpoint_strategy merge: what the documents withhold outside counts, too; overwrite: not",
        f"{_SCOPE}::test_whether_what_the_documents_withhold_outside_counts_beside_it",
    ),
    Row(
        "a wrong strategy: nothing is hidden, goes on with `_`",
        f"{_CALLS}::test_an_unknown_strategy_hides_nothing",
    ),
    Row(
        "a captured number: branches into its flow and comes back to `_`",
        f"{_CALLS}::test_privacy_calls_the_captured_number_and_comes_back",
    ),
    Row(
        "the captured number may be the catch-all's",
        f"{_CALLS}::test_the_captured_number_may_be_the_catch_alls",
    ),
    Row(
        "a captured number that leads nowhere: stop",
        f"{_CALLS}::test_a_captured_number_that_leads_nowhere_ends_the_call",
    ),
    Row(
        "no header of the telephone's INVITE tells who calls",
        f"{_LIVE}::test_privacy_hides_the_caller",
    ),
    Row(
        "a code before the number hides the caller for one call",
        f"{_LIVE}::test_privacy_for_one_call_is_a_code_before_the_number",
    ),
)
