"""`after_bridge`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_after_bridge.py"

ROWS = (
    Row(
        "not said: the caller is hung up when the conversation ends",
        f"{_CALLS}::test_without_it_the_caller_is_hung_up",
    ),
    Row(
        "transfer with a string: the extension is executed through the account's callflows",
        f"{_CALLS}::test_an_extension_is_dialled_for_him",
    ),
    Row(
        "transfer leaves the flow for good, also what it branched from",
        f"{_CALLS}::test_what_he_came_from_is_forgotten_then",
    ),
    Row(
        "transfer to an extension that leads nowhere",
        f"{_CALLS}::test_an_extension_that_nobody_has_is_as_if_nothing_was_said",
    ),
    Row("park: he stays, unbridged", f"{_CALLS}::test_he_is_parked_until_he_hangs_up"),
    Row("park and transfer", f"{_CALLS}::test_parking_comes_before_an_extension"),
    Row("data false takes it back", f"{_CALLS}::test_it_can_be_taken_back"),
    Row(
        "hangup: false lets the caller survive, true clears him",
        f"{_CALLS}::test_whether_the_flow_that_called_this_one_goes_on",
    ),
    Row(
        "unknown or missing action, data of the wrong type: nothing is set; `_` follows",
        f"{_CALLS}::test_what_makes_no_sense_is_traced_and_ignored",
    ),
    Row(
        "the caller hangs up in the conversation",
        f"{_CALLS}::test_a_caller_who_hangs_up_first_is_gone",
    ),
)
