"""What `group` does, and the tests that show it."""

from typing import Final

from tests.rows.row import Row

_CALLS: Final = "tests/calls/test_group.py::"
_LIVE: Final = "tests/live/test_ring_strategies.py::"

ROWS: tuple[Row, ...] = (
    Row(
        "the caller is answered at once and hears ringback; whoever answers gets him; then stop",
        f"{_CALLS}test_the_caller_is_answered_at_once_and_hears_the_ringing",
    ),
    Row("the same on the wire", f"{_LIVE}test_a_group_answers_the_caller_before_it_rings"),
    Row(
        "with endpoints it is a ring_group, and does not answer first",
        f"{_CALLS}test_with_endpoints_it_is_a_ring_group",
    ),
    Row("endpoints that are strings", f"{_CALLS}test_mere_ids_of_members_are_looked_up"),
    Row(
        "timeout 20, strategy simultaneous unless said",
        f"{_CALLS}test_without_any_word_they_ring_together_for_20_seconds",
    ),
    Row(
        "timeout and strategy at the top of the document count before the node's",
        f"{_CALLS}test_what_the_document_says_counts_more_than_the_node",
    ),
    Row("ringback of the document before the node's", f"{_CALLS}test_a_ringback_of_the_groups_own"),
    Row("ringback on the wire", f"{_LIVE}test_a_group_with_music_for_ringing"),
    Row(
        "repeats, fail_on_single_reject and ringtones are ignored when ringing by id",
        f"{_CALLS}test_what_is_for_ring_groups_only_does_not_count",
    ),
    Row(
        "user members expand to their devices with the member's delay and timeout",
        f"{_CALLS}test_a_user_is_all_his_phones_each_as_the_member_says",
    ),
    Row(
        "a member without type is tried as device and as user",
        f"{_CALLS}test_of_a_member_without_a_type_it_is_found_out",
    ),
    Row(
        "duplicates are rung once",
        f"{_CALLS}test_a_phone_that_is_there_twice_rings_once_as_soon_as_it_may",
    ),
    Row(
        "nested groups are not expanded, the calling device is left out",
        f"{_CALLS}test_groups_within_it_and_the_callers_phone_do_not_ring",
    ),
    Row("single: in order of the weights", f"{_CALLS}test_one_by_one_their_weights_are_the_order"),
    Row("failed -> cause, sip:NNN, _", f"{_CALLS}test_the_cause_has_its_branch"),
    Row("group missing, or another account's -> _", f"{_CALLS}test_a_group_that_is_not_there"),
    Row("no usable endpoint -> _", f"{_CALLS}test_a_group_of_nobody_is_answered_and_goes_on"),
    Row(
        "an unreadable document -> _, and the trace tells",
        f"{_CALLS}test_a_document_that_makes_no_sense_goes_on_and_is_told",
    ),
    Row(
        "early media is ignored",
        f"{_CALLS}test_what_a_phone_sends_before_it_is_answered_is_not_heard",
    ),
    Row(
        "a direct call: direct_calls_only forwards apply",
        f"{_CALLS}test_as_a_group_it_is_called_directly_so_all_forwards_count",
    ),
    Row(
        "caller hangs up while ringing: the members stop ringing",
        f"{_CALLS}test_a_caller_who_gives_up_stops_the_ringing",
    ),
)
