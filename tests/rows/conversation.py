"""Conversations: hold, transfers by the phone, call detail records."""

from typing import Final

from tests.rows.row import Row

_HOLD: Final = "tests/calls/test_hold.py"
_TRANSFER: Final = "tests/calls/test_transfer.py"
_RACES: Final = "tests/calls/test_transfer_races.py"
_LIVE_HOLD: Final = "tests/live/test_hold.py"
_LIVE: Final = "tests/live/test_transfer.py"
_CDRS: Final = "tests/storage/test_cdrs.py"

ROWS: Final = (
    # Hold and mute.
    Row(
        "the held party hears the holder's merged music_on_hold, from its beginning again",
        f"{_LIVE_HOLD}::test_the_other_hears_what_the_holder_has_chosen",
    ),
    Row("a caller who holds, too", f"{_HOLD}::test_the_caller_holds_with_his_own_choice"),
    Row(
        "the user's choice before the device's before the account's",
        f"{_HOLD}::test_the_devices_and_the_accounts_choice_count_less",
    ),
    Row("no choice: standard music", f"{_LIVE_HOLD}::test_without_a_choice_asterisk_plays_its_own"),
    Row("media that is not there", f"{_HOLD}::test_music_that_is_not_there_is_traced"),
    Row("hold and resume in quick succession", f"{_HOLD}::test_hold_and_resume_as_fast_as_can_be"),
    Row("the held one hangs up", f"{_LIVE_HOLD}::test_somebody_on_hold_may_hang_up"),
    Row("the holder hangs up", f"{_LIVE_HOLD}::test_a_holder_may_hang_up"),
    Row("hold and mute as verbs", f"{_HOLD}::test_we_hold_and_mute_as_well"),
    # Blind transfer.
    Row(
        "the called transfers: the caller walks the target's flow, in the same call",
        f"{_LIVE}::test_the_called_sends_the_caller_on",
    ),
    Row(
        "the caller transfers: the called becomes the caller of a call of its own",
        f"{_LIVE}::test_the_caller_sends_the_called_on",
    ),
    Row(
        "the executor ends: what the call came from is forgotten",
        f"{_TRANSFER}::test_what_the_caller_came_from_is_forgotten_then",
    ),
    Row("the target is a menu", f"{_LIVE}::test_a_transfer_to_a_menu"),
    Row(
        "busy, unanswered: the target flow's branches",
        f"{_LIVE}::test_a_busy_target_goes_where_its_flow_says",
    ),
    Row(
        "unanswered: the target flow's branches",
        f"{_LIVE}::test_a_target_that_does_not_answer_goes_where_its_flow_says",
    ),
    Row(
        "no such number: NOTIFY 503, the conversation goes on",
        f"{_LIVE}::test_a_number_that_does_not_exist",
    ),
    Row("what is no number", f"{_TRANSFER}::test_what_is_no_number"),
    Row(
        "somebody outside never reaches the catch-all flow by a transfer",
        f"{_LIVE}::test_a_carrier_may_not_call_out_at_the_accounts_expense",
    ),
    Row("but an extension he does", f"{_LIVE}::test_a_carrier_may_transfer_to_an_extension"),
    Row(
        "a phone that hangs up at once after its REFER",
        f"{_TRANSFER}::test_a_phone_that_does_not_wait_for_the_news_of_its_transfer",
    ),
    Row(
        "the transferee hangs up while the target rings",
        f"{_LIVE}::test_the_caller_hangs_up_while_the_target_rings",
    ),
    Row("transferred again", f"{_TRANSFER}::test_a_transferred_caller_is_transferred_again"),
    Row("by a REFER on hold", f"{_HOLD}::test_one_on_hold_is_sent_on"),
    # Attended transfer.
    Row("by the called", f"{_LIVE}::test_the_called_asks_a_colleague_first"),
    Row("by the caller", f"{_LIVE}::test_the_caller_asks_a_colleague_first"),
    Row("of two callers", f"{_LIVE}::test_two_callers_are_joined"),
    Row("REFER on either call", f"{_TRANSFER}::test_a_colleague_is_asked_first"),
    Row(
        "the second call is in a menu: the transferee takes the place there",
        f"{_LIVE}::test_the_caller_takes_the_transferors_place_in_a_menu",
    ),
    Row("the second call still rings", f"{_LIVE}::test_a_transfer_to_a_colleague_who_still_rings"),
    Row(
        "the colleague is busy: the first call goes on",
        f"{_LIVE}::test_a_colleague_who_is_busy_leaves_things_as_they_are",
    ),
    Row(
        "the transferee is gone before it",
        f"{_LIVE}::test_the_one_who_waits_hangs_up_before_the_transfer",
    ),
    Row(
        "the colleague is gone before it",
        f"{_LIVE}::test_the_colleague_hangs_up_before_the_transfer",
    ),
    Row(
        "a call of another account is out of reach",
        f"{_LIVE}::test_a_call_of_another_account_cannot_be_reached",
    ),
    Row(
        "two transfers at once: one is declined",
        f"{_TRANSFER}::test_a_second_transfer_while_one_is_under_way",
    ),
    Row(
        "a REFER where nobody talks is declined",
        f"{_TRANSFER}::test_a_refer_without_a_conversation_is_declined",
    ),
    Row("connected line after it", f"{_LIVE}::test_the_phones_show_who_is_there_now"),
    Row("anybody hangs up in any moment of it", f"{_RACES}::test_in_any_turn"),
    # INVITE with Replaces, and channels that vanish.
    Row(
        "a phone takes the place of another",
        f"{_LIVE_HOLD}::test_a_phone_takes_over_a_conversation",
    ),
    Row(
        "not one of another account",
        f"{_TRANSFER}::test_no_phone_of_another_account_takes_the_place_of_one",
    ),
    Row(
        "a channel that vanishes without an event ends the conversation",
        f"{_TRANSFER}::test_a_channel_that_vanishes_ends_the_conversation",
    ),
    # Call detail records.
    Row(
        "one for each channel, of one interaction over transfers",
        f"{_LIVE}::test_the_caller_sends_the_called_on",
    ),
    Row(
        "and over forwards",
        f"{_LIVE}::test_a_forwarded_call_belongs_to_the_same_interaction",
    ),
    Row("who ended it", f"{_LIVE}::test_the_called_sends_the_caller_on"),
    Row("another phone in its place", f"{_TRANSFER}::test_another_phone_takes_the_place_of_one"),
    Row(
        "written again they change nothing",
        f"{_CDRS}::test_writing_again_changes_nothing_but_the_interaction",
    ),
    Row(
        "they wait on disk while PostgreSQL is away",
        "tests/operations/test_spool.py::test_what_goes_in_comes_out_in_its_order",
    ),
)
