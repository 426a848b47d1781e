"""`user`: all phones of one user ring. What each phone does is in `device`."""

from typing import Final

from tests.rows.row import Row

_ENDPOINTS: Final = "tests/calls/test_endpoints.py"
_RING: Final = "tests/calls/test_ring.py"
_FORWARD: Final = "tests/calls/test_forward.py"
_PHONES: Final = "tests/unit/test_phones.py"

ROWS: Final = (
    Row(
        "no id, unknown user: `_`, nothing rings",
        f"{_ENDPOINTS}::test_without_a_document_there_is_nobody_to_ring",
    ),
    Row(
        "user disabled or not to be disturbed: `_`",
        f"{_ENDPOINTS}::test_a_user_who_may_not_be_rung",
    ),
    Row(
        "the account is not to be disturbed",
        f"{_ENDPOINTS}::test_the_accounts_do_not_disturb_silences_all",
    ),
    Row(
        "devices by the hot-desk rule",
        f"{_ENDPOINTS}::test_the_owner_of_a_phone_where_somebody_else_sits_is_not_rung_there",
    ),
    Row("all of a user's phones ring", f"{_PHONES}::test_all_phones_of_a_user_ring"),
    Row("answered: they talk, then the flow stops", f"{_RING}::test_a_talk_of_any_length"),
    Row(
        "a flow that was branched to returns after the talk",
        "tests/live/test_ring.py::test_a_talk_in_a_branched_flow_returns_to_where_it_came_from",
    ),
    Row("failed: the cause's child", f"{_RING}::test_a_refusal_has_its_branch"),
    Row(
        "failed: the cause's child, else `sip:NNN`, else `_`",
        "tests/live/test_ring.py::test_a_busy_phone_branches_by_cause_then_status_then_default",
    ),
    Row("nobody answers in time", f"{_RING}::test_nobody_answers_in_time"),
    Row(
        "timeout 0 or absent: 20 s",
        f"{_ENDPOINTS}::test_without_a_time_it_rings_for_20_seconds",
    ),
    Row("strategy single: one after another", f"{_RING}::test_phones_ring_one_after_another"),
    Row("first answer wins", f"{_RING}::test_the_first_of_two_phones_wins"),
    Row("many phones", f"{_RING}::test_many_phones_of_one_user"),
    Row("302s are followed", f"{_FORWARD}::test_a_phone_may_send_the_call_elsewhere"),
    Row(
        "early media is ignored for simultaneous",
        f"{_ENDPOINTS}::test_they_are_not_where_it_is_not_wanted",
    ),
    Row(
        "early media is heard for single",
        f"{_ENDPOINTS}::test_a_user_whose_phones_ring_one_by_one_may_let_them_be_heard",
    ),
    Row(
        "a direct call: direct_calls_only forwards",
        "tests/unit/test_forwarding.py::"
        "test_calls_by_way_of_a_group_are_not_forwarded_where_only_direct_ones_are",
    ),
    Row(
        "the user's forwarding replaces all devices at once",
        f"{_FORWARD}::test_a_user_forwards_for_all_his_phones_at_once",
    ),
    Row(
        "the user's failover",
        f"{_FORWARD}::test_a_users_failover_waits_until_no_phone_of_his_is_there",
    ),
    Row(
        "one's own extension from one's own phone: `_`",
        "tests/live/test_ring.py::test_calling_oneself_rings_nobody",
    ),
    Row("can_call_self", f"{_ENDPOINTS}::test_another_phone_of_ones_own"),
    Row(
        "fail_on_single_reject",
        f"{_ENDPOINTS}::test_one_refusal_counts_for_all_if_the_call_says_so",
    ),
    Row(
        "fail_on_single_reject not said: the call's variable decides",
        f"{_ENDPOINTS}::test_a_variable_of_the_call_says_whether_one_refusal_counts_for_all",
    ),
    Row("suppress_clid", f"{_RING}::test_a_caller_id_can_be_kept_secret"),
    Row("custom_sip_headers", f"{_RING}::test_the_phone_shows_who_calls"),
    Row(
        "static_invite",
        f"{_PHONES}::test_static_invite_replaces_the_user_but_only_with_a_sip_user",
    ),
    Row("delay and timeout", f"{_ENDPOINTS}::test_a_phone_rings_after_its_delay_and_for_its_time"),
    Row(
        "somebody hot-desked at another's phone may not be called from there",
        f"{_ENDPOINTS}::test_whoever_is_hot_desked_at_a_phone_is_its_owner",
    ),
)
