"""What `ring_group_toggle` does, and the tests that show it."""

from typing import Final

from tests.rows.row import Row

_CALLS: Final = "tests/calls/test_ring_group_toggle.py::"
_STORAGE: Final = "tests/storage/test_callflows.py::"

ROWS: tuple[Row, ...] = (
    Row(
        "login and logout write disable_until 0 and 66269664000, and say so",
        f"{_CALLS}test_logging_out_and_in_again",
    ),
    Row(
        "who is logged out does not ring, who is logged in again does",
        f"{_CALLS}test_who_is_logged_out_does_not_ring_and_who_is_in_again_does",
    ),
    Row(
        "by telephone, in PostgreSQL, as a revision of its own",
        "tests/live/test_ring_strategies.py::test_logging_out_of_a_ring_group_and_in_again",
    ),
    Row("the order of the members is kept", f"{_CALLS}test_the_members_keep_their_order"),
    Row(
        "one prompt for each ring group of the whole flow",
        f"{_CALLS}test_each_ring_group_of_the_flow_says_its_own",
    ),
    Row(
        "only members of type user are toggled", f"{_CALLS}test_only_members_of_type_user_are_meant"
    ),
    Row(
        "a caller without owner hears agent-invalid_choice",
        f"{_CALLS}test_a_phone_of_nobody_is_no_member",
    ),
    Row("no ring group, no prompt; _", f"{_CALLS}test_a_flow_without_a_ring_group_says_nothing"),
    Row("ring groups of any shape", f"{_CALLS}test_a_ring_group_of_any_shape_has_no_member"),
    Row(
        "answered; a missing callflow -> _ without a prompt",
        f"{_CALLS}test_a_callflow_that_is_not_there_is_no_reason_to_drop_the_caller",
    ),
    Row(
        "another account's callflow is missing",
        f"{_CALLS}test_a_callflow_of_another_account_is_not_there",
    ),
    Row("any other action -> _", f"{_CALLS}test_an_action_that_is_none_goes_on"),
    Row(
        "saved also when the caller hangs up",
        f"{_CALLS}test_a_caller_who_hangs_up_after_dialling_is_logged_out_all_the_same",
    ),
    Row(
        "no change is lost to another at the same time",
        f"{_STORAGE}test_two_changes_at_once_are_both_kept",
    ),
)
