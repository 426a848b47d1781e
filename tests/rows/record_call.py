"""What `record_call` must do, and the test of each."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_recording.py"
_LIVE = "tests/live/test_recording.py"
_TRANSFER = "tests/live/test_recording_transfer.py"
_OUTAGE = "tests/live/test_recording_outage.py"

ROWS = (
    Row(
        "nothing audible; both directions are recorded from here on, prompts and both voices",
        f"{_LIVE}::test_a_conversation_is_recorded_with_both_voices",
    ),
    Row(
        "start and stop both continue at once to `_`",
        f"{_CALLS}::test_a_second_node_ends_it",
    ),
    Row(
        "action stop ends the recording: what comes after is not in it",
        f"{_LIVE}::test_what_comes_after_its_end_is_not_in_it",
    ),
    Row(
        "several may run; stop ends the one started last",
        f"{_CALLS}::test_stop_ends_the_one_that_was_started_last",
    ),
    Row(
        "stop with none listed does nothing",
        f"{_CALLS}::test_stop_without_a_recording_does_nothing",
    ),
    Row("any other action means start", f"{_CALLS}::test_any_other_word_begins_one"),
    Row("action toggle: running, stop, else start", f"{_CALLS}::test_toggle_begins_and_ends"),
    Row(
        "action mask and unmask: silence inside the running file",
        f"{_LIVE}::test_what_is_masked_is_silent",
    ),
    Row(
        "format mp3 or wav; unknown values give the installation's, mp3",
        f"{_CALLS}::test_the_format_is_the_one_asked_for_or_else_mp3",
    ),
    Row(
        "label: origin becomes `callflow : <label>`",
        f"{_CALLS}::test_what_is_kept_tells_who_spoke_with_whom_and_why",
    ),
    Row(
        "without a label the origin names the callflow, whatever `origin` says",
        f"{_CALLS}::test_without_a_label_the_origin_is_the_callflow",
    ),
    Row("media_name names it", f"{_CALLS}::test_it_can_have_a_name"),
    Row(
        "media_name absent: a name of its own",
        f"{_CALLS}::test_what_is_kept_tells_who_spoke_with_whom_and_why",
    ),
    Row("method put or post", f"{_LIVE}::test_a_recording_is_sent_where_its_url_says"),
    Row(
        "record_min_sec: shorter ones are discarded",
        f"{_CALLS}::test_one_that_is_too_short_is_thrown_away",
    ),
    Row(
        "record_on_answer: from the answer on; wins over record_on_bridge",
        f"{_CALLS}::test_it_can_wait_for_the_answer",
    ),
    Row(
        "record_on_bridge: from the conversation on",
        f"{_LIVE}::test_it_can_begin_with_the_conversation",
    ),
    Row(
        "armed and never answered or bridged: no recording",
        f"{_CALLS}::test_one_that_waited_in_vain_is_none",
    ),
    Row("record_sample_rate", f"{_LIVE}::test_more_samples_can_be_asked_for"),
    Row(
        "time_limit ends the recording, not the call",
        f"{_LIVE}::test_the_time_limit_ends_it_and_not_the_call",
    ),
    Row(
        "time_limit is clamped to the system's maximum",
        f"{_CALLS}::test_the_installation_limits_what_a_document_asks_for",
    ),
    Row(
        "url: sent to <url>call_recording_<call id>.<ext> with the query parameters",
        f"{_CALLS}::test_it_is_sent_where_its_url_says",
    ),
    Row(
        "a second recording of a call does not overwrite the first one's file",
        f"{_CALLS}::test_two_recordings_of_one_call_have_two_names",
    ),
    Row(
        "url of ftp: stored by FTP", "tests/recording/test_upload.py::test_a_file_is_stored_by_ftp"
    ),
    Row(
        "url of another protocol: not stored, traced, the call goes on",
        f"{_CALLS}::test_a_url_that_leads_nowhere_is_traced_and_the_call_goes_on",
    ),
    Row(
        "url into the own network: nothing is sent",
        "tests/recording/test_upload.py::test_nothing_is_sent_into_the_own_network",
    ),
    Row(
        "up to 5 retries, each after 1 to 10 minutes; then it is kept here",
        f"{_CALLS}::test_a_server_that_is_away_is_asked_again_five_times_then_it_is_kept_here",
    ),
    Row(
        "no url: kept with its sound, with caller, callee, origin, direction, owner ...",
        f"{_CALLS}::test_what_is_kept_tells_who_spoke_with_whom_and_why",
    ),
    Row(
        "no url and recordings are not stored: not recorded",
        f"{_CALLS}::test_where_recordings_are_not_stored_a_url_is_needed",
    ),
    Row(
        "hang-up ends it and keeps the file",
        f"{_LIVE}::test_a_caller_who_hangs_up_leaves_the_recording",
    ),
    Row(
        "PostgreSQL away: it waits on Asterisk's disk",
        f"{_OUTAGE}::test_a_recording_waits_for_postgresql",
    ),
    Row(
        "the runtime dies: it is found at the next start",
        f"{_OUTAGE}::test_a_recording_survives_the_crash_of_the_runtime",
    ),
    Row(
        "automatic recording: account, caller's and called endpoint, by network",
        f"{_CALLS}::test_calls_are_recorded_where_documents_want_it",
    ),
    Row(
        "automatic recording of a called phone begins at its answer",
        f"{_CALLS}::test_a_called_phone_is_recorded_from_its_answer_on",
    ),
    Row(
        "should_follow_transfer: it goes on when the recorded leg is transferred",
        f"{_TRANSFER}::test_a_caller_who_is_transferred_is_recorded_on",
    ),
    Row(
        "should_follow_transfer: it goes on with the other party when the recorded leg transfers",
        f"{_TRANSFER}::test_a_recording_goes_on_when_the_caller_transfers_the_called",
    ),
    Row(
        "should_follow_transfer: attended transfers, by either side",
        f"{_TRANSFER}::test_a_recording_goes_on_after_an_attended_transfer",
    ),
    Row(
        "should_follow_transfer false: it ends with the transfer",
        "tests/recording/test_recorder.py::test_one_that_does_not_follow_ends_with_the_transfer",
    ),
    Row(
        "automatic recordings do not follow",
        f"{_TRANSFER}::test_an_automatic_recording_does_not_follow",
    ),
    Row("accounts do not see each other's", f"{_CALLS}::test_each_account_has_its_own"),
)
