"""`prepend_cid`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_caller_id.py"
_SCOPE = "tests/calls/test_caller_id_scope.py"
_LIVE = "tests/live/test_caller_id.py"

ROWS = (
    Row(
        "goes before the name and the number that are computed later; continues to `_`",
        f"{_CALLS}::test_prefixes_stand_before_the_name_and_the_number",
    ),
    Row(
        "apply_to current (default): before the prefixes that are there",
        f"{_CALLS}::test_a_new_prefix_goes_before_those_that_are_there",
    ),
    Row(
        "apply_to original: in the place of those that are there",
        f"{_CALLS}::test_a_prefix_of_the_original_takes_the_place_of_those_that_are_there",
    ),
    Row(
        "reset takes both away",
        f"{_CALLS}::test_prefixes_are_taken_away",
    ),
    Row(
        "before the documents' caller id, too",
        f"{_SCOPE}::test_it_counts_more_than_the_documents",
    ),
    Row(
        "nothing changes on the caller's own channel",
        f"{_SCOPE}::test_the_callers_own_channel_and_record_keep_his_caller_id",
    ),
    Row(
        "wrong values: traced, nothing changes, goes on with `_`",
        f"{_CALLS}::test_prefixes_that_make_no_sense_change_nothing",
    ),
    Row(
        "a telephone shows it of an inside caller",
        f"{_LIVE}::test_the_phone_shows_what_was_chosen",
    ),
    Row(
        "a telephone shows it of an outside caller",
        f"{_LIVE}::test_a_caller_from_outside_is_shown_with_a_prefix",
    ),
)
