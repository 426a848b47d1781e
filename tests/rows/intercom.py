"""`intercom`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_intercom.py"
_SCOPE = "tests/calls/test_caller_id_scope.py"
_LIVE = "tests/live/test_intercom.py"

ROWS = (
    Row(
        "the captured extension's phones are asked to answer: Alert-Info and Call-Info",
        f"{_CALLS}::test_the_phone_is_asked_to_answer_by_itself",
    ),
    Row(
        "only in this call",
        f"{_CALLS}::test_an_ordinary_call_is_not_answered_by_itself",
    ),
    Row(
        "barge_calls is told to the legs: Auto-Answer-Suppress-Notify",
        f"{_CALLS}::test_phones_that_talk_may_be_asked_to_interrupt_that",
    ),
    Row(
        "applies to every action that rings later",
        f"{_CALLS}::test_it_is_so_for_all_that_the_flow_rings",
    ),
    Row(
        "beats other ringtones",
        f"{_CALLS}::test_the_phone_is_asked_to_answer_by_itself",
    ),
    Row(
        "the number is normalised",
        f"{_CALLS}::test_the_number_is_written_as_the_account_does",
    ),
    Row(
        "nothing captured: fault-can_not_be_completed_as_dialed, stop",
        f"{_CALLS}::test_without_an_extension_it_cannot_be_completed",
    ),
    Row(
        "not found: continues to `_`",
        f"{_CALLS}::test_a_number_that_leads_nowhere_goes_on",
    ),
    Row(
        "only the catch-all: continues to `_`",
        f"{_CALLS}::test_nobody_outside_is_called_so",
    ),
    Row(
        "after the extension's flow `_` runs",
        f"{_CALLS}::test_the_phone_is_asked_to_answer_by_itself",
    ),
    Row(
        "another account's extension is none",
        f"{_SCOPE}::test_a_number_of_another_account_is_not_called",
    ),
    Row(
        "a telephone that is set up for it answers by itself and both hear each other",
        f"{_LIVE}::test_the_phone_answers_by_itself_and_both_hear_each_other",
    ),
    Row(
        "a plain call rings on the same telephone",
        f"{_LIVE}::test_a_plain_call_to_the_same_phone_rings",
    ),
    Row(
        "of several telephones one has the call, the others stop",
        f"{_LIVE}::test_of_several_phones_the_first_has_the_call",
    ),
)
