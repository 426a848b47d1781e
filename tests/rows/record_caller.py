"""What `record_caller` must do, and the test of each."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_recording.py"
_LIVE = "tests/live/test_recording.py"

ROWS = (
    Row(
        "answers, records without a beep; 5 s of silence end it; continues to `_`",
        f"{_LIVE}::test_a_caller_is_recorded_until_he_is_silent",
    ),
    Row("any digit ends it", f"{_CALLS}::test_any_key_ends_it"),
    Row(
        "a digit ends it on a real telephone",
        f"{_LIVE}::test_a_key_ends_the_recording_of_a_caller",
    ),
    Row("time_limit ends it", f"{_CALLS}::test_the_time_limit_ends_it"),
    Row(
        "hang-up ends it and keeps the file",
        f"{_LIVE}::test_a_recorded_caller_who_hangs_up_is_kept",
    ),
    Row(
        "could not be stored: not even answered, continues",
        f"{_CALLS}::test_a_caller_whose_recording_could_be_kept_nowhere_is_not_answered",
    ),
    Row(
        "the file is called <call id>.<format>",
        f"{_CALLS}::test_a_caller_is_answered_and_recorded_until_he_is_silent",
    ),
    Row(
        "variables Media-Name, Media-Transfer-Method and -Destination; method and url",
        f"{_CALLS}::test_a_recorded_caller_goes_to_a_url",
    ),
)
