"""`call_forward`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_features.py"

ROWS = (
    Row(
        "the document is the one user of the calling device",
        f"{_CALLS}::test_forwarding_is_switched_on_by_the_number_behind_the_code",
    ),
    Row(
        "a device without an owner: the device itself",
        f"{_CALLS}::test_a_phone_that_is_nobodys_forwards_itself",
    ),
    Row(
        "a device of several hot-desked users: the device itself",
        f"{_CALLS}::test_a_phone_of_several_hot_desked_users_forwards_itself",
    ),
    Row(
        "one hot-desked user replaces the owner",
        f"{_CALLS}::test_the_one_hot_desked_user_forwards_not_the_owner",
    ),
    Row(
        "no calling device: `cf-not_available` as early media, stop",
        f"{_CALLS}::test_a_caller_from_outside_has_no_forwarding",
    ),
    Row(
        "activate with a captured number: said and on, other fields kept",
        f"{_CALLS}::test_forwarding_is_switched_on_by_the_number_behind_the_code",
    ),
    Row(
        "activate without one: asks for it, `vm-saved`, said and on",
        f"{_CALLS}::test_without_a_number_forwarding_asks_for_one",
    ),
    Row(
        "activate, and no number comes: nothing is on",
        f"{_CALLS}::test_whoever_gives_no_number_switches_nothing_on",
    ),
    Row(
        "deactivate: `cf-disabled`, the number is kept, the captured one ignored",
        f"{_CALLS}::test_switching_forwarding_off_keeps_the_number",
    ),
    Row(
        "update with a captured number: no prompt, on or off stays",
        f"{_CALLS}::test_a_new_number_behind_the_code_is_taken_in_silence",
    ),
    Row(
        "update without one: fewer than 3 digits are asked for again, three times at most",
        f"{_CALLS}::test_a_number_that_is_too_short_is_asked_for_again",
    ),
    Row(
        "a number has 20 digits at most",
        f"{_CALLS}::test_the_twentieth_digit_ends_the_number",
    ),
    Row(
        "8 s for the first digit, 2 s for each further one",
        f"{_CALLS}::test_the_first_digit_may_take_8_s_and_each_further_one_2_s",
    ),
    Row(
        "toggle: off with a stored number is on with that one, off without is activate, on is off",
        f"{_CALLS}::test_forwarding_toggles",
    ),
    Row(
        "toggle without any number: asks for one",
        f"{_CALLS}::test_toggling_on_without_any_number_asks_for_one",
    ),
    Row(
        "menu: `cf-enabled_menu` or `cf-disabled_menu`; 1 toggles, 2 changes the number",
        f"{_CALLS}::test_the_menu_toggles_with_1_and_changes_the_number_with_2",
    ),
    Row(
        "menu: anything else, or silence: again; three in a row end it",
        f"{_CALLS}::test_three_useless_keys_in_a_row_end_the_menu",
    ),
    Row(
        "menu: it ends whatever is pressed",
        f"{_CALLS}::test_whatever_is_pressed_the_menu_ends_some_time",
    ),
    Row(
        "menu: each change is saved at once, a hangup later loses nothing",
        f"{_CALLS}::test_each_change_in_the_menu_is_saved_when_it_is_made",
    ),
    Row(
        "a change that cannot be saved: traced, goes on with `_`",
        f"{_CALLS}::test_forwarding_that_cannot_be_saved_is_not_announced",
    ),
    Row(
        "no or an unknown action: nothing changes, goes on with `_`",
        f"{_CALLS}::test_an_unknown_action_changes_no_forwarding",
    ),
)
