"""What `ring_group` does, and the tests that show it."""

from typing import Final

from tests.rows.row import Row

_CALLS: Final = "tests/calls/test_ring_group.py::"
_MEMBERS: Final = "tests/calls/test_ring_group_members.py::"
_SOUNDS: Final = "tests/calls/test_ring_group_sounds.py::"
_LIVE: Final = "tests/live/test_ring_strategies.py::"
_UNIT: Final = "tests/unit/test_members.py::"

ROWS: tuple[Row, ...] = (
    Row(
        "simultaneous: each member rings after its delay for its timeout",
        f"{_CALLS}test_together_each_rings_after_its_delay_for_its_time",
    ),
    Row(
        "single: one member after another, each after its delay for its timeout",
        f"{_CALLS}test_one_by_one_each_rings_for_its_time",
    ),
    Row("timeout caps one attempt, with every strategy", f"{_CALLS}test_any_delays_and_times"),
    Row(
        "timeout 0: no cap on the legs, 40 s in all",
        f"{_CALLS}test_together_each_rings_after_its_delay_for_its_time",
    ),
    Row("simultaneous, by the telephones' clock", f"{_LIVE}test_together"),
    Row("single, by the telephones' clock", f"{_LIVE}test_one_by_one"),
    Row("weighted_random, by the telephones' clock", f"{_LIVE}test_in_random_order"),
    Row("repeats, by the telephones' clock", f"{_LIVE}test_again_and_again"),
    Row(
        "weighted_random: shuffled, then rung one after another",
        f"{_MEMBERS}test_by_weight_one_rings_after_another_in_the_order_that_was_drawn",
    ),
    Row(
        "weighted_random: a higher weight tends to ring earlier, in proportion",
        f"{_UNIT}test_chance_is_in_proportion_to_the_weights",
    ),
    Row("weight is 20 unless said, and clamped to 1..100", f"{_UNIT}test_weights_have_bounds"),
    Row("each repeat draws the random order anew", f"{_MEMBERS}test_each_attempt_draws_anew"),
    Row(
        "simultaneous: sorted by delay",
        f"{_UNIT}test_together_they_ring_by_their_delays",
    ),
    Row("single: never sorted by delay", f"{_UNIT}test_one_by_one_they_ring_as_they_stand"),
    Row(
        "the first to answer gets the caller, the others stop ringing",
        f"{_CALLS}test_who_answers_gets_the_caller_and_no_other_rings_on",
    ),
    Row(
        "answered -> stop when the conversation ends", f"{_CALLS}test_after_the_talk_the_flow_stops"
    ),
    Row("two answer in the same moment: one of them", f"{_CALLS}test_two_who_answer_in_one_moment"),
    Row(
        "answered elsewhere is told where ignore_completed_elsewhere is false",
        f"{_CALLS}test_who_is_told_that_another_answered",
    ),
    Row("answered elsewhere on the wire", f"{_LIVE}test_who_is_told_that_another_answered"),
    Row("failed -> cause, else sip:NNN, else _", f"{_CALLS}test_the_cause_has_its_branch"),
    Row(
        "a child for the failure: no further repeats",
        f"{_CALLS}test_a_named_branch_ends_the_repeats",
    ),
    Row(
        "no such child: next repeat, after the last one _; below 1 means 1",
        f"{_CALLS}test_without_one_it_rings_again",
    ),
    Row(
        "repeats are bounded",
        f"{_CALLS}test_repeats_have_an_end_when_nobody_can_be_reached",
    ),
    Row(
        "each repeat reads the documents again",
        f"{_CALLS}test_each_attempt_reads_the_documents_anew",
    ),
    Row(
        "answered at a later repeat",
        f"{_CALLS}test_somebody_may_answer_at_the_second_attempt",
    ),
    Row(
        "no endpoint could be built -> _ at once, no repeats",
        f"{_CALLS}test_with_nobody_to_ring_there_is_no_failure_and_no_repeat",
    ),
    Row(
        "no child at all: the caller is hung up",
        f"{_CALLS}test_without_any_branch_the_caller_is_hung_up",
    ),
    Row("fail_on_single_reject, simultaneous", f"{_CALLS}test_one_rejection_can_count_for_all"),
    Row("fail_on_single_reject, single", f"{_CALLS}test_one_rejection_ends_the_round_too"),
    Row(
        "without it the attempt fails only when all legs have",
        f"{_CALLS}test_otherwise_a_rejection_leaves_the_call_to_the_others",
    ),
    Row(
        "members with disable_until ahead are left out",
        f"{_MEMBERS}test_who_is_disabled_for_now_does_not_ring",
    ),
    Row(
        "user and group members, nested groups, inherited delay and timeout",
        f"{_MEMBERS}test_a_user_is_all_his_phones_a_group_all_its_members",
    ),
    Row("users and groups on the wire", f"{_LIVE}test_users_and_groups"),
    Row(
        "a group member inherits delay and timeout it does not say",
        f"{_UNIT}test_what_a_member_of_a_group_does_not_say_is_as_for_the_group",
    ),
    Row(
        "all in a group take the ring group member's weight",
        f"{_UNIT}test_all_in_a_group_have_the_weight_of_the_group",
    ),
    Row(
        "single: a group's own weights order it, stable, those without last",
        f"{_UNIT}test_one_by_one_the_weights_within_a_group_are_its_order",
    ),
    Row(
        "an unreadable group contributes nothing",
        f"{_UNIT}test_a_group_that_does_not_exist_adds_nobody",
    ),
    Row("groups in groups are bounded", f"{_UNIT}test_groups_in_groups_have_an_end"),
    Row("a group in itself", f"{_UNIT}test_a_group_within_itself_rings_once"),
    Row(
        "duplicates by device, delay and timeout; the later survives",
        f"{_UNIT}test_of_two_alike_the_later_stays",
    ),
    Row(
        "the same device with another delay or timeout rings twice",
        f"{_UNIT}test_with_another_delay_or_time_the_same_phone_rings_again",
    ),
    Row(
        "the caller's own device is dropped", f"{_MEMBERS}test_the_callers_own_phone_does_not_ring"
    ),
    Row("can_call_self of a member", f"{_MEMBERS}test_the_callers_other_phone_may_ring"),
    Row("an empty id is skipped", f"{_MEMBERS}test_an_empty_id_is_skipped"),
    Row(
        "endpoint_type is device unless said", f"{_MEMBERS}test_a_member_without_a_type_is_a_device"
    ),
    Row(
        "another account's documents are not reached",
        f"{_MEMBERS}test_a_group_of_another_account_adds_nobody",
    ),
    Row(
        "a non-direct call: direct_calls_only forwards do not apply",
        f"{_MEMBERS}test_forwards_for_direct_calls_only_do_not_count",
    ),
    Row("other call forwards apply", f"{_MEMBERS}test_other_forwards_of_a_member_count"),
    Row(
        "ignore_forward: 302 is not followed unless it is false",
        f"{_MEMBERS}test_a_phone_that_sends_the_caller_elsewhere",
    ),
    Row(
        "two or more legs: ringing is indicated at once",
        f"{_SOUNDS}test_several_phones_are_heard_to_ring_at_once",
    ),
    Row(
        "ringback: media or URL",
        f"{_SOUNDS}test_something_else_than_ringing_is_heard",
    ),
    Row("ringback: tone", f"{_SOUNDS}test_a_tone_for_ringing_goes_on"),
    Row("ringback on the wire", f"{_LIVE}test_the_caller_hears_music_instead_of_ringing"),
    Row("a ringback tone on the wire", f"{_LIVE}test_a_tone_in_freeswitchs_words"),
    Row(
        "a ringback that cannot be played",
        f"{_SOUNDS}test_what_cannot_be_played_is_the_usual_ringing",
    ),
    Row(
        "early media is never passed to the caller",
        f"{_SOUNDS}test_what_a_phone_sends_before_it_is_answered_is_not_heard",
    ),
    Row(
        "ringtones override the phones' own, by origin",
        f"{_SOUNDS}test_a_ringtone_of_the_groups_own",
    ),
    Row("no ringtones: the phones' own", f"{_SOUNDS}test_without_one_the_phones_have_their_own"),
    Row(
        "suppress_clid of a member; the others show the caller",
        f"{_SOUNDS}test_the_phones_show_the_caller_unless_their_member_says_otherwise",
    ),
    Row(
        "caller hangs up while ringing: all legs end",
        f"{_CALLS}test_a_caller_who_gives_up_stops_all_ringing",
    ),
    Row(
        "caller hangs up while ringing, on the wire",
        f"{_LIVE}test_a_caller_who_gives_up_stops_all_ringing",
    ),
    Row(
        "data of the wrong type -> _, and the trace tells",
        f"{_CALLS}test_what_makes_no_sense_goes_on_and_is_told",
    ),
    Row("no members -> _", f"{_CALLS}test_no_members_at_all"),
)
