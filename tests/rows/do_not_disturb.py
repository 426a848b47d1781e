"""`do_not_disturb`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_features.py"
_LAMPS = "tests/live/test_lamps.py"

ROWS = (
    Row(
        "activate, deactivate, toggle; said also when it is so already",
        f"{_CALLS}::test_do_not_disturb_is_switched_and_said",
    ),
    Row(
        "`id` of a user or device of the account",
        f"{_CALLS}::test_do_not_disturb_of_somebody_else",
    ),
    Row(
        "an `id` of another account is out of reach",
        f"{_CALLS}::test_do_not_disturb_of_another_account_is_out_of_reach",
    ),
    Row(
        "an `id` of nobody: the caller's user",
        f"{_CALLS}::test_an_id_of_no_user_or_device_is_passed_over",
    ),
    Row(
        "no owner: the calling device",
        f"{_CALLS}::test_a_phone_that_is_nobodys_is_not_to_be_disturbed_itself",
    ),
    Row(
        "nobody at all: `dnd-not_available` as early media, stop",
        f"{_CALLS}::test_a_caller_from_outside_can_be_disturbed",
    ),
    Row(
        "no or an unknown action: `dnd-not_available`, goes on with `_`",
        f"{_CALLS}::test_an_unknown_action_on_do_not_disturb_is_not_available",
    ),
    Row(
        "a change that cannot be saved is not announced as one, goes on with `_`",
        f"{_CALLS}::test_do_not_disturb_that_cannot_be_saved_is_not_announced",
    ),
    Row(
        "whoever is not to be disturbed does not ring",
        f"{_CALLS}::test_whoever_is_not_to_be_disturbed_does_not_ring",
    ),
    Row(
        "the number that switches it for an `id` is a lamp that shows it",
        f"{_LAMPS}::test_the_key_that_switches_do_not_disturb_shows_it",
    ),
)
