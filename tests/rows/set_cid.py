"""`set_cid`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_caller_id.py"
_SCOPE = "tests/calls/test_caller_id_scope.py"
_LIVE = "tests/live/test_caller_id.py"

ROWS = (
    Row(
        "name and number are shown on phones rung later; continues to `_`",
        f"{_CALLS}::test_a_set_caller_id_is_shown",
    ),
    Row(
        "each on its own; an empty or missing value takes back what an earlier one set",
        f"{_CALLS}::test_an_empty_value_takes_back_what_was_set_before",
    ),
    Row(
        "applied last: beats prefixes and dynamic_cid",
        f"{_CALLS}::test_it_is_stronger_than_prefixes_and_a_chosen_caller_id",
    ),
    Row(
        "beats the documents, and without it they count again",
        f"{_SCOPE}::test_it_counts_more_than_the_documents",
    ),
    Row(
        "a caller from outside is shown as set, too",
        f"{_CALLS}::test_it_is_set_for_a_caller_from_outside_too",
    ),
    Row(
        "lasts for the whole call",
        f"{_CALLS}::test_it_lasts_for_the_whole_call",
    ),
    Row(
        "the caller's own channel and the call's record keep his caller id",
        f"{_SCOPE}::test_the_callers_own_channel_and_record_keep_his_caller_id",
    ),
    Row(
        "no other call is touched",
        f"{_SCOPE}::test_another_call_is_not_touched",
    ),
    Row(
        "every member of a group shows it",
        f"{_SCOPE}::test_every_phone_of_a_group_shows_it_and_rings_so",
    ),
    Row(
        "a forwarded call that keeps the caller id shows it",
        f"{_SCOPE}::test_the_number_to_which_a_phone_forwards_shows_it_too",
    ),
    Row(
        "what would break out of a header is left out",
        f"{_CALLS}::test_it_cannot_break_out_of_a_header",
    ),
    Row(
        "a telephone shows it",
        f"{_LIVE}::test_the_phone_shows_what_was_chosen",
    ),
    Row(
        "a telephone still shows it when the call is answered",
        f"{_LIVE}::test_it_stays_so_when_the_call_is_answered",
    ),
)
