"""`set_alert_info`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_caller_id.py"
_SCOPE = "tests/calls/test_caller_id_scope.py"
_LIVE = "tests/live/test_caller_id.py"

ROWS = (
    Row(
        "`Alert-Info` of phones rung later, and a variable of the channel; continues to `_`",
        f"{_CALLS}::test_the_ringtone_is_chosen",
    ),
    Row(
        "missing or empty: nothing is set, continues to `_`",
        f"{_CALLS}::test_no_ringtone_leaves_the_usual_one",
    ),
    Row(
        "every phone rung later carries it, and the exported variable",
        f"{_SCOPE}::test_every_phone_of_a_group_shows_it_and_rings_so",
    ),
    Row(
        "a later one takes its place",
        f"{_SCOPE}::test_a_later_ringtone_takes_the_place_of_an_earlier_one",
    ),
    Row(
        "no other call is touched",
        f"{_SCOPE}::test_another_call_is_not_touched",
    ),
    Row(
        "the header arrives at a telephone",
        f"{_LIVE}::test_the_ringtone_arrives",
    ),
)
