"""`device`: ring one device."""

from typing import Final

from tests.rows.row import Row

_ENDPOINTS: Final = "tests/calls/test_endpoints.py"
_RING: Final = "tests/calls/test_ring.py"
_FORWARD: Final = "tests/calls/test_forward.py"
_PHONES: Final = "tests/unit/test_phones.py"
_FORWARDING: Final = "tests/unit/test_forwarding.py"
_CALLER_ID: Final = "tests/unit/test_caller_id.py"
_LIVE: Final = "tests/live/test_failure_causes.py"
_LIVE_FORWARD: Final = "tests/live/test_forward.py"

ROWS: Final = (
    # Branches and times.
    Row("answered: they talk, then the flow stops", f"{_RING}::test_a_talk_of_any_length"),
    Row(
        "failure: the cause's name, else `sip:NNN`, else `_`, for every SIP answer",
        f"{_LIVE}::test_a_refusal_takes_the_branch_of_its_cause_then_of_its_status_then_the_default",
    ),
    Row(
        "no reply at all is NO_ANSWER, sip:480",
        f"{_LIVE}::test_a_telephone_that_says_nothing_does_not_answer",
    ),
    Row(
        "an unregistered device is USER_NOT_REGISTERED, sip:480",
        f"{_LIVE}::test_a_telephone_that_is_not_there_is_not_registered",
    ),
    Row("a 302 is followed through the account's routing", f"{_LIVE}::test_a_302_is_followed"),
    Row("a 302 that leads nowhere", f"{_LIVE}::test_a_302_that_leads_nowhere"),
    Row(
        "cause names of all SIP answers",
        "tests/unit/test_causes.py::"
        "test_what_a_phone_answered_counts_more_than_what_asterisk_makes_of_it",
    ),
    Row(
        "cause names without SIP",
        "tests/unit/test_causes.py::test_without_sip_the_cause_has_its_own_name",
    ),
    Row(
        "no status at all is sip:600",
        "tests/unit/test_causes.py::test_the_status_has_a_branch_of_its_own",
    ),
    Row("timeout: ring time", f"{_RING}::test_nobody_answers_in_time"),
    Row(
        "timeout 0 or absent: 20 s",
        f"{_ENDPOINTS}::test_without_a_time_it_rings_for_20_seconds",
    ),
    Row("delay", f"{_ENDPOINTS}::test_a_phone_rings_after_its_delay_and_for_its_time"),
    Row(
        "media.progress_timeout: PROGRESS_TIMEOUT",
        f"{_ENDPOINTS}::test_a_phone_that_does_not_ring_in_time_is_given_up",
    ),
    Row(
        "the caller gives up: all legs are cancelled",
        f"{_FORWARD}::test_the_caller_gives_up_and_the_number_stops_to_ring",
    ),
    # Checks, which make no failure branch.
    Row(
        "no id, or unknown: `_`",
        f"{_ENDPOINTS}::test_without_a_document_there_is_nobody_to_ring",
    ),
    Row(
        "disabled, do not disturb, no SIP user: `_`",
        f"{_ENDPOINTS}::test_a_device_that_may_not_ring_leads_to_the_default",
    ),
    Row(
        "do not disturb of user and account",
        f"{_PHONES}::test_a_phone_that_may_not_ring_is_left_out_and_the_reason_told",
    ),
    Row(
        "the caller's own device or owner; can_call_self",
        f"{_ENDPOINTS}::test_another_phone_of_ones_own",
    ),
    Row(
        "exclude_from_queues, for a call of a queue",
        f"{_PHONES}::test_queues_leave_out_who_wants_no_calls_of_them",
    ),
    Row(
        "one hot-desked user replaces the owner",
        f"{_ENDPOINTS}::test_whoever_is_hot_desked_at_a_phone_is_its_owner",
    ),
    Row(
        "several hot-desked users: no owner",
        f"{_PHONES}::test_a_phone_at_which_several_sit_belongs_to_nobody_and_rings_for_each",
    ),
    Row(
        "restrictions of owner, device, account and who sits there are merged",
        "tests/unit/test_merged.py::test_what_is_denied",
    ),
    # Call waiting.
    Row(
        "call_waiting off and its owner talks: 486 USER_BUSY without ringing",
        f"{_ENDPOINTS}::test_without_call_waiting_a_phone_that_talks_is_busy",
    ),
    Row(
        "any phone of the owner counts",
        f"{_ENDPOINTS}::test_a_phone_is_busy_when_its_owner_talks_at_another",
    ),
    Row(
        "call_waiting: device, then user, then account",
        f"{_ENDPOINTS}::test_with_call_waiting_a_phone_that_talks_rings",
    ),
    Row(
        "call_waiting off, on the wire",
        f"{_LIVE_FORWARD}::test_a_phone_that_talks_is_busy_without_call_waiting",
    ),
    # The leg.
    Row(
        "sip.invite_format, sip.number, static_invite",
        f"{_PHONES}::test_the_invite_is_addressed_as_the_device_wants_it",
    ),
    Row(
        "sip.route, and a device known by its address",
        f"{_PHONES}::test_a_route_or_an_address_is_dialled_whatever_is_registered",
    ),
    Row(
        "static_invite on the wire",
        "tests/live/test_ring.py::test_the_called_name_can_be_another_than_the_phones",
    ),
    Row(
        "headers of both devices and of the action",
        f"{_ENDPOINTS}::test_headers_come_from_both_phones_and_the_action",
    ),
    Row(
        "headers of the older form; none of Asterisk's own",
        f"{_PHONES}::test_headers_of_the_older_form_count_less_and_asterisks_own_cannot_be_set",
    ),
    Row(
        "Alert-Info: ringtones by the caller's network",
        f"{_ENDPOINTS}::test_a_caller_from_outside_is_shown_as_received_with_the_tone_for_such",
    ),
    Row(
        "Alert-Info: a ringtone that was chosen counts more",
        f"{_PHONES}::test_a_ringtone_that_was_chosen_counts_more_than_the_documents",
    ),
    Row(
        "language and music on hold of the leg",
        f"{_PHONES}::test_the_leg_speaks_the_language_and_holds_with_the_music_of_its_side",
    ),
    Row("formatters", f"{_PHONES}::test_formatters_rewrite_what_is_shown"),
    Row("presence id", f"{_PHONES}::test_all_phones_of_a_user_light_one_lamp"),
    Row(
        "presence id without owner",
        f"{_PHONES}::test_a_phone_without_owner_lights_the_lamp_of_who_sits_there",
    ),
    Row(
        "ignore_completed_elsewhere, default true",
        f"{_ENDPOINTS}::test_losers_are_told_that_somebody_else_answered_only_where_they_want_it",
    ),
    Row("all contacts of a device ring", f"{_RING}::test_two_contacts_of_one_device_both_ring"),
    Row(
        "device_type mobile rings mobile.mdn",
        f"{_ENDPOINTS}::test_a_mobile_telephone_is_called_by_its_number",
    ),
    # Early media.
    Row(
        "early media of the callee is heard",
        f"{_ENDPOINTS}::test_the_phones_own_sounds_before_its_answer_are_heard",
    ),
    Row(
        "media.ignore_early_media",
        f"{_ENDPOINTS}::test_they_are_not_where_it_is_not_wanted",
    ),
    Row(
        "early media without an answer",
        f"{_ENDPOINTS}::test_a_phone_that_is_not_answered_after_all_leaves_the_caller_to_the_flow",
    ),
    Row(
        "early media on the wire",
        f"{_LIVE_FORWARD}::test_what_a_phone_sends_before_its_answer_is_heard",
    ),
    # Caller id.
    Row(
        "internal: user, device, account; prefer_device_caller_id",
        f"{_PHONES}::test_caller_id_prefers_user_then_device_then_account",
    ),
    Row(
        "internal without a number: presence id, then SIP",
        f"{_CALLER_ID}::test_without_a_number_of_his_own_a_caller_is_known_by_his_lamp",
    ),
    Row(
        "an outside caller is passed on, harmless",
        f"{_PHONES}::test_an_outside_caller_is_shown_as_received_but_harmless",
    ),
    Row(
        "retained, dynamic, prefixed and rewritten caller ids",
        f"{_CALLER_ID}::test_what_actions_chose",
    ),
    Row(
        "caller_id_options.format: regex, prefix, suffix, by class or all",
        f"{_CALLER_ID}::test_numbers_are_written_as_the_account_wants_them",
    ),
    Row(
        "privacy on device legs: hidden wherever the action `privacy` said so",
        f"{_CALLER_ID}::test_what_privacy_withholds_is_hidden_from_the_accounts_own_phones_too",
    ),
    Row(
        "external, emergency and asserted caller ids",
        f"{_CALLER_ID}::test_each_kind_of_caller_id_has_its_own_order",
    ),
    Row("suppress_clid", f"{_RING}::test_a_caller_id_can_be_kept_secret"),
    Row(
        "callee id presented back",
        f"{_PHONES}::test_the_caller_is_shown_whom_he_reached",
    ),
    # Call forwarding.
    Row(
        "call_forward: the number rings instead, in a call of its own of the device's",
        f"{_FORWARD}::test_the_number_rings_instead_of_the_phone",
    ),
    Row(
        "substitute false: both ring",
        f"{_FORWARD}::test_phone_and_number_ring_together_and_the_first_wins",
    ),
    Row(
        "missing fields are as in the schema",
        f"{_FORWARDING}::test_what_is_not_said_is_as_in_the_schema",
    ),
    Row(
        "enabled false or no number",
        f"{_FORWARD}::test_forwarding_that_is_off_or_has_no_number_does_nothing",
    ),
    Row(
        "require_keypress: the key",
        f"{_FORWARD}::test_whoever_answers_presses_a_key_to_take_the_call",
    ),
    Row(
        "require_keypress: no key, others ring on",
        f"{_FORWARD}::test_a_mailbox_presses_no_key_and_does_not_get_the_call",
    ),
    Row(
        "require_keypress: 7 s",
        f"{_FORWARD}::test_nobody_confirms_so_nobody_answered",
    ),
    Row(
        "require_keypress: what counts as a rejection",
        f"{_FORWARD}::test_where_one_refusal_ends_all_a_machines_answer_does_not",
    ),
    Row("keep_caller_id", f"{_FORWARD}::test_whose_number_is_shown"),
    Row(
        "keep_caller_id for a caller from outside",
        f"{_FORWARD}::test_a_caller_from_outside_is_shown_or_not",
    ),
    Row(
        "keep_caller_id false: the caller's external number stands beside",
        f"{_FORWARDING}::test_a_caller_inside_is_shown_by_his_number_outside_or_not_at_all",
    ),
    Row(
        "direct_calls_only",
        f"{_FORWARDING}::test_calls_by_way_of_a_group_are_not_forwarded_where_only_direct_ones_are",
    ),
    Row(
        "call_forward.ignore_early_media",
        f"{_FORWARDING}::test_when_the_callers_hear_what_the_number_plays",
    ),
    Row(
        "failover, enabled or not",
        f"{_FORWARD}::test_failover_rings_the_number_only_when_the_phone_is_away",
    ),
    Row(
        "the owner's forwarding where the device has none",
        f"{_FORWARD}::test_the_owners_forwarding_counts_when_his_device_is_called",
    ),
    Row(
        "the forwarded call runs the extension's flow",
        f"{_FORWARD}::test_the_number_is_what_the_account_says_it_is",
    ),
    Row("in the forwarder's account only", f"{_FORWARD}::test_no_other_account_is_reached"),
    Row(
        "why the number was not reached is the cause",
        f"{_FORWARD}::test_why_the_number_was_not_reached_is_why_the_call_failed",
    ),
    Row("a number that leads nowhere", f"{_FORWARD}::test_a_number_that_leads_nowhere"),
    Row(
        "no ringtone on a forward leg",
        f"{_FORWARDING}::test_there_is_no_ringtone_on_a_forwarded_call",
    ),
    Row("variables of a forward leg", f"{_FORWARDING}::test_the_call_becomes_the_forwarders"),
    Row(
        "loops: the same number twice",
        f"{_FORWARD}::test_two_who_forward_to_each_other_do_not_ring_for_ever",
    ),
    Row("loops: depth", f"{_FORWARD}::test_a_long_chain_of_forwards_comes_to_an_end"),
    Row(
        "302s in circles",
        f"{_FORWARD}::test_phones_that_send_the_call_to_each_other_do_not_do_it_for_ever",
    ),
    Row(
        "one number for several forwards rings once",
        f"{_FORWARD}::test_two_phones_that_forward_to_one_number_ring_it_once",
    ),
    Row(
        "anybody hangs up at any moment of a forwarded call",
        "tests/calls/test_forward_races.py::test_anything_happens_at_any_moment",
    ),
    # The action's data.
    Row(
        "fail_on_single_reject",
        f"{_ENDPOINTS}::test_one_refusal_counts_for_all_if_the_call_says_so",
    ),
    Row(
        "dial_strategy single",
        f"{_ENDPOINTS}::test_a_device_and_its_number_may_ring_one_after_the_other",
    ),
)
